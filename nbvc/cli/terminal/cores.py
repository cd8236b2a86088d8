"""Many files on all cores, in order, with progress where a person waits."""

from __future__ import annotations

import sys
import time

import msgspec

from nbvc.platform import count_cores

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, TypeVar

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
    cores = count_cores()
    size = max(1, min(BATCH, -(-len(items) // cores)))
    batches = [list(items[start : start + size]) for start in range(0, len(items), size)]
    if cores == 1 or len(items) < ENOUGH:
        for batch in batches:
            yield from work(batch)
        return
    import pickle

    from nbvc.cli.terminal.abreast import abreast

    done = abreast(_Batches(work, batches), len(batches), min(cores, len(batches)), turn=1)
    for results in done:
        yield from pickle.loads(results)  # noqa: S301 -- from a process of our own


class _Batches(msgspec.Struct, frozen=True):
    """Work on one batch of several, by its number; the result is pickled."""

    work: Callable[[list[Any]], list[Any]]
    batches: list[list[Any]]

    def __call__(self, number: int) -> bytes:
        import pickle

        return pickle.dumps(self.work(self.batches[number]))


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
