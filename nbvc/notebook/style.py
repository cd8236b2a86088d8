"""How a file is written: what must stay so that an edit changes only what it means to change."""

from __future__ import annotations

import re

import msgspec

from nbvc.notebook.jsontext import split_array, split_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.notebook.jsontext import Raw

_ESCAPED_LETTER = rb"\\u(?!00[01][0-9a-fA-F])[0-9a-fA-F]{4}"
_MOST_BACKSLASHES = 64
"""So many backslashes are counted, an even number: more say nothing else about a file's style."""
_FIRST_INDENT = rb"\A[ \t\r\n]*\{\r?\n([ \t]+)"


class Style(msgspec.Struct, frozen=True):
    """Indentation, line ends, separators and escapes of one JSON file."""

    indent: bytes = b" "
    newline: bytes = b"\n"
    separators: tuple[str, str] = (",", ": ")
    one_line: bool = False
    ascii: bool = False
    text_as_lines: bool = True
    """Whether multi-line text (sources, streams) is written as a list of lines."""

    def gaps(self, depth: int) -> tuple[bytes, bytes, bytes]:
        """Return the text after an opening bracket, between items, and before the closing bracket."""
        if self.one_line:
            return b"", self.separators[0].encode(), b""
        inner = self.newline + self.indent * (depth + 1)
        return inner, b"," + inner, self.newline + self.indent * depth


def detect(text: bytes) -> Style:
    """Return the style of a JSON file, by its first lines and its first source.

    A file of which nothing can be told gets what Jupyter writes: one space, `,` and `: `.
    """
    head = text[:4096].strip()
    one_line = b"\n" not in head and len(head) > 2
    found = re.match(_FIRST_INDENT, text)
    key_gap = re.search(rb'"\s*:([ \t]*)', head)
    item_gap = re.search(rb',( ?)"', head)
    separators = (
        ", " if one_line and item_gap and item_gap[1] else ",",
        ": " if key_gap is None or key_gap[1] else ":",
    )
    source = re.search(rb'"source"\s*:\s*(["\[])', text)
    return Style(
        indent=found[1] if found else (b"" if b"\n" in head else b" "),
        newline=b"\r\n" if b"\r\n" in head else b"\n",
        separators=separators,
        one_line=one_line,
        ascii=text.isascii() and _has_escaped_letter(text),
        text_as_lines=source is None or source[1] == b"[",
    )


def _has_escaped_letter(text: bytes) -> bool:
    """Return whether a letter is escaped that needs no escape, after an even number of backslashes."""
    for found in re.finditer(_ESCAPED_LETTER, text):
        before = text[max(0, found.start() - _MOST_BACKSLASHES) : found.start()]
        if (len(before) - len(before.rstrip(b"\\"))) % 2 == 0:
            return True
    return False


class FileText:
    """What the cells of one file share: its style and their texts, both found when asked for."""

    __slots__ = ("_arrays", "_style", "_text", "_texts", "name")

    def __init__(
        self, text: bytes, arrays: Sequence[Raw] | None = None, style: Style | None = None
    ) -> None:
        """Remember the file's text, and of an old one the text of every worksheet's cells."""
        self._text = text
        self._arrays = arrays
        self._texts: list[Raw] | None = None
        self._style = style
        self.name = ""

    def locate(self, index: int) -> str:
        """Return where a cell is, for an error: `analysis.ipynb: cell 4`."""
        cell = f"cell {index + 1}" if index >= 0 else ""
        return ": ".join(filter(None, (self.name, cell)))

    @property
    def style(self) -> Style:
        """How the file is written."""
        style = self._style
        if style is None:
            style = self._style = detect(self._text)
        return style

    def cell(self, index: int) -> Raw:
        """Return the JSON text of one cell."""
        texts = self._texts
        if texts is None:
            arrays = self._arrays or [split_object(self._text)["cells"]]
            texts = self._texts = [text for array in arrays for text in split_array(array)]
        return texts[index]


JUPYTER = FileText(b"", style=Style())
"""How Jupyter writes."""
