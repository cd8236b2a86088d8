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
@click.option("--cached", "--staged", "cached", is_flag=True, help="Show staged changes.")
@click.option("--untracked", is_flag=True, help="Include untracked files.")
@click.option(
    "--tool", type=click.Choice(("nbdime",)), help="Show the diff in nbdime's page instead."
)
@click.option(
    "--web",
    is_flag=True,
    help="Show a page in the browser that can restore cells.",
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

    Without arguments, show the changes since the last git add, or with --cached the staged changes.
    With one commit, show the changes since that commit. With two commits or A..B, compare the first
    with the second. A...B compares B with the commit where B branched off A. PATHS are files or
    folders.

    Two files or two folders are compared directly, without git. A file and a folder: the file is
    compared with every notebook in the folder. COMMIT:PATH is a file in a commit. A name that is
    both a file and a commit is taken as the file. Everything after -- is a path.

    Execution counts, cell IDs, timings and other tool-written data are ignored by default: -d shows
    them, -i shows IDs. -s, -o, -a and -m show only that part; -S, -O, -A and -M hide it.
    """
    from nbvc.cli.commands.comparing import show_comparisons

    paths = paths_behind_dashes()
    if paths is None and view.asked.only == {Part.OUTPUTS}:
        _refuse_file_of_other_commands(words)
    selection = Selection(words, paths, cached, untracked)
    if web:
        if tool is not None:
            raise click.UsageError("--web cannot be combined with --tool")
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
        raise click.UsageError(f"-o shows only outputs: to write to a file, use --output {last}")
