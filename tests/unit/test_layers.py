"""The layers of docs/ARCHITECTURE.md hold, and what would slow every start stays out of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SLOW_TO_IMPORT = (
    *("asyncio", "concurrent", "dataclasses", "difflib", "git", "hashlib", "inspect", "logging"),
    *("nbformat", "pathlib", "pygments", "subprocess", "tempfile", "typing", "urllib"),
)


EXTENSION = ROOT / "jupyter_extension"


@pytest.mark.parametrize("folder", [ROOT, EXTENSION], ids=["nbvc", "nbvc_jupyter"])
def test_imports_keep_the_contracts(folder: Path) -> None:
    if not folder.is_dir():
        pytest.skip("the extension is a distribution of its own")
    # In a process of its own: the checker keeps state and prints as it goes.
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(EXTENSION)))}
    run = subprocess.run(
        [*command, "--no-cache"],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
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


def test_the_suffix_of_notebooks_stands_in_one_place() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "nbvc").rglob("*.py")
        if re.search(r'"\*?\.ipynb"', path.read_text(encoding="utf-8"))
    ]
    assert found == ["nbvc/names.py"]
