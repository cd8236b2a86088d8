"""Where the notebooks of a server are: its contents, its checkpoint stores, its git."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbvc.checkpoint.base import StorePlace
from nbvc.errors import GitError, NoRepositoryError
from nbvc.git import Git, Repository, Stop, discover, make_stoppable
from nbvc.git.state.remotes import NETWORK
from nbvc.platform import host_name
from nbvc.workflow.places import data_folder
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.stores import Stores

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbvc.checkpoint.store import Store
    from nbvc.versions.history import History
    from nbvc_jupyter.contents import ServerContents
    from nbvc_jupyter.places import NotebookPlace


class Site:
    """Where the notebooks of a server are. Raises `GitError` at the start if there is no git."""

    def __init__(
        self, contents: ServerContents, environ: Mapping[str, str], network_seconds: float = NETWORK
    ) -> None:
        self.git = Git.find(environ)
        self.contents = contents
        self.stores = Stores(self.git, host_name(), data_folder(environ))
        self.network_seconds = network_seconds

    def store(self, place: NotebookPlace) -> Store:
        """Return the store of a notebook's checkpoints. Raises `GitError`."""
        if not self.contents.is_local:
            return self.stores.aside()
        return self.stores.at(place.file)

    def commits(self, place: NotebookPlace) -> Store:
        """Return the store to read commits with: that of the repository, even if it is read-only."""
        if not self.contents.is_local:
            return self.stores.aside()
        return self.stores.around(place.file)

    def repository(self, place: NotebookPlace, stop: Stop) -> Repository:
        """Return the repository that a notebook is in. Raises `GitError`, `RefusedError`."""
        if not self.contents.is_local:
            raise RefusedError(
                409,
                "not-local",
                "these notebooks are not on the server's disk, where git works",
                hint="checkpoints work all the same",
            )
        store = self.commits(place)
        if store.home is StorePlace.INSIDE:
            return make_stoppable(store.repository, stop)
        found = discover(self.git, place.file)  # says what is wrong with it
        return make_stoppable(found, stop)

    def open_history(self, place: NotebookPlace, stop: Stop) -> History:
        """Return the history of a notebook, also outside of git; close it after use."""
        from nbvc.workflow.history import open_history

        commits = self.commits(place)
        repository = make_stoppable(commits.repository, stop)
        return open_history(commits, place.file, self.store(place), repository=repository)

    def find_file(self, repository: Repository, name: str) -> str:
        """Return the file of a name from the top of the repository. Raises `RefusedError`."""
        path = self.contents.path_of(repository.path(name))
        parts = name.split("/")
        odd = {"", ".", ".."} & {*parts} or any(
            part.lower().startswith(".git") for part in parts[:-1]
        )
        # Git's own folder ends no name of a file that it lists.
        if path is None or odd or parts[-1].lower() in {".git", "git~1"} or "\0" in name:
            raise RefusedError(404, "not-found", "no such file in Jupyter's folder")
        return repository.path(name)

    def queue(self, place: NotebookPlace) -> str:
        """Return what names the queue of changes that a notebook belongs to."""
        return self.commits(place).repository.common_dir

    def obstacle(self, place: NotebookPlace) -> str | None:
        """Return why the git buttons don't work for a notebook, None if they do."""
        try:
            self.repository(place, Stop())
        except NoRepositoryError:
            return "this notebook is in no git repository; git init makes one"
        except (GitError, RefusedError) as error:
            advice = f" ({error.hint})" if error.hint else ""
            return f"{error.message}{advice}"
        return None

    def close(self) -> None:
        """End what runs."""
        self.stores.close()
