"""Git as a value: where it is, the folder it runs in, its environment.

Git.find(environ).at(folder).run("rev-parse", "HEAD")    its stdout, or GitError
Git(…).ask("status", …)                                  Finished: code, stdout, stderr
Git(…).talk("cat-file", "--batch")                       Conversation, for many questions
Git(…).acting.ask("push", …)                             the same, with the repository's hooks

Git only looks, unless it is told otherwise: no hook, filter or other program of the repository runs.
"""

from __future__ import annotations

import os
import time
from enum import Enum

import msgspec

from nbvc.errors import GitError, make_visible
from nbvc.git.plumbing.conversation import Conversation
from nbvc.git.plumbing.environment import LITERAL, UNLOCKED, find_places, make_environment
from nbvc.git.plumbing.guards import LOOKING, guard_environ, list_protocols
from nbvc.git.plumbing.messages import explain_failure
from nbvc.git.plumbing.process import Finished, Running, run_to_end
from nbvc.git.plumbing.programs import find_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbvc.git.plumbing.guards import Settings

    Argument = str | bytes

SOON = 60.0
"""Seconds that a local command may take."""


class Runs(Enum):
    """Which programs that a repository names may run.

    UNASKED   none, for what nobody asked for, such as what Jupyter does when a notebook opens
    LOOKING   none but the filters that git needs to read what it stores in another form
    STORING   its filters: what git stores, or writes into the working tree, goes through them
    ACTING    all, as when the user types the git command: commit, push, pull and merge
    """

    UNASKED = "unasked"
    LOOKING = "looking"
    STORING = "storing"
    ACTING = "acting"


class Git(msgspec.Struct, frozen=True):
    """Git, the folder it runs in, and its environment.

    `inherited` holds what the surrounding environment said about where the repository is,
    `silenced` what takes the place of programs in the repository's own settings (see `guards`).
    """

    program: str
    folder: str
    environ: dict[str, str]
    inherited: dict[str, str] = {}
    options: tuple[str, ...] = ()
    runs: Runs = Runs.LOOKING
    silenced: Settings = ()

    @classmethod
    def find(cls, environ: Mapping[str, str], folder: str = ".") -> Git:
        """Find git on the PATH of `environ`. Raises `GitError` if it is not there."""
        program = find_program("git", environ)
        if program is None:
            raise GitError("git was not found", hint="install git, or put it on PATH")
        return cls(program, folder, make_environment(environ), find_places(environ))

    def at(self, folder: str) -> Git:
        """Return the same git, running in another folder."""
        return msgspec.structs.replace(self, folder=folder)

    def with_environ(self, variables: Mapping[str, str]) -> Git:
        """Return the same git with more in its environment."""
        return msgspec.structs.replace(self, environ={**self.environ, **variables})

    def with_settings(self, *settings: str) -> Git:
        """Return the same git with settings (`name=value`) that hold for its commands alone."""
        more = [part for setting in settings for part in ("-c", setting)]
        return msgspec.structs.replace(self, options=(*self.options, *more))

    @property
    def acting(self) -> Git:
        """The same git, running what the repository names: for what the user asked to be done."""
        return msgspec.structs.replace(self, runs=Runs.ACTING)

    @property
    def storing(self) -> Git:
        """The same git, running the repository's filters, but no hooks."""
        return msgspec.structs.replace(self, runs=Runs.STORING)

    @property
    def literal(self) -> Git:
        """The same git, taking every path as it is written. Not for commands that run hooks."""
        return self.with_environ(LITERAL)

    @property
    def reading(self) -> Git:
        """The same git, refreshing no index on the way: somebody else may hold its lock."""
        return self.with_environ(UNLOCKED)

    def run(self, *args: Argument, stdin: bytes = b"", deadline: float = SOON) -> bytes:
        """Return a command's stdout. Raises `GitError` if it fails or takes too long."""
        finished = self.ask(*args, stdin=stdin, deadline=deadline)
        if finished.code:
            raise make_failure(args, finished, deadline)
        return finished.stdout

    def line(self, *args: Argument, stdin: bytes = b"") -> str:
        """Return a command's stdout as one line, without its end. Raises `GitError`."""
        return os.fsdecode(self.run(*args, stdin=stdin)).removesuffix("\n")

    def ask(self, *args: Argument, stdin: bytes = b"", deadline: float = SOON) -> Finished:
        """Run a command to its end, whatever its exit code.

        After `deadline` seconds it gets a signal to clean up and end. Raises `GitError` only where
        it can't be started.
        """
        return run_to_end(self.start_command(*args), stdin, time.monotonic() + deadline)

    def talk(self, *args: Argument, deadline: float = SOON) -> Conversation:
        """Start a command that answers questions one after another; each has `deadline` seconds."""
        return Conversation(self.start_command(*args), _name_command(args), deadline)

    def start_command(self, *args: Argument) -> Running:
        """Start a command. Raises `GitError` if that fails."""
        return Running(self._make_argv(args), self._guard_environ(args))

    def _guard_environ(self, args: tuple[Argument, ...]) -> dict[str, str]:
        """Return the environment for a command, with all that keeps it from running programs."""
        if self.runs is Runs.ACTING or args[:1] == ("config",):  # which reads settings as they are
            return self.environ
        silenced = self.silenced
        environ = {"GIT_ALLOW_PROTOCOL": list_protocols(silenced), **self.environ}
        if self.runs is Runs.STORING:
            silenced = tuple(one for one in silenced if not one[0].startswith("filter."))
        else:
            environ |= UNLOCKED  # the index must not note what files are like without their filters
        return guard_environ(environ, (*LOOKING, *silenced))

    def _make_argv(self, args: tuple[Argument, ...]) -> list[str]:
        argv = [os.fsdecode(arg) for arg in (self.program, *self.options, "-C", self.folder, *args)]
        if any("\0" in arg for arg in argv):
            raise GitError("a name holds a NUL character, which no name in git can")
        return argv


def make_failure(
    args: tuple[Argument, ...], finished: Finished, deadline: float = SOON
) -> GitError:
    """Return the error for a command that failed: what git said, in a line, and what to do."""
    return explain_failure(_name_command(args), finished, deadline)


def _name_command(args: tuple[Argument, ...]) -> str:
    """Return `git commit` for the arguments `-c core.x=y commit …`."""
    words = [os.fsdecode(arg) for arg in args]
    while words[:1] == ["-c"]:
        words = words[2:]
    return "git " + make_visible(words[0] if words else "")
