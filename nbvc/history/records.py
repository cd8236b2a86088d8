"""Notebooks as their histories need them: every cell once, by digests, its outputs left out.

version 1   cells 0 1 2 3
version 2   cells 0 1 4 3      cell 2 was edited: one new record
version 3   cells 0 3 4        two changed places, no new record

Two records tell whether two cells differ in a way that counts, as `nbvc.diff` tells it, and are
enough to find out which cell became which.
"""

from __future__ import annotations

import msgspec

from nbvc.errors import NotebookError
from nbvc.normalise import IGNORED, Level
from nbvc.notebook.cell import Cell
from nbvc.notebook.jsontext import item_key
from nbvc.notebook.style import JUPYTER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from nbvc.notebook import Notebook
    from nbvc.notebook.jsontext import Raw

_BRIEF = 64
"""A source of so few bytes is its own key: a blank one must be told as such."""
_SIZE = 16
"""Bytes of a digest: enough for no two of any history to be equal by chance."""


class Record(msgspec.Struct, array_like=True, gc=False):
    """What is kept of one cell.

    `exact` is a digest of everything, `text` stands for the text of the source, `shown` for that of
    the outputs. `outputs` and `rest` (metadata, attachments, unknown members) are digests of what
    counts in a diff, empty where there is nothing. `id` is None without one.
    """

    exact: bytes
    kind: str
    id: str | None
    has_id: bool
    source: str
    text: bytes
    shown: bytes | None
    outputs: bytes
    rest: bytes

    def as_cell(self) -> Cell:
        """Return a cell that pairs with others just as the whole one does."""
        fields: dict[str, Any] = {"cell_type": self.kind, "source": self.text, "": self.exact}
        if self.has_id:
            fields["id"] = msgspec.json.encode(self.id)
        if self.shown is not None:
            fields["outputs"] = self.shown
        return Cell(fields, JUPYTER, -1, None, self.kind, self.source)


class Snapshot(msgspec.Struct, array_like=True, gc=False):
    """One content of a notebook: the numbers of its cells' records, and what else counts in a diff.

    `metadata` and `noise` are digests of the notebook's own metadata. `problem` says why the content
    can't be read; then there are no cells.
    """

    cells: list[int]
    metadata: bytes = b""
    noise: bytes = b""
    problem: str = ""
    language: str = ""


class Records:
    """All records of one history, each once; `added` tells that there are new ones."""

    def __init__(self, records: list[Record] | None = None) -> None:
        self.records: list[Record] = records or []
        self.added = False
        self._numbers = {record.exact: number for number, record in enumerate(self.records)}
        self._cells: dict[int, Cell] = {}
        self._last: dict[tuple[int, int, int], list[tuple[Cell, int]]] = {}
        self._outputs: dict[bytes, bytes] = {}
        self._digest = _digester()

    def cell(self, number: int) -> Cell:
        """Return a record as a cell to be paired."""
        cell = self._cells.get(number)
        if cell is None:
            cell = self._cells[number] = self.records[number].as_cell()
        return cell

    def snapshot(self, content: bytes) -> Snapshot:
        """Read a notebook into records; what can't be read gives a snapshot that says why."""
        from nbvc.notebook import read

        try:
            return self._taken(read(content))
        except (NotebookError, RecursionError) as error:
            return Snapshot([], problem=str(error) or "it is nested too deeply")

    def _taken(self, notebook: Notebook) -> Snapshot:
        numbers = []
        near: dict[tuple[int, int, int], list[tuple[Cell, int]]] = {}
        for cell in notebook.cells:
            shape = _shape(cell)
            number = self._known(cell, shape)
            near.setdefault(shape, []).append((cell, number))
            numbers.append(number)
        self._last = near
        self.added = True
        return Snapshot(numbers, *self._about(notebook), "", _language(notebook))

    def _known(self, cell: Cell, shape: tuple[int, int, int]) -> int:
        """Return the number of a cell's record: most are those of the version before, byte for byte."""
        fields = cell.fields
        for other, number in self._last.get(shape, ()):
            if other.fields == fields and type(other) is type(cell):
                return number
        exact = self._digest([(key, fields[key]) for key in fields], type(cell).__name__)
        known = self._numbers.get(exact)
        if known is None:
            known = self._numbers[exact] = len(self.records)
            self.records.append(self._recorded(cell, exact))
        return known

    def _recorded(self, cell: Cell, exact: bytes) -> Record:
        fields, source = cell.fields, cell.source
        written, outputs = bytes(fields.get("source", b"")), fields.get("outputs")
        text = written if len(written) < _BRIEF or not source.strip() else self._digest([written])
        shown = None if outputs is None else self._shown(outputs)
        return Record(
            *(exact, cell.cell_type, cell.id, "id" in fields, source, text, shown),
            b"" if shown is None or len(shown) == 2 else self._meant(cell, shown),
            self._rest(cell),
        )

    def _shown(self, outputs: Raw) -> bytes:
        text = bytes(outputs)
        return text if len(text) <= 2 else self._digest([text])

    def _meant(self, cell: Cell, shown: bytes) -> bytes:
        """Return the digest of a cell's outputs without noise, empty where there are none."""
        found = self._outputs.get(shown)
        if found is None:
            outputs = [_without_noise(output) for output in cell.outputs]
            found = self._outputs[shown] = self._value_digest(outputs) if outputs else b""
        return found

    def _rest(self, cell: Cell) -> bytes:
        """Return the digest of what else counts: metadata without noise, attachments, odd members."""
        quiet = IGNORED[Level.CELL_METADATA]
        metadata = {key: value for key, value in cell.metadata.items() if key not in quiet}
        attachments, extra = cell.attachments, cell.extra
        if not metadata and not attachments and not extra:
            return b""
        return self._value_digest([metadata, attachments, extra])

    def _about(self, notebook: Notebook) -> tuple[bytes, bytes]:
        quiet = IGNORED[Level.NOTEBOOK_METADATA]
        metadata = {key: value for key, value in notebook.metadata.items() if key not in quiet}
        others = [(key, raw) for key, raw in sorted(notebook.fields.items())]
        return self._value_digest(metadata), self._digest(others)

    def _value_digest(self, value: Any) -> bytes:
        key = item_key(value)
        return self._digest([key if type(key) is bytes else repr(key).encode(errors="replace")])


def _digester() -> Callable[..., bytes]:
    from hashlib import blake2b

    def digest(pieces: Iterable[Any], start: str = "") -> bytes:
        found = blake2b(start.encode(), digest_size=_SIZE)
        for piece in pieces:
            if type(piece) is tuple:
                found.update(b"%d:" % len(piece[0]) + piece[0].encode(errors="surrogatepass"))
                piece = piece[1]  # noqa: PLW2901
            view = memoryview(piece)
            found.update(b"%d:" % len(view))
            found.update(view)
        return found.digest()

    return digest


def _shape(cell: Cell) -> tuple[int, int, int]:
    """Return what two equal cells have in common, for a first guess."""
    fields = cell.fields
    source, outputs = fields.get("source"), fields.get("outputs")
    return (
        len(fields),
        0 if source is None else len(memoryview(source)),
        0 if outputs is None else len(memoryview(outputs)),
    )


def _without_noise(output: Any) -> Any:
    """Return an output as a diff looks at it."""
    if type(output) is not dict:
        return output
    meant = {key: value for key, value in output.items() if key not in IGNORED[Level.OUTPUT]}
    metadata = meant.get("metadata")
    if type(metadata) is dict:
        quiet = IGNORED[Level.OUTPUT_METADATA]
        meant["metadata"] = {key: value for key, value in metadata.items() if key not in quiet}
    return meant


def _language(notebook: Notebook) -> str:
    """Return the language that the notebook's code is in."""
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        about = notebook.metadata.get(key)
        found = about.get(name) if type(about) is dict else None
        if type(found) is str:
            return found
    return "python"
