"""One side of a comparison: where its notebook comes from, and what to call it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec

from nbvc.checkpoint.restoring import content_digest
from nbvc.errors import NotebookError
from nbvc.git.setup.attributes import filtered
from nbvc.versions.past import History
from nbvc.store.entries import OutputStore
from nbvc.store.home import Home
from nbvc.store.restoring import restored
from nbvc_jupyter.commits import facts
from nbvc_jupyter.requests import (
    CheckpointSide,
    ContentSide,
    DiskSide,
    EmptySide,
    HeadSide,
    Kind,
)
from nbvc_jupyter.trust import untrusted

if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository
    from nbvc.notebook import Notebook
    from nbvc_jupyter.places import Place
    from nbvc_jupyter.requests import Side
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop

_EMPTY = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


class Version(msgspec.Struct, frozen=True):
    """A notebook's content at some time, None for no notebook; who wrote it, when and why.

    `name` is what errors call it where the label does not say which one it is.
    """

    content: bytes | None
    label: str
    time: str | None = None
    author: str | None = None
    message: str | None = None
    id: str | None = None
    is_saved: bool = True
    name: str | None = None

    @property
    def digest(self) -> str | None:
        """The digest of the content; None for what is in an editor only."""
        return content_digest(self.content) if self.is_saved else None

    def read(self) -> Notebook:
        """Return the notebook without claims of trust; one without cells for none.

        Raises `NbvcError`.
        """
        content = _EMPTY if self.content is None else self.content
        return untrusted(content, self.name or self.label)


def with_cells(notebook: Notebook, cells: list[Any]) -> dict[str, Any]:
    """Return a notebook as JSON with something in the place of its cells."""
    return {**{key: notebook.value(key) for key in notebook.fields}, "cells": cells}


def version(site: Site, place: Place, side: Side, stop: Stop) -> Version:
    """Return what a side means. Raises `NbvcError`."""
    if isinstance(side, ContentSide):
        return Version(bytes(side.notebook), side.label or "Now", is_saved=False)
    if isinstance(side, EmptySide):
        return Version(None, "Nothing")
    there = place if side.path is None else site.contents.place(side.path)
    if isinstance(side, DiskSide):
        label = "Now" if side.path is None else there.path
        return Version(site.contents.read(there), label, name=there.path)
    if isinstance(side, CheckpointSide):
        return _checkpoint(site, there, side.id)
    if isinstance(side, HeadSide):
        return _head(site, there, stop)
    return _commit(site, there, side.ref, stop)


def version_of_kind(site: Site, place: Place, kind: Kind, which: str, stop: Stop) -> Version:
    """Return a version of the history; its content is None if the commit lacks the notebook.

    Raises `NbvcError`.
    """
    if kind is Kind.CHECKPOINT:
        return _checkpoint(site, place, which)
    return _commit(site, place, which, stop)


def _with_results(found: Version, repository: Repository, name: str) -> Version:
    """Put the results back that the filter keeps out of git: the editor has them, too.

    Without them every output would count as added, for ever.
    """
    home = Home.of(repository)
    if found.content is None or not os.path.isdir(home.folder) or not filtered(repository, [name]):
        return found
    try:
        content = restored(OutputStore(home), name, found.content).content
    except NotebookError:
        return found
    return msgspec.structs.replace(found, content=content)


def _checkpoint(site: Site, place: Place, which: str) -> Version:
    """Return a checkpoint of a notebook. Raises `CheckpointError`."""
    store = site.store(place)
    found = store.find(place.file, which)
    label = found.message.partition("\n")[0]
    author = found.author.partition(" <")[0]  # the name alone, as of a commit
    return Version(store.content(found), label, found.time, author, found.message, found.id)


def _commit(site: Site, place: Place, ref: str, stop: Stop) -> Version:
    """Return a notebook in a commit, under the name that it had there."""
    repository = site.repository(place, stop)
    store = site.store(place)
    objects, name = store.objects, repository.name(place.file)
    oid = objects.commit(ref)
    said = facts(objects, oid)
    with History(repository, name, store, objects=objects) as history:
        then = history.name_in(oid)
    content = None if then is None else objects.at(oid, then)
    found = Version(content, said.short, said.time, said.author, said.message, oid)
    return _with_results(found, repository, then or name)


def _head(site: Site, place: Place, stop: Stop) -> Version:
    site.repository(place, stop)  # says what is wrong with it
    if site.store(place).objects.head() is None:
        return Version(None, "Last commit")
    return msgspec.structs.replace(_commit(site, place, "HEAD", stop), label="Last commit")
