"""The JSON text of a notebook to its members and cells, or what is wrong with the text."""

from __future__ import annotations

import re

import msgspec

from nbvc.errors import NotebookError, StoredFormError
from nbvc.notebook.cell import Cell
from nbvc.notebook.jsontext import (
    Raw,
    decode,
    split_array,
    split_notebook,
    split_object,
    split_objects,
)
from nbvc.notebook.style import FileText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from nbvc.notebook.style import Style


class Parts(msgspec.Struct, frozen=True, gc=False):
    """What a notebook's text consists of: top-level members as format 4 has them, and cells.

    `file_format` is the file's own version, None if that is in `fields`.
    """

    fields: dict[str, Raw]
    cells: list[Cell]
    file: FileText
    file_format: tuple[int, int] | None = None


def parse(text: bytes, style: Style | None = None) -> Parts:
    """Return the parts of a notebook's JSON text (without byte order mark).

    Raises `NotebookError` without the place.
    """
    _check_encoding(text)
    parts = split_notebook(text)
    if parts is None or parts[0]["nbformat"] != _FOUR:
        top = _parse_object(text)
        major = _format(top)
        if major < 4:
            return _parse_old(text, top, major, style)
        parts = {key: raw for key, raw in top.items() if key != "cells"}, _parse_cells(top, text)
    if _has_long_digits(text):
        decode(text)
    file = FileText(text, style=style)
    return Parts(parts[0], [Cell(fields, file, i) for i, fields in enumerate(parts[1])], file)


def _parse_old(text: bytes, top: dict[str, Raw], major: int, style: Style | None) -> Parts:
    from nbvc.notebook.legacy import view

    if _has_long_digits(text):
        decode(text)
    minor = decode(top["nbformat_minor"]) if "nbformat_minor" in top else 0
    return Parts(*view(text, top, style), (major, minor if type(minor) is int else 0))


_FOUR = Raw(b"4")


_PIECE = 1 << 16
"""Bytes that are looked at in one go: most of a notebook with some other letters is ASCII."""


def _check_encoding(text: bytes) -> None:
    if text.isascii():
        return
    try:
        for piece in _cut_pieces(text):
            if not piece.isascii():
                piece.decode()
    except UnicodeDecodeError:
        try:
            text.decode()
        except UnicodeDecodeError as error:
            raise _not_utf8(text, error) from None


def _cut_pieces(text: bytes) -> Iterator[bytes]:
    """Yield a text in pieces, none of which ends within a character of UTF-8."""
    start, size = 0, len(text)
    while start < size:
        end = start + _PIECE
        for at in range(end, min(end + 3, size)):
            if not 0x80 <= text[at] < 0xC0:
                break
            end = at + 1
        yield text[start:end]
        start = end


def _parse_object(text: bytes) -> dict[str, Raw]:
    try:
        return split_object(text)
    except (NotebookError, ValueError) as error:
        raise _diagnose_text(text, error) from None


def _has_long_digits(text: bytes) -> bool:
    """Return whether a run of more than 4,300 digits may be there, by looking at every 1,000th byte.

    Four of them are in such a run, and a fifth before it may be a digit, too: hits overlap.
    """
    for hit in re.finditer(rb"(?=[0-9]{4})", text[::1000]):
        start = hit.start() * 1000
        if text[start : start + 3000].isdigit():
            return True
    return False


def _format(top: dict[str, Raw]) -> int:
    if "nbformat" not in top:
        raise NotebookError("not a notebook: 'nbformat' is missing")
    major = decode(top["nbformat"])
    if type(major) is not int or not 1 <= major <= 4:
        raise NotebookError(
            f"nbformat is {bytes(top['nbformat'])[:40].decode(errors='replace')}",
            hint="nbvc reads the formats 1 to 4",
        )
    return major


def _parse_cells(top: dict[str, Raw], text: bytes) -> list[dict[str, Raw]]:
    array = top.get("cells")
    if array is None:
        raise NotebookError("not a notebook: 'cells' is missing")
    try:
        return split_objects(array)
    except NotebookError:
        if memoryview(array)[0] != ord("["):
            raise NotebookError("the cells of this notebook are not a list") from None
    for number, cell in enumerate(split_array(array), 1):
        if memoryview(cell)[0] != ord("{"):
            line = text.count(b"\n", 0, text.find(bytes(cell))) + 1
            raise NotebookError(f"cell {number} is not a JSON object (near line {line})")
    raise NotebookError("the cells of this notebook can't be read")


def _not_utf8(text: bytes, error: UnicodeDecodeError) -> NotebookError:
    if text.startswith(b"\0GITCRYPT\0"):
        return StoredFormError("it is encrypted by git-crypt", hint="run `git-crypt unlock`")
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return NotebookError(
            "the file is UTF-16, a notebook must be UTF-8", hint="run `nbvc fix FILE`"
        )
    if b"\0" in text:
        return NotebookError("not a notebook: the file is binary")
    line, column = _find_position(text, error.start)
    return NotebookError(f"line {line}, column {column}: not valid UTF-8")


def _find_position(text: bytes, offset: int) -> tuple[int, int]:
    return text.count(b"\n", 0, offset) + 1, offset - (text.rfind(b"\n", 0, offset) + 1) + 1


def _diagnose_text(text: bytes, error: Exception) -> NotebookError:
    """Return what the bytes are if they are something known, else where the JSON breaks."""
    if not text.strip():
        return NotebookError("the file is empty")
    if text.startswith(b"version https://git-lfs"):
        return StoredFormError(
            "this is a Git LFS pointer, not the notebook itself", hint="run `git lfs pull`"
        )
    if text[:2] in (b"{\0", b"\0{"):
        return NotebookError(
            "the file is UTF-16, a notebook must be UTF-8", hint="run `nbvc fix FILE`"
        )
    marker = re.search(rb"^<{7}(?: |$)", text, re.MULTILINE)
    if marker:
        line, _ = _find_position(text, marker.start())
        return NotebookError(
            f"line {line}: the file contains git's conflict markers", hint="run `nbvc fix FILE`"
        )
    if not text.lstrip(_BLANK).startswith((b"{", b"[", b"null")):
        return NotebookError("not a notebook")
    own = error if isinstance(error, NotebookError) else NotebookError("not a notebook")
    return _json_error(text) or own


_BLANK = b"\xef\xbb\xbf \t\r\n"
_KINDS = {type(None): "null", list: "a list", str: "a text", bool: "true or false"}
_BREAKS = {
    "Expecting value": "expected a value",
    "Expecting ':' delimiter": "expected ':'",
    "Expecting ',' delimiter": "expected ','",
    "Expecting property name enclosed in double quotes": "expected a key in double quotes",
    "Illegal trailing comma before end of object": "expected a key in double quotes",
    "Illegal trailing comma before end of array": "expected a value",
    "Unterminated string starting at": "unterminated string",
    "Invalid control character at": "control character in a text",
    "Extra data": "the notebook has ended before",
}
"""Python's words for how JSON breaks, and ours."""


def _json_error(text: bytes) -> NotebookError | None:
    import json

    try:
        value: Any = json.loads(text)
    except json.JSONDecodeError as error:
        what = _BREAKS.get(error.msg, "invalid JSON")
        where = f"line {error.lineno}, column {error.colno}"
        hint = None
        if error.pos >= len(error.doc.rstrip()) or what == "unterminated string":
            hint = "is the file cut off? run `nbvc fix FILE`"
        return NotebookError(f"not a notebook: {where}: {what}", hint=hint)
    except RecursionError:
        return NotebookError("JSON is nested too deeply")
    except ValueError as error:
        return NotebookError(str(error))
    if type(value) is not dict:
        return NotebookError(
            f"not a notebook: the file contains {_KINDS.get(type(value), 'a number')}"
        )
    return None
