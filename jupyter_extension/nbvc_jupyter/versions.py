"""The versions of a notebook: commits and checkpoints, one after another, and each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbvc.errors import GitError, NbvcError
from nbvc.git.plumbing.messages import visible
from nbvc.versions.listing import of_checkpoint
from nbvc.versions.past import History
from nbvc_jupyter.encoding import encoded
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.sides import version_of_kind, with_cells

if TYPE_CHECKING:
    from nbvc.versions.model import Version
    from nbvc_jupyter.places import Place
    from nbvc_jupyter.requests import Kind
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop

_INTERNAL = frozenset({"email", "blob", "parents"})


def checkpoints_of(site: Site, path: str) -> dict[str, Any]:
    """Return a notebook's checkpoints, oldest first."""
    place = site.contents.place(path)
    found = site.store(place).list(place.file)
    return {"checkpoints": [checkpoint.to_dict() for checkpoint in found]}


def versions_of(site: Site, path: str, limit: int, stop: Stop) -> dict[str, Any]:
    """Return a notebook's commits and checkpoints, newest first, the newest `limit` of them."""
    place = site.contents.place(path)
    store = site.store(place)
    try:
        repository = site.repository(place, stop)
    except (GitError, RefusedError):
        found = [of_checkpoint(one) for one in reversed(store.list(place.file))]
    else:
        name = repository.name(place.file)
        with History(repository, name, store, objects=store.objects) as history:
            found = [*history.versions()]
    said = [_without(version) for version in found[:limit]]
    return {"versions": said, "complete": len(found) <= limit}


def _without(version: Version) -> dict[str, Any]:
    """Return a version as JSON, but for what is of no use in a browser."""
    return {key: value for key, value in version.to_dict().items() if key not in _INTERNAL}


def version_of(
    site: Site,
    path: str,
    kind: Kind,
    which: str,
    stop: Stop,
    known: tuple[Kind, str] | None = None,
) -> bytes:
    """Return one version as JSON: the notebook, and who made it. Raises `NbvcError`.

    A cell that stands in the `known` version too is that cell's number: the browser has it already.
    """
    place = site.contents.place(path)
    found = version_of_kind(site, place, kind, which, stop)
    if found.content is None:
        text = f"the commit {visible(which)} does not contain this notebook"
        raise RefusedError(404, "not-in-commit", text)
    notebook = found.read()
    numbers = _numbers(site, place, known, stop) if known else {}
    cells = [
        numbers[cell.text] if cell.text in numbers else cell.to_dict() for cell in notebook.cells
    ]
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


def _numbers(site: Site, place: Place, known: tuple[Kind, str], stop: Stop) -> dict[bytes, int]:
    """Return where each cell stands in a version; nothing where there is no such version."""
    try:
        cells = version_of_kind(site, place, *known, stop).read().cells
    except NbvcError:
        return {}
    return {cell.text: index for index, cell in enumerate(cells)}
