"""Which notebooks a command line names: files, folders, one against many."""

from __future__ import annotations

import os

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Pair = tuple[str | None, str | None]

_SKIPPED = {".git", ".ipynb_checkpoints", "node_modules", ".venv"}


def pairs(before: str, after: str) -> list[Pair]:
    """Return the pairs of paths that two arguments mean; None where one side has no such file.

    Two files are a pair; of two folders the notebooks of one relative path are; a file and a
    folder compare the file with every notebook of the folder.
    """
    for path in (before, after):
        if not os.path.lexists(path):
            raise click.UsageError(f"There is no file or folder {path!r}.")
    folders = os.path.isdir(before), os.path.isdir(after)
    if folders == (True, True):
        return _matched(before, after)
    if folders == (False, True):
        return [(before, os.path.join(after, name)) for name in _in_folder(after)]
    if folders == (True, False):
        return [(os.path.join(before, name), after) for name in _in_folder(before)]
    return [(before, after)]


def _matched(before: str, after: str) -> list[Pair]:
    old, new = set(_notebooks(before)), set(_notebooks(after))
    return [
        (
            os.path.join(before, name) if name in old else None,
            os.path.join(after, name) if name in new else None,
        )
        for name in sorted(old | new)
    ]


def _in_folder(folder: str) -> list[str]:
    names = sorted(_notebooks(folder))
    if not names:
        raise click.UsageError(f"There is no notebook in {folder!r}.")
    return names


def _notebooks(folder: str) -> Iterator[str]:
    """Yield the relative paths of all notebooks below a folder, hidden tool folders aside."""
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        for name in files:
            if name.endswith(".ipynb"):
                yield os.path.relpath(os.path.join(place, name), folder)
