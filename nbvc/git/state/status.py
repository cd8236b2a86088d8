"""What git says about single files, before something is done with them."""

from __future__ import annotations

import os
from enum import Enum

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbvc.git.plumbing.repository import Repository


class FileState(Enum):
    """How a file of the working tree differs from the index and HEAD."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    STAGED = "staged"
    PARTLY_STAGED = "partly staged"
    UNTRACKED = "untracked"
    IGNORED = "ignored"
    UNMERGED = "unmerged"


class FileStates(msgspec.Struct, frozen=True):
    """The state of each file that isn't unchanged, by its path from the top.

    A folder that is ignored as a whole has a `/` at its end.
    """

    states: dict[str, FileState]

    def of(self, name: str) -> FileState:
        """Return a file's state: its own, or that of the folder it is ignored with."""
        end = len(name)
        while end > 0:
            if found := self.states.get(name[:end]):
                return found
            end = name.rfind("/", 0, end - 1) + 1
        return FileState.UNCHANGED


def make_pathspec(name: str) -> str:
    """Return a pathspec that means this one file, in commands whose hooks use pathspecs too."""
    return f":(top,literal){name}"


def read_status(
    repository: Repository, names: Iterable[str] | None = None, *, untracked: bool = False
) -> FileStates:
    """Return the states of some files; if `names` is None of all files that are tracked.

    `untracked` adds the files that git neither tracks nor ignores.
    """
    options = ("--porcelain=v2", "-z", "--no-renames", "--ignore-submodules=all")
    if names is None:
        extent = "all" if untracked else "no"
        listing = repository.git.reading.run("status", *options, f"--untracked-files={extent}")
    else:
        specs = [make_pathspec(name) for name in names]
        more = ("--untracked-files=all", "--ignored=matching")
        listing = repository.git.reading.run("status", *options, *more, "--", *specs)
    states: dict[str, FileState] = {}
    for name, state in _parse_entries(listing):
        # Deleted in the index and still there: two entries, and more than one answer.
        states[name] = FileState.PARTLY_STAGED if name in states else state
    return FileStates(states)


def _parse_entries(listing: bytes) -> Iterator[tuple[str, FileState]]:
    """Yield names and states of a version 2 listing without renames."""
    for raw in listing.split(b"\0"):
        kind, _, rest = raw.partition(b" ")
        if kind in {b"?", b"!"}:
            state = FileState.UNTRACKED if kind == b"?" else FileState.IGNORED
            yield os.fsdecode(rest), state
        elif kind == b"u":
            yield os.fsdecode(rest.split(b" ", 9)[9]), FileState.UNMERGED
        elif kind == b"1":
            fields = rest.split(b" ", 7)
            yield os.fsdecode(fields[7]), _parse_state(fields[0])


def _parse_state(letters: bytes) -> FileState:
    """Return the state of a tracked file for git's two letters: of the index, of the working tree."""
    staged, changed = letters[:1] != b".", letters[1:] != b"."
    if staged:
        return FileState.PARTLY_STAGED if changed else FileState.STAGED
    return FileState.CHANGED
