"""The versions of a notebook: all of them, each of them, and who wrote a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbvc.errors import NbvcError, NoCellError, make_visible
from nbvc.versions.model import VersionType
from nbvc.workflow.history import open_history, read_as_stored
from nbvc_jupyter import answers as a
from nbvc_jupyter.changing import find_parents, find_repeated
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.sides import read_version, with_cells

if TYPE_CHECKING:
    from nbvc.git import Stop
    from nbvc.versions.model import Version
    from nbvc_jupyter.places import NotebookPlace
    from nbvc_jupyter.requests import BlameRequest, VersionRequest, VersionsRequest
    from nbvc_jupyter.site import Site


def list_versions(site: Site, request: VersionsRequest, stop: Stop) -> a.Versions:
    """Return a notebook's commits and checkpoints, newest first, the newest `limit` of them."""
    place = site.contents.place(request.path)
    with site.open_history(place, stop) as history:
        found = history.versions()
    checkpoints = site.store(place).list(place.file)
    parents = find_parents(found, checkpoints)
    pinned = {one.id for one in checkpoints if one.pinned}
    repeated = find_repeated(found, parents)
    shown = [
        _show_version(
            version,
            parents[version.id],
            pinned=version.id in pinned,
            repeats=version.id in repeated,
        )
        for version in found[: request.limit]
    ]
    return a.Versions(shown, len(found) <= request.limit)


def _show_version(
    one: Version, parents: tuple[str, ...], *, pinned: bool, repeats: bool
) -> a.Version:
    return a.Version(
        kind=one.kind,
        id=one.id,
        short=one.short,
        author=one.author,
        time=one.time,
        message=one.message.strip(),
        path=one.name,
        commit=one.commit,
        parents=[*parents],
        pinned=pinned,
        repeats=repeats,
    )


def show_version(site: Site, request: VersionRequest, stop: Stop) -> a.VersionContent:
    """Return one version: the notebook, and who made it. Raises `NbvcError`.

    A cell that the known version has, too, is the index of that cell: the browser has it already.
    """
    place = site.contents.place(request.path)
    found = read_version(site, place, request.kind, request.id, stop)
    if found.content is None:
        text = f"the commit {make_visible(request.id)} does not contain this notebook"
        raise RefusedError(404, "not-in-commit", text)
    notebook = found.read()
    known = _index_known(site, place, request, stop)
    cells = [known[cell.text] if cell.text in known else cell.to_dict() for cell in notebook.cells]
    return a.VersionContent(
        label=found.label,
        author=found.author,
        time=found.time,
        message=found.message,
        notebook=with_cells(notebook, cells),
        digest=found.digest,
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


def blame_cell(site: Site, request: BlameRequest, stop: Stop) -> a.Blame:
    """Return where the source and the outputs of a saved cell come from. Raises `NbvcError`."""
    place = site.contents.place(request.path)
    repository = site.repository(place, stop)
    content = site.contents.read(place)
    commits, saved = site.commits(place), site.store(place)
    with open_history(commits, place.file, saved, repository=repository) as history:
        cells = history.blame(work_tree=read_as_stored(history, content)).cells
    if request.cell >= len(cells):
        raise NoCellError(f"this notebook has no cell {request.cell + 1}")
    one = cells[request.cell]
    return a.Blame(_show_origin(one.source), _show_origin(one.outputs))


def _show_origin(version: Version | None) -> a.Origin | None:
    """Return a version for people, None for what is not committed yet."""
    if version is None or version.kind is VersionType.WORK_TREE:
        return None
    return a.Origin(
        kind=version.kind,
        id=version.id,
        short=version.short,
        author=version.author,
        time=version.time,
        message=version.message.strip(),
    )
