"""A diff as a file: in nbvc's format or in nbdime's."""

from __future__ import annotations

import sys

from nbvc.errors import PatchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing import NotebookDiff
    from nbvc.notebook import Notebook


def read_changes(path: str, before: Notebook) -> NotebookDiff:
    """Read a diff that was made from `before`; `-` is stdin. Raises `PatchError`, and `OSError`."""
    import json

    from nbvc.diffing import NotebookDiff

    try:
        if path == "-":
            found = json.load(sys.stdin)
        else:
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
        if isinstance(found, list):
            return NotebookDiff.from_nbdime(before, found)
        return NotebookDiff.from_dict(found)
    except ValueError as error:
        if isinstance(error, json.JSONDecodeError):
            path = f"{path}: line {error.lineno}, column {error.colno}"
        hint = "make one with `nbvc diff --format json`"
        raise PatchError("not an nbvc diff", where=path, hint=hint) from None
    except PatchError as error:
        error.where = error.where or path
        raise
