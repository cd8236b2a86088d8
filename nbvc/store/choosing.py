"""Putting the results of one chosen state back, although code above them may have changed.

A person says that the results still hold, as after a formatter. Even so a cell gets only what the
same code had printed: layout apart, its own source is what it was.
"""

from __future__ import annotations

import ast

from nbvc.diffing.pairing import align
from nbvc.errors import NotebookError
from nbvc.notebook.places import cell_places, top_places
from nbvc.notebook.reading import read
from nbvc.store.logs import digest
from nbvc.store.restoring import Restored, find_lacking, has_results, with_results

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.notebook.notebook import Notebook
    from nbvc.notebook.places import CellPlace
    from nbvc.store.entries import OutputStore, State


def restore_from(store: OutputStore, state: State, content: bytes) -> Restored:
    """Return a notebook with the results of this state; results that it has stay.

    Raises `NotebookError` for what is not a notebook, and for another notebook format.
    """
    notebook = read(content)
    total = len(find_lacking(notebook))
    before = None if state.entry is None else store.content(state.entry)
    if state.entry is None or before is None:
        return Restored(content, 0, total, damaged=state.id)
    if state.entry.stripped == digest(content).hex():
        return Restored(before, total - len(find_lacking(read(before))), 0, exact=True)
    source = read(before)
    if source.file_format[0] != notebook.file_format[0]:
        raise NotebookError(
            "its notebook format differs from that of the stored state",
            hint=f"nbvc outputs export {state.id} -o FILE writes the state as it was",
        )
    found = _pair_cells(source, notebook)
    if found:
        content = with_results(notebook, {index: (cell, source) for index, cell in found.items()})
    return Restored(content, len(found), total - len(found))


def _pair_cells(source: Notebook, notebook: Notebook) -> dict[int, CellPlace]:
    """Return the stored cells whose results go into a cell, by its index."""
    places = cell_places(source, top_places(source.text))
    wanted = set(find_lacking(notebook).values())
    found: dict[int, CellPlace] = {}
    for link in align(source.cells, notebook.cells):
        if len(link.before) != 1 or len(link.after) != 1 or link.after[0] not in wanted:
            continue
        (old,), (new,) = link.before, link.after
        is_same = is_same_code(source.cells[old].source, notebook.cells[new].source)
        if is_same and has_results(places[old].fields.get("outputs")):
            found[new] = places[old]
    return found


def is_same_code(old: str, new: str) -> bool:
    """Return whether two sources are the same code: as Python, or else apart from white space."""
    if old == new:
        return True
    try:
        return ast.dump(ast.parse(old)) == ast.dump(ast.parse(new))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "".join(old.split()) == "".join(new.split())
