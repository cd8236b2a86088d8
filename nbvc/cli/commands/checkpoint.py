"""`nbvc checkpoint`: save points of notebooks, one module for each few of its commands."""

from __future__ import annotations

import click

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


class _Commands(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in _COMMANDS:
            return None
        from importlib import import_module

        module = import_module(f"nbvc.cli.commands.checkpoint_{_COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name if cmd_name != "list" else "list_")
        assert isinstance(command, click.Command)
        if ctx.resilient_parsing:
            from nbvc.cli.group import complete_files

            complete_files(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in sorted(_COMMANDS.items())])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one was probably meant."""
        name = args[0] if args else ""
        if name and name not in _COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(name, _COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"There is no command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.command(
    "checkpoint",
    cls=_Commands,
    epilog='Example: nbvc checkpoint create analysis.ipynb -m "before the rewrite"',
)
def command() -> None:
    """Save points of notebooks, which cost nothing and lose nothing.

    A checkpoint is the notebook byte for byte, outputs and all, on a hidden ref of its git
    repository. Your files, the index, branches and history stay as they are. Outside of a
    repository checkpoints lie in your data folder (~/.local/share/nbvc).

    A checkpoint is called by its id, the start of it (four characters), or "latest".
    """
