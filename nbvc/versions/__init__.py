"""The history of a notebook: its versions across renames and merges, and who changed what."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.versions.blaming import Blame, CellBlame
    from nbvc.versions.model import Kind, Version
    from nbvc.versions.past import History, blame, content, versions

_HOMES = {
    "Blame": "nbvc.versions.blaming",
    "CellBlame": "nbvc.versions.blaming",
    "History": "nbvc.versions.past",
    "Kind": "nbvc.versions.model",
    "Version": "nbvc.versions.model",
    "blame": "nbvc.versions.past",
    "content": "nbvc.versions.past",
    "versions": "nbvc.versions.past",
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
