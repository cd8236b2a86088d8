"""Who wrote a cell, and who made its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbvc.versions.model import Kind
from nbvc.versions.past import History
from nbvc_jupyter.refusals import RefusedError

if TYPE_CHECKING:
    from nbvc.versions.model import Version
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop


def blame_of(site: Site, path: str, cell: int, stop: Stop) -> dict[str, Any]:
    """Return where the source and the outputs of a saved cell come from. Raises `NbvcError`."""
    place = site.contents.place(path)
    repository = site.repository(place, stop)
    content = site.contents.read(place)
    store = site.store(place)
    name = repository.name(place.file)
    with History(repository, name, store, objects=store.objects) as history:
        cells = history.blame(work_tree=content).cells
    if cell >= len(cells):
        raise RefusedError(400, "no-cell", f"this notebook has no cell {cell + 1}")
    one = cells[cell]
    return {"source": _said(one.source), "outputs": _said(one.outputs)}


def _said(version: Version | None) -> dict[str, Any] | None:
    """Return a version for people, None for what is not committed yet."""
    if version is None or version.kind is Kind.WORK_TREE:
        return None
    return {
        "kind": version.kind.value,
        "id": version.id,
        "short": version.short,
        "author": version.author,
        "time": version.time,
        "message": version.message.strip(),
    }
