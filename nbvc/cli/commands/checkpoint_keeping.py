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
    """Delete checkpoints; the others keep their ids.

    A checkpoint that came from another machine can be deleted only there. Git drops the content
    itself when it next collects garbage, some weeks later. Until then git show can bring it back.
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
              help="Keep the newest N.")  # fmt: skip
@click.option("--thin", is_flag=True, help="Of older ones keep some: one for a minute, hour, day …")
@click.option("--all", "everything", is_flag=True, help="For all notebooks that have checkpoints.")
@click.option("-n", "--dry-run", is_flag=True, help="Only say which would go.")
def prune(paths: tuple[str, ...], last: int, thin: bool, everything: bool, dry_run: bool) -> None:
    """Delete old checkpoints; nbvc never does so by itself.

    The newest N stay. Of the others none does, or with --thin the newest of each minute of the
    last hour, of each hour of the last day, of each day of the last thirty, and of each week before.
    Checkpoints that came from another machine stay, too: prune them there.
    """
    from nbvc.checkpoint.retention import Retention

    if bool(paths) is everything:
        raise click.UsageError("Name the notebooks, or say --all.")
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
    """Let checkpoints follow a notebook, or all in a folder, to a new name.

    The files themselves are not touched. A notebook that was moved and hardly changed is found
    without this: by its content, when its checkpoints are listed or the next one is made.
    """
    from nbvc.errors import CheckpointError
    from nbvc.render.escape import escape_line

    with store_at(old) as store:
        if os.path.isdir(new) and store.name(old) in store.notebooks():
            new = os.path.join(new, os.path.basename(old))
        names = store.rename(old, new)
        if not names:
            hint = "nbvc checkpoint list names the notebooks that have some"
            raise CheckpointError("it has no checkpoints", where=old, hint=hint)
        for name in names:
            click.echo(f"{escape_line(path_here(store, name))} has the checkpoints now.")
