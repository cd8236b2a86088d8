"""What the server's workers can do: every endpoint, and Jupyter's calls for checkpoints, by name.

A task gets the site, the query and the body of the request, and the `Stop` that ends it if nobody
waits any more. It returns what becomes JSON. It raises `NbvcError`.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from nbvc.names import SUFFIX
from nbvc_jupyter import (
    changing,
    committing,
    comparing,
    conflicts,
    picking,
    project,
    restoring,
    texts,
    tracing,
    versions,
)
from nbvc_jupyter import requests as r
from nbvc_jupyter.keeping import Keeper

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc.git import Stop
    from nbvc_jupyter.site import Site

    Query = dict[str, str]
    Task = Callable[[Site, Query, bytes, Stop], Any]


def _get(act: Callable[[Site, Any, Stop], Any], request: type) -> Task:
    """Return the task of a function whose request is the query."""

    @wraps(act)
    def task(site: Site, query: Query, _: bytes, stop: Stop) -> Any:
        return act(site, r.parse_query(query, request), stop)

    return task


def _post(act: Callable[[Site, Any, Stop], Any], request: type) -> Task:
    """Return the task of a function whose request is the body."""

    @wraps(act)
    def task(site: Site, _: Query, body: bytes, stop: Stop) -> Any:
        return act(site, r.parse_body(body, request), stop)

    return task


def _keep(act: Callable[..., Any], *names: str) -> Task:
    """Return the task of a method of `Keeper`: the query has its arguments, the body a notebook."""

    def task(site: Site, query: Query, body: bytes, _: Stop) -> Any:
        return act(Keeper(site), *(query[name] for name in names), *([body] if body else []))

    return task


def _queue(site: Site, request: r.NotebookRequest, _: Stop) -> Any:
    """Return the notebook that a request changes, and the key of the queue that it waits in."""
    contents, path = site.contents, request.path
    place = contents.place(path) if path.endswith(SUFFIX) else contents.project(path)
    return {"key": site.queue(place), "path": place.path}


TASKS: dict[str, Task] = {
    "status": _get(committing.show_status, r.NotebookRequest),
    "digest": _get(committing.show_digest, r.NotebookRequest),
    "diff": _post(comparing.compare, r.DiffRequest),
    "marks": _get(comparing.list_marks, r.MarksRequest),
    "checkpoints": _get(restoring.list_checkpoints, r.NotebookRequest),
    "checkpoints/make": _post(restoring.create_checkpoint, r.CheckpointRequest),
    "checkpoints/delete": _post(restoring.delete_checkpoint, r.DeleteRequest),
    "checkpoints/edit": _post(restoring.edit_checkpoint, r.EditRequest),
    "versions": _get(versions.list_versions, r.VersionsRequest),
    "versions/changes": _post(changing.list_changes, r.ChangesRequest),
    "versions/cell": _get(tracing.trace_cell, r.CellRequest),
    "versions/deleted": _get(tracing.list_deleted, r.NotebookRequest),
    "version": _get(versions.show_version, r.VersionRequest),
    "blame": _get(versions.blame_cell, r.BlameRequest),
    "commit": _post(committing.commit_and_push, r.CommitRequest),
    "push": _post(committing.push, r.PushRequest),
    "pull": _post(committing.pull, r.NotebookRequest),
    "abort": _post(committing.abort, r.NotebookRequest),
    "restore": _post(restoring.restore, r.RestoreRequest),
    "resolve/open": _post(conflicts.show_conflicts, r.NotebookRequest),
    "merge": _post(conflicts.merge, r.MergeRequest),
    "resolve/save": _post(conflicts.save_resolved, r.ResolveSaveRequest),
    "project": _get(project.show_project, r.ProjectRequest),
    "project/commit": _post(project.commit, r.ProjectCommitRequest),
    "project/push": _post(project.push, r.ProjectPushRequest),
    "project/pull": _post(project.pull, r.ProjectRequest),
    "project/cells": _post(picking.list_cells, r.CellsRequest),
    "project/cells/unstage": _post(picking.unstage, r.PickRequest),
    "project/cells/discard": _post(picking.discard, r.PickRequest),
    "project/discard": _post(project.discard, r.DiscardRequest),
    "project/undo": _post(project.undo, r.BringBackRequest),
    "project/begin": _post(project.begin, r.ProjectRequest),
    "project/identity": _post(project.identify, r.IdentityRequest),
    "project/remote": _post(project.add_place, r.RemoteRequest),
    "project/branches": _get(project.show_branches, r.ProjectRequest),
    "project/switch": _post(project.switch, r.SwitchRequest),
    "project/continue": _post(project.go_on, r.ContinueRequest),
    "project/skip": _post(project.skip, r.ProjectRequest),
    "project/abort": _post(project.abort, r.ProjectRequest),
    "text/diff": _get(texts.show_texts, r.FileRequest),
    "text/conflict": _get(texts.show_conflict, r.FileRequest),
    "text/settle": _post(texts.settle, r.SettleRequest),
    "queue": _post(_queue, r.NotebookRequest),
    "jupyter/create": _keep(Keeper.create, "path"),
    "jupyter/list": _keep(Keeper.list, "path"),
    "jupyter/content": _keep(Keeper.notebook, "id", "path"),
    "jupyter/restore": _keep(Keeper.restore, "id", "path"),
    "jupyter/delete": _keep(Keeper.delete, "id", "path"),
    "jupyter/rename": _keep(Keeper.rename, "path", "new"),
}
