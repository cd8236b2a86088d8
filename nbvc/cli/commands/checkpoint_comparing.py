"""`nbvc checkpoint diff`."""

from __future__ import annotations

import os

import click

from nbvc.cli.commands.comparing import show_comparisons
from nbvc.cli.naming.inputs import report_skipped
from nbvc.cli.naming.stores import format_time, path_here, store_at
from nbvc.cli.settings.viewing import view_options
from nbvc.workflow.compare import Pair, Pairs, Source, file_source
from nbvc.workflow.deciding import DiffDecider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.cli.settings.viewing import View


@click.command("diff", epilog="Example: nbvc checkpoint diff analysis.ipynb 91ab latest")
@click.argument("path", metavar="NOTEBOOK")
@click.argument("before", metavar="[CHECKPOINT]", default="latest")
@click.argument("after", metavar="[CHECKPOINT]", default="")
@view_options
def diff(path: str, before: str, after: str, view: View) -> int:
    """Show what changed since a checkpoint, or between two.

    With one CHECKPOINT, compare it with the current file. Without, compare the latest checkpoint with
    the current file. All options are those of nbvc diff.
    """
    with store_at(path) as store:
        old = _make_source(store, store.find(path, before))
        if after:
            new: Source | None = _make_source(store, store.find(path, after))
        else:
            new = file_source(path) if os.path.lexists(path) else None
        policy = DiffDecider(report_skipped, os.environ).decide(path)
        return show_comparisons(Pairs((Pair(old, new, policy=policy),), many=False), view)


def _make_source(store: Store, one: Checkpoint) -> Source:
    """Return a checkpoint as one side of a diff."""
    path = path_here(store, one.path)
    label = f"{path} (checkpoint {one.id}, {format_time(one)})"
    return Source(path, label, f"{one.commit}:{one.path}", lambda: store.content(one))
