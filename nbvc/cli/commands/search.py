"""`nbvc search`: when a text came into a notebook, and when it went."""

from __future__ import annotations

import os
import re

import click

from nbvc.cli.naming.histories import Opened, describe_nothing, get_width
from nbvc.cli.settings.grouping import group_options
from nbvc.cli.settings.viewing import history_view_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.cli.settings.viewing import HistoryView
    from nbvc.versions.searching import CellPart


def _choose_parts(sources: bool, outputs: bool) -> frozenset[CellPart]:
    from nbvc.versions.searching import CellPart

    if sources == outputs:
        return frozenset(CellPart)
    return frozenset((CellPart.SOURCE if sources else CellPart.OUTPUT,))


@click.command("search", epilog="Example: nbvc search 0.8731 analysis.ipynb --outputs")
@click.argument("text")
@click.argument("path", metavar="NOTEBOOK")
@click.option("-e", "--regex", is_flag=True, help="TEXT is a regular expression.")
@group_options(
    "places",
    _choose_parts,
    click.option("-s", "--sources", is_flag=True, help="Look into sources only."),
    click.option("-o", "--outputs", is_flag=True, help="Look into outputs only."),
)
@click.option("-i", "--ignore-case", is_flag=True, help="Ignore upper and lower case.")
@click.option("--cell", metavar="CELL", help="Look into this cell only, by position or ID.")
@history_view_options
def command(
    text: str,
    path: str,
    *,
    regex: bool,
    places: frozenset[CellPart],
    ignore_case: bool,
    cell: str | None,
    view: HistoryView,
) -> int:
    """Find the versions that contain a text, number or error.

    Search the sources and outputs of all commits and checkpoints. Report the first and last version
    that contains TEXT, when it appeared and disappeared, and in which cells. Stripped outputs that
    are stored on this machine are searched, too. --cell searches one cell, also a deleted one, without
    stripped outputs.

    --format json prints one object; docs/HISTORY.md describes it.

    Exit codes: 0 found; 1 not found; 2 invalid TEXT or NOTEBOOK.
    """
    from nbvc.cli.terminal.screen import show
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.render.history import HistoryRenderer, search_as_dict
    from nbvc.render.json import as_json
    from nbvc.versions.searching import CellPart
    from nbvc.workflow.history import search_outputs

    pattern = _compile_pattern(text, regex=regex, ignore_case=ignore_case)
    with Opened(path) as history:
        if not history.versions():
            said = describe_nothing(path)
            if not view.as_json:
                show([said], paged=False)
                return 1
        with Waiting("Searching the history"):
            found = history.search(pattern, places, cell)
            looks_into_outputs = CellPart.OUTPUT in places and cell is None
            stored = (
                search_outputs(history, path, pattern, os.environ) if looks_into_outputs else ()
            )
        if view.as_json:
            show([as_json(search_as_dict(text, found, stored))], paged=False)
        else:
            renderer = HistoryRenderer(
                view.look.painter(), get_width(), (one.version for one in found)
            )
            show(renderer.search(text, found, stored), paged=view.paged)
        return 0 if stored or any(one.hits for one in found) else 1


def _compile_pattern(text: str, *, regex: bool, ignore_case: bool) -> re.Pattern[str]:
    if not text:
        raise click.UsageError("TEXT is empty")
    flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
    try:
        return re.compile(text if regex else re.escape(text), flags)
    except re.error:
        raise click.UsageError(f"{text!r} is not a valid regular expression") from None
