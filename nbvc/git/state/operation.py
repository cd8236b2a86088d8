"""What a working tree is in the middle of: a merge, a rebase, a bisect."""

from __future__ import annotations

import os
from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository


class Operation(Enum):
    """Something that git has begun and not finished; the value is its name for people."""

    REBASE = "rebase"
    AM = "am"
    MERGE = "merge"
    CHERRY_PICK = "cherry-pick"
    REVERT = "revert"
    BISECT = "bisect"


FINISHED_BY_COMMIT = (Operation.MERGE, Operation.CHERRY_PICK, Operation.REVERT)
"""What a commit finishes. A rebase replays commits with messages of their own."""

_TRACES = (
    ("rebase-merge", Operation.REBASE),
    ("rebase-apply/applying", Operation.AM),
    ("rebase-apply", Operation.REBASE),
    ("MERGE_HEAD", Operation.MERGE),
    ("CHERRY_PICK_HEAD", Operation.CHERRY_PICK),
    ("REVERT_HEAD", Operation.REVERT),
    ("BISECT_LOG", Operation.BISECT),
)
"""What git leaves in its folder while it is at it, as git status looks for it."""


def find_operation(repository: Repository) -> Operation | None:
    """Return what the working tree is in the middle of, None for nothing."""
    return find_trace(repository.git_dir)


def find_continuable(repository: Repository) -> Operation | None:
    """Return the operation in progress if it can be continued: a bisect cannot."""
    running = find_operation(repository)
    return None if running is Operation.BISECT else running


def find_trace(git_dir: str) -> Operation | None:
    """Return the operation that has left traces in a git folder, None for none."""
    for name, found in _TRACES:
        if os.path.exists(os.path.join(git_dir, name)):
            return found
    try:
        # Between two commits of several that are picked or reverted.
        with open(os.path.join(git_dir, "sequencer", "todo"), "rb") as todo:
            return Operation.REVERT if todo.read(7) == b"revert " else Operation.CHERRY_PICK
    except OSError:
        return None


def read_message(repository: Repository) -> str:
    """Return the message that git has prepared for the commit of an operation, without comments."""
    try:
        with open(
            os.path.join(repository.git_dir, "MERGE_MSG"), encoding="utf-8", errors="replace"
        ) as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(line for line in lines if not line.startswith("#")).strip()


def current_branch(repository: Repository) -> str | None:
    """Return the branch that HEAD is on, also before its first commit; None if it is detached."""
    finished = repository.git.ask("symbolic-ref", "-q", "--short", "HEAD")
    return finished.lines[0] if finished.code == 0 and finished.lines else None


def find_unmerged(git: Git) -> tuple[str, ...]:
    """Return the files in which a merge has left conflicts. Raises `GitError`."""
    # Not `git diff`, which looks into the working tree, and there into every submodule.
    listing = git.run("ls-files", "--unmerged", "-z")
    names = (entry.partition(b"\t")[2] for entry in listing.split(b"\0") if entry)
    return tuple(map(os.fsdecode, dict.fromkeys(names)))
