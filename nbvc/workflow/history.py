"""Open the history of a notebook, with its commits and checkpoints, and read one commit of it."""

from __future__ import annotations

from nbvc.checkpoint.base import StorePlace
from nbvc.versions.history import History
from nbvc.versions.model import Version, VersionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from nbvc.checkpoint.store import Store
    from nbvc.git.plumbing.repository import Repository
    from nbvc.versions.searching import StoredFound


def open_history(
    store: Store,
    path: str,
    saved: Store | None = None,
    *,
    repository: Repository | None = None,
    checkpoints: bool = True,
) -> History:
    """Return the history of a notebook's file; close it after use. Raises `OutsideError`.

    Outside of a repository it has checkpoints only. `saved` has the checkpoints if the store does not.
    `repository` replaces the store's, such as one whose commands can be stopped.
    """
    repository = repository or store.repository
    inside = store.home is StorePlace.INSIDE
    name = repository.name(path) if inside else store.name(path)
    shelf = (saved or store) if checkpoints else None
    return History(repository, name, shelf, objects=store.objects, commits=inside)


def read_as_stored(history: History, content: bytes) -> bytes:
    """Return what git would store of a notebook's file: what a filter strips is in no version."""
    from nbvc.workflow.filtered import make_filter

    keep = make_filter(history.repository, [history.name], after_git=False)
    return keep(history.name, content)


def search_outputs(
    history: History, path: str, pattern: re.Pattern[str], environ: Mapping[str, str]
) -> tuple[StoredFound, ...]:
    """Return where a text is in the stored outputs of a notebook, under all names that it had."""
    from nbvc.versions.searching import search_stored
    from nbvc.workflow.places import OutputHomes

    store, name = OutputHomes(environ).store(path)
    if not store.has_any():
        return ()
    return search_stored(store, [name, *(node.name for node in history.graph.nodes)], pattern)


def read_commit(
    store: Store, path: str, ref: str, *, repository: Repository | None = None
) -> tuple[Version, bytes | None]:
    """Return a commit as a version of a notebook, and the notebook under the name that it had there.

    The content is None if the commit does not have the notebook. Raises `GitError`, and
    `UnknownRefError` if `ref` is not the name of a commit.
    """
    objects = store.objects
    commit = objects.read_commit(ref)
    with open_history(store, path, repository=repository) as history:
        name = history.name_in(commit.oid)
    author, _, email = commit.author.rpartition(" <")
    version = Version(
        *(VersionType.COMMIT, commit.oid, name or history.name, None, author, email.rstrip(">")),
        *(commit.seconds, commit.message, commit.oid),
    )
    return version, None if name is None else objects.at(commit.oid, name)
