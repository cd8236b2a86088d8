"""The notebook whose history a command line asks for."""

from __future__ import annotations

import os
import sys

import click

from nbvc.cli.stores import store_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeVar

    from nbvc.history import History

    Command = TypeVar("Command", bound=Callable[..., Any])


def view_options(command: Command) -> Command:
    """Add the options for how an answer is printed."""
    from nbvc.cli.options import color_options

    for option in reversed((
        click.option("--format", "format_", type=click.Choice(("terminal", "json")),
                     default="terminal"),
        click.option("--no-pager", is_flag=True, help="Write to the terminal without a pager."),
        color_options,
    )):  # fmt: skip
        command = option(command)
    return command


def opened(path: str, *, checkpoints: bool = True) -> Iterator[History]:
    """Yield the history of a notebook, once, and close it. Raises `click.UsageError`, `GitError`."""
    from nbvc.checkpoint.store import Home
    from nbvc.history import History

    if os.path.isdir(path):
        raise click.UsageError(f"{path!r} is a folder; name one notebook.")
    with store_at(path) as store:
        inside = store.home is Home.INSIDE
        name = store.repository.name(path) if inside else store.name(path)
        saved = store if checkpoints else None
        with History(store.repository, name, saved, objects=store.objects, commits=inside) as history:
            yield history


def on_disk(path: str) -> bytes | None:
    """Return what the notebook's file holds, None where there is none. Raises `GitError`."""
    from nbvc.git.changes import read_file

    return read_file(os.path.realpath(path)) if os.path.lexists(path) else None


def nothing(path: str) -> str:
    """Return what to say of a notebook without any version. Raises `click.UsageError` for none."""
    from nbvc.render.escape import escaped_line

    if not os.path.lexists(path):
        raise click.UsageError(f"There is no file {path!r}, and git knows none of that name.")
    shown = escaped_line(path)
    return f"No versions of {shown} yet: nbvc commit {shown}, or nbvc checkpoint create {shown}"


def width() -> int:
    """Return the columns of the terminal, very many where there is none."""
    try:
        return os.get_terminal_size(1).columns if sys.stdout.isatty() else 1_000_000
    except OSError:
        return 80
