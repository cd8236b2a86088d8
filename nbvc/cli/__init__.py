"""The command line: one module a command, imported when it is called.

This is the one place where errors become messages and exit codes.
"""

from __future__ import annotations

import sys

import click

from nbvc.errors import NbvcError

_COMMANDS = {
    "diff": "Show what changed between notebooks, by cell.",
    "fix": "Make a file full of git's conflict markers a notebook that opens.",
    "merge": "Merge three notebooks, by cell.",
    "patch": "Apply a diff to a notebook.",
    "resolve": "List the conflicts in a notebook, and decide them.",
    "show": "Print a notebook as readable text.",
}

_HIDDEN = ("git-merge-driver",)
"""What git calls, not people."""


class Commands(click.Group):
    """A group that imports a command's module when the command is called or its help is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in _COMMANDS and cmd_name not in _HIDDEN:
            return None
        from importlib import import_module

        command = import_module(f"nbvc.cli.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(_COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which one was probably meant."""
        name = args[0] if args else ""
        if name and name not in _COMMANDS and name not in _HIDDEN:
            from difflib import get_close_matches

            near = get_close_matches(name, _COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else " See 'nbvc --help'."
            raise click.UsageError(f"There is no command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from nbvc import __version__

        click.echo(f"nbvc {__version__}")
        ctx.exit()


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: nbvc diff before.ipynb after.ipynb",
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


def run(args: list[str]) -> int:
    """Run a command line and return its exit code; errors are said in one line on stderr."""
    try:
        result = nbvc.main(args, prog_name="nbvc", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BrokenPipeError:
        _forget_stdout()
        return 0
    except (KeyboardInterrupt, click.Abort):
        return 130
    except (NbvcError, RecursionError, OSError) as error:
        return _failed(*_said(error))
    return result if type(result) is int else 0


def _said(error: Exception) -> tuple[str, int]:
    """Return the message and the exit code for an error."""
    if isinstance(error, NbvcError):
        return str(error), error.exit_code
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}", 2
    return "a notebook is nested too deeply", 2


def _failed(message: str, code: int) -> int:
    from nbvc.render.escape import escaped_line

    sys.stdout.flush()
    print(f"nbvc: {escaped_line(message)}", file=sys.stderr)
    return code


def _forget_stdout() -> None:
    """Keep Python from complaining at exit that nobody reads what is left to write."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
