"""A whole repository: its state, commits of several files, branches, and operations in progress."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nbvc.checkpoint.store import Store
from nbvc.errors import GitError, NoRepositoryError
from nbvc.git.actions.beginning import add_remote, begin_repository
from nbvc.git.actions.branching import BranchRefusedError, begin_branch
from nbvc.git.actions.operating import list_steps
from nbvc.git.actions.outcome import CommitPolicy, PartlyStaged
from nbvc.git.state.branches import list_branches
from nbvc.git.state.identity import Identity, Reach, write_identity
from nbvc.git.state.operation import current_branch
from nbvc.git.state.status import FileState, read_status
from nbvc.names import SUFFIX
from nbvc.render.extent import judge
from nbvc.render.words import count_cells
from nbvc.workflow.commit import CommitOrder, commit_files, read_outputs
from nbvc.workflow.discarding import bring_back, discard_changes
from nbvc.workflow.operating import abort_operation, continue_operation, skip_commit
from nbvc.workflow.overview import FileKind, read_overview
from nbvc.workflow.pull import pull_notebooks
from nbvc.workflow.push import PushOrder
from nbvc.workflow.switching import switch_to
from nbvc_jupyter import answers as a
from nbvc_jupyter.committing import push_to, show_commit, show_pull, show_upstream
from nbvc_jupyter.picking import make_contents
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.restoring import show_checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.git import Repository, Stop
    from nbvc.workflow.compare import Comparison
    from nbvc.workflow.overview import ChangedFile, Overview
    from nbvc_jupyter.places import NotebookPlace
    from nbvc_jupyter.requests import (
        BringBackRequest,
        ContinueRequest,
        DiscardRequest,
        IdentityRequest,
        ProjectCommitRequest,
        ProjectPushRequest,
        ProjectRequest,
        RemoteRequest,
        SwitchRequest,
    )
    from nbvc_jupyter.site import Site


def show_project(site: Site, request: ProjectRequest, stop: Stop) -> a.ProjectState:
    """Return the state of the repository, or why there is none. No remote is asked."""
    place = site.contents.project(request.path)
    try:
        repository = site.repository(place, stop)
    except NoRepositoryError:
        folder = os.path.basename(os.path.dirname(place.file)) or "/"
        return a.NoProject(folder, "this folder is in no git repository")
    except (GitError, RefusedError) as error:
        advice = f" ({error.hint})" if error.hint else ""
        return a.NoProject(None, f"{error.message}{advice}")
    overview = read_overview(site.store(place), repository)
    who = overview.identity
    return a.Project(
        top=os.path.basename(repository.top),
        asked=_name_asked(site, repository, request.path),
        branch=overview.branch.name if overview.branch else None,
        head=overview.head,
        identity=a.Person(who.name, who.email) if who else None,
        remotes=overview.remotes,
        upstream=show_upstream(overview.branch),
        ahead=overview.ahead,
        behind=overview.behind,
        running=_show_running(overview),
        files=[_show_file(site, repository, file) for file in overview.files],
        more=overview.more,
    )


def _name_asked(site: Site, repository: Repository, path: str) -> str | None:
    """Return the path from the top of the file that was asked for, None for a folder."""
    found = site.contents.anything(path)
    return None if found is None or os.path.isdir(found.file) else repository.name(found.file)


def _show_running(overview: Overview) -> a.Running | None:
    if overview.operation is None:
        stashed = any(file.kind is FileKind.CONFLICT for file in overview.files)
        return a.Running(None, list_steps(None), "") if stashed else None
    return a.Running(overview.operation, list_steps(overview.operation), overview.message)


def _show_file(site: Site, repository: Repository, file: ChangedFile) -> a.ProjectFile:
    return a.ProjectFile(
        name=file.name,
        path=site.contents.path_of(repository.path(file.name)),
        kind=file.kind,
        state=file.state,
        old_name=file.old_name,
        notebook=_show_notebook(file.compared) if file.compared else None,
        lines=file.lines,
        open=file.is_open,
    )


def _show_notebook(compared: Comparison) -> a.NotebookChange:
    extent, _ = judge(compared)
    if compared.diff is None:
        return a.NotebookChange(extent, None)
    counts = count_cells(compared.diff)
    changed = counts["modified"] + counts["split"] + counts["joined"]
    shown = a.CellCounts(changed, counts["added"], counts["removed"], counts["moved"])
    return a.NotebookChange(extent, shown)


def commit(site: Site, request: ProjectCommitRequest, stop: Stop) -> a.CommitAndPush:
    """Commit files of any kind in one commit, and push if that is asked for. Raises `NbvcError`."""
    place, repository = _find(site, request.path, stop)
    picked = [one.name for one in request.picked]
    _check_inside(site, repository, picked)
    commits = site.commits(place)
    staged = PartlyStaged.COMMIT_FILE if request.partly_staged else PartlyStaged.ASK
    names = tuple(dict.fromkeys((*request.names, *picked)))
    outputs = dict.fromkeys(names, request.outputs) | read_outputs(repository, names)
    order = CommitOrder(
        names,
        request.message,
        CommitPolicy(partly_staged=staged),
        outputs_of=outputs,
        contents=make_contents(repository, commits, request.picked, outputs),
    )
    made = commit_files(repository, site.store(place), order)
    pushed = None
    if made.succeeded and request.push and not stop.asked:
        pushed = _push(site, repository, request.remote, request.names)
    return a.CommitAndPush(show_commit(made), pushed)


def push(site: Site, request: ProjectPushRequest, stop: Stop) -> a.Push:
    """Push the current branch, and have it follow the remote's. Raises `NbvcError`."""
    _, repository = _find(site, request.path, stop)
    return a.Push(_push(site, repository, request.remote))


def _push(
    site: Site, repository: Repository, remote: str | None, names: Iterable[str] = ()
) -> a.PushResult:
    order = PushOrder(tuple(names), remote, sets_upstream=True, deadline=site.network_seconds)
    return push_to(repository, order)


def pull(site: Site, request: ProjectRequest, stop: Stop) -> a.Pull:
    """Fetch what the branch follows and merge it, with the uncommitted changes of all notebooks.

    Each of these notebooks becomes a checkpoint first. Raises `NbvcError`.
    """
    _, repository = _find(site, request.path, stop)
    changed = FileState.CHANGED
    states = read_status(repository).states.items()
    names = {name for name, state in states if state is changed and name.endswith(SUFFIX)}
    with Store(repository, site.stores.machine) as store:
        pulled = pull_notebooks(store, names, deadline=site.network_seconds)
    return a.Pull(show_pull(pulled))


def discard(site: Site, request: DiscardRequest, stop: Stop) -> a.Kept:
    """Make files what the last commit has; what was there becomes checkpoints. Raises `GitError`."""
    place, repository = _find(site, request.path, stop)
    _check_inside(site, repository, request.names)
    kept = discard_changes(site.store(place), repository, request.names)
    return a.Kept([show_checkpoint(one) for one in kept])


def undo(site: Site, request: BringBackRequest, stop: Stop) -> a.Done:
    """Write checkpoints over their files. Raises `NbvcError`."""
    place, repository = _find(site, request.path, stop)
    _check_inside(site, repository, [one.name for one in request.kept])
    bring_back(site.store(place), repository, [(one.name, one.id) for one in request.kept])
    return a.Done()


def begin(site: Site, request: ProjectRequest, _: Stop) -> a.Done:
    """Create a repository in a folder that is in none. Raises `NbvcError`."""
    place = site.contents.project(request.path)
    if not site.contents.is_local:
        raise RefusedError(409, "not-local", "these files are not on the server's disk")
    if site.obstacle(place) is None:
        raise RefusedError(409, "git", "this folder is in a repository already")
    begin_repository(site.git, os.path.dirname(place.file))
    return a.Done()


def identify(site: Site, request: IdentityRequest, stop: Stop) -> a.Done:
    """Write who commits into git's settings. Raises `GitError`."""
    _, repository = _find(site, request.path, stop)
    reach = Reach.USER if request.everywhere else Reach.REPOSITORY
    write_identity(repository, Identity(request.name, request.email), reach)
    return a.Done()


def add_place(site: Site, request: RemoteRequest, stop: Stop) -> a.Done:
    """Add a remote. Raises `RemoteRefusedError`."""
    _, repository = _find(site, request.path, stop)
    add_remote(repository, request.name, request.url)
    return a.Done()


def show_branches(site: Site, request: ProjectRequest, stop: Stop) -> a.Branches:
    """Return the branches that can be switched to, without asking a remote."""
    _, repository = _find(site, request.path, stop)
    return a.Branches(
        current_branch(repository),
        [
            a.NamedBranch(branch.name, branch.remote, branch.time, branch.subject)
            for branch in list_branches(repository)
        ],
    )


def switch(site: Site, request: SwitchRequest, stop: Stop) -> a.Switched:
    """Switch to a branch, or create one; uncommitted changes go along. Raises `GitError`."""
    place, repository = _find(site, request.path, stop)
    try:
        if request.create:
            done = begin_branch(repository.acting, request.branch)
        else:
            store = site.store(place)
            done = switch_to(store, repository, request.branch, remote=request.remote)
    except BranchRefusedError as error:
        if not error.names:
            raise
        return a.Switched(current_branch(repository), error.message, error.names)
    return a.Switched(done.now, None, ())


def go_on(site: Site, request: ContinueRequest, stop: Stop) -> a.Continued:
    """Finish the operation in progress, or go on to where git stops next, and push.

    Raises `NbvcError`.
    """
    _, repository = _find(site, request.path, stop)
    made = continue_operation(repository, request.message)
    pushed = None
    if made.succeeded and request.push and not stop.asked:
        pushed = _push(site, repository, request.remote)
    return a.Continued(show_commit(made), pushed, [])


def skip(site: Site, request: ProjectRequest, stop: Stop) -> a.Continued:
    """Leave out the commit at which git stopped, and go on. Raises `GitError`."""
    place, repository = _find(site, request.path, stop)
    made, kept = skip_commit(site.store(place), repository)
    return a.Continued(show_commit(made), None, [show_checkpoint(one) for one in kept])


def abort(site: Site, request: ProjectRequest, stop: Stop) -> a.Kept:
    """Go back to before the operation in progress. Raises `GitError`."""
    place, repository = _find(site, request.path, stop)
    kept = abort_operation(site.store(place), repository)
    return a.Kept([show_checkpoint(one) for one in kept])


def _find(site: Site, path: str, stop: Stop) -> tuple[NotebookPlace, Repository]:
    place = site.contents.project(path)
    return place, site.repository(place, stop)


def _check_inside(site: Site, repository: Repository, names: Iterable[str]) -> None:
    """Refuse files that a request must not write. Raises `RefusedError`."""
    for name in names:
        site.find_file(repository, name)
