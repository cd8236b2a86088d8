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
    """Take staged changes of notebooks out of the index: asked about one by one, or by cell.

    The file on the disk stays as it is. What is shown is what happens to the index: it becomes what
    the last commit has. A whole notebook is unstaged by git reset.

    Exit codes: 0 success; 1 nothing was taken out.
    """
    from nbvc.cli.commands.staging import stage_chosen
    from nbvc.workflow.picking import offer_unstaging

    choosing.require("git reset takes all.")
    return stage_chosen(offer_unstaging, paths, choosing, look, "Unstaged")
