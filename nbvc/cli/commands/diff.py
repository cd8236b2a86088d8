"""`nbvc diff`: what changed between notebooks."""

from __future__ import annotations

import os

import click

from nbvc.cli.naming.inputs import Words, paths_behind_dashes, select_pairs
from nbvc.cli.settings.viewing import view_options
from nbvc.diffing.policy import Part
from nbvc.workflow.compare import Selection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.cli.settings.viewing import View
    from nbvc.workflow.compare import Pairs

_WRITTEN = (".html", ".json", ".md", ".txt", ".diff", ".patch")
"""Endings of files that a diff may be written to."""


@click.command("diff", cls=Words, epilog="Example: nbvc diff main... -- analysis.ipynb")
@click.argument("words", metavar="[BEFORE] [AFTER] [[--] PATHS]...", nargs=-1)
@click.option("--cached", "--staged", "cached", is_flag=True, help="Compare with the index.")
@click.option("--untracked", is_flag=True, help="Show files that git doesn't know, too.")
@click.option("--tool", type=click.Choice(("nbdime",)), help="Show it in nbdime's page instead.")
@click.option(
    "--web",
    is_flag=True,
    help="Show them on a page in the browser, from which cells can be put back.",
)
@view_options
def command(
    words: tuple[str, ...],
    *,
    cached: bool,
    untracked: bool,
    tool: str | None,
    web: bool,
    view: View,
) -> int:
    """Show what changed between notebooks, by cell.

    Without arguments: what you changed since the last git add, and with --cached what a commit
    would record. With one commit: since then. With two, or a range A..B: from the first to the
    second; A...B starts where B left A. PATHS are files or folders to look at.

    Two files or folders are compared with each other, without git; a file and a folder compare the
    file with every notebook in it. COMMIT:PATH is a file in a commit. Where a name is both a file
    and a commit it is the file; behind -- there are only paths.

    Counts, ids, timings and what else tools write unasked are no change unless asked for: -d shows
    them, -i shows ids. -s, -o, -a and -m show only that part, and -S, -O, -A and -M leave it out.
    """
    from nbvc.cli.commands.comparing import show_comparisons

    paths = paths_behind_dashes()
    if paths is None and view.asked.only == {Part.OUTPUTS}:
        _refuse_file_of_other_commands(words)
    selection = Selection(words, paths, cached, untracked)
    if web:
        from nbvc.cli.commands.comparing_page import serve_comparisons

        return serve_comparisons(lambda: select_pairs(selection), view)
    pairs = select_pairs(selection)
    return show_comparisons(pairs, view) if tool is None else _show_in_nbdime(pairs)


def _show_in_nbdime(pairs: Pairs) -> int:
    """Show pairs that differ in nbdime's page, one after the other; return the exit code."""
    from nbvc.workflow.nbdime import show_diff

    try:
        for pair in pairs.pairs:
            before, after = (
                (side.path, side.read()) if side else ("", b"")
                for side in (pair.before, pair.after)
            )
            code = show_diff(before, after, os.environ) if before[1] != after[1] else 0
            if code:
                return code
    finally:
        pairs.close()
    return 0


def _refuse_file_of_other_commands(words: Sequence[str]) -> None:
    """Explain `-o FILE`, which is where nbvc's other commands write to; here -o is nbdime's."""
    last = words[-1] if words else ""
    if os.path.splitext(last)[1] in _WRITTEN and (len(words) > 2 or not os.path.lexists(last)):
        raise click.UsageError(f"-o shows only outputs; --output {last} writes to that file.")
