"""The versions that changed a cell, and the cells that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.integration.git.sandbox import commit_all, git
from tests.making import code, file, stream

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.jupyter.conftest import Ask


NAME = "cells.ipynb"


def _save(repo: Path, *cells: Any, minor: int = 5) -> None:
    (repo / NAME).write_bytes(file(*cells, minor=minor))


async def _trace(ask: Ask, **query: Any) -> list[tuple[str, int]]:
    _, listed = await ask("versions", path=NAME)
    names = {one["id"]: one["message"] for one in listed["versions"]}
    status, traced = await ask("versions/cell", path=NAME, **query)
    assert status == 200, traced
    return [(names[one["id"]], one["cell"]) for one in traced["versions"]]


async def _deleted(ask: Ask) -> list[str]:
    status, found = await ask("versions/deleted", path=NAME)
    assert status == 200, found
    return [one["cell"]["source"] for one in found["cells"]]


def _commit(repo: Path, message: str, *cells: Any, **more: Any) -> None:
    _save(repo, *cells, **more)
    commit_all(repo, message)


X, Y = code("x = 1", id="xxxx"), code("y = 2", id="yyyy")


async def test_the_versions_that_changed_a_cell(repo: Path, ask: Ask) -> None:
    _commit(repo, "two cells", X, Y)
    _commit(repo, "the other", code("x = 10", id="xxxx"), Y)
    _save(repo, code("x = 10", id="xxxx"), code("y = 20", id="yyyy"))
    await ask("checkpoints", {"path": NAME, "message": "saved"})
    _commit(repo, "before it", code("new", id="nnnn"), X, code("y = 20", id="yyyy"))
    _commit(repo, "noise", code("new", id="nnnn"), X, code("y = 20", id="yyyy", execution_count=3))
    _commit(repo, "ran", code("new", id="nnnn"), X, code("y = 20", [stream("1")], id="yyyy"))
    found = await _trace(ask, id="yyyy", cell=2)
    # The commits have dates of their own, long before the checkpoint's.
    assert found == [("saved", 1), ("ran", 2), ("before it", 2), ("two cells", 1)]


async def test_a_cell_without_an_id(repo: Path, ask: Ask) -> None:
    _commit(repo, "two cells", code("x = 1"), code("y = 2\nz"), minor=4)
    _commit(repo, "other", code("x = 2"), code("y = 2\nz"), minor=4)
    _commit(repo, "it", code("x = 2"), code("y = 3\nz"), minor=4)
    assert [name for name, _ in await _trace(ask, cell=1)][:2] == ["it", "two cells"]


async def test_a_merge_that_took_one_side_did_not_change_the_cell(repo: Path, ask: Ask) -> None:
    _commit(repo, "two cells", X, Y)
    git(repo, "switch", "-q", "-c", "topic")
    _commit(repo, "theirs", X, code("y = 3", id="yyyy"))
    git(repo, "switch", "-q", "main")
    _commit(repo, "mine", code("x = 9", id="xxxx"), Y)
    git(repo, "merge", "-q", "-s", "ours", "--no-commit", "topic")
    _commit(repo, "merged", code("x = 9", id="xxxx"), code("y = 3", id="yyyy"))
    assert [name for name, _ in await _trace(ask, id="yyyy")] == ["theirs", "two cells"]


async def test_a_cell_that_no_version_has(repo: Path, ask: Ask) -> None:
    _commit(repo, "one", X)
    status, said = await ask("versions/cell", path=NAME, id="none")
    assert status == 400
    assert "no version contains this cell" in said["message"]


async def test_deleted_cells_come_newest_first_and_once(repo: Path, ask: Ask) -> None:
    blank = code("  ", id="bbbb")
    _commit(repo, "all", X, Y, code("z = 3", id="zzzz"), blank)
    _commit(repo, "without y", X, code("z = 3", id="zzzz"), blank)
    _commit(repo, "y again, without z", X, code("y = 2", id="new1"), blank)
    _save(repo, X)
    await ask("checkpoints", {"path": NAME, "message": "saved"})
    _commit(repo, "the same", X)
    assert await _deleted(ask) == ["y = 2", "z = 3"]


async def test_a_cell_that_is_there_again_or_was_edited_is_not_deleted(
    repo: Path, ask: Ask
) -> None:
    _commit(repo, "all", X, Y)
    _commit(repo, "without", X)
    _commit(repo, "another of that id", X, code("z = 3", id="yyyy"))
    assert await _deleted(ask) == ["y = 2"]
    _commit(repo, "again, edited", code("x = 100", id="xxxx"), code("y = 200", id="yyyy"))
    assert await _deleted(ask) == []
