"""What commands that talk to servers share: how long they wait, and how results are said."""

from __future__ import annotations

import sys

import click

from nbvc.git.state.remotes import NETWORK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Command = TypeVar("Command", bound=Callable[..., Any])


def timeout_option(command: Command) -> Command:
    """Add --timeout."""
    return click.option(
        "--timeout",
        type=click.FloatRange(0, min_open=True),
        default=NETWORK,
        metavar="SECONDS",
        help=f"How long the server may take ({NETWORK:g}).",
    )(command)


def print_refusal(message: str, hint: str | None) -> None:
    """Print on stderr what was refused, and what to do."""
    from nbvc.render.escape import escape_line

    sys.stdout.flush()
    advice = f" ({escape_line(hint)})" if hint else ""
    print(f"nbvc: {escape_line(message)}{advice}", file=sys.stderr)


def print_stderr(lines: str) -> None:
    """Pass on what git and hooks wrote, which was made safe to show already."""
    sys.stdout.flush()
    if lines:
        print(lines, file=sys.stderr)
