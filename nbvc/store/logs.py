"""Files of the store: each process that strips something appends to one of its own.

    1767225600000000000-4f21c9.log      record record record …
    record                              mark · kind · key · length · content

A record is written by one call and says where the next one begins, so a log needs no index, and one
that was cut off is whole up to its last record. Nobody waits for anybody, and nothing is renamed.
"""

from __future__ import annotations

import os
import struct
import time

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = struct.Struct(">4sc20sQ")
MARK = b"nbv1"
STATE = b"S"
VALUE = b"V"
SUFFIX = ".log"


class Record(msgspec.Struct, frozen=True):
    """Where a record's content stands: what kind, its key, the log, first byte and length."""

    kind: bytes
    key: bytes
    path: str
    start: int
    length: int

    def content(self) -> bytes | None:
        """Return the content, None where the log is gone."""
        try:
            with open(self.path, "rb") as file:
                file.seek(self.start)
                found = file.read(self.length)
        except OSError:
            return None
        return found if len(found) == self.length else None


class Log:
    """A new log of this process, made with its first record."""

    __slots__ = ("_end", "_file", "_folder", "path")

    def __init__(self, folder: str) -> None:
        """Use a folder, which need not exist."""
        self._folder = folder
        self._file: int | None = None
        self._end = 0
        self.path = ""

    def append(self, kind: bytes, key: bytes, content: bytes) -> Record:
        """Write a record, which is there for everybody from then on. Raises `OSError`."""
        if self._file is None:
            self._file = self._made()
        parts = (HEAD.pack(MARK, kind, key, len(content)), content)
        total = sum(map(len, parts))
        if _write(self._file, parts) != total:
            os.ftruncate(self._file, self._end)
            os.lseek(self._file, self._end, os.SEEK_SET)
            written = os.write(self._file, b"".join(parts))
            if written != total:
                os.ftruncate(self._file, self._end)
                raise OSError(28, "No space left on device", self.path)
        start = self._end + HEAD.size
        self._end += total
        return Record(kind, key, self.path, start, len(content))

    def _made(self) -> int:
        name = f"{time.time_ns()}-{os.urandom(3).hex()}{SUFFIX}"
        self.path = os.path.join(self._folder, name)
        options = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        options |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        try:
            return os.open(self.path, options, 0o600)
        except FileNotFoundError:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            return os.open(self.path, options, 0o600)

    def close(self) -> str | None:
        """Let go of the log; return its path where there is one, so that it can be synced."""
        if self._file is None:
            return None
        os.close(self._file)
        self._file = None
        self._end = 0
        return self.path


def _write(file: int, parts: tuple[bytes, ...]) -> int:
    """Write all in one call; Windows has none that takes parts."""
    return os.writev(file, parts) if hasattr(os, "writev") else os.write(file, b"".join(parts))


def logs(folder: str) -> list[str]:
    """Return all logs, the oldest first."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(SUFFIX))
    except OSError:
        return []
    return [os.path.join(folder, name) for name in names]


def is_ours(path: str) -> bool:
    """Tell whether all of a log is in this form, but for a last record that was cut off."""
    end = 0
    for record in records(path):
        if record.kind not in {STATE, VALUE}:
            return False
        end = record.start + record.length
    try:
        with open(path, "rb") as file:
            file.seek(end)
            return MARK.startswith(file.read(len(MARK)))
    except FileNotFoundError:  # another process has collected it
        return True


def records(path: str) -> Iterator[Record]:
    """Yield the whole records of a log, in their order; what follows a damaged place is left out."""
    try:
        file = open(path, "rb", buffering=0)  # noqa: SIM115 - closed below
    except OSError:
        return
    with file:
        size = os.fstat(file.fileno()).st_size
        position = 0
        while position + HEAD.size <= size:
            mark, kind, key, length = HEAD.unpack(file.read(HEAD.size))
            start, position = position + HEAD.size, position + HEAD.size + length
            if mark != MARK or position > size:
                return
            yield Record(kind, key, path, start, length)
            file.seek(position)
