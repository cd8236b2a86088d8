"""What git says, made fit for one line of ours: no control characters, no passwords."""

from __future__ import annotations

from nbvc.errors import GitError, make_visible, without_userinfo
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.process import Finished

_COLOURS = compile_lazily(r"\x1b\[[0-9;:]*m")
_OURS = "nbvc: "
"""How the filter and the drivers begin what they say through git."""
_PREFIXES = (_OURS, "fatal: ", "error: ", "remote: ", "! ", "warning: ", "hint: ")
_TELLING = ("fatal: ", "error: ")

HINTS = (
    ("dubious ownership", "git config --global --add safe.directory <the folder that git names>"),
    (".lock': File exists", "another git is at work there; if it crashed, delete that lock file"),
    ("Please tell me who you are", 'git config --global user.name "Your Name", and user.email'),
    ("auto-detection is disabled", 'git config --global user.name "Your Name", and user.email'),
    ("empty ident name", 'git config --global user.name "Your Name"'),
    ("unable to auto-detect email", "git config --global user.email you@example.org"),
)
"""What to do about what git says: a part of its message, and the fix."""


def clean_lines(stderr: bytes) -> str:
    """Return what a program wrote to stderr as lines safe to show; empty if it wrote nothing."""
    text = _COLOURS.sub("", stderr.decode(errors="backslashreplace")).replace("\r\n", "\n")
    lines = [make_visible(line.rpartition("\r")[2].rstrip()) for line in text.split("\n")]
    return without_userinfo("\n".join(line for line in lines if line))


def find_gist(stderr: bytes) -> str:
    """Return the one line of git's stderr that explains most."""
    lines = clean_lines(stderr).split("\n")
    ours = [line for line in lines if line.startswith(_OURS)]
    telling = ours or [line for line in lines if line.startswith(_TELLING)]
    line = telling[0] if telling else lines[-1]
    for prefix in _PREFIXES:
        line = line.removeprefix(prefix)
    return line


def hint_for(stderr: bytes) -> str | None:
    """Return what to do about git's message, where that is known."""
    text = stderr.decode(errors="replace")
    for part, hint in HINTS:
        if part in text:
            return hint
    return None


def explain_failure(name: str, finished: Finished, deadline: float) -> GitError:
    """Return the error for a command that failed: what git said, in a line, and what to do."""
    if finished.timed_out:
        return GitError(f"{name} took longer than {deadline:g} seconds and was stopped")
    said = find_gist(finished.stderr) or f"it ended with exit code {finished.code} and said nothing"
    return GitError(f"{name}: {said}", hint=hint_for(finished.stderr))
