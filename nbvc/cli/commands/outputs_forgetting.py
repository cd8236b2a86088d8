"""`nbvc outputs gc` and `clear`: make the store smaller, and forget what is in it."""

from __future__ import annotations

import os
import sys

import click

from nbvc.cli.commands.outputs_looking import (
    ANY,
    find_below,
    format_size,
    report_damages,
    store_here,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.store.collecting import Collected
    from nbvc.store.entries import OutputStore

_STEP = 1000


@click.command("gc", epilog="Example: nbvc outputs gc --limit 500m")
@click.option("--limit", metavar="SIZE", default="2g", help="Maximum size (default: 2g).")
def gc(limit: str) -> int:
    """Shrink the store.

    States that newer ones replace are deleted first.
    """
    from nbvc.store.collecting import collect

    click.echo(_format_summary(collect(store_here(), _parse_size(limit), grace=60), "freed"))
    return 0


@click.command("clear", epilog="Example: nbvc outputs clear analysis.ipynb --yes")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--yes", is_flag=True, help="Do not ask.")
def clear(paths: tuple[str, ...], *, yes: bool) -> int:
    """Delete stored outputs permanently.

    PATH is a file, which may no longer exist, or a folder with all notebooks below it. Their stored
    data is overwritten. Without PATH, everything stored here is deleted, for all working trees of the
    repository.

    Exit codes: 0 success; 2 not confirmed, or a damaged part may still contain outputs.
    """
    from nbvc.store.collecting import clear as clear_all
    from nbvc.store.collecting import clear_notebooks

    if not paths:
        store = store_here()
        _confirm(len(store.all()), yes=yes)
        click.echo(_format_summary(clear_all(store), "freed"))
        return 0
    chosen = _by_store(paths)
    _confirm(sum(_count(store, names) for store, names in chosen), yes=yes)
    for store, names in chosen:
        click.echo(_format_summary(clear_notebooks(store, names), "overwritten"))
    return 2 if report_damages(store for store, _ in chosen) else 0


def _by_store(paths: Sequence[str]) -> list[tuple[OutputStore, list[str]]]:
    """Return the names of the notebooks that paths stand for, by store."""
    from nbvc.workflow.places import OutputHomes

    found: dict[tuple[str, str], tuple[OutputStore, dict[str, None]]] = {}
    homes = OutputHomes(os.environ)
    for path in paths:
        is_folder = os.path.isdir(path)
        store, name = homes.store(os.path.join(path, ANY) if is_folder else path)
        names = [name]
        if is_folder:
            names = [
                one.entry.place for one in find_below(store, name.removesuffix(ANY)) if one.entry
            ]
        key = store.home.folder, store.home.git_dir
        found.setdefault(key, (store, {}))[1].update(dict.fromkeys(names))
    return [(store, [*names]) for store, names in found.values()]


def _count(store: OutputStore, names: Sequence[str]) -> int:
    return len(
        {state.id for name in names for state in (*store.of(name), *store.list_unclear(name))}
    )


def _confirm(states: int, *, yes: bool) -> None:
    """Ask, unless there is nothing to lose. Raises `UsageError` if there is nobody to ask."""
    if not states or yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError(f"this deletes {_count_states(states)}: confirm with --yes")
    click.confirm(f"Delete {_count_states(states)} for good?", abort=True, err=True)


def _count_states(count: int) -> str:
    return f"{count} stored state{'s' * (count != 1)}"


def _format_summary(done: Collected, verb: str) -> str:
    freed, left = format_size(done.freed), format_size(done.left)
    return f"{_count_states(done.states)} deleted, {freed} {verb}, {left} left"


def _parse_size(text: str) -> int:
    import re

    match = re.fullmatch(r"(\d{1,12})([kmg]?)b?", text.lower())
    if match is None:
        raise click.UsageError(f"{text!r} is not a size: write 500m or 2g")
    scale: int = _STEP ** " kmg".index(match[2] or " ")
    return int(match[1]) * scale
