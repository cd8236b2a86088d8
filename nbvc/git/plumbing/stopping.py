"""Git that can be stopped from another thread: by a browser that went away, or by a deadline."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from nbvc.git.plumbing.command import SOON, Git
from nbvc.git.plumbing.process import Finished, Running, run_to_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.git.plumbing.repository import Repository

_HARMLESS = frozenset(
    {"push", "fetch", "rev-parse", "status", "ls-tree", "diff", "log", "rev-list"}
)
"""Commands that may end at any moment; a commit or a merge is seen to its end."""


class Stop:
    """Whether the work for one request is still wanted, and the programs that run for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[Running] = set()
        self._asked = False

    @property
    def asked(self) -> bool:
        """Whether somebody asked to stop."""
        return self._asked

    def ask(self) -> None:
        """Stop: what runs gets a signal, and what would start ends at once."""
        with self._lock:
            self._asked = True
            for running in self._running:
                running.ask_to_end()

    @contextmanager
    def watch_program(self, running: Running) -> Iterator[None]:
        """Keep a program within reach while it runs."""
        with self._lock:
            self._running.add(running)
            if self._asked:
                running.ask_to_end()
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(running)


class StoppableGit(Git, frozen=True):
    """Git whose commands a `Stop` can end."""

    stop: Any = None

    def ask(self, *args: str | bytes, stdin: bytes = b"", deadline: float = SOON) -> Finished:
        """Run a command to its end, or to the moment that it is not wanted any more."""
        if self.stop is None or args[0] not in _HARMLESS:
            return super().ask(*args, stdin=stdin, deadline=deadline)
        running = self.start_command(*args)
        with self.stop.watch_program(running):
            return run_to_end(running, stdin, time.monotonic() + deadline)


def make_stoppable(repository: Repository, stop: Stop) -> Repository:
    """Return a repository whose git commands end when they are not wanted any more."""
    git = repository.git
    fields = {name: getattr(git, name) for name in git.__struct_fields__}
    return msgspec.structs.replace(repository, git=StoppableGit(**fields, stop=stop))
