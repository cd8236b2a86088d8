"""What is in the way of a commit, found before anything is touched."""

from __future__ import annotations

import os

from nbvc.errors import make_visible
from nbvc.git.actions.outcome import CommitOutcome, Ignored, PartlyStaged, make_refusal
from nbvc.git.state.operation import FINISHED_BY_COMMIT, Operation, find_operation
from nbvc.git.state.status import FileState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git.actions.outcome import CommitPolicy, CommitResult
    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.state.status import FileStates


def find_obstacle(
    repository: Repository,
    names: Sequence[str],
    message: str,
    found: FileStates,
    policy: CommitPolicy,
) -> CommitResult | None:
    """Return why these files can't be committed now, None if nothing is in the way."""
    return (
        _of_message(message)
        or _of_operation(repository)
        or _of_paths(repository, names, found)
        or _of_states(names, found, policy)
    )


def format_names(names: Sequence[str]) -> str:
    """Return paths for people."""
    return ", ".join(make_visible(name) for name in names)


def _of_message(message: str) -> CommitResult | None:
    outcome = CommitOutcome.NO_MESSAGE
    if "\0" in message:
        return make_refusal(outcome, "a message can't hold a NUL character")
    return None if message.strip() else make_refusal(outcome, "a commit needs a message", "see -m")


def _of_operation(repository: Repository) -> CommitResult | None:
    running = find_operation(repository)
    if running is None:
        return None
    hint = f"finish it first with git {running.value} --continue or --abort"
    if running is Operation.BISECT:
        hint = "finish it first with git bisect reset"
    elif running in FINISHED_BY_COMMIT:
        abort = f"git {running.value} --abort"
        hint = f"git add what is resolved, then git commit finishes it; {abort} goes back"
    text = f"a {running.value} is in progress, which a commit would get in the way of"
    return make_refusal(CommitOutcome.OPERATION_IN_PROGRESS, text, hint)


def _of_paths(
    repository: Repository, names: Sequence[str], found: FileStates
) -> CommitResult | None:
    """Refuse links, folders, and what neither the disk nor git knows."""
    outcome = CommitOutcome.NO_FILE
    for name in names:
        path = repository.path(name)
        if os.path.isdir(path) and not os.path.islink(path):
            shown = make_visible(name) or "the whole repository"
            return make_refusal(outcome, f"{shown} is a folder", "name the notebooks in it", name)
        if os.path.islink(path) or (os.path.lexists(path) and not os.path.isfile(path)):
            return make_refusal(outcome, f"{make_visible(name)} is not a regular file", None, name)
        known = found.of(name) is not FileState.UNCHANGED
        if not known and not os.path.lexists(path):
            return make_refusal(outcome, f"no such file: {make_visible(name)}", None, name)
    return None


def _of_states(
    names: Sequence[str], found: FileStates, policy: CommitPolicy
) -> CommitResult | None:
    table = [
        (
            FileState.UNMERGED,
            CommitOutcome.UNMERGED,
            "its conflicts are not resolved",
            "resolve them, then git add it",
        )
    ]
    if policy.ignored is Ignored.REFUSE:
        reason, hint = "git ignores it", "remove it from .gitignore, or pass --force"
        table.append((FileState.IGNORED, CommitOutcome.IGNORED, reason, hint))
    if policy.partly_staged is PartlyStaged.ASK:
        reason = "the staged version differs from the file on disk"
        hint = "commit the staged version with git commit, or pass --as-on-disk"
        table.append((FileState.PARTLY_STAGED, CommitOutcome.PARTLY_STAGED, reason, hint))
    for state, outcome, reason, hint in table:
        bad = [name for name in names if found.of(name) is state]
        if state is FileState.PARTLY_STAGED:
            bad = [name for name in bad if name not in policy.chosen]
        if bad:
            return make_refusal(outcome, f"{format_names(bad)}: {reason}", hint, *bad)
    return None
