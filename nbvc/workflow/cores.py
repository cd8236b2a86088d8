"""Work on several cores whose results come in order, the first of them at once.

    parent    reads 0 1 2 3 │ 4 5 6 7 │ 8 9 …
    worker 1        0 1 2 3           │ 8 9 …
    worker 2                  4 5 6 7

A worker is a copy of this process where that is safe, elsewhere a Python of its own that gets
the work by pickle. Both write their results to a pipe. A worker that is ahead waits at its full pipe,
so that nothing piles up while a person reads.
"""

from __future__ import annotations

import os
import sys

import msgspec

from nbvc.platform import can_fork, count_cores, fork

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import IO, Any, TypeVar

    Work = Callable[[int], bytes]
    Begin = Callable[[Sequence[int]], None]
    Item = TypeVar("Item")
    Result = TypeVar("Result")

ENOUGH = 24
"""From so many pieces of work on, copies of this process pay."""
_ENOUGH_TO_SPAWN = 200
"""The same for processes that import everything again."""

_TURN = 4
_MOST = 8
_SIGTERM = 15
_SIZE = 8
"""Bytes that give the length of a result."""
_BOOT = "import sys; sys.path[:] = sys.argv[1:]; from nbvc.workflow.cores import main; main()"
"""What another Python runs: it imports nbvc from where this one does, never from the current folder."""


ENOUGH_FILES = 64
"""The same for files that are read and written."""
BATCH = 128
"""So many files are read and written at one go."""


def count_processes(count: int) -> int:
    """Return how many processes should share so many pieces of work; 1 for this one alone."""
    if count < (ENOUGH if can_fork() else _ENOUGH_TO_SPAWN):
        return 1
    return min(count_cores(), _MOST, count // _TURN)


def do_nothing(_: Sequence[int]) -> None:
    """Begin a share of work that needs no preparation."""


def share_work(
    work: Work,
    count: int,
    processes: int,
    begin: Begin = do_nothing,
    *,
    environ: Mapping[str, str],
    turn: int = _TURN,
) -> Iterator[bytes]:
    """Yield `work(0)`, `work(1)`, … done by other processes, `turn` after one another by each.

    Each of them calls `begin` first, with what it will do. What a process that died did not do is
    done here, and raises what it raises. If no copy of this process can be made and the work can't
    be pickled, all of it is done here.
    """
    shares = [
        [number for number in range(count) if number // turn % processes == share]
        for share in range(processes)
    ]
    start = _choose_starter(work, begin, environ)
    if start is None:
        begin(range(count))
        yield from map(work, range(count))
        return
    sys.stdout.flush()
    running: list[_Coworker] = []
    try:
        for share in shares:
            running.append(start(share, running))
        for number in range(count):
            result = _receive(running[number // turn % processes].out)
            yield work(number) if result is None else result
    finally:
        for worker in running:
            worker.end()


def map_files(
    work: Callable[[list[Item]], list[Result]], items: Sequence[Item], environ: Mapping[str, str]
) -> Iterator[Result]:
    """Yield the results of all items in their order; `work` does a batch and can be pickled."""
    cores = count_cores()
    size = max(1, min(BATCH, -(-len(items) // cores)))
    batches = [list(items[start : start + size]) for start in range(0, len(items), size)]
    if cores == 1 or len(items) < ENOUGH_FILES:
        for batch in batches:
            yield from work(batch)
        return
    import pickle

    count = len(batches)
    shared = _Batches(work, batches)
    done = share_work(shared, count, min(cores, count), environ=environ, turn=1)
    for results in done:
        yield from pickle.loads(results)  # noqa: S301 -- from a process of our own


class _Batches(msgspec.Struct, frozen=True):
    """Work on one batch of several, by its number; the result is pickled."""

    work: Callable[[list[Any]], list[Any]]
    batches: list[list[Any]]

    def __call__(self, number: int) -> bytes:
        import pickle

        return pickle.dumps(self.work(self.batches[number]))


class _Coworker(msgspec.Struct, frozen=True):
    """A process that does a share of the work: where its results come from, and how it ends."""

    out: IO[bytes]
    end: Callable[[], None]


def _choose_starter(
    work: Work, begin: Begin, environ: Mapping[str, str]
) -> Callable[[Sequence[int], Sequence[_Coworker]], _Coworker] | None:
    """Return how to start a worker here, None if that is impossible."""
    if can_fork():
        return lambda share, others: _fork(work, share, begin, others)
    import pickle

    try:
        task = pickle.dumps((work, begin))
    except (pickle.PicklingError, AttributeError, TypeError):  # such as a function in a function
        return None
    return lambda share, _: _spawn(task, share, environ)


def _fork(work: Work, share: Sequence[int], begin: Begin, others: Sequence[_Coworker]) -> _Coworker:
    reading, writing = os.pipe()
    out = open(reading, "rb", buffering=0)  # noqa: SIM115 -- `end` closes it

    def act() -> None:
        for pipe in (out, *(other.out for other in others)):
            pipe.close()
        with open(writing, "wb", buffering=0) as results:
            _do(work, share, begin, results)

    pid = fork(act)
    os.close(writing)

    def end() -> None:
        out.close()
        try:
            os.kill(pid, _SIGTERM)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass

    return _Coworker(out, end)


def _spawn(task: bytes, share: Sequence[int], environ: Mapping[str, str]) -> _Coworker:
    from nbvc.git.plumbing.process import Running, write_all

    folders = filter(os.path.isabs, sys.path)
    command = [os.path.abspath(sys.executable), "-I", "-c", _BOOT, *folders]
    running = Running(command, environ, reports=False)

    def end() -> None:
        running.close()
        running.stop()

    try:
        with running.in_ as pipe:
            numbers = msgspec.msgpack.encode(share)
            write_all(pipe, b"".join(_frame_content(part) for part in (numbers, task)))
    except OSError:  # It has died: the work is done here.
        pass
    return _Coworker(running.out, end)


def main() -> None:
    """Do a share of work that another process sends to stdin, and write the results to stdout."""
    import pickle

    numbers, task = _receive(sys.stdin.buffer), _receive(sys.stdin.buffer)
    assert numbers is not None
    assert task is not None
    with open(os.dup(1), "wb", buffering=0) as results:
        os.dup2(2, 1)  # What prints must not get between the results.
        work, begin = pickle.loads(task)  # noqa: S301 -- from the process that started this one
        _do(work, msgspec.msgpack.decode(numbers), begin, results)


def _do(work: Work, share: Sequence[int], begin: Begin, results: IO[bytes]) -> None:
    from nbvc.git.plumbing.process import write_all

    begin(share)
    for number in share:
        write_all(results, _frame_content(work(number)))


def _frame_content(content: bytes) -> bytes:
    return len(content).to_bytes(_SIZE, "big") + content


def _receive(pipe: IO[bytes]) -> bytes | None:
    """Return the next result from a process, None if it died."""
    head = _read_exactly(pipe, _SIZE)
    return None if head is None else _read_exactly(pipe, int.from_bytes(head, "big"))


def _read_exactly(pipe: IO[bytes], size: int) -> bytes | None:
    parts = []
    while size:
        part = pipe.read(min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
