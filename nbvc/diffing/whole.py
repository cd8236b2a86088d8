"""Compare two notebooks, cell by cell."""

from __future__ import annotations

from nbvc.diffing.model import NotebookDiff
from nbvc.diffing.parts import find_languages
from nbvc.diffing.policy import DiffPolicy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.notebook import Notebook

_DEFAULT = DiffPolicy()


def diff(before: Notebook, after: Notebook, policy: DiffPolicy = _DEFAULT) -> NotebookDiff:
    """Compare two notebooks.

    Every cell of both sides is in exactly one entry, in reading order of the result. Which cell
    became which, and whether and where a pair differs, is found when asked for.
    """
    policy = find_languages(before, after, policy)
    return NotebookDiff(None, policy, notebooks=(before, after))
