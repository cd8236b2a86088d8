"""Two notebooks to what changed between them, and back."""

from __future__ import annotations

from nbvc.lazy import import_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing.model import CellDiff, NotebookDiff
    from nbvc.diffing.narrowing import WHOLE, Portion, narrow
    from nbvc.diffing.patching import patch
    from nbvc.diffing.policy import DEFAULT_PARTS, DiffPolicy, Part
    from nbvc.diffing.values import Change
    from nbvc.diffing.whole import diff

__all__ = [
    "DEFAULT_PARTS",
    "WHOLE",
    "CellDiff",
    "Change",
    "DiffPolicy",
    "NotebookDiff",
    "Part",
    "Portion",
    "diff",
    "narrow",
    "patch",
]

__getattr__ = import_lazily(
    __name__,
    {
        "DEFAULT_PARTS": "policy",
        "CellDiff": "model",
        "Change": "values",
        "DiffPolicy": "policy",
        "NotebookDiff": "model",
        "Part": "policy",
        "Portion": "narrowing",
        "WHOLE": "narrowing",
        "diff": "whole",
        "narrow": "narrowing",
        "patch": "patching",
    },
)
