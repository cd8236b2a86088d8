"""Laws of conflicts, through both front ends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc import read
from nbvc.workflow.conflicts import Stages, merge_stages, read_stages
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, opened, try_git, write
from tests.making import code, file

if TYPE_CHECKING:
    from tests.integration.conftest import Cli
    from tests.integration.workflow.conftest import Front


def cells(*sources: str) -> bytes:
    return file(*map(code, sources))


BASE, OURS, THEIRS = (cells("a = 1", text) for text in ("b = 1", "b = 2", "b = fit(x)"))


@pytest.fixture
def merging(top: Path) -> Path:
    """A repository in a merge that git left with conflicts in `a.ipynb`."""
    write(top / "a.ipynb", BASE)
    sandbox.commit_all(top, "base")
    git(top, "switch", "-qc", "topic")
    write(top / "a.ipynb", THEIRS)
    sandbox.commit_all(top, "theirs")
    git(top, "switch", "-q", "main")
    write(top / "a.ipynb", OURS)
    sandbox.commit_all(top, "ours")
    assert try_git(top, "merge", "-q", "topic") == 1
    return top


def test_the_versions_in_the_index(merging: Path) -> None:
    repository = opened(merging)
    assert read_stages(repository, "a.ipynb") == Stages(BASE, OURS, THEIRS)
    assert not read_stages(repository, "b.ipynb").is_unmerged
    git(merging, "add", "a.ipynb")
    assert not read_stages(repository, "a.ipynb").is_unmerged


@pytest.mark.parametrize("content", [None, b"", b"{", OURS, THEIRS, OURS.replace(b"\n", b"\r\n")])
def test_a_file_as_git_left_it_is_merged(content: bytes | None) -> None:
    merged = merge_stages(Stages(BASE, OURS, THEIRS), content, "a.ipynb")
    assert merged is not None
    assert len(merged[1].conflicts) == 1


@pytest.mark.parametrize(
    "stages",
    [
        Stages(),
        Stages(BASE, OURS),
        Stages(BASE, None, THEIRS),
        Stages(b"{", OURS, THEIRS),
        Stages(BASE, b"{", THEIRS),
    ],
)
def test_versions_that_cannot_be_merged(stages: Stages) -> None:
    assert merge_stages(stages, None, "a.ipynb") is None


def test_git_s_markers_become_conflicts_in_cells(merging: Path, front: Front) -> None:
    assert b"<<<<<<<" in (merging / "a.ipynb").read_bytes()
    first, second = front.repair("a.ipynb")
    assert first == "a = 1"
    assert [line[:7] for line in second.split("\n")] == [
        *("<<<<<<<", "b = 2", "=======", "b = fit", ">>>>>>>"),
    ]


def test_a_file_that_somebody_has_worked_on_is_left_alone(merging: Path, front: Front) -> None:
    write(merging / "a.ipynb", cells("a = 1", "b = 3"))
    assert front.repair("a.ipynb") == ["a = 1", "b = 3"]


def test_an_aborted_merge_loses_nothing(merging: Path, front: Front) -> None:
    path = merging / "a.ipynb"
    work = write(path, cells("a = 1", "b = 3")).read_bytes()
    done, text = front.abort("a.ipynb")
    assert done, text
    assert path.read_bytes() == OURS
    assert git(merging, "status", "--porcelain") == ""
    assert front.messages("a.ipynb") == ["Before aborting the merge"]
    assert front.restore("a.ipynb", "latest", OURS)[0]
    assert path.read_bytes() == work
    assert not front.abort("a.ipynb")[0]
    assert path.read_bytes() == work


def test_resolving_loses_nothing(top: Path, front: Front, cli: Cli) -> None:
    note = {"hunks": 1, "marker": 7, "local": "main", "remote": "topic"}
    source = "<<<<<<< main\nx = 1\n=======\nx = 2\n>>>>>>> topic"
    before = file(code(source, metadata={"nbvc": {"conflict": note}}))
    path = write(top / "a.ipynb", before)
    done, text = front.resolve("a.ipynb")
    assert done, text
    assert read(path) == read(file(code("x = 2")))
    (listed,) = [
        line
        for line in cli("checkpoint", "list", "a.ipynb").out.splitlines()
        if "resolving" in line
    ]
    oid = re.findall(r"[0-9a-f]{12}", listed)[0]
    assert cli("checkpoint", "restore", "a.ipynb", oid).code == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("deleted", ["theirs", "ours"])
def test_a_notebook_that_one_side_deleted_is_kept_or_deleted(
    top: Path, front: Front, deleted: str
) -> None:
    """Taking the remote side deletes what remote deleted, and keeps what local deleted."""
    write(top / "a.ipynb", BASE)
    sandbox.commit_all(top, "base")
    git(top, "switch", "-qc", "topic")
    _change(top, deleted == "theirs")
    git(top, "switch", "-q", "main")
    _change(top, deleted == "ours")
    assert try_git(top, "merge", "-q", "topic") == 1
    assert read_stages(opened(top), "a.ipynb").deleted_by == (
        "remote" if deleted == "theirs" else "local"
    )
    done, text = front.resolve("a.ipynb")
    assert done, text
    assert (top / "a.ipynb").exists() == (deleted == "ours")
    if deleted == "theirs":
        assert git(top, "ls-files", "a.ipynb") == ""
        git(top, "commit", "-qm", "merged")
        write(top / "a.ipynb", BASE)
        assert "Before deleting" in front.messages("a.ipynb")


def _change(top: Path, deletes: bool) -> None:
    if deletes:
        (top / "a.ipynb").unlink()
    else:
        write(top / "a.ipynb", THEIRS)
    sandbox.commit_all(top, "deleted" if deletes else "changed")
