"""What the server and its workers say to each other over pipes: a letter, a length, and bytes."""

from __future__ import annotations

import struct
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import IO

_HEAD = struct.Struct("<cQ")
_PART = 1 << 18
"""Bytes that are read at a time."""


class FrameKind(Enum):
    """What a frame holds. Each end writes its own kinds alone."""

    TASK = b"T"
    """To the worker: what to do, as JSON. The body of the request follows."""
    BODY = b"B"
    STOP = b"S"
    """To the worker: the task is not wanted any more."""
    GIVEN = b"G"
    """To the worker: the answer to a question."""
    DENIED = b"D"
    """To the worker: why there is no answer to a question, as JSON."""
    READ = b"R"
    """From the worker: the path of a notebook that it needs from the contents manager."""
    SAVE = b"W"
    """From the worker: a notebook for the contents manager; its path follows as `BODY`."""
    DONE = b"O"
    """From the worker: the result."""
    PACKED = b"Z"
    """From the worker: the result, compressed by gzip."""
    REFUSED = b"E"
    """From the worker: an error for the user, as JSON."""
    FAILED = b"X"
    """From the worker: an error of our own, as JSON: its type, and the traceback for the log."""


def write_frame(pipe: IO[bytes], kind: FrameKind, content: bytes = b"") -> None:
    """Write a frame to a pipe without buffer. Raises `OSError`."""
    left = memoryview(_HEAD.pack(kind.value, len(content)))
    for part in (left, memoryview(content)):
        at = 0
        while at < len(part):
            at += pipe.write(part[at:]) or 0


def read_frame(pipe: IO[bytes]) -> tuple[FrameKind, bytes]:
    """Return the next frame of a pipe without buffer. Raises `EOFError`."""
    kind, parts = read_parts(pipe)
    return kind, parts[0] if len(parts) == 1 else b"".join(parts)


def read_parts(pipe: IO[bytes]) -> tuple[FrameKind, list[bytes]]:
    """Return the next frame in parts: one copy of all of it would hold the interpreter.

    Raises `EOFError`.
    """
    letter, size = _HEAD.unpack(_read(pipe, _HEAD.size))
    return FrameKind(letter), [_read(pipe, min(_PART, size - at)) for at in range(0, size, _PART)]


def _read(pipe: IO[bytes], size: int) -> bytes:
    content = bytearray(size)
    view = memoryview(content)
    at = 0
    while at < size:
        count = pipe.readinto(view[at:])  # type: ignore[attr-defined]
        if not count:
            raise EOFError
        at += count
    return bytes(content)
