"""The notebook whose history a command line asks for."""

from __future__ import annotations

import os
import sys

import click

from nbvc.cli.naming.stores import store_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from nbvc.versions import History

    Command = TypeVar("Command", bound=Callable[..., Any])


def view_options(command: Command) -> Command:
    """Add the options for how an answer is printed."""
    from nbvc.cli.settings.options import color_options

    for option in reversed((
        click.option("--format", "format_", type=click.Choice(("terminal", "json")),
                     default="terminal"),
        click.option("--no-pager", is_flag=True, help="Write to the terminal without a pager."),
        color_options,
    )):  # fmt: skip
        command = option(command)
    return command


class Opened:
    """The history of a notebook while a `with` block lasts. Raises `click.UsageError`, `GitError`."""

    def __init__(self, path: str, *, checkpoints: bool = True) -> None:
        if os.path.isdir(path):
            raise click.UsageError(f"{path!r} is a folder; name one notebook.")
        self._path = path
        self._checkpoints = checkpoints

    def __enter__(self) -> History:
        from nbvc.checkpoint.store import Home
        from nbvc.versions import History

        store = self._store = store_at(self._path)
        inside = store.home is Home.INSIDE
        name = store.repository.name(self._path) if inside else store.name(self._path)
        saved = store if self._checkpoints else None
        self._history = History(
            store.repository, name, saved, objects=store.objects, commits=inside
        )
        return self._history

    def __exit__(self, *_: object) -> None:
        self._history.close()
        self._store.close()


def on_disk(path: str) -> bytes | None:
    """Return what the notebook's file holds, None where there is none. Raises `GitError`."""
    from nbvc.git.state.changes import read_file

    return read_file(os.path.realpath(path)) if os.path.lexists(path) else None


def nothing(path: str) -> str:
    """Return what to say of a notebook without any version. Raises `click.UsageError` for none."""
    from nbvc.render.escape import escaped_line

    if not os.path.lexists(path):
        raise click.UsageError(f"There is no file {path!r}, and git knows none of that name.")
    shown = escaped_line(path)
    ways = f"nbvc commit {shown}, or nbvc checkpoint create {shown}"
    if not _in_git(path):
        ways = f"it is in no git repository, but nbvc checkpoint create {shown} works"
    return f"No versions of {shown} yet: {ways}"


def _in_git(path: str) -> bool:
    """Tell whether a path lies in a repository. Raises `GitError` for what is wrong with it."""
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.git.plumbing.repository import NoRepositoryError

    try:
        repository_at(path)
    except NoRepositoryError:
        return False
    return True


def width() -> int:
    """Return the columns of the terminal, very many where there is none."""
    try:
        return os.get_terminal_size(1).columns if sys.stdout.isatty() else 1_000_000
    except OSError:
        return 80
