"""Writing a checkpoint back over the notebook's file.

What is on the disk becomes a checkpoint first; the file is replaced at once or not at all; and where
it is not what the caller has seen, nothing is written.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.errors import CheckpointError, ContentChangedError, NbvcError, WriteRefusedError, visible
from nbvc.git.state.changes import read_file
from nbvc.notebook.drafts import remove_leftovers
from nbvc.notebook.saving import drafted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.notebook.saving import Draft

ABSENT = ""
"""The digest of a file that isn't there."""


class Restored(msgspec.Struct, frozen=True):
    """A restored checkpoint, and the one that holds what was on the disk before, if anything was.

    `is_same` says that the file was what the checkpoint holds already: nothing was written.
    """

    checkpoint: Checkpoint
    before: Checkpoint | None
    is_same: bool = False


def content_digest(content: bytes | None) -> str:
    """Return the SHA-256 of a file's content in hex, `ABSENT` for no file."""
    import hashlib

    return ABSENT if content is None else hashlib.sha256(content).hexdigest()


def restore(
    store: Store, path: str, checkpoint: Checkpoint, expected: str | None, *, raw: bool = False
) -> Restored:
    """Restore a checkpoint; see `Store.restore`."""
    real = os.path.realpath(path)
    current = _current(real)
    if expected is not None and content_digest(current) != expected:
        raise ContentChangedError(
            "the file on the disk is not the one that you have seen: nothing was restored",
            where=visible(path),
            hint="reload it, then restore again",
        )
    content = store.content(checkpoint)
    if content == current:
        return Restored(checkpoint, None, is_same=True)
    if not raw:
        _check_opens(content, checkpoint, path)
    draft = _draft(path, real, content)
    try:
        before = None
        if current is not None:
            message = f"Before restoring {checkpoint.id}"
            before = store.create(path, message, current).checkpoint
        _publish(path, draft, current)
    except BaseException:
        draft.discard()
        raise
    return Restored(checkpoint, before)


def _check_opens(content: bytes, checkpoint: Checkpoint, path: str) -> None:
    """Raise `CheckpointError` if a checkpoint is not a notebook."""
    from nbvc.notebook import read

    try:
        read(content)
    except NbvcError as error:
        problem = f"the checkpoint {checkpoint.id} is not a notebook: {error.message}"
        hint = "nothing was restored; --raw restores it as it is, nbvc checkpoint show prints it"
        raise CheckpointError(problem, where=visible(path), hint=hint) from error


def _current(real: str) -> bytes | None:
    remove_leftovers(os.path.dirname(real))
    return read_file(real) if os.path.lexists(real) else None


def _draft(path: str, real: str, content: bytes) -> Draft:
    """Return the new content, ready to be published: whatever refuses it does so before that."""
    try:
        os.makedirs(os.path.dirname(real), exist_ok=True)
        return drafted(real, content)
    except OSError as error:
        raise _unwritable(path, error) from error
    except WriteRefusedError as error:
        raise WriteRefusedError(error.message, where=visible(path), hint=error.hint) from error


def _unwritable(path: str, error: OSError) -> CheckpointError:
    return CheckpointError(f"it can't be written: {error.strerror}", where=visible(path))


def _publish(path: str, draft: Draft, current: bytes | None) -> None:
    if _current(draft.target) != current:
        raise ContentChangedError(
            "the file was changed by another program just now: nothing was restored",
            where=visible(path),
            hint="restore again",
        )
    try:
        draft.save()
    except OSError as error:
        raise _unwritable(path, error) from error
