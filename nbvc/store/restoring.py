"""Putting stripped results back, where they belong and nowhere else.

    stored       x = 1          → 1          now    x = 1          → 1        back
                 y = x + 1      → 2                 y = x + 2      →          its code changed
                 print(y)       → 2                 print(y)       →          code above it changed

A file that is just as stripping left it gets its old bytes back. In any other a cell gets the
results that it had when all code up to and including it was the same. Below a cell that failed, in the
latest run that is known, nothing comes back from earlier runs.
"""

from __future__ import annotations

import msgspec

from nbvc.errors import NotebookError, RewriteRefusedError
from nbvc.notebook.jsontext import Raw, split_array
from nbvc.notebook.places import cell_places, splice, top_places, written
from nbvc.notebook.reading import read
from nbvc.store.entries import digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbvc.notebook.cell import Cell
    from nbvc.notebook.notebook import Notebook
    from nbvc.notebook.places import CellPlace, Span
    from nbvc.store.entries import Entry, OutputStore

LOOKED_INTO = 50
"""So many stored states are looked into, the newest first."""

_COUNTS = ("execution_count", "prompt_number")


class Restored(msgspec.Struct, frozen=True):
    """A file with results put back: its content, in how many cells, and how many still lack theirs.

    `exact` says that these are the very bytes from before stripping.
    """

    content: bytes
    cells: int
    missing: int
    exact: bool = False


def restored(store: OutputStore, name: str, content: bytes) -> Restored:
    """Return a notebook with the results that were stripped from it.

    `name` is what it was stored by; results of a notebook that was renamed since are found, too.
    Raises `NotebookError` for what is no notebook.
    """
    entries = store.of(name) or store.all()
    entries = entries[:LOOKED_INTO]
    stripped = digest(content).hex()
    for entry in entries:
        if entry.stripped == stripped:
            before = store.content(entry)
            if before is not None:
                return Restored(before, *_counted(content, before), exact=True)
    return _by_cell(store, entries, content)


def _counted(content: bytes, before: bytes) -> tuple[int, int]:
    lacking = len(_lacking(read(content)))
    left = len(_lacking(read(before)))
    return max(lacking - left, 0), 0


def _by_cell(store: OutputStore, entries: Iterable[Entry], content: bytes) -> Restored:
    notebook = read(content)
    wanted = _lacking(notebook)
    total = len(wanted)
    for key in _not_run(notebook):
        wanted.pop(key, None)
    found: dict[int, tuple[CellPlace, Notebook]] = {}
    for entry in entries if wanted else ():
        source, cells = _stored_cells(store, entry, notebook)
        for key, cell in cells.items():
            if key in wanted:
                found[wanted.pop(key)] = cell, source
        for key in _not_run(source):
            wanted.pop(key, None)
        if not wanted:
            break
    if not found:
        return Restored(content, 0, total)
    return Restored(_with_results(notebook, found), len(found), total - len(found))


def code_digests(notebook: Notebook) -> Iterator[tuple[int, bytes]]:
    """Yield each code cell that has code: its index, and a digest of all code up to it."""
    above = b""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.source.strip():
            above = digest(above, cell.source.encode(errors="surrogatepass"))
            yield index, above


def _lacking(notebook: Notebook) -> dict[bytes, int]:
    """Return the code cells without outputs, by the digest of the code up to each."""
    return {
        key: index for index, key in code_digests(notebook) if not notebook.cells[index].outputs
    }


def _not_run(notebook: Notebook) -> list[bytes]:
    """Return the code cells below one that failed, by the digest of the code up to each."""
    keys: list[bytes] = []
    failed = False
    for index, key in code_digests(notebook):
        if failed:
            keys.append(key)
        failed = failed or _stops(notebook.cells[index])
    return keys


def _stops(cell: Cell) -> bool:
    """Tell whether a run of all cells ended here."""
    if not any(type(one) is dict and one.get("output_type") == "error" for one in cell.outputs):
        return False
    tags = cell.metadata.get("tags")
    return not (type(tags) is list and "raises-exception" in tags)


def _stored_cells(
    store: OutputStore, entry: Entry, like: Notebook
) -> tuple[Notebook, dict[bytes, CellPlace]]:
    """Return a stored state, and its cells that have results by the digest of the code up to each."""
    content = store.content(entry)
    if content is None:
        return like, {}
    try:
        notebook = read(content)
        places = cell_places(notebook, top_places(notebook.text))
    except (NotebookError, RewriteRefusedError):
        return like, {}
    if notebook.file_format[0] != like.file_format[0]:
        return like, {}
    return notebook, {
        key: places[index]
        for index, key in code_digests(notebook)
        if _has_results(places[index].fields.get("outputs"))
    }


def _has_results(raw: Raw | None) -> bool:
    return raw is not None and raw != Raw(b"[]") and bool(split_array(raw))


def _with_results(notebook: Notebook, found: dict[int, tuple[CellPlace, Notebook]]) -> bytes:
    """Return the file with outputs and counts in these cells; nothing else of it is touched."""
    from nbvc.notebook.jsonedit import layout
    from nbvc.notebook.notebook import BOM

    places = cell_places(notebook, top_places(notebook.text))
    same_style = {id(source): source.style == notebook.style for _, source in found.values()}
    spans: list[Span] = []
    for index, (cell, source) in found.items():
        for key in ("outputs", *_COUNTS):
            if key in cell.fields and key in places[index].places:
                text = bytes(cell.fields[key])
                if not same_style[id(source)]:
                    text = layout(text, notebook.style, 3)
                spans.append((*places[index].places[key], text))
    text = splice(notebook.text, sorted(spans))
    again = read(text)
    if [written(cell).keys() for cell in again.cells] != [cell.fields.keys() for cell in places]:
        raise RewriteRefusedError("results can't be put back without changing something else")
    return BOM + text if notebook.bom else text
