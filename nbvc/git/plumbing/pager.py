"""The pager that git would use, and text on its way through it."""

from __future__ import annotations

import os

from nbvc.git.plumbing.command import Git
from nbvc.git.plumbing.process import through_pager as page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["page", "pager_setting"]

_REPOSITORYS = ("local", "worktree")


def pager_setting(environ: Mapping[str, str]) -> str | None:
    """Return `core.pager` of the user or the system, None without git or the setting.

    A repository's own setting does not count: .git/config may have come with the folder, and a
    pager is a command that runs at every look.
    """
    from nbvc.errors import GitError

    try:
        finished = Git.find(environ).ask("config", "--show-scope", "-z", "--get-all", "core.pager")
    except GitError:
        return None
    fields = os.fsdecode(finished.stdout).split("\0")
    values = zip(fields[::2], fields[1::2], strict=False)
    return next((value for scope, value in reversed([*values]) if scope not in _REPOSITORYS), None)
