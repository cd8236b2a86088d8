"""The pager, which takes part where a person looks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, notebook, write
from tests.making import code, file

MARK = "sed s/^/paged:/"


def seen(folder: Path, *args: str, **environ: str) -> str:
    """What a terminal shows that nbvc writes to."""
    ours, theirs = os.openpty()
    known = {name: value for name, value in os.environ.items() if "PAGER" not in name}
    running = subprocess.Popen(
        [sys.executable, "-m", "nbvc", *args],
        cwd=folder,
        env={**known, "TERM": "xterm", "NO_COLOR": "1", **environ},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65536):
            shown += chunk
    except OSError:  # what Linux says once nobody holds the other end
        pass
    _, err = running.communicate(timeout=60)
    os.close(ours)
    assert (running.returncode, err) == (0, b"")
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
        git(top, "config", "--global", "core.pager", setting)
    assert seen(top, *args, **environ).startswith("paged:") == paged


def test_no_pager_in_a_pipe(top: Path) -> None:
    git(top, "config", "--global", "core.pager", MARK)
    command = [sys.executable, "-m", "nbvc", "diff"]
    ran = subprocess.run(command, cwd=top, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("--- a.ipynb")


def test_a_pager_that_is_left_early_is_no_error(top: Path) -> None:
    git(top, "config", "--global", "core.pager", "head -1")
    write(top / "a.ipynb", notebook("2", pad=50_000))
    assert seen(top, "diff") == "--- a.ipynb (index)\r\n"


@pytest.mark.parametrize("size", [1, 50_000])
def test_where_the_pager_is_missing_its_text_is_shown_all_the_same(top: Path, size: int) -> None:
    git(top, "config", "--global", "core.pager", "exec 2>&-; no-such-pager")
    write(top / "a.ipynb", notebook("2", pad=size))
    command = [sys.executable, "-m", "nbvc", "diff", "--color", "never"]
    piped = subprocess.run(command, cwd=top, capture_output=True, text=True, check=True)
    assert seen(top, "diff").replace("\r\n", "\n") == piped.stdout


def test_a_system_without_any_pager(top: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("sh", "git"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    assert seen(top, "diff", PATH=str(tmp_path / "bin")).startswith("--- a.ipynb")


def test_a_pager_of_the_repositorys_own_settings_does_not_run(top: Path) -> None:
    git(top, "config", "core.pager", "touch ran; cat")
    assert "a.ipynb" in seen(top, "diff", PAGER="cat")
    assert not (top / "ran").exists()
    git(top, "config", "--global", "core.pager", MARK)
    assert seen(top, "diff").startswith("paged:"), "the user's own does"


@pytest.mark.parametrize("entry", [".", "", "bin"])
def test_no_program_of_the_current_folder_runs(top: Path, entry: str) -> None:
    for name in ("git", "less", "sh", "sed", "nbvc"):
        for folder in (top, top / "bin"):
            program = write(folder / name, f"#!/bin/sh\ntouch '{top}/ran'\n".encode())
            program.chmod(0o755)
    path = os.pathsep.join([entry, os.environ["PATH"]])
    assert "a.ipynb" in seen(top, "diff", PATH=path, LESS="FRX")
    assert seen(top, "diff", PATH=path, PAGER=MARK).startswith("paged:")
    assert not (top / "ran").exists()


def test_a_terminal_learns_of_noise_alone_and_a_pipe_does_not(top: Path) -> None:
    cell = code("a = 1", execution_count=1)
    for name, count in (("one.ipynb", 1), ("other.ipynb", 2)):
        write(top / name, file({**cell, "execution_count": count}))
    said = "1 notebook with noise only (show it with -d, -i): one.ipynb → other.ipynb"
    args = ("diff", "--no-pager", "one.ipynb", "other.ipynb")
    assert seen(top, *args, COLUMNS="200").strip() == said
    command = [sys.executable, "-m", "nbvc", "diff", "one.ipynb", "other.ipynb"]
    assert subprocess.run(command, cwd=top, capture_output=True, check=True).stdout == b""


def test_a_terminal_learns_that_nothing_changed_and_a_pipe_does_not(top: Path) -> None:
    for name in ("one.ipynb", "other.ipynb"):
        write(top / name, file(code("a = 1")))
    args = ("diff", "--no-pager", "one.ipynb", "other.ipynb")
    assert seen(top, *args).strip() == "No changes."
    command = [sys.executable, "-m", "nbvc", *args]
    assert subprocess.run(command, cwd=top, capture_output=True, check=True).stdout == b""
