"""Letting git see that a notebook did not change, where a filter strips what did.

A rerun changes the size of the file, and git then takes it for modified without asking the filter:
`git status` shows it and `git pull` refuses, until the index entry is refreshed.
"""

from __future__ import annotations

import os

from nbvc.git.state.index import look_again
from nbvc.git.state.status import make_pathspec
from nbvc.names import PATTERN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.git.plumbing.repository import Repository


def refresh(repository: Repository, names: Sequence[str] | None = None) -> tuple[str, ...]:
    """Refresh the index for notebooks of which the filter makes what the index has.

    Without names: for all notebooks of the repository. Returns those that no longer count as
    modified. What is staged stays staged, and what really changed stays unstaged. Raises `GitError`.
    """
    repository = repository.storing
    specs = [PATTERN] if names is None else [make_pathspec(name) for name in names]
    suspects = _find_modified(repository, specs)
    if not suspects:
        return ()
    look_again(repository, suspects)
    left = set(_find_modified(repository, specs))
    return tuple(name for name in suspects if name not in left)


def _find_modified(repository: Repository, specs: Iterable[str]) -> list[str]:
    """Return files that differ from the index as far as git knows; not those new to it."""
    options = ("-z", "--name-only", "--diff-filter=M", "--ignore-submodules=all")
    listing = repository.git.reading.run("diff-files", *options, "--", *specs)
    return [os.fsdecode(name) for name in listing.split(b"\0") if name]
