"""Checkpoints, for programs."""

from __future__ import annotations

import os

from nbvc.checkpoint.opening import open_store
from nbvc.diffing import diff
from nbvc.notebook import Notebook, read
from nbvc.platform import host_name
from nbvc.scripting.repositories import place_of
from nbvc.workflow.places import data_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

    from git import Repo

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.diffing import NotebookDiff
    from nbvc.scripting.engine import NotebookLike

    Path = str | PathLike[str]


class Checkpoints:
    """The checkpoints of the notebooks of a repository.

    `repository` is GitPython's `Repo`, or a folder; paths of notebooks count from its top, or from that
    folder. A checkpoint is named by its id, the start of it, or "latest". The working tree, the index,
    HEAD and branches stay as they are; `restore` alone writes, into the notebook's file. Every
    method raises `GitError`.
    """

    def __init__(self, repository: Repo | Path) -> None:
        self._repository = repository

    def create(
        self, path: Path, message: str = "", notebook: NotebookLike | None = None
    ) -> Checkpoint:
        """Save a notebook as its file has it, or as `notebook`; return the checkpoint.

        If the latest one has the same content already, that one is returned.
        """
        from nbvc.scripting.engine import read as read_any

        content = None if notebook is None else read_any(notebook).to_bytes()
        store, full = self._open_store(path)
        with store:
            return store.create(full, message, content).checkpoint

    def list(self, path: Path) -> tuple[Checkpoint, ...]:
        """Return a notebook's checkpoints, oldest first, also of earlier names and other machines."""
        store, full = self._open_store(path)
        with store:
            return store.list(full)

    def read(self, path: Path, which: str = "latest") -> Notebook:
        """Return the notebook that a checkpoint holds. Raises `NotebookError` if it is none."""
        store, full = self._open_store(path)
        with store:
            found = store.find(full, which)
            return read(store.content(found), name=f"{found.id}:{found.path}")

    def diff(self, path: Path, before: str = "latest", after: str | None = None) -> NotebookDiff:
        """Compare a checkpoint with another one, or with the notebook's file."""
        _, full = place_of(self._repository, path)
        return diff(
            self.read(path, before), read(full) if after is None else self.read(path, after)
        )

    def restore(self, path: Path, which: str = "latest") -> Checkpoint:
        """Write a checkpoint over the notebook's file; return it.

        What the file holds now is saved as a checkpoint first. Raises `CheckpointError` if the
        checkpoint is not a notebook.
        """
        from nbvc.workflow.restoring import restore_checkpoint

        store, full = self._open_store(path)
        with store:
            return restore_checkpoint(store, full, which).checkpoint

    def delete(self, path: Path, which: str) -> Checkpoint:
        """Delete one checkpoint; return what it was.

        Raises `ForeignCheckpointError` for one that another clone made and shared.
        """
        store, full = self._open_store(path)
        with store:
            return store.delete(full, which)

    def _open_store(self, path: Path) -> tuple[Store, str]:
        git, full = place_of(self._repository, path)
        folder = data_folder(os.environ)
        return open_store(git, full, machine=host_name(), data_folder=folder), full
