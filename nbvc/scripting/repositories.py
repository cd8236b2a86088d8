"""Repositories as programs name them: by a path, or by an object of GitPython.

GitPython reads; nbvc writes by git's plumbing, since GitPython's index stores files without their
filters, and takes along what others have staged.
"""

from __future__ import annotations

import os

from nbvc.errors import GitError
from nbvc.git.plumbing.command import Git
from nbvc.git.plumbing.repository import Repository, discover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

    from git import Blob, Commit, Repo


def place_of(repository: Repo | str | PathLike[str], path: str | PathLike[str]) -> tuple[Git, str]:
    """Return git, and the path of a notebook.

    `path` counts from the top of GitPython's `Repo`, or from the folder that is given instead. Raises
    `GitError` for a repository without a working tree.
    """
    if isinstance(repository, (str, os.PathLike)):
        top = os.path.abspath(os.fspath(repository))
    elif repository.working_tree_dir is None:
        raise GitError(
            "a bare repository has no notebooks to name by path",
            where=os.fspath(repository.git_dir),
        )
    else:
        top = os.fspath(repository.working_tree_dir)
    return Git.find(os.environ, top), os.path.join(top, os.fspath(path))


def repository_of(
    repository: Repo | str | PathLike[str], path: str | PathLike[str]
) -> tuple[Repository, str]:
    """Return the repository that a notebook is in, and the notebook's path. Raises `GitError`."""
    git, full = place_of(repository, path)
    return discover(git, full), full


def commit_of(repository: Repository, oid: str) -> Commit:
    """Return a commit as GitPython's object. Raises `GitError` if GitPython can't read it."""
    if repository.hash_name != "sha1":
        raise GitError(
            f"GitPython does not read repositories with {repository.hash_name}",
            where=repository.top,
            hint="use the commit's ID",
        )
    from git import Repo

    return Repo(repository.top).commit(oid)


def content_of(blob: Blob) -> bytes:
    """Return a blob as git would write it into the working tree: through the filter of its path.

    Raises `GitError`.
    """
    top = blob.repo.working_tree_dir
    if top is None:
        return bytes(blob.data_stream.read())
    git = Git.find(os.environ, os.fspath(top)).storing
    return git.run("cat-file", "--filters", f"--path={blob.path}", blob.hexsha)
