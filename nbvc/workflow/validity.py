"""Find notebooks in a working tree that the notebook format's schema does not allow."""

from __future__ import annotations

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.git.plumbing.repository import Repository
    from nbvc.notebook.validity import Problem

MOST = 500
"""So many notebooks are read."""


def list_invalid(repository: Repository) -> Iterator[tuple[str, Problem]]:
    """Yield tracked notebooks that are not valid as they are on disk, and what is wrong first.

    Files that cannot be read as notebooks are skipped. Raises `GitError`.
    """
    from nbvc.git.state.changes import list_tracked
    from nbvc.notebook import read
    from nbvc.notebook.validity import find_problems

    for name in list_tracked(repository)[:MOST]:
        try:
            problems = find_problems(read(repository.path(name)))
        except (NbvcError, OSError):
            continue
        if problems:
            yield name, problems[0]
