"""Options that several commands share: each group of them becomes one value at the door."""

from __future__ import annotations

import click

from nbvc.cli.settings.grouping import group_options
from nbvc.cli.terminal.screen import make_look
from nbvc.diffing.policy import DEFAULT_PARTS, Blanks, DiffOverrides, DiffPolicy, Mask, Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.cli.settings.grouping import Option


_PARTS = (
    ("s", "sources", Part.SOURCES, "sources and cell types"),
    ("o", "outputs", Part.OUTPUTS, "outputs"),
    ("a", "attachments", Part.ATTACHMENTS, "attachments"),
    ("m", "metadata", Part.METADATA, "metadata"),
    ("i", "id", Part.ID, "cell IDs"),
    ("d", "details", Part.DETAILS, "execution counts, timings and other noise"),
)
_ON_TOP = (Part.ID, Part.DETAILS)
_MASKS = (*(mask.value for mask in Mask), "all")


def _check_tolerance(
    ctx: click.Context, param: click.Parameter, value: float | None
) -> float | None:
    if value is not None and not 0 <= value < float("inf"):
        raise click.BadParameter("it must be a number, 0 or more", ctx, param)
    return value


def _check_masks(
    ctx: click.Context, param: click.Parameter, value: tuple[str, ...]
) -> frozenset[Mask | str]:
    if not value:
        return frozenset()
    from nbvc.diffing.configuring import read_masks
    from nbvc.errors import NbvcError

    try:
        return read_masks(value)
    except NbvcError as error:
        raise click.BadParameter(str(error), ctx, param) from None


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
    click.option("--rtol", type=float, default=None, metavar="X", callback=_check_tolerance,
                 help="Relative tolerance for numbers in outputs, such as 1e-6."),
    click.option("--atol", type=float, default=None, metavar="X", callback=_check_tolerance,
                 help="Absolute tolerance for numbers in outputs."),
    click.option("--mask", "masks", multiple=True, metavar="MASK", callback=_check_masks,
                 help=f"Ignore these in outputs: {', '.join(_MASKS)}, a text with '*' for "
                 "anything without spaces, or re:EXPRESSION. Can be repeated."),
    click.option("-w", "--ignore-all-space", "no_space", is_flag=True,
                 help="Ignore spaces in sources."),
    click.option("-b", "--ignore-space-change", "any_space", is_flag=True,
                 help="Ignore how many spaces there are in sources."),
    click.option("--ignore-blank-lines", "no_blank_lines", is_flag=True,
                 help="Ignore blank lines in sources."),
)  # fmt: skip
"""What may differ in outputs and sources without being a change; see docs/OUTPUTS.md."""

COLOR_OPTIONS: tuple[Option[Any], ...] = (
    click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto",
                 help="Colors; auto respects NO_COLOR and pipes."),
    click.option("--theme", type=click.Choice(("auto", "light", "dark")), default="auto",
                 help="Terminal background, if it can't be detected."),
)  # fmt: skip


def make_overrides(
    *,
    rtol: float | None = None,
    atol: float | None = None,
    masks: frozenset[Mask | str] = frozenset(),
    no_space: bool = False,
    any_space: bool = False,
    no_blank_lines: bool = False,
    **parts: bool,
) -> DiffOverrides:
    """Return what the options for parts and outputs change of a project's settings."""
    asked = frozenset(part for _, name, part, _ in _PARTS if parts.get(f"only_{name}"))
    hidden = frozenset(part for _, name, part, _ in _PARTS if parts.get(f"no_{name}"))
    only = asked & DEFAULT_PARTS
    blanks = Blanks.NONE if no_space else Blanks.AMOUNT if any_space else Blanks.ALL
    return DiffOverrides(
        only, asked - only, hidden, rtol, atol, masks, blanks, blank_lines=not no_blank_lines
    )


def _make_policy(**parts: Any) -> DiffPolicy:
    """Return what is shown of a single notebook, whatever its project's settings are."""
    return make_overrides(**parts).over(DiffPolicy())


part_options = group_options("policy", _make_policy, *PART_OPTIONS)
meaning_options = group_options("asked", make_overrides, *MEANING_OPTIONS)
color_options = group_options("look", make_look, *COLOR_OPTIONS)
