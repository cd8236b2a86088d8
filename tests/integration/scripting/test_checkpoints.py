"""Checkpoints, for programs."""

from __future__ import annotations

from pathlib import Path

import git as gitpython
import nbformat
import pytest

import nbvc
from nbvc.errors import CheckpointError
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git
from tests.making import code, file

ONE, TWO = file(code("x = 1")), file(code("x = 2"))


@pytest.fixture
def top(tmp_path: Path) -> Path:
    top = sandbox.committed(tmp_path / "repo", "sub/a.ipynb")
    (top / "sub" / "a.ipynb").write_bytes(ONE)
    return top


@pytest.mark.parametrize("kind", ["repo", "folder", "below"])
def test_made_listed_read_compared_restored_and_deleted(top: Path, kind: str) -> None:
    places = {"repo": gitpython.Repo(top), "folder": str(top), "below": top / "sub"}
    checkpoints = nbvc.Checkpoints(places[kind])  # type: ignore[arg-type]
    path, name = top / "sub" / "a.ipynb", "a.ipynb" if kind == "below" else "sub/a.ipynb"
    before = git(top, "status", "--porcelain"), git(top, "rev-parse", "HEAD")
    first = checkpoints.create(name, "one")
    assert checkpoints.create(name).id == first.id
    path.write_bytes(TWO)
    assert [cell.change.value for cell in checkpoints.diff(name).cells] == ["modified"]
    second = checkpoints.create(name, "two")
    assert [one.message for one in checkpoints.list(name)] == ["one", "two"]
    assert checkpoints.read(name, first.id).to_bytes() == ONE
    assert checkpoints.diff(name, first.id, second.id).changed
    assert checkpoints.restore(name, first.id[:6]).id == first.id
    assert path.read_bytes() == ONE
    checkpoints.delete(name, second.id)
    assert [one.id for one in checkpoints.list(name)] == [first.id]
    assert (git(top, "status", "--porcelain"), git(top, "rev-parse", "HEAD")) == before


def test_a_notebook_in_memory_is_saved(top: Path) -> None:
    checkpoints = nbvc.Checkpoints(top)
    node = nbformat.reads(TWO.decode(), 4)
    checkpoints.create("sub/a.ipynb", "from memory", node)
    assert checkpoints.read("sub/a.ipynb") == nbvc.read(TWO)
    assert (top / "sub" / "a.ipynb").read_bytes() == ONE


def test_none_is_an_error_and_not_an_empty_notebook(top: Path) -> None:
    with pytest.raises(CheckpointError, match="no checkpoints"):
        nbvc.Checkpoints(top).read("sub/a.ipynb")


def test_outside_of_a_repository_they_lie_in_the_users_data(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_bytes(ONE)
    checkpoints = nbvc.Checkpoints(tmp_path)
    checkpoints.create("a.ipynb", "one")
    assert [one.message for one in checkpoints.list("a.ipynb")] == ["one"]
