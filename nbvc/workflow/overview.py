"""The state of a repository for a person: branch, operation in progress, and all that is uncommitted.

Nothing is fetched, and no program of the repository runs.
"""

from __future__ import annotations

import os
from enum import Enum

import msgspec

from nbvc.errors import NbvcError
from nbvc.git.state.status import FileState

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbvc.checkpoint.store import Store
    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.state.branch import Branch
    from nbvc.git.state.identity import Identity
    from nbvc.git.state.operation import Operation
    from nbvc.git.state.status import FileStates
    from nbvc.workflow.compare import Comparison

MOST_FILES = 500
"""Changed files that are listed; the others are counted."""
_MOST_COMPARED = 60
"""Notebooks that are compared; the others are listed without counts."""
_MOST_BYTES = 1 << 20
"""New text files up to this size have their lines counted."""


class FileKind(Enum):
    """What happened to a file since the last commit."""

    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"
    RENAMED = "renamed"
    CONFLICT = "conflict"


class ChangedFile(msgspec.Struct, frozen=True):
    """A file that differs from the last commit; `name` is its path from the top.

    `compared` is set for notebooks, `lines` (added, removed) for text files. A file with `markers`
    has conflicts that are not resolved, whatever git says.
    """

    name: str
    kind: FileKind
    state: FileState
    old_name: str | None = None
    compared: Comparison | None = None
    lines: tuple[int, int] | None = None
    markers: bool = False

    @property
    def is_open(self) -> bool:
        """Whether a conflict in the file waits for a decision."""
        return self.kind is FileKind.CONFLICT or self.markers


class Overview(msgspec.Struct, frozen=True):
    """A repository as it is now. `branch` is None if HEAD is detached, `head` before any commit.

    `ahead` and `behind` count commits against what was last fetched, None without an upstream.
    `files` are at most `MOST_FILES`, `more` counts the others.
    """

    branch: Branch | None
    head: str | None
    operation: Operation | None
    identity: Identity | None
    remotes: tuple[str, ...]
    ahead: int | None
    behind: int | None
    files: tuple[ChangedFile, ...]
    more: int = 0
    message: str = ""

    @property
    def open_files(self) -> tuple[str, ...]:
        """The files with conflicts that are not resolved."""
        return tuple(file.name for file in self.files if file.is_open)


def read_overview(store: Store, repository: Repository) -> Overview:
    """Return the state of a repository, without asking a remote. Raises `GitError`."""
    from nbvc.git.state.branch import branch_here, count_commits
    from nbvc.git.state.identity import find_identity
    from nbvc.git.state.operation import find_operation, read_message
    from nbvc.git.state.remotes import remote_names
    from nbvc.git.state.status import read_status

    branch = branch_here(repository)
    ahead, behind = (branch and count_commits(repository, branch)) or (None, None)
    operation = find_operation(repository)
    states = read_status(repository, untracked=True)
    names = _drop_folders(states.states)
    # Files in conflict come first: no limit may hide one.
    names.sort(key=lambda name: (states.of(name) is not FileState.UNMERGED, name))
    listed = names[:MOST_FILES]
    files = list_files(store, repository, states, listed, in_operation=operation is not None)
    return Overview(
        branch=branch,
        head=branch.oid if branch else repository.git.line("rev-parse", "HEAD"),
        operation=operation,
        identity=find_identity(repository),
        remotes=remote_names(repository),
        ahead=ahead,
        behind=behind,
        files=tuple(sorted(files, key=lambda file: file.name)),
        more=len(names) - len(listed),
        message=read_message(repository) if operation else "",
    )


def _drop_folders(names: Iterable[str]) -> list[str]:
    """Return names without those of repositories inside this one."""
    return [name for name in names if not name.endswith("/")]


def list_files(
    store: Store,
    repository: Repository,
    states: FileStates,
    names: list[str],
    *,
    in_operation: bool,
) -> Iterator[ChangedFile]:
    """Yield changed files with what changed in them."""
    from nbvc.git.plumbing.objects import Objects
    from nbvc.git.state.changes import count_lines, head_side
    from nbvc.names import SUFFIX
    from nbvc.workflow.commit import find_renames
    from nbvc.workflow.unresolved import has_open_markers

    compared = dict(_compare_notebooks(repository.unasked))
    with Objects(repository) as objects:
        counted = count_lines(repository, head_side(repository, objects))
    tracked = find_committed(repository, names)
    new = [name for name in names if name not in tracked and name.endswith(SUFFIX)]
    gone = {name for name in names if not os.path.lexists(repository.path(name))}
    # Names change in Jupyter without git: a notebook that is new may be one that is gone.
    renamed = find_renames(repository, store, new, filters=False) if gone else {}
    for name in names:
        if name in renamed.values():
            continue
        state, lines = states.of(name), counted.get(name)
        if lines is None and name not in tracked and not name.endswith(SUFFIX):
            lines = _count_new_lines(repository.path(name))
        yield ChangedFile(
            name=name,
            kind=_find_kind(name, state, tracked, gone, renamed),
            state=state,
            old_name=renamed.get(name),
            compared=compared.get(name),
            lines=None if name.endswith(SUFFIX) else lines,
            markers=in_operation and name not in gone and has_open_markers(repository, name),
        )


def find_committed(repository: Repository, names: Sequence[str]) -> set[str]:
    """Return those of the files that the last commit has."""
    args = ("ls-tree", "-r", "-z", "--full-tree", "--name-only", "HEAD", "--")
    listing = repository.git.literal.ask(*args, *names).stdout if names else b""
    return set(map(os.fsdecode, listing.split(b"\0")))


def _find_kind(
    name: str, state: FileState, tracked: set[str], gone: set[str], renamed: dict[str, str]
) -> FileKind:
    if state is FileState.UNMERGED:
        return FileKind.CONFLICT
    if name in renamed:
        return FileKind.RENAMED
    if name in gone:
        return FileKind.DELETED
    return FileKind.CHANGED if name in tracked else FileKind.ADDED


def _compare_notebooks(repository: Repository) -> Iterator[tuple[str, Comparison]]:
    from nbvc.workflow.compare import compare
    from nbvc.workflow.revisions import select_uncommitted

    pairs = select_uncommitted(repository, repository.git.environ, lambda *_: None)
    chosen = pairs.pairs[:_MOST_COMPARED]
    pairs.expect(range(len(chosen)))
    try:
        for pair in chosen:
            if pair.note != "in conflict":
                yield pair.path, compare(pair)
    finally:
        pairs.close()


def _count_new_lines(path: str) -> tuple[int, int] | None:
    """Return the lines of a text file that git does not have yet, None for anything else."""
    content = _read_small(path)
    if content is None or b"\0" in content[:8000]:
        return None
    return content.count(b"\n") + (content[-1:] not in (b"", b"\n")), 0


def _read_small(path: str) -> bytes | None:
    from nbvc.git.state.changes import read_file

    try:
        if os.path.islink(path) or not os.path.isfile(path) or os.path.getsize(path) > _MOST_BYTES:
            return None
        return read_file(path)
    except (OSError, NbvcError):
        return None
