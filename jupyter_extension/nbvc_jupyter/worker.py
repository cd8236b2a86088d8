"""A process that works for the server: it reads tasks from its stdin, and answers on its stdout.

No request may hold the server's interpreter, so what looks into a notebook runs here. The server
kills a worker whose time is up, and starts another.
"""

from __future__ import annotations

import faulthandler
import os
import queue
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING

import msgspec

import nbvc
from nbvc.errors import NbvcError, without_userinfo
from nbvc.git import Stop
from nbvc.workflow.places import data_folder
from nbvc_jupyter.contents import ContentsSetting, ServerContents
from nbvc_jupyter.encoding import compress_answer, encode_json
from nbvc_jupyter.frames import FrameKind, read_frame, write_frame
from nbvc_jupyter.refusals import Refusal, RefusedError, describe_error
from nbvc_jupyter.site import Site
from nbvc_jupyter.tasks import TASKS

if TYPE_CHECKING:
    from typing import IO, Any, NoReturn

_GRACE = 5.0
"""Seconds for the server to end a worker that is late; then the worker ends by itself."""


class Task(msgspec.Struct, frozen=True):
    """What the server wants: a name of `TASKS`, the query of the request, and until when.

    `packed` says that the answer may be compressed. `seconds` are for the task, `network_seconds`
    for a push or a fetch in it.
    """

    name: str
    query: dict[str, str]
    setting: ContentsSetting
    packed: bool
    seconds: float
    network_seconds: float


class Failure(msgspec.Struct, frozen=True):
    """An error that was not foreseen: its type, and the traceback for the log."""

    kind: str
    text: str


class Worker:
    """The worker's end of the pipes. One thread works, another one listens."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._tasks: queue.Queue[tuple[Task, bytes]] = queue.Queue()
        self._answers: queue.Queue[tuple[FrameKind, bytes]] = queue.Queue()
        self._stop: Stop | None = None
        self._site: Site | None = None

    def listen(self) -> NoReturn:
        """Take what the server says, until it says no more: then the worker ends."""
        try:
            while True:
                kind, content = read_frame(self._incoming)
                if kind is FrameKind.TASK:
                    task = msgspec.json.decode(content, type=Task)
                    self._stop = Stop()
                    self._tasks.put((task, read_frame(self._incoming)[1]))
                elif kind is FrameKind.STOP:
                    if self._stop is not None:
                        self._stop.ask()
                else:
                    self._answers.put((kind, content))
        except (EOFError, OSError):
            self._give_up()
        finally:
            os._exit(0)

    def _give_up(self) -> None:
        """Stop what runs, and wait for it a moment."""
        stop, until = self._stop, time.monotonic() + _GRACE
        if stop is not None:
            stop.ask()
        while self._stop is not None and time.monotonic() < until:
            time.sleep(0.02)

    def work(self) -> NoReturn:
        """Do tasks one after another."""
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            while True:
                task, body = self._tasks.get()
                # A thread of C: it ends us even if a single call holds the interpreter.
                faulthandler.dump_traceback_later(
                    task.seconds + 2 * _GRACE, exit=True, file=nowhere
                )
                kind, content = self._do_task(task, body)
                del body
                faulthandler.cancel_dump_traceback_later()
                self._stop = None
                write_frame(self._outgoing, kind, content)

    def _do_task(self, task: Task, body: bytes) -> tuple[FrameKind, bytes]:
        stop = self._stop
        assert stop is not None
        try:
            content = encode_json(TASKS[task.name](self._get_site(task), task.query, body, stop))
        except NbvcError as error:
            return FrameKind.REFUSED, msgspec.json.encode(describe_error(error))
        except Exception as error:  # noqa: BLE001 -- The server answers, whatever happens here.
            text = without_userinfo("".join(traceback.format_exception(error)))
            failure = Failure(type(error).__name__, text)
            return FrameKind.FAILED, msgspec.json.encode(failure)
        packed = compress_answer(content) if task.packed else None
        return (FrameKind.DONE, content) if packed is None else (FrameKind.PACKED, packed)

    def _get_site(self, task: Task) -> Site:
        """Return the site, which keeps what it has open from task to task."""
        if self._site is None or self._site.contents.setting != task.setting:
            if self._site is not None:
                self._site.close()
            contents = ServerContents(task.setting, self, data_folder(os.environ))
            self._site = Site(contents, os.environ)
        self._site.network_seconds = task.network_seconds
        return self._site

    # The contents manager, if its notebooks are not files

    def get(self, path: str) -> bytes:
        """Return a notebook's JSON. Raises `RefusedError`."""
        write_frame(self._outgoing, FrameKind.READ, path.encode())
        return self._answer()

    def save(self, path: str, notebook: bytes) -> None:
        """Save a notebook, given as JSON. Raises `RefusedError`."""
        write_frame(self._outgoing, FrameKind.SAVE, notebook)
        write_frame(self._outgoing, FrameKind.BODY, path.encode())
        self._answer()

    def _answer(self) -> bytes:
        kind, content = self._answers.get()
        if kind is FrameKind.DENIED:
            refusal = msgspec.json.decode(content, type=Refusal)
            raise RefusedError(refusal.status, refusal.reason, refusal.message, hint=refusal.hint)
        return content


_IN_GIT = (
    "nbvc.git.setup.install",
    "nbvc.versions.naming",
    "nbvc.versions.walk",
    "nbvc.workflow.filter_table",
)
"""What a comparison with a commit imports beside."""
_IMAGES = [
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==",
]
"""Two of one pixel."""


def _load() -> None:
    """Import what a comparison needs: a worker that waits for its first task has the time."""
    from importlib import import_module

    from nbvc.notebook import Notebook

    for name in _IN_GIT:
        import_module(name)
    cell: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "source": "x",
    }
    shown = {"output_type": "display_data", "metadata": {}}
    sides = (
        {
            **cell,
            "source": f"x = {text}",
            "outputs": [
                {**shown, "data": {"text/html": f"<p>{text}</p>", "text/plain": text}},
                {**shown, "data": {"image/png": image}},
            ],
        }
        for text, image in zip("ab", _IMAGES, strict=True)
    )
    whole = {"metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    before, after = (Notebook.from_dict({**whole, "cells": [side, cell]}) for side in sides)
    nbvc.diff(before, after).to_dict()


def main() -> NoReturn:
    """Work until the server closes the pipe."""
    # What a task prints, or a program that it starts, must not come between the frames.
    incoming = os.fdopen(os.dup(0), "rb", buffering=0)
    outgoing = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nowhere, number)
    worker = Worker(incoming, outgoing)
    threading.Thread(target=worker.listen, daemon=True).start()
    _load()
    try:
        worker.work()
    except OSError:  # The server is gone.
        sys.exit(0)
