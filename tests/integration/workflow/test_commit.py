"""Laws of a commit, through both front ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, notebook, write
from tests.making import code, file, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli
    from tests.integration.workflow.conftest import Front

PRINTED = file(code("print(1)", [stream("printed text")], execution_count=7))


def in_head(top: Path, name: str = "a.ipynb") -> str:
    return git(top, "show", f"HEAD:{name}")


def test_removed_outputs_are_stored_first(top: Path, front: Front, cli: Cli) -> None:
    path = write(top / "a.ipynb", PRINTED)
    assert front.commit("a.ipynb", strip=True)[0]
    assert path.read_bytes() == PRINTED
    (cell,) = json.loads(in_head(top))["cells"]
    assert (cell["outputs"], cell["execution_count"]) == ([], None)
    git(top, "checkout", "-q", "--", "a.ipynb")
    assert cli("outputs", "restore", "a.ipynb").code == 0
    assert path.read_bytes() == PRINTED


def test_the_project_says_what_a_commit_without_outputs_keeps(top: Path, front: Front) -> None:
    write(top / ".nbvc.toml", b'clean = {keep-tags = ["figure"], counts = "keep"}\n')
    figure = code("a", [stream("kept")], metadata={"tags": ["figure"]}, execution_count=3)
    write(top / "a.ipynb", file(figure, code("b", [stream("removed")])))
    assert front.commit("a.ipynb", strip=True)[0]
    assert "kept" in in_head(top)
    assert '"execution_count": 3' in in_head(top)
    assert "removed" not in in_head(top)


def test_a_commit_without_outputs_has_all_cells(top: Path, front: Front) -> None:
    write(top / ".nbvc.toml", b"clean = {drop-empty-cells = true}\n")
    write(top / "a.ipynb", file(code("print(1)", [stream("printed text")]), code("")))
    assert front.commit("a.ipynb", strip=True)[0]
    assert "printed text" not in in_head(top)
    assert len(json.loads(in_head(top))["cells"]) == 2


@pytest.mark.parametrize("settings", ['preset = "noise"', 'outputs = "keep"'])
def test_a_commit_keeps_the_outputs_that_the_nearest_settings_keep(
    top: Path, front: Front, settings: str
) -> None:
    write(top / "papers/.nbvc.toml", f"clean = {{{settings}}}\n".encode())
    for name in ("papers/a.ipynb", "b.ipynb"):
        write(top / name, PRINTED)
        assert front.commit(name, strip=True)[0]
    assert "printed text" in in_head(top, "papers/a.ipynb")
    assert "printed text" not in in_head(top, "b.ipynb")


def test_a_commit_without_outputs_leaves_excluded_notebooks_whole(top: Path, front: Front) -> None:
    write(top / ".nbvc.toml", b'exclude = ["published/"]\n')
    write(top / "published/a.ipynb", PRINTED)
    assert front.commit("published/a.ipynb", strip=True)[0]
    assert "printed text" in in_head(top, "published/a.ipynb")


@pytest.mark.parametrize("strip", [False, True])
def test_outputs_come_back_where_the_filter_removes_them(
    top: Path, front: Front, cli: Cli, *, strip: bool
) -> None:
    assert cli("install", "--filter", "--hooks").code == 0
    path = write(top / "a.ipynb", PRINTED)
    assert front.commit("a.ipynb", strip=strip)[0]
    assert "printed text" not in in_head(top)
    for commit in ("HEAD~1", "main"):
        git(top, "checkout", "-q", commit)
    assert path.read_bytes() == PRINTED
    assert git(top, "status", "--porcelain", "a.ipynb") == ""


@pytest.mark.parametrize("content", [b"{", b"[1]"])
def test_outputs_of_a_broken_notebook_cannot_be_removed(
    top: Path, front: Front, content: bytes
) -> None:
    write(top / "a.ipynb", content)
    before = sandbox.snapshot(top)
    done, text = front.commit("a.ipynb", strip=True)
    assert (done, "a.ipynb" in text) == (False, True)
    assert sandbox.snapshot(top) == before


@pytest.mark.parametrize("strip", [False, True])
def test_a_deleted_notebook_is_committed_as_deleted(
    top: Path, front: Front, *, strip: bool
) -> None:
    (top / "a.ipynb").unlink()
    assert front.commit("a.ipynb", strip=strip)[0]
    assert git(top, "ls-tree", "--name-only", "HEAD") == "b.ipynb"
    assert git(top, "status", "--porcelain") == ""


@pytest.mark.parametrize("strip", [False, True])
@pytest.mark.parametrize("push", [False, True])
def test_unresolved_conflicts_are_not_committed(
    shared: Path, front: Front, *, strip: bool, push: bool
) -> None:
    note = {"hunks": 1, "marker": 7, "local": "main", "remote": "topic"}
    source = "<<<<<<< main\nx = 1\n=======\nx = 2\n>>>>>>> topic"
    write(shared / "a.ipynb", file(code(source, metadata={"nbvc": {"conflict": note}})))
    before = sandbox.snapshot(shared)
    done, text = front.commit("a.ipynb", strip=strip, push=push)
    assert (done, "a.ipynb: its conflicts are not resolved" in text) == (False, True)
    assert sandbox.snapshot(shared) == before
    assert front.resolve("a.ipynb")[0]
    assert front.commit("a.ipynb", strip=strip, push=push)[0]


@pytest.mark.parametrize("strip", [False, True])
def test_a_partly_staged_notebook_is_not_committed(top: Path, front: Front, *, strip: bool) -> None:
    write(top / "a.ipynb", notebook("staged"))
    git(top, "add", "a.ipynb")
    write(top / "a.ipynb", notebook("on disk"))
    before = sandbox.snapshot(top)
    done, text = front.commit("a.ipynb", strip=strip)
    assert (done, "a.ipynb: the staged version differs" in text) == (False, True)
    assert sandbox.snapshot(top) == before


@pytest.mark.parametrize("strip", [False, True])
def test_an_ignored_notebook_is_not_committed(top: Path, front: Front, *, strip: bool) -> None:
    write(top / ".gitignore", b"x.ipynb\n")
    write(top / "x.ipynb")
    done, text = front.commit("x.ipynb", strip=strip)
    assert (done, "x.ipynb: git ignores it" in text) == (False, True)


def test_a_push_names_the_pages_of_its_commit(shared: Path, front: Front) -> None:
    origin = shared.parent / "origin.git"
    script = f"#!/bin/sh\nexec git receive-pack '{origin}'\n"
    write(shared.parent / "ssh", script.encode()).chmod(0o755)
    git(shared, "config", "core.sshCommand", str(shared.parent / "ssh"))
    git(shared, "remote", "set-url", "--push", "origin", "git@github.com:team/repo.git")
    write(shared / "a.ipynb", PRINTED)
    done, text = front.commit("a.ipynb", push=True)
    assert done, text
    oid = git(shared, "rev-parse", "HEAD")
    assert git(origin, "rev-parse", "main") == oid
    for page in (
        f"https://github.com/team/repo/commit/{oid}",
        "https://github.com/team/repo/pull/new/main",
        f"https://nbviewer.org/github/team/repo/blob/{oid}/a.ipynb",
    ):
        assert page in text


def test_a_rejected_push_leaves_the_commit(shared: Path, front: Front) -> None:
    git(shared.parent, "clone", "-q", "origin.git", "other")
    write(shared.parent / "other" / "b.ipynb", notebook("theirs"))
    theirs = sandbox.commit_all(shared.parent / "other", "theirs")
    git(shared.parent / "other", "push", "-q")
    write(shared / "a.ipynb", PRINTED)
    _, text = front.commit("a.ipynb", push=True)
    assert "has commits that main lacks" in text
    assert "your commit is safe in this repository" in text
    assert in_head(shared) + "\n" == PRINTED.decode()
    assert git(shared.parent / "origin.git", "rev-parse", "main") == theirs


def test_a_branch_that_exists_is_switched_to(top: Path, front: Front) -> None:
    write(top / "a.ipynb", PRINTED)
    sandbox.commit_all(top, "one")
    git(top, "branch", "topic")
    write(top / "a.ipynb", file(code("print(2)")))
    done, text = front.commit("a.ipynb", branch="topic")
    assert done, text
    assert git(top, "rev-parse", "topic~1") == git(top, "rev-parse", "main")
