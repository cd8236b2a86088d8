"""Commits that blame passes over, such as one that only formatted code: `blame.ignoreRevsFile`."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository

_LARGEST = 1_000_000


def read_ignored(repository: Repository) -> frozenset[str]:
    """Return the IDs in the files that git's `blame.ignoreRevsFile` names.

    A relative path counts from the top of the working tree, as for git. An empty value drops the files
    named before it. A line has a full ID; the rest of it behind `#` is a comment.
    """
    finished = repository.git.ask(
        "config", "-z", "--type=path", "--get-all", "blame.ignoreRevsFile"
    )
    if finished.code:
        return frozenset()
    paths: list[str] = []
    for path in os.fsdecode(finished.stdout).split("\0")[:-1]:
        paths = [*paths, path] if path else []
    lines = (line for path in paths for line in _read_lines(os.path.join(repository.top, path)))
    return frozenset(word for line in lines if (word := line.partition("#")[0].strip()))


def _read_lines(path: str) -> list[str]:
    """Return the lines of a regular file of sensible size; none for anything else."""
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            return []
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []
