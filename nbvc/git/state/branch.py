"""The current branch, what it follows, and where git would push it."""

from __future__ import annotations

import os

import msgspec

from nbvc.git.state.operation import current_branch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository

_FIELDS = (
    *("objectname", "upstream", "upstream:remotename", "upstream:remoteref"),
    *("push", "push:remotename", "push:remoteref"),
)


class RemoteBranch(msgspec.Struct, frozen=True):
    """A branch of a remote: the remote's name, and the branch as `refs/heads/…` over there."""

    remote: str
    ref: str


class Branch(msgspec.Struct, frozen=True):
    """A local branch: its commit, None before the first; what it follows; where it is pushed.

    `tracking` is the local ref that remembers where the upstream was, `refs/remotes/…`.
    """

    name: str
    oid: str | None
    tracking: str | None = None
    upstream: RemoteBranch | None = None
    push: RemoteBranch | None = None
    push_remote: str | None = None

    @property
    def ref(self) -> str:
        """The branch as a full ref."""
        return f"refs/heads/{self.name}"


def branch_here(repository: Repository) -> Branch | None:
    """Return the current branch, None if HEAD is detached."""
    name = current_branch(repository)
    if name is None:
        return None
    form = "%00".join(f"%({field})" for field in _FIELDS)
    listing = repository.git.run("for-each-ref", f"--format={form}%00", f"refs/heads/{name}")
    for line in os.fsdecode(listing).split("\0\n"):
        if line:
            return _parse_branch(name, line.split("\0"))
    return Branch(name, None)


def count_commits(repository: Repository, branch: Branch) -> tuple[int, int] | None:
    """Return how many commits a branch is ahead of and behind its upstream, None if unknown."""
    if branch.oid is None or not branch.tracking:
        return None
    args = ("rev-list", "--left-right", "--count", f"{branch.oid}...{branch.tracking}", "--")
    finished = repository.git.ask(*args)
    counts = finished.stdout.split()
    return None if finished.code or len(counts) != 2 else (int(counts[0]), int(counts[1]))


def _parse_branch(name: str, fields: list[str]) -> Branch:
    oid, tracking, upstream_remote, upstream_ref, push, push_remote, push_ref = fields
    upstream = (
        RemoteBranch(upstream_remote, upstream_ref) if upstream_remote and upstream_ref else None
    )
    branch = Branch(name, oid, tracking or None, upstream, push_remote=push_remote or None)
    ref = push_ref or _find_push_branch(branch, push)
    target = RemoteBranch(push_remote, ref) if push_remote and ref else None
    return msgspec.structs.replace(branch, push=target)


def _find_push_branch(branch: Branch, push: str) -> str | None:
    """Return which branch of its remote git would push to, by the user's `push.default`.

    `push` is the local ref that remembers it; git leaves it out where it would refuse to push.
    """
    upstream = branch.upstream
    if upstream is None or upstream.remote != branch.push_remote:
        return branch.ref if push else None
    if push:
        return upstream.ref if push == branch.tracking else branch.ref
    return upstream.ref if upstream.ref == branch.ref else None
