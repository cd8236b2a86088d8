"""The history of a notebook: its versions across renames and merges, and who changed what."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.versions.blaming import Blame, CellBlame
    from nbvc.versions.history import History, blame, content, versions
    from nbvc.versions.model import Kind, Version

_HOMES = {
    "Blame": "nbvc.versions.blaming",
    "CellBlame": "nbvc.versions.blaming",
    "History": "nbvc.versions.history",
    "Kind": "nbvc.versions.model",
    "Version": "nbvc.versions.model",
    "blame": "nbvc.versions.history",
    "content": "nbvc.versions.history",
    "versions": "nbvc.versions.history",
}

__all__ = ["Blame", "CellBlame", "History", "Kind", "Version", "blame", "content", "versions"]


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'nbvc.versions' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
