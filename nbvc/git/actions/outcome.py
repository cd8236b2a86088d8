"""What a commit is asked for, and what became of it, as values."""

from __future__ import annotations

from enum import Enum

import msgspec

from nbvc.git.state.index import LOCK_PATIENCE


class PartlyStaged(Enum):
    """What to do with a notebook of which one version is staged and another is on disk."""

    ASK = "ask"
    COMMIT_FILE = "commit the file"


class Ignored(Enum):
    """What to do with a notebook that git is told to ignore."""

    REFUSE = "refuse"
    COMMIT = "commit"


class CommitPolicy(msgspec.Struct, frozen=True):
    """How to commit. `deadline` is for all hooks together, `patience` for a locked index; seconds.

    `chosen` are the files of which somebody chose what is committed, with what is staged in view.
    """

    partly_staged: PartlyStaged = PartlyStaged.ASK
    chosen: frozenset[str] = frozenset()
    ignored: Ignored = Ignored.REFUSE
    deadline: float = 600.0
    patience: float = LOCK_PATIENCE


class CommitOutcome(Enum):
    """What became of a commit."""

    COMMITTED = "committed"
    NOTHING_TO_COMMIT = "nothing to commit"
    PARTLY_STAGED = "partly staged"
    UNMERGED = "unmerged"
    IGNORED = "ignored"
    NO_FILE = "no file"
    NO_MESSAGE = "no message"
    OPERATION_IN_PROGRESS = "operation in progress"
    BRANCH_REFUSED = "branch refused"
    NO_IDENTITY = "no identity"
    HOOK_REFUSED = "hook refused"
    SIGNING_FAILED = "signing failed"
    LOCKED = "locked"
    TIMEOUT = "timeout"
    FAILED = "failed"


class CommitResult(msgspec.Struct, frozen=True):
    """What became of a commit, in a sentence, with what to do and what git and hooks wrote.

    `names` are the files that were committed, or that were in the way; `edited` those that a hook
    changed, in the commit or on disk. `renamed` gives the old name of those that were renamed.
    """

    outcome: CommitOutcome
    message: str
    hint: str | None = None
    oid: str | None = None
    branch: str | None = None
    names: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    stderr: str = ""
    renamed: dict[str, str] = {}

    @property
    def succeeded(self) -> bool:
        """Whether there is a new commit."""
        return self.outcome is CommitOutcome.COMMITTED

    def on(self, branch: str | None) -> CommitResult:
        """Return the result with the branch that it is about."""
        return msgspec.structs.replace(self, branch=branch)


def make_refusal(
    outcome: CommitOutcome, message: str, hint: str | None = None, *names: str
) -> CommitResult:
    """Return the result of a commit that did not come about."""
    return CommitResult(outcome, message, hint, names=names)
