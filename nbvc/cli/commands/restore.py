"""`nbvc restore`: put some cells of a notebook back as they were."""

from __future__ import annotations

import sys

import click

from nbvc.cli.settings.options import color_options
from nbvc.cli.settings.picking import choosing_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.cli.settings.picking import Choosing
    from nbvc.cli.terminal.screen import Look


@click.command("restore", epilog="Example: nbvc restore --source HEAD~3 --cells 4 analysis.ipynb")
@click.argument("path", metavar="NOTEBOOK")
@click.option(
    "--source",
    default="",
    metavar="VERSION",
    help="A commit or a checkpoint, instead of what is staged or was committed last.",
)
@choosing_options
@color_options
def command(path: str, source: str, choosing: Choosing, look: Look) -> int:
    """Put changes of a notebook on the disk back: asked about one by one, or by cell.

    What is shown is what happens to the file. A cell that is gone comes back at its place; --cells
    names it by its ID, or as -4 if it is cell 4 of the version. The file as it was becomes a
    checkpoint first. A whole notebook is put back by git restore or nbvc checkpoint restore.

    Exit codes: 0 success; 1 nothing was put back.
    """
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.cli.naming.stores import store_in
    from nbvc.cli.terminal.picking import report_taken
    from nbvc.workflow.picking import offer_version, put_back

    choosing.require("git restore takes all.")
    repository = repository_at(path)
    done = []
    with store_in(repository) as store:
        offer = offer_version(repository, store, path, source)
        for one, picked in choosing.choose([offer], look):
            kept = put_back(store, one, picked, f"cells of {source or 'the index'}")
            if kept is not None:
                done.append((one, picked))
                print(f"The file as it was is the checkpoint {kept.id}.", file=sys.stderr)
    return report_taken("Put back", done)
