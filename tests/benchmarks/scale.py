"""`python -m tests.benchmarks.scale`: thousands of notebooks on one core and on all.

    nbvc check    tree                 says what would be stripped
    nbvc clean    tree                 strips it
    nbvc diff     old new --stat       compares two trees

For each: seconds on one core and on all, how many times faster that is, and the most memory that
all its processes had together. The notebooks are generated; `--notebooks 20000` is 190 MB.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.conftest import ROOT
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from collections.abc import Sequence


class Measured(NamedTuple):
    """Seconds that a command took, and the most bytes of memory that it had."""

    seconds: float
    memory: int


def main(arguments: Sequence[str]) -> int:
    """Make the notebooks, run, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale")
    parser.add_argument("--notebooks", type=int, default=2000)
    chosen = parser.parse_args(arguments)
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="nbvc-scale-") as name:
        folder = Path(name)
        size = _make(folder, chosen.notebooks)
        print(f"{chosen.notebooks} notebooks, {size / 1e6:.0f} MB, {len(cores)} cores")
        print(f"{'command':22}{'one core':>10}{'all':>8}{'faster':>9}{'memory':>10}")
        for label, args in _COMMANDS.items():
            _fresh(folder)
            one = measured(folder, args, cores[:1])
            _fresh(folder)
            every = measured(folder, args, cores)
            faster = one.seconds / every.seconds
            memory = f"{max(one.memory, every.memory) / 1e6:.0f} MB"
            print(
                f"{label:22}{one.seconds:8.1f} s{every.seconds:6.1f} s{faster:7.2f} ×{memory:>10}",
                flush=True,
            )
    return 0


_COMMANDS = {
    "nbvc check": ("check", "tree"),
    "nbvc clean": ("clean", "tree"),
    "nbvc diff --stat": ("diff", "--no-pager", "--stat", "old", "new"),
}


def _make(folder: Path, count: int) -> int:
    """Write the notebooks, in folders of a hundred, before and after an edit of each tenth."""
    rng = random.Random(0)
    size = 0
    for number in range(count):
        cells = [markdown(f"# Notebook {number}")]
        for index in range(rng.randint(5, 25)):
            shown = [stream(f"{rng.random()}\n" * rng.randint(1, 30))]
            source = f"x_{index} = f({rng.random()})\nprint(x_{index})"
            cells.append(code(source, shown, execution_count=index + 1))
        content = file(*cells)
        size += len(content)
        if number % 10 == 0:
            cells[1]["source"] += "\n# looked at again"
        for tree, one in (("old", content), ("new", file(*cells))):
            path = folder / tree / f"{number // 100:03}" / f"{number:05}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(one)
    return size


def _fresh(folder: Path) -> None:
    """Put the tree back that is cleaned, without the store of what was stripped from it."""
    shutil.rmtree(folder / "tree", ignore_errors=True)
    shutil.rmtree(folder / "home", ignore_errors=True)
    shutil.copytree(folder / "old", folder / "tree")
    (folder / "home").mkdir()


def measured(folder: Path, args: Sequence[str], cores: Sequence[int]) -> Measured:
    """Run nbvc on some cores."""
    home = str(folder / "home")
    environ = {**os.environ, "HOME": home, "XDG_DATA_HOME": home, "PYTHONPATH": str(ROOT)}
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "nbvc", *args],
        cwd=folder,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.sched_setaffinity(process.pid, cores)
    most = 0
    while process.poll() is None:
        most = max(most, _memory(process.pid))
        time.sleep(0.2)
    seconds = time.monotonic() - started
    if process.returncode not in {0, 1}:
        raise SystemExit(f"nbvc {' '.join(args)} ended with {process.returncode}")
    return Measured(seconds, most)


def _memory(pid: int) -> int:
    """Return the bytes of a process and all below it; what they share counts once."""
    total = 0
    waiting = [pid]
    while waiting:
        one = Path("/proc", str(waiting.pop()))
        with contextlib.suppress(OSError, StopIteration):
            lines = (one / "smaps_rollup").read_text("ascii").splitlines()
            total += 1024 * int(next(line for line in lines if line.startswith("Pss:")).split()[1])
            for children in one.glob("task/*/children"):
                waiting += map(int, children.read_text("ascii").split())
    return total


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
