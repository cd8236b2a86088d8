"""Push the current branch, and find the pages of its commit on the web."""

from __future__ import annotations

import msgspec

from nbvc.git.actions.push import Upstream
from nbvc.git.state.remotes import NETWORK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git.actions.push import PushResult
    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.state.links import Links


class PushOrder(msgspec.Struct, frozen=True):
    """Where to push. `remote` is the upstream's by default, `deadline` is in seconds.

    `names` are the notebooks that the push is about: a single one gets a page, too.
    """

    names: tuple[str, ...]
    remote: str | None = None
    sets_upstream: bool = False
    deadline: float = NETWORK


class Pushed(msgspec.Struct, frozen=True):
    """The result of a push, and the pages of the branch's last commit if the host is known."""

    result: PushResult
    links: Links | None = None


def push_branch(repository: Repository, order: PushOrder) -> Pushed:
    """Push the current branch, never by force. Failures are results."""
    from nbvc.git.actions.push import push

    upstream = Upstream.SET if order.sets_upstream else Upstream.REQUIRE
    result = push(repository, to=order.remote, upstream=upstream, deadline=order.deadline)
    return Pushed(result, _find_pages(repository, result, order.names))


def _find_pages(repository: Repository, result: PushResult, names: Sequence[str]) -> Links | None:
    from nbvc.git.state.links import make_links

    if not result.succeeded or not result.url:
        return None
    oid = repository.git.line("rev-parse", f"refs/heads/{result.branch}")
    return make_links(result.url, oid, result.branch, names[0] if len(names) == 1 else None)
