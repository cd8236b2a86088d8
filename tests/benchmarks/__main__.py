"""Print one table of all budgets; every ratio is measured in this run. Exit code 1: one is missed."""

from __future__ import annotations

import argparse
import gc
import logging
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec

import nbvc
from nbvc.workflow.cores import count_processes
from tests.benchmarks import (
    checkpoints,
    cleaning,
    history,
    merges,
    over_git,
    starting,
    working_tree,
)
from tests.benchmarks.material import made, pairs
from tests.benchmarks.table import NO_BUDGET, Row
from tests.conftest import ROOT


def best(run: Callable[[], object], rounds: int = 7) -> float:
    """Return the least processor time of several rounds, in seconds."""
    times = []
    gc.collect()
    gc.freeze()  # What other parts and peers have left in memory is no work of this one.
    for _ in range(rounds):
        gc.collect()
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


def in_process(quick: bool) -> Iterator[Row]:
    contents = [(one.read_bytes(), other.read_bytes()) for one, other in pairs()]
    if quick:
        contents = contents[::10]

    def parse() -> None:
        for one, other in contents:
            msgspec.json.decode(one)
            msgspec.json.decode(other)

    def compare() -> None:
        for one, other in contents:
            _changed(one, other)

    def compare_fully() -> None:
        for one, other in contents:
            nbvc.diff(nbvc.read(one), nbvc.read(other)).to_dict()

    floor, mine = best(parse), best(compare)
    yield Row(
        f"read ×2 + diff of {len(contents)} pairs, in process",
        f"{mine * 1000:.0f} ms = {mine / floor:.2f} × parsing ({floor * 1000:.0f} ms)",
        "≤ 3 × parsing",
        mine <= 3 * floor,
    )
    fully = best(compare_fully, 3)
    said = f"{fully * 1000:.0f} ms = {fully / floor:.0f} × parsing"
    yield Row("the same with every detail (to_dict)", said, "≤ 8 × parsing", fully <= 8 * floor)
    above = [_times_parsing(*pair) for pair in contents]
    many = sum(one > MOST_OF_A_PAIR for one in above)
    worst = f"{many}; at worst {max(above):.0f} ×"
    yield Row(f"pairs above {MOST_OF_A_PAIR} × parsing, every detail", worst, "0", not many)
    peer, quick_shares, full_shares = peer_in_process(contents)
    yield Row("nbdime.diff_notebooks of the same", f"{peer:.1f} s", NO_BUDGET, True)
    for what, own, least_faster, shares in (
        ("", mine, 300, quick_shares),
        (", every detail", fully, 200, full_shares),
    ):
        faster = peer / own
        value = f"{faster:.0f} × faster"
        kept = faster >= least_faster
        yield Row(f"nbvc against nbdime{what}", value, f"≥ {least_faster} ×", kept)
        slower = sum(share > 1 for share in shares)
        worst = f"{slower}; at worst {max(shares):.2f} × nbdime"
        yield Row(f"pairs on which nbdime is faster{what}", worst, "0", slower == 0)


MOST_OF_A_PAIR = 60
"""Every detail of one pair may take so many times parsing it."""


def _times_parsing(one: bytes, other: bytes) -> float:
    floor = best(lambda: (msgspec.json.decode(one), msgspec.json.decode(other)), 5)
    return best(partial(_compared, one, other), 2) / floor


def peer_in_process(
    contents: list[tuple[bytes, bytes]],
) -> tuple[float, list[float], list[float]]:
    """Return nbdime's seconds for all pairs, and nbvc's shares of each: changed or not, and all."""
    import nbdime
    import nbformat

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    total = 0.0
    quick_shares, full_shares = [], []
    for one, other in contents:
        sides = [nbformat.reads(content.decode(), 4) for content in (one, other)]
        compare = partial(nbdime.diff_notebooks, *sides)
        mine, full = best(partial(_changed, one, other), 3), best(partial(_compared, one, other), 3)
        theirs = best(compare, 1)
        if theirs < 10 * full:  # too near to be told from one round
            theirs = min(theirs, best(compare, 3))
        total += theirs
        quick_shares.append(mine / theirs)
        full_shares.append(full / theirs)
    return total, quick_shares, full_shares


def _changed(one: bytes, other: bytes) -> bool:
    return nbvc.diff(nbvc.read(one), nbvc.read(other)).changed


MEMORY = """
import sys
import nbvc, nbvc.diffing.parts, nbvc.diffing.outputs
def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
nbvc.diff(nbvc.read(b'{"nbformat":4,"cells":[]}'), nbvc.read(b'{"nbformat":4,"cells":[]}'))
before = peak()
nbvc.diff(nbvc.read(sys.argv[1]), nbvc.read(sys.argv[2])).to_dict()
print(peak() - before)
"""


def memory(quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        for cells, output in ((200, 5_000), (20, 1_000_000 if quick else 2_500_000)):
            paths = [Path(folder) / name for name in ("a.ipynb", "b.ipynb")]
            for path, content in zip(paths, made(cells, output), strict=True):
                path.write_bytes(content)
            size = sum(path.stat().st_size for path in paths)
            command = [sys.executable, "-c", MEMORY, *map(str, paths)]
            ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
            used = int(ran.stdout) * 1024
            limit = 40e6 + 4 * size
            yield Row(
                f"memory of a diff, {size / 1e6:.1f} MB in both files",
                f"{used / 1e6:.0f} MB",
                f"≤ {limit / 1e6:.0f} MB",
                used <= limit,
            )


def _compared(one: bytes, other: bytes) -> object:
    return nbvc.diff(nbvc.read(one), nbvc.read(other)).to_dict()


def growth(quick: bool) -> Iterator[Row]:
    steps = [(1250, 2500, 200), (5000, 10_000, 200), (100, 200, 100_000)]
    if not quick:
        steps.append((50, 100, 1_000_000))
    for small, large, output in steps:
        times = []
        for cells in (small, large):
            one, other = made(cells, output)
            times.append(best(partial(_compared, one, other), 5))
        ratio = times[1] / times[0]
        yield Row(
            f"growth, {small} to {large} cells of {output / 1000:g} kB",
            f"{times[0] * 1000:.0f} → {times[1] * 1000:.0f} ms: {ratio:.2f} ×",
            "≤ 2.2 ×",
            ratio <= 2.2,
        )


def versions(quick: bool) -> Iterator[Row]:
    for what, contents in (("real", over_git.real()), ("edited", over_git.edited())):
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder) / "repo"
            over_git.make(top, contents)
            found = over_git.measure(top, contents, Path(folder) / "cache", 2 if quick else 7)
        budget = found.budget()
        for name, seconds in found.commands.items():
            yield Row(
                f"{name} of 200 {what} notebooks, 20 commits",
                f"{seconds:.2f} s; git diff --stat {found.stat:.2f} s",
                f"≤ {budget:.2f} s",
                seconds <= budget,
            )
        most = 3 + count_processes(over_git.COUNT)
        kept = found.processes <= most
        yield Row("processes of git for that", str(found.processes), f"≤ {most}", kept)


PARTS = {
    "in-process": in_process,
    "process": starting.rows,
    "working-tree": working_tree.rows,
    "memory": memory,
    "growth": growth,
    "versions": versions,
    "clean": cleaning.rows,
    "merge": merges.rows,
    "checkpoint": checkpoints.rows,
    "history": history.rows,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a sample, in seconds")
    parser.add_argument("--only", choices=PARTS, help="one part of the table")
    options = parser.parse_args()
    missed = 0
    for name, part in PARTS.items():
        if options.only in (None, name):
            for row in part(options.quick):
                missed += not row.kept
                print(row, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
