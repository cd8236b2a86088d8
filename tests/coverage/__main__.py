"""`python -m tests.coverage`: run the engine's tests, and say which of its branches none takes.

Prints each package's coverage, by branch, and the lines that are missing. Exit code 1 where a package
is under 98 %, or a test fails. Names of packages run these alone: `python -m tests.coverage merging`.

A package is covered by what calls it in the tests' own process: a command that a test starts as a
process counts for nothing. Real notebooks count for nothing either: not everybody has them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from coverage import Coverage

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST = 98.0
"""Per cent of the lines and branches of each package."""

TESTS = {
    "sequence": ("tests/unit/sequence",),
    "notebook": ("tests/unit/notebook", "tests/unit/test_fixtures.py"),
    "normalising": ("tests/unit/normalising", "tests/integration/cli/test_clean.py"),
    "diffing": ("tests/unit/diffing", "tests/laws", "tests/unit/render"),
    "merging": (
        "tests/unit/merging",
        "tests/laws",
        "tests/integration/cli/test_merge.py",
        "tests/integration/cli/test_merge_driver.py",
    ),
}
"""The packages of the engine, and the tests that are there for each."""


def main(arguments: Sequence[str]) -> int:
    """Run, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.coverage")
    parser.add_argument("packages", nargs="*", choices=[*TESTS, []], default=[])
    packages = parser.parse_args(arguments).packages or list(TESTS)
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "coverage"
        failed = _run(data, [path for package in packages for path in TESTS[package]])
        reached = {package: _report(data, package) for package in packages}
    print()
    for package, percent in reached.items():
        print(
            f"nbvc/{package:12} {percent:6.2f} %{'' if percent >= LEAST else f'  under {LEAST} %'}"
        )
    return int(failed or min(reached.values()) < LEAST)


def _run(data: Path, tests: Sequence[str]) -> bool:
    """Run tests in a process that coverage.py watches; whether one failed."""
    command = [sys.executable, "-m", "coverage", "run", f"--data-file={data}", "-m", "pytest", "-q"]
    # The same cases on every run, and no notebooks that others may not have.
    environment = {**os.environ, "CI": "true", "NBVC_CORPUS": os.devnull}
    ran = subprocess.run([*command, *tests], env=environment, check=False)
    return ran.returncode != 0


def _report(data: Path, package: str) -> float:
    print(f"\nnbvc/{package}")
    measured = Coverage(data_file=data)
    measured.load()
    return measured.report(include=[f"nbvc/{package}/*"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
