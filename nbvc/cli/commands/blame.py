"""`nbvc blame`: who changed each cell last."""

from __future__ import annotations

import click

from nbvc.cli.naming.histories import (
    Opened,
    describe_nothing,
    get_width,
    on_disk,
    report_unreadable,
)
from nbvc.cli.settings.viewing import history_view_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.cli.settings.viewing import HistoryView


@click.command("blame", epilog="Example: nbvc blame analysis.ipynb --lines")
@click.argument("path", metavar="NOTEBOOK")
@click.option("-l", "--lines", is_flag=True, help="Show every line of every source.")
@click.option(
    "-o",
    "--outputs",
    is_flag=True,
    help="Always show outputs on a line of their own.",
)
@click.option(
    "--cell", metavar="CELL", help="Only this cell, by position or ID; a deleted one by its ID."
)
@history_view_options
def command(path: str, *, lines: bool, outputs: bool, cell: str | None, view: HistoryView) -> None:
    """Show the commit that last changed each cell or line.

    Moves, splits, joins and renames are followed and do not count as changes. A cell that came from
    one side of a merge is attributed to that side. Outputs get their own line if another commit
    changed them. Uncommitted cells are "not committed yet". Outputs that a filter keeps out of git
    are skipped. --cell shows one cell; a deleted one as in the last version that has it.

    --format json prints one object; docs/HISTORY.md describes it.
    """
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.cli.terminal.screen import show
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.render.history import HistoryRenderer, blame_as_dict
    from nbvc.render.json import as_json
    from nbvc.workflow.history import read_as_stored

    with Opened(path, checkpoints=False) as history:
        content = on_disk(path)
        if content is None and not history.versions():
            describe_nothing(path)
        if history.graph.head:
            content = None if content is None else read_as_stored(history, content)
        else:
            describe_nothing(path)  # says so if there is no such file,
            repository_at(path)  # and this if nobody could have committed it
        with Waiting("Reading the history"):
            found = history.blame(lines=lines, work_tree=content, cell=cell)
        report_unreadable(history, path)
        if view.as_json:
            show([as_json(blame_as_dict(found, history.name))], paged=False)
            return
        renderer = HistoryRenderer(view.look.painter(), get_width(), found.list_versions())
        rows = renderer.blame(found, lines=lines, outputs=outputs)
        show(rows if found.cells else ["The notebook has no cells."], paged=view.paged)
