"""Version control that understands Jupyter notebooks.

    import nbvc

    before, after = nbvc.read("before.ipynb"), nbvc.read("after.ipynb")
    for cell in nbvc.diff(before, after).cells:
        print(cell.change, cell.before, cell.after)

Names are imported when they are first used, since starting fast is a feature.
"""

from __future__ import annotations

from nbvc.lazy import import_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing import CellDiff, Change, DiffPolicy, NotebookDiff, Part
    from nbvc.errors import NbvcError
    from nbvc.merging import MergeResult, Strategy
    from nbvc.normalising import Policy
    from nbvc.notebook import ABSENT, Cell, Notebook
    from nbvc.scripting.checkpoints import Checkpoints
    from nbvc.scripting.engine import diff, merge, normalise, patch, read
    from nbvc.scripting.history import history

__version__ = "0.1.0"

__all__ = [
    "ABSENT",
    "Cell",
    "CellDiff",
    "Change",
    "Checkpoints",
    "DiffPolicy",
    "MergeResult",
    "NbvcError",
    "Notebook",
    "NotebookDiff",
    "Part",
    "Policy",
    "Strategy",
    "diff",
    "history",
    "merge",
    "normalise",
    "patch",
    "read",
]


__getattr__ = import_lazily(
    __name__,
    {
        "ABSENT": "notebook",
        "Cell": "notebook",
        "CellDiff": "diffing",
        "Change": "diffing",
        "Checkpoints": "scripting.checkpoints",
        "DiffPolicy": "diffing",
        "NbvcError": "errors",
        "MergeResult": "merging",
        "Notebook": "notebook",
        "NotebookDiff": "diffing",
        "Part": "diffing",
        "Policy": "normalising",
        "Strategy": "merging",
        "diff": "scripting.engine",
        "history": "scripting.history",
        "merge": "scripting.engine",
        "normalise": "scripting.engine",
        "patch": "scripting.engine",
        "read": "scripting.engine",
    },
)
