"""What normalising takes away: one value, made by name, by options or by configuration."""

from __future__ import annotations

import enum

import msgspec

from nbvc.errors import NbvcError
from nbvc.normalising.metadata import Keys, MetadataPolicy


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


class Kernel(msgspec.Struct, frozen=True):
    """The kernel that notebooks of one language are set to."""

    name: str
    display_name: str
    language: str


class Policy(msgspec.Struct, frozen=True):
    """What `normalise` takes away.

    Outputs stay where the cell has `keep_output` or `init_cell` in its metadata, one of `keep_tags`,
    where their type is in `keep_types`, or where they hold no more than `max_size` characters;
    those of a type in `drop_types` go in any case. Types are nbformat's, `stream:stderr`, or MIME
    types: these keep or remove one representation of an output.
    """

    outputs: Outputs = Outputs.STRIP
    counts: Counts = Counts.STRIP
    ids: Ids = Ids.KEEP
    keep_tags: tuple[str, ...] = ("keep_output",)
    keep_types: tuple[str, ...] = ()
    drop_types: tuple[str, ...] = ()
    max_size: int = 0
    metadata: MetadataPolicy = MetadataPolicy()
    kernel: Kernel | None = None
    drop_empty_cells: bool = False
    drop_tagged_cells: tuple[str, ...] = ()
    strip_init_cells: bool = False


def _only_these(*keys: str) -> Keys:
    return Keys(table=False, drop=keys)


PRESETS: dict[str, Policy] = {
    "strip": Policy(),
    "noise": Policy(outputs=Outputs.KEEP),
    "nbstripout": Policy(
        ids=Ids.NUMBER,
        metadata=MetadataPolicy(
            _only_these("orig_nbformat", "orig_nbformat_minor", "signature", "widgets"),
            _only_these(
                *("ExecuteTime", "collapsed", "execution", "heading_collapsed", "hidden"),
                *("scrolled", "trusted"),
            ),
            _only_these(),
        ),
    ),
    "nb-clean": Policy(
        metadata=MetadataPolicy(
            _only_these(
                *("language_info.version", "orig_nbformat", "orig_nbformat_minor", "signature"),
            ),
            Keys(only=()),
            _only_these(),
        ),
    ),
    "nbdev": Policy(
        outputs=Outputs.KEEP,
        metadata=MetadataPolicy(
            Keys(only=("kernelspec", "jekyll", "jupytext", "doc", "widgets", "nbdev")),
            Keys(only=("hide_input", "nbdev")),
            Keys(only=()),
        ),
    ),
}
"""By name: `strip` removes outputs, counts and noise; `noise` keeps outputs; the others remove what
nbstripout 0.9, nb-clean 5 and nbdev 3 remove if nothing else is asked of them."""


def preset(name: str) -> Policy:
    """Return a preset by its name.

    Raises `NbvcError` if it does not exist.
    """
    try:
        return PRESETS[name]
    except KeyError:
        known = ", ".join(PRESETS)
        raise NbvcError(f"unknown preset {name!r}", hint=f"choose one of {known}") from None
