"""Git, as bytes and paths; it knows no cells.

    repository = discover(Git.find(environ), "analysis.ipynb")

plumbing   processes, git's environment, objects and refs
state      what a repository is in the middle of, and what changed in it
setup      drivers, filter and hooks: installed, diagnosed and removed
actions    commit, push, pull and merge
"""

from __future__ import annotations

from nbvc.lazy import import_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.programs import own_program
    from nbvc.git.plumbing.repository import Repository, discover
    from nbvc.git.plumbing.stopping import Stop, make_stoppable

__all__ = ["Git", "Repository", "Stop", "discover", "make_stoppable", "own_program"]

__getattr__ = import_lazily(
    __name__,
    {
        "Git": "plumbing.command",
        "Repository": "plumbing.repository",
        "Stop": "plumbing.stopping",
        "discover": "plumbing.repository",
        "own_program": "plumbing.programs",
        "make_stoppable": "plumbing.stopping",
    },
)
