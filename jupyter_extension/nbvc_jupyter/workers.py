"""The one place of the server that starts processes: its workers.

A worker is the server's own Python, isolated (`-I`): neither the current folder nor PYTHONPATH adds
a module. It imports nbvc from where the server did, inherits no socket, and ends with the server.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING

import msgspec

from nbvc.platform import own_session
from nbvc_jupyter.frames import FrameKind, read_frame, read_parts, write_frame
from nbvc_jupyter.refusals import RefusedError, describe_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbvc_jupyter.contents import Manager
    from nbvc_jupyter.worker import Task

_PINNED = ("nbvc", "nbvc_jupyter")
"""Packages that a worker takes from exactly where the server has them."""
_NEEDED = ("msgspec", "nbformat")
"""What they need: its folder comes last, for those who install into a folder of their own."""

_BOOT = """
import sys
from importlib.machinery import PathFinder
pinned = dict(pair.split("=", 1) for pair in sys.argv[1].split("\\n"))
class Pinned:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return PathFinder.find_spec(name, [pinned[name]]) if name in pinned else None
sys.meta_path.insert(0, Pinned)
sys.path += [folder for folder in sys.argv[2:] if folder not in sys.path]
from nbvc_jupyter.worker import main
main()
"""

_LARGE = 1 << 25
"""Bytes of a request or an answer after which a worker ends: it would keep the memory."""
_PATIENCE = 5.0


class Answer(msgspec.Struct, frozen=True):
    """What a worker answered, in parts. `kind` is one of DONE, PACKED, REFUSED and FAILED."""

    kind: FrameKind
    parts: list[bytes]

    @property
    def content(self) -> bytes:
        """All of it, which should be small."""
        return b"".join(self.parts)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return sum(map(len, self.parts))


class Process:
    """A worker that runs. One thread gives it a task at a time; others may stop it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Start it. Raises `OSError`."""
        self._lock = threading.Lock()
        self.is_spent = False
        self._process = subprocess.Popen(  # noqa: S603 -- our own Python, and no shell
            _make_command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd=os.path.abspath(os.sep),
            env=dict(environ),
            close_fds=True,
            # Ctrl+C in the server's terminal is for the server.
            **own_session(),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def run(self, task: Task, body: bytes, manager: Manager) -> Answer:
        """Let it do a task, and answer what it asks for meanwhile. Raises `OSError`, `EOFError`."""
        try:
            with self._lock:
                write_frame(self._to, FrameKind.TASK, msgspec.json.encode(task))
                write_frame(self._to, FrameKind.BODY, body)
            while True:
                answer = Answer(*read_parts(self._from))
                if answer.kind in {FrameKind.READ, FrameKind.SAVE}:
                    self._help(answer.kind, answer.content, manager)
                    continue
                self.is_spent = max(len(body), answer.size) > _LARGE
                return answer
        except BaseException:
            self.is_spent = True
            raise

    def _help(self, kind: FrameKind, content: bytes, manager: Manager) -> None:
        """Ask the contents manager for what the worker needs."""
        reply, answer = FrameKind.GIVEN, b""
        try:
            if kind is FrameKind.READ:
                answer = manager.get(content.decode())
            else:
                manager.save(read_frame(self._from)[1].decode(), content)
        except RefusedError as error:
            reply, answer = FrameKind.DENIED, msgspec.json.encode(describe_error(error))
        with self._lock:
            write_frame(self._to, reply, answer)

    def ask_to_stop(self) -> None:
        """Notify it that its task is not wanted any more. It may block until the task has begun."""
        try:
            with self._lock:
                write_frame(self._to, FrameKind.STOP)
        except OSError:
            pass

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self._process.kill()

    def close(self, patience: float = _PATIENCE) -> None:
        """Let it end, kill it if it does not, and see it gone."""
        self.is_spent = True
        try:
            self._to.close()
        except OSError:
            pass
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._from.close()


def _make_command() -> list[str]:
    pinned = "\n".join(f"{name}={_find_folder(name)}" for name in _PINNED)
    needed = dict.fromkeys(_find_folder(name) for name in _NEEDED)
    return [os.path.abspath(sys.executable), "-I", "-c", _BOOT, pinned, *needed]


def _find_folder(name: str) -> str:
    """Return the folder from which the server imports a package."""
    found = find_spec(name)
    assert found is not None
    assert found.origin is not None
    return os.path.dirname(os.path.dirname(os.path.abspath(found.origin)))
