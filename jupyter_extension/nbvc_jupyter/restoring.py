"""Checkpoints created and deleted, and versions restored: whole, or one cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbvc.errors import CheckpointError, NbvcError, make_visible
from nbvc.notebook import read
from nbvc.notebook.content import content_digest
from nbvc.workflow.picking import take_cell
from nbvc.workflow.restoring import check_seen, restore_content
from nbvc_jupyter import answers as a
from nbvc_jupyter.contents import NotebookTarget
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.sides import read_version
from nbvc_jupyter.trust import as_sent, make_restorable, remove_trust

if TYPE_CHECKING:
    import msgspec

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.git import Stop
    from nbvc.notebook import Notebook
    from nbvc_jupyter.places import NotebookPlace
    from nbvc_jupyter.requests import (
        CheckpointRequest,
        DeleteRequest,
        EditRequest,
        NotebookRequest,
        RestoreRequest,
    )
    from nbvc_jupyter.site import Site


def list_checkpoints(site: Site, request: NotebookRequest, _: Stop) -> a.Checkpoints:
    """Return a notebook's checkpoints, oldest first."""
    place = site.contents.place(request.path)
    return a.Checkpoints([show_checkpoint(one) for one in site.store(place).list(place.file)])


def show_checkpoint(one: Checkpoint) -> a.Checkpoint:
    """Return what the browser gets of a checkpoint."""
    return a.Checkpoint(one.id, one.message, one.author, one.time, one.path, one.commit)


def create_checkpoint(site: Site, request: CheckpointRequest, _: Stop) -> a.MadeCheckpoint:
    """Create a checkpoint of what is on disk, or of what the browser sends."""
    place = site.contents.place(request.path)
    if bytes(request.notebook) == b"null":
        content = site.contents.read(place)
    else:
        content = _read_sent(site, place, request.notebook)
    made = site.store(place).create(site.contents.stand_in(place), request.message, content)
    if request.keep is not None and made.is_new:
        _thin(site, place, request.message, max(request.keep, 1))
    return a.MadeCheckpoint(show_checkpoint(made.checkpoint), made.is_new)


def _read_sent(site: Site, place: NotebookPlace, notebook: msgspec.Raw) -> bytes:
    """Return what the browser sends as a file: the file itself if it has the same content."""
    content = as_sent(notebook)
    try:
        current = site.contents.current(place)
        if current is not None and remove_trust(current) == remove_trust(content):
            return current
    except NbvcError:
        pass
    return content


def _thin(site: Site, place: NotebookPlace, message: str, keep: int) -> None:
    """Delete the oldest checkpoints of a message, such as automatic ones."""
    store = site.store(place)
    every = store.list(place.file)
    same = [one for one in every if one.message == message and not one.pinned]
    for one in same[:-keep]:
        try:
            store.delete(place.file, one.id)
        except CheckpointError:
            continue  # Another clone made it, and thins its own.


def delete_checkpoint(site: Site, request: DeleteRequest, _: Stop) -> a.Done:
    """Delete a checkpoint. Raises `CheckpointError`."""
    place = site.contents.place(request.path)
    site.store(place).delete(place.file, request.id)
    return a.Done()


def edit_checkpoint(site: Site, request: EditRequest, _: Stop) -> a.Checkpoint:
    """Give a checkpoint another message, pin it, or unpin it. Raises `CheckpointError`."""
    place = site.contents.place(request.path)
    store = site.store(place)
    edited = store.edit(place.file, request.id, request.message, pinned=request.pinned)
    return show_checkpoint(edited)


def restore(site: Site, request: RestoreRequest, stop: Stop) -> a.Restored:
    """Restore a version, or one of its cells; what was there becomes a checkpoint first.

    Raises `ContentChangedError` if the notebook is not what the caller has seen, `RefusedError` if
    the version is not a notebook.
    """
    place = site.contents.place(request.path)
    target = NotebookTarget(site.contents, place)
    current = target.read()
    check_seen(current, request.expected, "restored")
    found = read_version(site, place, request.kind, request.id, stop)
    if found.content is None:
        text = f"the commit {make_visible(request.id)} does not contain this notebook"
        raise RefusedError(404, "not-in-commit", text, hint="nothing was restored")
    content = make_restorable(found.content, found.label)
    if request.cell is not None:
        content = take_cell(remove_trust(content), _read_current(current), request.cell)
    kept = restore_content(site.store(place), target, current, content, request.id[:12])
    shown = show_checkpoint(kept) if kept else None
    return a.Restored(content_digest(content), shown, remove_trust(content).to_dict())


def _read_current(current: bytes | None) -> Notebook:
    if current is None:
        raise RefusedError(404, "not-found", "no notebook to put the cell into")
    return read(current)
