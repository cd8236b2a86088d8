"""The history of a notebook: its versions across renames and merges, and who changed what."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.history.blaming import Blame, CellBlame
    from nbvc.history.history import History, blame, content, versions
    from nbvc.history.model import Kind, Version

_HOMES = {
    "Blame": "nbvc.history.blaming",
    "CellBlame": "nbvc.history.blaming",
    "History": "nbvc.history.history",
    "Kind": "nbvc.history.model",
    "Version": "nbvc.history.model",
    "blame": "nbvc.history.history",
    "content": "nbvc.history.history",
    "versions": "nbvc.history.history",
}

__all__ = ["Blame", "CellBlame", "History", "Kind", "Version", "blame", "content", "versions"]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'nbvc.history' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
