"""The one place that starts programs: git, and the pager.

Arguments are lists, never a shell. Every program runs in a session of its own, so that nothing in
it finds a terminal to prompt on, and all of it can be stopped when its time is up. We start it
with `posix_spawn`: importing `subprocess` costs more than git itself takes to answer.
"""

from __future__ import annotations

import os
import select
import time

import msgspec

from nbvc.errors import GitError
from nbvc.git.plumbing.programs import lookup_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SIGTERM, _SIGKILL, _SIGPIPE, _SIGXFSZ = 15, 9, 13, 25
"""The same on every POSIX system; importing `signal` costs a millisecond."""

CHUNK = 1 << 16
_GRACE = 0.3
"""Seconds for what a program left running in the background to let go of our pipes."""


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
    """A program that runs, and our ends of its pipes."""

    __slots__ = ("code", "err", "in_", "out", "pid")

    def __init__(self, argv: list[bytes], environ: Mapping[str, str]) -> None:
        if not os.path.isabs(argv[0]):  # the current folder may be a stranger's
            raise GitError(f"{os.fsdecode(argv[0])} can't be started: its path is not absolute")
        pairs = [_pipe() for _ in range(3)]
        (child_in, self.in_), (self.out, child_out), (self.err, child_err) = pairs
        theirs = (child_in, child_out, child_err)
        actions = [(os.POSIX_SPAWN_DUP2, fd, number) for number, fd in enumerate(theirs)]
        self.code: int | None = None
        try:
            self.pid = _spawn(argv, environ, actions)
        except OSError as error:
            _close(self.in_, self.out, self.err)
            program = os.fsdecode(argv[0])
            raise GitError(f"{program} can't be started: {error.strerror}") from error
        finally:
            _close(*theirs)
        os.set_blocking(self.in_, False)

    def ended(self) -> bool:
        """Tell whether the program has ended, and note its exit code."""
        if self.code is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:  # somebody else in this process waited for it
                self.code = 255
                return True
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None

    def wait(self, until: float) -> bool:
        """Wait for the end until a moment; tell whether it came."""
        pause = 0.0002
        while not self.ended():
            if time.monotonic() >= until:
                return False
            time.sleep(pause)
            pause = min(pause * 2, 0.02)
        return True

    def stop(self) -> None:
        """End the program and all that it started: first asked, since git removes its locks then."""
        for number, patience in ((_SIGTERM, 1.0), (_SIGKILL, 5.0)):
            if self.code is not None:
                break
            try:
                os.killpg(self.pid, number)
            except OSError:
                pass
            self.wait(time.monotonic() + patience)

    def end_input(self) -> None:
        """Close the program's input: it has all that it gets."""
        _close(self.in_)
        self.in_ = -1

    def close(self) -> None:
        """Let go of the pipes."""
        _close(self.in_, self.out, self.err)
        self.in_ = self.out = self.err = -1


def _spawn(
    argv: list[bytes], environ: Mapping[str, str], actions: list[tuple[int, int, int]]
) -> int:
    restored = [_SIGPIPE, _SIGXFSZ]  # which Python ignores, and no other program expects ignored
    try:
        return os.posix_spawn(
            argv[0], argv, environ, file_actions=actions, setsid=True, setsigdef=restored
        )
    except NotImplementedError:  # old C libraries: a process group, at least
        return os.posix_spawn(
            argv[0], argv, environ, file_actions=actions, setpgroup=0, setsigdef=restored
        )


def _pipe() -> tuple[int, int]:
    """Return a pipe clear of the numbers of stdin, stdout and stderr, which may be closed."""
    ends = os.pipe()
    if min(ends) > 2:
        return ends
    import fcntl

    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 3) for end in ends)
    _close(*ends)
    return moved[0], moved[1]


def _close(*fds: int) -> None:
    for fd in fds:
        if fd >= 0:
            os.close(fd)


def attended(running: Running, stdin: bytes, until: float) -> Finished:
    """Feed a program, hear it out, and see it end; stop it when its time is up."""
    out: list[bytes] = []
    err: list[bytes] = []
    in_time = False
    try:
        heard = {running.out: out, running.err: err}
        in_time = _exchange(running, stdin, heard, until) and running.wait(until)
    finally:
        code = running.code
        running.stop()
        running.close()
    code = 255 if code is None or not in_time else code
    return Finished(code, b"".join(out), b"".join(err), not in_time)


def _exchange(running: Running, stdin: bytes, heard: dict[int, list[bytes]], until: float) -> bool:
    """Write and read until both outputs are closed; tell whether that was in time."""
    watched = select.poll()
    left = memoryview(stdin)
    listening = set(heard)
    for fd in listening:
        watched.register(fd, select.POLLIN)
    if left:
        watched.register(running.in_, select.POLLOUT)
    else:
        running.end_input()
    given_up = until
    while listening and (now := time.monotonic()) < given_up:
        ready = watched.poll(min(given_up - now, 0.1) * 1000)
        for fd, _ in ready:
            if fd == running.in_:
                left = _feed(running, left, watched)
            elif chunk := os.read(fd, CHUNK):
                heard[fd].append(chunk)
            else:
                watched.unregister(fd)
                listening.discard(fd)
        # A hook may leave something running that holds our pipes: the program's own end counts.
        if not ready and given_up == until and running.ended():
            given_up = min(until, now + _GRACE)
    return not listening or running.ended()


def _feed(running: Running, left: memoryview, watched: select.poll) -> memoryview:
    """Write what the program takes now; close its input after the last byte."""
    try:
        left = left[os.write(running.in_, left) :]
    except BlockingIOError:
        return left
    except BrokenPipeError:  # it has heard enough, and will say so
        left = left[:0]
    if not left:
        watched.unregister(running.in_)
        running.end_input()
    return left


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
    except BrokenPipeError:
        pass
    if pager.returncode == _NOT_FOUND:
        yield from given
        yield from chunks
