"""One side of a comparison: where its notebook comes from, and what to call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from nbvc.notebook.content import content_digest
from nbvc.versions.listing import version_of
from nbvc.versions.model import VersionType
from nbvc.workflow.history import read_commit
from nbvc.workflow.outputs import bring_outputs_back
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.requests import (
    CheckpointSide,
    ContentSide,
    DiskSide,
    EmptySide,
    HeadSide,
)
from nbvc_jupyter.trust import remove_trust

if TYPE_CHECKING:
    from nbvc.git import Stop
    from nbvc.notebook import Notebook
    from nbvc.versions.model import Version
    from nbvc_jupyter.places import NotebookPlace
    from nbvc_jupyter.requests import Side
    from nbvc_jupyter.site import Site

EMPTY = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


class SideVersion(msgspec.Struct, frozen=True):
    """A notebook's content at some time, None for no notebook; who wrote it, when and why.

    `name` is what errors call it where the label does not say which one it is. `stored` is what git
    has if the content has the outputs back that the filter keeps out of git.
    """

    content: bytes | None
    label: str
    time: str | None = None
    author: str | None = None
    message: str | None = None
    id: str | None = None
    is_saved: bool = True
    name: str | None = None
    stored: bytes | None = None

    @property
    def digest(self) -> str | None:
        """The digest of the content; None for what is in an editor only."""
        return content_digest(self.content) if self.is_saved else None

    def read(self) -> Notebook:
        """Return the notebook without claims of trust; one without cells for none.

        Raises `NbvcError`.
        """
        content = EMPTY if self.content is None else self.content
        return remove_trust(content, self.name or self.label)


def with_cells(notebook: Notebook, cells: list[Any]) -> dict[str, Any]:
    """Return a notebook as JSON with something in the place of its cells."""
    return {**{key: notebook.value(key) for key in notebook.fields}, "cells": cells}


def read_side(site: Site, place: NotebookPlace, side: Side, stop: Stop) -> SideVersion:
    """Return what a side means. Raises `NbvcError`."""
    if isinstance(side, ContentSide):
        return SideVersion(bytes(side.notebook), side.label or "Now", is_saved=False)
    if isinstance(side, EmptySide):
        return SideVersion(None, "Nothing")
    there = place if side.path is None else site.contents.place(side.path)
    if isinstance(side, DiskSide):
        label = "Now" if side.path is None else there.path
        return SideVersion(site.contents.read(there), label, name=there.path)
    if isinstance(side, CheckpointSide):
        return _read_checkpoint(site, there, side.id)
    if isinstance(side, HeadSide):
        return _read_head(site, there, stop)
    return _read_commit(site, there, side.ref, stop)


def read_version(
    site: Site, place: NotebookPlace, kind: VersionType, which: str, stop: Stop
) -> SideVersion:
    """Return a version of the history; its content is None if the commit lacks the notebook.

    Raises `NbvcError`.
    """
    match kind:
        case VersionType.CHECKPOINT:
            return _read_checkpoint(site, place, which)
        case VersionType.COMMIT:
            return _read_commit(site, place, which, stop)
    raise RefusedError(400, "bad-request", "the kind must be commit or checkpoint")


def _read_checkpoint(site: Site, place: NotebookPlace, which: str) -> SideVersion:
    """Return a checkpoint of a notebook. Raises `CheckpointError`."""
    store = site.store(place)
    found = store.find(place.file, which)
    version = version_of(found)
    return _describe(version, store.content(found), version.title)


def _read_commit(site: Site, place: NotebookPlace, ref: str, stop: Stop) -> SideVersion:
    """Return a notebook in a commit, under the name that it had there."""
    repository = site.repository(place, stop)
    version, content = read_commit(site.commits(place), place.file, ref, repository=repository)
    found = _describe(version, content, version.short)
    if content is None:
        return found
    # Without them every output would count as added, for ever: the editor has them, too.
    whole = bring_outputs_back(repository, version.name, content)
    return found if whole == content else replace(found, content=whole, stored=content)


def _describe(version: Version, content: bytes | None, label: str) -> SideVersion:
    message = version.message.strip("\n")
    return SideVersion(content, label, version.time, version.author, message, version.id)


def _read_head(site: Site, place: NotebookPlace, stop: Stop) -> SideVersion:
    site.repository(place, stop)  # says what is wrong with it
    if site.commits(place).objects.head() is None:
        return SideVersion(None, "Last commit")
    found = _read_commit(site, place, "HEAD", stop)
    return replace(found, label="Last commit")
