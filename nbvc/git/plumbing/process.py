"""The one place that starts programs: git, the pager, and nbvc's own workers.

Arguments are lists, never a shell. Every program runs in a session of its own, so that it finds no
terminal to prompt on, and can be stopped together with its children. Pipes are read by threads,
which work on every system.
"""

from __future__ import annotations

import os
import time

import msgspec

from nbvc.errors import GitError
from nbvc.git.plumbing.programs import lookup_path
from nbvc.lazy import import_lightly
from nbvc.platform import ask_to_end, exit_code, is_unread_pipe, kill, own_session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import IO

CHUNK = 1 << 16
_AT_ONCE = 4096
"""Bytes that an empty pipe takes without waiting, on every system."""
_GRACE = 0.3
"""Seconds for programs left running in the background to close our pipes."""


class Finished(msgspec.Struct, frozen=True):
    """What became of a program: exit code (negative: the signal), output, and whether time ran out."""

    code: int
    stdout: bytes
    stderr: bytes
    timed_out: bool = False

    @property
    def lines(self) -> list[str]:
        """The output's lines, as file names are decoded."""
        return os.fsdecode(self.stdout).splitlines()


class Running:
    """A program that runs, and our ends of its pipes.

    Without `reports` its stderr is discarded.
    """

    __slots__ = ("_process", "err", "in_", "out")

    def __init__(
        self, argv: list[str], environ: Mapping[str, str], *, reports: bool = True
    ) -> None:
        if not os.path.isabs(argv[0]):  # The current folder may be a stranger's.
            raise GitError(f"{argv[0]} can't be started: its path is not absolute")
        # It uses these for what is not asked of it here; they take as long to import as it does.
        import_lightly("subprocess", {"locale": {}, "signal": {}})
        from subprocess import DEVNULL, PIPE, Popen

        try:
            self._process = Popen(
                argv,
                bufsize=0,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE if reports else DEVNULL,
                env=environ,
                **own_session(),
            )
        except OSError as error:
            raise GitError(f"{argv[0]} can't be started: {error.strerror}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.in_, self.out = self._process.stdin, self._process.stdout
        self.err = self._process.stderr

    @property
    def code(self) -> int | None:
        """The exit code, None as long as nothing noticed the end."""
        return self._process.returncode

    def has_ended(self) -> bool:
        """Return whether the program has ended, and note its exit code."""
        return exit_code(self._process) is not None

    def wait(self, until: float) -> bool:
        """Wait for the end until a moment; return whether it came."""
        pause = 0.0002
        while not self.has_ended():
            if time.monotonic() >= until:
                return False
            time.sleep(pause)
            pause = min(pause * 2, 0.02)
        return True

    def ask_to_end(self) -> None:
        """Ask the program and all that it started to end, from any thread."""
        if self.code is None:
            ask_to_end(self._process)

    def kill(self) -> None:
        """End the program and all that it started at once, from any thread."""
        if self.code is None:
            kill(self._process)

    def stop(self) -> None:
        """End the program and all that it started: first asked, since git removes its locks then."""
        for end, patience in ((self.ask_to_end, 1.0), (self.kill, 5.0)):
            end()
            self.wait(time.monotonic() + patience)

    def close(self) -> None:
        """Close the pipes."""
        for pipe in (self.in_, self.out, self.err):
            if pipe is not None:
                pipe.close()


class Listener:
    """What comes out of a pipe, read in a thread, which closes the pipe at its end.

    If another program holds the pipe's other end, the thread lasts as long as that program.
    """

    __slots__ = ("_chunks", "_pipe", "_thread")

    def __init__(self, pipe: IO[bytes]) -> None:
        from threading import Thread

        self._pipe = pipe
        self._chunks: list[bytes] | None = []
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with self._pipe as pipe:
            while chunk := os.read(pipe.fileno(), CHUNK):
                if (chunks := self._chunks) is not None:
                    chunks.append(chunk)

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the output; return whether it came."""
        self._thread.join(max(seconds, 0))
        return not self._thread.is_alive()

    def take(self) -> bytes:
        """Return the output until now; discard what comes later."""
        chunks, self._chunks = self._chunks or [], None
        return b"".join(chunks)


def listen_briefly(pipe: IO[bytes]) -> bytes:
    """Return what a program that has ended left in a pipe, and close the pipe."""
    listener = Listener(pipe)
    listener.wait(_GRACE)
    return listener.take()


def run_to_end(running: Running, stdin: bytes, until: float) -> Finished:
    """Write a program's input, read its output, and see it end; stop it when its time is up."""
    in_time = False
    assert running.err is not None
    listeners = [Listener(running.out), Listener(running.err)]
    failed: list[OSError] = []
    try:
        _feed(running.in_, stdin, failed)
        in_time = _outputs_end(running, listeners, until) and running.wait(until)
    finally:
        code = running.code
        running.stop()
    if not in_time:
        for listener in listeners:
            listener.wait(_GRACE)
    code = 255 if code is None or not in_time or failed else code
    said = listeners[1].take() + b"".join(str(error).encode() for error in failed)
    return Finished(code, listeners[0].take(), said, not in_time)


def _outputs_end(running: Running, listeners: list[Listener], until: float) -> bool:
    """Wait until both outputs or the program end; return whether that was in time."""
    given_up = until
    while (now := time.monotonic()) < given_up:
        if all(listener.wait(min(given_up - now, 0.1)) for listener in listeners):
            return True
        # A hook may leave a program running that holds our pipes: the program's own end counts.
        if given_up == until and running.has_ended():
            given_up = min(until, now + _GRACE)
    return running.has_ended()


def _feed(pipe: IO[bytes], content: bytes, failed: list[OSError]) -> None:
    """Write a program's input and close it; a long input in a thread. `failed` gets errors."""
    if len(content) <= _AT_ONCE:
        _write(pipe, content, failed)
        return
    from threading import Thread

    Thread(target=_write, args=(pipe, content, failed), daemon=True).start()


def _write(pipe: IO[bytes], content: bytes, failed: list[OSError]) -> None:
    try:
        with pipe:
            write_all(pipe, content)
    except BrokenPipeError:
        pass  # The program has read enough; its exit code says whether that is an error.
    except OSError as error:  # It takes what it got for all.
        failed.append(error)


def write_all(pipe: IO[bytes], content: bytes) -> None:
    """Write to a pipe without a buffer. Raises `OSError`."""
    left = memoryview(content)
    while left:
        left = left[pipe.write(left) :]


_NOT_FOUND = 127
"""What a shell ends with that does not find the program."""


def through_pager(
    command: str, chunks: Iterator[bytes], environ: Mapping[str, str]
) -> Iterator[bytes]:
    """Write to a pager, which is a shell command as git has it, until it is left.

    It is the one program that owns the terminal, hence no session of its own and no deadline. The
    shell looks for it in the absolute folders of PATH. Returns what is left to write if there is no
    such program.
    """
    import subprocess

    environ = {**environ, "PATH": lookup_path(environ)}

    given: list[bytes] = []
    size = 0
    pager = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, env=environ)  # noqa: S602
    assert pager.stdin is not None
    try:
        with pager:
            for chunk in chunks:
                if size < 2 * CHUNK:  # more than a pipe takes that nobody reads from
                    given.append(chunk)
                    size += len(chunk)
                pager.stdin.write(chunk)
    except OSError as error:
        if not is_unread_pipe(error):
            raise
    if pager.returncode == _NOT_FOUND:
        yield from given
        yield from chunks


def run_in_terminal(argv: list[str], environ: Mapping[str, str]) -> int:
    """Run a program that the user asked for until it ends; return its exit code.

    It has the terminal, hence no session of its own and no deadline. Raises `GitError` if it cannot
    be started.
    """
    import subprocess

    if not os.path.isabs(argv[0]):
        raise GitError(f"{argv[0]} can't be started: its path is not absolute")
    try:
        return subprocess.call(argv, env=environ)
    except OSError as error:
        raise GitError(f"{argv[0]} can't be started: {error.strerror}") from error
