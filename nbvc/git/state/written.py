"""Which notebooks git has written, as a hook can know it.

    post-checkout OLD NEW 1      of what differs between the two commits, and of what is new
    post-checkout SAME SAME 1    nothing: `checkout -b`
    post-checkout SAME SAME 0    of what is new: `checkout -- FILE`
    post-merge                   of what differs between ORIG_HEAD and HEAD
    post-rewrite rebase          of what the commits of either, but not of both, have touched
    post-rewrite amend           nothing

Among these git wrote the files that it holds for unchanged: it notes the times and the size of what
it writes. A file that its user saved has others, however short a time ago that was, until its user
stages it: then the filter sees it.

The framework pre-commit is another matter. While it runs it takes changes away that are not staged,
with `git checkout`, and applies them again, which git knows nothing of. A checkout within a commit
leaves a mark, and `post-commit` looks for it.
"""

from __future__ import annotations

import os
import time

from nbvc.git.state.status import make_pathspec
from nbvc.names import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository

_NEW = 60.0
"""Seconds for which a file counts as new, so that not all notebooks must be looked into."""

_PATTERN = f":(top,glob)**/*{SUFFIX}"
_MARK = "nbvc-checkout-in-commit"


def find_written(
    repository: Repository, names: Sequence[str], hook: str, args: Sequence[str]
) -> list[str]:
    """Return those of these files that git wrote before it called a hook with these arguments.

    All that are unchanged if the hook does not say what it is about. A commit wrote some if it ends a
    merge that stopped at conflicts. Raises `GitError`.
    """
    if (hook == "post-rewrite" and args[:1] == ["amend"]) or _has_stayed(hook, args):
        return []
    if hook == "post-commit" and not _is_merge(repository):
        return []
    touched = _find_touched(repository, hook, args)
    since = time.time() - _NEW
    chosen = [
        name
        for name in names
        if touched is None or name in touched or _is_new(repository.path(name), since)
    ]
    changed = _find_changed(repository) if chosen else set()
    return [name for name in chosen if name not in changed]


def mark_checkout(repository: Repository) -> None:
    """Note that files were checked out within a commit. Raises `OSError`."""
    with open(os.path.join(repository.git_dir, _MARK), "wb"):
        pass


def find_reapplied(repository: Repository, names: Sequence[str]) -> list[str]:
    """Return those of these files whose changes were taken away within a commit and are back.

    Raises `GitError`, `OSError`.
    """
    try:
        os.unlink(os.path.join(repository.git_dir, _MARK))
    except FileNotFoundError:
        return []
    changed = _find_changed(repository)
    return [name for name in names if name in changed]


def is_as_git_wrote(git: Git, name: str) -> bool:
    """Return whether a file has the times and the size that the index has noted for it.

    Also if that is not known: in the middle of a merge, or in an index that was just read from a
    commit. `git` runs at the top of the working tree. Raises `GitError`.
    """
    listing = git.reading.run("ls-files", "--debug", "--", make_pathspec(name))
    noted = dict(_parse_stats(listing))
    if not listing:
        return False  # not tracked
    if not noted.get(b"size") or noted[b"mtime"] == b"0:0":
        return True
    try:
        found = os.lstat(name)
    except OSError:
        return True
    seconds = noted[b"mtime"].partition(b":")[0]
    return noted[b"size"] == b"%d" % found.st_size and seconds == b"%d" % int(found.st_mtime)


def _parse_stats(listing: bytes) -> list[tuple[bytes, bytes]]:
    """Return what `ls-files --debug` says of one file, as in `  mtime: 1767225600:0`."""
    words = listing.replace(b"\t", b"\n").split(b"\n")
    pairs = [word.strip().partition(b": ")[::2] for word in words]
    return [(key, value.strip()) for key, value in pairs if value]


def _find_changed(repository: Repository) -> set[str]:
    """Return the notebooks that differ from what git noted of them. Raises `GitError`."""
    found = repository.git.reading.run("diff-files", "-z", "--name-only", "--", _PATTERN)
    return {os.fsdecode(name) for name in found.split(b"\0") if name}


def _has_stayed(hook: str, args: Sequence[str]) -> bool:
    """Return whether a branch was checked out, such as a new one, where HEAD was already."""
    return hook == "post-checkout" and len(args) > 2 and args[0] == args[1] and args[2] == "1"


def _is_merge(repository: Repository) -> bool:
    return not repository.git.reading.ask("rev-parse", "--quiet", "--verify", "HEAD^2").code


def _is_new(path: str, since: float) -> bool:
    try:
        return os.lstat(path).st_mtime >= since
    except OSError:
        return False


def _find_touched(repository: Repository, hook: str, args: Sequence[str]) -> set[str] | None:
    if hook == "post-checkout":
        return _diff_commits(repository, *args[:2]) if len(args) > 1 else None
    if hook == "post-merge" and args[:1] == ["1"]:  # --squash: not committed yet
        return _list_names(repository, "diff-index", "--cached", "HEAD")
    if hook == "post-merge" and args:
        return _diff_commits(repository, "ORIG_HEAD", "HEAD")
    if hook == "post-commit":
        return _diff_commits(repository, "HEAD^1", "HEAD")
    if hook == "post-rewrite" and args:
        return _list_names(repository, "log", "-m", "--format=", "ORIG_HEAD...HEAD")
    return None


def _diff_commits(repository: Repository, old: str, new: str) -> set[str] | None:
    """Return what differs between two commits, None if the first is not a commit: a new working tree."""
    return set() if old == new else _list_names(repository, "diff-tree", "-r", old, new)


def _list_names(repository: Repository, *args: str) -> set[str] | None:
    # A submodule is asked by a git of its own, which knows nothing of our guards.
    options = ("-z", "--name-only", "--no-renames", "--no-ext-diff", "--ignore-submodules=all")
    said = repository.git.reading.ask(*args[:1], *options, *args[1:], "--", _PATTERN)
    if said.code:
        return None
    return {os.fsdecode(name) for name in said.stdout.split(b"\0") if name}
