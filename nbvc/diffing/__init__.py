"""Two notebooks to what changed between them, and back."""

from __future__ import annotations

from nbvc.diffing.model import CellDiff, NotebookDiff
from nbvc.diffing.pairing import align
from nbvc.diffing.policy import DEFAULT_PARTS, DiffPolicy, Part
from nbvc.diffing.values import Change

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
    became which is `align`'s business. Whether a pair differs, and where, is found when asked for.
    """
    from nbvc.diffing.parts import find_languages

    policy = find_languages(before, after, policy)
    cells = before.cells, after.cells
    entries = [
        CellDiff(link.before, link.after, link.moved, None, None, cells, policy)
        for link in align(*cells)
    ]
    return NotebookDiff(entries, policy, notebooks=(before, after))


def patch(before: Notebook, diff: NotebookDiff) -> Notebook:
    """Return the notebook that a diff makes of `before`, in the style of `before`'s file.

    Raises `PatchError` where the diff was made from another notebook.
    """
    from nbvc.diffing.patching import patch

    return patch(before, diff)
