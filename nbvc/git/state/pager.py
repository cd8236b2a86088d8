"""The pager and the editor that git would use, and text on its way through the pager."""

from __future__ import annotations

import os

from nbvc.git.plumbing.command import Git
from nbvc.git.plumbing.process import through_pager as page
from nbvc.git.plumbing.programs import find_program
from nbvc.platform import NAMES_MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["find_editor", "find_pager", "page"]

_REPOSITORYS = ("local", "worktree")


def find_pager(environ: Mapping[str, str]) -> str | None:
    """Return the pager by git's rules (GIT_PAGER, core.pager, PAGER, less), None for no pager."""
    found = environ.get("GIT_PAGER")
    if found is None:
        found = _read_setting("core.pager", environ)
    if found is None:
        found = environ.get("PAGER")
    if found is None:  # small systems lack it
        found = "less" if find_program("less", environ) else ""
    if found in ("", "cat") or not (NAMES_MISSING or find_program(found.split(" ")[0], environ)):
        return None
    return found


def find_editor(environ: Mapping[str, str]) -> str | None:
    """Return the editor by git's rules (GIT_EDITOR, core.editor), None for VISUAL and EDITOR."""
    return environ.get("GIT_EDITOR") or _read_setting("core.editor", environ)


def _read_setting(key: str, environ: Mapping[str, str]) -> str | None:
    """Return a setting of the user or the system, None without git or the setting.

    A repository's own setting does not count: .git/config may have come with the folder, and a
    pager or editor is a command.
    """
    from nbvc.errors import GitError

    try:
        finished = Git.find(environ).ask("config", "--show-scope", "-z", "--get-all", key)
    except GitError:
        return None
    fields = os.fsdecode(finished.stdout).split("\0")
    values = zip(fields[::2], fields[1::2], strict=False)
    return next((value for scope, value in reversed([*values]) if scope not in _REPOSITORYS), None)
