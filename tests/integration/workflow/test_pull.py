"""Laws of a pull, through both front ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc import read
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, write
from tests.making import code, file, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli
    from tests.integration.workflow.conftest import Front


def cells(*sources: str) -> bytes:
    return file(*map(code, sources))


MINE, THEIRS = cells("a = 2", "b = 1", "c = 1"), cells("a = 1", "b = 1", "c = 3")


@pytest.fixture
def behind(shared: Path) -> Path:
    """A repository whose upstream has a newer version of `a.ipynb`."""
    write(shared / "a.ipynb", cells("a = 1", "b = 1", "c = 1"))
    sandbox.commit_all(shared, "base")
    git(shared, "push", "-q")
    git(shared.parent, "clone", "-q", "origin.git", "other")
    _publish(shared, THEIRS)
    return shared


def _publish(top: Path, content: bytes) -> None:
    other = top.parent / "other"
    write(other / "a.ipynb", content)
    sandbox.commit_all(other, "theirs")
    git(other, "push", "-q")


def _sources(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells]


@pytest.mark.parametrize("committed", [False, True])
def test_both_changes_are_merged_by_cell(behind: Path, front: Front, *, committed: bool) -> None:
    path = write(behind / "a.ipynb", MINE)
    if committed:
        assert front.commit("a.ipynb")[0]
    done, text = front.pull("a.ipynb")
    assert done, text
    assert _sources(path) == ["a = 2", "b = 1", "c = 3"]
    assert (git(behind, "status", "--porcelain") == "") is committed
    assert "nbvc" not in git(behind, "config", "--list")
    assert not list((behind / ".git").glob("nbvc-*"))


def test_changes_that_conflict_are_kept_in_a_checkpoint(
    behind: Path, front: Front, cli: Cli
) -> None:
    path = write(behind / "a.ipynb", cells("a = 1", "b = 1", "c = 4"))
    done, text = front.pull("a.ipynb")
    assert not done, text
    assert "<<<<<<<" in _sources(path)[2]
    assert front.resolve("a.ipynb")[0]
    assert _sources(path) == ["a = 1", "b = 1", "c = 3"]
    listed = cli("checkpoint", "list", "a.ipynb").out
    assert "Before pulling" in listed
    assert "Before resolving" in listed


def test_changes_that_a_pull_does_not_touch_stay(behind: Path, front: Front) -> None:
    write(behind / "b.ipynb", MINE)
    write(behind / "a.ipynb", MINE)
    done, text = front.pull("a.ipynb")
    assert done, text
    assert (behind / "b.ipynb").read_bytes() == MINE
    assert _sources(behind / "a.ipynb") == ["a = 2", "b = 1", "c = 3"]
    assert git(behind, "status", "--porcelain").split() == ["M", "a.ipynb", "M", "b.ipynb"]


def test_changes_that_a_pull_would_overwrite_stop_it(behind: Path, front: Front) -> None:
    other = behind.parent / "other"
    write(other / "b.ipynb", THEIRS)
    sandbox.commit_all(other, "theirs")
    git(other, "push", "-q")
    write(behind / "b.ipynb", MINE)
    before = sandbox.snapshot(behind)
    done, text = front.pull("a.ipynb")
    assert (done, "b.ipynb" in text) == (False, True)
    after = sandbox.snapshot(behind)
    assert {**after, "refs": None} == {**before, "refs": None}


def test_outputs_that_only_one_side_has_now_are_reported(shared: Path, front: Front) -> None:
    def ran(text: str) -> bytes:
        return file(code("f()", [stream(text)]), code("y = 2"))

    write(shared / "a.ipynb", ran("0\n"))
    sandbox.commit_all(shared, "base")
    git(shared, "push", "-q")
    git(shared.parent, "clone", "-q", "origin.git", "other")
    _publish(shared, ran("theirs\n"))
    write(shared / "a.ipynb", ran("ours\n"))
    sandbox.commit_all(shared, "ours")
    done, text = front.pull("a.ipynb")
    assert done, text
    assert "both sides have outputs of their own in cell 1" in text
