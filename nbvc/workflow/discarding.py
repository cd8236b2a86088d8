"""Discard changes that are not committed, and bring them back: each file is a checkpoint first."""

from __future__ import annotations

import os

from nbvc.errors import GitError, make_visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.git.plumbing.repository import Repository

_MESSAGE = "Before discarding changes"


def discard_changes(
    store: Store, repository: Repository, names: Sequence[str]
) -> tuple[Checkpoint, ...]:
    """Make files what the last commit has, given by their paths from the top; delete new ones.

    Return checkpoints of the files that were there. What is staged of a file and is not on disk becomes
    a checkpoint, too. Raises `GitError` in the middle of an operation, and for a file that has not
    changed.
    """
    from nbvc.git.state.index import LOCK_PATIENCE, unstage
    from nbvc.git.state.operation import find_operation
    from nbvc.git.state.status import FileState, make_pathspec, read_status
    from nbvc.workflow.operating import keep_files
    from nbvc.workflow.overview import find_committed

    if (running := find_operation(repository)) is not None:
        raise GitError(f"a {running.value} is in progress", hint="finish it first, or undo it")
    states = read_status(repository, names)
    for name in names:
        if states.of(name) in {FileState.UNCHANGED, FileState.IGNORED}:
            raise GitError("it has no changes", where=make_visible(name))
    partly = [name for name in names if states.of(name) is FileState.PARTLY_STAGED]
    _keep_staged(store, repository, partly)
    kept = keep_files(store, repository, names, _MESSAGE)
    committed = find_committed(repository, names)
    specs = [make_pathspec(name) for name in names if name in committed]
    git = repository.acting.git
    if specs:
        git.run("restore", "--source=HEAD", "--staged", "--worktree", "--", *specs)
    new = [name for name in names if name not in committed]
    unstage(
        repository,
        [name for name in new if states.of(name) is not FileState.UNTRACKED],
        patience=LOCK_PATIENCE,
    )
    for name in new:
        path = repository.path(name)
        if os.path.isfile(path) and not os.path.islink(path):
            os.unlink(path)
    return kept


def _keep_staged(store: Store, repository: Repository, names: Iterable[str]) -> None:
    """Make checkpoints of the staged versions of files. Raises `GitError`."""
    from nbvc.git.plumbing.objects import Objects

    with Objects(repository) as objects:
        for name in names:
            blob = objects.get(f":0:{name}")
            if blob is not None:
                store.create(repository.path(name), f"Staged. {_MESSAGE}", blob.content)


def bring_back(store: Store, repository: Repository, kept: Iterable[tuple[str, str]]) -> None:
    """Write checkpoints, given by the file's path from the top and their ID, over their files.

    What is there becomes a checkpoint, too. Raises `CheckpointError`, `OSError`.
    """
    from nbvc.workflow.restoring import restore_checkpoint

    for name, which in kept:
        restore_checkpoint(store, repository.path(name), which, raw=True)
