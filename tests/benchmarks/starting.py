"""What a command costs as a process of its own, beside `python -c pass`: processor time, least of many.

The modules are compiled, as pip installs them: PYTHONDONTWRITEBYTECODE doubles everything here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.benchmarks.material import median_pair, pairs
from tests.benchmarks.table import NO_BUDGET, Row, compiled, spend

_FOLDER = Path(sys.executable).parent
NBVC = str(_FOLDER / "nbvc")
MOST = 5
MOST_IN_COLOR = 6


def rows(quick: bool) -> Iterator[Row]:
    """Measure the start of commands, and of a diff of the median pair beside nbdime's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make_repository(folder)
        peer = [str(_FOLDER / "nbdiff"), "before.ipynb", "after.ipynb"]
        idle = [sys.executable, "-c", "pass"]
        commands = {"idle": idle, **{one: [NBVC, *one.split()] for one in _BUDGETS}}
        environ = {**compiled(), "PYTHONPYCACHEPREFIX": str(folder / "cache")}
        times = measure(commands, folder, environ, 5 if quick else 21)
        slow = measure({"nbdiff": peer}, folder, environ, 2)["nbdiff"]
    for one, budget in _BUDGETS.items():
        ratio = times[one] / times["idle"]
        yield Row(
            f"nbvc {one}",
            f"{times[one] * 1000:.0f} ms = {ratio:.1f} × python -c pass",
            f"≤ {budget} ×" if budget else NO_BUDGET,
            not budget or ratio <= budget,
        )
    faster = slow / times[_DIFF]
    yield Row("nbdiff of the same", f"{slow:.2f} s = {faster:.0f} × nbvc", "≥ 20 ×", faster >= 20)


_DIFF = "diff before.ipynb after.ipynb"
_BUDGETS = {
    "--version": 0,
    _DIFF: MOST,
    "diff --color always before.ipynb after.ipynb": MOST_IN_COLOR,
    "diff --color always python-before.ipynb python-after.ipynb": MOST_IN_COLOR,
    "show after.ipynb": 0,
    "clean --dry-run after.ipynb": 0,
    "status": 0,
    "log after.ipynb": 0,
    "checkpoint list after.ipynb": 0,
}
"""The commands that are measured, and how many times `python -c pass` each may take, 0 for no limit."""


def _make_repository(folder: Path) -> None:
    """Lay out the median pair, and the median pair of notebooks in Python."""
    python = [pair for pair in pairs() if b'"python"' in pair[0].read_bytes()]
    by_size = sorted(python, key=lambda pair: sum(path.stat().st_size for path in pair))
    chosen = (("", median_pair()), ("python-", by_size[len(by_size) // 2]))
    for prefix, pair in chosen:
        for name, path in zip(("before", "after"), pair, strict=True):
            shutil.copyfile(path, folder / f"{prefix}{name}.ipynb")
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-q", "--no-gpg-sign", "-m", "1"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    with (folder / "after.ipynb").open("ab") as file:
        file.write(b"\n")


def measure(
    commands: Mapping[str, list[str]], folder: Path, environ: Mapping[str, str], rounds: int
) -> dict[str, float]:
    """Return the least processor time of each command, with that of its processes, by turns."""
    best = dict.fromkeys(commands, float("inf"))
    for number in range(rounds + 1):
        for name, command in commands.items():
            started = spend()
            subprocess.run(
                command, cwd=folder, env=environ, check=False, capture_output=True, timeout=600
            )
            if number:  # the first round fills caches
                best[name] = min(best[name], spend() - started)
    return best
