"""Where a notebook's checkpoints are kept: in its repository, or else in a store of our own.

Outside of every repository, a bare repository in the user's data folder takes them, under the
notebook's absolute path. No `git init` ever happens in a folder of the user's.
"""

from __future__ import annotations

import os
import time

from nbvc.checkpoint.base import StorePlace
from nbvc.checkpoint.store import Store
from nbvc.errors import GitError, NoRepositoryError, make_visible
from nbvc.git.plumbing.repository import Repository, discover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc.checkpoint.record import Author
    from nbvc.git.plumbing.command import Git

_FOLDER = "checkpoints.git"


def open_store(
    git: Git,
    path: str,
    *,
    machine: str,
    data_folder: str,
    clock: Callable[[], float] = time.time,
    author: Author | None = None,
) -> Store:
    """Return the store for a notebook's checkpoints.

    `data_folder` is nbvc's own folder for data of the user. Raises `GitError`.
    """
    try:
        repository, home = discover(git, os.path.realpath(path)), StorePlace.INSIDE
    except NoRepositoryError:
        repository, home = open_outside(git, data_folder), StorePlace.OUTSIDE
    return Store(repository, machine, clock=clock, author=author, home=home)


def open_outside(git: Git, data_folder: str) -> Repository:
    """Return the repository of our own, made at the first time; its top is the file system's."""
    bare = os.path.join(os.path.realpath(data_folder), _FOLDER)
    ours = git.with_environ({"GIT_DIR": bare})
    if not os.path.isdir(os.path.join(bare, "objects")):
        _make(git, bare)
    return Repository(ours.at(bare), "/", bare, bare, "sha1")


def _make(git: Git, bare: str) -> None:
    """Make an empty repository, which gets its name when it is complete."""
    folder = os.path.dirname(bare)
    made = f"{bare}.{os.urandom(4).hex()}"
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        options = ("--bare", "-q", "--template=", "--object-format=sha1")
        git.at(folder).run("init", *options, "--initial-branch=main", made)
        os.rename(made, bare)
    except OSError as error:
        if os.path.isdir(os.path.join(bare, "objects")):  # somebody else was faster
            return
        raise GitError(f"it can't be made: {error.strerror}", where=make_visible(bare)) from error
