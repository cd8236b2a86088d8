"""`nbvc outputs restore`: put outputs back into notebooks."""

from __future__ import annotations

import os
import sys

import click
import msgspec

from nbvc.cli.commands.outputs_looking import describe_damages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.errors import NbvcError
    from nbvc.store.restoring import Restored
    from nbvc.workflow.outputs import PutBack, RestoreOutcome


@click.command("restore", epilog="Example: nbvc outputs restore analysis.ipynb")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--from", "state", metavar="STATE", help="Stored state to restore, even after edits.")
@click.option("--dry-run", is_flag=True, help="Print what would be restored and change nothing.")
def restore(paths: tuple[str, ...], *, state: str | None, dry_run: bool) -> int:
    """Restore outputs to notebooks.

    A notebook that has not changed since it was stripped becomes an exact copy of the stored state.
    Otherwise a cell gets its outputs back if its code and all code above it are unchanged. A cell
    without outputs in the latest stored state is not changed. Existing outputs are kept. PATH is a
    file, or a folder with all notebooks below it.

    With --from, a cell gets the outputs that the same code has in that state, even if code above it or
    its layout changed.

    Exit codes: 0 success; 2 a file cannot be read, or its stored state is damaged.
    """
    from nbvc.cli.naming.inputs import report_skipped
    from nbvc.cli.terminal.screen import notice
    from nbvc.cli.terminal.waiting import with_progress
    from nbvc.workflow.cores import map_files
    from nbvc.workflow.finding import find_files
    from nbvc.workflow.outputs import Restorer

    if state and (len(paths) != 1 or os.path.isdir(paths[0])):
        raise click.UsageError("--from requires a single notebook")
    files, written, failed = [], [], False
    for found in find_files(paths, os.environ, report_skipped):
        if found.problem:
            failed = True
            notice(f"{found.path}: {found.problem}")
        else:
            files.append(found.path)
    try:
        told = map_files(_RestoreBatch(state, dry_run), files, os.environ)
        for path, one in zip(files, with_progress(told, len(files), "restoring"), strict=True):
            for line in one.problems:
                notice(line)
            if one.line and one.is_result:
                click.echo(one.line)
            elif one.line:
                print(one.line, file=sys.stderr)
            failed |= one.failed
            written += [path] if one.is_result and not dry_run else []
    finally:
        Restorer(os.environ).refresh(written)
    return 2 if failed else 0


class _Told(msgspec.Struct, frozen=True):
    """What there is to print about a file; `is_result`: outputs came back, or would."""

    line: str = ""
    is_result: bool = False
    problems: tuple[str, ...] = ()
    failed: bool = False


class _RestoreBatch(msgspec.Struct, frozen=True):
    """What a process needs to know to restore the outputs of files."""

    state: str | None
    dry_run: bool

    def __call__(self, paths: list[str]) -> list[_Told]:
        """Restore the outputs of files; return what there is to print."""
        from nbvc.workflow.outputs import Restorer

        outcomes = Restorer(os.environ).restore(paths, self.state, dry_run=self.dry_run)
        return [self._report_outcome(*one) for one in zip(paths, outcomes, strict=True)]

    def _report_outcome(self, path: str, outcome: RestoreOutcome) -> _Told:
        from nbvc.cli.terminal.screen import describe_invalid
        from nbvc.render.escape import escape_line
        from nbvc.workflow.outputs import check_damage

        done = outcome.done
        if done is None:
            problem = _describe(path, outcome.error) if outcome.error else ""
            return _Told(problems=(problem,), failed=True)
        shown, problems = escape_line(path), []
        damage = check_damage(done)
        if damage is not None:
            problems = [_describe(path, damage), *describe_damages([done.store])]
        if done.changes:
            if not done.found.exact and (invalid := describe_invalid(path, done.found.content)):
                problems.append(invalid)
            verb = "would restore" if self.dry_run else "restored"
            line = f"{shown}: {verb} {_format_summary(done.found)}"
        elif damage is None:
            line = f"{shown}: nothing to restore{_explain_missing(done, self.state)}."
        else:
            line = ""
        return _Told(line, done.changes, tuple(problems), failed=damage is not None)


def _describe(path: str, error: NbvcError | OSError) -> str:
    """Return what is wrong with a file, with its name."""
    from nbvc.errors import describe_error

    is_named = isinstance(error, OSError) or error.where
    return describe_error(error) if is_named else f"{path}: {describe_error(error)}"


def _format_summary(found: Restored) -> str:
    from nbvc.render.escape import escape_line
    from nbvc.render.words import count

    parts = ["all outputs" if found.exact else f"outputs of {count(found.cells, 'cell')}"]
    if found.missing:
        cleared = f", {found.cleared} cleared" if found.cleared else ""
        parts.append(f"{found.missing} without{cleared}")
    if found.old_name:
        parts.append(f"stored as {escape_line(found.old_name)}")
    return "; ".join(parts)


def _explain_missing(done: PutBack, state: str | None) -> str:
    """Return why a notebook without outputs gets none."""
    from nbvc.notebook import read

    found, store, name = done.found, done.store, done.name
    if found.maybe:
        return (
            f": it may be a notebook that was renamed or deleted (state {', '.join(found.maybe)}); "
            "--from STATE takes its outputs"
        )
    if any(cell.outputs for cell in read(done.content).cells if cell.cell_type == "code"):
        return ": it has its outputs"
    if found.cleared:
        return (
            ": its outputs were cleared before they were last stored; --from STATE takes older ones"
        )
    if state is not None or store.of(name):
        return ": the stored outputs are from other code"
    if store.list_unclear(name):
        return (
            ": what is stored may be of another working tree; "
            "nbvc outputs list shows it, --from STATE takes it"
        )
    return ": nothing is stored for it"
