"""The pager that git would use, and text on its way through it."""

from __future__ import annotations

import os

from nbvc.git.plumbing.command import Git
from nbvc.git.plumbing.process import through_pager as page
from nbvc.git.plumbing.programs import find_program

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["find_pager", "page"]

_REPOSITORYS = ("local", "worktree")


def find_pager(environ: Mapping[str, str]) -> str | None:
    """Return the pager by git's rules (GIT_PAGER, core.pager, PAGER, less), None for no pager."""
    found = environ.get("GIT_PAGER")
    if found is None:
        found = _read_setting(environ)
    if found is None:
        found = environ.get("PAGER")
    if found is None:  # small systems lack it
        found = "less" if find_program("less", environ) else ""
    return None if found in ("", "cat") else found


def _read_setting(environ: Mapping[str, str]) -> str | None:
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
