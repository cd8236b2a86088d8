"""What the server refuses, as an HTTP status, a sentence and a reason that programs can tell apart."""

from __future__ import annotations

from typing import Literal

import msgspec

from nbvc.errors import (
    CheckpointError,
    ContentChangedError,
    ForeignCheckpointError,
    GitError,
    NbvcError,
    NoCellError,
    NoRepositoryError,
    NotebookError,
    OutsideError,
    UnknownRefError,
    make_visible,
    without_userinfo,
)
from nbvc.git.actions.branching import BranchRefusedError

Reason = Literal[
    "bad-path",
    "bad-request",
    "branch-refused",
    "busy",
    "cancelled",
    "content-changed",
    "contents",
    "forbidden",
    "foreign-checkpoint",
    "git",
    "http",
    "no-cell",
    "no-checkpoint",
    "no-git",
    "no-notebook",
    "no-repository",
    "no-text",
    "not-found",
    "not-in-commit",
    "not-local",
    "not-restorable",
    "outside",
    "refused",
    "timeout",
    "unexpected",
    "unknown-ref",
    "unreadable-file",
    "unreadable-notebook",
    "unwritable-file",
    "worker-ended",
]
"""What a refusal is called for programs."""


class Refusal(msgspec.Struct, frozen=True):
    """What an error is to the browser. `status` is HTTP's and does not go into the body."""

    status: int
    message: str
    hint: str | None
    reason: Reason


class RefusedError(NbvcError):
    """A request that the server's half refuses itself."""

    def __init__(
        self, status: int, reason: Reason, message: str, *, hint: str | None = None
    ) -> None:
        """Take the status, the reason in a word or two with dashes, and why in a sentence."""
        super().__init__(message, hint=hint)
        self.status = status
        self.reason = reason


class FailedError(Exception):
    """A mistake of ours in a worker: its type, and the traceback for the log."""

    def __init__(self, kind: str, text: str) -> None:
        """Take what the worker reported."""
        super().__init__(kind)
        self.kind = kind
        self.text = text


_TABLE: tuple[tuple[type[NbvcError], int, Reason], ...] = (
    (ContentChangedError, 409, "content-changed"),
    (ForeignCheckpointError, 409, "foreign-checkpoint"),
    (CheckpointError, 404, "no-checkpoint"),
    (UnknownRefError, 400, "unknown-ref"),
    (NoRepositoryError, 409, "no-repository"),
    (OutsideError, 403, "outside"),
    (BranchRefusedError, 409, "branch-refused"),
    (GitError, 409, "git"),
    (NoCellError, 400, "no-cell"),
    (NotebookError, 422, "unreadable-notebook"),
    (NbvcError, 422, "refused"),
)
"""What becomes of the library's errors; the first that fits counts."""


def describe_error(error: NbvcError) -> Refusal:
    """Return an error for the browser, without what is nobody's business."""
    if isinstance(error, RefusedError):
        return _make_refusal(error, error.status, error.reason)
    fits = (row for row in _TABLE if isinstance(error, row[0]))
    _, status, reason = next(fits)
    return _make_refusal(error, status, reason)


def make_unexpected(kind: str) -> Refusal:
    """Return what is said of a mistake of ours."""
    message = f"nbvc failed unexpectedly ({kind}); see the server's log"
    return Refusal(500, message, "report it, please", "unexpected")


def _make_refusal(error: NbvcError, status: int, reason: Reason) -> Refusal:
    place = f"{error.where}: " if error.where else ""
    message = without_userinfo(f"{place}{error.message}")
    return Refusal(status, one_line(message), error.hint, reason)


def one_line(text: str) -> str:
    """Return a text in one line, controls made visible."""
    return make_visible(" ".join(line.strip() for line in text.splitlines()))
