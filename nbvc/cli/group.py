"""The group of all commands."""

from __future__ import annotations

import click

COMMANDS = {
    "blame": "Show the commit that last changed each cell, or each line.",
    "check": "Report outputs, noise and secrets that should not be committed.",
    "checkpoint": "Save points of notebooks: make, list, compare, restore, share.",
    "clean": "Remove outputs, execution counts and noise from notebooks.",
    "commit": "Commit some notebooks and nothing else, and push.",
    "config": "Show which keys of a notebook are noise.",
    "diff": "Show what changed between notebooks, by cell.",
    "doctor": "Find what is wrong with nbvc in git here, and say how to mend it.",
    "fix": "Make a file full of git's conflict markers a notebook that opens.",
    "install": "Set git up, so that git diff, log and merge understand notebooks.",
    "log": "List the versions of a notebook, and what each changed in cells.",
    "merge": "Merge three notebooks, by cell.",
    "outputs": "Manage stored outputs: list, show, restore, delete.",
    "patch": "Apply a diff to a notebook.",
    "pull": "Fetch what the branch follows, and merge it, notebooks by cell.",
    "report": "What a range of commits changed, as a page, a comment and JSON for CI.",
    "refresh": "Let git see that a rerun changed nothing that it keeps.",
    "resolve": "List the conflicts in a notebook, and decide them.",
    "search": "Find the versions of a notebook that a text appeared in.",
    "show": "Print a notebook as readable text.",
    "status": "List the notebooks that changed: sources, outputs only, noise only.",
    "timeline": "Write a page that replays a notebook: a slider over all versions.",
    "uninstall": "Undo nbvc install.",
}

HIDDEN = ("git-merge-driver",)
"""What git calls, not people."""


class Commands(click.Group):
    """A group that imports a command's module when the command is called or its help is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS and cmd_name not in HIDDEN:
            return None
        from importlib import import_module

        command = import_module(f"nbvc.cli.{_room(cmd_name)}.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        if ctx.resilient_parsing:  # The shell asks what a line could go on with.
            complete_files(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one was probably meant."""
        name = args[0] if args else ""
        if name and name not in COMMANDS and name not in HIDDEN:
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else " See 'nbvc --help'."
            raise click.UsageError(f"There is no command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


def _room(name: str) -> str:
    return "callbacks" if name in HIDDEN else "commands"


def complete_files(command: click.Command) -> None:
    """Let the shell complete names of files, which it only does for arguments that are paths."""
    for below in getattr(command, "commands", {}).values():
        complete_files(below)
    for parameter in command.params:
        of_file = isinstance(parameter, click.Argument) or parameter.metavar in ("FILE", "DIR")
        if of_file and parameter.type is click.STRING:
            parameter.type = click.Path()


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from nbvc import __version__

        click.echo(f"nbvc {__version__}")
        ctx.exit()


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "Example: nbvc diff before.ipynb after.ipynb; in a repository, nbvc install once, "
        "and git diff and git merge understand notebooks."
    ),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and exit.",
)
def nbvc() -> None:
    """Version control that understands Jupyter notebooks."""
