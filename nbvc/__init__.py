"""Version control that understands Jupyter notebooks.

    import nbvc

    before, after = nbvc.read("before.ipynb"), nbvc.read("after.ipynb")
    for cell in nbvc.diff(before, after).cells:
        print(cell.change, cell.before, cell.after)

Names are imported when they are first used, since starting fast is a feature.
"""

from __future__ import annotations

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

_HOMES = {
    "ABSENT": "nbvc.notebook",
    "Cell": "nbvc.notebook",
    "CellDiff": "nbvc.diffing",
    "Change": "nbvc.diffing",
    "Checkpoints": "nbvc.scripting.checkpoints",
    "DiffPolicy": "nbvc.diffing",
    "NbvcError": "nbvc.errors",
    "MergeResult": "nbvc.merging",
    "Notebook": "nbvc.notebook",
    "NotebookDiff": "nbvc.diffing",
    "Part": "nbvc.diffing",
    "Policy": "nbvc.normalising",
    "Strategy": "nbvc.merging",
    "diff": "nbvc.scripting.engine",
    "history": "nbvc.scripting.history",
    "merge": "nbvc.scripting.engine",
    "normalise": "nbvc.scripting.engine",
    "patch": "nbvc.scripting.engine",
    "read": "nbvc.scripting.engine",
}

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


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'nbvc' has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value
