"""The shell completes notebooks, branches, tags, checkpoints, presets and remotes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.integration.git import sandbox
from tests.making import code, file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Cli


def complete(folder: Path, line: str) -> list[str]:
    """Return what bash would offer for the last word of a line."""
    import os

    asked = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}
    ran = subprocess.run(
        [sys.executable, "-m", "nbvc"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **asked, "_NBVC_COMPLETE": "bash_complete"},
    )
    assert ran.stderr == ""
    return [each.removeprefix("plain,") for each in ran.stdout.split()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = sandbox.new(tmp_path / "r", "-b", "main")
    (folder / "a.ipynb").write_bytes(file(code("x")))
    (folder / "ab.ipynb").write_bytes(file(code("y")))
    (folder / "a.txt").write_text("text")
    (folder / "analysis").mkdir()
    sandbox.commit_all(folder, "one")
    sandbox.git(folder, "branch", "topic")
    sandbox.git(folder, "tag", "v1")
    sandbox.git(folder, "remote", "add", "origin", "/nowhere")
    return folder


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nbvc show a", ["a.ipynb", "ab.ipynb", "analysis/"]),
        ("nbvc show ./a.i", ["./a.ipynb"]),
        ("nbvc show ana", ["file,ana"]),
        ("nbvc show x", ["file,x"]),
        ("nbvc diff m", ["main"]),
        ("nbvc diff main..t", ["main..topic"]),
        ("nbvc diff main...v", ["main...v1"]),
        ("nbvc report H", ["HEAD"]),
        ("nbvc check t", ["topic"]),
        ("nbvc commit --branch t", ["topic"]),
        ("nbvc commit --remote o", ["origin"]),
        ("nbvc restore --source v", ["v1"]),
        ("nbvc clean --preset nb", ["nbstripout", "nb-clean", "nbdev"]),
        ("nbvc search te", []),
    ],
)
def test_words_in_a_repository(folder: Path, line: str, expected: list[str]) -> None:
    assert complete(folder, line) == expected


def test_checkpoints_of_the_notebook_on_the_line(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    cli("checkpoint", "create", "a.ipynb")
    offered = complete(folder, "nbvc checkpoint restore a.ipynb ")
    assert offered[0] == "latest"
    assert len(offered) == 2
    assert complete(folder, "nbvc checkpoint show ab.ipynb ") == ["latest"]


def test_nothing_fails_outside_a_repository(tmp_path: Path) -> None:
    assert complete(tmp_path, "nbvc diff m") == ["file,m"]
    assert complete(tmp_path, "nbvc commit --branch m") == []
