"""Laws of checkpoints and histories, through both front ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, notebook, write
from tests.making import code, file

if TYPE_CHECKING:
    from tests.integration.workflow.conftest import Front

NOW = notebook("now")


def refs(top: Path) -> str:
    return git(top, "for-each-ref", "refs/nbvc")


def test_restoring_saves_what_was_there(top: Path, front: Front) -> None:
    path = top / "a.ipynb"
    before = path.read_bytes()
    path.chmod(0o640)
    saved = front.save("a.ipynb")
    write(path, NOW)
    done, text = front.restore("a.ipynb", saved, NOW)
    assert done, text
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o640
    assert front.messages("a.ipynb") == ["saved", f"Before restoring {saved}"]
    assert front.restore("a.ipynb", "latest", before)[0]
    assert path.read_bytes() == NOW


def test_restoring_what_the_file_has_changes_nothing(top: Path, front: Front) -> None:
    saved = front.save("a.ipynb")
    before = refs(top), (top / "a.ipynb").stat()
    assert front.restore("a.ipynb", saved, (top / "a.ipynb").read_bytes())[0]
    assert (refs(top), (top / "a.ipynb").stat()) == before


def test_a_deleted_notebook_comes_back(top: Path, front: Front) -> None:
    before = (top / "a.ipynb").read_bytes()
    saved = front.save("a.ipynb")
    (top / "a.ipynb").unlink()
    assert front.restore("a.ipynb", saved, None)[0]
    assert (top / "a.ipynb").read_bytes() == before
    assert front.messages("a.ipynb") == ["saved"]


@pytest.mark.parametrize("why", ["unseen", "read-only", "several names", "not a notebook"])
def test_a_refusal_leaves_the_file_and_the_checkpoints(top: Path, front: Front, why: str) -> None:
    path, expected = top / "a.ipynb", NOW
    if why == "not a notebook":
        write(path, b"{")
    saved = front.save("a.ipynb")
    write(path, NOW)
    if why == "unseen":
        expected = b"another content"
    elif why == "read-only":
        path.chmod(0o444)
    elif why == "several names":
        (top / "again.ipynb").hardlink_to(path)
    before = refs(top), sorted(item.name for item in top.iterdir())
    done, text = front.restore("a.ipynb", saved, expected)
    assert not done, text
    assert path.read_bytes() == NOW
    assert (refs(top), sorted(item.name for item in top.iterdir())) == before


@pytest.mark.parametrize("inside", [True, False])
def test_all_versions(top: Path, front: Front, *, inside: bool) -> None:
    if not inside:
        (top / ".git").rename(top / "hidden")
    front.save("a.ipynb")
    commits = ["commit: one"] if inside else []
    assert front.versions("a.ipynb") == ["checkpoint: saved", *commits]


def test_a_cell_is_followed_through_a_rename(top: Path, front: Front) -> None:
    write(top / "a.ipynb", file(code("x = 1"), code("y = [1, 2, 3]")))
    sandbox.commit_all(top, "cells")
    git(top, "mv", "a.ipynb", "c.ipynb")
    sandbox.commit_all(top, "renamed")
    write(top / "c.ipynb", file(code("x = 2"), code("y = [1, 2, 3]")))
    sandbox.commit_all(top, "edited")
    assert [front.blame("c.ipynb", cell) for cell in (0, 1)] == ["edited", "cells"]
    assert front.versions("c.ipynb")[:3] == ["commit: edited", "commit: renamed", "commit: cells"]
