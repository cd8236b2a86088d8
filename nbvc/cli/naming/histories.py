"""The notebook whose history a command line asks for."""

from __future__ import annotations

import os
import sys

from nbvc.cli.naming.inputs import refuse_folder
from nbvc.cli.naming.stores import store_at
from nbvc.errors import SelectionError
from nbvc.names import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.versions.history import History


class Opened:
    """The history of a notebook while a `with` block lasts. Raises `SelectionError`, `GitError`."""

    def __init__(self, path: str, *, checkpoints: bool = True) -> None:
        refuse_folder(path)
        _refuse_other(path)
        self._path = path
        self._checkpoints = checkpoints

    def __enter__(self) -> History:
        from nbvc.workflow.history import open_history

        self._store = store_at(self._path)
        self._history = open_history(self._store, self._path, checkpoints=self._checkpoints)
        return self._history

    def __exit__(self, *_: object) -> None:
        self._history.close()
        self._store.close()


def _refuse_other(path: str) -> None:
    """Raise `NotebookError` for a file that neither its name nor its content makes a notebook."""
    if not path.endswith(SUFFIX) and os.path.isfile(path):
        from nbvc.notebook import read

        read(path)


def on_disk(path: str) -> bytes | None:
    """Return what the notebook's file holds, None if there is none. Raises `GitError`."""
    from nbvc.git.state.changes import read_file

    return read_file(os.path.realpath(path)) if os.path.lexists(path) else None


def describe_nothing(path: str) -> str:
    """Return the message for a notebook without versions. Raises `SelectionError` for no file."""
    from nbvc.render.escape import escape_line

    if not os.path.lexists(path):
        raise SelectionError("no such file, and git has no file of that name", where=path)
    shown = escape_line(path)
    ways = f"run nbvc commit {shown}, or nbvc checkpoint create {shown}"
    if not _in_git(path):
        ways = f"run nbvc checkpoint create {shown}"
    return f"No versions of {shown} yet: {ways}"


def report_unreadable(history: History, path: str) -> None:
    """Print on stderr how many versions cannot be read, and why."""
    from nbvc.cli.terminal.screen import notice
    from nbvc.render.words import count

    every = count(len(history.versions()), "version")
    for problem, number in history.count_unreadable().items():
        notice(f"{path}: {number} of {every} can't be read: {problem}")


def _in_git(path: str) -> bool:
    """Return whether a path is in a repository. Raises `GitError` for what is wrong with it."""
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.errors import NoRepositoryError

    try:
        repository_at(path)
    except NoRepositoryError:
        return False
    return True


def get_width() -> int:
    """Return the columns of the terminal, very many if there is none."""
    try:
        return os.get_terminal_size(1).columns if sys.stdout.isatty() else 1_000_000
    except OSError:
        return 80
