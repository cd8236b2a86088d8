"""Every decision of a merge, part by part, and both ways round."""

from __future__ import annotations

from typing import Any

import pytest

import nbvc
from nbvc import Notebook, Strategy, merge
from nbvc.errors import RewriteRefusedError
from nbvc.merging import MergeResult
from nbvc.merging.files import check_result, merge_files
from nbvc.merging.lines import Chunk
from nbvc.merging.markers import Take, find, mark_source, parse, settle, without_note
from nbvc.merging.model import Action, ConflictStyle, DecisionPart, SourceChoice
from nbvc.merging.values import choose_outputs, merge_mapping, same_notebook
from tests.making import code, file, markdown, notebook, stream

A = code("a = 1")
LINES = [f"step_{n} = run({n})" for n in range(8)]


def nb(*cells: dict[str, Any], minor: int = 4, **more: Any) -> Notebook:
    return Notebook.from_dict(notebook(*cells, minor=minor, **more))


def merged_cell(
    base: dict[str, Any] | None, local: dict[str, Any], remote: dict[str, Any], **strategy: Any
) -> tuple[nbvc.Cell, MergeResult]:
    """Merge one cell beside one that only remote changed, so that no whole notebook is taken."""
    three = [nb(A, *([] if one is None else [one])) for one in (base, local, remote)]
    result = merge(three[0], three[1], three[2], Strategy(**strategy))
    assert len(result.notebook.cells) == 2
    return result.notebook.cells[1], result


def source(*parts: str) -> str:
    return "\n".join(parts)


def said(result: MergeResult, part: DecisionPart) -> list[str]:
    return [f"{one.action.name}: {one.why}" for one in result.decisions if one.part is part]


# One side deleted the cell


@pytest.mark.parametrize(
    ("choice", "left", "action"),
    [
        (SourceChoice.UNION, ["a = 1", "b = 2\nedited"], Action.REMOTE),
        (SourceChoice.REMOTE, ["a = 1", "b = 2\nedited"], Action.REMOTE),
        (SourceChoice.BASE, ["a = 1", "b = 2"], Action.BASE),
        (SourceChoice.LOCAL, ["a = 1"], Action.DELETED),
    ],
)
def test_a_strategy_decides_on_deleted_and_edited(
    choice: SourceChoice, left: list[str], action: Action
) -> None:
    base, gone, edited = nb(A, code("b = 2")), nb(A), nb(A, code("b = 2\nedited"))
    result = merge(base, gone, edited, Strategy(sources=choice))
    assert [cell.source for cell in result.notebook.cells] == left
    assert not result.conflicts
    assert result.resolved
    (decision,) = result.decisions
    assert (decision.part, decision.action) == (DecisionPart.CELL, action)
    assert decision.why.startswith("local deleted it and remote edited it; the strategy is ")
    turned = {SourceChoice.LOCAL: SourceChoice.REMOTE, SourceChoice.REMOTE: SourceChoice.LOCAL}
    back = merge(base, edited, gone, Strategy(sources=turned.get(choice, choice)))
    assert [cell.source for cell in back.notebook.cells] == left


@pytest.mark.parametrize(
    ("edit", "goes"),
    [
        ({"source": "# T\n\ntext   "}, True),
        ({"metadata": {"x": 1}}, True),
        ({"source": "# T\nother"}, False),
        ({"attachments": {"a.png": {"image/png": "y"}}}, False),
        ({"attachments": {}}, False),
    ],
)
def test_what_counts_as_an_edit_of_a_deleted_cell(edit: dict[str, Any], goes: bool) -> None:
    cell = markdown("# T\ntext", attachments={"a.png": {"image/png": "x"}})
    result = merge(nb(A, cell), nb(A), nb(A, {**cell, **edit}))
    assert len(result.notebook.cells) == (1 if goes else 2)
    assert bool(result.conflicts) != goes


@pytest.mark.parametrize(
    ("old", "new", "goes"),
    [
        ("x = f(1,2)", "x = f(1, 2)", True),
        ("names = line.split(',')", "names = line.split(', ')", False),
        ("sep = ''", "sep = ' '", False),
        ('"""\na , b\n"""', '"""\na, b\n"""', False),
        ("%run a-b.py", "%run a - b.py", False),
    ],
)
def test_white_space_in_a_string_is_an_edit_of_a_deleted_cell(
    old: str, new: str, goes: bool
) -> None:
    def merged(language: str) -> MergeResult:
        about = {"name": language}
        sides = (A, code(old)), (A,), (A, code(new))
        base, gone, edited = (nb(*side, language_info=about) for side in sides)
        return merge(base, gone, edited)

    assert bool(merged("python").conflicts) != goes
    assert merged("julia").conflicts


def test_union_keeps_the_lines_of_both_sides_whole() -> None:
    loop = "for {0} in {1}:\n    {2}({0})\n    flush()"
    mine, theirs = loop.format("i", "a", "one"), loop.format("j", "b", "two")
    base, local, remote = (nb(code(f"go()\n{text}\nend()")) for text in ("x = 1", mine, theirs))
    (cell,) = merge(base, local, remote, Strategy(sources=SourceChoice.UNION)).notebook.cells
    assert cell.source == f"go()\n{mine}\n{theirs}\nend()"


# Parts of a cell


def raw(text: str, **more: Any) -> dict[str, Any]:
    return {**markdown(text, **more), "cell_type": "raw"}


@pytest.mark.parametrize(
    ("base", "local", "remote", "kind", "side"),
    [
        (code, markdown, code, "markdown", "LOCAL"),
        (code, code, markdown, "markdown", "REMOTE"),
        (markdown, code, markdown, "code", "LOCAL"),
        (raw, code, markdown, "markdown", "REMOTE"),
        (raw, markdown, code, "markdown", "LOCAL"),
    ],
)
def test_who_changed_the_type(base: Any, local: Any, remote: Any, kind: str, side: str) -> None:
    old, new = "\n".join(LINES), "\n".join([*LINES, "x"])
    edited = {kept: new if kept is base else old for kept in (local, remote)}
    cell, result = merged_cell(
        base(old), local(edited[local]), remote(edited[remote], metadata={"a": 1})
    )
    assert cell.source == (new if base in (local, remote) else old)
    assert cell.cell_type == kind
    assert cell.metadata == {"a": 1}
    assert said(result, DecisionPart.TYPE) == [f"{side}: {side.lower()} made it a {kind} cell"]


@pytest.mark.parametrize(
    ("local", "remote", "wanted"),
    [
        (["x", *LINES], [*LINES, "y"], ["MERGED: both sides changed other lines"]),
        (["x", *LINES], ["x", *LINES], ["SAME: both sides changed it alike"]),
        (["x", *LINES], LINES, ["LOCAL: only local changed it"]),
        (LINES, ["x", *LINES], ["REMOTE: only remote changed it"]),
        (LINES, LINES, []),
        (["x", *LINES], ["y", *LINES], ["CONFLICT: both sides changed the same lines"]),
    ],
)
def test_what_became_of_a_source_is_said(
    local: list[str], remote: list[str], wanted: list[str]
) -> None:
    _, result = merged_cell(
        code(source(*LINES)),
        code(source(*local), metadata={"a": 1}),
        code(source(*remote), metadata={"b": 1}),
    )
    assert said(result, DecisionPart.SOURCE) == wanted


def test_metadata_that_both_sides_changed_apart() -> None:
    base, local, remote = (code(LINES[0], metadata={"x": x, "y": 0}) for x in (1, 22, 333))
    cell, result = merged_cell(base, local, {**remote, "metadata": {"x": 333, "y": 5}})
    assert cell.metadata == {"x": 333, "y": 5}
    assert said(result, DecisionPart.METADATA) == [
        "MERGED: both sides changed 'x'; the more detailed value is kept"
    ]


PICTURES = [{"image/png": "a"}, {"image/png": "bb"}, {"image/png": "ccc"}]


@pytest.mark.parametrize(
    ("base", "local", "remote", "wanted", "apart"),
    [
        ([0, None], [0, 1], [0, None], [0, 1], False),
        ([0, None], [0, None], [0, 1], [0, 1], False),
        ([0, 1], [None, 1], [0, 2], [None, 2], False),
        ([0, None], [1, None], [2, None], [1, 2], True),
        ([None, None], [1, None], [None, 2], [1, 2], False),
    ],
)
def test_attachments_by_name(
    base: list[Any], local: list[Any], remote: list[Any], wanted: list[Any], apart: bool
) -> None:
    def cell(which: list[int | None], source: str) -> dict[str, Any]:
        files = {name: PICTURES[n] for name, n in zip("pq", which, strict=True) if n is not None}
        return markdown(source, attachments=files)

    text = "\n".join(LINES)
    found, result = merged_cell(
        cell(base, text), cell(local, f"{text}\nx"), cell(remote, f"y\n{text}")
    )
    files = cell(wanted, "")["attachments"]
    if apart:  # Both stay, and neither has the name that could mean either.
        assert [*found.attachments.values()] == [*files.values()]
        assert not found.attachments.keys() & files.keys()
    else:
        assert found.attachments == files
    assert bool(said(result, DecisionPart.ATTACHMENTS)) == apart
    fresh, _ = merged_cell(None, cell(local, text), cell(local, text))
    assert fresh.attachments == cell(local, "")["attachments"]


def test_members_that_nobody_knows_are_merged_by_key() -> None:
    def cell(**more: Any) -> dict[str, Any]:
        return code(LINES[0], **more)

    found, result = merged_cell(cell(p=1, q=1, r=1), cell(p=2, q=1, s=3), cell(p=33, q=2, r=1))
    assert {key: found.value(key) for key in ("p", "q", "s")} == {"p": 33, "q": 2, "s": 3}
    assert "r" not in found.fields
    assert said(result, DecisionPart.OTHER) == ["MERGED: both sides changed 'p'; one value stays"]


def test_odd_outputs_are_compared_without_their_counts() -> None:
    base = {**code("x = 1", execution_count=1), "outputs": [7]}
    local = {**base, "metadata": {"a": 1}}
    cell, _ = merged_cell(base, local, {**base, "outputs": [7, 8]})
    assert cell.outputs == [7, 8]  # type: ignore[comparison-overlap]


def test_outputs_without_an_error_are_preferred() -> None:
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["long " * 99]}
    fine = [stream("1")]
    assert choose_outputs([error], fine) == choose_outputs(fine, [error]) == fine
    assert choose_outputs([7], fine) == choose_outputs(fine, [7]) == fine


# Splits and joins that both sides changed


def test_a_split_against_a_conflicting_edit_keeps_both_edits() -> None:
    base = nb(A, code(source(*LINES)))
    local = nb(A, code(source(*LINES[:4]), [stream("1")]), code(source("mine()", *LINES[5:])))
    remote = nb(A, code(source(*LINES[:4], "theirs()", *LINES[5:])))
    result = merge(base, local, remote)
    sources = [cell.source for cell in result.notebook.cells[1:]]
    assert "mine()" in source(*sources)
    assert "theirs()" in source(*sources)
    assert len(result.conflicts) == 1
    taken = merge(base, local, remote, Strategy(sources=SourceChoice.REMOTE))
    assert not taken.conflicts
    assert "theirs()" in source(*(cell.source for cell in taken.notebook.cells))
    assert "mine()" not in source(*(cell.source for cell in taken.notebook.cells))


def test_a_half_that_one_side_split_off_and_the_other_deleted_is_gone() -> None:
    one, two = (f"{name} = compute_{name}({name}s, limit=9)" for name in ("one", "two"))
    base, split, deleted = (
        nb(A, code(f"{one}\n{two}")),
        nb(A, code(one), code(two)),
        nb(A, code(one)),
    )
    for result in (merge(base, split, deleted), merge(base, deleted, split)):
        assert [cell.source for cell in result.notebook.cells] == ["a = 1", one]


def test_sides_that_deleted_what_the_other_left_are_a_conflict() -> None:
    base, local, remote = (nb(A, code(source)) for source in ("x = 1\ny = 2", "x = 1", "y = 2"))
    assert len(merge(base, local, remote).conflicts) == 1
    assert len(merge(base, remote, local).conflicts) == 1


def test_two_other_splits_of_one_cell() -> None:
    base = nb(A, code(source(*LINES), [stream("1")], execution_count=4))
    local = nb(A, code(source(*LINES[:3])), code(source(*LINES[3:])))
    remote = nb(A, code(source(*LINES[:5])), code(source(*LINES[5:])))
    result = merge(base, local, remote)
    sources = [cell.source for cell in result.notebook.cells[1:]]
    assert [line for text in sources for line in text.split("\n") if line] == LINES
    assert not result.conflicts


PARTS = [source(*(f"{name}_{n} = run({n})" for n in range(4))) for name in "abcd"]


@pytest.mark.parametrize(
    ("local", "remote"),
    [
        (((0, 1), (2,), (3,)), ((0,), (1, 2), (3,))),
        (((0, 1), (2, 3)), ((0,), (1, 2), (3,))),
        (((0,), (1,), (2, 3)), ((0, 1, 2), (3,))),
        (((0, 1, 2, 3),), ((0, 1), (2, 3))),
    ],
)
def test_joins_that_overlap_keep_every_line_once(local: Any, remote: Any) -> None:
    def joined(groups: Any) -> Notebook:
        return nb(A, *(code("\n\n".join(PARTS[n] for n in group)) for group in groups))

    base = joined(((0,), (1,), (2,), (3,)))
    for sides in ((local, remote), (remote, local)):
        one, other = map(joined, sides)
        result = merge(base, one, other)
        lines = [line for cell in result.notebook.cells[1:] for line in cell.source.split("\n")]
        assert not result.conflicts
        assert [line for line in lines if line] == source(*PARTS).split("\n")


def test_words_of_a_line_in_a_split_cell() -> None:
    base = nb(A, code(source(*LINES, "fit(alpha, 1, quick)")))
    local = nb(A, code(source(*LINES[:4])), code(source(*LINES[4:], "fit(beta, 1, quick)")))
    remote = nb(A, code(source(*LINES, "fit(alpha, 2, quick)")))
    result = merge(base, local, remote)
    assert result.notebook.cells[2].source == source(*LINES[4:], "fit(beta, 2, quick)")
    assert said(result, DecisionPart.SOURCE) == ["WORDS: both sides changed other words of a line"]


@pytest.mark.parametrize("swapped", [False, True])
def test_what_was_put_between_the_parts_of_a_split_stays_there(swapped: bool) -> None:
    whole = source(*LINES, *(f"later_{n} = follow_{n}(data)" for n in range(4)))
    first, second = source(*LINES), whole[len(source(*LINES)) + 1 :]
    base, local = nb(A, code(whole)), nb(A, code(first), markdown("## Later"), code(second))
    remote = nb(A, code(whole.replace("follow_3", "lead_3")))
    sides = (remote, local) if swapped else (local, remote)
    result = merge(base, *sides)
    assert not result.conflicts
    assert [cell.source for cell in result.notebook.cells[1:]] == [
        *(first, "## Later", second.replace("follow_3", "lead_3")),
    ]


def test_an_edited_cell_without_outputs_loses_its_count_only() -> None:
    base = nb(A, code(source(*LINES), execution_count=4))
    local = nb(A, code(source(*LINES[:4]), execution_count=5), code(source(*LINES[4:])))
    remote = nb(A, code(source("first()", *LINES[1:]), execution_count=4))
    cell = merge(base, local, remote).notebook.cells[1]
    assert (cell.source, cell.execution_count) == (source("first()", *LINES[1:4]), None)
    assert "nbvc" not in cell.metadata


# Values


@pytest.mark.parametrize(
    ("base", "local", "remote", "wanted", "apart"),
    [
        ({}, {"a": 1}, {}, {"a": 1}, []),
        ({"a": 1}, {}, {"a": 1}, {}, []),
        ({"a": 1}, {}, {"a": 2}, {"a": 2}, ["a"]),
        ({"a": 1}, {"a": 2}, {}, {"a": 2}, ["a"]),
        ({"a": 1}, {"a": 1}, {"a": 1.0}, {"a": 1.0}, []),
        ({}, {"a": {"x": 1}}, {"a": {"y": 1}}, {"a": {"x": 1, "y": 1}}, []),
        ({"a": 7}, {"a": {"x": 1}}, {"a": {"x": 22}}, {"a": {"x": 22}}, ["a"]),
        ({"t": ["a", "b"]}, {"t": ["a"]}, {"t": ["a", "b", "c"]}, {"t": ["a", "c"]}, []),
        ({"t": 7}, {"t": ["a"]}, {"t": ["b"]}, {"t": ["a", "b"]}, []),
        ({"t": [1]}, {"t": [2]}, {"t": [33]}, {"t": [33]}, ["t"]),
        ({"tags": ["a"]}, {"tags": ["a", "l"]}, {"tags": ["r"]}, {"tags": ["l", "r"]}, []),
        # Lists in order: what both did comes once, and what one side took out stays out.
        ({"t": [1, 2, 3]}, {"t": [0, 1, 2, 3]}, {"t": [0, 1, 3]}, {"t": [0, 1, 3]}, []),
        ({"t": [1, 1]}, {"t": [1, 1, 1]}, {"t": [5, 1, 1, 1]}, {"t": [5, 1, 1, 1]}, []),
        ({"t": [1, 2]}, {"t": [1, 2, 8]}, {"t": [9, 1, 2]}, {"t": [9, 1, 2, 8]}, []),
        ({"t": [1, 2, 5]}, {"t": [1, 3, 5, 6]}, {"t": [1, 44, 5]}, {"t": [1, 44, 5, 6]}, ["t"]),
        ({"t": [{"x": 1, "y": 1}]}, {"t": [{"x": 2, "y": 1}]}, {"t": [{"x": 1, "y": 2}]},
         {"t": [{"x": 2, "y": 2}]}, []),
        ({"t": []}, {"t": [{"id": 1, "x": 1}]}, {"t": [{"id": 1, "y": 1}]},
         {"t": [{"id": 1, "x": 1, "y": 1}]}, []),
        ({"kernelspec": {"n": 1}}, {"kernelspec": {"n": 2, "m": 1}}, {"kernelspec": {"n": 3}},
         {"kernelspec": {"n": 2, "m": 1}}, ["kernelspec"]),
    ],
)  # fmt: skip
def test_a_mapping_by_key(base: Any, local: Any, remote: Any, wanted: Any, apart: Any) -> None:
    assert merge_mapping(base, local, remote) == (wanted, apart)
    turned, again = merge_mapping(base, remote, local)
    assert again == apart
    assert turned.keys() == wanted.keys()
    if apart or not any(type(value) is list for value in wanted.values()):
        assert turned == wanted


def test_notebooks_that_say_the_same_are_the_same_whatever_their_style() -> None:
    one = nb(code("a\nb", [stream("x\ny")]), markdown("c", attachments={"p": {"text/plain": "q"}}))
    other = nbvc.read(file(*one.to_dict()["cells"]))
    assert one.text != other.text
    assert same_notebook(one, other)
    assert merge(one, other, one).notebook is other
    for change in ({"metadata": {"a": 1}}, {"x": 1}, {"nbformat_minor": 3}):
        assert not same_notebook(one, other.replace(**change))
    for index, key in ((0, "source"), (0, "outputs"), (1, "attachments"), (1, "metadata")):
        value: Any = {"source": "z", "outputs": []}.get(key, {"z": {}})
        assert not same_notebook(one, other.edit_cell(index, **{key: value}))
    assert not same_notebook(one, other.with_cells(other.cells[:1]))
    assert not same_notebook(one, other.edit_cell(0, odd=1))


# Formats


def test_a_side_in_an_old_format_is_merged_into_the_new_one() -> None:
    old = b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [%b]}]}'
    one = b'{"cell_type": "code", "input": "a = 1", "outputs": [], "metadata": {}}'
    two = b'{"cell_type": "code", "input": "b = 2", "outputs": [], "metadata": {}}'
    base, local = nbvc.read(old % one), nbvc.read(old % (one + b", " + two))
    remote = nb(code("c = 3"), code("a = 1"))
    for sides in ((local, remote), (remote, local)):
        result = merge(base, *sides)
        assert [cell.source for cell in result.notebook.cells] == ["c = 3", "a = 1", "b = 2"]
        assert result.notebook.file_format[0] == 4


def test_what_both_sides_changed_of_the_notebook_is_said() -> None:
    base, local, remote = (nb(A, code(f"{n}"), x=n) for n in ("1", "22", "333"))
    result = merge(base, local, remote)
    assert result.notebook.metadata == {"x": "333"}
    assert said(result, DecisionPart.NOTEBOOK) == [
        "MERGED: both sides changed 'metadata' apart; the more detailed value is kept"
    ]


def test_ids_that_are_invalid_or_taken_are_made_anew_alike_by_everybody() -> None:
    base = nb(A, minor=5)
    local = nb(A, code("b", id="not valid"), code("c", id="same"), code("d", id="same"), minor=5)
    remote = nb(A, code("e", id="other"), minor=5)
    found = [merge(base, local, remote) for _ in range(2)]
    ids = [cell.id for cell in found[0].notebook.cells]
    assert ids == [cell.id for cell in found[1].notebook.cells]
    assert len(set(ids)) == 5
    assert "same" in ids
    assert "not valid" not in ids
    # An id that would be made is another cell's already.
    made = ids[1]
    taken = merge(base, local, nb(A, code("e", id=made), minor=5)).notebook.cells
    assert len({cell.id for cell in taken}) == 5


# Files


def test_a_key_that_stands_twice_is_not_merged_away() -> None:
    twice = file(A, code("b")).replace(b'"source": "b"', b'"source": "x", "source": "b"')
    base, remote = file(A), file(code("c"), A)
    with pytest.raises(RewriteRefusedError, match="'source' appears twice"):
        merge_files(base, twice, remote, Strategy(), "n.ipynb")
    content, result = merge_files(base, twice, base, Strategy())
    assert content == twice
    assert result.resolved


def test_a_result_that_would_not_be_read_as_it_was_meant_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = MergeResult(nb(A))
    assert check_result(result, ()) == result.notebook.to_bytes()
    for other in (nb(), nb(code("b"))):
        monkeypatch.setattr("nbvc.merging.files.read", lambda *_, other=other, **__: other)
        with pytest.raises(RewriteRefusedError, match="not be read as it was meant"):
            check_result(result, ())


# Markers


def marked(*lines: str, **note: Any) -> nbvc.Cell:
    noted = {"nbvc": {"conflict": note, "kept": 1}} if note else {}
    return nb(code("\n".join(lines), metadata={**noted, "other": 2})).cells[0]


TWO = (
    *("first", "<<<<<<< main", "a", "=======", "b", ">>>>>>> topic", "between"),
    *("<<<<<<< main", "c", "=======", "d", ">>>>>>> topic", "last"),
)


@pytest.mark.parametrize(
    ("takes", "wanted"),
    [
        ([Take.LOCAL, Take.LOCAL], ["first", "a", "between", "c", "last"]),
        ([Take.REMOTE, Take.LOCAL], ["first", "b", "between", "c", "last"]),
        ([Take.BOTH, Take.REMOTE], ["first", "a", "b", "between", "d", "last"]),
        ([None, Take.LOCAL], [*TWO[:6], "between", "c", "last"]),
        ([Take.REMOTE, None], ["first", "b", *TWO[6:]]),
        ([Take.REMOTE], ["first", "b", *TWO[6:]]),
        ([None, None], [*TWO]),
    ],
)
def test_conflicts_are_settled_one_by_one(takes: list[Take | None], wanted: list[str]) -> None:
    for note in ({}, {"marker": 7, "hunks": 2}):
        left = settle(marked(*TWO, **note), takes)
        assert left is not None
        assert left.source == "\n".join(wanted)
        still = find(left)
        open_ = sum(line.startswith("<") for line in wanted)
        assert (still.hunks if still else 0) == open_
        said_open = (left.metadata.get("nbvc") or {}).get("conflict", {}).get("hunks", 0)
        assert said_open == open_
        assert left.metadata["other"] == 2
        if note:
            assert left.metadata["nbvc"]["kept"] == 1


@pytest.mark.parametrize("deleted", ["local", "remote"])
def test_a_cell_that_a_side_deleted_goes_where_that_side_is_taken(deleted: str) -> None:
    edit = ("a", "b")
    inner = ("<<<<<<< l", *([] if deleted == "local" else edit), "=======")
    cell = marked(*inner, *(edit if deleted == "local" else ()), ">>>>>>> r", deleted=deleted)
    gone, other = Take(deleted), Take.REMOTE if deleted == "local" else Take.LOCAL
    assert settle(cell, [gone]) is None
    for take in (other, Take.BOTH):
        kept = settle(cell, [take])
        assert kept is not None
        assert kept.source == "a\nb"
    still = settle(cell, [None])
    assert still is not None
    found = find(still)
    assert found is not None
    assert found.deleted_by == deleted


@pytest.mark.parametrize(
    "lines",
    [
        ("<<<<<<< main", "a", "=======", "b"),
        ("<<<<<<< main", "a", ">>>>>>> topic"),
        ("<<<<<<< main", "a", "<<<<<<< main", "=======", "b"),
        ("<<<<<<<main", "a", "=======", "b", ">>>>>>> topic"),
        ("=======", ">>>>>>> topic"),
        ("a",),
        (),
    ],
)
def test_markers_that_do_not_belong_together_are_text(lines: tuple[str, ...]) -> None:
    assert parse(lines) is None
    cell = marked(*lines, marker=7, hunks=1)
    assert find(cell) is None
    settled = settle(cell, [])
    assert settled is not None
    assert settled.source == cell.source
    assert "conflict" not in settled.metadata["nbvc"]
    assert without_note(settled) is settled


def test_a_conflict_within_markers_of_another_is_found_alone() -> None:
    found = parse(["<<<<<<< x", "<<<<<<< main", "a", "=======", "b", ">>>>>>> topic"])
    assert found is not None
    assert [(chunk.lines, chunk.remote) for chunk in found.chunks] == [
        (["<<<<<<< x"], None),
        (["a"], ["b"]),
    ]
    assert (found.local, found.remote) == ("main", "topic")


def test_a_base_section_is_understood() -> None:
    found = parse(["<<<<<<<", "a", "||||||| base", "o", "=======", "b", ">>>>>>>", "end"])
    assert found is not None
    assert [(c.lines, c.remote, c.base) for c in found.chunks] == [
        (["a"], ["b"], ["o"]),
        (["end"], None, []),
    ]
    assert (found.local, found.remote) == ("local", "remote")


CHUNKS = [Chunk(["top"]), Chunk(["a", "mine", "z"], ["a", "theirs", "z"], ["a", "old"])]


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("merge", "top <<<<<<< l a mine z ======= a theirs z >>>>>>> r"),
        ("diff3", "top <<<<<<< l a mine z ||||||| b a old ======= a theirs z >>>>>>> r"),
        ("zdiff3", "top a <<<<<<< l mine ||||||| b a old ======= theirs >>>>>>> r z"),
    ],
)
def test_a_conflict_in_each_style(style: str, wanted: str) -> None:
    strategy = Strategy(
        local_label="l", remote_label="r", base_label="b", style=ConflictStyle(style)
    )
    text, note = mark_source(CHUNKS, strategy)
    assert text.split() == wanted.split()
    assert note.get("base") == ("b" if style != "merge" else None)
    cell = marked(*text.split("\n"), **note)
    for take, line in ((Take.LOCAL, "mine"), (Take.REMOTE, "theirs")):
        left = settle(cell, [take])
        assert left is not None
        assert left.source.split("\n") == ["top", "a", line, "z"]


def test_a_base_that_is_shown_stays_while_a_conflict_is_open() -> None:
    chunks = [CHUNKS[1], Chunk(["b"]), CHUNKS[1]]
    text, note = mark_source(chunks, Strategy(style=ConflictStyle.DIFF3))
    left = settle(marked(*text.split("\n"), **note), [Take.LOCAL, None])
    assert left is not None
    again = find(left)
    assert again is not None
    assert [chunk.base for chunk in again.chunks] == [[], ["a", "old"]]
    assert left.metadata["nbvc"]["conflict"]["base"] == "base"
    edited = merge(
        nb(A, code("b = 2")), nb(A), nb(A, code("b = 2\nc")), Strategy(style=ConflictStyle.DIFF3)
    )
    shown = find(edited.notebook.cells[1])
    assert shown is not None
    assert shown.chunks[0].base == ["b = 2"]
