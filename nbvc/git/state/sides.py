"""What the two sides of a conflict are, in what git is in the middle of.

Git's words fit a merge: local is what you have, remote what comes. In a rebase it is the other way
round: git takes the branch that you rebase onto, and brings your own commits one by one.
"""

from __future__ import annotations

import os
import re

import msgspec

from nbvc.git.state.operation import Operation, current_branch, find_operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository


_NOTED_OPTIONS = (
    ("rebase-merge/strategy_opts", r"--(ours|theirs)\b"),
    ("sequencer/opts", r"strategy-option = (ours|theirs)\b"),
)
"""Where git notes the `-X` of a rebase, and of a pick of several commits."""


class ConflictSides(msgspec.Struct, frozen=True):
    """What local and remote are, for people, and which of the two is their own."""

    local: str
    remote: str
    own: str = "local"


def find_sides(repository: Repository) -> ConflictSides | None:
    """Return what the sides are where their names say too little, None elsewhere."""
    running = find_operation(repository)
    if running is Operation.REBASE:
        onto = _name_onto(repository) or "the branch that you rebase onto"
        yours = f"your commit{_describe_picked(repository, 'REBASE')}"
        return ConflictSides(f"{onto}, on which you rebase", yours, own="remote")
    if running is Operation.CHERRY_PICK:
        picked = _describe_picked(repository, "CHERRY_PICK")
        return ConflictSides("your branch", f"the commit that you pick{picked}")
    if running is Operation.REVERT:
        return ConflictSides(
            "your branch", f"what was before the commit{_describe_picked(repository, 'REVERT')}"
        )
    if running is None and _is_stash(repository):
        return ConflictSides("your branch", "your stashed changes")
    return None


def name_sides(repository: Repository | None, local: str, remote: str) -> ConflictSides:
    """Return what the sides are, given the names that the merge noted for them.

    `repository` is that in which git waits for a resolution, None for a file outside of a merge.
    """
    if repository is None:
        return ConflictSides(local, remote)
    known = find_sides(repository)
    if known is not None:
        return known
    if local in ("local", "HEAD", "ours", "Updated upstream"):
        local = current_branch(repository) or local
    if remote in ("remote", "theirs"):
        merged = repository.git.ask("rev-parse", "-q", "--verify", "MERGE_HEAD")
        remote = _name_commit(repository, merged.lines[0]) if merged.lines else remote
    return ConflictSides(local, remote or "remote")


def read_favor(repository: Repository) -> str:
    """Return which side `-X` names for conflicts, "ours" or "theirs", "" for neither.

    Git does not pass `-X` to a merge driver. A rebase, and a pick of several commits, note it in git's
    folder. For all else there is the setting `nbvc.favor`, as in `git -c nbvc.favor=ours merge`.
    """
    for path, pattern in _NOTED_OPTIONS:
        found = re.search(pattern, _read_note(repository, path))
        if found:
            return found[1]
    asked = repository.git.ask("config", "--get", "nbvc.favor")
    favor = asked.stdout.decode(errors="replace").strip()
    return favor if favor in ("ours", "theirs") else ""


def read_labels(repository: Repository) -> tuple[str, str] | None:
    """Return the names of the sides in a rebase, None elsewhere. Git before 2.44 gives a driver none."""
    done = _read_note(repository, "rebase-merge/done").strip().split("\n")[-1].split(maxsplit=2)
    if find_operation(repository) is not Operation.REBASE or len(done) < 3:
        return None
    return _name_onto(repository) or "HEAD", f"{done[1][:7]} ({done[2].removeprefix('# ')})"


def _read_note(repository: Repository, path: str) -> str:
    try:
        with open(
            os.path.join(repository.git_dir, path), encoding="utf-8", errors="replace"
        ) as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _is_stash(repository: Repository) -> bool:
    """Return whether the remote side of a conflict is what the latest stash has."""
    listed = repository.git.ask("ls-files", "-u", "-z").stdout
    for entry in filter(None, listed.split(b"\0")):
        about, path = entry.split(b"\t", 1)
        _, oid, stage = about.split(b" ")
        if stage == b"3":
            stashed = repository.git.ask("rev-parse", "-q", "--verify", b"refs/stash:" + path)
            return stashed.stdout.strip() == oid
    return False


def _name_onto(repository: Repository) -> str:
    """Return the name of what a rebase goes on top of, or the start of its id."""
    for folder in ("rebase-merge", "rebase-apply"):
        path = os.path.join(repository.git_dir, folder, "onto")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                oid = file.read().strip()
            return _name_commit(repository, oid) or oid[:10]
    return ""


def _name_commit(repository: Repository, oid: str) -> str:
    form = "--format=%(refname:short)"
    at = ("--count=1", f"--points-at={oid}", "refs/heads", "refs/remotes", "refs/tags")
    finished = repository.git.ask("for-each-ref", form, *at)
    return finished.lines[0] if finished.code == 0 and finished.lines else ""


def _describe_picked(repository: Repository, what: str) -> str:
    """Return the id and the subject of the commit that a ref such as CHERRY_PICK_HEAD names."""
    args = ("log", "-1", "--no-show-signature", "--format=%h (%s)", f"{what}_HEAD", "--")
    finished = repository.git.ask(*args)
    return f" {finished.lines[0]}" if finished.code == 0 and finished.lines else ""
