"""Git as a value: where it is, the folder it runs in, its environment.

Git.find(environ).at(folder).run("rev-parse", "HEAD")    its stdout, or GitError
Git(…).ask("push", …)                                    Finished: code, stdout, stderr
Git(…).talk("cat-file", "--batch")                       Conversation, for many questions
"""

from __future__ import annotations

import os
import time

import msgspec

from nbvc.errors import GitError
from nbvc.git.conversation import Conversation
from nbvc.git.environment import LITERAL, UNLOCKED, environment, places
from nbvc.git.messages import explained, visible
from nbvc.git.process import Finished, Running, attended

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Argument = str | bytes

SOON = 60.0
"""Seconds that a local command may take."""


class Git(msgspec.Struct, frozen=True):
    """Git, the folder it runs in, and its environment.

    `inherited` holds what the surrounding environment said about where the repository is.
    """

    program: str
    folder: str
    environ: dict[str, str]
    inherited: dict[str, str] = {}
    options: tuple[str, ...] = ()

    @classmethod
    def find(cls, environ: Mapping[str, str], folder: str = ".") -> Git:
        """Find git on the PATH of `environ`. Raises `GitError` where there is none."""
        for place in environ.get("PATH", os.defpath).split(os.pathsep):
            program = os.path.join(place, "git")
            # A relative entry would run what lies in the folder we happen to be in.
            if os.path.isabs(place) and os.access(program, os.X_OK) and os.path.isfile(program):
                return cls(program, folder, environment(environ), places(environ))
        raise GitError("git was not found", hint="install git, or put it on PATH")

    def at(self, folder: str) -> Git:
        """Return the same git, running in another folder."""
        return msgspec.structs.replace(self, folder=folder)

    def knowing(self, variables: Mapping[str, str]) -> Git:
        """Return the same git with more in its environment."""
        return msgspec.structs.replace(self, environ={**self.environ, **variables})

    def configured(self, *settings: str) -> Git:
        """Return the same git with settings (`name=value`) that hold for its commands alone."""
        more = [part for setting in settings for part in ("-c", setting)]
        return msgspec.structs.replace(self, options=(*self.options, *more))

    @property
    def literal(self) -> Git:
        """The same git, taking every path as it is written. Not for commands that run hooks."""
        return self.knowing(LITERAL)

    @property
    def reading(self) -> Git:
        """The same git, refreshing no index on the way: somebody else may hold its lock."""
        return self.knowing(UNLOCKED)

    def run(self, *args: Argument, stdin: bytes = b"", deadline: float = SOON) -> bytes:
        """Return a command's stdout. Raises `GitError` where it fails or takes too long."""
        finished = self.ask(*args, stdin=stdin, deadline=deadline)
        if finished.code:
            raise failure(args, finished, deadline)
        return finished.stdout

    def line(self, *args: Argument, stdin: bytes = b"") -> str:
        """Return a command's stdout as one line, without its end. Raises `GitError`."""
        return os.fsdecode(self.run(*args, stdin=stdin)).removesuffix("\n")

    def ask(self, *args: Argument, stdin: bytes = b"", deadline: float = SOON) -> Finished:
        """Run a command to its end, whatever its exit code.

        After `deadline` seconds it gets a signal to clean up and end. Raises `GitError` only where
        it can't be started.
        """
        running = Running(self._argv(args), self.environ)
        return attended(running, stdin, time.monotonic() + deadline)

    def talk(self, *args: Argument, deadline: float = SOON) -> Conversation:
        """Start a command that answers questions one after another; each has `deadline` seconds."""
        return Conversation(Running(self._argv(args), self.environ), _name(args), deadline)

    def _argv(self, args: tuple[Argument, ...]) -> list[bytes]:
        argv = [os.fsencode(arg) for arg in (self.program, *self.options, "-C", self.folder, *args)]
        if any(b"\0" in arg for arg in argv):
            raise GitError("a name holds a NUL character, which no name in git can")
        return argv


def failure(args: tuple[Argument, ...], finished: Finished, deadline: float = SOON) -> GitError:
    """Return the error for a command that failed: what git said, in a line, and what to do."""
    return explained(_name(args), finished, deadline)


def _name(args: tuple[Argument, ...]) -> str:
    """Return `git commit` for the arguments `-c core.x=y commit …`."""
    words = [os.fsdecode(arg) for arg in args]
    while words[:1] == ["-c"]:
        words = words[2:]
    return "git " + visible(words[0] if words else "")
