"""`nbvc reset`: take some cells of notebooks out of the index."""

from __future__ import annotations

import click

from nbvc.cli.settings.options import color_options
from nbvc.cli.settings.picking import choosing_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.cli.settings.picking import Choosing
    from nbvc.cli.terminal.screen import Look


@click.command("reset", epilog="Example: nbvc reset -p analysis.ipynb")
@click.argument("paths", nargs=-1, metavar="[NOTEBOOK]...")
@choosing_options
@color_options
def command(paths: tuple[str, ...], choosing: Choosing, look: Look) -> int:
    """Unstage single cells.

    Choose changes one by one (-p) or by cell (--cells). The file on disk is not changed. The diff
    shows what happens to the index: chosen cells become what the last commit contains. To unstage a
    whole notebook, use git reset.

    Exit codes: 0 success; 1 nothing was unstaged.
    """
    from nbvc.cli.commands.staging import stage_chosen
    from nbvc.workflow.picking import offer_unstaging

    choosing.require("git reset unstages the whole file")
    return stage_chosen(offer_unstaging, paths, choosing, look, "Unstaged")
