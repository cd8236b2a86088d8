"""A working tree with 170 changed notebooks, and one with a thousand that are as committed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.material import pairs
from tests.benchmarks.starting import NBVC, measure
from tests.benchmarks.table import NO_BUDGET, Row, compiled

CHANGED = 170
CLEAN = 1000


def rows(quick: bool) -> Iterator[Row]:
    """Measure `nbvc status` and `nbvc diff` there, beside git."""
    rounds = 2 if quick else 7
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = {**compiled(), "PYTHONPYCACHEPREFIX": str(folder / "cache")}
        found = [pairs()[number % len(pairs())] for number in range(CHANGED)]
        changed = _lay_out(folder / "changed", [before for before, _ in found])
        for number, (_, after) in enumerate(found):
            shutil.copyfile(after, changed / f"{number}.ipynb")
        commands = {
            "git": ["git", "--no-pager", "diff", "--stat"],
            "status": [NBVC, "status"],
            "stat": [NBVC, "diff", "--stat"],
            "plain": [NBVC, "diff"],
            "color": [NBVC, "diff", "--color", "always"],
        }
        times = measure(commands, changed, environ, rounds)
        yield _compare(f"nbvc status, {CHANGED} changed", times, "status", "git", 3)
        yield _compare(f"nbvc diff --stat, {CHANGED} changed", times, "stat", "git", 0)
        yield _compare(f"nbvc diff, {CHANGED} changed", times, "plain", "git", 0)
        yield _compare("the same with color", times, "color", "plain", 2)
        clean = _lay_out(folder / "clean", [found[0][0]] * CLEAN)
        commands = {
            "idle": [sys.executable, "-c", "pass"],
            "git": ["git", "status"],
            "status": [NBVC, "status"],
            "version": [NBVC, "--version"],
        }
        times = measure(commands, clean, environ, rounds)
        limit = times["version"] + 2 * times["git"]
        yield Row(
            f"nbvc status, {CLEAN} clean",
            f"{times['status'] * 1000:.0f} ms; git status {times['git'] * 1000:.0f} ms",
            f"≤ {limit * 1000:.0f} ms (a start + 2 × git)",
            times["status"] <= limit,
        )


def _compare(what: str, times: dict[str, float], one: str, peer: str, most: int) -> Row:
    ratio = times[one] / times[peer]
    said = f"{times[one]:.2f} s = {ratio:.1f} × {'git diff --stat' if peer == 'git' else peer}"
    return Row(what, said, f"≤ {most} ×" if most else NO_BUDGET, not most or ratio <= most)


def _lay_out(folder: Path, files: list[Path]) -> Path:
    """Commit copies of notebooks in a new repository."""
    folder.mkdir()
    for number, path in enumerate(files):
        shutil.copyfile(path, folder / f"{number}.ipynb")
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "--no-gpg-sign", "-m", "1"],
        ["status"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder
