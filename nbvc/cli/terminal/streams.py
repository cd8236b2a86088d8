"""Stdout whose errors name it: the system names no file when it can't write."""

from __future__ import annotations

import io

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from _typeshed import ReadableBuffer


class _Stdout(io.FileIO):
    """The file behind stdout."""

    def write(self, content: ReadableBuffer, /) -> int:
        """Write bytes. Raises `OSError`, which names stdout."""
        try:
            return super().write(content)
        except OSError as error:
            raise OSError(error.errno, error.strerror, "stdout") from error


def reopen_stdout(stream: TextIO) -> TextIO:
    """Return a stream that writes where this one does; the same one if it is not a plain file."""
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    buffer: object = stream.buffer  # PYTHONUNBUFFERED leaves the buffer out.
    raw = buffer.raw if isinstance(buffer, io.BufferedWriter) else buffer
    if type(raw) is not io.FileIO:
        return stream
    named = _Stdout(raw.fileno(), "wb", closefd=False)
    return io.TextIOWrapper(
        named if raw is buffer else io.BufferedWriter(named),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
