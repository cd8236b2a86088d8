"""`nbvc checkpoint list` and `show`."""

from __future__ import annotations

import os
import sys

import click

from nbvc.cli.naming.stores import format_time, format_title, path_here, store_at
from nbvc.cli.settings.options import color_options, part_options
from nbvc.errors import SelectionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.cli.terminal.screen import Look
    from nbvc.diffing import DiffPolicy
    from nbvc.render.paint import Painter


@click.command("list", epilog="Example: nbvc checkpoint list analysis.ipynb --format json")
@click.argument("path", metavar="[NOTEBOOK]", default="")
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal")
@click.option("--no-pager", is_flag=True, help="Write to the terminal without a pager.")
@color_options
def list_(path: str, format_: str, no_pager: bool, look: Look) -> None:
    """List the checkpoints of a notebook, or of all notebooks.

    The newest is first. Renames are followed, and deleted notebooks are included.

    --format json prints one array, oldest first, of {id, message, author, time, path, commit}; times
    are in UTC.
    """
    from nbvc.cli.terminal.screen import show

    with store_at(path or ".") as store:
        if format_ == "json":
            show([_for_programs(_find_checkpoints(store, path))], paged=False)
            return
        paint = look.painter()
        single = path and not os.path.isdir(path)
        lines = (
            _format_history(store, path, paint) if single else _format_overview(store, path, paint)
        )
        show([*lines], paged=not no_pager)


def _for_programs(checkpoints: Sequence[Checkpoint]) -> str:
    from nbvc.render.json import as_json

    return as_json([one.to_dict() for one in checkpoints])


def _find_checkpoints(store: Store, path: str) -> Sequence[Checkpoint]:
    """Return a notebook's checkpoints, or all of a folder or repository, oldest first."""
    if path and not os.path.isdir(path):
        return _list_checkpoints(store, path)
    every = {
        one.id: one
        for name in _list_notebooks(store, path)
        for one in _read_checkpoints(store, name)
    }
    return sorted(every.values(), key=lambda one: one.seconds)


def _list_checkpoints(store: Store, path: str) -> tuple[Checkpoint, ...]:
    """Return a notebook's checkpoints. Raises `SelectionError` if it never was."""
    found = store.list(path)
    if not found and not os.path.lexists(path):
        raise SelectionError("no such file, and no checkpoint of it", where=path)
    return found


def _read_checkpoints(store: Store, name: str) -> tuple[Checkpoint, ...]:
    return store.list(store.repository.path(name))


def _list_notebooks(store: Store, folder: str) -> list[str]:
    """Return all notebooks with checkpoints, or those in a folder."""
    from nbvc.platform import cut_folder

    top = os.path.realpath(folder) if folder else store.repository.top
    return [name for name in store.notebooks() if cut_folder(store.repository.path(name), top)]


def _format_history(store: Store, path: str, paint: Painter) -> Iterator[str]:
    from nbvc.render.escape import escape_line

    found, shown = _list_checkpoints(store, path), escape_line(path)
    if not found:
        yield f"No checkpoints of {shown} yet: nbvc checkpoint create {shown}"
        return
    yield paint.bold(f"{shown}: {_format_count(len(found), 'checkpoint')}, the latest first")
    name, room = store.name(path), _get_width() - 34
    for one in reversed(found):
        notes = _format_notes(one, store, name)
        text = format_title(one, max(room - len(notes), 20))
        tail = f"  {paint.dim(notes)}" if notes else ""
        yield f"  {paint.colour(one.id, _id_colour())}  {paint.dim(format_time(one))}  {text}{tail}"


def _id_colour() -> Any:
    from nbvc.render.paint import Colour

    return Colour.YELLOW


def _format_notes(one: Checkpoint, store: Store, name: str) -> str:
    """Return what sets a checkpoint apart: another person, another machine, another path."""
    from nbvc.render.escape import escape_line

    notes = []
    if one.author != store.author.ident:
        notes.append(f"by {one.author.partition(' <')[0]}")
    if not store.is_own(f"{one.machine}/"):
        notes.append(f"on {one.machine.rpartition('-')[0]}")
    if one.path != name:
        notes.append(f"as {one.path}")
    return f"({escape_line(', '.join(notes))})" if notes else ""


def _format_overview(store: Store, folder: str, paint: Painter) -> Iterator[str]:
    from nbvc.render.escape import escape_line

    chains = [(name, _read_checkpoints(store, name)) for name in _list_notebooks(store, folder)]
    chains = [(name, chain) for name, chain in chains if chain]
    if not chains:
        yield "No checkpoints here yet: nbvc checkpoint create NOTEBOOK"
        return
    yield paint.bold(f"{_format_count(len(chains), 'notebook')} with checkpoints, by the latest")
    for name, chain in sorted(chains, key=lambda pair: pair[1][-1].seconds, reverse=True):
        gone = "" if os.path.lexists(store.repository.path(name)) else paint.dim("  (no such file)")
        shown = escape_line(path_here(store, name))
        yield f"  {len(chain):5}  {paint.dim(format_time(chain[-1]))}  {shown}{gone}"


def _format_count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _get_width() -> int:
    """Return the columns of the terminal, very many if there is none."""
    try:
        return os.get_terminal_size(1).columns if sys.stdout.isatty() else 1_000_000
    except OSError:
        return 80


@click.command("show", epilog="Example: nbvc checkpoint show analysis.ipynb 91ab")
@click.argument("path", metavar="NOTEBOOK")
@click.argument("which", metavar="[CHECKPOINT]", default="latest")
@click.option("--raw", is_flag=True, help="Print the file as it was, byte for byte.")
@click.option("--no-pager", is_flag=True, help="Write to the terminal without a pager.")
@part_options
def show(path: str, which: str, raw: bool, no_pager: bool, policy: DiffPolicy) -> None:
    """Print a checkpoint as readable text, or as a file.

    Without CHECKPOINT, print the latest. --raw > FILE writes it to a file.
    """
    with store_at(path) as store:
        checkpoint = store.find(path, which)
        content = store.content(checkpoint)
    if raw:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        return
    from nbvc.cli.terminal.screen import show as shown

    shown(
        [*_format_heading(checkpoint), *_render_text(checkpoint, content, policy)],
        paged=not no_pager,
    )


def _format_heading(one: Checkpoint) -> Iterator[str]:
    from nbvc.render.escape import escape_line, escape_text

    yield f"checkpoint {one.id}"
    yield f"Path:    {escape_line(one.path)}"
    yield f"Author:  {escape_line(one.author)}"
    yield f"Date:    {format_time(one)}"
    if one.head:
        yield f"Commit:  {one.head[:10]} was checked out"
    yield ""
    for line in one.message.strip().split("\n"):
        yield f"    {escape_text(line)}".rstrip()
    yield ""


def _render_text(one: Checkpoint, content: bytes, policy: DiffPolicy) -> list[str]:
    from nbvc.errors import NotebookError
    from nbvc.notebook import read
    from nbvc.render.readable import format_notebook

    try:
        return [*format_notebook(read(content), policy.parts)]
    except NotebookError as error:
        hint = "nbvc checkpoint show --raw prints it as it is"
        where = f"checkpoint {one.id}"
        raise NotebookError(error.message, where=where, hint=hint) from error
