"""nbdime: what its patch makes of our diffs, and what its diff sees that ours doesn't."""

from __future__ import annotations

import json
from typing import Any

import nbdime
import pytest
from hypothesis import given, settings
from nbdime.diff_utils import to_diffentry_dicts

import nbvc
from nbvc.diffing.nbdime import apply_ops
from tests.generate.valid import Three, threes
from tests.laws.peers.material import pairs

PAIRS = [*pairs(real=25, made=30)]
EVERYTHING = nbvc.DiffPolicy(parts=frozenset(nbvc.Part))


def exact(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def read(value: dict[str, Any]) -> nbvc.Notebook:
    return nbvc.Notebook.from_dict(value)


@pytest.mark.parametrize("index", range(len(PAIRS)), ids=[one[0] for one in PAIRS])
def test_nbdime_agrees(index: int) -> None:
    _, before, after = PAIRS[index]
    one, other = read(before), read(after)
    ours = nbvc.diff(one, other, EVERYTHING)
    theirs = nbdime.diff_notebooks(nbdime_node(one.to_dict()), nbdime_node(other.to_dict()))
    # Asked for everything, both see a change or neither does.
    assert ours.changed == bool(theirs)
    # What we export, nbdime applies; what nbdime found leads to the same notebook.
    assert exact(nbdime.patch(one.to_dict(), ours.to_nbdime())) == exact(other.to_dict())
    assert exact(nbdime.patch(nbdime_node(one.to_dict()), theirs)) == exact(other.to_dict())
    for ops in (theirs, json.loads(json.dumps(ours.to_nbdime()))):
        assert exact(apply_ops(one.to_dict(), ops)) == exact(other.to_dict())
        assert nbvc.patch(one, nbvc.NotebookDiff.from_nbdime(one, ops)) == other
    # Each cell that nbdime leaves alone is one that we call unchanged, unless it moved.
    same = sum(cell.change.value == "unchanged" for cell in ours.cells)
    assert same >= untouched(theirs, len(one.cells))


@given(threes())
@settings(max_examples=60)
def test_each_reads_the_diffs_of_both(three: Three) -> None:
    """What both make of a diff in JSON is the same notebook, whoever made the diff."""
    one, other = three.base, three.local
    try:
        theirs = nbdime.diff_notebooks(nbdime_node(one.to_dict()), nbdime_node(other.to_dict()))
    except RuntimeError:  # A path that was a list in an earlier notebook is an object in this one.
        theirs = []
    for ops in (nbvc.diff(one, other).to_nbdime(), theirs):
        read_again = json.loads(json.dumps(ops))
        by_nbdime = nbdime.patch(one.to_dict(), to_diffentry_dicts(read_again))
        by_nbvc = nbvc.patch(one, nbvc.NotebookDiff.from_nbdime(one, read_again))
        assert exact(by_nbvc.to_dict()) == exact(by_nbdime)
    assert nbvc.patch(one, nbvc.diff(one, other)) == other


def nbdime_node(value: dict[str, Any]) -> Any:
    import nbformat

    return nbformat.from_dict(value)


def untouched(ops: Any, count: int) -> int:
    """How many cells nbdime neither patches nor removes."""
    for op in ops:
        if op.op == "patch" and op.key == "cells":
            gone = sum(inner.length for inner in op.diff if inner.op == "removerange")
            return int(count - gone - sum(inner.op == "patch" for inner in op.diff))
    return count


def test_what_nbvc_exports_is_no_larger() -> None:
    """Summed over all pairs: characters of the operations, as they are exchanged."""
    ours = theirs = 0
    for _, before, after in PAIRS:
        one, other = read(before), read(after)
        ours += len(exact(nbvc.diff(one, other).to_nbdime()))
        theirs += len(
            exact(nbdime.diff_notebooks(nbdime_node(one.to_dict()), nbdime_node(other.to_dict())))
        )
    assert ours <= 1.05 * theirs
