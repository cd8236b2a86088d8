"""One budget a line: what was measured, what it may be, and whether that is kept."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import NamedTuple

NO_BUDGET = "–"


class Row(NamedTuple):
    """One budget: what was measured, and whether it is kept."""

    what: str
    value: str
    budget: str
    kept: bool

    def __str__(self) -> str:
        """Return the line of the table."""
        mark = "    " if self.budget == NO_BUDGET else "kept" if self.kept else "MISS"
        return f"{mark}  {self.what:<60} {self.value:<52} {self.budget}"


def least(
    run: Callable[[], object], rounds: int, before: Callable[[], object] = lambda: None
) -> float:
    """Return the least processor time of some rounds, in seconds, with that of processes waited for."""
    times = []
    for _ in range(rounds):
        before()
        started = spend()
        run()
        times.append(spend() - started)
    return min(times)


def spend() -> float:
    """Return the processor time of this process and of those that it has waited for, in seconds."""
    import resource  # which Windows lacks

    own, children = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def seconds(run: Callable[[], object]) -> float:
    """Return how long something took by the clock."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def compiled() -> dict[str, str]:
    """Return the environment of a process that finds compiled modules, as pip installs them."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
