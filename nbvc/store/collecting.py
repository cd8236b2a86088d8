"""Keeping the store small: what is oldest and has been overtaken goes first.

Collecting writes what stays into one new log and then removes the old ones, but never one that a
process may still be writing to, or has built on meanwhile.
"""

from __future__ import annotations

import os
import time

import msgspec

from nbvc.store.entries import entry_of
from nbvc.store.logs import STATE, VALUE, Log, is_ours, logs, records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.store.entries import Entry, OutputStore
    from nbvc.store.logs import Record

LIMIT = 2_000_000_000
"""Bytes that the store may hold where nothing else is said."""

MANY = 64
"""So many logs are collected into one without being asked to."""

GRACE = 3600.0
"""Seconds for which a log that was written to may be written to again."""


class Collected(msgspec.Struct, frozen=True):
    """What went, and what is left: states of notebooks, and bytes."""

    states: int
    freed: int
    left: int


def collect(store: OutputStore, limit: int = LIMIT, grace: float = GRACE) -> Collected:
    """Bring the store down to `limit` bytes.

    States that a newer one of the same notebook has overtaken go first, the oldest before others,
    and only then the last states of notebooks. Where a later nbvc has stored something, all stays:
    what that needs isn't known here. Raises `OSError`.
    """
    if not all(map(_is_understood, logs(store.folder))):
        return Collected(0, 0, _weight(store.folder))
    until = time.time() - grace
    old = [path for path in logs(store.folder) if os.stat(path).st_mtime <= until]
    before = _weight(store.folder)
    fixed = before - sum(os.stat(path).st_size for path in old)
    found = [record for path in old for record in records(path)]
    values = {record.key: record for record in found if record.kind == VALUE}
    states = [record for record in found if record.kind == STATE]
    stays = _chosen(store, states, values, limit - fixed)
    if len(old) > 1 or len(stays) < len(states):
        _rewrite(store, stays, values)
        for path in old:
            if os.stat(path).st_mtime <= until:
                os.unlink(path)
    left = _weight(store.folder)
    return Collected(len(states) - len(stays), before - left, left)


def collect_sometimes(store: OutputStore, limit: int = LIMIT) -> None:
    """Collect where many logs have come together, or the store is too large."""
    found = logs(store.folder)
    try:
        if len(found) > MANY or _weight(store.folder) > limit:
            collect(store, limit)
    except OSError:
        return


def clear(store: OutputStore) -> Collected:
    """Forget everything. Raises `OSError`."""
    before, states = _weight(store.folder), len(store.all())
    for path in logs(store.folder):
        os.unlink(path)
    left = _weight(store.folder)
    return Collected(states, before - left, left)


def _is_understood(path: str) -> bool:
    """Tell whether a log has nothing in it that a later nbvc alone can read."""
    states = (record for record in records(path) if record.kind == STATE)
    return is_ours(path) and all(entry_of(record) is not None for record in states)


def _chosen(
    store: OutputStore, states: list[Record], values: dict[bytes, Record], room: int
) -> list[tuple[Record, Entry]]:
    """Return the states that stay, the oldest first: the dearest that find room together."""
    taken: set[bytes] = set()
    stays: list[tuple[Record, Entry]] = []
    for record, entry in _by_worth(states):
        new = [name for name in set(entry.values) - taken if name in values]
        size = record.length + sum(values[name].length for name in new)
        if size > room or store.content(entry) is None:
            continue
        room -= size
        taken.update(new)
        stays.append((record, entry))
    return sorted(stays, key=lambda one: one[1].stored)


def _by_worth(states: list[Record]) -> list[tuple[Record, Entry]]:
    """Return states: the last of each notebook, the newest first, then all others likewise."""
    read = [(record, entry) for record in states if (entry := entry_of(record)) is not None]
    read.sort(key=lambda one: -one[1].stored)
    read = list({(entry.name, entry.stored): (record, entry) for record, entry in read}.values())
    seen: set[str] = set()
    last: list[tuple[Record, Entry]] = []
    overtaken: list[tuple[Record, Entry]] = []
    for record, entry in read:
        (overtaken if entry.name in seen else last).append((record, entry))
        seen.add(entry.name)
    return [*last, *overtaken]


def _rewrite(
    store: OutputStore, stays: list[tuple[Record, Entry]], values: dict[bytes, Record]
) -> None:
    from nbvc.notebook.saving import sync_files

    log = Log(store.folder)
    written: set[bytes] = set()
    for record, entry in stays:
        for name in entry.values:
            if name in values and name not in written:
                written.add(name)
                log.append(VALUE, name, values[name].content() or b"")
        log.append(STATE, record.key, record.content() or b"")
    path = log.close()
    if path:
        sync_files([path])


def _weight(folder: str) -> int:
    return sum(os.stat(path).st_size for path in logs(folder))
