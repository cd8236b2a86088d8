"""Two notebooks to what changed between them, and back."""

from __future__ import annotations

from nbvc.lazy import import_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing.model import CellDiff, NotebookDiff
    from nbvc.diffing.patching import patch
    from nbvc.diffing.policy import DEFAULT_PARTS, DiffPolicy, Part
    from nbvc.diffing.values import Change
    from nbvc.diffing.whole import diff

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

__getattr__ = import_lazily(
    __name__,
    {
        "DEFAULT_PARTS": "policy",
        "CellDiff": "model",
        "Change": "values",
        "DiffPolicy": "policy",
        "NotebookDiff": "model",
        "Part": "policy",
        "diff": "whole",
        "patch": "patching",
    },
)
