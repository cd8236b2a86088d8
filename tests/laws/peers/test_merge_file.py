"""`git merge-file` merges the lines of the JSON: where that works, cells come out as it has them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import nbvc
from nbvc.errors import NbvcError
from nbvc.merging import Strategy
from nbvc.merging.files import merge_files
from tests.laws.peers.material import SIDES, triples

TRIPLES = [*triples(made=60)]


def merged_as_text(folder: Path, contents: tuple[bytes, ...]) -> nbvc.Notebook | None:
    """What git makes of the lines, where it finds no conflict and the result is a notebook."""
    for side, content in zip(SIDES, contents, strict=True):
        (folder / side).write_bytes(content)
    ran = subprocess.run(
        ["git", "merge-file", "-p", "local", "base", "remote"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    if ran.returncode:
        return None
    try:
        return nbvc.read(ran.stdout)
    except NbvcError:
        return None


@pytest.mark.parametrize("index", range(len(TRIPLES)), ids=[one[0] for one in TRIPLES])
def test_where_git_merges_the_lines_the_cells_are_the_same(index: int, tmp_path: Path) -> None:
    _, *three = TRIPLES[index]
    by_git = merged_as_text(tmp_path, tuple(three))
    content, result = merge_files(three[0], three[1], three[2], Strategy())
    if by_git is None:
        return
    assert result.resolved, "git needed nobody"
    ours = [cell.source for cell in nbvc.read(content).cells]
    theirs = [cell.source for cell in by_git.cells]
    assert ours == theirs


def test_git_alone_needs_a_person_far_more_often(tmp_path: Path) -> None:
    by_git = by_us = 0
    for _, *three in TRIPLES:
        by_git += merged_as_text(tmp_path, tuple(three)) is None
        _, result = merge_files(three[0], three[1], three[2], Strategy())
        by_us += bool(result.conflicts)
    assert by_us < by_git
