"""Checkpoints: save points of a notebook as commits on hidden refs.

    store = open_store(Git.find(environ), "analysis.ipynb", machine="laptop", data_folder=…)
    store.create("analysis.ipynb", "before the rewrite")
    store.list("analysis.ipynb")       → (Checkpoint(id=…, message=…, …), …), oldest first

Nothing here touches the working tree, the index, HEAD or a branch.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.checkpoint.creating import Created
    from nbvc.checkpoint.opening import open_store
    from nbvc.checkpoint.record import Author, Checkpoint
    from nbvc.checkpoint.retention import Retention
    from nbvc.checkpoint.sharing import agree, fetch, is_agreed, push
    from nbvc.checkpoint.store import Store
    from nbvc.errors import CheckpointError, ContentChangedError

_HOMES = {
    "Author": "nbvc.checkpoint.record",
    "Checkpoint": "nbvc.checkpoint.record",
    "CheckpointError": "nbvc.errors",
    "ContentChangedError": "nbvc.errors",
    "Created": "nbvc.checkpoint.creating",
    "Retention": "nbvc.checkpoint.retention",
    "Store": "nbvc.checkpoint.store",
    "agree": "nbvc.checkpoint.sharing",
    "fetch": "nbvc.checkpoint.sharing",
    "is_agreed": "nbvc.checkpoint.sharing",
    "open_store": "nbvc.checkpoint.opening",
    "push": "nbvc.checkpoint.sharing",
}

__all__ = [
    "Author",
    "Checkpoint",
    "CheckpointError",
    "ContentChangedError",
    "Created",
    "Retention",
    "Store",
    "agree",
    "fetch",
    "is_agreed",
    "open_store",
    "push",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'nbvc.checkpoint' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
