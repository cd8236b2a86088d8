"""In which versions a text was, in which cell, in the source or in an output."""

from __future__ import annotations

import enum
import time

import msgspec

from nbvc.errors import NotebookError
from nbvc.lazy import compile_lazily
from nbvc.versions.changing import blob_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from nbvc.notebook import Cell
    from nbvc.store.entries import Entry, OutputStore
    from nbvc.versions.model import Version
    from nbvc.versions.reading import Versions

_WIDE = 200
"""So many characters of a line are kept; an output may be one line of megabytes."""
_EMBEDDED = compile_lazily(r"(;base64,)[A-Za-z0-9+/=\\\s]{32,}")
"""A picture within HTML or markdown: letters in which any short text turns up somewhere."""
_SGR = compile_lazily(r"\x1b\[[0-9;:]*m")


class CellPart(enum.Enum):
    """Where in a cell a text is."""

    SOURCE = "source"
    OUTPUT = "output"


class Hit(msgspec.Struct, frozen=True):
    """A line with the text: in which cell (from 0), where in it, and the line."""

    cell: int
    place: CellPart
    line: str

    def to_dict(self) -> dict[str, object]:
        """Return what `nbvc search --format json` prints."""
        return {"cell": self.cell, "in": self.place.value, "text": self.line}


class Found(msgspec.Struct, frozen=True):
    """A version, the hits in it (the first one in each cell and place), and whether the text is new.

    `appeared`: the version before didn't have it; `gone`: only that one had it. `problem` says why
    the version cannot be read.
    """

    version: Version
    hits: tuple[Hit, ...]
    appeared: bool
    gone: bool
    problem: str = ""


def search(
    history: Versions,
    pattern: re.Pattern[str],
    places: frozenset[CellPart],
    cell: str | None = None,
) -> tuple[Found, ...]:
    """Return every version with what was found in it, newest first; most may have no hits."""
    from nbvc.versions.living import locate_cell

    located = None if cell is None else locate_cell(history, cell)
    versions = history.versions()
    blobs = {one.id: blob_of(history, one) for one in versions}
    history.read(blob for one in reversed(versions) if (blob := blobs[one.id]))
    hits = _Hits(history, pattern, places)
    found: list[Found] = []
    before: dict[str, bool] = {}
    last = False
    for one in reversed(versions):
        blob = blobs[one.id]
        here = hits.of(blob) if blob else ()
        if located is not None:
            here = tuple(hit for hit in here if hit.cell in located.get(blob or "", ()))
        known = [before[parent] for parent in one.parents if parent in before] or [last]
        problem = "" if blob is None else history.snapshot(blob).problem
        last = any(known) if problem else bool(here)
        before[one.id] = last
        gone = not last and any(known)
        found.append(Found(one, here, bool(here) and not any(known), gone, problem))
    return tuple(reversed(found))


class StoredFound(msgspec.Struct, frozen=True):
    """A state of the notebook in the output store, and the hits in its outputs.

    `seconds` count since 1970.
    """

    id: str
    seconds: int
    hits: tuple[Hit, ...]

    @property
    def time(self) -> str:
        """The moment in UTC, as ISO 8601 has it: 2024-05-06T07:08:09Z."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.seconds))

    def to_dict(self) -> dict[str, object]:
        """Return what `nbvc search --format json` prints."""
        return {"id": self.id, "time": self.time, "hits": [hit.to_dict() for hit in self.hits]}


def search_stored(
    store: OutputStore, names: Iterable[str], pattern: re.Pattern[str]
) -> tuple[StoredFound, ...]:
    """Return the states of a notebook in the output store with the text, newest first.

    `names` are those that the notebook had; what is stored under two of them counts once. Damaged
    states are left out.
    """
    states = [state for name in dict.fromkeys(names) for state in store.of(name)]
    entries = {
        (entry.pieces, entry.values): (state.id, entry)
        for state in states
        if (entry := state.entry) is not None
    }
    found = (
        StoredFound(id_, entry.stored // 10**9, tuple(hits))
        for id_, entry in entries.values()
        if (hits := _search_state(store, entry, pattern))
    )
    return tuple(sorted(found, key=lambda one: one.seconds, reverse=True))


def _search_state(store: OutputStore, entry: Entry, pattern: re.Pattern[str]) -> list[Hit]:
    from nbvc.notebook import read

    content = None if entry.is_cleared else store.content(entry)
    try:
        cells = () if content is None else read(content).cells
    except (NotebookError, RecursionError):
        return []
    lines = (find_line(pattern, texts_of(cell)) for cell in cells)
    return [
        Hit(index, CellPart.OUTPUT, line) for index, line in enumerate(lines) if line is not None
    ]


class _Hits:
    """What was found in each cell, each looked into once."""

    def __init__(
        self, history: Versions, pattern: re.Pattern[str], places: frozenset[CellPart]
    ) -> None:
        self.history = history
        self.pattern = pattern
        self.places = places
        self.sources: dict[int, str | None] = {}
        self.outputs: dict[bytes, str | None] = {}

    def of(self, blob: str) -> tuple[Hit, ...]:
        """Return the hits in a content."""
        return tuple(self._find_hits(blob))

    def _find_hits(self, blob: str) -> Iterator[Hit]:
        numbers = self.history.snapshot(blob).cells
        records = self.history.records.records
        if CellPart.OUTPUT in self.places:
            self._look_into_outputs(blob, numbers)
        for index, number in enumerate(numbers):
            if CellPart.SOURCE in self.places:
                if number not in self.sources:
                    self.sources[number] = self._find_line([records[number].source])
                line = self.sources[number]
                if line is not None:
                    yield Hit(index, CellPart.SOURCE, line)
            shown = records[number].shown
            line = self.outputs.get(shown) if shown is not None else None
            if line is not None:
                yield Hit(index, CellPart.OUTPUT, line)

    def _look_into_outputs(self, blob: str, numbers: list[int]) -> None:
        """Read a content where it has outputs that no other had before."""
        records = self.history.records.records
        new = {
            index: shown
            for index, number in enumerate(numbers)
            if records[number].outputs
            and (shown := records[number].shown) is not None
            and shown not in self.outputs
        }
        if not new:
            return
        from nbvc.notebook import read

        cells = read(self.history.read_blob(blob)).cells
        for index, shown in new.items():
            self.outputs[shown] = self._find_line(texts_of(cells[index]))

    def _find_line(self, texts: Iterable[str]) -> str | None:
        return find_line(self.pattern, texts)


def find_line(pattern: re.Pattern[str], texts: Iterable[str]) -> str | None:
    """Return the line of the first match in texts, None without one."""
    for whole in texts:
        text = _EMBEDDED.sub(r"\1…", whole) if ";base64," in whole else whole
        found = pattern.search(text)
        if found is not None:
            start = text.rfind("\n", 0, found.start()) + 1
            end = text.find("\n", found.end())
            end = len(text) if end < 0 else end
            start = max(start, found.start() - _WIDE // 2)
            return text[start : min(end, start + _WIDE)].strip()
    return None


def texts_of(cell: Cell) -> Iterator[str]:
    """Yield what an output says in text: streams, errors, text of any type, JSON."""
    for output in cell.outputs:
        if type(output) is not dict:
            continue
        if type(output.get("text")) is str:
            yield _SGR.sub("", output["text"])
        if output.get("output_type") == "error":
            trace = output.get("traceback")
            lines = [str(line) for line in trace] if type(trace) is list else []
            named = f"{output.get('ename', '')}: {output.get('evalue', '')}"
            yield _SGR.sub("", "\n".join([named, *lines]))
        data = output.get("data")
        for mime, value in data.items() if type(data) is dict else ():
            if type(value) is not str:
                yield _as_text(value)
            elif not mime.startswith(("image/", "audio/", "video/")) or "svg" in mime:
                yield value


def _as_text(value: object) -> str:
    """Return a JSON value as text; half of a character, which no encoding has, is escaped."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        import json

        return json.dumps(value, separators=(",", ":"))
