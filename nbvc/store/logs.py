"""Files of the store: each process that strips something appends to one of its own.

    1767225600000000000-4f21c9.log      record record record …
    record                              head · content · the head again, as a tail
    head                                mark · kind · number · key · length · digest · checksum

A record is written by one call and says where the next one begins, so a log needs no index, and one
that was cut off is whole up to its last record. Nobody waits for anybody, and nothing is renamed.

Nothing is used that its digest does not confirm. A damaged place costs the record that it is in: the
mark, which no UTF-8 text contains, leads to the next one, and a head that is damaged is in the tail
as well. Logs of nbvc 0.1 are read, too: their records have a shorter head, and no tail.
"""

from __future__ import annotations

import os
import struct
import time

import msgspec

from nbvc.lazy import compile_lazily
from nbvc.platform import PRIVATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mmap import mmap

    from nbvc.git.plumbing.sharing import Sharing

_FAMILY = b"\xffnb"
MARK = _FAMILY + b"2"
_TAIL = _FAMILY + b"."
HEAD = struct.Struct(">4scQ20sQ20sI")
OLD_MARK = b"nbv1"
OLD_HEAD = struct.Struct(">4sc20sQ")
STATE = b"S"
VALUE = b"V"
GONE = b"G"
"""A record that was forgotten: its content is zeros."""

_NEVER = bytes(20)
"""No content has this digest."""

_KINDS = frozenset((STATE, VALUE, GONE))
_NAME = compile_lazily(r"\d+-[0-9a-f]{6}\.log")
_SUFFIX = ".log"
_CHECKED = HEAD.size - 4
OWNER = 8
"""So many bytes of a state's key stand for the notebook, the rest for its content."""

_BEGIN = struct.Struct(">4scQ8s")
"""What of a head says which notebook a state is of: of use even if the rest was cut off."""


def digest(*texts: bytes) -> bytes:
    """Return a name for a content: twenty bytes."""
    from hashlib import sha256

    made = sha256()
    for text in texts:
        made.update(text)
    return made.digest()[:20]


class Record(msgspec.Struct, frozen=True):
    """What a log holds at one place: kind, key, number, digest of the content, and the place.

    `check` is None for records of nbvc 0.1, which have no digest. `start` is the first byte of the
    content, and `head` that of the record.
    """

    kind: bytes
    key: bytes
    path: str
    head: int
    start: int
    length: int
    number: int = 0
    check: bytes | None = None

    @property
    def owner(self) -> bytes:
        """What of a state's key stands for the notebook."""
        return self.key[:OWNER]

    @property
    def end(self) -> int:
        """The byte behind the record."""
        return self.start + self.length + (0 if self.check is None else HEAD.size)

    def content(self) -> bytes | None:
        """Return the content, None if the log is gone, or the content is not what was written."""
        try:
            with open(self.path, "rb") as file:
                file.seek(self.start)
                found = file.read(self.length)
        except OSError:
            return None
        wanted = self.key if self.kind == VALUE else self.check
        is_whole = len(found) == self.length and (wanted is None or digest(found) == wanted)
        return found if is_whole else None

    def is_there(self) -> bool:
        """Return whether the log still holds this record, and has not forgotten it."""
        try:
            with open(self.path, "rb") as file:
                file.seek(self.head)
                start = file.read(5)
        except OSError:
            return False
        return start[-1:] == self.kind


class Damage(msgspec.Struct, frozen=True):
    """A place in a log that can't be read, and nobody knows whose: its first byte.

    `reason` is the system's, if it is the whole file that can't be read.
    """

    path: str
    start: int
    reason: str = ""


class Content(msgspec.Struct, frozen=True):
    """What was found in a log. `is_later`: something in it was written by a later nbvc."""

    records: list[Record] = []
    damages: list[Damage] = []
    is_later: bool = False


class Log:
    """A new log of this process, made with its first record."""

    __slots__ = ("_end", "_file", "_folder", "_sharing", "path")

    def __init__(self, folder: str, sharing: Sharing) -> None:
        """Use a folder, which need not exist."""
        self._folder = folder
        self._sharing = sharing
        self._file: int | None = None
        self._end = 0
        self.path = ""

    def append(self, kind: bytes, key: bytes, content: bytes, number: int = 0) -> Record:
        """Write a record, which is there for everybody from then on. Raises `OSError`."""
        if self._file is None:
            self._file = self._make_file()
        check = key if kind == VALUE else digest(content)
        fields = (kind, key, number, len(content), check)
        parts = (_pack_mark(MARK, *fields), content, _pack_mark(_TAIL, *fields))
        total = sum(map(len, parts))
        if _write(self._file, parts) != total:
            os.ftruncate(self._file, self._end)
            os.lseek(self._file, self._end, os.SEEK_SET)
            written = os.write(self._file, b"".join(parts))
            if written != total:
                os.ftruncate(self._file, self._end)
                raise OSError(28, "No space left on device", self.path)
        head, self._end = self._end, self._end + total
        return Record(kind, key, self.path, head, head + HEAD.size, len(content), number, check)

    def _make_file(self) -> int:
        name = f"{time.time_ns()}-{os.urandom(3).hex()}{_SUFFIX}"
        self.path = os.path.join(self._folder, name)
        options = os.O_WRONLY | os.O_CREAT | os.O_EXCL | PRIVATE
        self._sharing.make_folder(self._folder, 0o700)
        made = os.open(self.path, options, 0o600)
        for path in (self.path, self._folder, os.path.dirname(self._folder)):
            self._sharing.adjust(path)
        return made

    def close(self) -> str | None:
        """Close the log; return its path if it was made, so that it can be synced."""
        if self._file is None:
            return None
        os.close(self._file)
        self._file = None
        self._end = 0
        return self.path


def _pack_mark(
    mark: bytes, kind: bytes, key: bytes, number: int, length: int, check: bytes
) -> bytes:
    from zlib import crc32

    head = HEAD.pack(mark, kind, number, key, length, check, 0)[:_CHECKED]
    return head + crc32(head).to_bytes(4, "big")


def _write(file: int, parts: tuple[bytes, ...]) -> int:
    """Write all in one call; Windows has none that takes parts."""
    return os.writev(file, parts) if hasattr(os, "writev") else os.write(file, b"".join(parts))


def forget(record: Record) -> None:
    """Overwrite a record's content, then its head, where they are. Raises `OSError`.

    Another process may append to the same log meanwhile.
    """
    fields = (GONE, bytes(20), record.number, record.length, _NEVER)
    with open(record.path, "r+b", buffering=0) as file:
        file.seek(record.start)
        left = record.length
        while left:
            left -= file.write(bytes(min(left, 1 << 20))) or 0
        os.fsync(file.fileno())
        if record.start == record.head:  # it was cut off
            return
        if record.check is None:
            file.seek(record.head)
            file.write(OLD_HEAD.pack(OLD_MARK, GONE, bytes(20), record.length))
        else:
            file.seek(record.start + record.length)
            file.write(_pack_mark(_TAIL, *fields))
            file.seek(record.head)
            file.write(_pack_mark(MARK, *fields))
        os.fsync(file.fileno())


def list_logs(folder: str) -> list[str]:
    """Return the paths of all logs. Other files are not the store's. Raises `OSError`."""
    try:
        names = sorted(name for name in os.listdir(folder) if _NAME.fullmatch(name))
    except FileNotFoundError:
        return []
    return [os.path.join(folder, name) for name in names]


def read_log(path: str) -> Content:
    """Return the records of a log, in their order, and its damaged places."""
    try:
        file = open(path, "rb", buffering=0)  # noqa: SIM115 - closed below
    except FileNotFoundError:  # another process has collected it
        return Content()
    except OSError as error:
        return Content([], [Damage(path, 0, error.strerror or str(error))])
    with file:
        size = os.fstat(file.fileno()).st_size
        found = _Reading(path, size, [], [])
        position = 0
        while position < size:
            file.seek(position)
            record = _record(file.read(HEAD.size), path, position, size)
            position = found.add(record) if record else _skip(file.fileno(), found, position)
    damages = found.damages if size else [Damage(path, 0)]
    return Content(found.records, damages, found.is_later)


class _Reading(msgspec.Struct):
    """A log while it is read."""

    path: str
    size: int
    records: list[Record]
    damages: list[Damage]
    is_later: bool = False

    def add(self, record: Record) -> int:
        """Take a record in; return the byte behind it."""
        if record.kind in _KINDS:
            self.records.append(record)
        else:
            self.is_later = True
        return record.end


def _record(head: bytes, path: str, position: int, size: int) -> Record | None:
    """Return the record that begins with these bytes, None if the log has no room for one."""
    if head.startswith(OLD_MARK) and len(head) >= OLD_HEAD.size:
        _, kind, key, length = OLD_HEAD.unpack_from(head)
        record = Record(kind, key, path, position, position + OLD_HEAD.size, length)
    else:
        fields = _unpack_mark(head, MARK)
        if fields is None:
            return None
        kind, key, number, length, check = fields
        record = Record(kind, key, path, position, position + HEAD.size, length, number, check)
    return record if record.end <= size else None


def _unpack_mark(head: bytes, mark: bytes) -> tuple[bytes, bytes, int, int, bytes] | None:
    """Return the fields of a head or tail, None if they are not what was written."""
    from zlib import crc32

    if len(head) < HEAD.size or not head.startswith(mark):
        return None
    _, kind, number, key, length, check, checksum = HEAD.unpack(head)
    return (kind, key, number, length, check) if crc32(head[:_CHECKED]) == checksum else None


def _skip(handle: int, found: _Reading, position: int) -> int:
    """Go on behind a place that is not the beginning of a record; return where that is.

    The record is whole if its tail is; else the place is damaged, or a later nbvc's.
    """
    from mmap import ACCESS_READ, mmap

    with mmap(handle, 0, access=ACCESS_READ) as text:
        begin, goes_on, record = _read_next(text, found, position)
        if begin > position:
            head = text[position : position + HEAD.size]
            cut = _cut_off(head, found.path, position, begin)
            if _is_later(head):
                found.is_later = True
            elif cut is not None:
                found.records.append(cut)
            else:
                found.damages.append(Damage(found.path, position))
    return found.add(record) if record else goes_on


def _read_next(text: mmap, found: _Reading, position: int) -> tuple[int, int, Record | None]:
    """Return where the next record begins, where to go on, and the record if its tail is whole."""
    for match in _MARKS.finditer(text, position):
        at = match.start()
        part = text[at : at + HEAD.size]
        fields = _unpack_mark(part, _TAIL)
        if fields is not None:
            kind, key, number, length, check = fields
            start = at - length
            if start - HEAD.size >= position:
                head = start - HEAD.size
                return head, 0, Record(kind, key, found.path, head, start, length, number, check)
        elif at > position and (record := _record(part, found.path, at, found.size)):
            follows = text[record.end : record.end + len(MARK)]
            is_old = record.kind in _KINDS and (not follows or _MARKS.match(follows))
            if record.check is not None or is_old:
                return at, at, None
    return found.size, found.size, None


_MARKS = compile_lazily(b"%b[2.]|%b" % (_FAMILY, OLD_MARK))


def _is_later(head: bytes) -> bool:
    """Return whether a record begins as those of a later nbvc may; a part of a mark is a cut one."""
    mark = head[: len(MARK)]
    if len(mark) < len(MARK) or mark in {MARK, _TAIL, OLD_MARK}:
        return False
    return mark[:3] in {_FAMILY, OLD_MARK[:3]}


def _cut_off(head: bytes, path: str, position: int, end: int) -> Record | None:
    """Return a state whose end is missing, None if what is left does not say whose it is."""
    if not head.startswith((MARK + STATE, OLD_MARK + STATE)) or len(head) < _BEGIN.size:
        return None
    if head.startswith(OLD_MARK):
        number, owner = 0, head[5:13]
    elif len(head) < HEAD.size or _unpack_mark(head, MARK) is not None:
        _, _, number, owner = _BEGIN.unpack_from(head)
    else:
        return None
    return Record(
        STATE, owner + bytes(12), path, position, position, end - position, number, _NEVER
    )
