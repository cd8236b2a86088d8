"""Notebooks as their histories need them: every cell once, by digests, its outputs left out.

version 1   cells 0 1 2 3
version 2   cells 0 1 4 3      cell 2 was edited: one new record
version 3   cells 0 3 4        two changed places, no new record

Two records show whether two cells differ in a way that counts, as `nbvc.diff` decides, and are
enough to find out which cell became which.
"""

from __future__ import annotations

import msgspec

from nbvc.errors import NotebookError
from nbvc.normalising.metadata import MetadataPolicy
from nbvc.normalising.noise import find_identities, read_language
from nbvc.notebook.cell import Cell
from nbvc.notebook.jsontext import item_key
from nbvc.notebook.style import JUPYTER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from nbvc.notebook import Notebook
    from nbvc.notebook.jsontext import Raw

_NOISE = MetadataPolicy()
_BRIEF = 64
"""A source of so few bytes is its own key: a blank one must be told as such."""
_SIZE = 16
"""Bytes of a digest: enough for no two of any history to be equal by chance."""


class CellRecord(msgspec.Struct, array_like=True, gc=False):
    """What is kept of one cell.

    `exact` is a digest of everything, `text` stands for the text of the source, `shown` for that of
    the outputs. `outputs` and `rest` (metadata, attachments, unknown members) are digests of what
    counts in a diff, empty if there is nothing. `id` is None without one. `called` is metadata
    with the ids that tools keep there and nothing else, as JSON.
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
    called: bytes

    def as_cell(self) -> Cell:
        """Return a cell that pairs with others just as the whole one does."""
        fields: dict[str, Any] = {
            "cell_type": self.kind.encode(errors="surrogatepass"),
            "source": self.text,
            "metadata": self.called,
            "": self.exact,
        }
        if self.has_id:
            fields["id"] = self.id
        if self.shown is not None:
            fields["outputs"] = self.shown
        return _Outline(fields, JUPYTER, -1, None, self.kind, self.source)


class _Outline(Cell, gc=False, eq=False):
    """A cell with just enough in it to be paired."""

    @property
    def id(self) -> str | None:
        """The cell id of format 4.5, if there is one."""
        found: Any = self.fields.get("id")
        return found if type(found) is str else None


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
    """All records of one history, each once; `added` is whether there are new ones."""

    def __init__(self, records: list[CellRecord] | None = None) -> None:
        self.records: list[CellRecord] = records or []
        self.added = False
        self._numbers = {record.exact: number for number, record in enumerate(self.records)}
        self._cells: dict[int, Cell] = {}
        self._last: tuple[Sequence[Cell], list[int]] = ((), [])
        self._abouts: dict[bytes, tuple[bytes, str]] = {}
        self._outputs: dict[bytes, bytes] = {}
        self._names: dict[int, tuple[list[int], bool]] = {}
        self._digest = _make_digester()
        self._language = "python"

    def cell(self, number: int) -> Cell:
        """Return a record as a cell to be paired."""
        cell = self._cells.get(number)
        if cell is None:
            cell = self._cells[number] = self.records[number].as_cell()
        return cell

    @property
    def last(self) -> Sequence[Cell]:
        """The cells of the notebook that was read last."""
        return self._last[0]

    def has_names(self, numbers: list[int]) -> bool:
        """Return whether the cells have no ids, or such as are different for every cell."""
        key = id(numbers)
        found = self._names.get(key)
        if found is None or found[0] is not numbers:
            ids = [self.records[number].id for number in numbers]
            named = [one for one in ids if one is not None]
            distinct = len(set(named)) == len(named)
            counted = bool(ids) and all(one == str(at) for at, one in enumerate(ids))
            found = self._names[key] = (numbers, distinct and not counted)
        return found[1]

    def snapshot(self, content: bytes) -> Snapshot:
        """Read a notebook into records; what can't be read gives a snapshot that says why."""
        from nbvc.notebook import read

        try:
            return self._take_cells(read(content))
        except (NotebookError, RecursionError) as error:
            self._last = (), []
            return Snapshot([], problem=str(error) or "it is nested too deeply")

    def _take_cells(self, notebook: Notebook) -> Snapshot:
        """Take most cells from the notebook before, where they are byte for byte, too."""
        self._language = read_language(notebook.metadata)
        cells, (olds, numbers) = notebook.cells, self._last
        head, tail = _same_ends(olds, cells)
        middle = range(head, len(cells) - tail)
        near: dict[tuple[int, int, int], list[tuple[Cell, int]]] = {}
        for cell, number in zip(
            olds[head : len(olds) - tail], numbers[head : len(olds) - tail], strict=True
        ):
            near.setdefault(_find_shape(cell), []).append((cell, number))
        found = [self._find_record(cells[index], near) for index in middle]
        found = [*numbers[:head], *found, *numbers[len(olds) - tail :]]
        self._last = cells, found
        self.added = True
        metadata, language = self._digest_notebook(notebook)
        return Snapshot(found, metadata, _digest_noise(notebook, self._digest), "", language)

    def _find_record(
        self, cell: Cell, near: dict[tuple[int, int, int], list[tuple[Cell, int]]]
    ) -> int:
        """Return the number of a cell's record: it may have moved, or be new."""
        fields = cell.fields
        for other, number in near.get(_find_shape(cell), ()):
            if other.fields == fields and type(other) is type(cell):
                return number
        outputs = fields.get("outputs")
        shown = None if outputs is None else self._digest_outputs(outputs)
        # Outputs are most of a notebook: they are digested once.
        parts = fields if shown is None else {**fields, "outputs": shown}
        exact = self._digest([type(cell).__name__.encode(), *_spell_fields(parts)])
        known = self._numbers.get(exact)
        if known is None:
            known = self._numbers[exact] = len(self.records)
            self.records.append(self._make_record(cell, exact, shown))
        return known

    def _make_record(self, cell: Cell, exact: bytes, shown: bytes | None) -> CellRecord:
        fields, source = cell.fields, cell.source
        written = bytes(fields.get("source", b""))
        text = written if len(written) < _BRIEF or not source.strip() else self._digest([written])
        return CellRecord(
            *(exact, cell.cell_type, cell.id, "id" in fields, source, text, shown),
            b"" if shown is None or len(shown) == 2 else self._digest_meant(cell, shown),
            self._digest_rest(cell),
            _keep_identities(cell.metadata),
        )

    def _digest_outputs(self, outputs: Raw) -> bytes:
        text = bytes(outputs)
        return text if len(text) <= 2 else self._digest([text])

    def _digest_meant(self, cell: Cell, shown: bytes) -> bytes:
        """Return the digest of a cell's outputs without noise, empty if there are none."""
        found = self._outputs.get(shown)
        if found is None:
            outputs = [_NOISE.find_meant_output(output) for output in cell.outputs]
            found = self._outputs[shown] = self._value_digest(outputs) if outputs else b""
        return found

    def _digest_rest(self, cell: Cell) -> bytes:
        """Return the digest of what else counts: metadata without noise, attachments, odd members."""
        metadata = _NOISE.find_meant_cell(cell.metadata, self._language)
        attachments, extra = cell.attachments, cell.extra
        if not metadata and not attachments and not extra:
            return b""
        return self._value_digest([metadata, attachments, extra])

    def _digest_notebook(self, notebook: Notebook) -> tuple[bytes, str]:
        """Return the digest of what counts of the metadata, and the language."""
        text = bytes(notebook.fields.get("metadata", b""))
        found = self._abouts.get(text)
        if found is None:
            metadata = _NOISE.find_meant_notebook(notebook.metadata)
            found = self._abouts[text] = self._value_digest(metadata), _find_language(notebook)
        return found

    def _value_digest(self, value: Any) -> bytes:
        key = item_key(value)
        if type(key) is bytes:
            return self._digest([key])
        text = key if type(key) is str else key[1]
        return self._digest([b"text", text.encode(errors="surrogatepass")])


def _keep_identities(metadata: dict[str, Any]) -> bytes:
    """Return metadata with nothing but the ids that tools keep in it, as JSON."""
    kept: dict[str, Any] = {}
    for first, *rest in find_identities():
        value = metadata.get(first)
        if rest:
            inner = value.get(rest[0]) if type(value) is dict else None
            if type(inner) is str:
                kept[first] = {rest[0]: inner}
        elif type(value) is str:
            kept[first] = value
    if not kept:
        return b"{}"
    from json import dumps

    return dumps(kept).encode()  # msgspec refuses lone surrogates


def _make_digester() -> Callable[[list[Any]], bytes]:
    from hashlib import blake2b

    def digest(pieces: list[Any]) -> bytes:
        # No piece of JSON holds a NUL.
        return blake2b(b"\0".join(pieces), digest_size=_SIZE).digest()

    return digest


def _spell_fields(fields: Mapping[str, Raw | bytes]) -> list[Any]:
    """Return keys and values in turn."""
    return [part for key, raw in fields.items() for part in (msgspec.json.encode(key), raw)]


def _digest_noise(notebook: Notebook, digest: Callable[[list[Any]], bytes]) -> bytes:
    return digest(_spell_fields(notebook.fields))


def _same_ends(olds: Sequence[Cell], news: Sequence[Cell]) -> tuple[int, int]:
    """Return how many cells at the start, and how many at the end, are the same byte for byte."""
    least = min(len(olds), len(news))
    if not least or type(olds[0]) is not type(news[0]):
        return 0, 0
    head = 0
    while head < least and olds[head].fields == news[head].fields:
        head += 1
    tail = 0
    while tail < least - head and olds[-1 - tail].fields == news[-1 - tail].fields:
        tail += 1
    return head, tail


def _find_shape(cell: Cell) -> tuple[int, int, int]:
    """Return what two equal cells have in common, for a first guess."""
    fields = cell.fields
    source, outputs = fields.get("source"), fields.get("outputs")
    return (
        len(fields),
        0 if source is None else len(memoryview(source)),
        0 if outputs is None else len(memoryview(outputs)),
    )


def _find_language(notebook: Notebook) -> str:
    """Return the language that the notebook's code is in."""
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        about = notebook.metadata.get(key)
        found = about.get(name) if type(about) is dict else None
        if type(found) is str:
            return found
    return "python"
