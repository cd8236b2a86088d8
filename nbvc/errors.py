"""Everything nbvc can refuse, as one tree of exceptions.

A message says what is wrong; `where` says in which file, line or cell; `hint` says what to do.
Nothing but an `NbvcError` leaves the library on bad input.
"""

from __future__ import annotations

from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

_UNSAFE = compile_lazily(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_USERINFO = compile_lazily(r"(?<=://)[^/@\s'\"]+@")


class NbvcError(Exception):
    """A request that can't be carried out, with the place and the fix.

    `exit_code` is what a command ends with: 2 for wrong usage or unreadable input, 3 where git refused.
    """

    exit_code = 2

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        """Take what is wrong (`message`), where, and what to do about it (`hint`)."""
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """Return the whole error as one line."""
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{advice}"


def describe_reason(error: NbvcError) -> str:
    """Return what is wrong and what to do, for a place that is named already."""
    return f"{error.message} ({error.hint})" if error.hint else error.message


def describe_error(error: Exception) -> str:
    """Return what is wrong with a file, on one line, for an error of nbvc or of the system."""
    if isinstance(error, RecursionError):
        return "a notebook is nested too deeply"
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{describe_system_error(error)}"
    return str(error)


def describe_system_error(error: OSError) -> str:
    """Return what the system refused, in the words of nbvc's own messages."""
    import errno

    known = {errno.ENOENT: "no such file or folder", errno.EISDIR: "is a folder, not a notebook"}
    return known.get(error.errno or 0) or error.strerror or str(error)


class NotebookError(NbvcError):
    """Bytes that can't be read as a notebook."""


class StoredFormError(NotebookError):
    """A notebook that git stores in another form, such as encrypted, and that cannot be had."""


class RewriteRefusedError(NbvcError):
    """A notebook that can be read but not written without losing something."""


class SelectionError(NbvcError):
    """Words that do not name notebooks to compare."""


class UnreadableSettingsError(NbvcError):
    """A settings file that is not TOML."""


class PatchError(NbvcError):
    """A diff that doesn't fit the notebook it is applied to, or isn't a diff."""


class GitError(NbvcError):
    """Git refused, failed or ran out of time."""

    exit_code = 3


class NoRepositoryError(GitError):
    """A path that is not in a git repository."""


class OutsideError(GitError):
    """A path that is outside the repository in which it was looked for."""


class UnknownRefError(GitError):
    """A revision that is not the name of a commit."""


class CheckpointError(GitError):
    """A checkpoint that does not exist, or cannot be made, restored or deleted."""


class ForeignCheckpointError(CheckpointError):
    """A checkpoint that only the clone that made it can delete."""


class NoCellError(NbvcError):
    """A cell that the notebook does not have."""


class ContentChangedError(NbvcError):
    """A file that isn't what the caller has seen: somebody else wrote it, and nothing was written."""

    exit_code = 3


class WriteRefusedError(NbvcError):
    """A file that can't be replaced without changing what it is: a link, an owner, a protection."""


def make_visible(text: str) -> str:
    """Return text for one line: control and direction characters are written as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    named = {9: "\\t", 10: "\\n", 13: "\\r"}.get(code)
    return named or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def without_userinfo(text: str) -> str:
    """Return text without the user and password of every URL in it."""
    return _USERINFO.sub("", text)
