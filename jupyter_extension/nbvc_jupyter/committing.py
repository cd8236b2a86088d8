"""Status, commit, push and pull of the repository that a notebook lies in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from nbvc import __version__
from nbvc.checkpoint.pulling import pull_over
from nbvc.checkpoint.restoring import content_digest
from nbvc.checkpoint.store import Store
from nbvc.errors import ContentChangedError, GitError, NotebookError
from nbvc.git.actions.commit import CommitPolicy, Ignored, PartlyStaged, commit
from nbvc.git.actions.finishing import finish_merge
from nbvc.git.actions.merging import ByCell
from nbvc.git.actions.outcome import CommitOutcome, refusal
from nbvc.git.actions.pull import PullOutcome
from nbvc.git.actions.push import Upstream, push
from nbvc.git.plumbing.programs import own_program
from nbvc.git.setup.attributes import filtered
from nbvc.git.state.branch import branch_here
from nbvc.git.state.links import links
from nbvc.git.state.operation import operation
from nbvc.git.state.remotes import remote_names
from nbvc.git.state.status import status
from nbvc.history.past import History
from nbvc.merge.markers import undecided
from nbvc.notebook import read
from nbvc_jupyter.requests import Outputs

if TYPE_CHECKING:
    from nbvc.checkpoint.pulling import Pulled
    from nbvc.git.actions.commit import CommitResult
    from nbvc.git.actions.push import PushResult
    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.state.branch import Branch
    from nbvc_jupyter.places import Place
    from nbvc_jupyter.requests import CommitRequest, PullRequest, PushRequest
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop


def status_of(site: Site, path: str, stop: Stop) -> dict[str, Any]:
    """Return what the buttons need to know about a notebook."""
    place = site.contents.place(path)
    said: dict[str, Any] = {"version": __version__, "repository": None}
    said["reason"] = site.obstacle(place)
    if said["reason"] is None:
        try:
            repository = site.repository(place, stop)
            renamed = _renamed(site, repository, place)
            said["repository"] = _repository(repository, place, next(iter(renamed.values()), None))
        except GitError as error:
            said["reason"] = error.message
    said["checkpoints"] = len(site.store(place).list(place.file))
    return said


def _repository(repository: Repository, place: Place, former: str | None) -> dict[str, Any]:
    name = repository.name(place.file)
    branch = branch_here(repository)
    head = branch.oid if branch else repository.git.line("rev-parse", "HEAD")
    running = operation(repository)
    ahead, behind = _distance(repository, branch)
    return {
        "top": os.path.basename(repository.top),
        "path": name,
        "branch": branch.name if branch else None,
        "unborn": branch is not None and branch.oid is None,
        "head": head,
        "operation": running.value if running else None,
        "remotes": list(remote_names(repository)),
        "upstream": _upstream(branch),
        "ahead": ahead,
        "behind": behind,
        "filter": bool(filtered(repository, [name])),
        "state": status(repository, [name]).of(name).value,
        "renamed_from": former,
    }


def _upstream(branch: Branch | None) -> str | None:
    if branch is None or branch.upstream is None:
        return None
    short = branch.upstream.ref.removeprefix("refs/heads/")
    return short if branch.upstream.remote == "." else f"{branch.upstream.remote}/{short}"


def _distance(repository: Repository, branch: Branch | None) -> tuple[int | None, int | None]:
    """Return how many commits a branch is ahead of and behind what is known of its upstream."""
    if branch is None or branch.oid is None or not branch.tracking:
        return None, None
    args = ("rev-list", "--left-right", "--count", f"{branch.oid}...{branch.tracking}", "--")
    finished = repository.git.ask(*args)
    counts = finished.stdout.split()
    if finished.code or len(counts) != 2:
        return None, None
    return int(counts[0]), int(counts[1])


def commit_and_push(site: Site, request: CommitRequest, stop: Stop) -> dict[str, Any]:
    """Commit one notebook, and push where that is asked for. Raises `NbvcError`."""
    place = site.contents.place(request.path)
    repository = site.repository(place, stop)
    content = _expected(site, place, request.expected)
    name = repository.name(place.file)
    refused = _undecided(name, content)
    if refused is not None:
        return {"commit": _commit_said(refused, None, name), "push": None}
    made = _made(repository, _renamed(site, repository, place), name, content, request)
    pushed = None
    if made.succeeded and request.push and not stop.asked:
        pushed = _pushed(site, repository, request)
    return {
        "commit": _commit_said(made, pushed, name),
        "push": None if pushed is None else _push_said(pushed),
    }


def _undecided(name: str, content: bytes | None) -> CommitResult | None:
    """Refuse a notebook in which a merge left conflicts, None where there are none."""
    try:
        count = len(undecided(content or b""))
    except NotebookError:  # Git takes any file.
        return None
    if not count:
        return None
    left = f"{count} cell{'s have' if count > 1 else ' has'} conflicts that nobody has decided"
    return refusal(CommitOutcome.UNMERGED, left, "decide on them first", name)


def _renamed(site: Site, repository: Repository, place: Place) -> dict[str, str]:
    """Return the name that the last commit has for a notebook that was renamed since."""
    store, name = site.store(place), repository.name(place.file)
    with History(repository, name, store, objects=store.objects) as history:
        old = history.renamed_from()
    return {} if old is None else {name: old}


def _made(
    repository: Repository,
    renamed: dict[str, str],
    name: str,
    content: bytes | None,
    request: CommitRequest,
) -> CommitResult:
    policy = CommitPolicy(
        partly_staged=PartlyStaged.COMMIT_FILE if request.partly_staged else PartlyStaged.ASK,
        ignored=Ignored.COMMIT if request.ignored else Ignored.REFUSE,
    )
    if request.finish_merge:
        return finish_merge(repository, [name], request.message, policy=policy)
    contents = None
    if request.outputs is Outputs.STRIP and content is not None:
        contents = {name: without_outputs(content)}
    return commit(
        repository,
        [name],
        request.message,
        policy=policy,
        branch=request.branch,
        contents=contents,
        renamed=renamed,
    )


def _expected(site: Site, place: Place, expected: str | None) -> bytes | None:
    """Return what is on the disk, None for nothing. Raises `ContentChangedError`."""
    content = site.contents.current(place)
    if expected is not None and content_digest(content) != expected:
        raise ContentChangedError(
            "the notebook on the disk is not the one that you have seen: nothing was committed",
            hint="reload it, or save it again",
        )
    return content


def without_outputs(content: bytes) -> bytes:
    """Return a notebook's file without outputs and counts. Raises `NotebookError`."""
    notebook = read(content)
    cells = [
        cell.replace(outputs=[], execution_count=None) if cell.cell_type == "code" else cell
        for cell in notebook.cells
    ]
    return notebook.with_cells(cells).to_bytes()


def _pushed(site: Site, repository: Repository, request: CommitRequest | PushRequest) -> PushResult:
    upstream = Upstream.SET if request.set_upstream else Upstream.REQUIRE
    return push(repository, to=request.remote, upstream=upstream, deadline=site.network_seconds)


def _commit_said(made: CommitResult, pushed: PushResult | None, name: str) -> dict[str, Any]:
    pages = None
    if made.oid and pushed is not None and pushed.succeeded and pushed.url:
        found = links(pushed.url, made.oid, made.branch, name)
        if found is not None:
            every = {
                "commit": found.commit,
                "request": found.request,
                "viewer": found.notebook,
            }
            pages = {key: url for key, url in every.items() if url}
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
        "links": pages,
    }


def _push_said(pushed: PushResult) -> dict[str, Any]:
    return {
        "outcome": pushed.outcome.value,
        "message": pushed.message,
        "hint": pushed.hint,
        "branch": pushed.branch,
        "remote": pushed.remote,
        "stderr": pushed.stderr,
    }


def push_only(site: Site, request: PushRequest, stop: Stop) -> dict[str, Any]:
    """Push the current branch. Raises `NbvcError`."""
    repository = site.repository(site.contents.place(request.path), stop)
    return {"push": _push_said(_pushed(site, repository, request))}


def get_and_merge(site: Site, request: PullRequest, stop: Stop) -> dict[str, Any]:
    """Fetch what the branch follows and merge it, notebooks by cell. Raises `NbvcError`.

    Changes of this notebook that are not committed become a checkpoint, and are merged, too.
    """
    place = site.contents.place(request.path)
    repository = site.repository(place, stop)
    cells = ByCell(repository, own_program())
    with Store(repository, site.stores.machine) as store, cells as settings:
        names = {repository.name(place.file)}
        pulled = pull_over(store, names, settings=settings, deadline=site.network_seconds)
    return {"pull": _pull_said(pulled)}


def _pull_said(pulled: Pulled) -> dict[str, Any]:
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
