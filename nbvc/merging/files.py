"""Merging the bytes of three files, and looking at the result once more before anybody writes it."""

from __future__ import annotations

from nbvc.errors import RewriteRefusedError
from nbvc.merging import merge
from nbvc.notebook import Notebook, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.merging import MergeResult, Strategy


def merge_files(
    base: bytes, local: bytes, remote: bytes, strategy: Strategy, name: str = ""
) -> tuple[bytes, MergeResult]:
    """Return the merged file and what was decided.

    An empty `base` is not a notebook yet: both sides added the file. Raises `NotebookError`, and
    `RewriteRefusedError` where writing would lose something.
    """
    ours, theirs = read(local, name=name), read(remote, name=_name_side(name, "remote"))
    minor = min(ours.nbformat_minor, theirs.nbformat_minor)
    before = read(base, name=_name_side(name, "base")) if base.strip() else Notebook.empty(minor)
    result = merge(before, ours, theirs, strategy)
    return check_result(result, (ours, theirs)), result


def _name_side(name: str, side: str) -> str:
    return f"{name} ({side})" if name else ""


def check_result(result: MergeResult, sides: tuple[Notebook, ...]) -> bytes:
    """Return the result's bytes, having made sure that they are read as the same notebook.

    Raises `RewriteRefusedError` if they are not, if a side has a key twice, of which one value would
    be lost, and if the result is not a valid notebook although both sides are.
    """
    from nbvc.notebook.validity import check_result as check_validity

    notebook = result.notebook
    if not any(notebook is side for side in sides):
        for side in sides:
            if side.warnings:
                raise RewriteRefusedError(side.warnings[0], where=side.name or None)
    content = notebook.to_bytes()
    again = read(content, name=notebook.name)
    if len(again.cells) != len(notebook.cells) or again != notebook:
        raise RewriteRefusedError(
            "the merged notebook would not be read as it was meant", where=notebook.name or None
        )
    check_validity(notebook, sides)
    return content
