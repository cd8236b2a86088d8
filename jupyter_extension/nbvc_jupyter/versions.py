"""The versions of a notebook: commits and checkpoints, one after another, and each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbvc.errors import GitError, NbvcError
from nbvc.git.plumbing.messages import visible
from nbvc.versions.listing import of_checkpoint
from nbvc.versions.past import History
from nbvc_jupyter import answers as a
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.requests import Kind
from nbvc_jupyter.restoring import answer_checkpoint
from nbvc_jupyter.sides import version_of_kind, with_cells

if TYPE_CHECKING:
    from nbvc.versions.model import Version
    from nbvc_jupyter.places import Place
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop


def checkpoints_of(site: Site, path: str) -> a.Checkpoints:
    """Return a notebook's checkpoints, oldest first."""
    place = site.contents.place(path)
    found = site.store(place).list(place.file)
    return a.Checkpoints([answer_checkpoint(one) for one in found])


def versions_of(site: Site, path: str, limit: int, stop: Stop) -> a.Versions:
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
    answered = [_answer_version(version) for version in found[:limit]]
    return a.Versions(answered, len(found) <= limit)


def _answer_version(one: Version) -> a.Version:
    return a.Version(
        kind=Kind(one.kind.value),
        id=one.id,
        short=one.short,
        author=one.author,
        time=one.time,
        message=one.message.strip(),
        path=one.name,
        commit=one.commit,
    )


def version_of(
    site: Site,
    path: str,
    kind: Kind,
    which: str,
    stop: Stop,
    known: tuple[Kind, str] | None = None,
) -> a.VersionContent:
    """Return one version: the notebook, and who made it. Raises `NbvcError`.

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
    return a.VersionContent(
        label=found.label,
        author=found.author,
        time=found.time,
        message=found.message,
        notebook=with_cells(notebook, cells),
        digest=found.digest,
    )


def _numbers(site: Site, place: Place, known: tuple[Kind, str], stop: Stop) -> dict[bytes, int]:
    """Return where each cell stands in a version; nothing where there is no such version."""
    try:
        cells = version_of_kind(site, place, *known, stop).read().cells
    except NbvcError:
        return {}
    return {cell.text: index for index, cell in enumerate(cells)}
