"""One cell, as a view into the text of its file."""

from __future__ import annotations

from typing import Any

import msgspec

from nbvc.errors import NotebookError
from nbvc.notebook import multiline
from nbvc.notebook.jsontext import Raw, decode, split_object
from nbvc.notebook.style import JUPYTER, FileText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.notebook.style import Style

_KNOWN = frozenset(
    ("cell_type", "source", "outputs", "metadata", "execution_count", "id", "attachments")
)
_KINDS = {f'"{kind}"'.encode(): kind for kind in ("code", "markdown", "raw")}
"""The common types as they are written, which need no decoding."""


class Absent:
    """The type of `ABSENT`."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the name it is used by."""
        return "ABSENT"


ABSENT = Absent()
"""Given as a new value it takes the key away."""


class Cell(msgspec.Struct, gc=False, eq=False, repr_omit_defaults=True):
    """An immutable cell; its parts are decoded when asked for and must not be changed in place.

    `fields` are its members, each as JSON text. It is at `index` in `file`, or is new there (-1).
    (A struct that Python's garbage collector need not look at: thousands are made at a time.)
    """

    fields: dict[str, Raw]
    file: FileText
    index: int = -1
    _text: bytes | None = None
    _kind: str | None = None
    _source: str | None = None
    _outputs: list[dict[str, Any]] | None = None

    @classmethod
    def from_text(cls, text: bytes, file: FileText = JUPYTER) -> Cell:
        """View a JSON object that is written as `file` is."""
        return cls(split_object(text), file, _text=text)

    @property
    def text(self) -> bytes:
        """The cell's JSON as it is in its file."""
        text = self._text
        if text is None:
            text = self._text = bytes(self.file.cell(self.index))
        return text

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Cell:
        """Make a cell from its nbformat 4 JSON (multi-line text as strings or as lists).

        Raises `NotebookError` if `value` is not a cell.
        """
        from nbvc.notebook.jsonedit import encode

        if not isinstance(value, dict):
            raise NotebookError("a cell is a dict")
        try:
            joined = multiline.join_cell(_copy_value(value))
        except RecursionError:
            raise NotebookError("a cell holds itself, or is nested too deep") from None
        return cls.from_text(encode(multiline.split_cell(joined), JUPYTER.style, 2))

    @property
    def style(self) -> Style:
        """How the cell's file is written."""
        return self.file.style

    def value(self, key: str, default: Any = None) -> Any:
        """Return a member decoded, as it is on disk (text not joined)."""
        raw = self.fields.get(key)
        if raw is None:
            return default
        try:
            return decode(raw)
        except NotebookError as error:
            error.where = error.where or self.file.locate(self.index) or None
            raise

    @property
    def cell_type(self) -> str:
        """`code`, `markdown`, `raw` or what else the file says."""
        kind = self._kind
        if kind is None:
            kind = _KINDS.get(bytes(self.fields.get("cell_type", b'""')))
            if kind is None:
                found = self.value("cell_type", "")
                kind = found if type(found) is str else repr(found)
            self._kind = kind
        return kind

    @property
    def source(self) -> str:
        """The source as one string.

        Raises `NotebookError` if it is neither a string nor a list of strings.
        """
        source = self._source
        if source is None:
            found = multiline.join(self.value("source", ""))
            if type(found) is not str:
                where = self.file.locate(self.index) or None
                raise NotebookError("the source is neither text nor a list of lines", where=where)
            source = self._source = found
        return source

    @property
    def id(self) -> str | None:
        """The cell id of format 4.5, if there is one."""
        found = self.value("id")
        return found if type(found) is str else None

    @property
    def outputs(self) -> list[dict[str, Any]]:
        """The outputs with their text joined; empty if there are none."""
        outputs = self._outputs
        if outputs is None:
            found = self.value("outputs", [])
            multiline.join_outputs(found)
            outputs = self._outputs = found if type(found) is list else [found]
        return outputs

    @property
    def metadata(self) -> dict[str, Any]:
        """The cell's metadata; empty if there is none."""
        found = self.value("metadata", {})
        return found if type(found) is dict else {}

    @property
    def execution_count(self) -> int | None:
        """The count of a code cell that has run."""
        found = self.value("execution_count")
        return found if type(found) is int else None

    @property
    def attachments(self) -> dict[str, Any]:
        """Attachments by file name; empty if there are none."""
        found = self.value("attachments", {})
        multiline.join_attachments(found)
        return found if type(found) is dict else {}

    @property
    def extra(self) -> dict[str, Any]:
        """The members that the notebook format doesn't know."""
        return {key: self.value(key) for key in self.fields if key not in _KNOWN}

    def to_dict(self, members: Iterable[str] | None = None) -> dict[str, Any]:
        """Return the cell, or these members, as nbformat 4 JSON, text joined; it may be changed."""
        keys = self.fields if members is None else members
        return multiline.join_cell({key: self.value(key) for key in keys})

    def replace(self, **changes: Any) -> Cell:
        """Return a cell with these members changed (memory form), added, or with `ABSENT` dropped.

        The text of everything else stays as it was, byte for byte.
        Raises `RewriteRefusedError` if a key of the cell appears twice.
        """
        from nbvc.notebook.jsonedit import edit_object, encode
        from nbvc.notebook.rewrite import CELL_REWRITERS, new_cell_value, rewrite_value

        style = self.style
        edits: dict[str, bytes | None] = {}
        for key, new in changes.items():
            old = self.fields.get(key)
            if new is ABSENT:
                if old is not None:
                    edits[key] = None
            elif old is None:
                edits[key] = encode(new_cell_value(key, new, style), style, 3)
            else:
                text = bytes(old)
                rewritten = CELL_REWRITERS.get(key, rewrite_value)(text, new, style, 3)
                if rewritten is not text:
                    edits[key] = rewritten
        if not edits:
            return self
        return Cell.from_text(edit_object(self.text, edits, style, 2), self.file)

    def __eq__(self, other: object) -> bool:
        """Return whether both have the same content, whatever their files' style."""
        if not isinstance(other, Cell):
            return NotImplemented
        from nbvc.notebook.jsontext import are_identical

        return self.text == other.text or are_identical(self.to_dict(), other.to_dict())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Return the type and the first line."""
        return f"<Cell {self.cell_type} {self.source[:40]!r}>"


def _copy_value(value: Any) -> Any:
    """Return a deep copy of a JSON value. Raises `NotebookError` for a key that is not text."""
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise NotebookError("a notebook can hold nothing but JSON: keys are text")
        return {key: _copy_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_copy_value(item) for item in value]
    return value
