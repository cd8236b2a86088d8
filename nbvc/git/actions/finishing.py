"""Finishing a merge that stopped at conflicts, once they are resolved."""

from __future__ import annotations

from nbvc.git.actions.committing import committed
from nbvc.git.actions.obstacles import listed
from nbvc.git.actions.outcome import CommitOutcome, CommitPolicy, CommitResult, refusal
from nbvc.git.state.index import IndexLockedError, stage
from nbvc.git.state.operation import Operation, current_branch, operation, unmerged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git.plumbing.repository import Repository


def finish_merge(
    repository: Repository, names: Sequence[str], message: str, *, policy: CommitPolicy
) -> CommitResult:
    """Make the commit of the merge that is in progress, with these files as they lie on the disk.

    Unlike other commits of nbvc it has all that is staged, since that is what git has merged.
    Failures are results; what else git refuses raises `GitError`.
    """
    repository = repository.acting
    running = operation(repository)
    if running is not Operation.MERGE:
        what = f"a {running.value}, and no merge," if running else "no merge"
        outcome = CommitOutcome.OPERATION_IN_PROGRESS if running else CommitOutcome.FAILED
        return refusal(outcome, f"{what} is in progress")
    if not message.strip():
        return refusal(CommitOutcome.NO_MESSAGE, "a commit needs a message")
    open_ones = unmerged(repository.git)
    if open_ones:
        text = f"{listed(open_ones)}: its conflicts are not resolved"
        return refusal(CommitOutcome.UNMERGED, text, "resolve them first", *open_ones)
    try:
        stage(repository, names, patience=policy.patience)
        result = committed(repository, names, ("commit", "--quiet", "-F", "-"), message, policy)
    except IndexLockedError as error:
        return refusal(CommitOutcome.LOCKED, error.message, error.hint, *names)
    return result.on(current_branch(repository))
