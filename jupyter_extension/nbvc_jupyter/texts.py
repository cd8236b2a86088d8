"""Files that are not notebooks: what changed in them, and their conflicts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nbvc.diffing.jsonops import line_ops
from nbvc.diffing.values import to_builtins
from nbvc.git.state.changes import read_checkout, read_file
from nbvc.notebook.content import content_digest
from nbvc.workflow.text_conflicts import decode_text, read_text_conflict, save_text, take_side
from nbvc_jupyter import answers as a
from nbvc_jupyter.refusals import RefusedError

if TYPE_CHECKING:
    from nbvc.git import Repository, Stop
    from nbvc.merging.lines import Chunk
    from nbvc_jupyter.requests import (
        FileRequest,
        SettleRequest,
    )
    from nbvc_jupyter.site import Site


def show_texts(site: Site, request: FileRequest, stop: Stop) -> a.TextPair:
    """Return a text file as the last commit has it and as it is now. Raises `NbvcError`."""
    repository = site.repository(site.contents.project(request.path), stop)
    path = _find_readable(site, repository, request.name)
    stored = read_checkout(repository, "HEAD", request.name)
    before = None if stored is None else _decode(stored)
    after = _decode(read_file(path)) if os.path.isfile(path) else None
    return a.TextPair(before, after, to_builtins(line_ops(before or "", after or "")))


def show_conflict(site: Site, request: FileRequest, stop: Stop) -> a.TextConflict:
    """Return the conflicts of a file that is not a notebook. Raises `NbvcError`."""
    repository = site.repository(site.contents.project(request.path), stop)
    _find_readable(site, repository, request.name)
    found = read_text_conflict(repository, request.name)
    return a.TextConflict(
        digest=content_digest(found.content),
        unmerged=found.stages.is_unmerged,
        labels=a.Labels(found.local, found.remote),
        own=found.own,
        deleted_by=found.stages.deleted_by,
        chunks=None if found.chunks is None else [_show_chunk(one) for one in found.chunks],
    )


def _show_chunk(chunk: Chunk) -> a.Chunk:
    if chunk.remote is None:
        return a.Settled(chunk.lines)
    return a.Disputed(chunk.lines, chunk.remote, chunk.base or None)


def settle(site: Site, request: SettleRequest, stop: Stop) -> a.Done:
    """Resolve a file with a text or a whole side. Raises `NbvcError`."""
    place = site.contents.project(request.path)
    repository = site.repository(place, stop)
    site.find_file(repository, request.name)
    store = site.store(place)
    if request.text is not None:
        save_text(store, repository, request.name, request.expected, request.text.encode())
    elif request.side is not None:
        take_side(store, repository, request.name, request.expected, request.side)
    else:
        raise RefusedError(400, "bad-request", "a text or a side is missing")
    return a.Done()


def _find_readable(site: Site, repository: Repository, name: str) -> str:
    """Return a file that may be shown: hidden ones only if Jupyter shows them, or .gitignore."""
    path = site.find_file(repository, name)
    hidden = [part for part in name.split("/") if part.startswith(".")]
    if hidden not in ([], [".gitignore"]) and not site.contents.setting.hidden:
        raise RefusedError(403, "forbidden", "Jupyter does not show hidden files")
    if os.path.islink(path):
        raise RefusedError(403, "forbidden", "links are not shown")
    return path


def _decode(content: bytes) -> str:
    text = decode_text(content)
    if text is None:
        raise RefusedError(422, "no-text", "the file is not text, so it can't be shown by lines")
    return text
