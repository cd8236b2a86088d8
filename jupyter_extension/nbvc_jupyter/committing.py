"""Status, commit, push and pull of the repository that a notebook is in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec.structs import replace

from nbvc import __version__
from nbvc.checkpoint.store import Store
from nbvc.errors import GitError
from nbvc.git.actions.outcome import CommitOutcome, CommitPolicy, Ignored, PartlyStaged
from nbvc.git.actions.pull import PullOutcome
from nbvc.git.setup.attributes import find_filtered
from nbvc.git.state.branch import branch_here, count_commits
from nbvc.git.state.operation import find_operation
from nbvc.git.state.remotes import remote_names
from nbvc.git.state.status import read_status
from nbvc.workflow.commit import (
    CommitOrder,
    commit_files,
    find_renames,
    read_outputs,
    remember_outputs,
)
from nbvc.workflow.operating import abort_merge
from nbvc.workflow.pull import pull_notebooks
from nbvc.workflow.push import PushOrder, push_branch
from nbvc_jupyter import answers as a
from nbvc_jupyter.picking import make_contents
from nbvc_jupyter.restoring import show_checkpoint

if TYPE_CHECKING:
    from nbvc.git import Repository, Stop
    from nbvc.git.actions.outcome import CommitResult
    from nbvc.git.state.branch import Branch
    from nbvc.workflow.pull import Pulled
    from nbvc_jupyter.places import NotebookPlace
    from nbvc_jupyter.requests import CommitRequest, NotebookRequest, PushRequest
    from nbvc_jupyter.site import Site


def show_status(site: Site, request: NotebookRequest, stop: Stop) -> a.Status:
    """Return what the buttons need to know about a notebook."""
    place = site.contents.place(request.path)
    kept = len(site.store(place).list(place.file))
    reason = site.obstacle(place)
    if reason is None:
        try:
            return a.InRepository(__version__, kept, _show_repository(site, place, stop), None)
        except GitError as error:
            reason = error.message
    return a.OutsideRepository(__version__, kept, None, reason)


def show_digest(site: Site, request: NotebookRequest, _: Stop) -> a.Digest:
    """Return the digest of a notebook as it is saved."""
    return a.Digest(site.contents.digest(site.contents.place(request.path)))


def _show_repository(site: Site, place: NotebookPlace, stop: Stop) -> a.RepositoryStatus:
    repository = site.repository(place, stop)
    name = repository.name(place.file)
    branch = branch_here(repository)
    ahead, behind = (branch and count_commits(repository, branch)) or (None, None)
    return a.RepositoryStatus(
        top=os.path.basename(repository.top),
        path=name,
        branch=branch.name if branch else None,
        unborn=branch is not None and branch.oid is None,
        head=branch.oid if branch else repository.git.line("rev-parse", "HEAD"),
        operation=find_operation(repository),
        remotes=list(remote_names(repository)),
        upstream=show_upstream(branch),
        ahead=ahead,
        behind=behind,
        filter=bool(find_filtered(repository, [name])),
        state=read_status(repository, [name]).of(name),
        # Nobody asked for it: Jupyter wants the status when a notebook opens.
        renamed_from=find_renames(repository, site.commits(place), [name], filters=False).get(name),
        outputs=read_outputs(repository, [name]).get(name),
    )


def show_upstream(branch: Branch | None) -> str | None:
    """Return the name of what a branch follows, such as `origin/main`, None for nothing."""
    if branch is None or branch.upstream is None:
        return None
    short = branch.upstream.ref.removeprefix("refs/heads/")
    return short if branch.upstream.remote == "." else f"{branch.upstream.remote}/{short}"


def commit_and_push(site: Site, request: CommitRequest, stop: Stop) -> a.CommitAndPush:
    """Commit one notebook, and push if that is asked for. Raises `NbvcError`."""
    place = site.contents.place(request.path)
    repository = site.repository(place, stop)
    name = repository.name(place.file)
    if request.remember_outputs:
        remember_outputs(repository, name, request.outputs)
    commits = site.commits(place)
    picked = [] if request.picked is None else [replace(request.picked, name=name)]
    contents = make_contents(repository, commits, picked, {name: request.outputs})
    order = replace(_make_order(name, request), contents=contents)
    made = commit_files(repository, commits, order)
    pushed = None
    if made.succeeded and request.push and not stop.asked:
        pushed = _push(site, repository, request)
    return a.CommitAndPush(show_commit(made, name), pushed)


def _make_order(name: str, request: CommitRequest) -> CommitOrder:
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


def show_commit(made: CommitResult, name: str = "") -> a.CommitResult:
    """Return what the browser gets of a commit; `name` is the notebook that it is about."""
    renamed = made.renamed.get(name)
    common = (made.message, made.hint, made.branch, made.names, made.edited, renamed, made.stderr)
    if made.outcome is CommitOutcome.COMMITTED and made.oid:
        return a.Committed(*common, made.outcome, made.oid, made.oid[:10])
    return a.NotCommitted(*common, made.outcome, None, None)


def _push(site: Site, repository: Repository, request: CommitRequest | PushRequest) -> a.PushResult:
    name = repository.name(site.contents.place(request.path).file)
    order = PushOrder((name,), request.remote, request.set_upstream, site.network_seconds)
    return push_to(repository, order)


def push_to(repository: Repository, order: PushOrder) -> a.PushResult:
    """Push the current branch, and return what the browser gets of the result."""
    done = push_branch(repository, order)
    result, links = done.result, done.links
    return a.PushResult(
        outcome=result.outcome,
        message=result.message,
        hint=result.hint,
        branch=result.branch,
        remote=result.remote,
        stderr=result.stderr,
        links=a.Pages(links.commit, links.request, links.notebook) if links else None,
    )


def push(site: Site, request: PushRequest, stop: Stop) -> a.Push:
    """Push the current branch. Raises `NbvcError`."""
    repository = site.repository(site.contents.place(request.path), stop)
    return a.Push(_push(site, repository, request))


def pull(site: Site, request: NotebookRequest, stop: Stop) -> a.Pull:
    """Fetch what the branch follows and merge it, notebooks by cell. Raises `NbvcError`.

    Changes of this notebook that are not committed become a checkpoint, and are merged, too.
    """
    place = site.contents.place(request.path)
    repository = site.repository(place, stop)
    with Store(repository, site.stores.machine) as store:
        names = {repository.name(place.file)}
        pulled = pull_notebooks(store, names, deadline=site.network_seconds)
    return a.Pull(show_pull(pulled))


def abort(site: Site, request: NotebookRequest, stop: Stop) -> a.Aborted:
    """Go back to before the merge in progress. Raises `GitError`."""
    place = site.contents.place(request.path)
    repository = site.repository(place, stop)
    kept = abort_merge(site.store(place), repository)
    return a.Aborted([show_checkpoint(one) for one in kept])


def show_pull(pulled: Pulled) -> a.PullResult:
    """Return what the browser gets of a pull."""
    result = pulled.result
    hint = result.hint
    if result.outcome is PullOutcome.CONFLICTS:
        hint = "open the notebooks named here to decide on their conflicts"
    return a.PullResult(
        outcome=result.outcome,
        message=result.message,
        hint=hint,
        branch=result.branch,
        oid=result.oid,
        names=result.names,
        stderr=result.stderr,
        notes=result.notes if result.succeeded else (),
        kept=[show_checkpoint(one) for one in pulled.kept],
        undecided=pulled.undecided,
        left_out=pulled.left_out,
    )
