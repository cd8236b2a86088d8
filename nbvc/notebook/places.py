"""Where the cells of a notebook and their members are in its text.

    text     … "cells": [{"cell_type": "code", "outputs": [], …}, …
                         ^start                          ^^ place of `outputs`  ^end

Every file repeats its own spacing from cell to cell, so what was between two values last time is
tried first: a comparison of bytes, not a search.
"""

from __future__ import annotations

import msgspec

from nbvc.errors import RewriteRefusedError
from nbvc.lazy import compile_lazily
from nbvc.notebook.jsonedit import locate_elements, locate_members
from nbvc.notebook.jsontext import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nbvc.notebook.cell import Cell
    from nbvc.notebook.jsontext import Raw
    from nbvc.notebook.notebook import Notebook

Place = tuple[int, int]
"""First byte of a value and the one behind its last."""

Span = tuple[int, int, bytes]
"""First byte and the one behind the last of a piece of a text, and what comes in its place."""

_HEAD = compile_lazily(rb'[ \t\r\n]*,?[ \t\r\n]*("(?:[^"\\]|\\.)*")[ \t\r\n]*:[ \t\r\n]*')
_CLOSE = compile_lazily(rb"[ \t\r\n]*\}")


class CellPlace(msgspec.Struct, frozen=True, gc=False):
    """One cell: its members as text, where they are, and where it is itself."""

    fields: Mapping[str, Raw]
    places: Mapping[str, Place]
    start: int
    end: int


def top_places(text: bytes) -> dict[str, Place]:
    """Locate the members of the notebook itself.

    Raises `RewriteRefusedError` if a key appears twice.
    """
    return {member.key: (member.value_start, member.end) for member in locate_members(text)}


def cell_places(notebook: Notebook, top: Mapping[str, Place]) -> list[CellPlace]:
    """Locate all cells, of all worksheets in formats 1 to 3, under the names the file gives them.

    Raises `RewriteRefusedError` if a key appears twice in a cell.
    """
    text = notebook.text
    fields = [read_members(cell) for cell in notebook.cells]
    found: list[CellPlace] = []
    for bracket, size in _find_arrays(text, top, len(fields)):
        found += _walk(text, bracket + 1, fields[len(found) : len(found) + size])
    return found


def read_members(cell: Cell) -> dict[str, Raw]:
    """Return the members of a cell under the names that its file gives them."""
    old: dict[str, Raw] = getattr(cell, "old", cell.fields)
    return old


def _find_arrays(text: bytes, top: Mapping[str, Place], count: int) -> Iterator[tuple[int, int]]:
    """Yield where each list of cells begins, and how many it has."""
    if "worksheets" not in top:
        if "cells" in top:
            yield top["cells"][0], count
        return
    start, end = top["worksheets"]
    for sheet in locate_elements(text[start:end]):
        inner = text[start + sheet.start : start + sheet.end]
        place = top_places(inner).get("cells")
        if place is not None:
            yield start + sheet.start + place[0], len(locate_elements(inner[slice(*place)]))


def _walk(text: bytes, position: int, cells: list[dict[str, Raw]]) -> Iterator[CellPlace]:
    heads: dict[str, bytes] = {}
    for fields in cells:
        start = text.index(b"{", position)
        position = start + 1
        places: dict[str, Place] = {}
        for key, raw in fields.items():
            head = heads.get(key)
            if head is not None and text.startswith(head, position):
                value = position + len(head)
            else:
                value = _after_head(text, position, key)
                heads[key] = text[position:value]
            position = value + len(memoryview(raw))
            places[key] = (value, position)
        close = _CLOSE.match(text, position)
        if close is None:
            raise _make_refusal(next(reversed(fields), "?"))
        position = close.end()
        yield CellPlace(fields, places, start, position)


def _after_head(text: bytes, position: int, key: str) -> int:
    """Return where the value of `key` begins, whose key must be the next thing in the text."""
    match = _HEAD.match(text, position)
    if match is None or decode(match[1]) != key:
        raise _make_refusal(key)
    return match.end()


def _make_refusal(key: str) -> RewriteRefusedError:
    return RewriteRefusedError(
        f"a key appears twice in one cell (near {key!r}), and writing would drop one value",
        hint="remove the duplicate by hand first",
    )


def splice(text: bytes, spans: Iterable[Span]) -> bytes:
    """Return a text with pieces replaced; the spans are in order and do not overlap."""
    out: list[bytes] = []
    position = 0
    for start, end, new in spans:
        out += (text[position:start], new)
        position = end
    out.append(text[position:])
    return b"".join(out)
