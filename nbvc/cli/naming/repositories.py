"""The repository that a command line is about."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git import Git, Repository


def find_git() -> Git:
    """Return git. Raises `GitError` if it isn't installed."""
    from nbvc.git import Git

    return Git.find(os.environ)


def repository_at(path: str = ".") -> Repository:
    """Return the repository that a path is in. Raises `GitError`, `NoRepositoryError`."""
    from nbvc.git import discover

    return discover(find_git(), path)


def warn_of_settings(path: str = ".") -> None:
    """Print on stderr that settings changed which git's filter does not use yet."""
    from nbvc.errors import NbvcError
    from nbvc.workflow.filter_table import has_table
    from nbvc.workflow.filtering import find_common_dir_above

    real = os.path.realpath(path)
    try:
        # Without a table there is nothing to ask git about.
        if not has_table(
            find_common_dir_above(real if os.path.isdir(real) else os.path.dirname(real))
        ):
            return
        from nbvc.workflow.filter_setup import describe_changed

        changed = describe_changed(repository_at(path))
    except (NbvcError, OSError):
        return
    if changed is not None:
        import sys

        from nbvc.render.escape import escape_line

        print(f"nbvc: {escape_line(changed)}", file=sys.stderr)
