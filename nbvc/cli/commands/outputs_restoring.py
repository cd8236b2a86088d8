"""`nbvc outputs restore`: put outputs back into notebooks."""

from __future__ import annotations

import os
import sys

import click

from nbvc.cli.commands.outputs_looking import report_damages
from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.store.restoring import Restored
    from nbvc.workflow.outputs import PutBack


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
    from nbvc.cli.naming.inputs import find_files
    from nbvc.workflow.outputs import Restorer

    if state and (len(paths) != 1 or os.path.isdir(paths[0])):
        raise click.UsageError("--from goes with one notebook.")
    failed = False
    restorer = Restorer(os.environ)
    try:
        for found in find_files(paths):
            path = found.path
            if found.problem:
                failed = True
                _complain(path, NbvcError(found.problem))
                continue
            try:
                done = restorer.restore(path, state, dry_run=dry_run)
                failed |= not _report(path, done, state, dry_run=dry_run)
            except (NbvcError, OSError) as error:
                failed = True
                _complain(path, error)
    finally:
        restorer.refresh()
    return 2 if failed else 0


def _complain(path: str, error: NbvcError | OSError) -> None:
    from nbvc.errors import describe_error
    from nbvc.render.escape import escaped_line

    place = "" if isinstance(error, OSError) or error.where else f"{path}: "
    print(f"nbvc: {escaped_line(place + describe_error(error))}", file=sys.stderr)


def _report(path: str, done: PutBack, state: str | None, *, dry_run: bool) -> bool:
    """Print what became of a notebook; return whether all went well."""
    from nbvc.render.escape import escaped_line
    from nbvc.workflow.outputs import check_damage

    shown = escaped_line(path)
    damage = check_damage(done)
    if damage is not None:
        _complain(path, damage)
        report_damages([done.store])
    if done.changes:
        click.echo(f"{shown}: {'would be ' if dry_run else ''}{_summary(done.found)}")
    elif damage is None:
        print(f"{shown}: nothing to put back{_why(done, state)}.", file=sys.stderr)
    return damage is None


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


def _why(done: PutBack, state: str | None) -> str:
    """Return why a notebook without outputs gets none."""
    from nbvc.notebook import read

    found, store, name = done.found, done.store, done.name
    if found.maybe:
        return (
            f": it may be a notebook that was renamed or deleted (state {', '.join(found.maybe)}); "
            "--from STATE takes its outputs"
        )
    if found.cleared:
        return (
            ": its outputs were cleared before they were last stored; --from STATE takes older ones"
        )
    if any(cell.outputs for cell in read(done.content).cells if cell.cell_type == "code"):
        return ""
    if state is not None or store.of(name):
        return ": what is stored are outputs of other code"
    if store.unclear(name):
        return (
            ": what is stored may be of another working tree; "
            "nbvc outputs list shows it, --from STATE takes it"
        )
    return ": nothing is stored of it"
