"""`nbvc clean` and the filter against nbstripout-fast: `python -m tests.benchmarks.cleaning`.

Five hundred real notebooks as one process each, and `git add` of a hundred with the filter. The peer
(Rust, which neither stores nor verifies) runs in turn with nbvc on the same files; nbstripout on ten of
them. Exit code 1 where a budget is missed. Needs the corpus and `pip install nbstripout-fast`.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbvc
from tests.conftest import CORPUS

ROUNDS = 5
MANY = 500
FILTERED = 100
FEW = 10


def main() -> int:
    """Measure, print, and say whether the budgets are kept."""
    files = [path for path in sorted(CORPUS.rglob("*.ipynb")) if _is_notebook(path)][:MANY]
    with tempfile.TemporaryDirectory() as folder:
        rows = [*_clean(files, Path(folder)), *_filter(files[:: MANY // FILTERED], Path(folder))]
    missed = False
    for name, value, budget, kept in rows:
        missed |= not kept
        print(f"{'kept  ' if kept else 'MISSED'}  {name:58} {value:8.2f}  {budget}")
    return int(missed)


def _is_notebook(path: Path) -> bool:
    """Tell whether every one of the tools can read a file."""
    try:
        return nbvc.read(path).file_format[0] > 2
    except nbvc.NbvcError:
        return False


def _laid(files: list[Path], folder: Path) -> list[str]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    paths = [shutil.copy(path, folder / f"{n}.ipynb") for n, path in enumerate(files)]
    os.sync()
    return list(map(str, paths))


def _timed(folder: Path, *command: str) -> float:
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=False)
    return time.perf_counter() - started


def _clean(files: list[Path], place: Path) -> list[tuple[str, float, str, bool]]:
    mine, rust, slow = [], [], []
    program = str(Path(sys.executable).with_name("nbvc"))
    for _ in range(ROUNDS):
        rust.append(_timed(place, "nbstripout-fast", "-i", *_laid(files, place / "a")))
        _laid(files, place / "a")
        mine.append(_timed(place, program, "clean", "a"))
    for path in _laid(files[:: MANY // FEW], place / "a"):
        slow += [_timed(place, sys.executable, "-m", "nbstripout", path)]
    ratio = statistics.median(mine) / statistics.median(rust)
    faster = sum(slow) / FEW * MANY / statistics.median(mine)
    return [
        ("nbvc clean of 500, seconds", statistics.median(mine), "", True),
        ("nbstripout-fast of 500, seconds", statistics.median(rust), "", True),
        ("nbvc clean / nbstripout-fast", ratio, "<= 1.5", ratio <= 1.5),
        ("nbstripout, a process a file / nbvc clean", faster, ">= 500", faster >= 500),
    ]


def _filter(files: list[Path], place: Path) -> list[tuple[str, float, str, bool]]:
    adds: dict[str, list[float]] = {"none": [], "rust": [], "nbvc": []}
    looks: dict[str, list[float]] = {"none": [], "rust": [], "nbvc": []}
    folder = place / "b"
    for _ in range(ROUNDS):
        for kind, times in adds.items():
            _laid(files, folder)
            if kind == "rust":
                _timed(folder, "git", "config", "filter.fast.clean", "nbstripout-fast")
                (folder / ".git/info/attributes").write_text("*.ipynb filter=fast\n")
            elif kind == "nbvc":
                _timed(folder, sys.executable, "-m", "nbvc", "install", "--filter")
            times.append(_timed(folder, "git", "add", "."))
            looks[kind].append(_timed(folder, "git", "status"))
    middle = {kind: statistics.median(times) for kind, times in adds.items()}
    add = middle["nbvc"] / middle["rust"]
    look = statistics.median(looks["nbvc"]) / statistics.median(looks["none"])
    return [
        ("git add of 100 without a filter, seconds", middle["none"], "", True),
        ("git add of 100 with nbvc, seconds", middle["nbvc"], "", True),
        ("git add with nbvc / with nbstripout-fast", add, "< 1", add < 1),
        ("git status with nbvc / without a filter", look, "<= 2", look <= 2),
    ]


if __name__ == "__main__":
    sys.exit(main())
