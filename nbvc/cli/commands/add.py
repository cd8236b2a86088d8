"""`nbvc add`: stage some cells of notebooks."""

from __future__ import annotations

import click

from nbvc.cli.settings.options import color_options
from nbvc.cli.settings.picking import choosing_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.cli.settings.picking import Choosing
    from nbvc.cli.terminal.screen import Look


@click.command("add", epilog="Example: nbvc add -p analysis.ipynb")
@click.argument("paths", nargs=-1, metavar="[NOTEBOOK]...")
@choosing_options
@color_options
def command(paths: tuple[str, ...], choosing: Choosing, look: Look) -> int:
    """Stage single cells.

    Choose changes one by one (-p) or by cell (--cells). The file on disk is not changed. If nbvc's
    filter is set up, the index gets what the filter stores. To stage a whole notebook, use git add.

    Exit codes: 0 success; 1 nothing was staged.
    """
    from nbvc.cli.commands.staging import stage_chosen
    from nbvc.workflow.picking import offer_staging

    choosing.require("git add stages the whole file")
    return stage_chosen(offer_staging, paths, choosing, look, "Staged")
