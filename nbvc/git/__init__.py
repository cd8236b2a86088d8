"""Git, as bytes and paths; it knows no cells.

    repository = discover(Git.find(environ), "analysis.ipynb")

plumbing   processes, git's environment, objects and refs
state      what a repository is in the middle of, and what changed in it
setup      drivers, filter and hooks: installed, diagnosed and removed
actions    commit, push, pull and merge
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.programs import own_program
    from nbvc.git.plumbing.repository import Repository, discover
    from nbvc.git.plumbing.stopping import Stop, stoppable

__all__ = ["Git", "Repository", "Stop", "discover", "own_program", "stoppable"]

_HOMES = {
    "Git": "nbvc.git.plumbing.command",
    "Repository": "nbvc.git.plumbing.repository",
    "Stop": "nbvc.git.plumbing.stopping",
    "discover": "nbvc.git.plumbing.repository",
    "own_program": "nbvc.git.plumbing.programs",
    "stoppable": "nbvc.git.plumbing.stopping",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'nbvc.git' has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value
