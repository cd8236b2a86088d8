"""Checkpoint stores, kept open: a list of checkpoints must cost milliseconds, not processes."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from nbvc.checkpoint.base import StorePlace
from nbvc.checkpoint.names import PREFIX
from nbvc.checkpoint.opening import open_outside, open_store
from nbvc.checkpoint.store import Store
from nbvc.errors import GitError
from nbvc.workflow.places import folder_with_git

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc.git import Git

_MOST = 16
"""Stores kept open: each holds a git process."""


class Stores:
    """The stores of the repositories that a server's notebooks are in. Threads may share it."""

    def __init__(self, git: Git, machine: str, data_folder: str) -> None:
        self._git = git
        self.machine = machine
        self._data_folder = data_folder
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str | None], Store] = {}

    def at(self, file: str) -> Store:
        """Return the store for a file's checkpoints. Raises `GitError`.

        They go aside if this user may not write into the repository: a notebook must open anywhere.
        """
        store = self.around(file)
        return store if _is_writable(store) else self.aside()

    def around(self, file: str) -> Store:
        """Return the store of the repository around a file. Raises `GitError`."""
        folder = os.path.dirname(file)
        # A repository that was made, moved or removed since changes the answer, so it is the key.
        key = (folder, folder_with_git(folder))
        try:
            return self._get_store(key, lambda: self._open_store(file))
        except GitError:
            # Git does not trust the repository, or it is a bare one. Checkpoints go on.
            return self.aside()

    def aside(self) -> Store:
        """Return the store in the user's data folder, for what is in no repository."""
        return self._get_store(("", None), self._open_outside)

    def _open_store(self, file: str) -> Store:
        return open_store(self._git, file, machine=self.machine, data_folder=self._data_folder)

    def _open_outside(self) -> Store:
        repository = open_outside(self._git, self._data_folder)
        return Store(repository, self.machine, home=StorePlace.OUTSIDE)

    def _get_store(self, key: tuple[str, str | None], make: Callable[[], Store]) -> Store:
        with self._lock:
            found = self._open.pop(key, None)
            if found is None:
                found = self._share_store(make())
            self._open[key] = found
            while len(self._open) > _MOST:
                oldest = self._open.pop(next(iter(self._open)))
                if oldest not in self._open.values():
                    oldest.close()
            return found

    def _share_store(self, made: Store) -> Store:
        """Return the store that is open for the same repository already, if there is one."""
        for store in self._open.values():
            same = store.repository.git_dir == made.repository.git_dir
            if same and store.home is made.home:
                return store
        return made

    def close(self) -> None:
        """End the git processes."""
        with self._lock:
            for store in {id(store): store for store in self._open.values()}.values():
                store.close()
            self._open.clear()


def _is_writable(store: Store) -> bool:
    """Return whether checkpoints can be kept in a repository."""
    try:
        names = ("", "objects", "refs", *_list_above(f"{PREFIX}{store.writer}"))
    except GitError:
        return False
    places = [os.path.join(store.repository.common_dir, name) for name in names]
    return all(
        os.path.isdir(place) and os.access(place, os.W_OK)
        for place in places
        if os.path.lexists(place)
    )


def _list_above(ref: str) -> list[str]:
    """Return the folders of a ref, as `refs/a`, `refs/a/b` and so on."""
    parts = ref.split("/")
    return ["/".join(parts[:end]) for end in range(2, len(parts) + 1)]
