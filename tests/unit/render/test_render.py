"""What people and `patch` see."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

import nbvc
from nbvc import DiffPolicy, Part
from nbvc.diffing.policy import DEFAULT_PARTS
from nbvc.diffing.values import ChangedWords
from nbvc.diffing.words import find_changed_words
from nbvc.render.escape import escape_text, without_colours
from nbvc.render.media import describe_media, read_dimensions
from nbvc.render.paint import Painter
from nbvc.render.readable import format_notebook
from nbvc.render.terminal import TerminalRenderer
from nbvc.render.unified import render_unified, unified_lines
from nbvc.render.words import describe_noisy, summarize_counts
from tests.making import code, markdown, notebook, result, stream

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

OTHER_PNG = PNG.replace("mNk+M9QDwADhgGAWjR9aw", "mNgYPj/HwADAgH/OSkZvg")


def make(*cells: dict[str, Any], **more: Any) -> nbvc.Notebook:
    return nbvc.Notebook.from_dict(notebook(*cells, **more), name="n.ipynb")


def shown(before: nbvc.Notebook, after: nbvc.Notebook, *parts: Part, colour: bool = False) -> str:
    policy = DiffPolicy(frozenset(parts)) if parts else DiffPolicy()
    diff = nbvc.diff(before, after, policy)
    return "\n".join(TerminalRenderer(diff, Painter(on=colour)).lines())


BEFORE = make(
    markdown("# Rain"),
    code("import csv\n\ntotal = 3\nprint(total)", [stream("3\n")]),
    code("plot(total)", [result({"image/png": PNG, "text/plain": "<Figure>"})]),
    code("first = 1\nsecond = 2"),
)
AFTER = make(
    code("plot(total)", [result({"image/png": OTHER_PNG, "text/plain": "<Figure>"})]),
    markdown("# Rain"),
    code("import csv\n\ntotal = 4\nprint(total)", [stream("4\n")]),
    code("first = 1"),
    code("second = 2"),
    markdown("The end."),
)

SCREEN = """\
--- n.ipynb
+++ n.ipynb
2 cells changed, 1 split, 1 added, 1 moved, 1 unchanged

code cell 3 → 1 · moved, outputs changed · plot(total)
  output image/png, text/plain · 100% of pixels changed (region 1×1 at x=0, y=0)
      <Figure>
    - image/png, 1×1, 72 B (3afbb12c)
    + image/png, 1×1, 72 B (80c5bb52)

code cell 2 → 3 · source and outputs changed
      import csv

    - total = 3
    + total = 4
      print(total)
  output stdout
    - 3
    + 4

code cell 4 → 4, 5 · split into 2
      first = 1
    ✂ cell 5 begins here
      second = 2

markdown cell 6 · added
    + The end."""


def test_the_screen() -> None:
    found = re.sub(r"\([0-9a-f]{8}\)", "(…)", shown(BEFORE, AFTER))
    assert found == re.sub(r"\([0-9a-f]{8}\)", "(…)", SCREEN)


def test_nothing_is_shown_where_nothing_changed() -> None:
    assert shown(BEFORE, BEFORE) == ""


def test_colours_change_nothing_but_colours() -> None:
    coloured = shown(BEFORE, AFTER, colour=True)
    assert "\x1b[" in coloured
    plain = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in plain.split("\n")] == shown(BEFORE, AFTER).split("\n")
    assert "\x1b[1;7;31m3\x1b[0m" in coloured
    assert "\x1b[1;7;32m4\x1b[0m" in coloured


def test_long_outputs_and_long_contexts_are_folded() -> None:
    lines = [f"line {n}" for n in range(100)]
    before = make(code("\n".join([*lines, "x = 1"]), [stream("\n".join(lines))]))
    after = make(code("\n".join([*lines, "x = 2"]), [stream("\n".join(lines[::-1]))]))
    text = shown(before, after)
    assert "⋮ 97 unchanged lines" in text
    assert "more lines" in text
    assert text.count("\n") < 45


def test_parts_are_shown_or_left_out() -> None:
    before = make(code("value = 1", [stream("1")], metadata={"tags": ["a"]}, id="x"), minor=5)
    after = make(
        code("value = 2", [stream("2")], metadata={"tags": ["b"]}, id="y", execution_count=4),
        minor=5,
    )
    assert "value" not in shown(before, after, Part.OUTPUTS)
    assert 'metadata tags: ["a"] → ["b"]' in shown(before, after, Part.METADATA)
    assert "id: x → y" in shown(before, after, Part.ID)
    assert "count: null → 4" in shown(before, after, Part.DETAILS)


def test_summary() -> None:
    assert summarize_counts(nbvc.diff(BEFORE, BEFORE)) == "4 cells unchanged"
    assert describe_noisy(nbvc.diff(BEFORE, BEFORE)) == ""
    rerun = make(code("value = 1", execution_count=3))
    text = describe_noisy(nbvc.diff(make(code("value = 1")), rerun))
    assert text == "(1 with noise only; show it with -d, -i)"
    edited = make(code("value = 2"))
    found = nbvc.diff(make(code("value = 1")), edited, DiffPolicy(frozenset((Part.OUTPUTS,))))
    assert describe_noisy(found) == "(1 with changes in other parts)"
    policy = DiffPolicy(DEFAULT_PARTS | {Part.ID})
    assert describe_noisy(nbvc.diff(make(code("value = 1")), rerun, policy)).endswith("with -d)")


@pytest.mark.parametrize("context", [0, 1, 3, 50])
def test_unified_applies_to_the_readable_text(context: int, tmp_path: Path) -> None:
    everything = frozenset(Part)
    for number, (one, other) in enumerate([(BEFORE, AFTER), (AFTER, BEFORE), (make(), AFTER)]):
        old, new = format_notebook(one, everything), format_notebook(other, everything)
        file, change = tmp_path / f"{number}.txt", tmp_path / f"{number}.diff"
        file.write_text("".join(f"{line}\n" for line in old))
        lines = render_unified(
            one, other, everything, context=context, names=(file.name, file.name)
        )
        change.write_text("".join(f"{line}\n" for line in lines))
        apply = ["git", "apply", "--unidiff-zero", "-p0", change.name]
        subprocess.run(apply, cwd=tmp_path, check=True)
        assert file.read_text() == "".join(f"{line}\n" for line in new)


def test_unified_of_equal_texts_is_empty() -> None:
    assert unified_lines(["a"], ["a"], ("x", "y"), 3) == []


def test_readable_text_has_no_noise_and_no_numbers() -> None:
    cell = code("a = 1", [stream("1\n")], execution_count=7, metadata={"collapsed": True})
    text = format_notebook(make(cell, markdown("b"), language_info={"version": "3"}))
    assert text == ["# %% [code]", "a = 1", "#> 1", "# %% [markdown]", "b"]


def test_escaping() -> None:
    assert escape_text("a\tb\nc é 漢 👍") == "a\tb\nc é 漢 👍"
    assert escape_text("\x1b[31m\r\x00\u202e\u2028\ud800") == (
        "<U+001B>[31m<U+000D><U+0000><U+202E><U+2028><U+D800>"
    )
    assert without_colours("\x1b[1;31mred\x1b[0m 10%\r 100%\n") == " 100%\n"


def test_media() -> None:
    assert read_dimensions("image/png", PNG) == (1, 1)
    assert read_dimensions("image/png", "not base64!") is None
    assert describe_media("image/png", PNG) == "image/png, 1×1, 72 B"
    assert (
        describe_media("image/svg+xml", '<svg width="30" height="20">')
        == "image/svg+xml, 30×20, 28 B"
    )
    assert describe_media("application/json", {"a": 1}) == "application/json, 8 B"
    assert describe_media("text/html", "x" * 23_100) == "text/html, 23.1 kB"


def test_changed_words() -> None:
    assert find_changed_words("total = 50.0 mm", "total = 37.5 mm") == ChangedWords(
        ((8, 12),), ((8, 12),)
    )
    assert find_changed_words("same b c same", "same x y same") == ChangedWords(
        ((5, 8),), ((5, 8),)
    )
    assert find_changed_words("nothing alike here", "=== 123 ===") is None
