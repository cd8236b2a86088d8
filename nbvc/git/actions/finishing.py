"""Finish a merge, cherry-pick or revert that stopped at conflicts, once they are resolved."""

from __future__ import annotations

from msgspec.structs import replace

from nbvc.git.actions.committing import committed
from nbvc.git.actions.obstacles import listed
from nbvc.git.actions.outcome import CommitOutcome, CommitPolicy, CommitResult, refusal
from nbvc.git.plumbing.messages import gist
from nbvc.git.state.index import IndexLockedError, stage
from nbvc.git.state.operation import (
    FINISHED_BY_COMMIT,
    Operation,
    current_branch,
    operation,
    unmerged,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git.plumbing.repository import Repository


def finish_operation(
    repository: Repository, names: Sequence[str], message: str, *, policy: CommitPolicy
) -> CommitResult:
    """Make the commit of the operation in progress, with these files as they are on disk.

    Unlike other commits of nbvc it contains all that is staged, since that is what git has merged.
    If more commits wait to be picked or reverted, git goes on with them. Failures are results; other
    refusals of git raise `GitError`.
    """
    repository = repository.acting
    running = operation(repository)
    if running is None:
        return refusal(CommitOutcome.FAILED, "no merge is in progress")
    if running not in FINISHED_BY_COMMIT:
        text = f"a {running.value} is in progress, which a commit does not finish"
        hint = f"run git {running.value} --continue, or --abort to go back"
        return refusal(CommitOutcome.OPERATION_IN_PROGRESS, text, hint)
    if not message.strip():
        return refusal(CommitOutcome.NO_MESSAGE, "a commit needs a message")
    if open_ones := unmerged(repository.git):
        text = f"{listed(open_ones)}: its conflicts are not resolved"
        return refusal(CommitOutcome.UNMERGED, text, "resolve them first", *open_ones)
    try:
        stage(repository, names, patience=policy.patience)
        result = committed(repository, names, ("commit", "--quiet", "-F", "-"), message, policy)
    except IndexLockedError as error:
        return refusal(CommitOutcome.LOCKED, error.message, error.hint, *names)
    if result.succeeded and running is not Operation.MERGE:
        result = _go_on(repository, running, result, policy)
    return result.on(current_branch(repository))


def _go_on(
    repository: Repository, running: Operation, result: CommitResult, policy: CommitPolicy
) -> CommitResult:
    """Have git pick or revert the commits that are left, and say where that stops."""
    if operation(repository) is None:
        return result
    git = repository.git.configured("core.editor=true")
    finished = git.ask(running.value, "--continue", deadline=policy.deadline)
    if finished.code == 0:
        return replace(result, oid=repository.git.line("rev-parse", "HEAD"))
    left = unmerged(repository.git)
    why = f"conflicts in {listed(left)}" if left else gist(finished.stderr)
    message = f"{result.message}; the {running.value} goes on and stopped: {why}"
    hint = f"resolve the conflicts and commit again, or git {running.value} --abort goes back"
    return replace(result, message=message, hint=hint)
