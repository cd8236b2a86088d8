"""Keeping the store small: what is oldest and has been overtaken goes first."""

from __future__ import annotations

import os
import time

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.store.entries import Entry, OutputStore

LIMIT = 2 << 30
"""Bytes that the store may hold where nothing else is said."""

_GRACE = 3600
"""Seconds for which a value that no entry names may be one that is being written."""
_DAY = 86400


class Collected(msgspec.Struct, frozen=True):
    """What went, and what is left: states of notebooks, and bytes."""

    states: int
    freed: int
    left: int


def collect(store: OutputStore, limit: int = LIMIT) -> Collected:
    """Bring the store down to `limit` bytes.

    Values that nothing leads to go in any case. Then states that a newer one of the same notebook
    has overtaken go, the oldest first, and only then the last states of notebooks.
    """
    _sweep(store, _named(store.all()))
    before = left = _weight(store.folder)
    gone = 0
    for entry in _order(store.all()):
        if left <= limit:
            break
        _forget(store, entry)
        gone += 1
        if gone % 64 == 0 or entry.values:
            _sweep(store, _named(store.all()), grace=0)
        left = _weight(store.folder)
    _sweep(store, _named(store.all()), grace=0 if gone else _GRACE)
    left = _weight(store.folder)
    return Collected(gone, before - left, left)


def collect_sometimes(store: OutputStore, limit: int = LIMIT) -> None:
    """Collect where that wasn't done for a day."""
    stamp = os.path.join(store.folder, "collected")
    try:
        if time.time() - os.stat(stamp).st_mtime < _DAY:
            return
    except OSError:
        pass
    try:
        with open(stamp, "wb"):
            pass
        collect(store, limit)
    except OSError:
        return


def clear(store: OutputStore) -> Collected:
    """Forget everything."""
    from shutil import rmtree

    before, states = _weight(store.folder), len(store.all())
    for folder in ("notebooks", "values"):
        rmtree(os.path.join(store.folder, folder), ignore_errors=True)
    left = _weight(store.folder)
    return Collected(states, before - left, left)


def _order(entries: list[Entry]) -> list[Entry]:
    """Return states in the order in which they may go."""
    seen: set[str] = set()
    last: list[Entry] = []
    overtaken: list[Entry] = []
    for entry in entries:
        (overtaken if entry.name in seen else last).append(entry)
        seen.add(entry.name)
    return [*reversed(overtaken), *reversed(last)]


def _named(entries: list[Entry]) -> set[str]:
    return {value for entry in entries for value in entry.values}


def _forget(store: OutputStore, entry: Entry) -> None:
    for path in store.paths(entry.name):
        if store.entry(path) == entry:
            os.unlink(path)


def _sweep(store: OutputStore, named: set[str], grace: float = _GRACE) -> None:
    """Remove values that no state names, and drafts that nobody finished."""
    now = time.time()
    for place, _, files in os.walk(store.folder):
        prefix = os.path.basename(place)
        is_values = os.path.basename(os.path.dirname(place)) == "values"
        for name in files:
            path = os.path.join(place, name)
            draft = name.endswith(".new")
            if draft or (is_values and prefix + name not in named):
                try:
                    if now - os.stat(path).st_mtime >= (_GRACE if draft else grace):
                        os.unlink(path)
                except FileNotFoundError:
                    continue


def _weight(folder: str) -> int:
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.stat(os.path.join(place, name)).st_size
            except OSError:
                continue
    return total
