"""Formats 1 to 3, seen as format 4.4.

The file's own text stays: a cell of an old notebook is a view that translates when it is looked at,
and an edit of it goes back into the old text. Formats are never upgraded on disk unasked.

    format 3  {"cell_type": "code", "input": ["1+1"], "prompt_number": 3, "language": "python", …}
    seen as   {"cell_type": "code", "source": "1+1", "execution_count": 3, …}

What becomes of each key follows nbformat's own upgrade, without the ids that it draws at random:
two reads of one file must agree.
"""

from __future__ import annotations

import msgspec

from nbvc.errors import NotebookError
from nbvc.notebook.cell import ABSENT, Cell
from nbvc.notebook.jsonedit import edit_array, edit_object, encode, indent_json
from nbvc.notebook.jsontext import (
    Raw,
    are_identical,
    decode,
    split_array,
    split_object,
    split_objects,
)
from nbvc.notebook.style import JUPYTER, FileText, Style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.notebook.jsonedit import Piece

MINOR = 4
"""The minor format that an old notebook is seen as: the last one without cell ids."""

_MIME = {
    "text": "text/plain",
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "latex": "text/latex",
    "json": "application/json",
    "javascript": "application/javascript",
}
_OUTPUT_KEYS = ("output_type", "execution_count", "metadata")
_TYPES = {"html": "markdown", "heading": "markdown", "text": "markdown"}


class LegacyCell(Cell, gc=False, eq=False):
    """A cell of format 1 to 3; its text is the old JSON, everything else speaks format 4.

    The members have their names of format 4, each with its old text; `value` translates that.
    Where the two formats write a value alike it is the same. `old` are the members by their names
    in the file.
    """

    old: dict[str, Raw] = msgspec.field(default_factory=dict)

    @classmethod
    def from_text(cls, text: bytes, file: FileText = JUPYTER) -> LegacyCell:
        """View an old cell that is written as `file` is."""
        old = split_object(text)
        return cls(_rename_members(old, {}), file, _text=text, old=old)

    def value(self, key: str, default: Any = None) -> Any:
        """Return a member decoded and translated to format 4."""
        raw = self.fields.get(key)
        if raw is None:
            return default
        found = decode(raw)
        if key == "source":
            return _join(found)
        if key == "outputs":
            return [_translate_output(output) for output in found] if type(found) is list else found
        return found

    def replace(self, **changes: Any) -> Cell:
        """Return the changed cell, in its old format if that reads back as the change."""
        edits: dict[str, bytes | None] = {}
        for key, new in changes.items():
            if (
                new is ABSENT
                or key not in self.fields
                or not are_identical(_read_member(self, key), new)
            ):
                said = self._rewrite_member(key, new)
                if said is None:
                    return Cell.from_dict(self.to_dict()).replace(**changes)
                edits.update(said)
        if not edits:
            return self
        cell = LegacyCell.from_text(edit_object(self.text, edits, self.style, 4), self.file)
        if all(are_identical(_read_member(cell, key), new) for key, new in changes.items()):
            return cell
        return Cell.from_dict(self.to_dict()).replace(**changes)

    def _rewrite_member(self, key: str, new: Any) -> dict[str, bytes | None] | None:
        """Return what changes in the old JSON, or None if the old format can't say it."""
        old = self.old
        if key == "source" and type(new) is str:
            return self._rewrite_source(old, new)
        counts = key == "execution_count" and "prompt_number" in old
        if counts and (new is None or type(new) is int):
            return {"prompt_number": None if new is None else encode(new, self.style, 5)}
        if key == "outputs" and new == [] and "outputs" in old:
            return {"outputs": b"[]"}
        return None

    def _rewrite_source(self, old: dict[str, Raw], new: str) -> dict[str, bytes | None]:
        from nbvc.notebook.rewrite import rewrite_text, rewrite_value

        kind = decode(old["cell_type"]) if "cell_type" in old else ""
        fallback = "input" if kind == "code" else "source"
        names = ("input", "code", "source", "text")
        name = next((name for name in names if name in old), fallback)
        edits: dict[str, bytes | None] = {}
        if "level" in old or kind == "heading":
            hashes, _, new = new.partition(" ")
            if "level" in old or len(hashes) > 1:
                edits["level"] = b"%d" % len(hashes)
        text = bytes(old.get(name, b'""'))
        if _has_line_ends(decode(text)):
            said = rewrite_text(text, new, self.style, 5)
        else:
            said = rewrite_value(text, new.split("\n"), self.style, 5)
        if _join(decode(said)) != new:
            said = rewrite_value(text, _split_at_newlines(new), self.style, 5)
        edits[name] = said
        return edits


def view(
    text: bytes, top: dict[str, Raw], style: Style | None
) -> tuple[dict[str, Raw], list[Cell], FileText]:
    """Return the top-level members (without cells) and the cells of an old notebook in format 4.

    Raises `NotebookError` if worksheets or cells aren't what the old formats have.
    """
    metadata = decode(top["metadata"]) if "metadata" in top else {}
    if type(metadata) is not dict:
        raise NotebookError("the notebook's metadata is not an object")
    metadata = {key: value for key, value in metadata.items() if key not in ("name", "signature")}
    dropped = ("worksheets", "cells", "metadata", "orig_nbformat", "orig_nbformat_minor")
    fields = {key: raw for key, raw in top.items() if key not in dropped}
    fields["metadata"] = _encode_raw(metadata)
    fields["nbformat"], fields["nbformat_minor"] = Raw(b"4"), Raw(b"%d" % MINOR)
    sheets = _list_sheets(top)
    file = FileText(text, sheets, style)
    old = [cell for sheet in sheets for cell in split_objects(sheet)]
    spelled: dict[tuple[bytes, bytes], Raw] = {}
    cells: list[Cell] = [
        LegacyCell(_rename_members(cell, spelled), file, index, old=cell)
        for index, cell in enumerate(old)
    ]
    return fields, cells, file


def _list_sheets(top: dict[str, Raw]) -> list[Raw]:
    """Return the text of each list of cells: one for a worksheet, or format 1's only one."""
    if "worksheets" not in top:
        return [top["cells"]] if "cells" in top else []
    sheets = [split_object(sheet) for sheet in split_array(top["worksheets"])]
    return [sheet["cells"] for sheet in sheets if "cells" in sheet]


def splice(
    text: bytes, cells: Sequence[Cell], places: Sequence[int | None], style: Style
) -> bytes | None:
    """Return the old file with these cells in place of its own, or None if that can't be said.

    It can be said when all are in the old format. `places` are the cells of the file that they are or
    become, None for a new one, which goes into the worksheet of the cell before it. Into a file
    of format 1, which has no worksheets, none is put.
    """
    if not all(isinstance(cell, LegacyCell) for cell in cells):
        return None
    top = split_object(text)
    sizes = [len(split_array(sheet)) for sheet in _list_sheets(top)]
    if "worksheets" not in top:
        if None in places or "cells" not in top:
            return None
        rest = [(cell.text, place) for cell, place in zip(cells, places, strict=True)]
        return edit_object(
            text, {"cells": edit_array(bytes(top["cells"]), rest, style, 1)}, style, 0
        )
    if not sizes:
        return None
    shares = _share_out(cells, places, sizes, style)
    sheets: list[Piece] = []
    for number, sheet in enumerate(split_array(top["worksheets"])):
        new_sheet, old = bytes(sheet), split_object(sheet).get("cells")
        if old is not None:
            inner = edit_array(bytes(old), shares.pop(0), style, 3)
            new_sheet = edit_object(new_sheet, {"cells": inner}, style, 2)
        sheets.append((new_sheet, number))
    new = edit_array(bytes(top["worksheets"]), sheets, style, 1)
    return edit_object(text, {"worksheets": new}, style, 0)


def _share_out(
    cells: Sequence[Cell], places: Sequence[int | None], sizes: list[int], style: Style
) -> list[list[Piece]]:
    """Return the cells of each worksheet, in order, with their places in it."""
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    shares: list[list[Piece]] = [[] for _ in sizes]
    current = 0
    for cell, place in zip(cells, places, strict=True):
        home = current
        if place is not None:
            home = max(number for number, start in enumerate(starts) if start <= place)
            current = max(current, home)
        inside = None if place is None or home != current else place - starts[home]
        text = cell.text if cell.style == style else indent_json(cell.text, style, 4)
        shares[current].append((text, inside))
    return shares


def _read_member(cell: Cell, key: str) -> Any:
    return cell.source if key == "source" else cell.value(key)


def _encode_raw(value: Any) -> Raw:
    return Raw(encode(value, JUPYTER.style, 0))


def _has_line_ends(lines: Any) -> bool:
    """Return whether a list of lines has its line ends; the earliest writers left them out."""
    if type(lines) is not list or not lines or type(lines[0]) is not str:
        return True
    return lines[0].endswith(("\n", "\r"))


def _split_at_newlines(text: str) -> list[str]:
    """Return the lines of a text so that the first one shows that the line ends were kept.

    `str.splitlines` ends lines at U+2028 and others, too. Readers of the old formats do not take these
    for line ends.
    """
    *lines, last = text.split("\n")
    return [*(f"{line}\n" for line in lines), *([last] if last else [])]


def _join(value: Any) -> Any:
    if type(value) is list and all(type(line) is str for line in value):
        return ("" if _has_line_ends(value) else "\n").join(value)
    return value


_EMPTY = {
    "source": Raw(b'""'),
    "metadata": Raw(b"{}"),
    "outputs": Raw(b"[]"),
    "execution_count": Raw(b"null"),
}


_CODE = Raw(b'"code"')
_HEADING = Raw(b'"heading"')
_SAME = (Raw(b'"markdown"'), Raw(b'"raw"'))


_OF_CODE = {"input": "source", "code": "source", "prompt_number": "execution_count"}
_OF_TEXT = {"text": "source"}


def _rename_members(old: dict[str, Raw], spelled: dict[tuple[bytes, bytes], Raw]) -> dict[str, Raw]:
    """Give the members of an old cell the names of format 4, and add those it must have.

    `spelled` keeps metadata that are the same in most cells.
    """
    kind = old.get("cell_type", _CODE)
    if kind in _SAME and "source" in old and "metadata" in old:
        return old
    code = kind == _CODE
    names = _OF_CODE if code else _OF_TEXT
    hidden = ("language", "collapsed") if code else ("level",) if kind == _HEADING else ()
    fields = {names.get(key, key): raw for key, raw in old.items() if key not in hidden}
    fields["cell_type"] = kind if code else _translate_kind(kind)
    for key in ("source", "metadata", "outputs", "execution_count")[: None if code else 2]:
        fields.setdefault(key, _EMPTY[key])
    # Members that are compared by their text must hold all that format 4 has in them.
    if kind == _HEADING:
        fields["source"] = _encode_raw(_make_heading(old, decode(fields["source"])))
    if code and "collapsed" in old:
        known = bytes(fields["metadata"]), bytes(old["collapsed"])
        if known not in spelled:
            spelled[known] = _with_collapsed(*known)
        fields["metadata"] = spelled[known]
    return fields


def _translate_kind(kind: Raw) -> Raw:
    old = decode(kind)
    new = _TYPES.get(old) if type(old) is str else None
    return _encode_raw(new) if new else kind


def _with_collapsed(metadata: bytes, collapsed: bytes) -> Raw:
    """Return the metadata of a code cell with what the old formats have beside them."""
    found = decode(metadata)
    if type(found) is not dict:
        return Raw(metadata)
    return _encode_raw({**found, "collapsed": decode(collapsed)})


def _make_heading(old: dict[str, Raw], title: Any) -> str:
    level = decode(old["level"]) if "level" in old else 1
    hashes = "#" * min(level, 1000) if type(level) is int else "#"
    return f"{hashes} {' '.join(str(_join(title)).splitlines())}"


def _translate_output(old: Any) -> Any:
    """Translate one output's JSON to format 4."""
    if type(old) is not dict:
        return old
    new = {key: _join(value) if key != "traceback" else value for key, value in old.items()}
    kind = old.get("output_type")
    if kind in ("pyout", "display_data"):
        new.setdefault("metadata", {})
        if kind == "pyout":
            new["output_type"] = "execute_result"
            new["execution_count"] = new.pop("prompt_number", None)
        data = {_MIME.get(key, key): new.pop(key) for key in list(new) if key not in _OUTPUT_KEYS}
        new["data"] = _parse_json(data)
        if type(new["metadata"]) is dict:
            new["metadata"] = {_MIME.get(key, key): v for key, v in new["metadata"].items()}
    elif kind == "pyerr":
        new["output_type"] = "error"
    elif kind == "stream":
        new["name"] = new.pop("stream", "stdout")
    return new


def _parse_json(data: dict[str, Any]) -> dict[str, Any]:
    text = data.get("application/json")
    if type(text) is str:
        try:
            data["application/json"] = decode(text.encode())
        except NotebookError:
            pass
    return data
