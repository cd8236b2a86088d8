"""What counts as a change."""

from __future__ import annotations

import enum

import msgspec

from nbvc.normalising.metadata import MetadataPolicy


class Part(enum.Enum):
    """What a cell or a notebook consists of, as far as a reader may care about it or not."""

    SOURCES = "sources"
    OUTPUTS = "outputs"
    ATTACHMENTS = "attachments"
    METADATA = "metadata"
    ID = "id"
    DETAILS = "details"
    """Execution counts and what else the noise table lists."""


DEFAULT_PARTS = frozenset((Part.SOURCES, Part.OUTPUTS, Part.ATTACHMENTS, Part.METADATA))


class Mask(enum.Enum):
    """Something in the text of outputs that is another with every run, and may be left out."""

    ADDRESSES = "addresses"
    """`<Model at 0x7f3c2a10>`"""
    TIMESTAMPS = "timestamps"
    """Dates with a time, times of day, dates."""
    UUIDS = "uuids"
    """`1b4e28ba-2fa1-11d2-883f-0016d3cca427`, with dashes or as 32 digits."""
    DURATIONS = "durations"
    """`1.03 s`, `17 ms ± 2 ms`, `0:01:12`"""
    PATHS = "paths"
    """Files in the folders for temporary ones."""


REGEX = "re:"
"""How a mask begins that is a regular expression."""

ALL_MASKS: frozenset[Mask | str] = frozenset(Mask)


class Blanks(enum.Enum):
    """Which differences between blanks in a source count."""

    ALL = "all"
    AMOUNT = "amount"
    """More or fewer blanks do not count, nor do blanks at the end of a line (`git diff -b`)."""
    NONE = "none"
    """No blanks within a line count (`git diff -w`)."""


class DiffPolicy(msgspec.Struct, frozen=True):
    """What makes a cell changed and is shown; a diff is complete whatever it says.

    Two numbers in outputs are the same where they differ by no more than `atol`, or by no more than
    `rtol` times the larger one (PEP 485). What `masks` name is left out of the texts of outputs; a mask
    of one's own is a text in which `*` stands for anything without spaces, or `re:` and an expression.
    `metadata` says which keys are noise; `languages` are those of both notebooks, which `diff` sets.
    `blanks` and `blank_lines` are about sources: whether lines without anything in them count.
    """

    parts: frozenset[Part] = DEFAULT_PARTS
    rtol: float = 0.0
    atol: float = 0.0
    masks: frozenset[Mask | str] = frozenset()
    metadata: MetadataPolicy = MetadataPolicy()
    languages: tuple[str, str] = ("python", "python")
    blanks: Blanks = Blanks.ALL
    blank_lines: bool = True

    def counts(self, part: Part) -> bool:
        """Return whether a difference in this part is a change."""
        return part in self.parts

    @property
    def tolerant(self) -> bool:
        """Whether numbers may differ a little."""
        return self.rtol > 0 or self.atol > 0

    @property
    def ignores_blanks(self) -> bool:
        """Whether some differences between blanks in sources do not count."""
        return self.blanks is not Blanks.ALL or not self.blank_lines


class DiffOverrides(msgspec.Struct, frozen=True):
    """What a command line changes of a project's settings.

    `only` are the parts that count alone, `shown` those on top, `hidden` those that do not count.
    """

    only: frozenset[Part] = frozenset()
    shown: frozenset[Part] = frozenset()
    hidden: frozenset[Part] = frozenset()
    rtol: float | None = None
    atol: float | None = None
    masks: frozenset[Mask | str] = frozenset()
    blanks: Blanks = Blanks.ALL
    blank_lines: bool = True

    def over(self, policy: DiffPolicy) -> DiffPolicy:
        """Return the policy of a project with these on top; masks add to the project's."""
        return msgspec.structs.replace(
            policy,
            parts=((self.only or policy.parts) | self.shown) - self.hidden,
            rtol=policy.rtol if self.rtol is None else self.rtol,
            atol=policy.atol if self.atol is None else self.atol,
            masks=policy.masks | self.masks,
            blanks=self.blanks,
            blank_lines=self.blank_lines,
        )
