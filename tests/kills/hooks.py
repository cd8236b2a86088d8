"""The n-th write, sync, rename or process of a program, where it is killed or told of a fault.

    events.index   0      1     2        3       4
                 write  sync  replace  start    end

`watch` puts hooks into this very process, which is a fork that ends with what it tries. What a
disk would do slowly is left out: a sync is counted and not carried out, since the death of a
process loses nothing that was written.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import select
import signal
import stat
import subprocess
from enum import Enum
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self


class Blow(Enum):
    """What happens at the chosen event."""

    KILL = "killed before it"
    TORN = "killed half way through a write"
    LATE = "killed after it"
    FULL = "no space left on the disk"
    BROKEN = "an I/O error"
    READ_ONLY = "a read-only file system"

    @property
    def errno(self) -> int:
        """The error that the system gives; 0 for a kill."""
        return _ERRORS.get(self, 0)


_ERRORS = {Blow.FULL: errno.ENOSPC, Blow.BROKEN: errno.EIO, Blow.READ_ONLY: errno.EROFS}


_NEEDS_ROOM = frozenset({"open", "write", "sync", "replace", "rename", "link", "symlink", "mkdir"})


TORN = frozenset({"write", "pipe"})
"""Kinds of events that can be done by half."""
SPARED = frozenset({"start", "end", "pipe"})
"""Kinds of events that no disk can spoil."""


class Event(NamedTuple):
    """What a program was about to do, and with what."""

    kind: str
    subject: str


class Watch:
    """Counts the events, and strikes at one of them."""

    def __init__(self, at: int = -1, blow: Blow = Blow.KILL, *, lasting: bool = False) -> None:
        self.at = at
        self.blow = blow
        self.lasting = lasting
        """Whether a fault stays: every later event but the removal of a file has it, too."""
        self.children = -1
        """Where to write the ids of the processes that are started, a line each."""
        self.events: list[Event] = []

    def __call__(self, kind: str, subject: object, act: Callable[[], Any]) -> Any:
        """Do something that counts as an event, unless it is the one where all ends."""
        mine = self.before(kind, subject)
        result = act()
        if mine:
            self.die()
        return result

    def before(self, kind: str, subject: object) -> bool:
        """Count an event and strike before it; tell whether to strike after it."""
        self.events.append(Event(kind, _text(subject)))
        if not self._is_due(kind):
            return False
        if self.blow.errno:
            raise OSError(self.blow.errno, os.strerror(self.blow.errno), _text(subject))
        if self.blow is Blow.KILL or (self.blow is Blow.TORN and kind not in TORN):
            self.die()
        return True

    def _is_due(self, kind: str) -> bool:
        if self.blow.errno and kind in SPARED:
            return False
        now = len(self.events) - 1
        if now > self.at >= 0 and self.lasting and self.blow.errno:
            return kind in _NEEDS_ROOM
        return now == self.at

    def write(
        self, subject: object, act: Callable[[Any], int], content: Any, kind: str = "write"
    ) -> int:
        """Write, or half of it where the blow falls in the middle."""
        mine = self.before(kind, subject)
        whole = memoryview(content).cast("B") if not isinstance(content, str) else content
        # Little goes through a pipe at once or not at all.
        torn = kind == "write" or len(whole) > select.PIPE_BUF
        half = mine and self.blow is Blow.TORN and torn
        count = act(whole[: len(whole) // 2] if half else content)
        if mine:
            self.die()
        return count

    def die(self) -> None:
        """End this process as nothing but a kill ends it."""
        os.kill(os.getpid(), signal.SIGKILL)


def watch(watched: Watch) -> None:
    """Put the hooks in. There is no way back: do this in a fork."""
    for name in ("replace", "rename", "link", "unlink", "rmdir", "mkdir", "symlink", "truncate"):
        _hook_call(watched, name)
    for name in ("fsync", "fdatasync"):
        setattr(os, name, lambda fd: watched("sync", fd, lambda: None))
    _hook_processes(watched)  # first: what it notes for itself is no event
    write = os.write

    def wrote(fd: int, content: Any) -> int:
        kind = "write" if stat.S_ISREG(os.fstat(fd).st_mode) else "pipe"
        return watched.write(fd, lambda part: write(fd, part), content, kind)

    writev, truncate = os.writev, os.ftruncate

    def wrote_all(fd: int, parts: Any) -> int:
        return watched.write(fd, lambda part: writev(fd, [part]), b"".join(parts))

    vars(os)["write"] = wrote
    vars(os)["writev"] = wrote_all
    vars(os)["ftruncate"] = lambda fd, size: watched("truncate", fd, lambda: truncate(fd, size))
    _hook_files(watched)


def _hook_call(watched: Watch, name: str) -> None:
    real = getattr(os, name)

    def hooked(*args: Any, **kwargs: Any) -> Any:
        return watched(name, args[0], lambda: real(*args, **kwargs))

    setattr(os, name, hooked)


def _hook_processes(watched: Watch) -> None:
    start, waitpid, write = subprocess.Popen.__init__, os.waitpid, os.write

    def started(self: Any, argv: Any, *args: Any, **options: Any) -> None:
        mine = watched.before("start", argv[-1])
        start(self, argv, *args, **options)
        if watched.children >= 0:
            write(watched.children, b"%d\n" % self.pid)
        if mine:
            watched.die()

    def waited(pid: int, options: int) -> tuple[int, int]:
        found = waitpid(pid, options)
        if found[0]:
            watched("end", pid, lambda: None)
        return found

    vars(os)["waitpid"] = waited
    cast("Any", subprocess.Popen).__init__ = started


def _hook_files(watched: Watch) -> None:
    real = open

    def opened(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> IO[Any]:
        if not set("wax+") & set(mode):
            return real(file, mode, *args, **kwargs)
        inner = watched("open", file, lambda: real(file, mode, *args, **kwargs))
        return cast("IO[Any]", _File(watched, inner, file))

    vars(builtins)["open"] = opened
    vars(io)["open"] = opened


class _File:
    """A file opened for writing, each write of which is an event that reaches the system."""

    def __init__(self, watched: Watch, inner: IO[Any], name: object) -> None:
        self._watched, self._inner, self._name = watched, inner, name

    def write(self, content: Any) -> int:
        def act(part: Any) -> int:
            count = self._inner.write(part)
            self._inner.flush()
            return count

        return self._watched.write(self._name, act, content)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._inner.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _text(subject: object) -> str:
    if isinstance(subject, bytes):
        return os.fsdecode(subject)
    return str(subject)
