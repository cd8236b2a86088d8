"""Work beside the event loop: threads, a deadline for each task, one queue for each repository.

await work.look(task, stop)              reads run side by side
await work.change(key, task, stop)       changes of one repository run one after another
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from nbvc_jupyter.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc_jupyter.stopping import Stop

T = TypeVar("T")

LOOK, CHANGE = 60.0, 900.0
"""Seconds. A commit's hooks may take ten minutes, and a push some more."""
_GRACE = 2.0


class Work:
    """The threads and the queues of one server."""

    def __init__(self) -> None:
        # Apart from each other, so that no number of slow pushes keeps anybody from looking.
        self._looking = ThreadPoolExecutor(8, "nbvc-look")
        self._changing = ThreadPoolExecutor(16, "nbvc-change")
        self._queues: dict[str, asyncio.Lock] = {}
        self._stops: set[Stop] = set()

    async def look(self, task: Callable[[], T], stop: Stop, deadline: float = LOOK) -> T:
        """Run what only reads, or what may run beside anything. Raises `RefusedError`."""
        future = asyncio.get_running_loop().run_in_executor(self._looking, task)
        return await self._attended(future, stop, deadline)

    async def change(
        self, key: str, task: Callable[[], T], stop: Stop, deadline: float = CHANGE
    ) -> T:
        """Run what changes the repository `key`, after what came before. Raises `RefusedError`."""
        queue = self._queues.setdefault(key, asyncio.Lock())
        try:
            await asyncio.wait_for(queue.acquire(), deadline)
        except asyncio.TimeoutError:
            raise _late(deadline) from None
        if stop.asked:
            queue.release()
            raise _gone()
        try:
            future = asyncio.get_running_loop().run_in_executor(self._changing, task)
        except BaseException:
            queue.release()
            raise
        # The thread holds the place in the queue, also when nobody waits for it any more.
        future.add_done_callback(lambda _: queue.release())
        return await self._attended(future, stop, deadline)

    async def _attended(self, future: asyncio.Future[T], stop: Stop, deadline: float) -> T:
        self._stops.add(stop)
        future.add_done_callback(lambda _: self._stops.discard(stop))
        # wait() leaves the future alone when it gives up: its thread can't be called off.
        done, _ = await asyncio.wait({future}, timeout=deadline)
        if not done:
            stop.ask()
            done, _ = await asyncio.wait({future}, timeout=_GRACE)
        if not done:
            future.add_done_callback(_heard)
            raise _late(deadline)
        return future.result()

    def close(self) -> None:
        """Stop everything: the server ends."""
        for stop in tuple(self._stops):
            stop.ask()
        for pool in (self._looking, self._changing):
            pool.shutdown(wait=False, cancel_futures=True)


def _heard(future: asyncio.Future[T]) -> None:
    """Take note of an error that came too late, or asyncio complains that nobody did."""
    if not future.cancelled():
        future.exception()


def _late(deadline: float) -> RefusedError:
    return RefusedError(
        504, "timeout", f"it took longer than {deadline:g} seconds", hint="try again later"
    )


def _gone() -> RefusedError:
    return RefusedError(499, "cancelled", "the request was cancelled")
