"""How far the change of a notebook goes: into sources, outputs, metadata, or noise alone."""

from __future__ import annotations

from enum import Enum

from nbvc.errors import NotebookError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing import NotebookDiff
    from nbvc.workflow.compare import Comparison


class Extent(Enum):
    """How far a change of a notebook goes; the value is the word for people and programs."""

    SOURCES = "sources"
    OUTPUTS = "outputs only"
    METADATA = "metadata only"
    NOISE = "noise only"
    NOTHING = "renamed only"
    SAME = "same content"
    ADDED = "added"
    REMOVED = "removed"
    CONFLICT = "in conflict"
    UNTRACKED = "untracked"
    UNREADABLE = "no notebook"


def format_cells(count: int) -> str:
    """Return a number of cells in words."""
    return f"{count} {'cell' if count == 1 else 'cells'}"


def judge(one: Comparison) -> tuple[Extent, str]:
    """Return how far a change goes, and its counts."""
    if one.error:
        inside = one.error.message if isinstance(one.error, NotebookError) else one.problem
        return Extent.UNREADABLE, inside
    if one.diff is None or one.diff.before is None or one.diff.after is None:
        return Extent.SAME, ""
    if one.pair.before is None:
        return Extent.ADDED, format_cells(len(one.diff.after.cells))
    if one.diff.before.text == one.diff.after.text:
        return Extent.NOTHING, ""
    return _judge_diff(one.diff)


def _judge_diff(found: NotebookDiff) -> tuple[Extent, str]:
    from nbvc.diffing import Part
    from nbvc.render.shown import find_touched
    from nbvc.render.words import summarize_counts

    if not found.changed:
        return Extent.NOISE, ""
    parts, counts = find_touched(found), summarize_counts(found)
    for extent, part in ((Extent.SOURCES, Part.SOURCES), (Extent.OUTPUTS, Part.OUTPUTS)):
        if part in parts:
            return extent, counts
    return Extent.METADATA, counts if found.cells_changed else "of the notebook"
