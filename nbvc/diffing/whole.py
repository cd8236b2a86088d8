"""Compare two notebooks, cell by cell."""

from __future__ import annotations

from nbvc.diffing.model import CellDiff, NotebookDiff
from nbvc.diffing.pairing import align
from nbvc.diffing.parts import find_languages
from nbvc.diffing.policy import DiffPolicy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.notebook import Notebook

_DEFAULT = DiffPolicy()


def diff(before: Notebook, after: Notebook, policy: DiffPolicy = _DEFAULT) -> NotebookDiff:
    """Compare two notebooks.

    Every cell of both sides is in exactly one entry, in reading order of the result; which cell
    became which is `align`'s business. Whether a pair differs, and where, is found when asked for.
    """
    policy = find_languages(before, after, policy)
    cells = before.cells, after.cells
    entries = [
        CellDiff(link.before, link.after, link.moved, None, None, cells, policy)
        for link in align(*cells)
    ]
    return NotebookDiff(entries, policy, notebooks=(before, after))
