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
    from nbvc.diff import CellDiff, Change, DiffPolicy, NotebookDiff, Part, diff, patch
    from nbvc.errors import NbvcError
    from nbvc.merge import MergeResult, Strategy, merge
    from nbvc.normalise import Policy, normalise
    from nbvc.notebook import ABSENT, Cell, Notebook, read

__version__ = "0.1.0"

_HOMES = {
    "ABSENT": "nbvc.notebook",
    "Cell": "nbvc.notebook",
    "CellDiff": "nbvc.diff",
    "Change": "nbvc.diff",
    "DiffPolicy": "nbvc.diff",
    "NbvcError": "nbvc.errors",
    "MergeResult": "nbvc.merge",
    "Notebook": "nbvc.notebook",
    "NotebookDiff": "nbvc.diff",
    "Part": "nbvc.diff",
    "Policy": "nbvc.normalise",
    "Strategy": "nbvc.merge",
    "diff": "nbvc.diff",
    "merge": "nbvc.merge",
    "normalise": "nbvc.normalise",
    "patch": "nbvc.diff",
    "read": "nbvc.notebook",
}

__all__ = [
    "ABSENT",
    "Cell",
    "CellDiff",
    "Change",
    "DiffPolicy",
    "MergeResult",
    "NbvcError",
    "Notebook",
    "NotebookDiff",
    "Part",
    "Policy",
    "Strategy",
    "diff",
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

    home = import_module(_HOMES[name])
    value = home if home.__name__ == f"nbvc.{name}" else getattr(home, name)
    globals()[name] = value
    return value
