"""Continue, skip or abort what git is in the middle of.

merge, cherry-pick, revert    a commit finishes them: see `finishing`
rebase, am                    git replays the next commits, and may stop again
bisect                        can only be left
none, with conflicts          a stash that did not apply: the stash itself stays
"""

from __future__ import annotations

from enum import Enum

from nbvc.errors import GitError
from nbvc.git.actions.committing import find_outcome
from nbvc.git.actions.obstacles import format_names
from nbvc.git.actions.outcome import CommitOutcome, CommitResult, make_refusal
from nbvc.git.plumbing.messages import clean_lines, find_gist
from nbvc.git.state.operation import (
    Operation,
    current_branch,
    find_operation,
    find_unmerged,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git.plumbing.repository import Repository

_DEADLINE = 600.0
"""Seconds for all commits that are replayed, with their hooks."""


class OperationStep(Enum):
    """What a person can do with an operation in progress."""

    CONTINUE = "continue"
    SKIP = "skip"
    ABORT = "abort"


def list_steps(running: Operation | None) -> tuple[OperationStep, ...]:
    """Return the steps that an operation has; None stands for conflicts of a stash."""
    if running is None or running is Operation.BISECT:
        return (OperationStep.ABORT,)
    if running is Operation.MERGE:
        return (OperationStep.CONTINUE, OperationStep.ABORT)
    return (OperationStep.CONTINUE, OperationStep.SKIP, OperationStep.ABORT)


def go_on(
    repository: Repository, running: Operation, step: OperationStep, *, settings: Sequence[str] = ()
) -> CommitResult:
    """Replay the commits that are left, with or without the current one.

    `settings` hold for the merges on the way. A stop at conflicts is a result with their names.
    """
    repository = repository.acting
    git = repository.git.with_settings("core.editor=true", *settings)
    finished = git.ask(running.value, f"--{step.value}", deadline=_DEADLINE)
    left = find_unmerged(repository.git)
    branch = current_branch(repository)
    if left:
        text = f"the {running.value} stopped at conflicts in {format_names(left)}"
        return make_refusal(CommitOutcome.UNMERGED, text, "resolve them first", *left).on(branch)
    if finished.code:
        outcome = find_outcome(repository, finished)
        text = f"git {running.value}: {find_gist(finished.stderr) or find_gist(finished.stdout)}"
        stderr = clean_lines(finished.stderr)
        return CommitResult(outcome, text, branch=branch, stderr=stderr)
    oid = repository.git.line("rev-parse", "HEAD")
    text = f"the {running.value} is finished"
    if find_operation(repository) is not None:
        text = f"the {running.value} goes on"
    return CommitResult(CommitOutcome.COMMITTED, text, oid=oid, branch=branch)


def abort(repository: Repository, running: Operation | None) -> None:
    """Go back to before an operation; None stands for conflicts of a stash. Raises `GitError`."""
    git = repository.acting.git
    if running is Operation.BISECT:
        git.run("bisect", "reset", deadline=_DEADLINE)
    elif running is not None:
        git.run(running.value, "--abort", deadline=_DEADLINE)
    elif find_unmerged(repository.git):
        git.run("reset", "--quiet", "--merge")
    else:
        raise GitError("no merge is in progress", hint="git status shows what is")
