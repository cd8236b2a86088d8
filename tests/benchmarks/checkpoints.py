"""Checkpoints against git itself: `create` against `git commit` of one file, `list` of a thousand, and
the commands against `python -c pass`.
"""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from nbvc.checkpoint.opening import open_store
from nbvc.git.plumbing.command import Git
from tests.benchmarks.material import made
from tests.benchmarks.table import NO_BUDGET, Row, compiled, seconds
from tests.integration.git.sandbox import commit_all, git, new

if TYPE_CHECKING:
    from nbvc.checkpoint.store import Store

ROUNDS = 31
NUMBERS = itertools.count()
MANY = 1000
COMMANDS = (
    (("checkpoint", "create", "a.ipynb", "-m", "new"), True),
    (("checkpoint", "create", "a.ipynb"), False),
    (("checkpoint", "list", "a.ipynb"), False),
    (("checkpoint", "list", "a.ipynb", "--format", "json"), False),
    (("checkpoint", "diff", "a.ipynb"), True),
    (("checkpoint", "restore", "a.ipynb", "latest"), True),
)
"""Command lines, and whether the notebook is changed before each."""


def _opened(folder: Path) -> Store:
    path, data = str(folder), str(folder.parent / "data")
    return open_store(Git.find(os.environ), path, machine=os.uname().nodename, data_folder=data)


def _versions() -> Iterator[bytes]:
    """Yield a notebook of common size, another one each time."""
    content = made(40)[0]
    for number in NUMBERS:
        yield content.replace(b"load(1)", b"load(%d)" % number)


def create(folder: Path, rounds: int) -> Iterator[Row]:
    """Measure `create` and `git commit` of the same file, turn by turn; the file is written before."""
    path, versions = folder / "a.ipynb", _versions()
    commit = ["git", "commit", "-q", "-m", "x", "--", "a.ipynb"]
    mine, peer = [], []
    with _opened(folder) as store:
        for _ in range(rounds):
            path.write_bytes(next(versions))
            mine.append(seconds(partial(store.create, str(path), "x")))
            peer.append(seconds(partial(subprocess.run, commit, cwd=folder, check=True)))
    one, other = statistics.median(mine), statistics.median(peer)
    yield Row(
        "checkpoint create, in process",
        f"{one * 1000:.1f} ms = {one / other:.2f} × git commit ({other * 1000:.1f} ms)",
        "≤ 3 × git commit",
        one <= 3 * other,
    )


def listing(folder: Path, rounds: int) -> Iterator[Row]:
    """Measure `list` of many checkpoints: in a store that is open, in a new one, without any cache."""
    path, versions = str(folder / "a.ipynb"), _versions()
    with _opened(folder) as store:
        for _ in range(MANY - len(store.list(path))):
            store.create(path, "a save point", next(versions))
        assert len(store.list(path)) == MANY
        again = statistics.median(seconds(lambda: store.list(path)) for _ in range(rounds))
    yield Row(
        f"checkpoint list of {MANY}, in process", f"{again * 1000:.2f} ms", "≤ 5 ms", again <= 0.005
    )
    firsts = []
    for _ in range(rounds):
        with _opened(folder) as store:
            firsts.append(seconds(lambda: store.list(path)))
    first = statistics.median(firsts)
    yield Row(
        "the same, the first in a new process", f"{first * 1000:.2f} ms", "≤ 5 ms", first <= 0.005
    )
    for kept in (folder / ".git" / "nbvc" / "checkpoints").glob("*/*"):
        kept.unlink()
    with _opened(folder) as store:
        cold = seconds(lambda: store.list(path))
    yield Row(
        "the same, the first of all, from git alone", f"{cold * 1000:.1f} ms", NO_BUDGET, True
    )


def commands(folder: Path, rounds: int) -> Iterator[Row]:
    """Measure command lines, with compiled modules as pip installs them."""
    environ = compiled()
    program = str(Path(sys.executable).parent / "nbvc")
    idle = [sys.executable, "-c", "pass"]
    versions = _versions()

    def run(*command: str) -> None:
        subprocess.run(command, cwd=folder, env=environ, stdout=subprocess.DEVNULL, check=True)

    for args, changes in COMMANDS:
        mine, peer = [], []
        for number in range(rounds + 1):
            if changes:
                (folder / "a.ipynb").write_bytes(next(versions) + b" " * (1 + number))
            taken = seconds(partial(run, program, *args)), seconds(partial(run, *idle))
            if number:  # the first one compiles
                mine.append(taken[0])
                peer.append(taken[1])
        one, other = statistics.median(mine), statistics.median(peer)
        yield Row(
            "nbvc " + " ".join(word for word in args if word != "a.ipynb"),
            f"{one * 1000:.0f} ms = {one / other:.1f} × python -c pass ({other * 1000:.0f} ms)",
            "≤ 10 ×",
            one <= 10 * other,
        )


def rows(quick: bool) -> Iterator[Row]:
    """Measure checkpoints in a new repository."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = new(Path(scratch) / "repo")
        git(folder, "config", "user.name", "Ada")
        git(folder, "config", "user.email", "ada@example.org")
        (folder / "a.ipynb").write_bytes(next(_versions()))
        commit_all(folder, "one")
        for part in (create, listing, commands):
            yield from part(folder, 7 if quick else ROUNDS)
