"""The engine's functions for programs: they take whatever is a notebook.

A notebook is a `Notebook`, nbformat's `NotebookNode` or a plain dict, a blob of GitPython, a path, the
bytes of a file, or a file that is open for reading.
"""

from __future__ import annotations

from nbvc.notebook import Notebook
from nbvc.notebook.reading import read as read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from typing import Any, BinaryIO, TypeAlias, TypeGuard

    from git import Blob

    from nbvc.diffing import DiffPolicy, NotebookDiff
    from nbvc.merging import MergeResult, Strategy
    from nbvc.normalising import Policy

    NotebookLike: TypeAlias = (
        Notebook | dict[str, Any] | Blob | str | PathLike[str] | bytes | BinaryIO
    )


def read(source: NotebookLike, *, name: str | None = None) -> Notebook:
    """Read a notebook of any format (1 to 4) from whatever is one.

    Formats 1 to 3 are upgraded in memory; `to_bytes()` still gives the file's own bytes. A blob is
    read as git would write it into the working tree. Raises `NotebookError`, which says where, for what
    is not a notebook or can't be opened, and `GitError` for a blob that can't be had.
    """
    if isinstance(source, Notebook):
        return source
    if isinstance(source, dict):
        return _from_members(source, name or "")
    if _is_blob(source):
        from nbvc.scripting.repositories import content_of

        return read_file(content_of(source), name=name or f"{source.hexsha[:10]}:{source.path}")
    return read_file(source, name=name)


def diff(
    before: NotebookLike, after: NotebookLike, policy: DiffPolicy | None = None
) -> NotebookDiff:
    """Compare two notebooks.

    Every cell of both sides is in exactly one entry, in reading order of the result. Whether a pair
    differs, and where, is found when asked for. Raises what `read` raises.
    """
    from nbvc.diffing import DiffPolicy, diff

    return diff(read(before), read(after), policy or DiffPolicy())


def patch(before: NotebookLike, diff: NotebookDiff) -> Notebook:
    """Return the notebook that a diff makes of `before`, in the style of `before`'s file.

    Raises `PatchError` if the diff was made from another notebook, and what `read` raises.
    """
    from nbvc.diffing import patch

    return patch(read(before), diff)


def merge(
    base: NotebookLike, local: NotebookLike, remote: NotebookLike, strategy: Strategy | None = None
) -> MergeResult:
    """Merge what two sides made of `base`.

    The result is in the style of local's file, and a cell that only one side changed keeps the text
    it has there. Conflicts are in the sources, with markers; a result with conflicts opens, too.
    Raises what `read` raises.
    """
    from nbvc.merging import Strategy, merge

    return merge(read(base), read(local), read(remote), strategy or Strategy())


def normalise(notebook: NotebookLike, policy: Policy | None = None) -> Notebook:
    """Return the notebook without what the policy names, everything else byte for byte.

    Pure and idempotent; the notebook itself comes back if nothing goes. Without a policy: outputs,
    counts and volatile metadata. Raises `RewriteRefusedError` if a key appears twice, and what `read`
    raises.
    """
    from nbvc.normalising import normalise

    return normalise(read(notebook), policy)


def _from_members(source: dict[str, Any], name: str) -> Notebook:
    """Return the notebook that a dict is, of any format."""
    if "cells" in source or "worksheets" not in source:
        return Notebook.from_dict(source, name=name)
    import json

    return read_file(json.dumps(source).encode(), name=name)


def _is_blob(source: object) -> TypeGuard[Blob]:
    """Return whether this is a file's content as GitPython has it."""
    kind = type(source)
    return kind.__module__.startswith("git.") and getattr(source, "type", "") == "blob"
