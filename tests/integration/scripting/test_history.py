"""The versions of a notebook, for programs."""

from __future__ import annotations

from pathlib import Path

import git as gitpython
import pytest

import nbvc
from nbvc.errors import GitError
from tests.integration.git.sandbox import commit_all, git, new
from tests.making import code, file


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository whose notebook was made, edited and renamed, with a checkpoint in between."""
    top = new(tmp_path / "repo")
    (top / "work").mkdir()
    path = top / "work" / "a.ipynb"
    path.write_bytes(file(code("x = 1")))
    commit_all(top, "first")
    path.write_bytes(file(code("x = 2")))
    commit_all(top, "second")
    git(top, "mv", "work/a.ipynb", "work/b.ipynb")
    commit_all(top, "renamed")
    return top


def test_versions_newest_first_with_notebook_commit_and_changes(top: Path) -> None:
    versions = [*nbvc.history(gitpython.Repo(top), "work/b.ipynb")]
    assert [one.message.strip() for one in versions] == ["renamed", "second", "first"]
    assert [one.path for one in versions] == ["work/b.ipynb", "work/a.ipynb", "work/a.ipynb"]
    newest, second, first = versions
    assert newest.notebook is not None
    assert newest.notebook.cells[0].source == "x = 2"
    assert newest.commit == gitpython.Repo(top).head.commit
    assert newest.commit.hexsha == newest.id
    assert not newest.changes.changed
    assert [cell.change.value for cell in second.changes.cells] == ["modified"]
    assert [cell.change.value for cell in first.changes.cells] == ["added"]
    assert (first.before, second.before) == (None, first.version)
    assert not any(one.is_checkpoint for one in versions)
    assert newest.time.year == 2024
    assert newest.author == "Ada Example"


@pytest.mark.parametrize("name", [".", "work"])
def test_a_folder_may_stand_for_the_repository(top: Path, name: str) -> None:
    path = "work/b.ipynb" if name == "." else "b.ipynb"
    assert len([*nbvc.history(top / name, path)]) == 3


def test_another_repository_in_the_environment_does_not_count(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert len([*nbvc.history(top, "work/b.ipynb")]) == 3


def test_checkpoints_are_versions_and_a_deletion_is_one(top: Path) -> None:
    saved = nbvc.Checkpoints(top).create("work/b.ipynb", "saved", file(code("x = 3")))
    git(top, "rm", "-q", "work/b.ipynb")
    commit_all(top, "gone")
    versions = [*nbvc.history(top, "work/b.ipynb")]
    assert {one.id for one in versions if one.is_checkpoint} == {saved.id}
    gone = next(one for one in versions if one.message.strip() == "gone")
    assert gone.notebook is None
    assert [cell.change.value for cell in gone.changes.cells] == ["removed"]


def test_what_git_has_never_seen_has_no_versions(top: Path) -> None:
    assert [*nbvc.history(top, "work/never.ipynb")] == []


def test_sha256_has_versions_but_no_objects_of_gitpython(tmp_path: Path) -> None:
    top = new(tmp_path / "repo", "--object-format=sha256")
    (top / "a.ipynb").write_bytes(file(code("x = 1")))
    commit_all(top, "first")
    (one,) = nbvc.history(top, "a.ipynb")
    assert one.notebook is not None
    assert len(one.id) == 64
    with pytest.raises(GitError, match="sha256"):
        _ = one.commit


def test_no_repository_is_said(tmp_path: Path) -> None:
    with pytest.raises(GitError):
        [*nbvc.history(tmp_path, "a.ipynb")]
    bare = gitpython.Repo.init(tmp_path / "bare.git", bare=True)
    with pytest.raises(GitError, match="bare"):
        [*nbvc.history(bare, "a.ipynb")]
