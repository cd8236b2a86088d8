"""The versions of a notebook: all of them, each of them, and who wrote a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbvc.errors import NbvcError, NoCellError, visible
from nbvc.git import stoppable
from nbvc.versions.model import Kind
from nbvc.workflow.history import open_history
from nbvc_jupyter.encoding import encoded
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.sides import read_version, with_cells

if TYPE_CHECKING:
    from nbvc.git import Stop
    from nbvc.versions import Version
    from nbvc_jupyter.places import NotebookPlace
    from nbvc_jupyter.requests import BlameRequest, VersionRequest, VersionsRequest
    from nbvc_jupyter.site import Site

_INTERNAL = frozenset({"email", "blob", "parents"})
_SHOWN = ("kind", "id", "short", "author", "time", "message")


def list_versions(site: Site, request: VersionsRequest, stop: Stop) -> dict[str, Any]:
    """Return a notebook's commits and checkpoints, newest first, the newest `limit` of them."""
    place = site.contents.place(request.path)
    store = site.store(place)
    repository = stoppable(store.repository, stop)
    with open_history(store, place.file, repository=repository) as history:
        found = history.versions()
    shown = [_to_dict(version) for version in found[: request.limit]]
    return {"versions": shown, "complete": len(found) <= request.limit}


def _to_dict(version: Version) -> dict[str, Any]:
    """Return a version as JSON, without what a browser cannot use."""
    return {key: value for key, value in version.to_dict().items() if key not in _INTERNAL}


def show_version(site: Site, request: VersionRequest, stop: Stop) -> bytes:
    """Return one version as JSON: the notebook, and who made it. Raises `NbvcError`.

    A cell that the known version has, too, is the index of that cell: the browser has it already.
    """
    place = site.contents.place(request.path)
    found = read_version(site, place, request.kind, request.id, stop)
    if found.content is None:
        text = f"the commit {visible(request.id)} does not contain this notebook"
        raise RefusedError(404, "not-in-commit", text)
    notebook = found.read()
    known = _index_known(site, place, request, stop)
    cells = [known[cell.text] if cell.text in known else cell.to_dict() for cell in notebook.cells]
    return encoded(
        {
            "label": found.label,
            "author": found.author,
            "time": found.time,
            "message": found.message,
            "notebook": with_cells(notebook, cells),
            "digest": found.digest,
        }
    )


def _index_known(
    site: Site, place: NotebookPlace, request: VersionRequest, stop: Stop
) -> dict[bytes, int]:
    """Return the index of each cell in the known version; empty if it cannot be read."""
    if request.known_kind is None:
        return {}
    try:
        cells = read_version(site, place, request.known_kind, request.known_id, stop).read().cells
    except NbvcError:
        return {}
    return {cell.text: index for index, cell in enumerate(cells)}


def blame_cell(site: Site, request: BlameRequest, stop: Stop) -> dict[str, Any]:
    """Return where the source and the outputs of a saved cell come from. Raises `NbvcError`."""
    place = site.contents.place(request.path)
    repository = site.repository(place, stop)
    content = site.contents.read(place)
    with open_history(site.store(place), place.file, repository=repository) as history:
        cells = history.blame(work_tree=content).cells
    if request.cell >= len(cells):
        raise NoCellError(f"this notebook has no cell {request.cell + 1}")
    one = cells[request.cell]
    return {"source": _show(one.source), "outputs": _show(one.outputs)}


def _show(version: Version | None) -> dict[str, Any] | None:
    """Return a version for people, None for what is not committed yet."""
    if version is None or version.kind is Kind.WORK_TREE:
        return None
    found = version.to_dict()
    return {key: found[key] for key in _SHOWN}
