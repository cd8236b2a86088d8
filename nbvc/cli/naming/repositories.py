"""The repository that a command line is about."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git import Git, Repository


def find_git() -> Git:
    """Return git. Raises `GitError` where it isn't installed."""
    from nbvc.git import Git

    return Git.find(os.environ)


def repository_at(path: str = ".") -> Repository:
    """Return the repository that a path lies in. Raises `GitError`, `NoRepositoryError`."""
    from nbvc.git import discover

    return discover(find_git(), path)


def from_here(repository: Repository, name: str) -> str:
    """Return the path by which a file of a repository is named in the folder that we are in."""
    return os.path.relpath(repository.path(name), os.path.realpath("."))
