"""The versions of a notebook: commits and checkpoints, one after another, and each of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec

from nbvc.errors import GitError
from nbvc.notebook import read
from nbvc_jupyter.commits import iso
from nbvc_jupyter.encoding import encoded
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.requests import Kind
from nbvc_jupyter.sides import checkpoint_version, commit_version

if TYPE_CHECKING:
    from nbvc.checkpoint.record import Checkpoint
    from nbvc.git.repository import Repository
    from nbvc_jupyter.places import Place
    from nbvc_jupyter.sides import Version
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop

_FORM = "%x01%H%x00%an%x00%at%x00%B%x00"


def checkpoints_of(site: Site, path: str) -> dict[str, Any]:
    """Return a notebook's checkpoints, oldest first."""
    place = site.contents.place(path)
    found = site.store(place).list(place.file)
    return {"checkpoints": [checkpoint.to_dict() for checkpoint in found]}


def versions_of(site: Site, path: str, limit: int, stop: Stop) -> dict[str, Any]:
    """Return a notebook's commits and checkpoints, newest first, at most `limit` of each."""
    place = site.contents.place(path)
    saved = site.store(place).list(place.file)
    committed, complete = _commits(site, place, limit, stop)
    every = [*committed, *(_checkpoint(one) for one in saved[-limit:])]
    every.sort(key=lambda one: str(one["time"]), reverse=True)
    return {"versions": every, "complete": complete and len(saved) <= limit}


def _checkpoint(one: Checkpoint) -> dict[str, Any]:
    return {"kind": "checkpoint", "short": one.id[:8], **one.to_dict()}


def _commits(site: Site, place: Place, limit: int, stop: Stop) -> tuple[list[dict[str, Any]], bool]:
    """Return the commits that changed a notebook, also under the names it had before."""
    try:
        repository = site.repository(place, stop)
    except (GitError, RefusedError):
        return [], True
    if site.store(place).objects.head() is None:
        return [], True
    name = repository.name(place.file)
    options = ("--follow", "-M", "-z", "--name-only", f"--format={_FORM}", f"-{limit + 1}")
    # --follow takes one path as it is written, and no pathspec magic.
    log = repository.git.literal.run("log", *options, "HEAD", "--", name)
    found = [_commit(part, name) for part in log.split(b"\x01") if part]
    return found[:limit], len(found) <= limit


def _commit(part: bytes, name: str) -> dict[str, Any]:
    fields = part.split(b"\0")
    oid, author, seconds, message = (field.decode(errors="replace") for field in fields[:4])
    paths = [os.fsdecode(field.lstrip(b"\n")) for field in fields[4:] if field.strip(b"\n")]
    return {
        "kind": "commit",
        "id": oid,
        "short": oid[:10],
        "author": author,
        "time": iso(int(seconds)),
        "message": message.strip("\n"),
        "path": paths[-1] if paths else name,
        "commit": oid,
    }


def found_version(site: Site, place: Place, kind: Kind, which: str, stop: Stop) -> Version:
    """Return a version of a notebook, under the name that it had then. Raises `NbvcError`."""
    if kind is Kind.CHECKPOINT:
        return checkpoint_version(site, place, which)
    repository = site.repository(place, stop)
    found = commit_version(site, repository, place, which)
    if found.content is not None or found.id is None:
        return found
    name = _name_then(repository, place, found.id)
    objects = site.store(place).objects
    content = objects.at(found.id, name) if name else None
    if content is None:
        raise RefusedError(404, "not-in-commit", f"the commit {which} has no such notebook")
    return msgspec.structs.replace(found, content=content)


def _name_then(repository: Repository, place: Place, oid: str) -> str | None:
    """Return the name that a notebook had in an older commit, by the renames since."""
    name = repository.name(place.file)
    options = ("--follow", "-M", "-z", "--name-status", "--diff-filter=R", "--format=")
    log = repository.git.literal.run("log", *options, f"{oid}..HEAD", "--", name)
    # R100, the old name, the new name; the oldest rename comes last.
    fields = [field for field in log.split(b"\0") if field.strip(b"\n")]
    return os.fsdecode(fields[-2]) if len(fields) >= 3 else None


def version_of(site: Site, path: str, kind: Kind, which: str, stop: Stop) -> bytes:
    """Return one version as JSON: the notebook, and who made it. Raises `NbvcError`."""
    place = site.contents.place(path)
    found = found_version(site, place, kind, which, stop)
    assert found.content is not None
    notebook = read(found.content, name=found.label)
    return encoded(
        {
            "label": found.label,
            "author": found.author,
            "time": found.time,
            "message": found.message,
            "notebook": notebook.to_dict(),
            "digest": found.digest,
        }
    )
