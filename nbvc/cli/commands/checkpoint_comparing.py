"""`nbvc checkpoint diff`."""

from __future__ import annotations

import os

import click

from nbvc.cli.commands.diff import compare, view_options
from nbvc.cli.naming.stores import moment, path_here, store_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.cli.naming.inputs import Input


@click.command("diff", epilog="Example: nbvc checkpoint diff analysis.ipynb 91ab latest")
@click.argument("path", metavar="NOTEBOOK")
@click.argument("before", metavar="[CHECKPOINT]", default="latest")
@click.argument("after", metavar="[CHECKPOINT]", default="")
@view_options
def diff(path: str, before: str, after: str, **options: Any) -> int:
    """Show what changed since a checkpoint, or from one to another, by cell.

    With one CHECKPOINT: from it to the file as it is now; without, from the latest. All options are
    those of nbvc diff.
    """
    from nbvc.cli.naming.inputs import Comparison, Pair, file_input

    store = store_at(path)
    try:
        old = _input(store, store.find(path, before))
        if after:
            new: Input | None = _input(store, store.find(path, after))
        else:
            new = file_input(path) if os.path.lexists(path) else None
    except BaseException:
        store.close()
        raise
    return compare(Comparison((Pair(old, new),), many=False, close=store.close), options)


def _input(store: Store, one: Checkpoint) -> Input:
    """Return a checkpoint as one side of a diff."""
    from nbvc.cli.naming.inputs import Input

    path = path_here(store, one.path)
    label = f"{path} (checkpoint {one.id}, {moment(one)})"
    return Input(path, label, f"{one.commit}:{one.path}", lambda: store.content(one))
