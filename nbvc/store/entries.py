"""Files of the store: one entry for each state of a notebook, large values beside them.

    notebooks/<digest of the name>/<digest of the state>      the notebook, in pieces
    values/ab/cdef…                                           pieces of 8 kB and more, by content

A notebook is its pieces with its values between them; a picture which stays the same from run to
run is kept once. Files are written beside their place and renamed:
a reader sees a whole file or none.
"""

from __future__ import annotations

import os
import time

import msgspec

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbvc.notebook.places import Span

LARGE = 8192
"""Pieces of this many bytes and more are values of their own."""

VERSION = 1


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One state of a notebook, as it was before something was stripped from it.

    `name` is its path from the top of the work tree, absolute outside a repository; `stored` is in
    nanoseconds; `stripped` is the digest of the file after stripping. There is one piece more than
    there are values.
    """

    version: int
    name: str
    stored: int
    stripped: str
    pieces: tuple[bytes, ...]
    values: tuple[str, ...]


class StoreError(NbvcError):
    """The store can't be written or read; nothing was stripped."""


_ENTRY = msgspec.msgpack.Decoder(Entry)


def digest(*texts: bytes) -> str:
    """Return a name for a content: forty hexadecimal digits."""
    from hashlib import sha256

    made = sha256()
    for text in texts:
        made.update(text)
    return made.hexdigest()[:40]


class OutputStore:
    """What was stripped, in a folder of its own that is made when something is put into it."""

    __slots__ = ("_waiting", "folder")

    def __init__(self, folder: str) -> None:
        """Use a folder; it need not exist."""
        self.folder = folder
        self._waiting: list[str] = []

    def put(self, name: str, before: bytes, after: bytes, spans: Sequence[Span]) -> None:
        """Keep a notebook as it was before these spans of it were replaced; `sync` makes it last.

        Spans count from the first byte of `before`. Raises `StoreError`.
        """
        try:
            self._put(name, before, after, spans)
        except OSError as error:
            raise self._failed(error) from None

    def _put(self, name: str, before: bytes, after: bytes, spans: Sequence[Span]) -> None:
        pieces: list[bytes] = []
        values: list[str] = []
        position = 0
        for start, end, _ in spans:
            if end - start >= LARGE:
                pieces.append(before[position:start])
                values.append(self._value(before[start:end]))
                position = end
        pieces.append(before[position:])
        stripped = digest(after)
        state = digest(*pieces, "".join(values).encode())
        path = os.path.join(self._shelf(name), state)
        entry = Entry(VERSION, name, time.time_ns(), stripped, tuple(pieces), tuple(values))
        self._write(path, msgspec.msgpack.encode(entry))

    def _value(self, text: bytes) -> str:
        name = digest(text)
        path = self._value_path(name)
        try:
            if os.stat(path).st_size == len(text):
                os.utime(path)
                return name
        except OSError:
            pass
        self._write(path, text)
        return name

    def _write(self, path: str, content: bytes) -> None:
        temporary = f"{path}.{os.urandom(6).hex()}.new"
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(handle, "wb", buffering=0) as file:
                rest = memoryview(content)
                while rest:
                    rest = rest[file.write(rest) :]
            os.replace(temporary, path)
        except BaseException:
            if os.path.exists(temporary):
                os.unlink(temporary)
            raise
        self._waiting.append(path)

    def sync(self, others: Iterable[str] = ()) -> None:
        """Make all that was put last, and other files with it. Raises `StoreError`."""
        from nbvc.notebook.saving import sync_files

        waiting, self._waiting = [*self._waiting, *others], []
        try:
            sync_files(waiting)
        except OSError as error:
            raise self._failed(error) from None

    def of(self, name: str) -> list[Entry]:
        """Return all states of a notebook, the newest first."""
        return _sorted(map(self.entry, self.paths(name)))

    def all(self) -> list[Entry]:
        """Return all states of all notebooks, the newest first."""
        root = os.path.join(self.folder, "notebooks")
        paths = (path for shelf in _names(root) for path in _files(os.path.join(root, shelf)))
        return _sorted(map(self.entry, paths))

    def paths(self, name: str) -> list[str]:
        """Return the files of all states of a notebook."""
        return [*_files(self._shelf(name))]

    def content(self, entry: Entry) -> bytes | None:
        """Return the notebook as it was, or None where a value of it is gone."""
        parts = [entry.pieces[0]]
        for name, piece in zip(entry.values, entry.pieces[1:], strict=True):
            try:
                with open(self._value_path(name), "rb") as file:
                    value = file.read()
            except OSError:
                return None
            if digest(value) != name:
                return None
            parts += (value, piece)
        return b"".join(parts)

    def size(self, entry: Entry) -> int:
        """Return the bytes that an entry holds or leads to (of those some may be shared)."""
        return sum(map(len, entry.pieces)) + sum(map(self._value_size, entry.values))

    def _value_size(self, name: str) -> int:
        try:
            return os.stat(self._value_path(name)).st_size
        except OSError:
            return 0

    def entry(self, path: str) -> Entry | None:
        """Return an entry; None for what can't be read, such as one of a later nbvc."""
        try:
            with open(path, "rb") as file:
                return _ENTRY.decode(file.read())
        except (OSError, msgspec.MsgspecError):
            return None

    def _shelf(self, name: str) -> str:
        shelf = digest(name.encode(errors="surrogateescape"))[:16]
        return os.path.join(self.folder, "notebooks", shelf)

    def _value_path(self, name: str) -> str:
        return os.path.join(self.folder, "values", name[:2], name[2:])

    def _failed(self, error: OSError) -> StoreError:
        return StoreError(
            f"what is stripped can't be stored: {error.strerror or error}",
            where=self.folder,
            hint="nothing was stripped",
        )


def _sorted(entries: Iterable[Entry | None]) -> list[Entry]:
    """Return the states that could be read, the newest first."""
    return sorted((one for one in entries if one), key=lambda entry: -entry.stored)


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _files(folder: str) -> Iterator[str]:
    for name in _names(folder):
        if not name.endswith(".new"):
            yield os.path.join(folder, name)
