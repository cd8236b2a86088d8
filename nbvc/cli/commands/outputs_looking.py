"""`nbvc outputs list`, `show` and `export`: what is stored, and what is in it."""

from __future__ import annotations

import os
import sys

import click

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from nbvc.store.entries import Entry, OutputStore, State

_UNITS = ("B", "kB", "MB", "GB")
_STEP = 1000
_TO_THE_MINUTE = len("2024-05-06 07:08")
ANY = "x.ipynb"
"""A name to ask with for the store of a folder."""


@click.command("list", epilog="Example: nbvc outputs list analysis.ipynb")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal")
def list_(paths: tuple[str, ...], format_: str) -> int:
    """List stored states, newest first.

    PATH is a file, which may no longer exist, or a folder with all notebooks below it. Without PATH,
    list the states of all notebooks in all working trees of the repository.

    Exit codes: 0 success; 2 a state or a part of the store is damaged.
    """
    found, stores = _list_states(paths)
    if format_ == "json":
        from nbvc.render.json import as_json

        click.echo(as_json([_collect_facts(*one) for one in found]))
    else:
        for store, state in found:
            click.echo(_format_line(_collect_facts(store, state)))
        if not found:
            print(_report_nothing(paths), file=sys.stderr)
    is_damaged = any(state.entry is None for _, state in found)
    return 2 if report_damages(stores) or is_damaged else 0


def _list_states(
    paths: Sequence[str],
) -> tuple[list[tuple[OutputStore, State]], list[OutputStore]]:
    """Return the states that paths stand for, and the stores that were asked."""
    from nbvc.workflow.places import OutputHomes

    found: list[tuple[OutputStore, State]] = []
    stores: list[OutputStore] = []
    for path in paths or ("",):
        is_folder = not path or os.path.isdir(path)
        store, name = OutputHomes(os.environ).store(os.path.join(path, ANY) if is_folder else path)
        stores.append(store)
        if not is_folder:
            chosen = [
                *store.of(name),
                *(() if store.home.is_only_tree else store.list_unclear(name)),
            ]
        elif path:
            chosen = find_below(store, name.removesuffix(ANY))
        else:
            chosen = store.all()
        found += [(store, state) for state in chosen if not _is_cleared(state)]
    return found, stores


def find_below(store: OutputStore, folder: str) -> list[State]:
    """Return the states of all notebooks below a folder of this working tree."""
    tree = store.home.tree()
    return [
        state
        for state in store.all()
        if state.entry is not None
        and state.entry.name.startswith(folder)
        and state.entry.tree in {None, tree}
    ]


def _is_cleared(state: State) -> bool:
    return state.entry is not None and state.entry.is_cleared


def _collect_facts(store: OutputStore, state: State) -> dict[str, Any]:
    entry = state.entry
    if entry is None:
        return {"state": state.id, "name": None, "time": None, "bytes": None, "damaged": True}
    return {
        "state": state.id,
        "name": entry.name,
        "time": _format_time(entry),
        "bytes": store.size(entry),
        "damaged": store.content(entry) is None,
        **({"worktree": _name_tree(entry)} if entry.tree else {}),
    }


def _name_tree(entry: Entry) -> str:
    """Return the name of a linked working tree without its number."""
    return (entry.tree or "").rpartition("-")[0]


def _format_time(entry: Entry) -> str:
    from datetime import datetime, timezone

    moment = datetime.fromtimestamp(entry.stored / 1e9, tz=timezone.utc).astimezone()
    return moment.isoformat(" ", "seconds")


def _format_line(facts: dict[str, Any]) -> str:
    from nbvc.render.escape import escape_line

    state = facts["state"]
    if facts["name"] is None:
        return f"{state}  damaged"
    moment, size = facts["time"][:_TO_THE_MINUTE], format_size(facts["bytes"])
    place = f"{facts['worktree']}: " if "worktree" in facts else ""
    mark = "  damaged" if facts["damaged"] else ""
    return f"{state}  {moment}  {size:>8}{mark}  {escape_line(place + facts['name'])}"


def _report_nothing(paths: Sequence[str]) -> str:
    from nbvc.render.escape import escape_line

    if paths:
        return f"Nothing is stored of {', '.join(map(escape_line, paths))}."
    return "Nothing is stored here: nothing was stripped yet."


def format_size(size: float) -> str:
    """Return a number of bytes for people."""
    for unit in _UNITS[:-1]:
        if size < _STEP:
            return f"{size:.0f} {unit}"
        size /= _STEP
    return f"{size:.1f} {_UNITS[-1]}"


def describe_damages(stores: Iterable[OutputStore]) -> list[str]:
    """Return a line for each place of stores that cannot be read."""
    lines: dict[str, None] = {}
    for store in stores:
        for damage in store.damages:
            reason = damage.reason or f"the store is damaged at byte {damage.start}"
            lines[f"{damage.path}: {reason}: a state may be missing"] = None
    return [*lines]


def report_damages(stores: Iterable[OutputStore]) -> bool:
    """Print the places of stores that cannot be read; return whether there are any."""
    from nbvc.cli.terminal.screen import notice

    lines = describe_damages(stores)
    for line in lines:
        notice(line)
    return bool(lines)


def store_here() -> OutputStore:
    """Return the store of the folder that we are in."""
    from nbvc.workflow.places import OutputHomes

    return OutputHomes(os.environ).store(os.path.join(".", ANY))[0]


@click.command("show", epilog="Example: nbvc outputs show 91ab02c4d5e6")
@click.argument("state", metavar="STATE")
@click.option("--no-pager", is_flag=True, help="Write to the terminal without a pager.")
def show(state: str, *, no_pager: bool) -> None:
    """Print a stored state as readable text.

    Outputs follow their cell's source, each line behind '#>', as in nbvc show.
    """
    from nbvc.cli.terminal.screen import show as write
    from nbvc.diffing.policy import DEFAULT_PARTS
    from nbvc.notebook import read
    from nbvc.render.readable import format_notebook
    from nbvc.workflow.outputs import find_state

    _, content = find_state(store_here(), state)
    write(format_notebook(read(content, name=state), DEFAULT_PARTS), paged=not no_pager)


@click.command("export", epilog="Example: nbvc outputs export 91ab02c4d5e6 -o before.ipynb")
@click.argument("state", metavar="STATE")
@click.option(
    "-o", "--output", metavar="FILE", required=True, help="New file to write; - is stdout."
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def export(state: str, output: str, *, force: bool) -> None:
    """Write a stored state to a file, byte for byte."""
    from nbvc.cli.terminal.screen import write_content
    from nbvc.workflow.outputs import find_state

    _, content = find_state(store_here(), state)
    if output != "-" and os.path.lexists(output) and not force:
        raise NbvcError("this file exists already", where=output, hint="--force replaces it")
    write_content(output, content)
