"""A notebook: the bytes of its file and a view into them."""

from __future__ import annotations

from nbvc.errors import NotebookError
from nbvc.notebook import multiline
from nbvc.notebook.cell import ABSENT, Cell
from nbvc.notebook.jsontext import Raw, are_identical, decode, split_object
from nbvc.notebook.parsing import parse
from nbvc.notebook.style import JUPYTER, FileText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbformat import NotebookNode

    from nbvc.notebook.style import Style

BOM = b"\xef\xbb\xbf"


class Notebook:
    """An immutable notebook in memory.

    `text` is the JSON of its file without byte order mark. A file in format 1 to 3 keeps its own
    text, while `cells` and everything else speak format 4; `file_format` has the file's own version.
    """

    __slots__ = ("_file", "bom", "cells", "fields", "file_format", "name", "text")

    def __init__(
        self,
        text: bytes,
        fields: dict[str, Raw],
        cells: Sequence[Cell],
        *,
        name: str = "",
        bom: bool = False,
        file: FileText | None = None,
        file_format: tuple[int, int] | None = None,
    ) -> None:
        """Put a notebook together from parts that belong together; `read` and `from_dict` do that.

        `fields` are the top-level members but the cells, as format 4 has them, as JSON text.
        """
        self.text = text
        self.fields = fields
        self.cells: tuple[Cell, ...] = tuple(cells)
        self.name = name
        self.bom = bom
        self._file = file or FileText(text)
        self._file.name = name
        self.file_format = file_format or (self.nbformat, self.nbformat_minor)

    @property
    def style(self) -> Style:
        """How the file is written."""
        return self._file.style

    @property
    def metadata(self) -> dict[str, Any]:
        """The notebook's metadata (not to be changed in place)."""
        found = self.value("metadata", {})
        return found if type(found) is dict else {}

    @property
    def nbformat(self) -> int:
        """The major format of this model: always 4, also for an upgraded file."""
        return int(self.value("nbformat", 4))

    @property
    def nbformat_minor(self) -> int:
        """The minor format, 0 if the file has none."""
        found = self.value("nbformat_minor", 0)
        return found if type(found) is int else 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a user should know about the file, such as keys that are twice (scans the file)."""
        from nbvc.notebook.duplicates import duplicate_keys

        return tuple(
            f"{place}: the key {key!r} appears twice; nbvc uses the last and does not rewrite the file"
            for place, key in duplicate_keys(self.text)
        )

    def problems(self) -> tuple[str, ...]:
        """Return what the format's schema does not allow, by nbformat, a line for each.

        A line is the place, such as `cells.3.outputs.0`, and what is wrong there; valid: no line.
        """
        from nbvc.notebook.validity import find_problems

        return tuple(map(str, find_problems(self)))

    def value(self, key: str, default: Any = None) -> Any:
        """Return a top-level member decoded, as it is on disk."""
        raw = self.fields.get(key)
        return default if raw is None else decode(raw)

    def to_bytes(self) -> bytes:
        """Return the file: the very bytes it was read from if nothing was changed."""
        return BOM + self.text if self.bom else self.text

    def to_dict(self) -> dict[str, Any]:
        """Return plain nbformat 4 JSON, multi-line text as strings; a copy that may be changed."""
        if self.file_format[0] == 4:
            value: dict[str, Any] = decode(self.text)
            for cell in value["cells"]:
                multiline.join_cell(cell)
            return value
        top = {key: decode(raw) for key, raw in self.fields.items()}
        return {"cells": [cell.to_dict() for cell in self.cells], **top}

    def to_node(self) -> NotebookNode:
        """Return nbformat's own object for a notebook, a copy that may be changed."""
        from nbformat import from_dict

        node: NotebookNode = from_dict(self.to_dict())
        return node

    @classmethod
    def from_bytes(cls, content: bytes, name: str = "") -> Notebook:
        """Read a notebook of any format from the content of its file. Raises `NotebookError`."""
        bom = content.startswith(BOM)
        try:
            return cls.parse(content[len(BOM) :] if bom else content, name, bom=bom)
        except RecursionError:
            raise NotebookError("JSON is nested too deeply", where=name or None) from None
        except NotebookError as error:
            error.where = error.where or name or None
            raise

    @classmethod
    def parse(
        cls, text: bytes, name: str = "", *, bom: bool = False, style: Style | None = None
    ) -> Notebook:
        """Read a notebook from its JSON text (without byte order mark).

        Raises `NotebookError` without the place, which `from_bytes` adds.
        """
        parts = parse(text, style)
        return cls(text, parts.fields, parts.cells, name=name, bom=bom,
                   file=parts.file, file_format=parts.file_format)  # fmt: skip

    @classmethod
    def empty(cls, minor: int = 5, *, name: str = "") -> Notebook:
        """Return the notebook without cells that stands for a file that does not exist."""
        members = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": minor}
        return cls.from_dict(members, name=name)

    @classmethod
    def from_dict(cls, value: dict[str, Any], *, name: str = "") -> Notebook:
        """Make a notebook from nbformat 4 JSON, a plain dict or nbformat's `NotebookNode`.

        It is written as Jupyter writes. Raises `NotebookError` if `value` is not a notebook.
        """
        from nbvc.notebook.jsonedit import encode

        members: object = value
        given = members.get("cells", []) if isinstance(members, dict) else None
        if not isinstance(given, (list, tuple)):
            raise NotebookError("a notebook is a dict whose cells are a list", where=name or None)
        cells = [multiline.split_cell(Cell.from_dict(cell).to_dict()) for cell in given]
        text = encode({**value, "cells": cells}, JUPYTER.style, 0)
        return cls.from_bytes(text + b"\n", name)

    def with_cells(self, cells: Sequence[Cell]) -> Notebook:
        """Return this notebook with other cells.

        Cells of this notebook keep their text; cells of another one are laid out in this style,
        and their scalars are not re-encoded.
        """
        from nbvc.notebook import legacy
        from nbvc.notebook.jsonedit import edit_array

        own = {id(cell): index for index, cell in enumerate(self.cells)}
        kept = [own.get(id(cell)) for cell in cells]
        places = _place_new(kept, len(own))
        if self.file_format[0] != 4:
            old = legacy.splice(self.text, cells, places, self.style)
            return self._reread(old) if old else self._upgrade_format().with_cells(cells)
        texts = [
            self._adopt(cell) if index is None else cell.text
            for cell, index in zip(cells, kept, strict=True)
        ]
        pieces = list(zip(texts, places, strict=True))
        new = edit_array(bytes(split_object(self.text)["cells"]), pieces, self.style, 1)
        return self._edit_fields({"cells": new})

    def _adopt(self, cell: Cell) -> bytes:
        from nbvc.notebook.jsonedit import indent_json
        from nbvc.notebook.legacy import LegacyCell

        if isinstance(cell, LegacyCell):
            cell = Cell.from_dict(cell.to_dict())
        if cell.style == self.style:
            return cell.text
        return indent_json(cell.text, self.style, 2)

    def replace(self, **changes: Any) -> Notebook:
        """Return this notebook with top-level members changed, added, or with `ABSENT` dropped.

        The text of everything else stays as it was, byte for byte.
        """
        from nbvc.notebook.jsonedit import encode
        from nbvc.notebook.rewrite import rewrite_value

        if self.file_format[0] != 4:
            return self._upgrade_format().replace(**changes) if changes else self
        edits: dict[str, bytes | None] = {}
        for key, new in changes.items():
            old = self.fields.get(key)
            if new is ABSENT:
                if old is not None:
                    edits[key] = None
            elif old is None:
                edits[key] = encode(new, self.style, 1)
            elif not are_identical(decode(old), new):
                edits[key] = rewrite_value(bytes(old), new, self.style, 1)
        return self._edit_fields(edits) if edits else self

    def edit_cell(self, index: int, **changes: Any) -> Notebook:
        """Return this notebook with members of one cell changed; see `Cell.replace`."""
        cells = list(self.cells)
        cells[index] = cells[index].replace(**changes)
        return self.with_cells(cells)

    def edit_source(self, index: int, source: str) -> Notebook:
        """Return this notebook with another source in one cell; only its changed lines are rewritten."""
        return self.edit_cell(index, source=source)

    def _upgrade_format(self) -> Notebook:
        """Return this old notebook as one of format 4 on disk, too."""
        return Notebook.from_dict(self.to_dict(), name=self.name)

    def _edit_fields(self, edits: dict[str, bytes | None]) -> Notebook:
        from nbvc.notebook.jsonedit import edit_object

        return self._reread(edit_object(self.text, edits, self.style, 0))

    def _reread(self, text: bytes) -> Notebook:
        return Notebook.parse(text, self.name, bom=self.bom, style=self.style)

    def __eq__(self, other: object) -> bool:
        """Return whether both have the same content, with exact types and numbers, in any style."""
        if not isinstance(other, Notebook):
            return NotImplemented
        return self.text == other.text or are_identical(self.to_dict(), other.to_dict())

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Return the name and the number of cells."""
        return f"<Notebook {self.name or 'unnamed'}: {len(self.cells)} cells>"


def _place_new(kept: list[int | None], old: int) -> list[int | None]:
    """Take a cell that is new for a change of the old one after its neighbor, where that is gone."""
    used = {index for index in kept if index is not None}
    places: list[int | None] = []
    last = -1
    for index in kept:
        place = index
        if place is None and last + 1 < old and last + 1 not in used:
            place = last + 1
            used.add(place)
        places.append(place)
        last = last if place is None else place
    return places
