"""`nbvc clean` and the filter against nbstripout-fast.

Five hundred real notebooks as one process each, and `git add` of a hundred with the filter. The peer
(Rust, which neither stores nor verifies) runs in turn with nbvc on the same files; nbstripout on ten of
them. Needs the corpus and `pip install nbstripout-fast`.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbvc
from tests.benchmarks.table import Row, compiled, seconds
from tests.conftest import CORPUS

ROUNDS = 5
MANY = 500
FILTERED = 100
FEW = 10


def rows(quick: bool) -> Iterator[Row]:
    """Measure `nbvc clean`, and `git add` and `git status` with the filter."""
    if not CORPUS.is_dir() or shutil.which("nbstripout-fast") is None:
        return
    rounds = 2 if quick else ROUNDS
    files = [path for path in sorted(CORPUS.rglob("*.ipynb")) if _is_notebook(path)][:MANY]
    with tempfile.TemporaryDirectory() as folder:
        yield from _clean(files, Path(folder), rounds)
        yield from _filter(files[:: MANY // FILTERED], Path(folder), rounds)


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
    # The corpus may be read-only, which its copies must not be.
    paths = [shutil.copyfile(path, folder / f"{n}.ipynb") for n, path in enumerate(files)]
    os.sync()
    return list(map(str, paths))


def _timed(folder: Path, *command: str) -> float:
    return seconds(
        lambda: subprocess.run(
            command, cwd=folder, env=compiled(), capture_output=True, check=False
        )
    )


def _clean(files: list[Path], place: Path, rounds: int) -> Iterator[Row]:
    mine, back, rust, slow = [], [], [], []
    program = str(Path(sys.executable).with_name("nbvc"))
    for _ in range(rounds):
        rust.append(_timed(place, "nbstripout-fast", "-i", *_laid(files, place / "a")))
        _laid(files, place / "a")
        mine.append(_timed(place, program, "clean", "a"))
        os.sync()
        back.append(_timed(place, program, "outputs", "restore", "a"))
    for path in _laid(files[:: MANY // FEW], place / "a"):
        slow += [_timed(place, sys.executable, "-m", "nbstripout", path)]
    own, peer = statistics.median(mine), statistics.median(rust)
    faster = sum(slow) / FEW * MANY / own
    yield Row(
        f"nbvc clean of {len(files)} notebooks",
        f"{own:.2f} s = {own / peer:.1f} × nbstripout-fast ({peer:.2f} s)",
        "≤ 1.5 ×",
        own <= 1.5 * peer,
    )
    restored = statistics.median(back)
    yield Row(
        f"nbvc outputs restore of {len(files)} notebooks",
        f"{restored:.2f} s = {restored / own:.1f} × nbvc clean",
        "≤ 1.2 ×",
        restored <= 1.2 * own,
    )
    words = f"{faster:.0f} × slower than nbvc clean"
    yield Row("nbstripout, a process for each of them", words, "≥ 500 ×", faster >= 500)


def _filter(files: list[Path], place: Path, rounds: int) -> Iterator[Row]:
    adds: dict[str, list[float]] = {"none": [], "rust": [], "nbvc": []}
    looks: dict[str, list[float]] = {"none": [], "rust": [], "nbvc": []}
    folder = place / "b"
    for _ in range(rounds):
        for kind, times in adds.items():
            for name in _laid(files, folder):
                # Git looks again at files of the very second in which it wrote its index.
                os.utime(name, (0, 0))
            if kind == "rust":
                _timed(folder, "git", "config", "filter.fast.clean", "nbstripout-fast")
                (folder / ".git/info/attributes").write_text("*.ipynb filter=fast\n")
            elif kind == "nbvc":
                _timed(folder, sys.executable, "-m", "nbvc", "install", "--filter")
            times.append(_timed(folder, "git", "add", "."))
            looks[kind].append(_timed(folder, "git", "status"))
    none, rust, own = (statistics.median(adds[kind]) for kind in ("none", "rust", "nbvc"))
    yield Row(
        f"git add of {len(files)} notebooks with the filter",
        f"{own:.2f} s, nbstripout-fast {rust:.2f} s, no filter {none:.2f} s",
        "< nbstripout-fast",
        own < rust,
    )
    plain, filtered = (statistics.median(looks[kind]) for kind in ("none", "nbvc"))
    yield Row(
        "git status with the filter, nothing changed",
        f"{filtered * 1000:.0f} ms, without {plain * 1000:.0f} ms",
        "≤ 2 ×",
        filtered <= 2 * plain,
    )
