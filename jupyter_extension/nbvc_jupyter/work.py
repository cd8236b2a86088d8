"""Work beside the event loop: in worker processes, each task with a deadline.

await work.look(call, stop)              tasks that only read run side by side
await work.keep(call, stop)              so do those that make and restore checkpoints
await work.change(key, call, stop)       changes of one repository run one after another

So many at a time and no more: others wait, and if too many wait already, the server is busy.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from nbvc_jupyter.frames import FrameKind
from nbvc_jupyter.refusals import FailedError, Refusal, RefusedError
from nbvc_jupyter.worker import Failure, Task
from nbvc_jupyter.workers import Process

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from nbvc_jupyter.contents import ContentsSetting, Manager
    from nbvc_jupyter.workers import Answer

LOOK, CHANGE = 60.0, 900.0
"""Seconds. A commit's hooks may take ten minutes, and a push some more."""
LOOKS, CHANGES = 4, 8
"""So many tasks at a time. Apart from each other: slow pushes keep nobody from looking."""
WAITING, WAITING_BYTES = 100, 1 << 28
"""So many requests may wait for their turn, with bodies of so many bytes together."""
_GRACE = 2.0
_IDLE = 2
"""Workers that are kept while there is nothing to do."""


class Call(msgspec.Struct, frozen=True):
    """A task for a worker: its name, the query and the body of the request."""

    name: str
    query: dict[str, str]
    body: bytes = b""
    packed: bool = False


class Wanted:
    """Whether somebody still waits for the result of a request."""

    def __init__(self) -> None:
        self._gone = asyncio.Event()

    def is_over(self) -> bool:
        """Whether nobody waits any more."""
        return self._gone.is_set()

    def give_up(self) -> None:
        """Note that nobody waits any more."""
        self._gone.set()

    async def over(self) -> None:
        """Wait until nobody waits any more."""
        await self._gone.wait()


class Work:
    """The workers of one server, and who waits for them. All but `close` is for the event loop."""

    def __init__(
        self,
        environ: Mapping[str, str],
        setting: Callable[[], ContentsSetting],
        manager: Manager,
        network_seconds: float,
    ) -> None:
        """Start nothing yet: the first task starts the first worker."""
        self._environ = environ
        self._setting = setting
        self._manager = manager
        self._network_seconds = network_seconds
        # A thread for each worker that is busy, and some that ask one to stop.
        self._threads = ThreadPoolExecutor(LOOKS + CHANGES + 8, "nbvc")
        self._looking = asyncio.Semaphore(LOOKS)
        self._changing = asyncio.Semaphore(CHANGES)
        self._queues: dict[str, asyncio.Lock] = {}
        self._keeping: set[asyncio.Future[None]] = set()
        self._idle: list[Process] = []
        self._busy: set[Process] = set()
        self._waiting = 0
        self._waiting_bytes = 0
        self._closed = False

    async def warm(self) -> None:
        """Start a worker before the first task, unless that is already here."""
        if self._idle or self._busy:
            return
        try:
            await self._return_worker(await self._start_worker())
        except RefusedError:
            pass  # The first task tries again, and reports why it can't be done.

    async def look(self, call: Call, wanted: Wanted, seconds: float = LOOK) -> Answer:
        """Do what only reads, after the checkpoints that were asked for before.

        Raises `RefusedError`.
        """
        if self._keeping:
            await asyncio.wait({*self._keeping}, timeout=_GRACE)
        async with self._turn(self._looking, call, seconds):
            return await self._run(call, wanted, seconds)

    async def keep(self, call: Call, wanted: Wanted) -> Answer:
        """Do what may run beside anything, such as making a checkpoint. Raises `RefusedError`."""
        done = asyncio.get_running_loop().create_future()
        self._keeping.add(done)
        try:
            async with self._turn(self._changing, call, LOOK):
                return await self._run(call, wanted, LOOK)
        finally:
            self._keeping.discard(done)
            done.set_result(None)

    async def change(self, key: str, call: Call, wanted: Wanted, seconds: float = CHANGE) -> Answer:
        """Do what changes the repository `key`, after what came before. Raises `RefusedError`.

        It goes on if nobody waits any more: a commit is not to end in the middle.
        """
        queue = self._queues.setdefault(key, asyncio.Lock())
        async with self._turn(queue, call, seconds), self._turn(self._changing, call, seconds):
            if wanted.is_over():
                raise _make_gone_error()
            return await self._run(call, wanted, seconds, to_the_end=True)

    @asynccontextmanager
    async def _turn(
        self, gate: asyncio.Semaphore | asyncio.Lock, call: Call, seconds: float
    ) -> AsyncIterator[None]:
        """Wait for a turn. Raises `RefusedError`."""
        if gate.locked():
            size = len(call.body)
            if self._waiting >= WAITING or self._waiting_bytes + size > WAITING_BYTES:
                raise RefusedError(
                    503, "busy", "too many requests at a time", hint="try again in a moment"
                )
            self._waiting += 1
            self._waiting_bytes += size
            try:
                await asyncio.wait_for(gate.acquire(), seconds)
            except asyncio.TimeoutError:
                raise _make_late_error(seconds) from None
            finally:
                self._waiting -= 1
                self._waiting_bytes -= size
        else:
            await gate.acquire()
        try:
            yield
        finally:
            gate.release()

    async def _run(
        self, call: Call, wanted: Wanted, seconds: float, *, to_the_end: bool = False
    ) -> Answer:
        """Let a worker do a task; end the worker if it is late, or if nobody waits any more."""
        if wanted.is_over():
            raise _make_gone_error()
        process = self._idle.pop() if self._idle else await self._start_worker()
        self._busy.add(process)
        task = Task(
            call.name, call.query, self._setting(), call.packed, seconds, self._network_seconds
        )
        doing = partial(process.run, task, call.body, self._manager)
        done = asyncio.get_running_loop().run_in_executor(self._threads, doing)
        try:
            if not await _has_ended(done, wanted, seconds):
                await self._stop_worker(process, done, seconds if to_the_end else _GRACE)
            if not done.done():
                raise _make_gone_error() if wanted.is_over() else _make_late_error(seconds)
            return _read_answer(done.result())
        except (OSError, EOFError, ValueError):  # a pipe that was closed
            raise _make_died_error() from None
        finally:
            if not done.done():
                process.kill()
                done.add_done_callback(_note_error)
            await asyncio.shield(self._return_worker(process))

    async def _stop_worker(
        self, process: Process, done: asyncio.Future[Answer], patience: float
    ) -> None:
        """Notify a worker that its task is not wanted any more, and wait a while for its end."""
        process.is_spent = True
        if self._closed:
            return
        asyncio.get_running_loop().run_in_executor(self._threads, process.ask_to_stop)
        await asyncio.wait({done}, timeout=patience)

    def _is_closed(self) -> bool:
        return self._closed

    async def _start_worker(self) -> Process:
        if self._is_closed():
            raise _make_gone_error()
        loop = asyncio.get_running_loop()
        try:
            made = await loop.run_in_executor(self._threads, Process, self._environ)
        except OSError as error:
            text = f"a worker can't be started: {error.strerror}"
            raise RefusedError(503, "busy", text, hint="try again in a moment") from error
        if self._is_closed():  # Meanwhile: nobody else knows of this one.
            await asyncio.to_thread(made.close)
            raise _make_gone_error()
        return made

    async def _return_worker(self, process: Process) -> None:
        """Keep a worker for the next task, or see it off."""
        self._busy.discard(process)
        if self._closed:
            return  # `close` has seen to it.
        if not process.is_spent and len(self._idle) < _IDLE:
            self._idle.append(process)
            return
        await asyncio.get_running_loop().run_in_executor(self._threads, process.close)

    def close(self, patience: float = _GRACE) -> None:
        """End all workers: the server ends. It blocks for a moment."""
        self._closed = True
        every = [*self._idle, *self._busy]
        self._idle.clear()
        for process in every:
            process.close(patience)
        self._threads.shutdown(wait=False, cancel_futures=True)


async def _has_ended(done: asyncio.Future[Answer], wanted: Wanted, seconds: float) -> bool:
    """Wait for the end of a task, at most so long and while it is wanted; return whether it came."""
    over = asyncio.ensure_future(wanted.over())
    every: set[asyncio.Future[Any]] = {done, over}
    await asyncio.wait(every, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    over.cancel()
    return done.done()


def _note_error(done: asyncio.Future[Answer]) -> None:
    """Take note of an error that came too late, or asyncio complains that nobody did."""
    if not done.cancelled():
        done.exception()


def _read_answer(answer: Answer) -> Answer:
    """Return an answer that is a result. Raises `RefusedError`, `FailedError`."""
    if answer.kind is FrameKind.REFUSED:
        refusal = msgspec.json.decode(answer.content, type=Refusal)
        raise RefusedError(refusal.status, refusal.reason, refusal.message, hint=refusal.hint)
    if answer.kind is FrameKind.FAILED:
        failure = msgspec.json.decode(answer.content, type=Failure)
        raise FailedError(failure.kind, failure.text)
    return answer


def _make_late_error(seconds: float) -> RefusedError:
    return RefusedError(
        504, "timeout", f"it took longer than {seconds:g} seconds", hint="try again later"
    )


def _make_gone_error() -> RefusedError:
    return RefusedError(499, "cancelled", "the request was cancelled")


def _make_died_error() -> RefusedError:
    text = "the process that worked on this ended, perhaps for want of memory"
    return RefusedError(503, "worker-ended", text, hint="try again")
