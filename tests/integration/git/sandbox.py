"""Real repositories for tests, driven by the git that is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbvc.git.plumbing.command import Git
from nbvc.git.plumbing.repository import Repository, discover

if TYPE_CHECKING:
    import pytest


def git(folder: Path, *args: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> str:
    """Run git as a user would; its stdout without the last line end."""
    run = subprocess.run(
        ["git", *args],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, **(env or {})},
    )
    assert run.returncode == 0, (args, run.stdout, run.stderr)
    return os.fsdecode(run.stdout).removesuffix("\n")


def try_git(folder: Path, *args: str, stdin: bytes = b"") -> int:
    """Run a git command that may well fail; its exit code."""
    run = subprocess.run(["git", *args], cwd=folder, input=stdin, capture_output=True, check=False)
    return run.returncode


def notebook(source: str = "1 + 1", pad: int = 0) -> bytes:
    """A notebook of one cell, as bytes; `pad` makes it that much longer."""
    padding = "".join(f'"line {number}\\n",' for number in range(pad))
    cell = f'{{"cell_type": "raw", "metadata": {{}}, "source": [{padding}"{source}"]}}'
    return f'{{"cells": [{cell}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 2}}\n'.encode()


def write(path: Path, content: bytes | None = None) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(notebook() if content is None else content)
    return path


def new(folder: Path, *options: str) -> Path:
    """Make a repository without commits."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", *options)
    return folder


def committed(folder: Path, *names: str, options: tuple[str, ...] = ()) -> Path:
    """Make a repository with one commit of one notebook, or of those named."""
    new(folder, *options)
    for name in names or ("a.ipynb",):
        write(folder / name)
    commit_all(folder, "one")
    return folder


def commit_all(folder: Path, message: str) -> str:
    """Commit everything there is; the commit's id."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def opened(path: Path) -> Repository:
    """The repository that a path lies in, as nbvc sees it."""
    return discover(Git.find(os.environ), str(path))


def snapshot(folder: Path) -> dict[str, object]:
    """What no command of ours may change unasked: HEAD, branches, index and files, byte for byte."""
    git_dir = Path(git(folder, "rev-parse", "--absolute-git-dir"))
    index = git_dir / "index"
    files = {
        str(path.relative_to(folder)): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if ".git" not in path.relative_to(folder).parts and (path.is_symlink() or path.is_file())
    }
    return {
        "HEAD": (git_dir / "HEAD").read_text(),
        "refs": git(folder, "for-each-ref", "refs/heads", "refs/tags", "refs/remotes"),
        "index": index.read_bytes() if index.exists() else None,
        "files": files,
    }


def processes(monkeypatch: pytest.MonkeyPatch) -> list[list[bytes]]:
    """The command lines of all programs that nbvc starts from now on."""
    started: list[list[bytes]] = []
    start = subprocess.Popen.__init__

    def noted(self: Any, argv: list[str], *args: Any, **options: Any) -> None:
        if sys._getframe(1).f_globals["__name__"] == "nbvc.git.plumbing.process":
            started.append([*map(os.fsencode, argv)])
        start(self, argv, *args, **options)

    monkeypatch.setattr(subprocess.Popen, "__init__", noted)
    return started
