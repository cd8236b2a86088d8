"""What normalising takes away: one value, made by name, by options or by configuration."""

from __future__ import annotations

import enum

import msgspec

from nbvc.errors import NbvcError
from nbvc.normalising.noise import REMOVED, Level


class Outputs(enum.Enum):
    """What becomes of outputs."""

    KEEP = "keep"
    STRIP = "strip"


class Counts(enum.Enum):
    """What becomes of execution counts."""

    KEEP = "keep"
    STRIP = "strip"


class Ids(enum.Enum):
    """What becomes of cell ids."""

    KEEP = "keep"
    NUMBER = "number"
    """0, 1, 2…, as nbstripout does: they shift at every insertion and identify nothing."""


class Policy(msgspec.Struct, frozen=True):
    """What `normalise` takes away.

    Outputs stay where the cell has `keep_output` or `init_cell` in its metadata, one of `keep_tags`,
    where their type is in `keep_types`, or where they hold no more than `max_size` characters;
    those of a type in `drop_types` go in any case. Types are nbformat's, or `stream:stderr`.
    Metadata keys may be paths into objects (`papermill.duration`). An allow list, where it is given,
    is all that stays at its level.
    """

    outputs: Outputs = Outputs.STRIP
    counts: Counts = Counts.STRIP
    ids: Ids = Ids.KEEP
    keep_tags: tuple[str, ...] = ("keep_output",)
    keep_types: tuple[str, ...] = ()
    drop_types: tuple[str, ...] = ()
    max_size: int = 0
    notebook_metadata: tuple[str, ...] = tuple(sorted(REMOVED[Level.NOTEBOOK_METADATA]))
    cell_metadata: tuple[str, ...] = tuple(sorted(REMOVED[Level.CELL_METADATA]))
    output_metadata: tuple[str, ...] = tuple(sorted(REMOVED[Level.OUTPUT_METADATA]))
    keep_notebook_metadata: tuple[str, ...] | None = None
    keep_cell_metadata: tuple[str, ...] | None = None
    drop_empty_cells: bool = False
    drop_tagged_cells: tuple[str, ...] = ()
    strip_init_cells: bool = False


PRESETS: dict[str, Policy] = {
    "strip": Policy(),
    "noise": Policy(outputs=Outputs.KEEP),
    "nbstripout": Policy(
        ids=Ids.NUMBER,
        notebook_metadata=("orig_nbformat", "orig_nbformat_minor", "signature", "widgets"),
        cell_metadata=(
            "ExecuteTime",
            "collapsed",
            "execution",
            "heading_collapsed",
            "hidden",
            "scrolled",
            "trusted",
        ),
        output_metadata=(),
    ),
}
"""By name: `strip` takes outputs, counts and volatile metadata; `noise` keeps outputs; `nbstripout`
does what nbstripout 0.9 does when nothing else is asked of it."""


def preset(name: str) -> Policy:
    """Return a preset by its name.

    Raises `NbvcError` for one that there is none of.
    """
    try:
        return PRESETS[name]
    except KeyError:
        known = ", ".join(PRESETS)
        raise NbvcError(f"there is no preset {name!r}", hint=f"choose one of {known}") from None
