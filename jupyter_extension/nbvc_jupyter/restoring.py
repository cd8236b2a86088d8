"""Save points made, deleted and brought back: a whole version, or one of its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbvc
from nbvc.checkpoint.restoring import content_digest
from nbvc.errors import ContentChangedError, NbvcError
from nbvc.git.plumbing.messages import visible
from nbvc.notebook import read
from nbvc.workflow.replacing import replace_version
from nbvc_jupyter import answers as a
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.sides import version_of_kind
from nbvc_jupyter.trust import as_sent, restorable, untrusted

if TYPE_CHECKING:
    import msgspec

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.notebook import Notebook
    from nbvc_jupyter.places import Place
    from nbvc_jupyter.requests import CheckpointRequest, DeleteRequest, RestoreRequest
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop


def make_checkpoint(site: Site, request: CheckpointRequest) -> a.MadeCheckpoint:
    """Make a checkpoint of what is on the disk, or of what the browser sends."""
    place = site.contents.place(request.path)
    if bytes(request.notebook) == b"null":
        content = site.contents.read(place)
    else:
        content = _sent(site, place, request.notebook)
    made = site.store(place).create(site.contents.stand_in(place), request.message, content)
    if request.keep is not None and made.is_new:
        _thin(site, place, request.message, max(request.keep, 1))
    return a.MadeCheckpoint(answer_checkpoint(made.checkpoint), made.is_new)


def answer_checkpoint(one: Checkpoint) -> a.Checkpoint:
    """Return what the browser learns of a checkpoint."""
    return a.Checkpoint(one.id, one.message, one.author, one.time, one.path, one.commit)


def _sent(site: Site, place: Place, notebook: msgspec.Raw) -> bytes:
    """Return what the browser sends as a file; where the file says the same, the file."""
    content = as_sent(notebook)
    try:
        current = site.contents.current(place)
        if current is not None and untrusted(current) == untrusted(content):
            return current
    except NbvcError:
        pass
    return content


def _thin(site: Site, place: Place, message: str, keep: int) -> None:
    """Delete the oldest checkpoints of a message, such as automatic ones."""
    store = site.store(place)
    same = [one for one in store.list(place.file) if one.message == message]
    for one in same[:-keep]:
        try:
            store.delete(place.file, one.id)
        except NbvcError:
            continue  # made by another machine: that one thins its own


def delete_checkpoint(site: Site, request: DeleteRequest) -> a.Done:
    """Delete a checkpoint. Raises `CheckpointError`."""
    place = site.contents.place(request.path)
    site.store(place).delete(place.file, request.id)
    return a.Done()


def restore(site: Site, request: RestoreRequest, stop: Stop) -> a.Restored:
    """Bring back a version, or one of its cells; what was there becomes a checkpoint first.

    Raises `ContentChangedError` if the notebook is not what the caller has seen, `RefusedError` if
    the version is not a notebook.
    """
    place = site.contents.place(request.path)
    current = site.contents.current(place)
    if content_digest(current) != request.expected:
        raise _changed()
    found = version_of_kind(site, place, request.kind, request.id, stop)
    if found.content is None:
        text = f"the commit {visible(request.id)} does not contain this notebook"
        raise RefusedError(404, "not-in-commit", text, hint="nothing was restored")
    content = restorable(found.content, found.label)
    if request.cell is not None:
        content = with_cell(untrusted(content), _readable(current), request.cell)
    kept = put_back(site, place, current, content, request.id[:12])
    answered = answer_checkpoint(kept) if kept else None
    return a.Restored(content_digest(content), answered, untrusted(content).to_dict())


def put_back(
    site: Site, place: Place, current: bytes | None, content: bytes, which: str
) -> Checkpoint | None:
    """Write a version over a notebook; return the checkpoint of what was there before.

    Raises `ContentChangedError` if that is not `current` any more.
    """
    if content == current:
        return None
    return replace_notebook(site, place, current, content, f"Before restoring {which}")


def replace_notebook(
    site: Site, place: Place, current: bytes | None, content: bytes, message: str
) -> Checkpoint | None:
    """Write a notebook after saving `current` as a checkpoint, which is returned.

    Raises `ContentChangedError` if the notebook is not `current` any more.
    """

    def write(new: bytes) -> None:
        if site.contents.current(place) != current:
            raise ContentChangedError(
                "another program has just changed the notebook on the disk: nothing was written",
                hint="reload it, and try again",
            )
        site.contents.write(place, new)

    file = place.file if current is None else site.contents.stand_in(place)
    return replace_version(site.store(place), file, current, content, message, write)


def _readable(current: bytes | None) -> Notebook:
    if current is None:
        raise RefusedError(404, "not-found", "there is no notebook to put the cell into")
    return read(current)


def _changed() -> ContentChangedError:
    return ContentChangedError(
        "the notebook on the disk is not the one that you have seen: nothing was restored",
        hint="reload it, then restore again",
    )


def with_cell(version: Notebook, current: Notebook, index: int) -> bytes:
    """Return the current notebook with one cell as it was in a version.

    The cell that became of it gives way; where none did, it goes behind what stood before it.
    Raises `RefusedError` where the version has no such cell.
    """
    if not 0 <= index < len(version.cells):
        raise RefusedError(400, "no-cell", f"this version has no cell {index + 1}")
    cells = list(current.cells)
    old = version.cells[index]
    entries = nbvc.diff(version, current).cells
    entry = next(one for one in entries if index in one.before)
    if entry.after:
        # A cell that was joined with another stays beside it: only a cell of its own gives way.
        # Cells between the parts of a split stay.
        rest = [cell for at, cell in enumerate(cells) if at not in entry.after[1:]]
        first = entry.after[0]
        rest[first : first + 1] = [version.cells[one] for one in entry.before]
        cells = rest
    else:
        cells.insert(_behind(entries, index), old)
    return current.with_cells(cells).to_bytes()


def _behind(entries: Any, index: int) -> int:
    """Return where a cell goes that is gone: behind the nearest one before it that is there."""
    places = {one: entry.after[-1] + 1 for entry in entries if entry.after for one in entry.before}
    return next((places[one] for one in range(index - 1, -1, -1) if one in places), 0)
