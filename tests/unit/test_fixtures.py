"""The notebooks in fixtures/ are sound, and show what their folder's name says."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = ROOT / "fixtures"
PAIRS = sorted(folder.parent.name for folder in FIXTURES.glob("*/after.ipynb"))
NOTEBOOKS = sorted(str(path.relative_to(FIXTURES)) for path in FIXTURES.glob("*/*.ipynb"))
STYLES = sorted(path.name for path in FIXTURES.glob("styles/*.ipynb"))
SIDES = ("before", "after")
OUTPUTS = ("outputs/before.ipynb", "outputs/after.ipynb")
MIMES = ("image/png", "text/html")

DEMO = "demo/before.ipynb"
STYLE_SHOWS: dict[str, Callable[[bytes], bool]] = {
    "bom.ipynb": lambda text: text.startswith(b"\xef\xbb\xbf{"),
    "crlf.ipynb": lambda text: text.count(b"\r\n") == text.count(b"\n") > 100,
    "escaped.ipynb": lambda text: text.isascii() and rb"M\u00f8lle\u00e5sen" in text,
    "indent-4.ipynb": lambda text: text.startswith(b'{\n    "cells": [\n        {'),
    "no-final-newline.ipynb": lambda text: text.endswith(b"}"),
    "one-line.ipynb": lambda text: b"\n" not in text,
    "source-strings.ipynb": lambda text: b'"source": "' in text and b'"source": [' not in text,
}

Json = dict[str, Any]


def load(path: str) -> Json:
    """Read a notebook with the json module alone: nothing of nbvc is judged here."""
    notebook: Json = json.loads((FIXTURES / path).read_text(encoding="utf-8-sig"))
    return notebook


def cells(path: str) -> list[Json]:
    notebook = load(path)
    found: list[Json] = notebook["worksheets"][0]["cells"] if notebook["nbformat"] == 3 else []
    return found or notebook["cells"]


def source(cell: Json) -> str:
    lines: list[str] = cell["source"] if "source" in cell else cell["input"]
    return "".join(lines)


def sources(path: str) -> list[str]:
    return [source(cell) for cell in cells(path)]


def results(path: str) -> list[Json]:
    """Give all outputs but for their counts."""
    shown = [output for cell in cells(path) for output in cell.get("outputs", ())]
    return [{**output, "execution_count": None} for output in shown]


def test_there_are_fixtures_and_they_stay_small() -> None:
    assert {"demo", "rerun", "moved", "split", "joined", "outputs", "legacy"} <= set(PAIRS)
    assert sum((FIXTURES / path).stat().st_size for path in NOTEBOOKS) < 600_000


@pytest.mark.parametrize("path", NOTEBOOKS)
def test_is_valid_and_says_nothing_about_the_machine(path: str) -> None:
    text = (FIXTURES / path).read_text(encoding="utf-8-sig")
    nbformat.validate(nbformat.reads(text, as_version=nbformat.NO_CONVERT))
    assert not re.search(r"/(tmp|home|root|Users|usr)/|site-packages|ipykernel_\d", text)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_versions_of_a_pair_differ(pair: str) -> None:
    assert load(f"{pair}/before.ipynb") != load(f"{pair}/after.ipynb")


@pytest.mark.parametrize("pair", ["rerun", "renumbered"])
def test_a_rerun_changes_nothing_that_matters(pair: str) -> None:
    before, after = f"{pair}/before.ipynb", f"{pair}/after.ipynb"
    assert sources(before) == sources(after)
    assert results(before) == results(after)
    same_ids = [cell["id"] for cell in cells(before)] == [cell["id"] for cell in cells(after)]
    assert same_ids == (pair == "rerun")


@pytest.mark.parametrize("pair", ["moved", "legacy"])
def test_a_move_keeps_every_source(pair: str) -> None:
    before, after = sources(f"{pair}/before.ipynb"), sources(f"{pair}/after.ipynb")
    assert before != after
    assert sorted(before) == sorted(after)


def test_a_split_keeps_every_line_and_a_join_undoes_it() -> None:
    whole, parts = sources("split/before.ipynb"), sources("split/after.ipynb")
    assert [len(whole), len(parts)] == [3, 6]
    assert "".join("".join(whole).split()) == "".join("".join(parts).split())
    assert [sources("joined/before.ipynb"), sources("joined/after.ipynb")] == [parts, whole]


def test_the_formats_of_old_notebooks() -> None:
    paths = [f"{pair}/{side}.ipynb" for pair in ("legacy", "upgraded") for side in SIDES]
    assert [load(path)["nbformat"] for path in paths] == [3, 3, 3, 4]


def test_one_edit_changes_every_kind_of_output() -> None:
    before, after = cells("outputs/before.ipynb"), cells("outputs/after.ipynb")
    edited = [source(old) for old, new in zip(before, after, strict=True) if old != new]
    assert [source(cell) for cell in before] != [source(cell) for cell in after]
    assert edited[0] == "scale = 1"
    changed = [new for old, new in zip(*map(results, OUTPUTS), strict=True) if old != new]
    kinds = {output["output_type"] for output in changed}
    types = {mime for output in changed for mime in output.get("data", ())}
    assert kinds == {"stream", "error", "execute_result", "display_data"}
    assert types >= {"image/png", "image/svg+xml", "text/html", "application/json", "text/latex"}


def test_attachments_are_changed_removed_and_added() -> None:
    before, after = cells("attachments/before.ipynb"), cells("attachments/after.ipynb")
    names = [[sorted(cell.get("attachments", ())) for cell in side] for side in (before, after)]
    assert names == [
        [[], ["plan.png"], ["beds.png"], [], []],
        [[], ["plan.png"], [], ["fence.png"], []],
    ]
    assert before[1]["attachments"] != after[1]["attachments"]


def test_the_demo_shows_one_of_each() -> None:
    before, after = sources("demo/before.ipynb"), sources("demo/after.ipynb")
    moved = next(text for text in before if text.startswith("def longest_spell"))
    assert [before.index(moved), after.index(moved)] == [11, 2]
    split = next(text for text in before if text.startswith("frozen ="))
    assert "\n\n".join(after[5:7]) == split
    assert any("describe()" in text for text in before)
    assert not any("describe()" in text for text in after)
    assert any("rolling(7)" in text for text in after)
    wet = [next(text for text in side if text.startswith("WET =")) for side in (before, after)]
    assert [text.splitlines()[0] for text in wet] == ["WET = 1.0", "WET = 2.0"]
    pictures, tables = ([_shown(side, mime) for side in SIDES] for mime in MIMES)
    assert pictures[0] != pictures[1]
    assert tables[0][0] == tables[1][0]
    assert tables[0][1] != tables[1][1]


def _shown(side: str, mime: str) -> list[str]:
    shown = (output.get("data", {}) for output in results(f"demo/{side}.ipynb"))
    return ["".join(bundle[mime]) for bundle in shown if mime in bundle]


@pytest.mark.parametrize("name", STYLES)
def test_a_style_is_the_demo_in_other_bytes(name: str) -> None:
    text, demo = ((FIXTURES / path).read_bytes() for path in (f"styles/{name}", DEMO))
    assert text != demo
    assert sources(f"styles/{name}") == sources(DEMO)
    assert STYLE_SHOWS[name](text), "the style is not there any more"
