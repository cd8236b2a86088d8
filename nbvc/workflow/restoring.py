"""Replace the content of a notebook, and lose nothing: what it was becomes a checkpoint first.

    draft the new content ─▶ save the old one as a checkpoint ─▶ compare the file once more ─▶ publish

What refuses to be written does so at the first step, with nothing done.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.errors import CheckpointError, ContentChangedError, NbvcError, make_visible
from nbvc.notebook.content import content_digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
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
    """A notebook on disk; a link counts as what it leads to.

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
        expected: The `content_digest` of what the caller believes to be on disk, such as an
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
