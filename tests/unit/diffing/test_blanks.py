"""Blanks of sources that do not count, as git has it."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbvc
from nbvc.diffing.policy import Blanks, DiffPolicy
from nbvc.diffing.values import ChangedLines
from nbvc.render.shown import show_cells
from tests.making import code, notebook

_OPTIONS = {
    "-w": DiffPolicy(blanks=Blanks.NONE),
    "-b": DiffPolicy(blanks=Blanks.AMOUNT),
    "--ignore-blank-lines": DiffPolicy(blank_lines=False),
}
_TEXTS = ("x = 1\ny", "x  =  1\ny", "x=1\ny", " x = 1\ny", "x = 1 \ny", "x = 1\n\ny", "x\ny")


def _make(source: str) -> nbvc.Notebook:
    return nbvc.Notebook.from_dict(notebook(code(source)))


@pytest.mark.parametrize("option", _OPTIONS)
def test_the_same_counts_as_in_git(option: str, tmp_path: Path) -> None:
    policy = _OPTIONS[option]
    for number, (one, other) in enumerate(itertools.combinations(_TEXTS, 2)):
        sides = tmp_path / f"{number}a", tmp_path / f"{number}b"
        for side, text in zip(sides, (one, other), strict=True):
            side.write_bytes(f"{text}\n".encode())
        command = ["git", "diff", "--no-index", option, *map(str, sides)]
        expected = b"@@" in subprocess.run(command, check=False, capture_output=True).stdout
        assert nbvc.diff(_make(one), _make(other), policy).changed == expected, (one, other)


_SOURCES = st.text("ab \n\t", max_size=20)


@given(_SOURCES, _SOURCES, st.sampled_from([*_OPTIONS]))
def test_what_is_shown_counts_and_the_diff_is_complete(
    before: str, after: str, option: str
) -> None:
    policy = _OPTIONS[option]
    one, other = _make(before), _make(after)
    found = nbvc.diff(one, other, policy)
    assert nbvc.patch(one, found).to_bytes() == other.to_bytes()
    for cell in show_cells(found):
        if cell.entry.before and cell.entry.after and cell.source:
            assert any(isinstance(piece, ChangedLines) for piece in cell.source.pieces)


def test_lines_that_differ_in_blanks_alone_are_no_change_beside_others() -> None:
    found = nbvc.diff(_make("a = 1\nb=2\nc = 3"), _make("a = 1\nb = 2\nc = 4"), _OPTIONS["-w"])
    (cell,) = show_cells(found)
    assert cell.source is not None
    changed = [piece for piece in cell.source.pieces if isinstance(piece, ChangedLines)]
    assert [(op.removed, op.added) for op in changed] == [(("c = 3\n",), ("c = 4\n",))]
