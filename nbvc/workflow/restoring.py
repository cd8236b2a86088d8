"""Replace the content of a notebook, and lose nothing: what it was becomes a checkpoint first.

    draft the new content ─▶ save the old one as a checkpoint ─▶ compare the file once more ─▶ publish

What refuses to be written does so at the first step, with nothing done.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.errors import CheckpointError, ContentChangedError, NbvcError, NoCellError, make_visible
from nbvc.notebook.content import content_digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.diffing import CellDiff
    from nbvc.notebook import Notebook
    from nbvc.notebook.saving import Draft

    class Unpublished(Protocol):
        """New content that is not published yet."""

        def save(self) -> None: ...
        def discard(self) -> None: ...

    class Target(Protocol):
        """The place of a notebook whose content is replaced. `file` has its checkpoints."""

        @property
        def file(self) -> str: ...
        def read(self) -> bytes | None: ...
        def draft(self, content: bytes) -> Unpublished: ...


__all__ = [
    "FileTarget",
    "RestoredCheckpoint",
    "check_seen",
    "replace_content",
    "restore_checkpoint",
    "restore_content",
    "take_cell",
]


class _PairedDraft(msgspec.Struct, frozen=True):
    """New content of a notebook's file, and of the texts that Jupytext pairs with it."""

    notebook: Draft
    texts: dict[str, bytes]

    def save(self) -> None:
        """Publish the notebook and then the texts: Jupytext takes the sources from the newest file."""
        from nbvc.notebook.saving import draft_file

        self.notebook.save()
        for path, content in self.texts.items():
            draft_file(path, content).save()

    def discard(self) -> None:
        """Publish nothing."""
        self.notebook.discard()


class FileTarget:
    """A notebook on the disk; a link counts as what it leads to.

    The texts that Jupytext pairs with it stay in step.
    """

    def __init__(self, path: str) -> None:
        self.file = path
        self._real = os.path.realpath(path)

    def read(self) -> bytes | None:
        """Return the content, None if there is no file. Raises `GitError`."""
        from nbvc.git.state.changes import read_file
        from nbvc.notebook.drafts import remove_leftovers

        remove_leftovers(os.path.dirname(self._real))
        return read_file(self._real) if os.path.lexists(self._real) else None

    def draft(self, content: bytes) -> Unpublished:
        """Write new content beside the file. Raises `OSError`, `WriteRefusedError`."""
        from nbvc.notebook.saving import draft_file
        from nbvc.workflow.texts import write_texts

        os.makedirs(os.path.dirname(self._real), exist_ok=True)
        draft = draft_file(self.file, content)
        return _PairedDraft(draft, write_texts(self._real, self.read(), content))


class RestoredCheckpoint(msgspec.Struct, frozen=True):
    """A restored checkpoint, and the one that holds what was there before, if anything was.

    `is_same` is true if the file had this content already: nothing was written.
    """

    checkpoint: Checkpoint
    before: Checkpoint | None
    is_same: bool = False


def check_seen(content: bytes | None, expected: str | None, undone: str) -> None:
    """Raise `ContentChangedError` if a file is not the one that the caller has seen.

    `expected` is the digest of what the caller has seen, None for any content. `undone` is the verb
    for what did not happen.
    """
    if expected is not None and content_digest(content) != expected:
        raise ContentChangedError(
            f"the notebook on disk is not the one that you saw: nothing was {undone}",
            hint="reload it, then try again",
        )


def replace_content(
    store: Store, target: Target, before: bytes | None, content: bytes, message: str
) -> Checkpoint | None:
    """Write a notebook after saving `before`, its content now, as a checkpoint, which is returned.

    `before` is None if the notebook does not exist. Raises `ContentChangedError` if it has another
    content, `GitError` if no checkpoint can be made, and what `target.draft` raises.
    """
    draft = target.draft(content)
    try:
        kept = None if before is None else store.create(target.file, message, before).checkpoint
        _check_unchanged(target, before)
    except BaseException:
        draft.discard()
        raise
    draft.save()
    return kept


def _check_unchanged(target: Target, before: bytes | None) -> None:
    if target.read() != before:
        raise ContentChangedError(
            "another program has just changed the notebook: nothing was written",
            where=make_visible(target.file),
            hint="reload it, then try again",
        )


def restore_content(
    store: Store, target: Target, before: bytes | None, content: bytes, which: str
) -> Checkpoint | None:
    """Write a version over a notebook; return the checkpoint of `before`, its content now.

    Nothing is written, and None returned, if the notebook has this content already. Raises what
    `replace_content` raises.
    """
    if content == before:
        return None
    return replace_content(store, target, before, content, f"Before restoring {which}")


def restore_checkpoint(
    store: Store, path: str, which: str, expected: str | None = None, *, raw: bool = False
) -> RestoredCheckpoint:
    """Write a checkpoint over a notebook's file, after saving what is there as another one.

    Args:
        store: The notebook's checkpoints.
        path: The notebook's file.
        which: The checkpoint, by its ID or `latest`.
        expected: The `content_digest` of what the caller believes to be on the disk, such as an
            editor that loaded it. Without it any content is replaced.
        raw: Restore a checkpoint that is not a notebook, too.

    Raises `ContentChangedError`, `OSError`, and `CheckpointError` if the checkpoint is not a notebook.
    """
    checkpoint = store.find(path, which)
    target = FileTarget(path)
    before = target.read()
    check_seen(before, expected, "restored")
    content = store.content(checkpoint)
    if content == before:
        return RestoredCheckpoint(checkpoint, None, is_same=True)
    if not raw:
        _check_opens(content, checkpoint, path)
    return RestoredCheckpoint(
        checkpoint, restore_content(store, target, before, content, checkpoint.id)
    )


def _check_opens(content: bytes, checkpoint: Checkpoint, path: str) -> None:
    from nbvc.notebook import read

    try:
        read(content)
    except NbvcError as error:
        problem = f"the checkpoint {checkpoint.id} is not a notebook: {error.message}"
        hint = "nothing was restored; --raw restores it as it is, nbvc checkpoint show prints it"
        raise CheckpointError(problem, where=make_visible(path), hint=hint) from error


def take_cell(version: Notebook, current: Notebook, index: int) -> bytes:
    """Return the current notebook with one cell as it was in a version.

    It replaces the cell that it became. If that cell is gone, it follows the cell that it followed.
    Raises `NoCellError` if the version does not have the cell, `RewriteRefusedError` if the notebook
    would not be valid with it.
    """
    from nbvc.diffing import diff
    from nbvc.notebook.ids import with_ids
    from nbvc.notebook.validity import check_result

    if not 0 <= index < len(version.cells):
        raise NoCellError(f"this version has no cell {index + 1}")
    cells = list(current.cells)
    entries = diff(version, current).cells
    entry = next(one for one in entries if index in one.before)
    if entry.after:
        # A cell that was joined with another stays beside it: only a cell of its own is replaced.
        # Cells between the parts of a split stay.
        cells = [cell for at, cell in enumerate(cells) if at not in entry.after[1:]]
        first = entry.after[0]
        cells[first : first + 1] = [version.cells[one] for one in entry.before]
    else:
        cells.insert(_find_place(entries, index), version.cells[index])
    named = with_ids(cells, current.nbformat_minor)
    own = set(map(id, current.cells))
    cells = [old if id(old) in own else new for old, new in zip(cells, named, strict=True)]
    taken = current.with_cells(cells)
    check_result(taken, (version, current))
    return taken.to_bytes()


def _find_place(entries: Sequence[CellDiff], index: int) -> int:
    """Return the place for a cell that is gone: after the nearest one before it that is there."""
    places = {one: entry.after[-1] + 1 for entry in entries if entry.after for one in entry.before}
    return next((places[one] for one in range(index - 1, -1, -1) if one in places), 0)
