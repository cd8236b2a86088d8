"""Abort a merge, and lose nothing: notebooks become checkpoints before git resets them."""

from __future__ import annotations

import os

from nbvc.errors import GitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.git.plumbing.repository import Repository


def abort_merge(store: Store, repository: Repository) -> tuple[Checkpoint, ...]:
    """Go back to before the merge in progress.

    Return checkpoints of the notebooks that differ from the last commit, as they were. Raises
    `GitError` if there is no merge, or if a notebook cannot be saved: then nothing has changed.
    """
    from nbvc.git.state.operation import Operation, find_operation
    from nbvc.names import SUFFIX

    if find_operation(repository) is not Operation.MERGE:
        raise GitError("no merge is in progress", hint="git status shows what is")
    options = ("--name-only", "--no-renames", "-z", "HEAD", "--", f":(top,glob)**/*{SUFFIX}")
    listed = repository.git.reading.run("diff-index", *options)
    paths = [repository.path(os.fsdecode(name)) for name in listed.split(b"\0") if name]
    kept = [
        store.create(path, "Before aborting the merge").checkpoint
        for path in paths
        if os.path.isfile(path) and not os.path.islink(path)
    ]
    repository.acting.git.run("merge", "--abort")
    return tuple(kept)
