"""Running nbvc and git as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.integration.git import sandbox

if TYPE_CHECKING:
    from pathlib import Path

Ran = subprocess.CompletedProcess[bytes]


def nbvc(
    folder: Path, *args: str | Path, stdin: bytes = b"", env: dict[str, str] | None = None
) -> Ran:
    """Run a command of nbvc; it never shows a traceback."""
    ran = subprocess.run(
        [sys.executable, "-m", "nbvc", *map(str, args)],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, **(env or {})},
    )
    assert b"Traceback" not in ran.stderr, ran.stderr.decode(errors="replace")
    assert ran.returncode in {0, 1, 2, 3} or args[0] == "git-merge-driver", ran
    return ran


def git(folder: Path, *args: str) -> Ran:
    """Run git, whatever comes of it."""
    return subprocess.run(["git", *args], cwd=folder, capture_output=True, check=False, timeout=60)


def installed(folder: Path, content: bytes, name: str = "n.ipynb") -> Path:
    """Make a repository that nbvc is installed in, with one notebook committed."""
    sandbox.new(folder)
    (folder / name).write_bytes(content)
    sandbox.commit_all(folder, "one")
    ran = nbvc(folder, "install")
    assert ran.returncode == 0, ran.stderr
    return folder
