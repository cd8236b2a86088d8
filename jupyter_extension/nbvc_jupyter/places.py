"""Paths of the contents API to files, and everything that must not be reached that way refused.

folder/a.ipynb        →  <root>/folder/a.ipynb, links followed
../a, .git/config     →  403 or 404, also where a link leads there
"""

from __future__ import annotations

import os

import msgspec

from nbvc.names import SUFFIX
from nbvc.platform import cut_folder
from nbvc_jupyter.refusals import RefusedError

_LONGEST = 4000


class NotebookPlace(msgspec.Struct, frozen=True):
    """A notebook: its path in the contents API, and the file that holds it (links followed)."""

    path: str
    file: str


def place_in(root: str, path: str, *, hidden: bool = False) -> NotebookPlace:
    """Return the place of a notebook below a folder. Raises `RefusedError`.

    `hidden` says that names starting with a dot may be used; `.git` never.
    """
    parts = parts_of(path, hidden=hidden)
    real_root = os.path.realpath(root)
    real = os.path.realpath(os.path.join(real_root, *parts))
    name = cut_folder(real, real_root)
    if not name:
        raise _make_missing_error(path)
    # A link may lead to what its own name does not tell.
    parts_of(name, hidden=hidden)
    return NotebookPlace("/".join(parts), real)


def parts_of(path: str, *, hidden: bool = False) -> list[str]:
    """Return the names that a notebook's path consists of. Raises `RefusedError`."""
    if "\0" in path or len(path) > _LONGEST:
        raise RefusedError(400, "bad-path", "not the path of a file")
    parts = [part for part in path.split("/") if part]
    for part in parts:
        if part in {".", ".."} or _is_git(part) or (part.startswith(".") and not hidden):
            raise _make_missing_error(path)
    if not parts or not parts[-1].lower().endswith(SUFFIX):
        raise RefusedError(400, "no-notebook", "not the path of a notebook (.ipynb)")
    return parts


def _is_git(name: str) -> bool:
    """Return whether a name is that of git's folder on some file system or other."""
    # What HFS+ ignores inside names, and what NTFS cuts off at the end.
    plain = "".join(char for char in name if char.isprintable()).rstrip(". ").casefold()
    return plain in {".git", "git~1"} or plain.startswith(".git::")


def _make_missing_error(path: str) -> RefusedError:
    from nbvc.errors import make_visible

    return RefusedError(404, "not-found", f"no such notebook: {make_visible(path)!r}")
