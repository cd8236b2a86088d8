"""Many files on all cores, in order, with progress where a person waits."""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeVar

    Item = TypeVar("Item")
    Result = TypeVar("Result")

ENOUGH = 64
"""From so many files on, starting more processes pays."""

BATCH = 128
"""So many files are read and written at one go."""


def on_all_cores(
    work: Callable[[list[Item]], list[Result]], items: Sequence[Item]
) -> Iterator[Result]:
    """Yield the results of all items in their order; `work` does a batch and can be pickled."""
    cores = _cores()
    size = max(1, min(BATCH, -(-len(items) // cores)))
    batches = [list(items[start : start + size]) for start in range(0, len(items), size)]
    if cores == 1 or len(items) < ENOUGH:
        for batch in batches:
            yield from work(batch)
        return
    from multiprocessing import get_all_start_methods, get_context

    method = "fork" if "fork" in get_all_start_methods() and sys.platform == "linux" else "spawn"
    # A new Python must not import from the current folder, as it does for `-c`.
    os.environ["PYTHONSAFEPATH"] = "1"
    with get_context(method).Pool(min(cores, len(batches))) as pool:
        for results in pool.imap(work, batches):
            yield from results


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def with_progress(results: Iterable[Result], total: int, label: str) -> Iterator[Result]:
    """Yield results, and say on stderr how far it is, once a person has waited for a second."""
    watched = sys.stderr.isatty()
    started = shown = time.monotonic()
    done = 0
    try:
        for result in results:
            done += 1
            now = time.monotonic()
            if watched and now - started > 1 and now - shown > _EVERY:
                shown = now
                bar = "#" * (24 * done // max(total, 1))
                print(f"\r{label} [{bar:<24}] {done}/{total}", end="", file=sys.stderr, flush=True)
            yield result
    finally:
        if shown != started:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


_EVERY = 0.1
