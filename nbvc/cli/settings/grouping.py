"""Several options of a command as one value."""

from __future__ import annotations

from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    import click

    Command = TypeVar("Command", bound=Callable[..., Any])
    Option = Callable[[Command], Command]


def group_options(name: str, make: Callable[..., Any], *options: Option[Any]) -> Option[Any]:
    """Return a decorator that adds options to a command and passes them to it as one value.

    `make` gets all of them by their names; what it returns is the command's argument `name`.
    """

    def add(command: Command) -> Any:
        def call_command(**values: Any) -> Any:
            own = {key: values.pop(key) for key in keys}
            return command(**values, **{name: make(**own)})

        for option in reversed(options):
            call_command = option(call_command)
        added: list[click.Parameter] = call_command.__click_params__  # type: ignore[attr-defined]
        keys = dict.fromkeys(parameter.name for parameter in added)  # flags may share a name
        call_command = wraps(command)(call_command)
        call_command.__click_params__ = [*getattr(command, "__click_params__", ()), *added]  # type: ignore[attr-defined]
        return call_command

    return add
