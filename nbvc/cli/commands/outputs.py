"""`nbvc outputs`: outputs that were stripped from notebooks, and how they come back."""

from __future__ import annotations

import click

from nbvc.cli.commands.outputs_forgetting import clear, gc
from nbvc.cli.commands.outputs_looking import export, list_, show
from nbvc.cli.commands.outputs_restoring import restore


@click.group("outputs", epilog="Example: nbvc outputs restore analysis.ipynb")
def command() -> None:
    """Manage stored outputs: list, show, restore, delete.

    Outputs are stored when clean, the filter or the hook strips them. The store is on this machine
    only: in the repository's git folder, or outside a repository in your data folder. It is never
    part of a commit, an archive or a push.

    nbvc outputs list prints the name of each stored state of a notebook. The first four characters
    are enough.
    """


for _one in (clear, export, gc, list_, restore, show):
    command.add_command(_one)
