"""How far the change of a notebook goes: into sources, outputs, metadata, or noise alone."""

from __future__ import annotations

from enum import Enum

from nbvc.errors import NotebookError, StoredFormError, describe_reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing import CellDiff, DiffPolicy, NotebookDiff
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
    UNAVAILABLE = "not available"


def format_cells(count: int) -> str:
    """Return a number of cells in words."""
    return f"{count} {'cell' if count == 1 else 'cells'}"


def judge(one: Comparison) -> tuple[Extent, str]:
    """Return how far a change goes, and its counts."""
    if isinstance(one.error, StoredFormError):
        return Extent.UNAVAILABLE, describe_reason(one.error)
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
    """Return how far a diff goes; no more of its cells is compared than this needs."""
    from nbvc.render.words import summarize_counts

    if not found.changed:
        return Extent.NOISE, ""
    counts = summarize_counts(found)
    loud = [entry for entry in found.cells if entry.is_loud]
    if any(_is_in(entry, ("source", "cell_type"), found.policy) for entry in loud):
        return Extent.SOURCES, counts
    if any(_is_in(entry, ("outputs",), found.policy) for entry in loud):
        return Extent.OUTPUTS, counts
    return Extent.METADATA, counts if loud else "of the notebook"


def _is_in(entry: CellDiff, members: tuple[str, ...], policy: DiffPolicy) -> bool:
    """Return whether a cell changed as a whole, or in one of these members."""
    from nbvc.diffing import Change
    from nbvc.diffing.parts import differ_in

    if entry.moved or entry.change is not Change.MODIFIED:
        return True
    (before,), (after,) = entry.get_cells()
    return differ_in(members, before, after, policy)
