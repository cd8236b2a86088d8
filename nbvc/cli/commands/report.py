"""`nbvc report`: what a range of commits did to notebooks, as files for CI."""

from __future__ import annotations

import os
import sys

import click

from nbvc.cli.commands.comparing import collect
from nbvc.cli.naming.inputs import Words, paths_behind_dashes, select_pairs
from nbvc.cli.settings.options import meaning_options
from nbvc.cli.settings.viewing import FAIL_ON, Format, View, choose_gate
from nbvc.workflow.compare import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing.policy import DiffOverrides
    from nbvc.workflow.compare import Comparison


@click.command("report", cls=Words, epilog="Example: nbvc report origin/main...HEAD -o report")
@click.argument("words", metavar="RANGE [[--] PATHS]...", nargs=-1, required=True)
@click.option("-o", "--output", "folder", metavar="DIR", required=True, help="Folder to write to.")
@FAIL_ON
@click.option("--untracked", is_flag=True, help="Include untracked notebooks.")
@click.option("--title", help="Heading of the page and the comment.")
@click.option("--url", metavar="URL", help="URL of the published report, linked from the comment.")
@meaning_options
def command(
    words: tuple[str, ...],
    *,
    folder: str,
    fail_on: str | None,
    untracked: bool,
    title: str | None,
    url: str | None,
    asked: DiffOverrides,
) -> int:
    """Report what changed: HTML page, PR comment and JSON.

    RANGE works as in nbvc diff: BASE..HEAD, or BASE...HEAD for the changes of HEAD since it branched
    off BASE. A single commit is compared with the working tree, for example to check notebooks that
    have just been run again. DIR gets index.html, comment.md for a pull request, and report.json.
    """
    from nbvc.render.summary import count_changes

    pairs = select_pairs(Selection(words, paths_behind_dashes(), untracked=untracked))
    view = View(asked, Format.HTML, choose_gate(fail_on))
    try:
        collected, verdict = collect(pairs, view)
    finally:
        pairs.close()
    _write(collected, folder, title or f"Notebooks changed: {' '.join(words)}", url)
    page = os.path.join(folder, "index.html")
    print(f"{count_changes(collected)}; see {page.replace(os.sep, '/')}", file=sys.stderr)
    return verdict.exit_code(view.gate)


def _write(collected: list[Comparison], folder: str, title: str, url: str | None) -> None:
    from nbvc.cli.terminal.browser import write_document
    from nbvc.render.html.report import report
    from nbvc.render.json import as_json
    from nbvc.render.markdown import comment
    from nbvc.render.summary import report_values

    more = (
        f"[The whole report]({_quote_address(url)}) shows images, tables and HTML, too."
        if url
        else ""
    )
    documents = {
        "index.html": "".join(report(collected, title)),
        "comment.md": comment(collected, title=title, more=more),
        "report.json": as_json(report_values(collected, title)),
    }
    os.makedirs(folder, exist_ok=True)
    for name, document in documents.items():
        write_document(document, os.path.join(folder, name))


def _quote_address(url: str) -> str:
    """Return an address that can't end the link it is in."""
    from urllib.parse import quote

    if not url.startswith(("https://", "http://")):
        raise click.UsageError("--url must begin with https:// or http://")
    return quote(url, safe=":/?#[]@!$&'*+,;=%~-._").replace("[", "%5B").replace("]", "%5D")
