"""A new branch at HEAD for a commit, and the way back where the commit does not come about."""

from __future__ import annotations

import msgspec

from nbvc.errors import GitError, visible
from nbvc.git.plumbing.command import failure
from nbvc.git.state.operation import current_branch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository


class BranchRefusedError(GitError):
    """A branch that can't be made or isn't the current one."""


class Switched(msgspec.Struct, frozen=True):
    """The branches before and now, None for a detached HEAD, and the commit they are at."""

    before: str | None
    now: str | None
    oid: str | None


def switched(repository: Repository, name: str | None) -> Switched:
    """Make a branch at HEAD and switch to it; None, or the current one, means to stay.

    Neither index nor files change. Raises `BranchRefusedError` where the name is taken or no name.
    """
    before = current_branch(repository)
    if name is None or name == before:
        return Switched(before, before, None)
    git, shown = repository.git, visible(name)
    if name.startswith("-") or git.ask("check-ref-format", "--branch", name).code:
        raise BranchRefusedError(f"{shown!r} can't be the name of a branch")
    if git.ask("show-ref", "--verify", "--quiet", f"refs/heads/{name}").code == 0:
        raise BranchRefusedError(
            f"there is another branch {shown}", hint=f"git switch {shown} goes to it"
        )
    oid = git.ask("rev-parse", "--verify", "--quiet", "HEAD").stdout.decode().strip() or None
    finished = git.ask("switch", "--quiet", "--no-track", "--create", name)
    if finished.code:
        error = failure(("switch",), finished)
        raise BranchRefusedError(error.message, hint=error.hint)
    return Switched(before, name, oid)


def undone(repository: Repository, switch: Switched) -> None:
    """Go back to where `switched` came from, and delete the branch that it made."""
    if switch.before == switch.now:
        return
    git = repository.git
    if switch.before is not None:
        git.run("symbolic-ref", "HEAD", f"refs/heads/{switch.before}")
    elif switch.oid is not None:
        git.run("update-ref", "--no-deref", "HEAD", switch.oid)
    if switch.oid is not None:
        git.run("update-ref", "-d", f"refs/heads/{switch.now}", switch.oid)
