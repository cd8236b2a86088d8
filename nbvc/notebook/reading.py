"""Read a notebook from a path, bytes or a file object."""

from __future__ import annotations

from nbvc.errors import NotebookError, describe_system_error
from nbvc.notebook.notebook import Notebook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from typing import BinaryIO


def read(source: str | PathLike[str] | bytes | BinaryIO, *, name: str | None = None) -> Notebook:
    """Read a notebook of any format (1 to 4) from a path, bytes or a binary file object.

    Formats 1 to 3 are upgraded in memory; `to_bytes()` still gives the file's own bytes.
    Raises `NotebookError`, which says where, for what is not a notebook or can't be opened.
    """
    content, found_name = _read_content(source)
    return Notebook.from_bytes(content, found_name if name is None else name)


def _read_content(source: str | PathLike[str] | bytes | BinaryIO) -> tuple[bytes, str]:
    if isinstance(source, (bytes, bytearray, memoryview)):
        return bytes(source), ""
    if hasattr(source, "read"):
        content = source.read()
        label = getattr(source, "name", "")
        return content if isinstance(content, bytes) else content.encode(), str(label)
    import os

    path = os.fspath(source)
    try:
        with open(path, "rb") as file:
            return file.read(), path
    except OSError as error:
        raise NotebookError(describe_system_error(error), where=path) from None
