"""What counts as a change."""

from __future__ import annotations

import enum

import msgspec


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


class DiffPolicy(msgspec.Struct, frozen=True):
    """Which parts make a cell changed and are shown; a diff is complete whatever it says."""

    parts: frozenset[Part] = DEFAULT_PARTS

    def counts(self, part: Part) -> bool:
        """Tell whether a difference in this part is a change."""
        return part in self.parts
