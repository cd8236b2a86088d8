"""The pager, which takes part where a person looks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.git import sandbox
from tests.git.sandbox import git, notebook, write

MARK = "sed s/^/paged:/"


def seen(folder: Path, *args: str, **environ: str) -> str:
    """What a terminal shows that nbvc writes to."""
    ours, theirs = os.openpty()
    known = {name: value for name, value in os.environ.items() if "PAGER" not in name}
    ran = subprocess.run(
        [sys.executable, "-m", "nbvc", *args],
        cwd=folder,
        env={**known, "TERM": "xterm", "NO_COLOR": "1", **environ},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # what Linux says once nobody holds the other end
        pass
    os.close(ours)
    assert (ran.returncode, ran.stderr) == (0, b"")
    return shown.decode()


@pytest.fixture
def top(tmp_path: Path) -> Path:
    top = sandbox.committed(tmp_path)
    write(top / "a.ipynb", notebook("2"))
    return top


@pytest.mark.parametrize(
    ("setting", "environ", "args", "paged"),
    [
        (MARK, {}, ["diff"], True),
        (MARK, {}, ["show", "HEAD:a.ipynb"], True),
        (MARK, {"GIT_PAGER": "cat"}, ["diff"], False),
        (MARK, {"PAGER": "cat"}, ["diff"], True),
        ("cat", {"GIT_PAGER": MARK}, ["diff"], True),
        ("", {"PAGER": MARK}, ["diff"], False),
        (None, {"PAGER": MARK}, ["diff"], True),
        (MARK, {}, ["diff", "--no-pager"], False),
        (MARK, {}, ["diff", "--format", "json"], False),
        (MARK, {}, ["status"], False),
    ],
)
def test_which_pager(
    top: Path, setting: str | None, environ: dict[str, str], args: list[str], paged: bool
) -> None:
    if setting is not None:
        git(top, "config", "core.pager", setting)
    assert seen(top, *args, **environ).startswith("paged:") == paged


def test_no_pager_in_a_pipe(top: Path) -> None:
    git(top, "config", "core.pager", MARK)
    command = [sys.executable, "-m", "nbvc", "diff"]
    ran = subprocess.run(command, cwd=top, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("--- a.ipynb")


def test_a_pager_that_is_left_early_is_no_error(top: Path) -> None:
    git(top, "config", "core.pager", "head -1")
    write(top / "a.ipynb", notebook("2", pad=50_000))
    assert seen(top, "diff") == "--- a.ipynb (index)\r\n"
