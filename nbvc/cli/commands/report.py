"""`nbvc report`: what a range of commits did to notebooks, as files for CI."""

from __future__ import annotations

import os
import sys

import click

from nbvc.cli.commands.diff import Words
from nbvc.cli.settings.options import meaning_options, policy_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.cli.terminal.pages import Collected


@click.command("report", cls=Words, epilog="Example: nbvc report origin/main...HEAD -o report")
@click.argument("words", metavar="RANGE [[--] PATHS]...", nargs=-1, required=True)
@click.option(
    "-o", "--output", "folder", metavar="DIR", required=True, help="The folder to write to."
)
@click.option(
    "--fail-on",
    type=click.Choice(("sources", "outputs", "any")),
    help="Exit with 1 where sources, outputs or anything at all changed.",
)
@click.option("--untracked", is_flag=True, help="Take in notebooks that git doesn't know, too.")
@click.option("--title", help="The heading of page and comment.")
@click.option("--url", metavar="URL", help="Where the page will be, for a link in the comment.")
@meaning_options
def command(**options: Any) -> int:
    """Write what changed between two versions as a page, a comment and JSON.

    RANGE is what nbvc diff takes: BASE..HEAD, or BASE...HEAD for what HEAD did since it left BASE;
    one commit alone is compared with the work tree, which tests notebooks that were just run again.
    DIR gets index.html, comment.md for a pull request, and report.json.
    """
    from nbvc.cli.naming.inputs import comparison
    from nbvc.cli.terminal.pages import collect

    paths = click.get_current_context().meta.get("nbvc.paths")
    words = options["words"]
    found = comparison(words, paths, cached=False, untracked=options["untracked"])
    collected = collect(found, policy_of(options))
    title = options["title"] or f"Notebooks changed: {' '.join(words)}"
    _write(collected, options["folder"], title, options["url"])
    count = len(collected.notebooks)
    said = "1 notebook" if count == 1 else f"{count} notebooks"
    print(f"{said} changed; see {os.path.join(options['folder'], 'index.html')}", file=sys.stderr)
    return collected.failed or (1 if collected.fails(options["fail_on"]) else 0)


def _write(collected: Collected, folder: str, title: str, url: str | None) -> None:
    from nbvc.cli.terminal.pages import as_markdown, as_page
    from nbvc.cli.terminal.screen import write_lines
    from nbvc.render.json import as_json
    from nbvc.render.summary import report_values

    more = f"[The whole report]({_address(url)}) shows images, tables and HTML, too." if url else ""
    documents = {
        "index.html": as_page(collected, title),
        "comment.md": as_markdown(collected, title, more),
        "report.json": [as_json(report_values(collected.notebooks, title))],
    }
    os.makedirs(folder, exist_ok=True)
    for name, document in documents.items():
        lines = (piece.removesuffix("\n") for piece in document)
        write_lines(os.path.join(folder, name), lines)


def _address(url: str) -> str:
    """Return an address that can't end the link it stands in."""
    from urllib.parse import quote

    if not url.startswith(("https://", "http://")):
        raise click.UsageError("--url is an address that begins with https:// or http://.")
    return quote(url, safe=":/?#[]@!$&'*+,;=%~-._").replace("[", "%5B").replace("]", "%5D")
