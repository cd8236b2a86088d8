"""Options that several commands share."""

from __future__ import annotations

import click

from nbvc.diffing.policy import ALL_MASKS, DEFAULT_PARTS, DiffPolicy, Mask, Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    Command = TypeVar("Command", bound=Callable[..., Any])

FORMATS = ("terminal", "unified", "json", "nbdime", "html", "markdown")
PAGES = ("html", "markdown")
"""Formats that are one document about all notebooks."""

_PARTS = (
    ("s", "sources", Part.SOURCES, "sources and cell types"),
    ("o", "outputs", Part.OUTPUTS, "outputs"),
    ("a", "attachments", Part.ATTACHMENTS, "attachments"),
    ("m", "metadata", Part.METADATA, "metadata"),
    ("i", "id", Part.ID, "cell ids"),
    ("d", "details", Part.DETAILS, "execution counts, timings and other noise"),
)


def part_options(command: Command) -> Command:
    """Add nbdime's options for the parts that are compared: -s only sources, -S all but sources."""
    for letter, name, _, what in reversed(_PARTS):
        extra = " as well" if name in ("id", "details") else ""
        lead = "Show" if extra else "Show only"
        command = click.option(
            f"-{letter.upper()}", f"--ignore-{name}", f"no_{name}", is_flag=True, hidden=True
        )(command)
        command = click.option(
            f"-{letter}", f"--{name}", f"only_{name}", is_flag=True, help=f"{lead} {what}{extra}."
        )(command)
    return command


_MASKS = (*(mask.value for mask in Mask), "all")


def meaning_options(command: Command) -> Command:
    """Add what may differ in outputs without being a change; see docs/OUTPUTS.md."""
    for option in reversed((
        click.option("--rtol", type=float, default=0.0, metavar="X", callback=_at_least_nothing,
                     help="Numbers in outputs may differ by this share of them, such as 1e-6."),
        click.option("--atol", type=float, default=0.0, metavar="X", callback=_at_least_nothing,
                     help="Numbers in outputs may differ by this much."),
        click.option("--mask", "masks", multiple=True, type=click.Choice(_MASKS), metavar="NAME",
                     help=f"Leave these out of outputs: {', '.join(_MASKS)}. Can be repeated."),
    )):  # fmt: skip
        command = option(command)
    return command


def _at_least_nothing(ctx: click.Context, param: click.Parameter, value: float) -> float:
    if not 0 <= value < float("inf"):
        raise click.BadParameter("it must be a number, 0 or more", ctx, param)
    return value


def policy_of(options: dict[str, Any]) -> DiffPolicy:
    """Return the policy that the options for parts and outputs ask for."""
    asked = frozenset(part for _, name, part, _ in _PARTS if options.get(f"only_{name}"))
    left_out = frozenset(part for _, name, part, _ in _PARTS if options.get(f"no_{name}"))
    alone = asked & DEFAULT_PARTS
    named = options.get("masks") or ()
    return DiffPolicy(
        ((alone or DEFAULT_PARTS) | asked) - left_out,
        rtol=options.get("rtol") or 0.0,
        atol=options.get("atol") or 0.0,
        masks=ALL_MASKS if "all" in named else frozenset(map(Mask, named)),
    )


def color_options(command: Command) -> Command:
    """Add --color and --theme."""
    command = click.option(
        "--theme",
        type=click.Choice(("auto", "light", "dark")),
        default="auto",
        help="The terminal's background, where it isn't found out.",
    )(command)
    return click.option(
        "--color",
        type=click.Choice(("auto", "always", "never")),
        default="auto",
        help="Colours; auto honours NO_COLOR and pipes.",
    )(command)
