"""Conflicts of git, nbdime and nbvc on real merges; `python -m tests.benchmarks.merges` lists each."""

from __future__ import annotations

import contextlib
import io
import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import nbvc
from tests.benchmarks.table import Row
from tests.conftest import CORPUS

SIDES = ("base", "local", "remote")


class Merged(NamedTuple):
    """One merge: conflicts by tool (None: it failed), nbvc's time, whether the authors agree."""

    name: str
    git: int
    nbdime: int | None
    nbvc: int
    milliseconds: float
    as_authors: bool | None


def row(folder: Path, *, with_nbdime: bool = True) -> Merged:
    base, local, remote = (nbvc.read(folder / f"{side}.ipynb") for side in SIDES)
    started = time.perf_counter()
    result = nbvc.merge(base, local, remote)
    took = (time.perf_counter() - started) * 1000
    authors = folder / "merged.ipynb"
    same = None
    if authors.exists():
        wanted = [cell.source for cell in nbvc.read(authors).cells]
        same = [cell.source for cell in result.notebook.cells] == wanted
    nbdime = _nbdime(folder) if with_nbdime else None
    return Merged(folder.name, _git(folder), nbdime, len(result.conflicts), took, same)


def _git(folder: Path) -> int:
    """Conflicts of `git merge-file`; its exit code counts them up to 127."""
    paths = [str(folder / f"{side}.ipynb") for side in ("local", "base", "remote")]
    run = subprocess.run(["git", "merge-file", "-p", *paths], capture_output=True, check=False)
    return run.returncode


def _nbdime(folder: Path) -> int | None:
    """Conflicts of `nbdime.merge_notebooks` as `nbmerge` calls it; None where it fails."""
    import nbformat

    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            from nbdime.merging.notebooks import merge_notebooks

            read: list[Any] = [
                nbformat.read(folder / f"{side}.ipynb", as_version=4) for side in SIDES
            ]
            _, decisions = merge_notebooks(*read)
        except Exception:  # noqa: BLE001
            return None
    return sum(bool(decision.conflict) for decision in decisions)


def merged(folder: Path, *, with_nbdime: bool = True) -> list[Merged]:
    found = sorted(path.parent for path in folder.glob("*/base.ipynb"))
    if found:
        row(found[0], with_nbdime=False)  # imports
    return [row(path, with_nbdime=with_nbdime) for path in found]


def rows(quick: bool) -> Iterator[Row]:
    """Measure real merges."""
    table = merged(CORPUS / "merges", with_nbdime=not quick)
    if not table:
        return
    count = len(table)
    mean = sum(one.milliseconds for one in table) / count
    yield Row(f"merge of {count} real triples", f"{mean:.1f} ms each", "≤ 10 ms", mean <= 10)
    conflicts, by_git = (
        sum(bool(found) for found in side)
        for side in zip(*((one.nbvc, one.git) for one in table), strict=True)
    )
    words = f"{conflicts} of {count}; git {by_git}"
    yield Row("of these in conflict", words, "≤ 20 %", conflicts <= 0.2 * count)
    agreed = sum(one.as_authors is True for one in table)
    yield Row(
        "merged as their authors did", f"{agreed} of {count}", "≥ 60 %", agreed >= 0.6 * count
    )


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS / "merges"
    table = merged(folder)
    print(f"{'merge':44} {'git':>4} {'nbdime':>6} {'nbvc':>5} {'ms':>6}  as its authors")
    for one in table:
        peer = "fails" if one.nbdime is None else str(one.nbdime)
        agreed = {True: "yes", False: "no", None: "?"}[one.as_authors]
        print(
            f"{one.name[:44]:44} {one.git:4} {peer:>6} {one.nbvc:5} {one.milliseconds:6.1f}  {agreed}"
        )
    count = len(table)
    if not count:
        return 1
    in_conflict = [
        sum(bool(one[index]) or one[index] is None for one in table) for index in (1, 2, 3)
    ]
    mean = sum(one.milliseconds for one in table) / count
    agreed_on = sum(one.as_authors is True for one in table)
    print(
        f"{count} merges in conflict or failed: git {in_conflict[0]}, nbdime {in_conflict[1]}, "
        f"nbvc {in_conflict[2]}; {mean:.1f} ms each; {agreed_on} as their authors"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
