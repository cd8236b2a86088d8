"""Finish a merge, cherry-pick or revert that stopped at conflicts, once they are resolved."""

from __future__ import annotations

from msgspec.structs import replace

from nbvc.git.actions.committing import run_commit
from nbvc.git.actions.obstacles import format_names
from nbvc.git.actions.outcome import CommitOutcome, CommitPolicy, CommitResult, make_refusal
from nbvc.git.plumbing.messages import find_gist
from nbvc.git.state.index import IndexLockedError, stage
from nbvc.git.state.operation import (
    FINISHED_BY_COMMIT,
    Operation,
    current_branch,
    find_operation,
    find_unmerged,
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
    running = find_operation(repository)
    if running is None:
        return make_refusal(CommitOutcome.FAILED, "no merge is in progress")
    if running not in FINISHED_BY_COMMIT:
        text = f"a {running.value} is in progress, which a commit does not finish"
        hint = f"run git {running.value} --continue, or --abort to go back"
        return make_refusal(CommitOutcome.OPERATION_IN_PROGRESS, text, hint)
    if not message.strip():
        return make_refusal(CommitOutcome.NO_MESSAGE, "a commit needs a message")
    if open_ones := find_unmerged(repository.git):
        text = f"{format_names(open_ones)}: its conflicts are not resolved"
        return make_refusal(CommitOutcome.UNMERGED, text, "resolve them first", *open_ones)
    try:
        if names:
            stage(repository, names, patience=policy.patience)
        result = run_commit(repository, names, ("commit", "--quiet", "-F", "-"), message, policy)
    except IndexLockedError as error:
        return make_refusal(CommitOutcome.LOCKED, error.message, error.hint, *names)
    if result.succeeded and running is not Operation.MERGE:
        result = _go_on(repository, running, result, policy)
    return result.on(current_branch(repository))


def _go_on(
    repository: Repository, running: Operation, result: CommitResult, policy: CommitPolicy
) -> CommitResult:
    """Pick or revert the commits that are left, and return where that stops."""
    if find_operation(repository) is None:
        return result
    git = repository.git.with_settings("core.editor=true")
    finished = git.ask(running.value, "--continue", deadline=policy.deadline)
    if finished.code == 0:
        return replace(result, oid=repository.git.line("rev-parse", "HEAD"))
    left = find_unmerged(repository.git)
    why = f"conflicts in {format_names(left)}" if left else find_gist(finished.stderr)
    message = f"{result.message}; the {running.value} goes on and stopped: {why}"
    hint = f"resolve the conflicts and commit again, or git {running.value} --abort goes back"
    return replace(result, message=message, hint=hint)
