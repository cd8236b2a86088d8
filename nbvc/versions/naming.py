r"""The name of a notebook in a commit: the one place that answers, for commands and the server.

A (a.ipynb) ── R (b.ipynb) ── N (a.ipynb is another notebook) ── HEAD ┄┄ c.ipynb on disk
                  \
                   T (topic: t.ipynb)

For c.ipynb: b.ipynb in HEAD, N and R, a.ipynb in A, t.ipynb in T. For N's a.ipynb: None in R and A.
"""

from __future__ import annotations

import os

from nbvc.errors import GitError
from nbvc.git.plumbing.objects import merge_base
from nbvc.versions.model import key_of
from nbvc.versions.moves import NOTEBOOKS
from nbvc.versions.renaming import has_file
from nbvc.versions.walk import find_last_commit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository
    from nbvc.versions.reading import Versions


def name_in(history: Versions, commit: str) -> str | None:
    """Return the name of a notebook in a commit, given by its id; None if it is not there.

    Raises `GitError`.
    """
    objects, head, name = history.objects, history.start, history.name
    if head is None or not has_file(objects, head, name):
        return _by_graph(history, commit)
    if commit == head:
        return name
    if has_file(objects, commit, name) and not _was_gone(history.repository, commit, head, name):
        return name
    return _by_graph(history, commit)


def _was_gone(repository: Repository, commit: str, head: str, name: str) -> bool:
    """Return whether a name was free between two commits: then another notebook may have it."""
    options = ("-1", "--full-history", "-m", "--no-renames", "--diff-filter=D", "--format=%H")
    git = repository.git.literal.with_settings("log.follow=false")
    return bool(git.run("log", *options, f"{commit}...{head}", "--", name).strip())


def _by_graph(history: Versions, commit: str) -> str | None:
    """Find the name by what the notebook's own history says."""
    objects, head, name = history.objects, history.start, history.name
    if head is None:
        return name if has_file(objects, commit, name) else None
    try:
        base = merge_base(history.repository, head, commit)
    except GitError:  # No common ancestor: there is nothing but the path.
        return name if has_file(objects, commit, name) else None
    found = _in_ancestor(history, base)
    if base == commit:
        return found
    if found is None:
        # Made on both sides, or here alone. A notebook that was there before is another one.
        found = None if has_file(objects, base, name) else name
    else:
        found = _follow_renames(history.repository, found, base, commit)
    return found if found is not None and has_file(objects, commit, found) else None


def _in_ancestor(history: Versions, commit: str) -> str | None:
    """Return the name in a commit that is part of the history."""
    nodes = history.nodes
    for name in dict.fromkeys(node.name for node in reversed(history.graph.nodes)):
        if not has_file(history.objects, commit, name):
            continue
        touched = find_last_commit(history.repository, commit, name)
        node = nodes.get(key_of(touched, name)) if touched else None
        if node is not None and node.blob is not None:
            return name
    return None


def _follow_renames(repository: Repository, name: str, base: str, commit: str) -> str:
    """Follow the renames from a commit to one of its descendants."""
    options = ("--topo-order", "--reverse", "-M", "-z", "--name-status", "--diff-filter=R")
    git = repository.git.with_settings("log.follow=false")
    listed = git.run("log", *options, "--format=", f"{base}..{commit}", *NOTEBOOKS)
    fields = [field.strip(b"\n") for field in listed.split(b"\0")]
    fields = [field for field in fields if field]
    for old, new in zip(fields[1::3], fields[2::3], strict=False):
        if os.fsdecode(old) == name:
            name = os.fsdecode(new)
    return name
