"""Options that several commands share: each group of them becomes one value at the door."""

from __future__ import annotations

import click

from nbvc.cli.settings.grouping import grouped
from nbvc.cli.terminal.screen import make_look
from nbvc.diffing.policy import ALL_MASKS, DEFAULT_PARTS, DiffPolicy, Mask, Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.cli.settings.grouping import Option


_PARTS = (
    ("s", "sources", Part.SOURCES, "sources and cell types"),
    ("o", "outputs", Part.OUTPUTS, "outputs"),
    ("a", "attachments", Part.ATTACHMENTS, "attachments"),
    ("m", "metadata", Part.METADATA, "metadata"),
    ("i", "id", Part.ID, "cell ids"),
    ("d", "details", Part.DETAILS, "execution counts, timings and other noise"),
)
_ON_TOP = (Part.ID, Part.DETAILS)
_MASKS = (*(mask.value for mask in Mask), "all")


def _check_tolerance(ctx: click.Context, param: click.Parameter, value: float) -> float:
    if not 0 <= value < float("inf"):
        raise click.BadParameter("it must be a number, 0 or more", ctx, param)
    return value


PART_OPTIONS: tuple[Option[Any], ...] = (
    *(
        click.option(f"-{letter}", f"--{name}", f"only_{name}", is_flag=True,
                     help=f"Show {what} as well." if part in _ON_TOP else f"Show only {what}.")
        for letter, name, part, what in _PARTS
    ),
    *(
        click.option(f"-{letter.upper()}", f"--ignore-{name}", f"no_{name}",
                     is_flag=True, hidden=True)
        for letter, name, _, _ in _PARTS
    ),
)  # fmt: skip
"""Nbdime's options for the parts that are compared: -s only sources, -S all but sources."""

MEANING_OPTIONS: tuple[Option[Any], ...] = (
    click.option("--rtol", type=float, default=0.0, metavar="X", callback=_check_tolerance,
                 help="Relative tolerance for numbers in outputs, such as 1e-6."),
    click.option("--atol", type=float, default=0.0, metavar="X", callback=_check_tolerance,
                 help="Absolute tolerance for numbers in outputs."),
    click.option("--mask", "masks", multiple=True, type=click.Choice(_MASKS), metavar="NAME",
                 help=f"Ignore these in outputs: {', '.join(_MASKS)}. Can be repeated."),
)  # fmt: skip
"""What may differ in outputs without being a change; see docs/OUTPUTS.md."""

COLOR_OPTIONS: tuple[Option[Any], ...] = (
    click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto",
                 help="Colors; auto respects NO_COLOR and pipes."),
    click.option("--theme", type=click.Choice(("auto", "light", "dark")), default="auto",
                 help="Terminal background, if it can't be detected."),
)  # fmt: skip


def make_policy(
    *, rtol: float = 0.0, atol: float = 0.0, masks: tuple[str, ...] = (), **parts: bool
) -> DiffPolicy:
    """Return what counts as a change, given the options for parts and outputs."""
    asked = frozenset(part for _, name, part, _ in _PARTS if parts.get(f"only_{name}"))
    excluded = frozenset(part for _, name, part, _ in _PARTS if parts.get(f"no_{name}"))
    alone = asked & DEFAULT_PARTS
    return DiffPolicy(
        ((alone or DEFAULT_PARTS) | asked) - excluded,
        rtol=rtol,
        atol=atol,
        masks=ALL_MASKS if "all" in masks else frozenset(map(Mask, masks)),
    )


part_options = grouped("policy", make_policy, *PART_OPTIONS)
meaning_options = grouped("policy", make_policy, *MEANING_OPTIONS)
color_options = grouped("look", make_look, *COLOR_OPTIONS)
