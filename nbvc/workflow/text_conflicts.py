"""Conflicts in files that are not notebooks: lines of each side, whole sides, and deletions."""

from __future__ import annotations

import os

import msgspec

from nbvc.errors import ContentChangedError, GitError, make_visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.git.plumbing.repository import Repository
    from nbvc.merging.lines import Chunk
    from nbvc.workflow.conflicts import Stages

_LONGEST = 10_000_000
"""Bytes of a text that is shown."""


class TextConflict(msgspec.Struct, frozen=True):
    """A file in conflict; a chunk with a `remote` side is not decided.

    `chunks` is None for a file that is not text: then only a whole side can be taken. `content` is
    the file on disk, None if there is none.
    """

    content: bytes | None
    stages: Stages
    chunks: tuple[Chunk, ...] | None
    local: str
    remote: str
    own: str


def read_text_conflict(repository: Repository, name: str) -> TextConflict:
    """Return the conflicts of a file, as git left them on disk. Raises `GitError`."""
    from nbvc.git.state.sides import find_sides
    from nbvc.merging.lines import Chunk
    from nbvc.merging.markers import parse
    from nbvc.workflow.conflicts import read_stages

    stages = read_stages(repository, name)
    content = _read(repository, name)
    known = find_sides(repository)
    text = decode_text(content or b"")
    sides = (
        (known.local, known.remote, known.own)
        if known
        else ("your branch", "the other branch", "local")
    )
    if text is None or stages.deleted_by is not None:
        return TextConflict(content, stages, None, *sides)
    lines = text.split("\n")
    marked = parse(lines)
    if marked is None:
        return TextConflict(content, stages, (Chunk(lines),), *sides)
    if known is None and marked.remote != "remote":
        sides = (sides[0], marked.remote, sides[2])
    return TextConflict(content, stages, tuple(marked.chunks), *sides)


def decode_text(content: bytes) -> str | None:
    """Return a file as text, None if it is not UTF-8, has NUL characters, or is too long."""
    if len(content) > _LONGEST or b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def save_text(
    store: Store, repository: Repository, name: str, expected: str, text: bytes
) -> Checkpoint | None:
    """Write the text that a person decided on, and mark the file as resolved.

    `expected` is the digest of the file that the person saw, which becomes a checkpoint. Raises
    `ContentChangedError` if it is another one now, `GitError` if markers are left in the text.
    """
    from nbvc.git.state.index import LOCK_PATIENCE, stage
    from nbvc.merging.markers import parse
    from nbvc.workflow.restoring import FileTarget, check_seen, replace_content

    if parse(text.decode(errors="replace").splitlines()) is not None:
        raise GitError("conflict markers are left in the text", where=make_visible(name))
    before = _read(repository, name)
    check_seen(before, expected, "saved")
    target = FileTarget(repository.path(name))
    kept = replace_content(store, target, before, text, "Before resolving")
    stage(repository.acting, [name], patience=LOCK_PATIENCE)
    return kept


def take_side(store: Store, repository: Repository, name: str, expected: str, side: str) -> None:
    """Take the file as one side has it, "local" or "remote", and mark it as resolved.

    If that side deleted the file, it is deleted. What is there becomes a checkpoint first. Raises
    `ContentChangedError`, and `GitError` if the file is not in conflict.
    """
    from nbvc.git.state.index import LOCK_PATIENCE, delete, stage
    from nbvc.git.state.status import make_pathspec
    from nbvc.notebook.content import content_digest
    from nbvc.workflow.conflicts import read_stages

    stages = read_stages(repository, name)
    if not stages.is_unmerged:
        raise GitError("git has no conflict in this file", where=make_visible(name))
    before = _read(repository, name)
    if content_digest(before) != expected:
        raise ContentChangedError(
            "another program has just changed the file: nothing was written",
            where=make_visible(name),
            hint="open its conflicts again",
        )
    if before is not None:
        store.create(repository.path(name), "Before resolving", before)
    acting = repository.acting
    if (stages.local if side == "local" else stages.remote) is None:
        delete(acting, name, patience=LOCK_PATIENCE)
        return
    option = "--ours" if side == "local" else "--theirs"
    acting.git.run("checkout", "--quiet", option, "--", make_pathspec(name))
    stage(acting, [name], patience=LOCK_PATIENCE)


def _read(repository: Repository, name: str) -> bytes | None:
    from nbvc.git.state.changes import read_file

    path = repository.path(name)
    return read_file(path) if os.path.lexists(path) else None
