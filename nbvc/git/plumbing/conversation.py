"""A program that answers one question after another."""

from __future__ import annotations

import os
import select
import time

from nbvc.git.plumbing.messages import explained
from nbvc.git.plumbing.process import CHUNK, Finished

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self

    from nbvc.git.plumbing.process import Running


_WIDE = 1 << 20
"""Bytes that fit into a pipe, without a privilege, on Linux."""


class Conversation:
    """A program that answers questions, such as `git cat-file --batch`.

    Not for two threads at once. After an error or `close` it is over.
    """

    __slots__ = ("_buffer", "_deadline", "_name", "_running")

    def __init__(self, running: Running, name: str, deadline: float) -> None:
        self._running = running
        self._name = name
        self._deadline = deadline
        self._buffer = bytearray()
        os.set_blocking(running.err, False)

    @property
    def over(self) -> bool:
        """Whether no more questions can be asked."""
        return self._running.out < 0

    def widen(self) -> None:
        """Let the program answer further ahead than it may by default, where the system can."""
        import fcntl

        try:
            fcntl.fcntl(self._running.out, fcntl.F_SETPIPE_SZ, _WIDE)
        except (AttributeError, OSError):
            pass

    def say(self, question: bytes) -> None:
        """Write a question, complete with its end. Raises `GitError`."""
        left = memoryview(question)
        watched = select.poll()
        watched.register(self._running.in_, select.POLLOUT)
        while left:
            if not watched.poll(self._deadline * 1000):
                self._fail(timed_out=True)
            try:
                left = left[os.write(self._running.in_, left) :]
            except BlockingIOError:
                continue
            except OSError:
                self._fail()

    def hear_line(self, end: bytes = b"\n") -> bytes:
        """Return the answer up to `end`, without it. Raises `GitError`."""
        seen = 0
        while (found := self._buffer.find(end, seen)) < 0:
            seen = len(self._buffer)
            self._buffer += self._more()
        line = bytes(self._buffer[:found])
        del self._buffer[: found + len(end)]
        return line

    def hear(self, size: int) -> bytes:
        """Return the answer's next `size` bytes. Raises `GitError`."""
        if len(self._buffer) >= size:
            part = bytes(self._buffer[:size])
            del self._buffer[:size]
            return part
        parts, missing = [bytes(self._buffer)], size - len(self._buffer)
        self._buffer.clear()
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        if missing < 0:
            parts[-1], rest = parts[-1][:missing], parts[-1][missing:]
            self._buffer += rest
        return b"".join(parts)

    def _more(self) -> bytes:
        watched = select.poll()
        watched.register(self._running.out, select.POLLIN)
        if not watched.poll(self._deadline * 1000):
            self._fail(timed_out=True)
        return os.read(self._running.out, CHUNK * 4) or self._fail()

    def _fail(self, *, timed_out: bool = False) -> bytes:
        """End the conversation and raise what git said."""
        if not timed_out:
            self._running.wait(time.monotonic() + 1)
        try:
            stderr = os.read(self._running.err, CHUNK)
        except OSError:
            stderr = b""
        self.close()
        code = self._running.code or 255
        raise explained(self._name, Finished(code, b"", stderr, timed_out), self._deadline)

    def close(self) -> None:
        """End the program; it has nothing to lose."""
        if not self.over:
            self._running.close()
            self._running.wait(time.monotonic() + 0.2)
            self._running.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # A caller that forgot: no descriptor and no process may leak in a server.
        if getattr(self, "_running", None) is not None:
            self.close()
