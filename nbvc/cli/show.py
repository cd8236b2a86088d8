"""`nbvc show`: a notebook as readable text."""

from __future__ import annotations

import click

from nbvc.cli.options import part_options, policy_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@click.command("show", epilog="Example: nbvc show analysis.ipynb | less")
@click.argument("path", metavar="NOTEBOOK")
@click.option("--no-pager", is_flag=True, help="Write to the terminal without a pager.")
@part_options
def command(path: str, no_pager: bool, **options: Any) -> None:
    """Print a notebook as readable text: sources, and outputs behind '#>'.

    It is the text that unified diffs are made of. Execution counts, ids and other noise are left
    out unless asked for.
    """
    from nbvc.cli.screen import show
    from nbvc.notebook import read
    from nbvc.render.readable import readable

    show(readable(read(path), policy_of(options).parts), paged=not no_pager)
