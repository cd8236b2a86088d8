"""Two notebooks to what changed between them, and back."""

from __future__ import annotations

from nbvc.diff.align import Link, align
from nbvc.diff.model import CellDiff, Change, NotebookDiff
from nbvc.diff.policy import DEFAULT_PARTS, DiffPolicy, Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.notebook import Notebook

__all__ = [
    "DEFAULT_PARTS",
    "CellDiff",
    "Change",
    "DiffPolicy",
    "NotebookDiff",
    "Part",
    "diff",
    "patch",
]

_DEFAULT = DiffPolicy()


def diff(before: Notebook, after: Notebook, policy: DiffPolicy = _DEFAULT) -> NotebookDiff:
    """Compare two notebooks.

    Every cell of both sides is in exactly one entry, in reading order of the result; which cell
    became which is `align`'s business. The insides of a pair are compared when they are asked for.
    """
    cells = before.cells, after.cells
    entries = [_entry(link, cells, policy) for link in align(*cells)]
    return NotebookDiff(entries, policy, notebooks=(before, after))


def _entry(link: Link, cells: tuple[tuple, tuple], policy: DiffPolicy) -> CellDiff:  # type: ignore[type-arg]
    from nbvc.diff.parts import differs

    if not link.before:
        change = Change.ADDED
    elif not link.after:
        change = Change.REMOVED
    elif len(link.after) > 1:
        change = Change.SPLIT
    elif len(link.before) > 1:
        change = Change.JOINED
    else:
        changed = differs(cells[0][link.before[0]], cells[1][link.after[0]], policy)
        change = Change.MODIFIED if changed else Change.UNCHANGED
    return CellDiff(change, link.before, link.after, moved=link.moved, cells=cells)


def patch(before: Notebook, diff: NotebookDiff) -> Notebook:
    """Return the notebook that a diff makes of `before`, in the style of `before`'s file.

    Raises `PatchError` where the diff was made from another notebook.
    """
    from nbvc.diff.patching import patch

    return patch(before, diff)
