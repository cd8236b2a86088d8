"""Where the data of a user and the outputs of a notebook are kept on this machine."""

from __future__ import annotations

import os

from nbvc.platform import cut_folder, data_home

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbvc.git.plumbing.repository import Repository
    from nbvc.store.entries import OutputStore
    from nbvc.store.home import Home


def data_folder(environ: Mapping[str, str]) -> str:
    """Return nbvc's folder for data of the user."""
    return os.path.join(data_home(environ), "nbvc")


def folder_with_git(folder: str) -> str | None:
    """Return the nearest folder, at or above one, that has a `.git`; starts no process."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


class Locator:
    """Finds the project that files are in, and their names there; starts no process.

    A file is named by its own name in the real folder that it is in, however its path was typed; a
    link is named by itself.
    """

    def __init__(self) -> None:
        self._folders: dict[str, tuple[str | None, str]] = {}

    def locate(self, path: str) -> tuple[str | None, str]:
        """Return the top of a file's repository and the file's name there, with `/`.

        Outside a repository the top is None, and the name counts from the root.
        """
        folder, last = os.path.split(path)
        if folder not in self._folders:
            real = os.path.realpath(folder or os.curdir)
            top = folder_with_git(real)
            below = cut_folder(real, root_folder(real) if top is None else top)
            prefix = f"{below}/" if below else ""
            self._folders[folder] = top, prefix
        top, prefix = self._folders[folder]
        return top, f"{prefix}{last}"


def root_folder(folder: str) -> str:
    """Return the root of the file system that a folder is in."""
    return os.path.join(os.path.splitdrive(folder)[0], os.sep)


class OutputHomes:
    """Finds where the outputs of files are kept. Asks git once for each folder."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._known: dict[str, tuple[Home, str, Repository | None]] = {}

    def store(self, path: str) -> tuple[OutputStore, str]:
        """Return the store for a file, and the name of the file in it. Raises `GitError`."""
        from nbvc.store.entries import OutputStore

        home, name, _ = self.home(path)
        return OutputStore(home), name

    def home(self, path: str) -> tuple[Home, str, Repository | None]:
        """Return where the outputs of a file are kept, its name there, and its repository."""
        folder, last = os.path.split(os.path.realpath(path))
        if folder not in self._known:
            self._known[folder] = self._find(folder)
        home, prefix, repository = self._known[folder]
        return home, f"{prefix}{last}", repository

    def _find(self, folder: str) -> tuple[Home, str, Repository | None]:
        from nbvc.errors import NoRepositoryError
        from nbvc.git.plumbing.command import Git
        from nbvc.git.plumbing.repository import discover
        from nbvc.store.home import Home

        if self._environ.get("GIT_DIR") or folder_with_git(folder):
            try:
                repository = discover(Git.find(self._environ), folder)
            except NoRepositoryError:
                pass
            else:
                name = repository.name_of_folder(folder)
                return Home.of(repository), f"{name}/" if name else "", repository
        return Home(os.path.join(data_folder(self._environ), "outputs")), f"{folder}/", None
