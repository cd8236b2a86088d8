"""Conflicts of git, nbdime and nbvc on real merges: `python -m tests.benchmarks.merges`."""

from __future__ import annotations

import contextlib
import io
import logging
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import nbvc
from tests.conftest import CORPUS

SIDES = ("base", "local", "remote")


class Row(NamedTuple):
    """One merge: conflicts by tool (None: it failed), nbvc's time, whether the authors agree."""

    name: str
    git: int
    nbdime: int | None
    nbvc: int
    milliseconds: float
    as_authors: bool | None


def row(folder: Path, *, with_nbdime: bool = True) -> Row:
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
    return Row(folder.name, _git(folder), nbdime, len(result.conflicts), took, same)


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


def rows(folder: Path, *, with_nbdime: bool = True) -> list[Row]:
    found = sorted(path.parent for path in folder.glob("*/base.ipynb"))
    if found:
        row(found[0], with_nbdime=False)  # imports
    return [row(path, with_nbdime=with_nbdime) for path in found]


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS / "merges"
    table = rows(folder)
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
    kept = mean <= 10 and in_conflict[2] <= 0.2 * count and agreed_on >= 0.6 * count
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
