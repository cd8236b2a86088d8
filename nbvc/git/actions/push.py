"""Pushing the current branch: never by force, and every way it can fail told apart."""

from __future__ import annotations

from enum import Enum

import msgspec

from nbvc.errors import make_visible
from nbvc.git.plumbing.messages import clean_lines, find_gist
from nbvc.git.setup.hooks import has_hook
from nbvc.git.state.branch import Branch, RemoteBranch, branch_here
from nbvc.git.state.remotes import (
    NETWORK,
    Remote,
    RemoteRefusedError,
    find_remote,
    find_trouble,
    make_advice,
    remote_names,
    talking_to,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.process import Finished
    from nbvc.git.plumbing.repository import Repository


class Upstream(Enum):
    """What to do with a branch that follows none of a remote."""

    REQUIRE = "require"
    SET = "set"


class PushOutcome(Enum):
    """What became of a push."""

    PUSHED = "pushed"
    UP_TO_DATE = "up to date"
    DETACHED = "detached"
    UNBORN = "unborn"
    NO_REMOTE = "no remote"
    NO_UPSTREAM = "no upstream"
    URL_REFUSED = "url refused"
    HOOK_REFUSED = "hook refused"
    REJECTED = "rejected"
    REMOTE_REFUSED = "remote refused"
    AUTHENTICATION = "authentication"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    FAILED = "failed"


class PushResult(msgspec.Struct, frozen=True):
    """What became of a push, in a sentence, with what to do and what git and hooks wrote.

    `url` is the remote's, without user and password.
    """

    outcome: PushOutcome
    message: str
    hint: str | None = None
    branch: str | None = None
    remote: str | None = None
    ref: str | None = None
    url: str | None = None
    stderr: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the remote has the branch now."""
        return self.outcome in {PushOutcome.PUSHED, PushOutcome.UP_TO_DATE}


def push(
    repository: Repository,
    *,
    to: str | None = None,
    upstream: Upstream = Upstream.REQUIRE,
    deadline: float = NETWORK,
) -> PushResult:
    """Push the current branch to where git would, or to the remote `to`.

    Local commits stay as they are, whatever happens. Failures are results; only a broken repository
    raises `GitError`.
    """
    repository = repository.acting
    branch = branch_here(repository)
    if branch is None:
        return PushResult(
            PushOutcome.DETACHED,
            "HEAD is detached: no branch to push",
            "run git switch -c NAME",
        )
    if branch.oid is None:
        outcome = PushOutcome.UNBORN
        return PushResult(outcome, f"{branch.name} has no commits yet", "commit first")
    target = _choose_target(repository, branch, to, upstream)
    if isinstance(target, PushResult):
        return target
    try:
        place = find_remote(repository, target.remote, pushing=True)
    except RemoteRefusedError as error:
        outcome = PushOutcome.URL_REFUSED
        return PushResult(outcome, error.message, error.hint, branch.name, target.remote)
    sets = upstream is Upstream.SET and branch.upstream != target
    options = ("--porcelain", "--no-progress", *(["--set-upstream"] if sets else []))
    refspec = f"{branch.ref}:{target.ref}"
    finished = talking_to(repository, place).ask(
        "push", *options, "--", target.remote, refspec, deadline=deadline
    )
    return _make_result(repository, branch, target, place, finished, deadline)


def _choose_target(
    repository: Repository, branch: Branch, to: str | None, upstream: Upstream
) -> RemoteBranch | PushResult:
    """Return where to push, or why that isn't known."""
    follows = branch.upstream if branch.upstream and branch.upstream.remote != "." else None
    if to is not None:
        same = follows is not None and follows.remote == to and follows.ref == branch.ref
        return follows if same and follows else RemoteBranch(to, branch.ref)
    if branch.push is not None and branch.push.remote != ".":
        return branch.push
    names = remote_names(repository)
    if not names:
        hint = "run git remote add origin URL"
        return PushResult(PushOutcome.NO_REMOTE, "no remote to push to", hint, branch.name)
    if upstream is Upstream.REQUIRE:
        return _no_upstream(branch, follows, names)
    chosen = _choose_remote(branch, follows, names)
    if chosen is None:
        several = ", ".join(names)
        message = f"there are several remotes ({make_visible(several)}) and none is the usual one"
        return PushResult(PushOutcome.NO_REMOTE, message, "name the remote", branch.name)
    return RemoteBranch(chosen, branch.ref)


def _choose_remote(
    branch: Branch, follows: RemoteBranch | None, names: tuple[str, ...]
) -> str | None:
    """Return the remote that a new upstream is most likely meant to be on."""
    for name in (branch.push_remote, follows.remote if follows else None, "origin"):
        if name in names:
            return name
    return names[0] if len(names) == 1 else None


def _no_upstream(
    branch: Branch, follows: RemoteBranch | None, names: tuple[str, ...]
) -> PushResult:
    place = follows.remote if follows else "origin" if "origin" in names else names[0]
    hint = f"git push --set-upstream {place} {branch.name}"
    message = f"the branch {make_visible(branch.name)} has no upstream"
    if follows is not None:
        theirs = make_visible(follows.ref.removeprefix("refs/heads/"))
        message = f"the branch {make_visible(branch.name)} follows one of another name, {theirs}"
    return PushResult(PushOutcome.NO_UPSTREAM, message, make_visible(hint), branch.name)


def _make_result(
    repository: Repository,
    branch: Branch,
    target: RemoteBranch,
    place: Remote,
    finished: Finished,
    deadline: float,
) -> PushResult:
    outcome, message, hint = _judge_push(repository, branch, place, finished, deadline)
    return PushResult(
        outcome,
        message,
        hint,
        branch.name,
        target.remote,
        target.ref,
        place.shown,
        clean_lines(finished.stderr),
    )


def _judge_push(
    repository: Repository, branch: Branch, place: Remote, finished: Finished, deadline: float
) -> tuple[PushOutcome, str, str | None]:
    """Return the outcome of a finished push, what it is in words, and what to do."""
    name = make_visible(branch.name)
    flag, _, reason = _read_verdict(finished)
    if finished.code == 0 and flag == "=":
        return PushOutcome.UP_TO_DATE, f"{place.shown} has all of {name} already", None
    if finished.code == 0:
        return PushOutcome.PUSHED, f"{name} was pushed to {place.shown}", None
    if flag == "!":
        return _judge_refusal(name, place, reason)
    found = find_trouble(finished)
    if found is not None:
        return PushOutcome[found.name], *make_advice(found, place, deadline)
    if has_hook(repository, "pre-push"):
        message = "the hook pre-push refused"
        return PushOutcome.HOOK_REFUSED, message, "see what the hook wrote"
    return PushOutcome.FAILED, f"git push: {find_gist(finished.stderr)}", None


def _judge_refusal(name: str, place: Remote, reason: str) -> tuple[PushOutcome, str, str]:
    """Return the outcome of a push that the remote took no part of, for git's reason."""
    if reason.startswith("[remote"):
        message = f"{place.shown} refused {name}: {_read_brackets(reason)}"
        return PushOutcome.REMOTE_REFUSED, message, "see what the server wrote"
    message = f"{place.shown} has commits that {name} lacks"
    hint = "run nbvc pull, then push again; your commit is safe in this repository"
    return PushOutcome.REJECTED, message, hint


def _read_verdict(finished: Finished) -> tuple[str, str, str]:
    """Return what `git push --porcelain` says of the one ref: flag, refs and reason."""
    for line in finished.lines:
        parts = line.split("\t")
        if len(parts) == 3 and len(parts[0]) == 1:
            return parts[0], parts[1], make_visible(parts[2])
    return "", "", ""


def _read_brackets(reason: str) -> str:
    """Return what is in the brackets of a reason: `[rejected] (fetch first)`."""
    return reason.partition("(")[2].removesuffix(")") or reason
