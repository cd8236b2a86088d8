"""A program that answers one question after another."""

from __future__ import annotations

import os
import time

from nbvc.git.plumbing.messages import explain_failure
from nbvc.git.plumbing.process import CHUNK, Finished, listen_briefly, write_all
from nbvc.platform import widen_pipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self

    from nbvc.git.plumbing.process import Running


class Conversation:
    """A program that answers questions, such as `git cat-file --batch`.

    Not for two threads at once. After an error or `close` it is over.
    """

    __slots__ = ("_buffer", "_name", "_running", "_watchdog")

    def __init__(self, running: Running, name: str, deadline: float) -> None:
        self._running = running
        self._name = name
        self._watchdog = _Watchdog(running, deadline)
        self._buffer = bytearray()

    @property
    def over(self) -> bool:
        """Whether no more questions can be asked."""
        return self._running.out.closed

    def widen(self) -> None:
        """Let the program answer further ahead than it may by default, where the system can."""
        widen_pipe(self._running.out.fileno())

    def send(self, question: bytes) -> None:
        """Write a question, complete with its end. Raises `GitError`."""
        try:
            with self._watchdog:
                write_all(self._running.in_, question)
        except OSError:
            self._fail()

    def receive_line(self, end: bytes = b"\n") -> bytes:
        """Return the answer up to `end`, without it. Raises `GitError`."""
        seen = 0
        while (found := self._buffer.find(end, seen)) < 0:
            seen = max(0, len(self._buffer) - len(end) + 1)
            self._buffer += self._read_more()
        line = bytes(self._buffer[:found])
        del self._buffer[: found + len(end)]
        return line

    def receive(self, size: int) -> bytes:
        """Return the answer's next `size` bytes. Raises `GitError`."""
        if len(self._buffer) >= size:
            part = bytes(self._buffer[:size])
            del self._buffer[:size]
            return part
        parts, missing = [bytes(self._buffer)], size - len(self._buffer)
        self._buffer.clear()
        while missing > 0:
            parts.append(self._read_more())
            missing -= len(parts[-1])
        if missing < 0:
            parts[-1], rest = parts[-1][:missing], parts[-1][missing:]
            self._buffer += rest
        return b"".join(parts)

    def _read_more(self) -> bytes:
        with self._watchdog:
            answer = os.read(self._running.out.fileno(), CHUNK * 4)
        return answer or self._fail()

    def _fail(self) -> bytes:
        """End the conversation and raise what git said."""
        late, deadline = self._watchdog.barked, self._watchdog.deadline
        self._running.wait(time.monotonic() + 1)
        code = self._running.code or 255
        errors, self._running.err = self._running.err, None
        self.close()
        stderr = b"" if errors is None else listen_briefly(errors)
        raise explain_failure(self._name, Finished(code, b"", stderr, late), deadline)

    def close(self) -> None:
        """End the program; it has nothing to lose."""
        if not self.over:
            self._watchdog.close()
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


class _Watchdog:
    """Stops a program that lets us wait for longer than a deadline, from a thread.

    It sleeps for a deadline, not for each question: starting a thread costs more than an answer.
    """

    __slots__ = ("_began", "_closed", "_running", "_thread", "barked", "deadline")
    # It knows nothing of the conversation, which ends when its user forgets it.

    def __init__(self, running: Running, deadline: float) -> None:
        from threading import Event, Thread

        self.deadline = deadline
        self.barked = False
        self._running = running
        self._began: float | None = None
        self._closed = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._began = None

    def _watch(self) -> None:
        pause = self.deadline
        while not self._closed.wait(pause):
            began = self._began
            pause = self.deadline if began is None else began + self.deadline - time.monotonic()
            if pause <= 0:
                self.barked = True
                self._running.ask_to_end()
                if not self._closed.wait(1):
                    self._running.kill()
                return

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._thread.join(1)  # At the end of the interpreter it may never come.
