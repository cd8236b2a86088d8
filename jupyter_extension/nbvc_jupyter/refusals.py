"""What the server refuses, as an HTTP status, a sentence and a reason that programs can tell apart."""

from __future__ import annotations

import re

from tornado.web import HTTPError

from nbvc.checkpoint.errors import CheckpointError, ForeignCheckpointError
from nbvc.errors import ContentChangedError, GitError, NbvcError, NotebookError
from nbvc.git.branching import BranchRefusedError
from nbvc.git.messages import visible, without_userinfo
from nbvc.git.objects import UnknownRefError
from nbvc.git.repository import NoRepositoryError, OutsideError


class RefusedError(NbvcError):
    """A request that the server's half refuses itself."""

    def __init__(self, status: int, reason: str, message: str, *, hint: str | None = None) -> None:
        """Say with which status, why in a word or two with dashes, and why in a sentence."""
        super().__init__(message, hint=hint)
        self.status = status
        self.reason = reason


_TABLE: tuple[tuple[type[NbvcError], int, str], ...] = (
    (ContentChangedError, 409, "content-changed"),
    (ForeignCheckpointError, 409, "foreign-checkpoint"),
    (CheckpointError, 404, "no-checkpoint"),
    (UnknownRefError, 400, "unknown-ref"),
    (NoRepositoryError, 409, "no-repository"),
    (OutsideError, 403, "outside"),
    (BranchRefusedError, 409, "branch-refused"),
    (GitError, 409, "git"),
    (NotebookError, 422, "unreadable-notebook"),
    (NbvcError, 422, "refused"),
)
"""What becomes of the library's errors; the first that fits counts."""

_NAMES = {400: "bad-request", 403: "forbidden", 404: "not-found", 504: "timeout"}


def described(error: BaseException | None, status: int) -> tuple[int, dict[str, str | None]]:
    """Return the status and the answer for an error, without what is nobody's business."""
    if isinstance(error, RefusedError):
        return error.status, _answer(error, error.reason)
    if isinstance(error, NbvcError):
        for kind, code, reason in _TABLE:
            if isinstance(error, kind):
                return code, _answer(error, reason)
    if isinstance(error, HTTPError):
        said = error.log_message
        if said and error.args:
            said = said % error.args
        reason = _NAMES.get(error.status_code, "http")
        message = without_userinfo(visible(said or error.reason or "the request was refused"))
        return error.status_code, {"message": message, "hint": None, "reason": reason}
    if error is None:
        return status, {"message": "the request failed", "hint": None, "reason": "http"}
    message = f"nbvc failed unexpectedly ({type(error).__name__}); the server's log says more"
    return 500, {"message": message, "hint": "report it, please", "reason": "unexpected"}


def _answer(error: NbvcError, reason: str) -> dict[str, str | None]:
    place = f"{error.where}: " if error.where else ""
    message = without_userinfo(f"{place}{error.message}")
    return {"message": _one_line(message), "hint": error.hint, "reason": reason}


def _one_line(text: str) -> str:
    return visible(re.sub(r"\s*\n\s*", " ", text))
