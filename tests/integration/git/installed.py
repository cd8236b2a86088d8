"""A repository with nbvc set up in it, and an nbvc that can be taken away."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nbvc.git.setup.install import Installed, InstallTarget, Scope, install
from tests.integration.git.sandbox import opened

if TYPE_CHECKING:
    import pytest


def program(folder: Path) -> Path:
    """Make a script that starts this checkout's nbvc; its folder has a space and a percent sign."""
    script = folder / "100% a bin" / "nbvc"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m nbvc \"$@\"\n")
    script.chmod(0o755)
    return script


def use_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be an nbvc that PATH leads to."""
    script = program(folder)
    monkeypatch.setenv("PATH", os.pathsep.join([str(script.parent), *_list_folders()]))
    monkeypatch.setattr(sys, "argv", [str(script)])


def bare_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let PATH lead to git and the shell, and to no nbvc."""
    monkeypatch.setenv("PATH", os.pathsep.join(_list_folders()))
    assert shutil.which("nbvc") is None


def _list_folders() -> list[str]:
    """Return the folders of git and the shell."""
    found = shutil.which("git")
    assert found is not None
    return [*dict.fromkeys([str(Path(found).parent), "/usr/bin", "/bin"])]


def target(folder: Path, scope: Scope = Scope.LOCAL, *, shared: bool = False) -> InstallTarget:
    repository = opened(folder)
    return InstallTarget(repository.git, scope, repository, shared)


def set_up(folder: Path, script: Path) -> Installed:
    return install(target(folder), [str(script)])


def run(folder: Path, *args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a program as a user would, whatever comes of it."""
    return subprocess.run(args, cwd=folder, input=stdin, capture_output=True, check=False)
