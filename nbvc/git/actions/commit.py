"""A commit of some notebooks and nothing else, on the branch that the user is on.

What else is staged stays staged, hooks run and signatures are made as the user has set it up, and
where the commit does not come about, the index and the branch are what they were.
"""

from __future__ import annotations

import msgspec

from nbvc.git.actions.branching import BranchRefusedError, Switched, switch_branch, undo_switch
from nbvc.git.actions.committing import of_contents, of_files
from nbvc.git.actions.obstacles import find_obstacle, format_names
from nbvc.git.actions.outcome import (
    CommitOutcome,
    CommitPolicy,
    CommitResult,
    Ignored,
    PartlyStaged,
    make_refusal,
)
from nbvc.git.state.index import IndexLockedError
from nbvc.git.state.status import FileState, read_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.state.status import FileStates

__all__ = [
    "CommitOutcome",
    "CommitPolicy",
    "CommitResult",
    "Ignored",
    "PartlyStaged",
    "commit",
]


def commit(
    repository: Repository,
    names: Sequence[str],
    message: str,
    *,
    policy: CommitPolicy | None = None,
    branch: str | None = None,
    contents: Mapping[str, bytes | None] | None = None,
    renamed: Mapping[str, str] | None = None,
) -> CommitResult:
    """Commit files, given by their paths from the top, and nothing else.

    `branch` becomes the current one first (see `switch_branch`). `contents`, by some of these names,
    are committed instead of what is on disk, which is left alone; None deletes the file.
    `renamed` gives the old name of files that were renamed since the last commit: the same commit
    takes it out of git.
    Failures are results; what else git refuses raises `GitError`.
    """
    policy = policy or CommitPolicy()
    repository = repository.acting
    renamed = dict(renamed or {})
    found = read_status(repository, [*names, *renamed.values()])
    refused = find_obstacle(repository, names, message, found, policy)
    if refused is not None:
        return refused
    changed = [name for name in names if found.of(name) is not FileState.UNCHANGED]
    if contents is None and not changed:
        text = f"nothing to commit: {format_names(names)} has not changed since the last commit"
        return make_refusal(CommitOutcome.NOTHING_TO_COMMIT, text, None, *names)
    try:
        switch = switch_branch(repository, branch)
    except BranchRefusedError as error:
        return make_refusal(CommitOutcome.BRANCH_REFUSED, error.message, error.hint)
    old = [renamed[name] for name in names if name in renamed]
    if contents is not None:
        contents = {**contents, **dict.fromkeys(old)}
    files = [*changed, *old]
    result = _there_or_back(repository, switch, files, message, found, policy, contents)
    return _about_renames(result, renamed)


def _about_renames(result: CommitResult, renamed: dict[str, str]) -> CommitResult:
    """Return a result in which renamed files are under their new names alone."""
    if not renamed or not result.succeeded or result.oid is None:
        return result
    names = tuple(name for name in result.names if name not in renamed.values())
    shown = ", ".join(
        f"{format_names([name])} (renamed from {format_names([renamed[name]])})"
        if name in renamed
        else format_names([name])
        for name in names
    )
    message = f"committed {shown} as {result.oid[:10]}"
    return msgspec.structs.replace(result, message=message, names=names, renamed=renamed)


def _there_or_back(
    repository: Repository,
    switch: Switched,
    changed: list[str],
    message: str,
    found: FileStates,
    policy: CommitPolicy,
    contents: Mapping[str, bytes | None] | None,
) -> CommitResult:
    """Commit, or else go back to the branch that was left for it."""
    result: CommitResult | None = None
    try:
        if contents is None:
            result = of_files(repository, changed, message, found, policy)
        else:
            files = [name for name in changed if name not in contents]
            result = of_contents(repository, contents, files, message, policy)
    except IndexLockedError as error:
        result = make_refusal(CommitOutcome.LOCKED, error.message, error.hint, *changed)
    finally:
        if result is None or not result.succeeded:
            undo_switch(repository, switch)
    now = switch.now if result.succeeded else switch.before
    return msgspec.structs.replace(result, branch=now)
