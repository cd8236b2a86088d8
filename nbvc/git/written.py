"""Which notebooks git has just written, as far as a hook can know.

    post-checkout OLD NEW 1      what differs between the two commits
    post-checkout SAME SAME 1    nothing: `checkout -b`
    post-commit                  what differs from the index: the framework pre-commit takes changes
                                 that are not staged away while it runs, and applies them again
    post-merge                   what differs between ORIG_HEAD and HEAD
    post-rewrite rebase          what the commits of either, but not of both, have touched
    post-rewrite amend           nothing

Files that git wrote for another reason (`checkout -- FILE`, `checkout -f`) are told by their age.
"""

from __future__ import annotations

import os
import time

from nbvc.git.changes import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git.repository import Repository

_JUST_NOW = 3.0
"""Seconds. Longer would reach what a person saved before typing the command."""

_PATTERN = f":(top,glob)**/*{SUFFIX}"


def just_written(
    repository: Repository, names: Sequence[str], hook: str, args: Sequence[str]
) -> list[str]:
    """Return those of these files that git wrote before it called a hook with these arguments.

    All of them where that can't be told. Raises `GitError`.
    """
    if (hook == "post-rewrite" and args[:1] == ["amend"]) or _stays(hook, args):
        return []
    touched = _touched(repository, hook, args)
    if touched is None:
        return list(names)
    since = time.time() - _JUST_NOW
    if hook == "post-commit":
        names, touched = [name for name in names if name in touched], set()
    return [name for name in names if name in touched or _is_new(repository.path(name), since)]


def _stays(hook: str, args: Sequence[str]) -> bool:
    """Tell whether a branch was checked out, such as a new one, where HEAD was already."""
    return hook == "post-checkout" and len(args) > 2 and args[0] == args[1] and args[2] == "1"


def _is_new(path: str, since: float) -> bool:
    try:
        return os.lstat(path).st_mtime >= since
    except OSError:
        return False


def _touched(repository: Repository, hook: str, args: Sequence[str]) -> set[str] | None:
    if hook == "post-checkout":
        return _between(repository, *args[:2]) if len(args) > 1 else None
    if hook == "post-commit":
        return _names(repository, "diff-files")
    if hook == "post-merge" and args[:1] == ["1"]:  # --squash: not committed yet
        return _names(repository, "diff-index", "--cached", "HEAD")
    if hook == "post-merge" and args:
        return _between(repository, "ORIG_HEAD", "HEAD")
    if hook == "post-rewrite" and args:
        return _names(repository, "log", "-m", "--format=", "ORIG_HEAD...HEAD")
    return None


def _between(repository: Repository, old: str, new: str) -> set[str] | None:
    """Return what differs between two commits, None where the first is no commit: a new work tree."""
    return set() if old == new else _names(repository, "diff-tree", "-r", old, new)


def _names(repository: Repository, *args: str) -> set[str] | None:
    # A submodule is asked by a git of its own, which knows nothing of our guards.
    options = ("-z", "--name-only", "--no-renames", "--no-ext-diff", "--ignore-submodules=all")
    said = repository.git.reading.ask(*args[:1], *options, *args[1:], "--", _PATTERN)
    if said.code:
        return None
    return {os.fsdecode(name) for name in said.stdout.split(b"\0") if name}
