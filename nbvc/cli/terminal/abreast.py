"""Work on several cores whose results come in order, the first of them at once.

    parent    reads 0 1 2 3 │ 4 5 6 7 │ 8 9 …
    worker 1        0 1 2 3           │ 8 9 …      forked: it has everything that the parent had
    worker 2                  4 5 6 7

A worker that is ahead waits at its full pipe, so that nothing piles up while a person reads.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ENOUGH = 24
"""From so many pieces of work on, other processes pay."""

_TURN = 4
_MOST = 8
_SIGTERM = 15
_SIZE = 8
"""Bytes in which the length of a result is told."""


def workers(count: int) -> int:
    """Return how many processes should share so many pieces of work; 1 for this one alone."""
    if sys.platform != "linux" or count < ENOUGH:
        return 1
    return min(len(os.sched_getaffinity(0)), _MOST, count // _TURN)


def abreast(
    work: Callable[[int], bytes], count: int, processes: int, begin: Callable[[Sequence[int]], None]
) -> Iterator[bytes]:
    """Yield `work(0)`, `work(1)`, … done by forked processes.

    Each of them calls `begin` first, with what it will do. What a process that died did not do is
    done here, and raises what it raises.
    """
    shares = [
        [number for number in range(count) if number // _TURN % processes == share]
        for share in range(processes)
    ]
    sys.stdout.flush()
    running: list[tuple[int, int]] = []
    try:
        for share in shares:
            running.append(_forked(work, share, begin, [fd for _, fd in running]))
        for number in range(count):
            result = _received(running[number // _TURN % processes][1])
            yield work(number) if result is None else result
    finally:
        for pid, fd in running:
            os.close(fd)
            _end(pid)


def _forked(
    work: Callable[[int], bytes],
    share: Sequence[int],
    begin: Callable[[Sequence[int]], None],
    others: Sequence[int],
) -> tuple[int, int]:
    """Start a process that does a share of the work; its id, and where its results come from."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    code = 1
    try:
        for fd in (reading, *others):
            os.close(fd)
        begin(share)
        for number in share:
            result = work(number)
            _send(writing, len(result).to_bytes(_SIZE, "big") + result)
        code = 0
    finally:
        # Whatever it was, the parent does it again and says it; nothing of the parent's ends here.
        os._exit(code)


def _send(fd: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(fd, left) :]


def _received(fd: int) -> bytes | None:
    """Return the next result from a process, None where it died."""
    head = _exactly(fd, _SIZE)
    return None if head is None else _exactly(fd, int.from_bytes(head, "big"))


def _exactly(fd: int, size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(fd, min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _end(pid: int) -> None:
    try:
        os.kill(pid, _SIGTERM)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
