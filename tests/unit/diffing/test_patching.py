"""A diff put back: every odd notebook comes out whole, and what doesn't fit is refused."""

from __future__ import annotations

import itertools
import json
from typing import Any

import msgspec
import pytest

import nbvc
from nbvc import NotebookDiff
from nbvc.diffing import DiffPolicy, Part
from nbvc.diffing.jsonops import apply, compare, seen_ops
from nbvc.diffing.nbdime import NbdimeOp
from nbvc.diffing.outputs import apply_to_outputs, coalesce_streams, diff_outputs
from nbvc.diffing.values import (
    Add,
    ChangedLines,
    EditLines,
    NotebookSide,
    PathOp,
    Remove,
    Replace,
    ScalarChange,
    pack,
    to_builtins,
    unpack,
)
from nbvc.diffing.words import find_changed_words
from nbvc.errors import PatchError
from nbvc.notebook.jsontext import are_identical
from tests.making import code, file, markdown, result, stream

NAN = float("nan")
VALUES: tuple[Any, ...] = (
    *(None, 1, 1.0, True, "", "a\n", "a\nb", [], {}, NAN, {"a": NAN}, [1, NAN], [[1], [2]], 10**30),
    *({"a": {"b": [1, {"c": "x\ny"}]}}, {"a": {"b": [1, {"c": "x\nz"}, 2]}}, {"b": 1, "a": {}}),
    *([1, 2, 3], [1, 3], [0, 1, 2, 3], [{"a": 1}, {"a": 2}], [{"a": 1}, {"a": 3}, 4]),
)


def test_any_value_becomes_any_other() -> None:
    for before, after in itertools.product(VALUES, repeat=2):
        ops = compare(before, after)
        wire = json.loads(json.dumps(to_builtins(ops), allow_nan=False))
        read_again = msgspec.convert(wire, tuple[PathOp, ...])
        assert are_identical(apply(before, read_again), after), (before, after)
        assert bool(ops) != are_identical(before, after)


@pytest.mark.parametrize(
    ("before", "op"),
    [
        ({}, Remove(("a",))),
        ({}, Replace(("a",), 1)),
        ({}, Replace(("a", "b"), 1)),
        ({"a": 1}, Add(("a", "b"), 1)),
        ({}, Add((1,), 1)),
        ({"a": 1}, EditLines(("a",), ())),
        ({"a": 1}, Replace(("a",))),
        ([1], Replace((1,), 1)),
        ([1], Replace((-1,), 1)),
        ([1], Replace(("0",), 1)),
        ("a", Add(("a",), 1)),
        ("a\n", EditLines((), (ChangedLines((0, 1), (0, 0), ("b\n",), ()),))),
    ],
)
def test_an_operation_that_does_not_fit_is_refused(before: Any, op: PathOp) -> None:
    with pytest.raises(PatchError):
        apply(before, [op])


@pytest.mark.parametrize("value", [1, "a", None, [NAN], float("inf"), {"a": -0.0}])
def test_a_value_goes_into_strict_json_and_back(value: Any) -> None:
    packed = pack(value)
    assert are_identical(unpack(*packed), value)
    wire = json.dumps(to_builtins(ScalarChange(*packed)), allow_nan=False)
    again = msgspec.convert(json.loads(wire), ScalarChange)
    assert are_identical(unpack(again.before, again.before_json), value)


# Whole notebooks


def read(cells: Any = (), **top: Any) -> nbvc.Notebook:
    value = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 4, **top}
    return nbvc.read(json.dumps({k: v for k, v in value.items() if v is not ...}).encode())


TOPS: tuple[dict[str, Any], ...] = (
    *({}, {"metadata": ...}, {"metadata": 7}, {"metadata": [1]}, {"metadata": {"a": 1}}),
    *({"metadata": {"b": [1]}, "x": 1}, {"metadata": 8, "x": {"a": 1}}, {"nbformat_minor": 5}),
    *({"nbformat_minor": ...}, {"nbformat_minor": "odd", "y": NAN}),
)


def ran(outputs: Any) -> dict[str, Any]:
    return {**code("a\nb"), "outputs": outputs}


ODD_CELLS: tuple[dict[str, Any], ...] = (
    *({}, {"cell_type": "code"}, {"cell_type": "code", "source": "a\nb"}, code("a\nb")),
    *({"cell_type": ["odd"], "source": "a\nb"}, markdown("a\nb"), code("a\nb", id=7)),
    *(code("a\nb", metadata=7), code("a\nb", metadata=[]), ran(7)),
    *(ran([7]), ran({}), code("a\nb", execution_count=NAN)),
    *(code("a\nb", [stream("x")]), code("a\nb", [result({"text/plain": "x"})], x={"y": [1]})),
    *(code("a\nb", [{"output_type": "stream", "text": 7}]), code("a\nb", x={"y": [2]}, z=NAN)),
    *(markdown("a\nb", attachments=7), markdown("a\nb", attachments={"a.png": {"image/png": "x"}})),
    *(markdown("a\nb", attachments={"a.png": 7}), code("a\nb", [result({"text/plain": "y"}), {}])),
    *(
        code("a\nb", [{**result({}), "data": 7}]),
        code("a\nb", [{**result({}), "data": {"a/b": 7}}]),
    ),
    code("a\nb", [{**result({}), "metadata": 7}, {"output_type": "error", "traceback": 7}]),
)


def check(before: nbvc.Notebook, after: nbvc.Notebook) -> None:
    found = nbvc.diff(before, after)
    wire = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    again = NotebookDiff.from_dict(wire)
    assert nbvc.patch(before, found) == after
    assert nbvc.patch(before, again) == after
    assert again.to_dict() == wire


@pytest.mark.parametrize("top", TOPS, ids=str)
def test_whatever_stands_at_the_top_comes_out(top: dict[str, Any]) -> None:
    for other in TOPS:
        check(read([code("a")], **top), read([code("a")], **other))


@pytest.mark.parametrize("cell", ODD_CELLS, ids=str)
def test_whatever_a_cell_holds_comes_out(cell: dict[str, Any]) -> None:
    for other in ODD_CELLS:
        check(read([cell, code("same")]), read([other, code("same")]))


def test_new_members_are_written_in_the_order_of_the_diff() -> None:
    before = read([code("a")])
    after = read([{**code("a"), "z": 1, "y": 2, "x": 3, "w": 4}])
    (patched,) = nbvc.patch(before, nbvc.diff(before, after)).to_dict()["cells"]
    assert [*patched][-4:] == ["z", "y", "x", "w"]


def test_a_diff_is_the_same_whatever_was_asked_of_it_first() -> None:
    before = nbvc.read(file(code("a = 1", [stream("x")]), markdown("# T")))
    after = nbvc.read(file(code("a = 2", [stream("y")]), markdown("# T", metadata={"a": 1})))
    one, other = nbvc.diff(before, after), nbvc.diff(before, after)
    names = ("source", "outputs", "metadata", "attachments", "cell_type", "id", "other")
    whole = [cell.parts.complete() for cell in one.cells]
    for lean, full, parts in zip(other.cells, one.cells, whole, strict=True):
        for cell in (lean, full):
            assert [getattr(cell.parts, n) for n in names] == [getattr(parts, n) for n in names]
    quiet = nbvc.diff(before, after, DiffPolicy(frozenset([Part.SOURCES])))
    assert [cell.noisy for cell in quiet.cells] == [False, True]
    assert [bool(to_builtins(cell.parts.complete())) for cell in quiet.cells] == [True, True]
    assert [cell.noisy for cell in quiet.cells] == [False, True]


def test_a_diff_that_was_read_knows_no_notebooks() -> None:
    before, after = read([code("a = 1")]), read([code("a = 2"), code("c")])
    found = nbvc.diff(before, after)
    again = NotebookDiff.from_dict(found.to_dict())
    assert again.before is None
    with pytest.raises(PatchError, match="without its notebooks"):
        again.to_nbdime()
    assert repr(again) == repr(found) == "<NotebookDiff {'modified': 1, 'added': 1}>"
    assert repr(again.cells[0]) == "<CellDiff modified (0,) → (0,)>"
    assert NotebookDiff([], DiffPolicy()).sides == (NotebookSide(), NotebookSide())


@pytest.mark.parametrize(
    "spoil",
    [
        {"cells": 7},
        {"cells": [7]},
        {"cells": [{"change": "modified"}]},
        {"cells": [{"change": "modified", "before": 7, "after": [0]}]},
        {"format": "other"},
        {"version": 99},
    ],
)
def test_what_is_no_diff_is_not_read(spoil: dict[str, Any]) -> None:
    wire = nbvc.diff(read([code("a")]), read([code("b")])).to_dict()
    with pytest.raises(PatchError):
        NotebookDiff.from_dict({**wire, **spoil})
    with pytest.raises(PatchError):
        NotebookDiff.from_dict([wire])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "parts",
    [
        {"source": 7},
        {"source": [{"op": "equal"}]},
        {"outputs": [{"change": "modified", "before": 5, "after": 0}]},
        {"outputs": [{"change": "modified", "before": -1, "after": 0}]},
        {"outputs": [{"change": "added"}]},
        {"metadata": [{"op": "remove", "path": []}]},
        {"id": 7},
        {"change": "added"},
        {"change": "split", "after": [0, 1]},
        {"change": "split", "after": [0], "cuts": [1], "pieces": [{}]},
    ],
)
def test_a_diff_that_can_not_be_applied_is_refused(parts: dict[str, Any]) -> None:
    before = read([code("a", [stream("x")])])
    wire = nbvc.diff(before, read([code("b")])).to_dict()
    wire["cells"] = [{**wire["cells"][0], **parts}]
    with pytest.raises(PatchError):
        nbvc.patch(before, NotebookDiff.from_dict(wire))


# Outputs and lines


def test_neighbouring_pieces_of_a_stream_are_one() -> None:
    pieces = [stream("a"), stream("b"), stream("c", "stderr"), stream("d"), result({}), stream("e")]
    assert coalesce_streams(pieces) == [
        *(stream("ab"), stream("c", "stderr"), stream("d"), result({}), stream("e")),
    ]
    odd = [7, stream("a"), {**stream("b"), "text": ["b"]}, stream("c")]
    assert coalesce_streams(odd) == odd  # type: ignore[arg-type]
    assert pieces[0] == stream("a")


def test_pieces_with_an_odd_name_are_no_others() -> None:
    before = [{**stream("ab"), "name": [1]}]
    after = [{**stream("a"), "name": [1]}, {**stream("b"), "name": [1]}]
    found = diff_outputs(before, after, DiffPolicy())
    assert apply_to_outputs(before, found) == after
    assert not any(one.meaning and one.meaning.same for one in found)


def test_lines_as_people_see_them() -> None:
    assert seen_ops("a", "a") == ()
    assert seen_ops("", "a") == (ChangedLines((0, 0), (0, 1), (), ("a\n",)),)


def test_words_of_a_line_that_is_too_long_are_not_compared() -> None:
    assert find_changed_words("a b c d", "a b c e")
    assert find_changed_words("a " * 1600, "a " * 1599 + "b") is None
    assert find_changed_words("a" * 7000, "b") is None


def test_operations_of_nbdime_are_read_and_written_as_it_does() -> None:
    op = NbdimeOp(op="add", key=1)
    op.value = 2
    assert (op.key, op.value, op["value"]) == (1, 2, 2)
    with pytest.raises(AttributeError, match="nothing"):
        _ = op.nothing


def test_lists_with_all_kinds_of_changes_go_through_nbdime() -> None:
    nbdime = pytest.importorskip("nbdime")
    values = [*range(6), {"a": "x\ny"}, {"a": "x\nz"}, "text", "texts", [1], [1, 2], "te\nxt"]
    for size, (first, step) in itertools.product(range(5), ((0, 1), (1, 2), (6, 1), (3, 3))):
        old = [values[(first + n * step) % len(values)] for n in range(size)]
        for new in (old[::-1], old[1:], [*old, 9], [9, *old], [old[-1], 7] if old else [7]):
            before, after = read([code("a")], x=old), read([code("a")], x=new)
            ops = nbvc.diff(before, after).to_nbdime()
            assert nbdime.patch(before.to_dict(), ops) == after.to_dict()
