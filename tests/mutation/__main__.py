"""`python -m tests.mutation merge --mutants 200`: break `nbvc/merge`, and see which tests notice.

Prints the score and every mutant that survived. A fork for each mutant: it loads the broken module
instead of the good one and runs the package's own tests. What takes ten times as long counts as
noticed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.abc
import importlib.machinery
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.conftest import ROOT
from tests.mutation.mutants import Mutant, mutants

if TYPE_CHECKING:
    import ast
    from types import ModuleType

TESTS = {
    "sequence": ("tests/sequence", "tests/diff/test_diff.py"),
    "diff": ("tests/diff", "tests/test_fixtures.py", "tests/notebook/test_faults.py"),
    "merge": ("tests/merge/test_merge.py", "tests/merge/test_laws.py", "tests/cli/test_merge.py"),
    "normalise": ("tests/normalise",),
}
"""What runs for a mutant of a package: the tests that are meant to notice, and quick enough."""
_TOO_LONG = ("not corpus and not slow and not ten_thousand and not 100_megabytes",)


class Outcome(NamedTuple):
    """A mutant, where it is, and whether a test noticed."""

    path: Path
    mutant: Mutant
    noticed: bool

    def __str__(self) -> str:
        """Say where and what it was."""
        return f"{self.path.relative_to(ROOT)}:{self.mutant.line}  {self.mutant.what}"


def main(arguments: Sequence[str]) -> int:
    """Break, run, count, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("packages", nargs="*", choices=[*TESTS, []], default=[])
    parser.add_argument("--mutants", type=int, default=100, help="for each package; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    os.chdir(ROOT)
    os.environ["CI"] = "true"
    for package in chosen.packages or TESTS:
        _one_package(package, chosen.mutants, chosen.seed)
    return 0


def _one_package(package: str, most: int, seed: int) -> None:
    every = [
        (path, mutant)
        for path in sorted((ROOT / "nbvc" / package).rglob("*.py"))
        for mutant in mutants(path.read_text("utf-8"))
    ]
    random.Random(seed).shuffle(every)
    started = time.monotonic()
    if not _passes(package, None, 600):
        print(f"{package}: its tests fail without a mutant")
        return
    limit = 10 + 10 * (time.monotonic() - started)
    some = every[: most or None]
    outcomes = [Outcome(path, one, not _passes(package, (path, one), limit)) for path, one in some]
    noticed = sum(one.noticed for one in outcomes)
    score = 100 * noticed / max(len(outcomes), 1)
    print(f"{package}: {noticed} of {len(outcomes)} mutants noticed, {score:.0f} %", flush=True)
    for outcome in outcomes:
        if not outcome.noticed:
            print(f"  {outcome}", flush=True)


def _passes(package: str, broken: tuple[Path, Mutant] | None, limit: float) -> bool:
    """Run the tests in a fork, with a broken module or with none."""
    pid = os.fork()
    if not pid:
        os.setsid()
        with contextlib.suppress(BaseException):
            os._exit(_in_fork(package, broken))
        os._exit(70)
    until = time.monotonic() + limit
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.01)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False


def _in_fork(package: str, broken: tuple[Path, Mutant] | None) -> int:
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    if broken:
        name = ".".join(broken[0].relative_to(ROOT).with_suffix("").parts)
        sys.meta_path.insert(0, _Broken(name.removesuffix(".__init__"), *broken))
    import pytest

    quick = ["-k", *_TOO_LONG, "-p", "no:cacheprovider", "-p", "no:xdist"]
    quick += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what `_warm` imported
    return int(pytest.main(["-x", "-q", *quick, *TESTS[package]]))


class _Broken(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the broken module in place of the good one, in this process."""

    def __init__(self, name: str, path: Path, mutant: Mutant) -> None:
        self.name, self.path, self.tree = name, path, mutant.tree

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Answer for the one module."""
        del path, target
        if fullname != self.name:
            return None
        is_package = self.path.name == "__init__.py"
        spec = importlib.machinery.ModuleSpec(
            fullname, self, origin=str(self.path), is_package=is_package
        )
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [str(self.path.parent)]
        return spec

    def exec_module(self, module: ModuleType) -> None:
        """Run the broken code."""
        tree: ast.Module = self.tree
        exec(compile(tree, str(self.path), "exec"), vars(module))  # noqa: S102


def _warm() -> None:
    """Import once, for all forks, what is slow and never broken."""
    for name in ("hypothesis", "nbformat.validator", "nbdime", "jsonschema", "numpy", "rapidfuzz"):
        with contextlib.suppress(ImportError):
            __import__(name)


if __name__ == "__main__":
    _warm()
    sys.exit(main(sys.argv[1:]))
