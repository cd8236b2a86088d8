"""The states of notebooks as they were before something was stripped from them.

A state is the notebook in pieces, with its large values between them. Values are records of their
own, by content: a picture which stays the same from run to run is kept once.
"""

from __future__ import annotations

import os
import time

import msgspec

from nbvc.errors import NbvcError
from nbvc.store.logs import STATE, VALUE, Log, logs, records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.notebook.places import Span
    from nbvc.store.logs import Record

LARGE = 4096
"""Pieces of this many bytes and more are values of their own."""

VERSION = 1
_NAME = 8
"""So many bytes of a state's key stand for the notebook's name, the rest for its content."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One state of a notebook.

    `name` is its path from the top of the work tree, absolute outside a repository, and may be
    printed; `stored` is in nanoseconds; `stripped` is the digest of the file after stripping. There
    is one piece more than there are values.
    """

    version: int
    name: str
    stored: int
    stripped: str
    pieces: tuple[bytes, ...]
    values: tuple[bytes, ...]


class StoreError(NbvcError):
    """The store can't be written; nothing was stripped."""


_ENTRY = msgspec.msgpack.Decoder(Entry)


def digest(*texts: bytes) -> bytes:
    """Return a name for a content: twenty bytes."""
    from hashlib import sha256

    made = sha256()
    for text in texts:
        made.update(text)
    return made.digest()[:20]


class OutputStore:
    """What was stripped, in a folder of its own that is made when something is put into it."""

    __slots__ = ("_held", "_log", "_states", "_values", "folder")

    def __init__(self, folder: str) -> None:
        """Use a folder; it need not exist."""
        self.folder = folder
        self._log = Log(folder)
        self._states: dict[bytes, list[Record]] | None = None
        self._values: dict[bytes, Record] = {}
        self._held: set[str] = set()

    def put(self, name: str, before: bytes, after: bytes, spans: Sequence[Span]) -> None:
        """Keep a notebook as it was before these spans of it were replaced.

        A crash of this process loses nothing from then on; `sync` is for a crash of the machine.
        Spans count from the first byte of `before`. Raises `StoreError`.
        """
        try:
            self._put(name, before, after, spans)
        except OSError as error:
            raise self._failed(error) from None

    def _put(self, name: str, before: bytes, after: bytes, spans: Sequence[Span]) -> None:
        states = self._read()
        pieces: list[bytes] = []
        values: list[bytes] = []
        position = 0
        for start, end, _ in spans:
            if end - start >= LARGE:
                pieces.append(before[position:start])
                values.append(self._value(before[start:end]))
                position = end
        pieces.append(before[position:])
        shelf = _shelf(name)
        key = shelf + digest(*pieces, *values)[:-_NAME]
        known = states.setdefault(shelf, [])
        if known and known[-1].key == key and self._holds(known[-1]):
            return
        entry = Entry(
            VERSION, _text(name), time.time_ns(), digest(after).hex(), tuple(pieces), tuple(values)
        )
        known.append(self._log.append(STATE, key, msgspec.msgpack.encode(entry)))

    def _value(self, text: bytes) -> bytes:
        name = digest(text)
        if name not in self._values or not self._holds(self._values[name]):
            self._values[name] = self._log.append(VALUE, name, text)
        return name

    def _holds(self, record: Record) -> bool:
        """Tell whether a record that was read earlier is still there, and keep it from now on.

        Whoever collects meanwhile leaves a log alone that was touched since.
        """
        if record.path not in self._held:
            try:
                os.utime(record.path)
            except OSError:
                return False
            self._held.add(record.path)
        return True

    def sync(self, others: Iterable[str] = ()) -> None:
        """Make all that was put last, and other files with it. Raises `StoreError`."""
        from nbvc.notebook.saving import sync_files

        own = self._log.close()
        try:
            sync_files([*([own] if own else []), *others])
        except OSError as error:
            raise self._failed(error) from None

    def of(self, name: str) -> list[Entry]:
        """Return all states of a notebook, the newest first."""
        found = _entries(self._read().get(_shelf(name), ()))
        return [entry for entry in found if entry.name == _text(name)]

    def all(self) -> list[Entry]:
        """Return all states of all notebooks, the newest first."""
        return _entries(record for known in self._read().values() for record in known)

    def has_any(self) -> bool:
        """Tell whether anything is stored."""
        return bool(self._read())

    def content(self, entry: Entry) -> bytes | None:
        """Return the notebook as it was, or None where a value of it is gone."""
        parts = [entry.pieces[0]]
        for name, piece in zip(entry.values, entry.pieces[1:], strict=True):
            record = self._values.get(name)
            value = record.content() if record else None
            if value is None or digest(value) != name:
                return None
            parts += (value, piece)
        return b"".join(parts)

    def size(self, entry: Entry) -> int:
        """Return the bytes that an entry holds or leads to (of those some may be shared)."""
        known = (self._values.get(name) for name in entry.values)
        return sum(map(len, entry.pieces)) + sum(record.length for record in known if record)

    def _read(self) -> dict[bytes, list[Record]]:
        """Return the states by the name's part of the key, the oldest first; logs are read once."""
        if self._states is None:
            self._states = {}
            for path in logs(self.folder):
                for record in records(path):
                    if record.kind == VALUE:
                        self._values[record.key] = record
                    elif record.kind == STATE:
                        self._states.setdefault(record.key[:_NAME], []).append(record)
        return self._states

    def _failed(self, error: OSError) -> StoreError:
        return StoreError(
            f"what is stripped can't be stored: {error.strerror or error}",
            where=self.folder,
            hint="nothing was stripped",
        )


def _shelf(name: str) -> bytes:
    return digest(name.encode(errors="surrogateescape"))[:_NAME]


def _text(name: str) -> str:
    """Return a path as it can be stored and printed, also where its bytes are no UTF-8."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def entry_of(record: Record) -> Entry | None:
    """Read a state, None for one of a later nbvc, and for one that is gone."""
    try:
        entry = _ENTRY.decode(record.content() or b"")
    except msgspec.MsgspecError:
        return None
    return entry if entry.version <= VERSION else None


def _entries(found: Iterable[Record]) -> list[Entry]:
    """Read states, the newest first; those of a later nbvc are left out, and none comes twice."""
    entries: dict[tuple[str, int], Entry] = {}
    for record in found:
        entry = entry_of(record)
        if entry is not None:
            entries[entry.name, entry.stored] = entry
    return sorted(entries.values(), key=lambda entry: -entry.stored)
