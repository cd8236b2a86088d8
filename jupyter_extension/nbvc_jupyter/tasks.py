"""What the server's workers can do: every endpoint, and Jupyter's calls for checkpoints, by name.

A task gets the site, the query and the body of the request, and what says that nobody waits any
more. It returns what becomes JSON. It raises `NbvcError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbvc_jupyter import answers as a
from nbvc_jupyter import blaming, committing, comparing, conflicts, restoring, versions
from nbvc_jupyter import requests as r
from nbvc_jupyter.keeping import Keeper
from nbvc_jupyter.refusals import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop

    Query = dict[str, str]
    Task = Callable[[Site, Query, bytes, Stop], Any]

_MOST_VERSIONS = 10_000


def _status(site: Site, query: Query, _: bytes, stop: Stop) -> a.Status:
    return committing.status_of(site, _asked(query, "path"), stop)


def _digest(site: Site, query: Query, _: bytes, _stop: Stop) -> a.Digest:
    return a.Digest(site.contents.digest(site.contents.place(_asked(query, "path"))))


def _diff(site: Site, _: Query, body: bytes, stop: Stop) -> a.Comparison:
    return comparing.compare(site, r.parsed(body, r.DiffRequest), stop)


def _checkpoints(site: Site, query: Query, _: bytes, _stop: Stop) -> a.Checkpoints:
    return versions.checkpoints_of(site, _asked(query, "path"))


def _make_checkpoint(site: Site, _: Query, body: bytes, _stop: Stop) -> a.MadeCheckpoint:
    return restoring.make_checkpoint(site, r.parsed(body, r.CheckpointRequest))


def _delete_checkpoint(site: Site, _: Query, body: bytes, _stop: Stop) -> a.Done:
    return restoring.delete_checkpoint(site, r.parsed(body, r.DeleteRequest))


def _versions(site: Site, query: Query, _: bytes, stop: Stop) -> a.Versions:
    limit = _number(_asked(query, "limit", "200"), "limit", 1, _MOST_VERSIONS)
    return versions.versions_of(site, _asked(query, "path"), limit, stop)


def _version(site: Site, query: Query, _: bytes, stop: Stop) -> a.VersionContent:
    path, which, other = _asked(query, "path"), _asked(query, "id"), _asked(query, "known_id", "")
    kind = _kind(query, "kind")
    known = (_kind(query, "known_kind"), other) if other else None
    return versions.version_of(site, path, kind, which, stop, known)


def _blame(site: Site, query: Query, _: bytes, stop: Stop) -> a.Blame:
    cell = _number(_asked(query, "cell"), "cell", 0, 1_000_000)
    return blaming.blame_of(site, _asked(query, "path"), cell, stop)


def _commit(site: Site, _: Query, body: bytes, stop: Stop) -> a.CommitAndPush:
    return committing.commit_and_push(site, r.parsed(body, r.CommitRequest), stop)


def _push(site: Site, _: Query, body: bytes, stop: Stop) -> a.Push:
    return committing.push_only(site, r.parsed(body, r.PushRequest), stop)


def _pull(site: Site, _: Query, body: bytes, stop: Stop) -> a.Pull:
    return committing.get_and_merge(site, r.parsed(body, r.PullRequest), stop)


def _restore(site: Site, _: Query, body: bytes, stop: Stop) -> a.Restored:
    return restoring.restore(site, r.parsed(body, r.RestoreRequest), stop)


def _open_conflicts(site: Site, _: Query, body: bytes, stop: Stop) -> a.Conflicts:
    return conflicts.opened(site, r.parsed(body, r.ResolveOpenRequest), stop)


def _save_resolved(site: Site, _: Query, body: bytes, stop: Stop) -> a.Resolved:
    return conflicts.saved(site, r.parsed(body, r.ResolveSaveRequest), stop)


def _queue(site: Site, _: Query, body: bytes, _stop: Stop) -> Any:
    """Return the notebook that a request changes, and the key of the queue that it waits in."""
    place = site.contents.place(r.parsed(body, r.Anything).path)
    return {"key": site.queue(place), "path": place.path}


def _keep(site: Site, query: Query, body: bytes, _stop: Stop) -> Any:
    """Make a checkpoint for Jupyter: of what is saved, or of the notebook that is given."""
    return Keeper(site).create(query["path"], body or None)


def _kept(site: Site, query: Query, _: bytes, _stop: Stop) -> Any:
    return Keeper(site).list(query["path"])


def _kept_content(site: Site, query: Query, _: bytes, _stop: Stop) -> Any:
    return Keeper(site).notebook(query["id"], query["path"])


def _put_back(site: Site, query: Query, _: bytes, _stop: Stop) -> Any:
    return Keeper(site).restore(query["id"], query["path"])


def _forget(site: Site, query: Query, _: bytes, _stop: Stop) -> Any:
    return Keeper(site).delete(query["id"], query["path"])


def _rename(site: Site, query: Query, _: bytes, _stop: Stop) -> Any:
    return Keeper(site).rename(query["path"], query["new"])


TASKS: dict[str, Task] = {
    "status": _status,
    "digest": _digest,
    "diff": _diff,
    "checkpoints": _checkpoints,
    "checkpoints/make": _make_checkpoint,
    "checkpoints/delete": _delete_checkpoint,
    "versions": _versions,
    "version": _version,
    "blame": _blame,
    "commit": _commit,
    "push": _push,
    "pull": _pull,
    "restore": _restore,
    "resolve/open": _open_conflicts,
    "resolve/save": _save_resolved,
    "queue": _queue,
    "jupyter/create": _keep,
    "jupyter/list": _kept,
    "jupyter/content": _kept_content,
    "jupyter/restore": _put_back,
    "jupyter/delete": _forget,
    "jupyter/rename": _rename,
}


def _asked(query: Query, name: str, default: str | None = None) -> str:
    """Return a parameter of the query. Raises `RefusedError`."""
    found = query.get(name, default)
    if found is None:
        raise RefusedError(400, "bad-request", f"the parameter {name} is missing")
    return found


def _number(text: str, name: str, least: int, most: int) -> int:
    """Return a number from the query. Raises `RefusedError`."""
    if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) <= most:
        raise RefusedError(400, "bad-request", f"{name} must be a number from {least} to {most}")
    return int(text)


def _kind(query: Query, name: str) -> r.Kind:
    """Return a kind of version from the query. Raises `RefusedError`."""
    try:
        return r.Kind(_asked(query, name))
    except ValueError:
        raise RefusedError(400, "bad-request", f"{name} must be commit or checkpoint") from None
