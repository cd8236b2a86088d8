"""A repository of 200 notebooks, all changed within twenty commits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.benchmarks.material import Pair, made, pairs

COUNT = 200
COMMITS = 20
RANGE = (f"HEAD~{COMMITS}", "HEAD")


class Measured(NamedTuple):
    """Processor seconds of `git diff --stat`, of parsing everything, of each command with all the
    processes that it starts; and how many of these are git's.
    """

    stat: float
    parsing: float
    commands: dict[str, float]
    processes: int

    def budget(self) -> float:
        """What `nbvc diff` may take: three times git, and three times parsing."""
        return 3 * self.stat + 3 * self.parsing


def real() -> list[Pair]:
    """Return 200 pairs of real notebooks; those that come twice differ by a line end."""
    found = pairs()
    contents = [(one.read_bytes(), other.read_bytes()) for one, other in found]
    return [
        (one + b"\n" * (number // len(found)), other + b"\n" * (number // len(found)))
        for number in range(COUNT)
        for one, other in (contents[number % len(found)],)
    ]


def edited() -> list[Pair]:
    """Return 200 pairs of 41 kB in which every tenth cell changed."""
    one, other = made(40, 1000)
    names = [f"table{number:03}".encode() for number in range(COUNT)]
    return [(one.replace(b"load", name), other.replace(b"load", name)) for name in names]


def make(top: Path, contents: list[Pair]) -> None:
    """Make the repository: one commit with all the old versions, then ten notebooks a commit."""
    names = [f"folder {number % 7}/{number:03}.ipynb" for number in range(len(contents))]
    top.mkdir()
    _git(top, "init", "-q")
    for name, (before, _) in zip(names, contents, strict=True):
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_bytes(before)
    _commit(top, "old")
    for number in range(COMMITS):
        for name, (_, after) in [*zip(names, contents, strict=True)][number::COMMITS]:
            (top / name).write_bytes(after)
        _commit(top, str(number))
    _git(top, "repack", "-adq")


def _commit(top: Path, message: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    _git(top, "add", "-A")
    _git(top, *identity, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", message)


def _git(top: Path, *args: str) -> None:
    subprocess.run(["git", *args], cwd=top, check=True, stdout=subprocess.DEVNULL)


def measure(top: Path, contents: list[Pair], cache: Path, rounds: int) -> Measured:
    """Return the best times of several rounds, git and nbvc by turns."""
    nbvc = str(Path(sys.executable).parent / "nbvc")
    commands = {
        "git": ["git", "--no-pager", "diff", "--stat", *RANGE],
        "nbvc diff": [nbvc, "diff", *RANGE],
        "nbvc diff --stat": [nbvc, "diff", "--stat", *RANGE],
    }
    environ = {**os.environ, "PYTHONPYCACHEPREFIX": str(cache)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    best = dict.fromkeys(commands, float("inf"))
    for number in range(rounds + 1):
        for name, command in commands.items():
            before = os.times()
            subprocess.run(command, cwd=top, env=environ, stdout=subprocess.DEVNULL, check=True)
            after = os.times()
            if number:  # the first round fills caches
                seconds = after.children_user - before.children_user
                seconds += after.children_system - before.children_system
                best[name] = min(best[name], seconds)
    stat = best.pop("git")
    return Measured(stat, _parsing(contents, rounds), best, _processes(top, environ, nbvc))


def _parsing(contents: list[Pair], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        started = time.process_time()
        for pair in contents:
            for content in pair:
                msgspec.json.decode(content)
        times.append(time.process_time() - started)
    return min(times)


def _processes(top: Path, environ: dict[str, str], nbvc: str) -> int:
    """Count the git processes of one `nbvc diff`, by git's own trace."""
    trace = top.parent / "trace"
    traced = {**environ, "GIT_TRACE2_EVENT": str(trace)}
    command = [nbvc, "diff", "--name-only", *RANGE]
    subprocess.run(command, cwd=top, env=traced, stdout=subprocess.DEVNULL, check=True)
    return trace.read_text().count('"event":"start"')
