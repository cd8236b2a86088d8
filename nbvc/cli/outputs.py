"""`nbvc outputs`: results that were stripped from notebooks, and how they come back."""

from __future__ import annotations

import os
import sys

import click

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.store.collecting import Collected
    from nbvc.store.entries import Entry, OutputStore

_UNITS = ("B", "kB", "MB", "GB")
_STEP = 1000
_TO_THE_MINUTE = len("2024-05-06 07:08")
_ANY = "x.ipynb"
"""A name to ask with for the store of a folder."""


@click.group("outputs", epilog="Example: nbvc outputs restore analysis.ipynb")
def command() -> None:
    """List, restore and forget the results that clean, the filter or the hook stripped.

    They lie on this machine only: in the repository's git folder, or outside a repository in the
    user's data folder. They are never part of a commit, an archive or a push.
    """


@command.command("list", epilog="Example: nbvc outputs list analysis.ipynb")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal")
def list_(paths: tuple[str, ...], format_: str) -> int:
    """List what is stored: the states of these notebooks, or of all around here.

    PATH is a file, which may be gone, or a folder with all notebooks below it.
    """
    found = list(_entries(paths))
    if format_ == "json":
        from nbvc.render.json import as_json

        keys = ("name", "time", "bytes")
        click.echo(as_json([dict(zip(keys, _told(*one), strict=True)) for one in found]))
        return 0
    from nbvc.render.escape import escaped_line

    for store, entry in found:
        name, moment, size = _told(store, entry)
        click.echo(f"{moment[:_TO_THE_MINUTE]}  {_sized(size):>8}  {escaped_line(name)}")
    if not found:
        nothing = "Nothing is stored here: nothing was stripped yet."
        if paths:
            nothing = f"Nothing is stored of {', '.join(map(escaped_line, paths))}."
        print(nothing, file=sys.stderr)
    return 0


def _entries(paths: tuple[str, ...]) -> Iterator[tuple[OutputStore, Entry]]:
    from nbvc.cli.cleaning import store_for

    for path in paths:
        if os.path.isdir(path):
            store, name = store_for(os.path.join(path, _ANY), {})
            below = name.removesuffix(_ANY)
            chosen = [entry for entry in store.all() if entry.name.startswith(below)]
        else:
            store, name = store_for(path, {})
            chosen = store.of(name)
        yield from ((store, entry) for entry in chosen)
    if not paths:
        store, _ = store_for(_ANY, {})
        yield from ((store, entry) for entry in store.all())


def _told(store: OutputStore, entry: Entry) -> tuple[str, str, int]:
    from datetime import datetime, timezone

    moment = datetime.fromtimestamp(entry.stored / 1e9, tz=timezone.utc).astimezone()
    return entry.name, moment.isoformat(" ", "seconds"), store.size(entry)


def _sized(size: float) -> str:
    for unit in _UNITS[:-1]:
        if size < _STEP:
            return f"{size:.0f} {unit}"
        size /= _STEP
    return f"{size:.1f} {_UNITS[-1]}"


@command.command("restore", epilog="Example: nbvc outputs restore analysis.ipynb")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Say what would come back, and change nothing.")
def restore(paths: tuple[str, ...], *, dry_run: bool) -> int:
    """Put results back into notebooks.

    A notebook that is just as stripping left it gets its old bytes back. In any other a cell gets
    its results back where all code up to and including it is what it was when they were made.
    Results that are there stay. PATH is a file, or a folder with all notebooks below it.
    """
    from nbvc.cli.cleaning import files_of

    failed = False
    known: dict[str, tuple[OutputStore, str]] = {}
    written: list[str] = []
    try:
        for path in files_of(paths, ()):
            try:
                if _restore(path, known, dry_run=dry_run):
                    written.append(path)
            except (NbvcError, OSError) as error:
                failed = True
                _complain(path, error)
    finally:
        _refresh(written)
    return 2 if failed else 0


def _complain(path: str, error: NbvcError | OSError) -> None:
    from nbvc.cli import said
    from nbvc.render.escape import escaped_line

    named = isinstance(error, OSError) or error.where == path
    place = "" if named else f"{path}: "
    print(f"nbvc: {escaped_line(place + said(error)[0])}", file=sys.stderr)


def _restore(path: str, known: dict[str, tuple[OutputStore, str]], *, dry_run: bool) -> bool:
    """Put one notebook's results back; tell whether it was written."""
    from nbvc.cli.cleaning import store_for
    from nbvc.notebook.paired import may_be_paired
    from nbvc.notebook.saving import read_stamped, save
    from nbvc.render.escape import escaped_line
    from nbvc.store.restoring import restored

    content, seen = read_stamped(path)
    store, name = store_for(path, known)
    found = restored(store, name, content)
    shown = escaped_line(path)
    if found.content == content:
        print(f"{shown}: nothing to put back{_why(store, name, content)}.", file=sys.stderr)
        return False
    if not dry_run:
        save(path, found.content, seen, keep_time=may_be_paired(path, content))
    how = "as it was" if found.exact else f"results of {found.cells} cell{'s' * (found.cells != 1)}"
    rest = f"; {found.missing} without" if found.missing else ""
    click.echo(f"{shown}: {'would be ' if dry_run else ''}{how}{rest}")
    return not dry_run


def _why(store: OutputStore, name: str, content: bytes) -> str:
    """Return why a notebook without results gets none."""
    from nbvc.notebook import read

    if any(cell.outputs for cell in read(content).cells if cell.cell_type == "code"):
        return ""
    if not store.of(name):
        return ": nothing is stored of it"
    return ": what is stored are results of other code"


def _refresh(paths: list[str]) -> None:
    """Let git see that nothing it tracks changed, where a filter strips what was put back."""
    from nbvc.cli.repositories import repository_at
    from nbvc.errors import GitError
    from nbvc.git.refreshing import refresh

    by_folder: dict[str, list[str]] = {}
    for path in paths:
        by_folder.setdefault(os.path.dirname(os.path.realpath(path)), []).append(path)
    for folder, found in by_folder.items():
        try:
            repository = repository_at(folder)
            refresh(repository, [repository.name(path) for path in found])
        except GitError:
            continue


@command.command("gc", epilog="Example: nbvc outputs gc --limit 500m")
@click.option("--limit", metavar="SIZE", default="2g", help="What may stay: 500m, 2g (2g).")
def gc(limit: str) -> int:
    """Make the store smaller.

    What is oldest and was overtaken by newer results goes first.
    """
    from nbvc.store.collecting import collect

    _collected(collect(_store_here(), _bytes(limit), grace=60))
    return 0


@command.command("clear", epilog="Example: nbvc outputs clear --yes")
@click.option("--yes", is_flag=True, help="Do not ask.")
def clear(*, yes: bool) -> int:
    """Forget all results that are stored here, for good."""
    from nbvc.store.collecting import clear as forget

    store = _store_here()
    states = len(store.all())
    if states and not yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise click.UsageError(f"{_states(states)} would be forgotten: say --yes.")
        click.confirm(f"Forget {_states(states)} for good?", abort=True, err=True)
    _collected(forget(store))
    return 0


def _store_here() -> OutputStore:
    from nbvc.cli.cleaning import store_for

    return store_for(os.path.join(".", _ANY), {})[0]


def _states(count: int) -> str:
    return f"{count} stored state{'s' * (count != 1)}"


def _collected(done: Collected) -> None:
    click.echo(
        f"{_states(done.states)} forgotten, {_sized(done.freed)} freed, {_sized(done.left)} left"
    )


def _bytes(text: str) -> int:
    import re

    match = re.fullmatch(r"(\d{1,12})([kmg]?)b?", text.lower())
    if match is None:
        raise click.UsageError(f"{text!r} is no size: write 500m or 2g.")
    scale: int = _STEP ** " kmg".index(match[2] or " ")
    return int(match[1]) * scale
