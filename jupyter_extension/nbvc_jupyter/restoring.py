"""Save points made, deleted and brought back: a whole version, or one of its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

import nbvc
from nbvc.checkpoint.restoring import content_digest
from nbvc.errors import ContentChangedError, NbvcError
from nbvc.notebook import read
from nbvc_jupyter.contents import as_written
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.versions import found_version

if TYPE_CHECKING:
    from nbvc.notebook import Notebook
    from nbvc_jupyter.places import Place
    from nbvc_jupyter.requests import CheckpointRequest, DeleteRequest, RestoreRequest
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop


def make_checkpoint(site: Site, request: CheckpointRequest) -> dict[str, Any]:
    """Make a checkpoint of what is on the disk, or of what the browser sends."""
    place = site.contents.place(request.path)
    if bytes(request.notebook) == b"null":
        content = site.contents.read(place)
    else:
        content = _sent(site, place, request.notebook)
    made = site.store(place).create(site.contents.stand_in(place), request.message, content)
    if request.keep is not None and made.is_new:
        _thin(site, place, request.message, max(request.keep, 1))
    return {"checkpoint": made.checkpoint.to_dict(), "made": made.is_new}


def _sent(site: Site, place: Place, notebook: msgspec.Raw) -> bytes:
    """Return what the browser sends as a file; where the file says the same, the file."""
    try:
        content = as_written(msgspec.json.decode(notebook))
    except (msgspec.DecodeError, RecursionError):
        raise RefusedError(400, "bad-request", "the notebook can't be read") from None
    try:
        current = site.contents.current(place)
        if current is not None and read(current) == read(content):
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


def delete_checkpoint(site: Site, request: DeleteRequest) -> dict[str, Any]:
    """Delete a checkpoint. Raises `CheckpointError`."""
    place = site.contents.place(request.path)
    site.store(place).delete(place.file, request.id)
    return {}


def restore(site: Site, request: RestoreRequest, stop: Stop) -> dict[str, Any]:
    """Bring back a version, or one of its cells; what was there becomes a checkpoint first.

    Raises `ContentChangedError` where the notebook is not what the caller has seen.
    """
    place = site.contents.place(request.path)
    current = site.contents.current(place)
    if content_digest(current) != request.expected:
        raise _changed()
    found = found_version(site, place, request.kind, request.id, stop)
    assert found.content is not None
    content = found.content
    if request.cell is not None:
        content = with_cell(read(content), _readable(current), request.cell)
    kept = None
    if content != current:
        if current is not None:
            message = f"Before restoring {request.id[:12]}"
            kept = site.store(place).create(site.contents.stand_in(place), message, current)
        _replace(site, place, current, content)
    return {
        "digest": content_digest(content),
        "kept": kept.checkpoint.to_dict() if kept else None,
        "notebook": read(content).to_dict(),
    }


def _readable(current: bytes | None) -> Notebook:
    if current is None:
        raise RefusedError(404, "not-found", "there is no notebook to put the cell into")
    return read(current)


def _replace(site: Site, place: Place, current: bytes | None, content: bytes) -> None:
    if site.contents.current(place) != current:
        raise _changed()
    site.contents.write(place, content)


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
