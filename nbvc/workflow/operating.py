"""Continue, skip or abort an operation of git, and lose nothing: files become checkpoints first."""

from __future__ import annotations

import os

from nbvc.errors import GitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.git.actions.operating import OperationStep
    from nbvc.git.actions.outcome import CommitPolicy, CommitResult
    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.state.operation import Operation


def continue_operation(
    repository: Repository, message: str, *, policy: CommitPolicy | None = None
) -> CommitResult:
    """Finish the operation in progress, or go on to where git stops next.

    `message` is for a merge, cherry-pick or revert; a rebase keeps the messages of its commits. While
    conflicts or their markers are left in a file, the result is a refusal that names it.
    """
    from nbvc.git.actions.finishing import finish_operation
    from nbvc.git.actions.obstacles import format_names
    from nbvc.git.actions.operating import OperationStep
    from nbvc.git.actions.outcome import CommitOutcome, CommitPolicy, make_refusal
    from nbvc.git.state.operation import FINISHED_BY_COMMIT, find_operation
    from nbvc.workflow.unresolved import find_open_files

    left = find_open_files(repository)
    if left:
        text = f"{format_names(left)}: its conflicts are not resolved"
        return make_refusal(CommitOutcome.UNMERGED, text, "resolve them first", *left)
    running = find_operation(repository)
    names = _list_edited(repository)
    if running is None or running in FINISHED_BY_COMMIT:
        return finish_operation(repository, names, message, policy=policy or CommitPolicy())
    if names:
        from nbvc.git.state.index import LOCK_PATIENCE, stage

        stage(repository.acting, names, patience=LOCK_PATIENCE)
    return _go_on(repository, running, OperationStep.CONTINUE)


def _list_edited(repository: Repository) -> list[str]:
    """Return the files that were edited after their resolution was staged."""
    from nbvc.git.state.status import FileState, read_status

    states = read_status(repository).states
    return [name for name, state in states.items() if state is FileState.PARTLY_STAGED]


def _go_on(repository: Repository, running: Operation, step: OperationStep) -> CommitResult:
    from nbvc.git.actions.merging import ByCell
    from nbvc.git.actions.operating import go_on
    from nbvc.git.plumbing.programs import own_program

    with ByCell(repository, own_program()) as settings:
        return go_on(repository, running, step, settings=settings)


def skip_commit(
    store: Store, repository: Repository
) -> tuple[CommitResult, tuple[Checkpoint, ...]]:
    """Leave out the commit at which git stopped, and go on with the others.

    Return checkpoints of the files that were worked on, too. Raises `GitError` if there is nothing
    to skip.
    """
    from nbvc.git.actions.operating import OperationStep, list_steps
    from nbvc.git.state.operation import find_operation

    running = find_operation(repository)
    if running is None or OperationStep.SKIP not in list_steps(running):
        raise GitError("no commit to skip")
    kept = _keep_files(store, repository, f"Before skipping a commit of the {running.value}")
    return _go_on(repository, running, OperationStep.SKIP), kept


def abort_operation(store: Store, repository: Repository) -> tuple[Checkpoint, ...]:
    """Go back to before the operation in progress, or before the stash that left conflicts.

    Return checkpoints of the notebooks that differ from the last commit, and of the other files that
    were worked on, as they were. Raises `GitError` if nothing is in progress, or if a file cannot be
    saved: then nothing has changed.
    """
    from nbvc.git.actions.operating import abort
    from nbvc.git.state.operation import find_operation, find_unmerged

    running = find_operation(repository)
    if running is None and not find_unmerged(repository.git):
        raise GitError("no merge is in progress", hint="git status shows what is")
    kept = _keep_files(
        store, repository, f"Before aborting the {running.value if running else 'stash'}"
    )
    abort(repository, running)
    return kept


def abort_merge(store: Store, repository: Repository) -> tuple[Checkpoint, ...]:
    """Do what `abort_operation` does if it is a merge. Raises `GitError`."""
    from nbvc.git.state.operation import Operation, find_operation

    if find_operation(repository) is not Operation.MERGE:
        raise GitError("no merge is in progress", hint="git status shows what is")
    return abort_operation(store, repository)


def _keep_files(store: Store, repository: Repository, message: str) -> tuple[Checkpoint, ...]:
    from nbvc.names import SUFFIX

    options = ("--name-only", "--no-renames", "-z")
    git = repository.git.reading
    listed = git.run("diff-index", *options, "HEAD", "--", f":(top,glob)**/*{SUFFIX}")
    # What git merged by itself it can merge again: only files that differ from the index count.
    edited = git.run("diff-files", *options, "--ignore-submodules=all")
    names = {os.fsdecode(name) for name in (listed + edited).split(b"\0") if name}
    return keep_files(store, repository, sorted(names), message)


def keep_files(
    store: Store, repository: Repository, names: Iterable[str], message: str
) -> tuple[Checkpoint, ...]:
    """Make a checkpoint of each regular file, and return them. Raises `GitError`."""
    paths = map(repository.path, names)
    return tuple(
        store.create(path, message).checkpoint
        for path in paths
        if os.path.isfile(path) and not os.path.islink(path)
    )
