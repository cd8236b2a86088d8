"""Switch to a branch, begin one, and go back if the commit on it fails."""

from __future__ import annotations

import os
from enum import Enum

import msgspec

from nbvc.errors import GitError, make_visible
from nbvc.git.plumbing.command import make_failure
from nbvc.git.state.operation import current_branch
from nbvc.git.state.remotes import remote_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.process import Finished
    from nbvc.git.plumbing.repository import Repository


class BranchRefusedError(GitError):
    """A branch that cannot be created or switched to.

    `names` are files with uncommitted changes that git would have to overwrite.
    """

    names: tuple[str, ...] = ()


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
    _check_name(repository, name)
    return _run_switch(repository, before, name, _find_way(repository, name))


def go_to_branch(repository: Repository, name: str, *, remote: str | None = None) -> Switched:
    """Switch to a branch that exists: here, or on a remote, which the new local one follows.

    Raises `BranchRefusedError`, also if git would have to overwrite changes.
    """
    before = current_branch(repository)
    if name == before:
        return Switched(before, before)
    _check_name(repository, name)
    if remote is not None:
        options = ("--track", "--create", name, f"{remote}/{name}")
        return _run_switch(repository, before, name, (Switch.TRACKING, options))
    if not _has_ref(repository, f"refs/heads/{name}"):
        raise BranchRefusedError(f"the branch {make_visible(name)} does not exist")
    return _run_switch(repository, before, name, (Switch.EXISTING, (name,)))


def begin_branch(repository: Repository, name: str) -> Switched:
    """Create a branch at the current commit and switch to it. Raises `BranchRefusedError`."""
    _check_name(repository, name)
    for ref in (
        f"refs/heads/{name}",
        *(f"refs/remotes/{one}" for one in _on_remotes(repository, name)),
    ):
        if _has_ref(repository, ref):
            text = f"the branch {make_visible(name)} exists already"
            raise BranchRefusedError(text, hint="choose it from the list, or another name")
    way = (Switch.NEW, ("--no-track", "--create", name))
    return _run_switch(repository, current_branch(repository), name, way)


def _check_name(repository: Repository, name: str) -> None:
    git = repository.git
    if name.startswith("-") or git.ask("check-ref-format", "--branch", name).code:
        raise BranchRefusedError(f"{make_visible(name)!r} can't be the name of a branch")


def _has_ref(repository: Repository, ref: str) -> bool:
    return repository.git.ask("show-ref", "--verify", "--quiet", ref).code == 0


def _on_remotes(repository: Repository, name: str) -> list[str]:
    return [f"{remote}/{name}" for remote in remote_names(repository)]


def _run_switch(
    repository: Repository, before: str | None, name: str, way: tuple[Switch, tuple[str, ...]]
) -> Switched:
    how, options = way
    git = repository.git
    oid = git.ask("rev-parse", "--verify", "--quiet", "HEAD").stdout.decode().strip() or None
    finished = git.ask("switch", "--quiet", "--no-guess", *options)
    if finished.code:
        raise _make_refusal(finished, name)
    return Switched(before, name, oid, how)


def _make_refusal(finished: Finished, name: str) -> BranchRefusedError:
    """Return why git does not switch; the files that it would overwrite are indented by a tab."""
    lines = os.fsdecode(finished.stderr).splitlines()
    names = tuple(line[1:] for line in lines if line.startswith("\t"))
    error = make_failure(("switch",), finished)
    if not names:
        return BranchRefusedError(error.message, hint=error.hint)
    shown = ", ".join(map(make_visible, names))
    text = f"{make_visible(name)} has another version of files that you changed: {shown}"
    refused = BranchRefusedError(text, hint="commit or discard these changes first")
    refused.names = names
    return refused


def _find_way(repository: Repository, name: str) -> tuple[Switch, tuple[str, ...]]:
    """Return how a branch becomes the current one, and the arguments of `git switch` for that."""
    if _has_ref(repository, f"refs/heads/{name}"):
        return Switch.EXISTING, (name,)
    there = _on_remotes(repository, name)
    found = [ref for ref in there if _has_ref(repository, f"refs/remotes/{ref}")]
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
