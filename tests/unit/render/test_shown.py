"""What is shown of a diff is the same in every format."""

from __future__ import annotations

import re
from typing import Any

import pytest

import nbvc
from nbvc import DiffPolicy, Part
from nbvc.diffing.jsonops import seen_ops
from nbvc.diffing.policy import Mask
from nbvc.diffing.values import Change, ChangedLines, SameLines
from nbvc.render.html import report
from nbvc.render.markdown import comment
from nbvc.render.paint import Painter
from nbvc.render.shown import FoldedLines, find_touched, fold_lines, show_cells
from nbvc.render.terminal import TerminalRenderer
from nbvc.render.words import count_noisy, join_words, summarize_counts, summarize_diff
from tests.making import code, comparison, markdown, notebook, result, stream


def read(*cells: dict[str, Any], **top: Any) -> nbvc.Notebook:
    return nbvc.Notebook.from_dict(notebook(*cells, **top), name="n.ipynb")


def compare(before: nbvc.Notebook, after: nbvc.Notebook, *parts: Part) -> nbvc.NotebookDiff:
    return nbvc.diff(before, after, DiffPolicy(frozenset(parts)) if parts else DiffPolicy())


def draw(diff: nbvc.NotebookDiff) -> dict[str, str]:
    """Return a diff in every format for people, the page without its styles and scripts."""
    page = "".join(report([comparison("n.ipynb", diff)]))
    page = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    return {
        "terminal": "\n".join(TerminalRenderer(diff, Painter(on=False)).lines()),
        "page": page,
        "markdown": comment([comparison("n.ipynb", diff)]),
    }


LONG = "\n".join(f"step_{n} = {n}" for n in range(20))


def test_every_format_calls_a_cell_the_same() -> None:
    before = read(markdown("# A"), code("x = 1"), code("y = 2"))
    after = read(code("y = 2"), markdown("# A"), code("x = 2"), markdown("new"))
    for drawn in draw(compare(before, after)).values():
        for name in ("code cell 2 → 3", "code cell 3 → 1", "markdown cell 4"):
            assert name in drawn
        assert "source changed" in drawn


@pytest.mark.parametrize("moved", [True, False])
def test_a_source_that_did_not_change_is_folded_and_the_fold_is_no_code(moved: bool) -> None:
    others = [code(f"other_{n} = load({n})") for n in range(3)]
    if moved:
        before, after = read(code(LONG), *others), read(*others, code(LONG))
    else:
        before, after = (read(code(LONG, [stream(text)])) for text in ("1\n", "2\n"))
    drawn = draw(compare(before, after))
    assert "· step_0 = 0" in drawn["terminal"]
    assert "step_1 = 1" not in drawn["terminal"]
    assert "step_7 = 7\n⋮ 12 unchanged lines\n```" in drawn["markdown"]
    assert '<details class="fold"><summary>12 unchanged lines</summary>' in drawn["page"]
    assert not re.search(r"<p>[^<]*⋮", drawn["page"])


def test_a_line_alone_is_not_folded() -> None:
    text = "\n".join(f"step_{n} = {n}" for n in range(9))
    before, after = (read(code(text, [stream(output)])) for output in ("1\n", "2\n"))
    for drawn in draw(compare(before, after)).values():
        assert "unchanged line" not in drawn


def test_lines_are_folded_by_one_rule() -> None:
    before = [f"{n}" for n in range(30)]
    after = [*before[:15], "changed", *before[16:]]
    ops = seen_ops("\n".join(before), "\n".join(after))
    assert fold_lines(ops, 2, {3: "cut"}) == (
        FoldedLines((0, 13), (0, 13), "13 unchanged lines · cut"),
        SameLines((13, 15), (13, 15)),
        ops[1],
        SameLines((16, 18), (16, 18)),
        FoldedLines((18, 30), (18, 30), "12 unchanged lines"),
    )
    assert fold_lines(ops, 20) == ops
    assert isinstance(ops[1], ChangedLines)


def test_every_format_says_where_a_cell_begins_even_in_a_fold() -> None:
    lines = [f"value_{n} = compute({n})" for n in range(40)]
    changed = [*lines[:-1], "value_39 = estimate(39)"]
    before = read(code("\n".join(lines)))
    after = read(code("\n".join(changed[:20])), code("\n".join(changed[20:])))
    (cell,) = show_cells(compare(before, after))
    assert cell.words == ("split into 2",)
    for drawn in draw(compare(before, after)).values():
        assert "unchanged lines · ✂ cell 2 begins here" in drawn


def test_every_format_shows_types_ids_counts_and_unknown_members() -> None:
    before = read(code("x = 1", execution_count=3, id="one", vendor=1), minor=5)
    after = read({**markdown("x = 1"), "id": "two", "vendor": 2, "more": 7}, minor=5)
    drawn = draw(compare(before, after, *Part))
    for name, old, new in (
        ("cell type", "code", "markdown"),
        ("cell vendor", "1", "2"),
        ("id", "one", "two"),
    ):
        assert f"{name}: {old} → {new}" in drawn["terminal"]
        assert f"<span>{name}</span> <del>{old}</del> <ins>{new}</ins>" in drawn["page"]
        assert f"`{old}` → `{new}`" in drawn["markdown"]
    assert "cell more: + 7" in drawn["terminal"]
    assert "<span>cell more</span>  <ins>7</ins>" in drawn["page"]
    assert "- cell `more`: `7` added" in drawn["markdown"]
    assert "count: - 3" in drawn["terminal"]
    assert "<span>count</span> <del>3</del> </p>" in drawn["page"]
    assert "- count: `3` removed" in drawn["markdown"]


def test_every_format_shows_what_changed_beside_the_cells() -> None:
    before, after = (
        nbvc.Notebook.from_dict({**notebook(code("a"), minor=minor), "vendor": {"x": minor - 3}})
        for minor in (4, 5)
    )
    drawn = draw(compare(before, after, *Part))
    assert "notebook vendor.x: 1 → 2" in drawn["terminal"]
    assert "notebook nbformat_minor: 4 → 5" in drawn["terminal"]
    assert "<span>vendor.x</span> <del>1</del> <ins>2</ins>" in drawn["page"]
    assert "- notebook `vendor.x`: `1` → `2`" in drawn["markdown"]
    assert "notebook notebook" not in "".join(drawn.values())


def test_every_format_shows_the_attachments_of_a_cell() -> None:
    picture = {"image/png": "iVBORw0KGgo="}
    before = read(markdown("a", attachments={"old.png": picture}))
    after = read(
        markdown("a", attachments={"new.png": picture}),
        markdown("whole", attachments={"third.png": picture}),
    )
    drawn = draw(compare(before, after))
    for sign, name, word in (
        ("-", "old", "removed"),
        ("+", "new", "added"),
        ("+", "third", "added"),
    ):
        assert f"{sign} attachment {name}.png: image/png" in drawn["terminal"]
        assert f"attachment {name}.png" in drawn["page"]
        assert f"- attachment `{name}.png` {word}" in drawn["markdown"]


@pytest.mark.parametrize("part", [Part.OUTPUTS, Part.SOURCES])
@pytest.mark.parametrize("is_added", [True, False])
def test_every_format_leaves_out_what_a_policy_does_not_count(part: Part, is_added: bool) -> None:
    without = read(code("same"))
    whole = read(code("same"), code("source_word", [stream("output_word\n")]))
    sides = (without, whole) if is_added else (whole, without)
    for drawn in draw(compare(*sides, part)).values():
        body = re.sub(r"<nav.*?</nav>|<summary>.*?</summary>", "", drawn, flags=re.DOTALL)
        assert ("output_word" in body) == (part is Part.OUTPUTS)
        assert ("source_word" in body) == (part is Part.SOURCES)


def test_outputs_of_an_added_cell_are_not_called_added_again() -> None:
    before, after = read(code("a")), read(code("a"), code("b", [stream("1\n")]))
    (cell,) = show_cells(compare(before, after))
    assert [(one.words, one.name, one.diff.change) for one in cell.outputs] == [
        ("", "stdout", Change.ADDED)
    ]
    before, after = read(code("a")), read(code("a", [stream("1\n")]))
    (cell,) = show_cells(compare(before, after))
    assert [one.words for one in cell.outputs] == ["added"]


def test_a_cell_that_moved_touches_the_sources_whatever_else_changed() -> None:
    others = [code(f"other_{n} = load({n})") for n in range(3)]
    before, after = (code(LONG, [stream(text)]) for text in ("1\n", "2\n"))
    diff = compare(read(before, *others), read(*others, after))
    assert find_touched(diff) == {Part.SOURCES, Part.OUTPUTS}
    diff = compare(read(before), read(after))
    assert find_touched(diff) == {Part.OUTPUTS}


def test_a_cell_that_moved_is_not_one_of_the_unchanged_ones_with_noise() -> None:
    others = [code(f"other_{n} = load({n})") for n in range(3)]
    before = read(code(LONG, execution_count=1), *others)
    after = read(*others, code(LONG, execution_count=2))
    diff = compare(before, after)
    assert summarize_counts(diff) == "1 cell moved, 3 unchanged"
    assert count_noisy(diff) == 0


def test_words_are_joined_as_people_write() -> None:
    assert [join_words(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        *("", "a", "a and b", "a, b and c"),
    ]


def ran(*texts: str) -> nbvc.Notebook:
    return read(*(code(f"f({n})", [stream(text)]) for n, text in enumerate(texts)))


@pytest.mark.parametrize(
    ("policy", "before", "after"),
    [
        (DiffPolicy(masks=frozenset({Mask.TIMESTAMPS})), "at 2024-03-04 09:12", "at 2025-01-02 10:00"),
        (DiffPolicy(masks=frozenset({"job-*"})), "job-1 went", "job-27 went"),
        (DiffPolicy(masks=frozenset({r"re:job-\d+"})), "job-1 went", "job-27 went"),
        (DiffPolicy(rtol=1e-5), "a 0.5000001", "a 0.5000002"),
    ],
)  # fmt: skip
def test_lines_that_count_as_the_same_are_shown_unchanged(
    policy: DiffPolicy, before: str, after: str
) -> None:
    diff = nbvc.diff(ran(f"{before}\nloss 1\n"), ran(f"{after}\nloss 2\n"), policy)
    drawn = draw(diff)
    assert f"      {after}\n    - loss 1\n    + loss 2" in drawn["terminal"]
    assert f"\n {after}\n-loss 1\n+loss 2\n" in drawn["markdown"]
    for text in drawn.values():
        assert before not in text
    same = nbvc.diff(ran(f"{before}\nloss 1\n"), ran(f"{after}\nloss 1\n"), policy)
    assert not same.changed


def test_the_gate_ignores_outputs_that_nbval_ignores() -> None:
    sources = ("a", "# NBVAL_IGNORE_OUTPUT\nb", "# NBVAL_SKIP\nc", "d = '# NBVAL_SKIP'")
    tags: tuple[dict[str, Any], ...] = ({"tags": ["nbval-ignore-output"]}, {}, {}, {})

    def make(text: str, numbers: range) -> nbvc.Notebook:
        cells = (code(sources[n], [stream(text)], metadata=tags[n]) for n in numbers)
        return read(*cells)

    for numbers, counts in ((range(3), False), (range(4), True)):
        diff = nbvc.diff(make("1", numbers), make("2", numbers))
        assert (Part.OUTPUTS in find_touched(diff, for_gate=True)) is counts
        assert Part.OUTPUTS in find_touched(diff)


def test_one_line_names_changes_of_the_notebook_itself() -> None:
    diff = compare(read(markdown("x")), read(markdown("x"), metadata={"title": "Rain"}))
    assert summarize_diff(diff) == "1 cell unchanged, notebook metadata changed"


def test_a_page_can_hide_its_outputs() -> None:
    page = "".join(report([comparison("n.ipynb", nbvc.diff(ran("1"), ran("2")))]))
    assert '<input type="checkbox" name="outputs" checked><span>Outputs</span>' in page
    assert ".without-outputs .output { display: none; }" in page


def test_a_summary_names_cells_that_changed_in_metadata_only() -> None:
    tagged: dict[str, Any] = {"metadata": {"tags": ["x"]}}
    before = read(code("a"), code("b"), code("c"))
    changes = compare(before, read(code("a", **tagged), code("b2", **tagged), code("c")))
    assert summarize_diff(changes) == "2 cells changed, 1 unchanged (1 cell in metadata only)"


@pytest.mark.parametrize("kind", ["data", "stream"])
def test_an_address_beside_another_change_is_not_shown_as_changed(kind: str) -> None:
    def run(address: str, value: str) -> nbvc.Notebook:
        text = f"<Model at {address}>\n{value}\n<a.B object at {address}>"
        outputs = [stream(text)] if kind == "stream" else [result({"text/plain": text})]
        return read(code("fit()", outputs))

    before, after = run("0x7f3c2a10", "0.71"), run("0x7f99bb00", "0.74")
    lines = draw(compare(before, after))["terminal"].splitlines()
    marked = [line.strip() for line in lines if line.startswith(("    -", "    +"))]
    assert marked == ["- 0.71", "+ 0.74"]
    assert nbvc.patch(before, compare(before, after)) == after
    alone = draw(compare(before, run("0x7f99bb00", "0.71")))["terminal"]
    assert "- <Model at 0x7f3c2a10>" in alone
