"""Fetching what the current branch follows, and merging it if nothing can be lost.

The merge is git's own, with the drivers that the caller sets. Uncommitted changes stay, and nothing
is merged if they are in files that the merge would overwrite.
"""

from __future__ import annotations

import os
from enum import Enum

import msgspec

from nbvc.errors import make_visible
from nbvc.git.plumbing.messages import clean_lines, find_gist
from nbvc.git.state.branch import Branch, RemoteBranch, branch_here
from nbvc.git.state.operation import find_operation, find_unmerged
from nbvc.git.state.remotes import (
    NETWORK,
    Remote,
    RemoteRefusedError,
    find_remote,
    find_trouble,
    make_advice,
    talking_to,
)
from nbvc.git.state.status import FileState, read_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git.plumbing.process import Finished
    from nbvc.git.plumbing.repository import Repository


class PullOutcome(Enum):
    """What became of a pull."""

    UP_TO_DATE = "up to date"
    FAST_FORWARDED = "fast-forwarded"
    MERGED = "merged"
    CONFLICTS = "conflicts"
    DETACHED = "detached"
    NO_UPSTREAM = "no upstream"
    OPERATION_IN_PROGRESS = "operation in progress"
    DIRTY = "uncommitted changes"
    URL_REFUSED = "url refused"
    AUTHENTICATION = "authentication"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    FAILED = "failed"


class PullResult(msgspec.Struct, frozen=True):
    """What became of a pull, in a sentence, with what to do and what git wrote.

    `names` are the files with conflicts, or with changes that are not committed.
    """

    outcome: PullOutcome
    message: str
    hint: str | None = None
    branch: str | None = None
    oid: str | None = None
    names: tuple[str, ...] = ()
    stderr: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the branch has now all that its upstream has."""
        good = (PullOutcome.UP_TO_DATE, PullOutcome.FAST_FORWARDED, PullOutcome.MERGED)
        return self.outcome in good

    @property
    def notes(self) -> tuple[str, ...]:
        """What nbvc's merge driver reports of notebooks, one line each."""
        lines = self.stderr.splitlines()
        return tuple(line.removeprefix("nbvc: ") for line in lines if line.startswith("nbvc: "))


def pull(
    repository: Repository, *, settings: Sequence[str] = (), deadline: float = NETWORK
) -> PullResult:
    """Fetch the upstream of the current branch and merge it.

    `settings` (`name=value`) hold for the merge alone: merge drivers, and `core.attributesFile` to
    say for which files. Failures are results; what else git refuses raises `GitError`.
    """
    missed = fetch_upstream(repository, deadline=deadline)
    return missed or merge_upstream(repository, settings=settings)


def fetch_upstream(repository: Repository, *, deadline: float = NETWORK) -> PullResult | None:
    """Fetch what the current branch follows; return the result where that can't be."""
    repository = repository.acting
    branch = branch_here(repository)
    refused = _find_obstacle(repository, branch)
    if refused is not None or branch is None or branch.upstream is None:
        return refused or _no_upstream("HEAD")
    if branch.upstream.remote == ".":
        return None
    return _run_fetch(repository, branch, branch.upstream, deadline)


def merge_upstream(repository: Repository, *, settings: Sequence[str] = ()) -> PullResult:
    """Merge what the current branch follows, as it was last fetched; see `pull`."""
    repository = repository.acting
    branch = branch_here(repository)
    refused = _find_obstacle(repository, branch)
    if refused is not None or branch is None:
        return refused or _no_upstream("HEAD")
    return _find_answer(repository, branch) or _run_merge(repository, branch, settings)


def before_merge(repository: Repository) -> PullResult | None:
    """Return what `merge_upstream` would answer without merging anything, None if it would."""
    repository = repository.acting
    branch = branch_here(repository)
    refused = _find_obstacle(repository, branch)
    if refused is not None or branch is None:
        return refused or _no_upstream("HEAD")
    return _find_answer(repository, branch)


def _find_answer(repository: Repository, branch: Branch) -> PullResult | None:
    """Return why there is nothing to merge, or why it can't be merged; None if it can."""
    upstream = f"{branch.tracking}^{{commit}}"
    finished = repository.git.ask("rev-parse", "--verify", "--quiet", upstream)
    if finished.code:
        return _report_gone(branch)
    theirs = finished.lines[0]
    if branch.oid and repository.git.ask("merge-base", "--is-ancestor", theirs, "HEAD").code == 0:
        text = f"{make_visible(branch.name)} is up to date with its upstream"
        return PullResult(PullOutcome.UP_TO_DATE, text, None, branch.name, branch.oid)
    dirty = _find_overwritten(repository, branch, theirs)
    if not dirty:
        return None
    return PullResult(
        PullOutcome.DIRTY,
        "the upstream was fetched, but not merged: it would overwrite changes that are not committed",
        "commit or stash them, then pull again",
        branch.name,
        branch.oid,
        dirty,
    )


def _find_overwritten(repository: Repository, branch: Branch, theirs: str) -> tuple[str, ...]:
    """Return the files with uncommitted changes for which git would refuse to merge a commit.

    These are files that the commit changes, and if it is not a fast-forward all that is staged.
    """
    states = read_status(repository).states
    if not states:
        return ()
    git = repository.git
    bases = git.ask("merge-base", "--all", "HEAD", theirs).lines
    touched = set()
    for base in bases:
        listing = git.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", base, theirs)
        touched |= {os.fsdecode(name) for name in listing.split(b"\0")}
        renamed = git.run("diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--raw", base, "HEAD")
        _, *names = os.fsdecode(renamed).split("\0")
        touched |= {new for old, new in zip(names[::3], names[1::3], strict=True) if old in touched}
    forward = bases == [branch.oid]
    stops = {FileState.UNMERGED} if forward else set(FileState) - {FileState.CHANGED}
    return tuple(
        sorted(
            name for name, state in states.items() if name in touched or not bases or state in stops
        )
    )


def _find_obstacle(repository: Repository, branch: Branch | None) -> PullResult | None:
    if branch is None:
        hint = "run git switch BRANCH"
        return PullResult(PullOutcome.DETACHED, "HEAD is detached: no branch to pull", hint)
    running = find_operation(repository)
    if running is not None:
        text, hint = f"a {running.value} is in progress", "finish it first"
        return PullResult(PullOutcome.OPERATION_IN_PROGRESS, text, hint, branch.name)
    return None if branch.upstream and branch.tracking else _no_upstream(branch.name)


def _no_upstream(name: str) -> PullResult:
    shown = make_visible(name)
    hint = f"run nbvc commit --push -u, or git branch --set-upstream-to=origin/{shown}"
    text = f"the branch {shown} has no upstream"
    return PullResult(PullOutcome.NO_UPSTREAM, text, hint, name)


def _report_gone(branch: Branch) -> PullResult:
    """Return the result for an upstream that the remote does not have (any more)."""
    shown = make_visible((branch.tracking or "").removeprefix("refs/remotes/"))
    text = f"the upstream of {make_visible(branch.name)}, {shown}, is not there"
    hint = "create it with git push, or remove the setting with git branch --unset-upstream"
    return PullResult(PullOutcome.NO_UPSTREAM, text, hint, branch.name)


def _run_fetch(
    repository: Repository, branch: Branch, upstream: RemoteBranch, deadline: float
) -> PullResult | None:
    """Fetch a branch's upstream; return the result where that failed."""
    try:
        place = find_remote(repository, upstream.remote)
    except RemoteRefusedError as error:
        return PullResult(PullOutcome.URL_REFUSED, error.message, error.hint, branch.name)
    git = talking_to(repository, place)
    options = ("--quiet", "--no-recurse-submodules")
    finished = git.ask("fetch", *options, "--", place.name, deadline=deadline)
    return _report_missed(branch, place, finished, deadline) if finished.code else None


def _report_missed(
    branch: Branch, place: Remote, finished: Finished, deadline: float
) -> PullResult:
    found = find_trouble(finished)
    stderr = clean_lines(finished.stderr)
    if found is None:
        text = f"git fetch: {find_gist(finished.stderr)}"
        return PullResult(PullOutcome.FAILED, text, None, branch.name, stderr=stderr)
    text, hint = make_advice(found, place, deadline)
    return PullResult(PullOutcome[found.name], text, hint, branch.name, stderr=stderr)


def _run_merge(repository: Repository, branch: Branch, settings: Sequence[str]) -> PullResult:
    """Merge the fetched upstream into the current branch."""
    git = repository.git.with_settings(*settings)
    options = ("--no-edit", "--quiet", "--no-stat", "--no-autostash", "--ff")
    title = (
        f"Merge remote-tracking branch '{(branch.tracking or '').removeprefix('refs/remotes/')}'"
    )
    if branch.name not in {"main", "master"}:
        title += f" into {branch.name}"
    finished = git.ask("merge", *options, "-m", title, branch.tracking or "", deadline=600)
    stderr = clean_lines(finished.stderr)
    if finished.code == 0:
        oid = repository.git.line("rev-parse", "HEAD")
        moved = oid == repository.git.line("rev-parse", f"{branch.tracking}^{{commit}}")
        outcome = PullOutcome.FAST_FORWARDED if moved else PullOutcome.MERGED
        text = f"{make_visible(branch.name)} is at {oid[:10]} and up to date with its upstream"
        return PullResult(outcome, text, None, branch.name, oid, stderr=stderr)
    names = find_unmerged(git)
    if names:
        text = f"the merge has conflicts in {', '.join(map(make_visible, names))}"
        hint = "resolve them, git add the files and git commit; git merge --abort goes back"
        return PullResult(PullOutcome.CONFLICTS, text, hint, branch.name, branch.oid, names, stderr)
    text = f"git merge: {find_gist(finished.stderr) or find_gist(finished.stdout)}"
    return PullResult(PullOutcome.FAILED, text, None, branch.name, branch.oid, stderr=stderr)
