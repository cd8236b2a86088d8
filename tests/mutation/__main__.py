"""`python -m tests.mutation merging --mutants 200`: break `nbvc/merging`, and see which tests notice.

Prints every mutant that survived, and the score. A fork for each mutant: it loads the broken module
instead of the good one and runs the package's own tests. What computes three times as long counts as
noticed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.abc
import importlib.machinery
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import ROOT
from tests.mutation.mutants import Mutant, count, mutant

if TYPE_CHECKING:
    import ast
    from types import ModuleType

TESTS = {
    "sequence": ("tests/unit/sequence",),
    "notebook": (
        "tests/unit/notebook",
        "tests/unit/test_fixtures.py",
        "tests/laws/test_diffing.py",
    ),
    "normalising": ("tests/unit/normalising",),
    "diffing": (
        *(
            "tests/unit/diffing/test_pairing.py",
            "tests/unit/diffing/test_patching.py",
            "tests/unit/diffing/test_kinds.py",
        ),
        "tests/unit/diffing",
    ),
    "merging": ("tests/unit/merging", "tests/integration/cli/test_merge.py"),
    "store": ("tests/integration/store", "tests/integration/cli/test_filter.py"),
}
"""What runs for a mutant of a package: the tests that are meant to notice, and quick enough."""
_TOO_LONG = (
    "not corpus and not slow and not ten_thousand and not 100_megabytes and not pairs_are_complete",
)


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
    sources = {path: path.read_text("utf-8") for path in (ROOT / "nbvc" / package).rglob("*.py")}
    every = [(path, index) for path in sorted(sources) for index in range(count(sources[path]))]
    random.Random(seed).shuffle(every)
    passes, took = _ran(package, None, 600)
    if not passes:
        print(f"{package}: its tests fail without a mutant")
        return
    print(f"{package}: {len(every)} mutants, {took:.0f} s for the tests of one", flush=True)
    some = every[: most or None]
    noticed = 0
    for path, index in some:
        one = mutant(sources[path], index)
        if _ran(package, (path, one), 3 + 3 * took)[0]:
            print(f"  {path.relative_to(ROOT)}:{one.line}  {one.what}", flush=True)
        else:
            noticed += 1
    score = 100 * noticed / max(len(some), 1)
    print(f"{package}: {noticed} of {len(some)} mutants noticed, {score:.0f} %", flush=True)


def _ran(package: str, broken: tuple[Path, Mutant] | None, most: float) -> tuple[bool, float]:
    """Run the tests in a fork, with a broken module or with none; whether they pass, in what time.

    Times are the processor's, in seconds: others may be at work on the machine, too.
    """
    pid = os.fork()
    if not pid:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (int(most) + 1, int(most) + 2))
        with contextlib.suppress(BaseException):
            os._exit(_in_fork(package, broken))
        os._exit(70)
    until = time.monotonic() + 10 * most + 60
    while time.monotonic() < until:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) == 0, used.ru_utime + used.ru_stime
        time.sleep(0.01)
    os.killpg(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return False, most


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
