"""`nbvc log`: the versions of a notebook."""

from __future__ import annotations

import click

from nbvc.cli.naming.histories import Opened, describe_nothing, get_width
from nbvc.cli.settings.viewing import history_view_options, no_reruns_option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.cli.settings.viewing import HistoryView
    from nbvc.versions.history import History
    from nbvc.versions.model import Version


@click.command("log", epilog="Example: nbvc log analysis.ipynb --cell 4")
@click.argument("path", metavar="NOTEBOOK")
@click.option("--cell", metavar="N|ID", help="Only the versions that changed this cell.")
@click.option(
    "-n",
    "--max-count",
    "limit",
    type=click.IntRange(1),
    metavar="N",
    help="Show at most N versions.",
)
@no_reruns_option
@history_view_options
def command(
    path: str, *, cell: str | None, limit: int | None, no_reruns: bool, view: HistoryView
) -> None:
    """List the versions of a notebook and what each changed.

    Versions are commits and checkpoints. Renames and merges are followed. A merge lists only what
    differs from all of its parents. With --cell, list the commits that changed one cell, given by its
    position (from 1) or the start of its ID. Moves, splits and joins of the cell are followed. A
    deleted cell is found by its ID.

    --format json prints an array, newest first; docs/HISTORY.md describes it.
    """
    from nbvc.cli.terminal.screen import show
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.render.history import HistoryRenderer
    from nbvc.render.wrapping import wrap_lines

    with Opened(path) as history:
        with Waiting("Reading the history"):
            versions = history.versions()
            if versions:
                history.read_all()
            if no_reruns and cell is None:
                versions = history.edits()
        if not versions:
            show([_format_empty(path) if view.as_json else describe_nothing(path)], paged=False)
            return
        if view.as_json:
            show([_for_programs(history, cell, versions, limit)], paged=False)
            return
        renderer = HistoryRenderer(view.look.painter(), get_width(), versions[:limit])
        if cell is not None:
            lines = renderer.life(history.life(cell)[:limit])
        else:
            entries = ((one, history.changes(one)) for one in versions[:limit])
            lines = renderer.log(entries)
        show(wrap_lines(lines, view.look.width), paged=view.paged)


def _format_empty(path: str) -> str:
    describe_nothing(path)
    return "[]"


def _for_programs(
    history: History, cell: str | None, versions: Sequence[Version], limit: int | None
) -> str:
    from nbvc.render.history import life_as_dicts, versions_as_dicts
    from nbvc.render.json import as_json

    if cell is not None:
        return as_json(life_as_dicts(history.life(cell)[:limit]))
    entries = [(one, history.changes(one)) for one in versions[:limit]]
    return as_json(versions_as_dicts(entries))
