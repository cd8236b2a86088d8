"""The stores of checkpoints that a command line is about, and how checkpoints are written in lines."""

from __future__ import annotations

import os
import time

from nbvc.cli.naming.repositories import find_git
from nbvc.platform import host_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.git import Repository


def store_at(path: str) -> Store:
    """Return the store for a file or folder. Raises `GitError`."""
    from nbvc.checkpoint.opening import open_store
    from nbvc.workflow.places import data_folder

    folder = data_folder(os.environ)
    return open_store(find_git(), path, machine=host_name(), data_folder=folder)


def store_in(repository: Repository) -> Store:
    """Return the store for the notebooks of a repository."""
    from nbvc.checkpoint.store import Store

    return Store(repository, host_name())


def replace_file(path: str, before: bytes | None, content: bytes, message: str) -> str:
    """Write a file after saving it as a checkpoint; return the checkpoint's ID, "" for a new file.

    Raises `ContentChangedError`, `NotebookError` if it cannot be saved, `OSError`.
    """
    from nbvc.errors import GitError, NotebookError
    from nbvc.workflow.restoring import FileTarget, replace_content

    try:
        with store_at(path) as store:
            kept = replace_content(store, FileTarget(path), before, content, message)
    except GitError as error:
        raise NotebookError(
            f"it can't be saved as a checkpoint before it is changed ({error.message})",
            where=path,
            hint="-o FILE writes what can be read to another file",
        ) from None
    return kept.id if kept else ""


def report_kept(path: str, checkpoint: str) -> None:
    """Print that a file was saved before it was replaced."""
    import sys

    from nbvc.render.escape import escape_line

    shown = escape_line(path)
    print(f"The previous content of {shown} is saved as checkpoint {checkpoint}", file=sys.stderr)


def path_here(store: Store, name: str) -> str:
    """Return a notebook's path as a person in this folder would write it."""
    from nbvc.checkpoint.base import StorePlace

    if store.home is StorePlace.OUTSIDE:
        return store.repository.path(name)
    return store.repository.path_from_here(name)


def format_time(checkpoint: Checkpoint) -> str:
    """Return when a checkpoint was made, as the clock on the wall had it."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(checkpoint.seconds))


def format_title(checkpoint: Checkpoint, room: int = 1000) -> str:
    """Return the first line of a checkpoint's message, safe to show, in so many characters."""
    from nbvc.render.escape import cut_line

    lines = checkpoint.message.strip().split("\n")
    return cut_line(lines[0] + (" …" if len(lines) > 1 else ""), room)


def name_checkpoint(checkpoint: Checkpoint) -> str:
    """Return how a sentence speaks of a checkpoint: `91ab02c4d5e6 ("before the rewrite")`."""
    return f'{checkpoint.id} ("{format_title(checkpoint, 50)}")'
