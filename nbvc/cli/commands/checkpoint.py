"""`nbvc checkpoint`: save points of notebooks, one module for each few of its commands."""

from __future__ import annotations

import click

from nbvc.cli.settings.groups import LazyGroup

_COMMANDS = {
    "create": ("saving", "Save notebooks as they are now."),
    "delete": ("keeping", "Delete checkpoints."),
    "diff": ("comparing", "Show what changed since a checkpoint, or between two."),
    "fetch": ("sharing", "Get the checkpoints of others from a remote."),
    "list": ("looking", "List the checkpoints of a notebook, or all notebooks that have some."),
    "prune": ("keeping", "Delete old checkpoints, as many as you say."),
    "push": ("sharing", "Share checkpoints through a remote."),
    "rename": ("keeping", "Let checkpoints follow a notebook to a new name."),
    "restore": ("saving", "Write a checkpoint back over the notebook."),
    "show": ("looking", "Print a checkpoint as readable text, or as it is."),
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
    """Save points of notebooks, which cost nothing and lose nothing.

    A checkpoint is the notebook byte for byte, outputs and all, on a hidden ref of its git
    repository. Your files, the index, branches and history stay as they are. Outside of a
    repository checkpoints lie in your data folder (~/.local/share/nbvc).

    A checkpoint is called by its id, the start of it (four characters), or "latest".
    """
