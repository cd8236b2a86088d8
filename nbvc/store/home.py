"""Where a repository's output store is."""

from __future__ import annotations

import os


def outputs_folder(common_dir: str) -> str:
    """Return the folder of the store, given the git folder that all worktrees share.

    It is there from the first time on that something was stripped.
    """
    return os.path.join(common_dir, "nbvc", "outputs")
