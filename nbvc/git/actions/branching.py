"""Switch to the branch of a commit, and back if the commit fails."""

from __future__ import annotations

from enum import Enum

import msgspec

from nbvc.errors import GitError, make_visible
from nbvc.git.plumbing.command import make_failure
from nbvc.git.state.operation import current_branch
from nbvc.git.state.remotes import remote_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository


class BranchRefusedError(GitError):
    """A branch that cannot be created or switched to."""


class Switch(Enum):
    """How the branch of a commit became the current one."""

    NONE = "none"
    EXISTING = "existing"
    TRACKING = "tracking"
    NEW = "new"


class Switched(msgspec.Struct, frozen=True):
    """The branches before and now, None for a detached HEAD, and the commit before, if any."""

    before: str | None
    now: str | None
    oid: str | None = None
    how: Switch = Switch.NONE


def switch_branch(repository: Repository, name: str | None) -> Switched:
    """Switch to a branch; stay if it is None or the current one.

    A branch that exists gets switched to as `git switch` does, with all uncommitted changes. If only
    one remote has the branch, a local one is created that follows it. Any other name is created at
    HEAD. Raises `BranchRefusedError`, also if git would have to overwrite changes.
    """
    before = current_branch(repository)
    if name is None or name == before:
        return Switched(before, before)
    git, shown = repository.git, make_visible(name)
    if name.startswith("-") or git.ask("check-ref-format", "--branch", name).code:
        raise BranchRefusedError(f"{shown!r} can't be the name of a branch")
    how, options = _find_way(repository, name)
    oid = git.ask("rev-parse", "--verify", "--quiet", "HEAD").stdout.decode().strip() or None
    finished = git.ask("switch", "--quiet", "--no-guess", *options)
    if finished.code:
        error = make_failure(("switch",), finished)
        raise BranchRefusedError(error.message, hint=error.hint)
    return Switched(before, name, oid, how)


def _find_way(repository: Repository, name: str) -> tuple[Switch, tuple[str, ...]]:
    """Return how a branch becomes the current one, and the arguments of `git switch` for that."""
    git = repository.git
    if git.ask("show-ref", "--verify", "--quiet", f"refs/heads/{name}").code == 0:
        return Switch.EXISTING, (name,)
    there = [f"{remote}/{name}" for remote in remote_names(repository)]
    found = [
        ref
        for ref in there
        if git.ask("show-ref", "--verify", "--quiet", f"refs/remotes/{ref}").code == 0
    ]
    if len(found) > 1:
        shown = " and ".join(map(make_visible, found))
        hint = f"git switch --track {make_visible(found[0])} chooses one"
        raise BranchRefusedError(f"several remotes have this branch: {shown}", hint=hint)
    if found:
        return Switch.TRACKING, ("--track", "--create", name, found[0])
    return Switch.NEW, ("--no-track", "--create", name)


def undo_switch(repository: Repository, switch: Switched) -> None:
    """Return to where `switch_branch` came from, and delete the branch that it created."""
    if switch.how is Switch.NONE:
        return
    git = repository.git
    if switch.how is not Switch.NEW:
        back = (switch.before,) if switch.before is not None else ("--detach", switch.oid or "")
        git.run("switch", "--quiet", "--no-guess", *back)
    elif switch.before is not None:
        git.run("symbolic-ref", "HEAD", f"refs/heads/{switch.before}")
    elif switch.oid is not None:
        git.run("update-ref", "--no-deref", "HEAD", switch.oid)
    if switch.how is Switch.TRACKING:
        git.run("branch", "--quiet", "-D", switch.now or "")
    elif switch.how is Switch.NEW and switch.oid is not None:
        git.run("update-ref", "-d", f"refs/heads/{switch.now}", switch.oid)
