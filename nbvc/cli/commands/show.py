"""`nbvc show`: a notebook as readable text."""

from __future__ import annotations

import os

import click

from nbvc.cli.settings.options import part_options, policy_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.notebook import Notebook


@click.command("show", epilog="Example: nbvc show HEAD~3:analysis.ipynb | less")
@click.argument("path", metavar="NOTEBOOK")
@click.option("--no-pager", is_flag=True, help="Write to the terminal without a pager.")
@part_options
def command(path: str, no_pager: bool, **options: Any) -> None:
    """Print a notebook as readable text: sources, and outputs behind '#>'.

    NOTEBOOK is a file, or a version of one in git: COMMIT:PATH, or :PATH in the index.

    It is the text that unified diffs are made of. Execution counts, ids and other noise are left
    out unless asked for.
    """
    from nbvc.cli.terminal.screen import show
    from nbvc.render.readable import readable

    show(readable(_read(path), policy_of(options).parts), paged=not no_pager)


def _read(path: str) -> Notebook:
    from nbvc.notebook import read

    if os.path.isdir(path):
        raise click.UsageError(f"{path!r} is a folder: name one notebook in it.")
    from nbvc.cli.naming.inputs import named_input

    return read(named_input(path).read(), name=path)
