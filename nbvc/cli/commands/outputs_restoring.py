"""`nbvc outputs restore`: put outputs back into notebooks."""

from __future__ import annotations

import os
import sys

import click

from nbvc.cli.commands.outputs_looking import report_damages, state_called
from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.store.entries import OutputStore
    from nbvc.store.restoring import Restored
    from nbvc.workflow.places import OutputHomes


@click.command("restore", epilog="Example: nbvc outputs restore analysis.ipynb")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--from", "state", metavar="STATE", help="Stored state to take, also after edits.")
@click.option("--dry-run", is_flag=True, help="Print what would come back, and change nothing.")
def restore(paths: tuple[str, ...], *, state: str | None, dry_run: bool) -> int:
    """Put outputs back into notebooks.

    A notebook that is just as stripping left it gets its old bytes back. In any other a cell gets
    its outputs back if all code up to and including it is what it was when they were made. A cell
    that is empty in the latest stored state stays empty. Outputs that are there stay. PATH is a
    file, or a folder with all notebooks below it.

    With --from a cell gets the outputs that the same code has in this state, although code above it
    has changed, or its layout.

    Exit codes: 0 success; 2 a file can't be read, or what is stored for it is damaged.
    """
    from nbvc.cli.naming.inputs import list_files
    from nbvc.workflow.places import OutputHomes

    if state and (len(paths) != 1 or os.path.isdir(paths[0])):
        raise click.UsageError("--from goes with one notebook.")
    failed = False
    homes = OutputHomes(os.environ)
    stores: dict[str, OutputStore] = {}
    written: list[str] = []
    try:
        for path in list_files(paths, ()):
            try:
                found, is_written = _restore(path, homes, stores, state, dry_run=dry_run)
                written += [path] if is_written else []
                failed = failed or not found
            except (NbvcError, OSError) as error:
                failed = True
                _complain(path, error)
    finally:
        _refresh(written)
    return 2 if failed else 0


def _complain(path: str, error: NbvcError | OSError) -> None:
    from nbvc.errors import describe_error
    from nbvc.render.escape import escaped_line

    named = isinstance(error, OSError) or error.where in {path, *_named_state(error)}
    place = "" if named else f"{path}: "
    print(f"nbvc: {escaped_line(place + describe_error(error))}", file=sys.stderr)


def _restore(
    path: str,
    homes: OutputHomes,
    stores: dict[str, OutputStore],
    state: str | None,
    *,
    dry_run: bool,
) -> tuple[bool, bool]:
    """Put one notebook's outputs back; return whether all went well, and whether it was written."""
    from nbvc.notebook.paired import may_be_paired
    from nbvc.notebook.saving import read_stamped, save
    from nbvc.render.escape import escaped_line
    from nbvc.store.choosing import restored_from
    from nbvc.store.entries import OutputStore
    from nbvc.store.restoring import Places, restored

    content, seen = read_stamped(path)
    home, name, repository = homes.home(path)
    key = f"{home.folder}\0{home.git_dir}"
    if key not in stores:
        stores[key] = OutputStore(home)
    store = stores[key]
    if state is None:
        places = Places.outside() if repository is None else Places.of(repository)
        found = restored(store, name, content, places)
    else:
        found = restored_from(store, state_called(store, state)[0], content)
    shown = escaped_line(path)
    is_lost = found.missing and not found.cells and _is_lost(store, name)
    if found.damaged:
        _complain(path, NbvcError(f"the stored state {found.damaged} is damaged", hint=_OTHERS))
    elif is_lost:
        _complain(path, NbvcError("nothing can be found of it: the store is damaged"))
    if is_lost or found.damaged:
        report_damages([store])
    if found.content == content:
        if not found.damaged and not is_lost:
            why = _why(store, name, content, found, state)
            print(f"{shown}: nothing to put back{why}.", file=sys.stderr)
        return not found.damaged and not is_lost, False
    if not dry_run:
        save(path, found.content, seen, keep_time=may_be_paired(path, content))
    click.echo(f"{shown}: {'would be ' if dry_run else ''}{_summary(found)}")
    return not found.damaged, not dry_run


_OTHERS = "nbvc outputs list shows the others, --from takes one of them"


def _named_state(error: NbvcError) -> Iterable[str]:
    return () if error.where is None else (error.where,)


def _is_lost(store: OutputStore, name: str) -> bool:
    """Tell whether a notebook's states may be in a place of the store that is damaged."""
    return bool(store.damages) and not store.of(name)


def _summary(found: Restored) -> str:
    from nbvc.render.escape import escaped_line

    how = "as it was" if found.exact else f"outputs of {found.cells} cell{'s' * (found.cells != 1)}"
    parts = [how]
    if found.missing:
        cleared = f", {found.cleared} cleared" if found.cleared else ""
        parts.append(f"{found.missing} without{cleared}")
    if found.old_name:
        parts.append(f"stored as {escaped_line(found.old_name)}")
    return "; ".join(parts)


def _why(store: OutputStore, name: str, content: bytes, found: Restored, state: str | None) -> str:
    """Return why a notebook without outputs gets none."""
    from nbvc.notebook import read

    if found.maybe:
        return (
            f": it may be a notebook that was renamed or deleted (state {', '.join(found.maybe)}); "
            "--from STATE takes its outputs"
        )
    if found.cleared:
        return (
            ": its outputs were cleared before they were last stored; --from STATE takes older ones"
        )
    if any(cell.outputs for cell in read(content).cells if cell.cell_type == "code"):
        return ""
    if state is not None or store.of(name):
        return ": what is stored are outputs of other code"
    if store.unclear(name):
        return (
            ": what is stored may be of another working tree; "
            "nbvc outputs list shows it, --from STATE takes it"
        )
    return ": nothing is stored of it"


def _refresh(paths: list[str]) -> None:
    """Let git see that nothing it tracks changed, if a filter strips what was put back."""
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.errors import GitError
    from nbvc.git.actions.refreshing import refresh

    by_folder: dict[str, list[str]] = {}
    for path in paths:
        by_folder.setdefault(os.path.dirname(os.path.realpath(path)), []).append(path)
    for folder, found in by_folder.items():
        try:
            repository = repository_at(folder)
            refresh(repository, [repository.name(path) for path in found])
        except GitError:
            continue
