"""The user's own git hooks."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.repository import Repository


def has_hook(repository: Repository, *names: str) -> bool:
    """Tell whether one of these hooks would run, wherever core.hooksPath puts it."""
    folder = repository.git.line("rev-parse", "--git-path", "hooks")
    paths = (os.path.join(repository.top, folder, name) for name in names)
    return any(os.path.isfile(path) and os.access(path, os.X_OK) for path in paths)
