"""Partial clones: what they lack is fetched at once, before it is read.

    git clone --filter=blob:none      commits and trees are there, contents come when they are read

Git fetches a content that it lacks by itself, but each with a connection of its own. Its own commands,
such as `git diff`, ask once for all that they need, in the way that `fetch_missing` does.
"""

from __future__ import annotations

import os

from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.git.plumbing.repository import Repository

_PARTIAL = compile_lazily(rb"(?i)promisor|partialclone")
_NAMES = r"^(extensions\.partialclone|remote\..*\.promisor)$"
_PATIENCE = 600.0
"""Seconds for all contents that a command needs."""

_FETCH = (
    *("-c", "fetch.negotiationAlgorithm=noop", "-c", "fetch.writeCommitGraph=false"),
    *("fetch", "--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head"),
    *("--no-auto-maintenance", "--recurse-submodules=no", "--filter=blob:none", "--stdin"),
)
"""Source: `fetch_objects` in git's promisor-remote.c, with nothing written but the objects."""

_LIST = (
    *("rev-list", "--no-walk", "--objects", "--no-object-names"),
    *("--missing=allow-any", "--ignore-missing", "--stdin"),
)
"""Lists the objects that are here. `cat-file --batch-check` would fetch each of the others."""


def is_partial(repository: Repository) -> bool:
    """Return whether a repository may lack contents that its remote has. Git is not asked."""
    try:
        with open(os.path.join(repository.common_dir, "config"), "rb") as file:
            return _PARTIAL.search(file.read()) is not None
    except OSError:
        return False


def fetch_missing(repository: Repository, oids: Iterable[str]) -> None:
    """Fetch those of these objects that a partial clone lacks, with one connection for all.

    Nothing is raised: git reports what is missing when it is read.
    """
    wanted = list(dict.fromkeys(oids))
    if len(wanted) < 2 or not is_partial(repository):
        return
    for remote in _list_promisors(repository):
        missing = _find_missing(repository, wanted)
        if len(missing) < 2:
            return
        repository.git.ask(*_FETCH, remote, stdin=_join_lines(missing), deadline=_PATIENCE)


def _list_promisors(repository: Repository) -> list[str]:
    """Return the remotes that promise what is missing."""
    said = repository.git.ask("config", "-z", "--get-regexp", _NAMES).stdout
    found = []
    for entry in os.fsdecode(said).split("\0"):
        name, _, value = entry.partition("\n")
        if name == "extensions.partialclone":
            found.append(value)
        elif name and value.lower() not in {"false", "no", "off", "0"}:
            found.append(name.removeprefix("remote.").removesuffix(".promisor"))
    return [one for one in dict.fromkeys(found) if one and not one.startswith("-")]


def _find_missing(repository: Repository, oids: list[str]) -> list[str]:
    """Return those of these objects that are not here. Nothing is fetched for that."""
    said = repository.git.ask(*_LIST, stdin=_join_lines(oids), deadline=_PATIENCE)
    here = set(said.stdout.decode().split())
    return [] if said.code else [oid for oid in oids if oid not in here]


def _join_lines(oids: list[str]) -> bytes:
    return b"".join(os.fsencode(one) + b"\n" for one in oids)
