"""Status, commit, push and pull of the repository that a notebook lies in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from nbvc import __version__
from nbvc.checkpoint.store import Store
from nbvc.errors import GitError
from nbvc.git.actions.outcome import CommitPolicy, Ignored, PartlyStaged
from nbvc.git.actions.pull import PullOutcome
from nbvc.git.setup.attributes import filtered
from nbvc.git.state.branch import branch_here, count_commits
from nbvc.git.state.operation import operation
from nbvc.git.state.remotes import remote_names
from nbvc.git.state.status import status
from nbvc.workflow.commit import CommitOrder, commit_notebooks, find_renames
from nbvc.workflow.pull import pull_notebooks
from nbvc.workflow.push import PushOrder, push_branch

if TYPE_CHECKING:
    from nbvc.git import Repository, Stop
    from nbvc.git.actions.outcome import CommitResult
    from nbvc.git.state.branch import Branch
    from nbvc.git.state.links import Links
    from nbvc.workflow.pull import Pulled
    from nbvc_jupyter.places import NotebookPlace
    from nbvc_jupyter.requests import CommitRequest, NotebookRequest, PushRequest
    from nbvc_jupyter.site import Site


def show_status(site: Site, request: NotebookRequest, stop: Stop) -> dict[str, Any]:
    """Return what the buttons need to know about a notebook."""
    place = site.contents.place(request.path)
    store = site.store(place)
    answer: dict[str, Any] = {"version": __version__, "repository": None}
    answer["reason"] = site.obstacle(place)
    if answer["reason"] is None:
        try:
            repository = site.repository(place, stop)
            name = repository.name(place.file)
            renamed = find_renames(repository, store, [name])
            answer["repository"] = _show_repository(repository, place, renamed.get(name))
        except GitError as error:
            answer["reason"] = error.message
    answer["checkpoints"] = len(store.list(place.file))
    return answer


def show_digest(site: Site, request: NotebookRequest, _: Stop) -> dict[str, Any]:
    """Return the digest of a notebook as it is saved."""
    return {"digest": site.contents.digest(site.contents.place(request.path))}


def _show_repository(
    repository: Repository, place: NotebookPlace, former: str | None
) -> dict[str, Any]:
    name = repository.name(place.file)
    branch = branch_here(repository)
    head = branch.oid if branch else repository.git.line("rev-parse", "HEAD")
    running = operation(repository)
    ahead, behind = (branch and count_commits(repository, branch)) or (None, None)
    return {
        "top": os.path.basename(repository.top),
        "path": name,
        "branch": branch.name if branch else None,
        "unborn": branch is not None and branch.oid is None,
        "head": head,
        "operation": running.value if running else None,
        "remotes": list(remote_names(repository)),
        "upstream": _show_upstream(branch),
        "ahead": ahead,
        "behind": behind,
        "filter": bool(filtered(repository, [name])),
        "state": status(repository, [name]).of(name).value,
        "renamed_from": former,
    }


def _show_upstream(branch: Branch | None) -> str | None:
    if branch is None or branch.upstream is None:
        return None
    short = branch.upstream.ref.removeprefix("refs/heads/")
    return short if branch.upstream.remote == "." else f"{branch.upstream.remote}/{short}"


def commit_and_push(site: Site, request: CommitRequest, stop: Stop) -> dict[str, Any]:
    """Commit one notebook, and push if that is asked for. Raises `NbvcError`."""
    place = site.contents.place(request.path)
    repository = site.repository(place, stop)
    name = repository.name(place.file)
    made = commit_notebooks(repository, site.store(place), _order(name, request))
    pushed = None
    if made.succeeded and request.push and not stop.asked:
        pushed = _push(site, repository, request)
    return {"commit": _show_commit(made, name), "push": pushed}


def _order(name: str, request: CommitRequest) -> CommitOrder:
    return CommitOrder(
        (name,),
        request.message,
        CommitPolicy(
            partly_staged=PartlyStaged.COMMIT_FILE if request.partly_staged else PartlyStaged.ASK,
            ignored=Ignored.COMMIT if request.ignored else Ignored.REFUSE,
        ),
        branch=request.branch,
        outputs=request.outputs,
        expected={} if request.expected is None else {name: request.expected},
        finishes_merge=request.finish_merge,
    )


def _show_commit(made: CommitResult, name: str) -> dict[str, Any]:
    return {
        "outcome": made.outcome.value,
        "message": made.message,
        "hint": made.hint,
        "oid": made.oid,
        "short": made.oid[:10] if made.oid else None,
        "branch": made.branch,
        "names": list(made.names),
        "edited": list(made.edited),
        "renamed_from": made.renamed.get(name),
        "stderr": made.stderr,
    }


def _push(
    site: Site, repository: Repository, request: CommitRequest | PushRequest
) -> dict[str, Any]:
    name = repository.name(site.contents.place(request.path).file)
    order = PushOrder((name,), request.remote, request.set_upstream, site.network_seconds)
    done = push_branch(repository, order)
    return {
        "outcome": done.result.outcome.value,
        "message": done.result.message,
        "hint": done.result.hint,
        "branch": done.result.branch,
        "remote": done.result.remote,
        "stderr": done.result.stderr,
        "links": None if done.links is None else _show_pages(done.links),
    }


def _show_pages(links: Links) -> dict[str, str]:
    every = {"commit": links.commit, "request": links.request, "viewer": links.notebook}
    return {key: url for key, url in every.items() if url}


def push(site: Site, request: PushRequest, stop: Stop) -> dict[str, Any]:
    """Push the current branch. Raises `NbvcError`."""
    repository = site.repository(site.contents.place(request.path), stop)
    return {"push": _push(site, repository, request)}


def pull(site: Site, request: NotebookRequest, stop: Stop) -> dict[str, Any]:
    """Fetch what the branch follows and merge it, notebooks by cell. Raises `NbvcError`.

    Changes of this notebook that are not committed become a checkpoint, and are merged, too.
    """
    place = site.contents.place(request.path)
    repository = site.repository(place, stop)
    with Store(repository, site.stores.machine) as store:
        names = {repository.name(place.file)}
        pulled = pull_notebooks(store, names, deadline=site.network_seconds)
    return {"pull": _show_pull(pulled)}


def _show_pull(pulled: Pulled) -> dict[str, Any]:
    result = pulled.result
    hint = result.hint
    if result.outcome is PullOutcome.CONFLICTS:
        hint = "open the notebooks named here to decide on their conflicts"
    return {
        "outcome": result.outcome.value,
        "message": result.message,
        "hint": hint,
        "branch": result.branch,
        "oid": result.oid,
        "names": list(result.names),
        "stderr": result.stderr,
        "kept": [one.to_dict() for one in pulled.kept],
        "undecided": list(pulled.undecided),
        "left_out": list(pulled.left_out),
    }
