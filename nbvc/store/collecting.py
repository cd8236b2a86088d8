"""Keeping the store small: what is oldest and has been overtaken goes first.

Collecting writes what stays into one new log and then removes the old ones, but never one that a
process may still be writing to, or has built on meanwhile, and never one that is damaged.
"""

from __future__ import annotations

import os
import time

import msgspec

from nbvc.errors import GitError
from nbvc.store.entries import StoreError, entry_of
from nbvc.store.logs import STATE, VALUE, Log, forget, list_logs, read_log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.store.entries import Entry, OutputStore
    from nbvc.store.logs import Content, Record

LIMIT = 2_000_000_000
"""Bytes that the store may hold if nothing else is asked for."""

MANY = 64
"""So many logs are collected into one without being asked to."""

GRACE = 3600.0
"""Seconds for which a log that was written to may be written to again."""


class Collected(msgspec.Struct, frozen=True):
    """What went, and what is left: states of notebooks, and bytes."""

    states: int
    freed: int
    left: int


class _Stored(msgspec.Struct, frozen=True):
    """A state where it is."""

    record: Record
    entry: Entry


def collect(store: OutputStore, limit: int = LIMIT, grace: float = GRACE) -> Collected:
    """Shrink the store to `limit` bytes.

    States that a newer one of the same notebook has overtaken go first, and only then the last
    states of notebooks. If a later nbvc has stored something, all stays: what that needs is not
    known here. Raises `OSError`, `GitError`.
    """
    if store.is_later:
        return Collected(0, 0, _weigh_folder(store.folder))
    until = time.time() - grace
    contents = {path: read_log(path) for path in list_logs(store.folder)}
    old = [path for path, one in contents.items() if _may_go(store, path, one, until)]
    before = _weigh_folder(store.folder)
    fixed = before - sum(map(_measure_file, old))
    found = [record for path in old for record in contents[path].records]
    values = {record.key: record for record in found if record.kind == VALUE}
    states = _read_states(found)
    others = (record for path in contents if path not in old for record in contents[path].records)
    needed = {name for one in _read_states(others) for name in one.entry.values if name in values}
    stays = _choose_states(states, values, needed, limit - fixed)
    if len(old) > 1 or len(stays) < len(states):
        _rewrite(store, stays, values, needed)
        for path in old:
            if os.stat(path).st_mtime <= until:
                os.unlink(path)
    left = _weigh_folder(store.folder)
    return Collected(len(states) - len(stays), before - left, left)


def collect_sometimes(store: OutputStore, limit: int = LIMIT) -> None:
    """Collect if many logs have come together, or the store is too large."""
    try:
        if len(list_logs(store.folder)) > MANY or _weigh_folder(store.folder) > limit:
            collect(store, limit)
    except (OSError, GitError):
        return


def clear(store: OutputStore) -> Collected:
    """Delete everything. Raises `OSError`."""
    before, states = _weigh_folder(store.folder), len(store.all())
    for path in list_logs(store.folder):
        os.unlink(path)
    left = _weigh_folder(store.folder)
    return Collected(states, before - left, left)


def clear_notebooks(store: OutputStore, names: Iterable[str]) -> Collected:
    """Delete all states of these notebooks: overwrite them where they are.

    What other notebooks need stays. Raises `OSError`, `StoreError`.
    """
    if store.is_later:
        raise StoreError(
            "a later nbvc has stored something, too, and may need parts of these states",
            where=store.folder,
            hint="use that version of nbvc, or delete everything: nbvc outputs clear",
        )
    states = [state for name in names for state in (*store.of(name), *store.list_unclear(name))]
    gone = store.records({state.owner for state in states})
    for record in gone:
        forget(record)
    shown = {state.id for state in states if state.entry is None or not state.entry.is_cleared}
    return Collected(len(shown), sum(one.length for one in gone), _weigh_folder(store.folder))


def _may_go(store: OutputStore, path: str, content: Content, until: float) -> bool:
    """Return whether a log can be written anew: it is whole, and nobody writes to it."""
    if content.damages or os.stat(path).st_mtime > until:
        return False
    entries = [entry_of(record) for record in content.records if record.kind == STATE]
    return all(entry is not None and store.content(entry) is not None for entry in entries)


def _read_states(records: Iterable[Record]) -> list[_Stored]:
    """Read states, each once."""
    found = {}
    for record in records:
        entry = entry_of(record) if record.kind == STATE else None
        if entry is not None:
            found[record.key, record.number, entry.stored] = _Stored(record, entry)
    return list(found.values())


def _choose_states(
    states: list[_Stored], values: dict[bytes, Record], needed: set[bytes], room: int
) -> list[_Stored]:
    """Return the states that stay: the dearest that find room together.

    Without one state of a notebook its older ones go as well: what the newer one says of a cell
    would be forgotten.
    """
    taken = set(needed)
    room -= sum(values[name].length for name in taken)
    closed: set[bytes] = set()
    stays: list[_Stored] = []
    for owner, one in _by_worth(states):
        new = [name for name in set(one.entry.values) - taken if name in values]
        size = one.record.length + sum(values[name].length for name in new)
        if size > room or owner in closed:
            closed.add(owner)
            continue
        room -= size
        taken.update(new)
        stays.append(one)
    return stays[::-1]


def _by_worth(states: list[_Stored]) -> list[tuple[bytes, _Stored]]:
    """Return states with what stands for their notebook: the last of each, then the second last, …."""
    by_owner: dict[bytes, list[_Stored]] = {}
    for one in sorted(states, key=lambda one: (-one.record.number, -one.entry.stored)):
        by_owner.setdefault(one.record.owner, []).append(one)
    ranked = [
        (rank, -one.entry.stored, owner, one)
        for owner, known in by_owner.items()
        for rank, one in enumerate(known)
    ]
    ranked.sort(key=lambda found: found[:3])
    return [(owner, one) for _, _, owner, one in ranked]


def _rewrite(
    store: OutputStore, stays: list[_Stored], values: dict[bytes, Record], needed: set[bytes]
) -> None:
    from nbvc.notebook.saving import sync_files

    log = Log(store.folder, store.home.sharing())
    written: set[bytes] = set()

    def write(name: bytes) -> None:
        if name in values and name not in written:
            written.add(name)
            log.append(VALUE, name, _read_whole(values[name]))

    for name in needed:
        write(name)
    for one in stays:
        for name in one.entry.values:
            write(name)
        log.append(STATE, one.record.key, _read_whole(one.record), one.record.number)
    path = log.close()
    if path:
        sync_files([path])


def _read_whole(record: Record) -> bytes:
    """Return a record's content. Raises `OSError` if it went since it was looked at."""
    content = record.content()
    if content is None:
        raise OSError(5, "what is stored has changed meanwhile", record.path)
    return content


def _weigh_folder(folder: str) -> int:
    return sum(map(_measure_file, list_logs(folder)))


def _measure_file(path: str) -> int:
    return os.stat(path).st_size
