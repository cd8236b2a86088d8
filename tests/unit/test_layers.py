"""The layers of docs/ARCHITECTURE.md hold, and what would slow every start stays out of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

SLOW_TO_IMPORT = (
    *("asyncio", "concurrent", "dataclasses", "difflib", "git", "hashlib", "inspect", "logging"),
    *("nbformat", "pathlib", "pygments", "subprocess", "tempfile", "typing", "urllib"),
)


def test_imports_point_down_the_layers() -> None:
    # In a process of its own: the checker keeps state and prints as it goes.
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    run = subprocess.run(
        [*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("name", ["nbvc", "nbvc.errors", "nbvc.notebook", "nbvc.diffing"])
def test_importing_the_engine_brings_nothing_slow(name: str) -> None:
    # msgspec brings a few slow ones of its own, which nobody here can help.
    old = "import sys, msgspec; old = set(sys.modules)"
    show = f"{old}; import {name}; print(*(set(sys.modules) - old))"
    run = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {show}"],
        capture_output=True,
        text=True,
        check=True,
    )
    brought = {module.partition(".")[0] for module in run.stdout.split()}
    assert not brought.intersection(SLOW_TO_IMPORT)
