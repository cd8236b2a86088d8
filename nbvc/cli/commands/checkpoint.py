"""`nbvc checkpoint`: save points of notebooks, one module for each few of its commands."""

from __future__ import annotations

import click

from nbvc.cli.settings.groups import LazyGroup

_COMMANDS = {
    "create": ("saving", "Save notebooks as they are now."),
    "delete": ("keeping", "Delete checkpoints."),
    "diff": ("comparing", "Show what changed since a checkpoint, or between two."),
    "fetch": ("sharing", "Fetch the checkpoints of others from a remote."),
    "list": ("looking", "List the checkpoints of a notebook, or of all notebooks."),
    "prune": ("keeping", "Delete old checkpoints and keep the newest N."),
    "push": ("sharing", "Share checkpoints through a remote."),
    "rename": ("keeping", "Move checkpoints to the new name of a notebook."),
    "restore": ("saving", "Restore a notebook to a checkpoint."),
    "show": ("looking", "Print a checkpoint as readable text, or as a file."),
}
"""Each command's module, `nbvc.cli.checkpoint_…`, and its line in the help."""


def _locate_command(name: str, module: str) -> tuple[str, str]:
    return f"nbvc.cli.commands.checkpoint_{module}", "list_" if name == "list" else name


@click.command(
    "checkpoint",
    cls=LazyGroup,
    sections={"Commands": {name: summary for name, (_, summary) in sorted(_COMMANDS.items())}},
    places={name: _locate_command(name, module) for name, (module, _) in _COMMANDS.items()},
    epilog='Example: nbvc checkpoint create analysis.ipynb -m "before the rewrite"',
)
def command() -> None:
    """Save and restore snapshots of notebooks.

    A checkpoint is an exact copy of a notebook, with outputs, on a hidden ref of its git repository.
    Files, index, branches and history are not changed. Outside a repository, checkpoints are stored in
    your data folder (~/.local/share/nbvc).

    Name a checkpoint by its ID, the first four characters of its ID, or "latest".
    """
