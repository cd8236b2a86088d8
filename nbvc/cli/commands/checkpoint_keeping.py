"""`nbvc checkpoint delete`, `prune` and `rename`."""

from __future__ import annotations

import os

import click

from nbvc.cli.naming.stores import name_checkpoint, path_here, store_at
from nbvc.errors import make_visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.retention import Retention
    from nbvc.checkpoint.store import Store


@click.command("delete", epilog="Example: nbvc checkpoint delete analysis.ipynb 91ab 02c4")
@click.argument("path", metavar="NOTEBOOK")
@click.argument("which", metavar="CHECKPOINT...", nargs=-1, required=True)
def delete(path: str, which: tuple[str, ...]) -> None:
    """Delete checkpoints.

    Other checkpoints keep their IDs. A checkpoint from another machine can be deleted only there. Git
    deletes the content itself at its next garbage collection, some weeks later. Until then git show
    can print it.
    """
    from nbvc.checkpoint.sharing import find_outdated_remotes
    from nbvc.render.escape import escape_line

    with store_at(path) as store:
        # All are looked up before the first goes: "latest" means the one that is it now.
        found = {one.id: one for one in (store.find(path, name) for name in which)}
        for one in found.values():
            store.check_deletable(path, one)
        for one in found.values():
            store.delete(path, one.id)
            commit = "" if one.commit.startswith(one.id) else f"; its commit was {one.commit[:12]}"
            click.echo(f"Deleted {name_checkpoint(one)}{commit}.")
        for remote in find_outdated_remotes(store, path):
            click.echo(
                f"{escape_line(remote)} still has it; nbvc checkpoint push deletes it there."
            )


@click.command("prune", epilog="Example: nbvc checkpoint prune analysis.ipynb --keep 20 --thin")
@click.argument("paths", metavar="NOTEBOOK...", nargs=-1)
@click.option("--keep", "last", type=click.IntRange(1), required=True, metavar="N",
              help="Number of checkpoints to keep.")  # fmt: skip
@click.option("--thin", is_flag=True, help="Keep one older checkpoint per minute, hour, day, week.")
@click.option("--all", "everything", is_flag=True, help="All notebooks that have checkpoints.")
@click.option("-n", "--dry-run", is_flag=True, help="Only list what would be deleted.")
def prune(paths: tuple[str, ...], last: int, thin: bool, everything: bool, dry_run: bool) -> None:
    """Delete old checkpoints and keep the newest N.

    nbvc never does this automatically. With --thin, some older checkpoints are kept: the newest of
    each minute in the last hour, each hour in the last day, each day in the last thirty, and each week
    before that. Checkpoints from another machine are kept; prune them there.
    """
    from nbvc.checkpoint.retention import Retention

    if bool(paths) is everything:
        raise click.UsageError("name the notebooks, or pass --all")
    retention = Retention(last, thin)
    if everything:
        with store_at(".") as store:
            for name in store.notebooks():
                _prune(store, store.repository.path(name), retention, dry_run=dry_run)
        return
    for path in paths:
        with store_at(path) as store:
            _prune(store, path, retention, dry_run=dry_run)


def _prune(store: Store, path: str, retention: Retention, *, dry_run: bool) -> None:
    act = store.expendable if dry_run else store.retain
    for line in _report_pruned(
        path_here(store, store.name(path)), act(path, retention), dry_run=dry_run
    ):
        click.echo(line)
    foreign = store.foreign(path, retention)
    if foreign:
        machines = sorted({make_visible(one.machine.rpartition("-")[0]) for one in foreign})
        count = f"{len(foreign)} checkpoint{'s' * (len(foreign) != 1)}"
        click.echo(f"  {count} stay: prune them where they were made ({', '.join(machines)})")


def _report_pruned(path: str, gone: tuple[Checkpoint, ...], *, dry_run: bool) -> Iterator[str]:
    from nbvc.render.escape import escape_line

    shown = escape_line(path)
    if not gone:
        yield f"{shown}: nothing to delete."
        return
    count = f"{len(gone)} checkpoint{'s' * (len(gone) != 1)}"
    yield f"{shown}: {count} would go:" if dry_run else f"{shown}: deleted {count}:"
    for one in gone:
        yield f"  {name_checkpoint(one)}"


@click.command("rename", epilog="Example: nbvc checkpoint rename old.ipynb new.ipynb")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
def rename(old: str, new: str) -> None:
    """Move checkpoints to the new name of a notebook.

    OLD and NEW may be folders. Files are not changed. This is rarely needed: if a notebook was moved
    and hardly changed, nbvc finds it by its content the next time its checkpoints are listed or
    created.
    """
    from nbvc.errors import CheckpointError
    from nbvc.render.escape import escape_line

    with store_at(old) as store:
        if os.path.isdir(new) and store.name(old) in store.notebooks():
            new = os.path.join(new, os.path.basename(old))
        names = store.rename(old, new)
        if not names:
            hint = "run nbvc checkpoint list"
            raise CheckpointError("no checkpoints", where=old, hint=hint)
        for name in names:
            click.echo(f"{escape_line(path_here(store, name))} has the checkpoints now.")
