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
    help="Commit or checkpoint (default: the index).",
)
@choosing_options
@color_options
def command(path: str, source: str, choosing: Choosing, look: Look) -> int:
    """Restore single cells from the index or a version.

    Choose changes one by one (-p) or by cell (--cells). The diff shows what happens to the file. A
    deleted cell is restored to its place; --cells takes its ID, or -4 for cell 4 of the version. The
    current file is saved as a checkpoint first. To restore a whole notebook, use git restore or nbvc
    checkpoint restore.

    Exit codes: 0 success; 1 nothing was restored.
    """
    from nbvc.cli.naming.repositories import repository_at
    from nbvc.cli.naming.stores import store_in
    from nbvc.cli.terminal.picking import report_taken
    from nbvc.workflow.picking import offer_version, put_back

    choosing.require("git restore restores the whole file")
    repository = repository_at(path)
    done = []
    with store_in(repository) as store:
        offer = offer_version(repository, store, path, source)
        for one, picked in choosing.choose([offer], look):
            kept = put_back(store, one, picked, f"cells of {source or 'the index'}")
            if kept is not None:
                done.append((one, picked))
                print(f"The previous content is saved as checkpoint {kept.id}", file=sys.stderr)
    return report_taken("Restored", done, choosing.reason)
