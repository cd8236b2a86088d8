"""Where data is kept: the same folder for both front ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nbvc.workflow.places import OutputHomes, data_folder, folder_with_git
from tests.integration.git import sandbox
from tests.integration.git.sandbox import write


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/home/ada"}, "/home/ada/.local/share/nbvc"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "/data"}, "/data/nbvc"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "data"}, "/home/ada/.local/share/nbvc"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": ""}, "/home/ada/.local/share/nbvc"),
    ],
)
def test_the_data_folder(environ: dict[str, str], folder: str) -> None:
    assert data_folder(environ) == folder


def test_the_nearest_folder_with_git(tmp_path: Path) -> None:
    top = sandbox.new(tmp_path / "repo")
    (top / "a" / "b").mkdir(parents=True)
    assert folder_with_git(str(top / "a" / "b")) == folder_with_git(str(top)) == str(top)
    write(top / "a" / ".git", b"gitdir: elsewhere\n")
    assert folder_with_git(str(top / "a" / "b")) == str(top / "a")
    assert folder_with_git(os.path.abspath(os.sep)) is None


def test_outputs_are_kept_with_their_repository(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo", "sub/a.ipynb")
    outside = write(tmp_path / "b.ipynb")
    homes = OutputHomes({**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")})
    home, name, repository = homes.home(str(top / "sub" / "a.ipynb"))
    assert (name, repository is not None) == ("sub/a.ipynb", True)
    assert home.folder == str(top / ".git" / "nbvc" / "outputs")
    home, name, repository = homes.home(str(outside))
    assert (name, repository) == (str(outside), None)
    assert home.folder == str(tmp_path / "data" / "nbvc" / "outputs")
