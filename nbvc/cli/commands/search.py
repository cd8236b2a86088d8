"""`nbvc search`: when a text came into a notebook, and when it went."""

from __future__ import annotations

import re

import click

from nbvc.cli.naming.histories import Opened, nothing, view_options, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.versions.searching import Place


@click.command("search", epilog="Example: nbvc search 0.8731 analysis.ipynb --outputs")
@click.argument("text")
@click.argument("path", metavar="NOTEBOOK")
@click.option("-e", "--regex", is_flag=True, help="TEXT is a regular expression.")
@click.option("-s", "--sources", is_flag=True, help="Look into sources only.")
@click.option("-o", "--outputs", is_flag=True, help="Look into outputs only.")
@click.option("-i", "--ignore-case", is_flag=True, help="Take upper and lower case as the same.")
@view_options
def command(text: str, path: str, **options: Any) -> int:
    """Find the versions of a notebook in which a text, a number or an error appeared.

    Looks into the sources and outputs of all commits and checkpoints, and tells in which version it
    was first and last, when it came and went, and in which cells. Exits with 1 where it never was.

    --format json prints one object; docs/HISTORY.md describes it.
    """
    from nbvc.cli.terminal.screen import painter, show
    from nbvc.cli.terminal.waiting import Waiting
    from nbvc.render.history import HistoryRenderer, search_as_dict
    from nbvc.render.json import as_json

    pattern = _pattern(text, regex=options["regex"], ignore_case=options["ignore_case"])
    places = _places(sources=options["sources"], outputs=options["outputs"])
    for_people = options["format_"] == "terminal"
    with Opened(path) as history:
        if not history.versions():
            said = nothing(path)
            if for_people:
                show([said], paged=False)
                return 1
        with Waiting("Searching the history"):
            found = history.search(pattern, places)
        if for_people:
            renderer = HistoryRenderer(painter(options["color"], options["theme"]), width())
            show(renderer.search(text, found), paged=not options["no_pager"])
        else:
            show([as_json(search_as_dict(text, found))], paged=False)
        return 0 if any(one.hits for one in found) else 1


def _pattern(text: str, *, regex: bool, ignore_case: bool) -> re.Pattern[str]:
    if not text:
        raise click.UsageError("There is nothing to search for: TEXT is empty.")
    flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
    try:
        return re.compile(text if regex else re.escape(text), flags)
    except re.error as error:
        raise click.UsageError(f"{text!r} is no regular expression: {error}") from None


def _places(sources: bool, outputs: bool) -> frozenset[Place]:
    from nbvc.versions.searching import Place

    if sources == outputs:
        return frozenset(Place)
    return frozenset((Place.SOURCE if sources else Place.OUTPUT,))
