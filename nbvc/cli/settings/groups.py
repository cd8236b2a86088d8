"""Groups of commands that start fast: a command's module is imported when the command is called."""

from __future__ import annotations

import click

from nbvc.cli.terminal.importing import import_msgspec
from nbvc.names import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class LazyGroup(click.Group):
    """A group that imports a command when it is called or its help is asked for.

    `sections` has headings, and the help line of each command below them. `places` has the module and
    the name in it of each command, also of hidden ones. `hint` follows the error about a command that
    does not exist.
    """

    def __init__(
        self,
        *args: Any,
        sections: Mapping[str, Mapping[str, str]],
        places: Mapping[str, tuple[str, str]],
        hint: str = "",
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        self.sections = sections
        self._names = {name for section in sections.values() for name in section}
        self._places = places
        self._hint = hint

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(self._names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self._places:
            return None
        from importlib import import_module

        import_msgspec()
        module, name = self._places[cmd_name]
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        if ctx.resilient_parsing:  # The shell asks how a line could continue.
            module, name = _COMPLETER
            getattr(import_module(module), name)(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        width = max(map(len, self._names))
        for heading, commands in self.sections.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{name:{width}}", text) for name, text in commands.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or suggest the one that was probably meant."""
        name = args[0] if args else ""
        if name == "help" and name not in self._places:
            args = [*args[1:], "--help"]
            if len(args) == 1:
                click.echo(ctx.get_help())
                ctx.exit()
            name = args[0]
        if name and name not in self._places:
            from difflib import get_close_matches

            near = get_close_matches(name, self._names, 1)
            hint = f" (did you mean {near[0]!r}?)" if near else self._hint
            if name.endswith(SUFFIX):
                hint = f" (see {ctx.command_path} --help: a command comes before the notebook)"
            raise click.UsageError(f"unknown command {name!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


_COMPLETER = ("nbvc.cli.naming.completing", "complete_parameters")
"""Imported by name: it is a neighbor, and needed by a shell alone."""
