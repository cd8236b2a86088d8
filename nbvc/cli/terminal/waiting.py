"""Progress on stderr for a person who has waited longer than a moment."""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from threading import Event
    from typing import TypeVar

    Result = TypeVar("Result")

_EVERY = 0.1
"""Seconds between two pictures of a bar."""
_MOMENT = 1.0
"""Seconds."""


class Waiting:
    """Says what is being done, and for how long, while a `with` block takes more than a second.

    On a terminal only. The line goes away when the block ends.
    """

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._over: Event | None = None
        self._said = False

    def __enter__(self) -> None:
        if not sys.stderr.isatty():
            return
        from threading import Event, Thread

        self._over = Event()
        self._thread = Thread(target=self._report, args=(self._over,), daemon=True)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        if self._over is None:
            return
        self._over.set()
        self._thread.join()
        if self._said:
            print(f"\r{' ' * (len(self._doing) + 20)}\r", end="", file=sys.stderr, flush=True)

    def _report(self, over: Event) -> None:
        started = time.monotonic()
        while not over.wait(_MOMENT):
            self._said = True
            seconds = time.monotonic() - started
            print(f"\r{self._doing} … {seconds:.0f} s", end="", file=sys.stderr, flush=True)


def with_progress(results: Iterable[Result], total: int, label: str) -> Iterator[Result]:
    """Yield results, and show on stderr how many there are once a person has waited for a second."""
    watched = sys.stderr.isatty()
    started = shown = time.monotonic()
    done = 0
    try:
        for result in results:
            done += 1
            now = time.monotonic()
            if watched and now - started > _MOMENT and now - shown > _EVERY:
                shown = now
                bar = "#" * (24 * done // max(total, 1))
                print(f"\r{label} [{bar:<24}] {done}/{total}", end="", file=sys.stderr, flush=True)
            yield result
    finally:
        if shown != started:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
