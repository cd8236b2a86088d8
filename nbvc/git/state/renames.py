"""Where a notebook comes from, as git finds renames.

staged        old.ipynb → new.ipynb between HEAD and the index
committed     the same in a commit, followed back through all of them
by hand       old.ipynb is tracked and does not exist, new.ipynb is not committed yet
"""

from __future__ import annotations

import os

from nbvc.git.state.status import make_pathspec
from nbvc.names import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository

_PATTERN = f":(top,glob)**/*{SUFFIX}"
_NAMED = ("-z", "--name-status", "--find-renames", "--no-ext-diff")


def old_names(repository: Repository, name: str) -> tuple[frozenset[str], bool]:
    """Return the paths that a notebook may have had, and whether git knows that it had no others.

    Raises `GitError`.
    """
    git = repository.git.reading
    staged = git.ask("diff-index", "--cached", *_NAMED, "HEAD", "--", _PATTERN)
    changes = list(_parse_changes(staged.stdout)) if not staged.code else []
    staged_as = {old for kind, old, new in changes if kind == "R" and new == name}
    if staged_as:
        return frozenset(staged_as | _follow_name(git, *staged_as)), True
    if not git.ask("cat-file", "-e", f"HEAD:{name}").code:
        return frozenset(_follow_name(git, name)), True
    gone = git.run("ls-files", "--deleted", "-z", "--", _PATTERN).split(b"\0")
    found = {os.fsdecode(one) for one in gone if one}
    return frozenset(found | {old for kind, old, _ in changes if kind == "D"}), False


_DEADLINE = 60.0
"""Seconds for the history of one file."""


def _follow_name(git: Git, name: str) -> set[str]:
    """Return the older names of a file that is committed."""
    options = ("--follow", "--diff-filter=R", "--format=", *_NAMED)
    found = git.run("log", *options, "HEAD", "--", make_pathspec(name), deadline=_DEADLINE)
    return {old for kind, old, _ in _parse_changes(found) if kind == "R"}


def _parse_changes(listing: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield each change of a listing: its letter, the old path and the new one."""
    words = iter(os.fsdecode(word.lstrip(b"\n")) for word in listing.split(b"\0") if word.strip())
    for kind in words:
        old = next(words, "")
        yield kind[:1], old, next(words, "") if kind[:1] in {"R", "C"} else old
