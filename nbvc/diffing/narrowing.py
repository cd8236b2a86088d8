"""A part of a diff: some of its entries, or of one cell only some lines, the outputs or the metadata.

    before   A B C         chosen: X and C₁      result   A B X C₁
    after    A X C₁ D      left: D, and that B is gone

The result is a complete diff from the same notebook to another one. What was not chosen keeps its
place and its text, byte for byte. All entries give the other notebook, none the first one.
"""

from __future__ import annotations

import msgspec

from nbvc.diffing.jsonops import apply_lines
from nbvc.diffing.model import CellDiff, NotebookDiff
from nbvc.diffing.patching import change_top
from nbvc.diffing.policy import DiffPolicy
from nbvc.diffing.values import ChangedLines, SameLines
from nbvc.errors import PatchError
from nbvc.notebook import ABSENT
from nbvc.notebook.ids import with_ids
from nbvc.sequence.chain import Chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from nbvc.notebook import Cell, Notebook

    Place = tuple[int, int]
    """An entry, and which of its cells: before if it was not chosen, else after."""

_OUTPUTS = ("outputs", "execution_count")
_CONTENT = frozenset(("source", "cell_type", *_OUTPUTS))


class Portion(msgspec.Struct, frozen=True):
    """How much of an entry is chosen; without arguments all of it.

    `hunks` are numbers of changed stretches of the source, from 0, None for all. `text` is a source
    to take instead of them. `rest` is metadata, attachments, ID and what the format does not know.
    """

    hunks: frozenset[int] | None = None
    outputs: bool = True
    rest: bool = True
    text: str | None = None


WHOLE = Portion()


def count_hunks(entry: CellDiff) -> int:
    """Return how many stretches of lines of a cell's source changed."""
    return sum(isinstance(op, ChangedLines) for op in entry.parts.source)


def can_divide(entry: CellDiff) -> bool:
    """Return whether parts of an entry can be chosen: one cell became one of the same type."""
    return len(entry.before) == len(entry.after) == 1 and entry.parts.cell_type is None


def compare_cell(notebook: Notebook, index: int, before: str, after: str) -> NotebookDiff:
    """Return the diff of a notebook with two sources for one of its cells, with that entry alone."""
    sides = [notebook.cells[index].replace(source=source) for source in (before, after)]
    whole = tuple([*notebook.cells[:index], side, *notebook.cells[index + 1 :]] for side in sides)
    old, new = (notebook.with_cells(cells) for cells in whole)
    entry = CellDiff((index,), (index,), _cells=(whole[0], whole[1]))
    return NotebookDiff([entry], DiffPolicy(), notebooks=(old, new))


def narrow(
    whole: NotebookDiff, chosen: Mapping[int, Portion], *, notebook: bool = False
) -> NotebookDiff:
    """Return the diff with some of its entries only.

    Args:
        whole: A diff that has its notebooks.
        chosen: How much of which entries, by their numbers in `whole.cells`.
        notebook: Whether the metadata and format of the notebook are chosen, too.

    Raises `PatchError` if the diff was read without its notebooks, or if a part is chosen of what
    has no parts.
    """
    before, after = whole.before, whole.after
    if before is None or after is None:
        raise PatchError("this diff was read without its notebooks")
    if notebook and all(chosen.get(number) == WHOLE for number in range(len(whole.cells))):
        return whole  # also if its notebooks have no valid ids
    order = _order(whole, chosen)
    cells = [_make_cell(whole.cells[number], at, chosen.get(number)) for number, at in order]
    target = _put_together(before, cells, change_top(before, whole) if notebook else {})
    places = {place: index for index, place in enumerate(order)}
    links = []
    for number, entry in enumerate(whole.cells):
        if number in chosen:
            news = tuple(places[number, at] for at in range(len(entry.after)))
            links.append((entry.before, news, entry.moved))
        else:
            links += [((i,), (places[number, at],), False) for at, i in enumerate(entry.before)]
    entries = [
        CellDiff(*link, _cells=(before.cells, target.cells), _policy=whole.policy) for link in links
    ]
    return NotebookDiff(entries, whole.policy, notebooks=(before, target))


def _order(whole: NotebookDiff, chosen: Mapping[int, Portion]) -> list[Place]:
    """Return the cells of the result: in the order before, and new and moved ones as they are after.

    They come behind the cell that they follow after, and behind those that are gone after it. A cell
    that moved and was not chosen is followed if there is no other.
    """
    places: list[Place] = []
    chain = Chain()
    last = -1
    gone = set()
    for _, number, at in _list_cells(whole, "before"):
        entry = whole.cells[number]
        if number not in chosen:
            if not entry.after:
                gone.add(len(places))
        elif at or not entry.after or entry.moved:
            continue
        chain.put(len(places), last)
        last = len(places)
        places.append((number, at))
    known = {place: index for index, place in enumerate(places)}
    last = -1
    for _, number, at in _list_cells(whole, "after"):
        entry = whole.cells[number]
        if number in chosen and (number, at) not in known:
            while chain.after(last) in gone:
                last = chain.after(last)
            chain.put(len(places), last)
            known[number, at] = len(places)
            places.append((number, at))
        if number in chosen:
            last = known[number, at]
        elif entry.before and (not entry.moved or last < 0):
            last = known[number, len(entry.before) - 1]
    return [places[index] for index in chain.order()]


def _list_cells(whole: NotebookDiff, side: str) -> list[tuple[int, int, int]]:
    """Return the cells of a side in order, with their entry and their place in it."""
    return sorted(
        (index, number, at)
        for number, entry in enumerate(whole.cells)
        for at, index in enumerate(getattr(entry, side))
    )


def _make_cell(entry: CellDiff, at: int, portion: Portion | None) -> Cell:
    olds, news = entry.get_cells()
    if portion is None:
        return olds[at]
    if portion == WHOLE:
        return news[at]
    if not can_divide(entry):
        raise PatchError(
            "a cell that was added, removed, split, joined or given another type is chosen as a whole"
        )
    return _divide(entry, olds[0], news[0], portion)


def _divide(entry: CellDiff, old: Cell, new: Cell, portion: Portion) -> Cell:
    """Return a cell with some parts of what became of it."""
    keys: list[str] = []
    if portion.outputs:
        keys += _OUTPUTS
    if portion.rest:
        keys += dict.fromkeys(key for key in (*old.fields, *new.fields) if key not in _CONTENT)
    changes: dict[str, Any] = {
        key: new.value(key) if key in new.fields else ABSENT
        for key in keys
        if old.fields.get(key) != new.fields.get(key)
    }
    source = _choose_lines(entry, old, portion) if portion.text is None else portion.text
    if source != old.source:
        changes["source"] = source
    return old.replace(**changes) if changes else old


def _choose_lines(entry: CellDiff, old: Cell, portion: Portion) -> str:
    """Return a source with the changed stretches that were chosen."""
    hunks = iter(range(len(entry.parts.source)))
    ops = [
        op
        if isinstance(op, SameLines) or portion.hunks is None or next(hunks) in portion.hunks
        else SameLines(op.before, op.before)
        for op in entry.parts.source
    ]
    return apply_lines(old.source, ops) if ops else old.source


def _put_together(before: Notebook, cells: Sequence[Cell], changes: dict[str, Any]) -> Notebook:
    """Return the notebook with these cells and members, and with the ids that its format wants."""
    minor = changes.get("nbformat_minor", before.nbformat_minor)
    named = with_ids(cells, minor)
    if minor == before.nbformat_minor:
        own = {id(cell) for cell in before.cells}
        named = [old if id(old) in own else new for old, new in zip(cells, named, strict=True)]
    target = before.with_cells(named) if [*before.cells] != named else before
    return target.replace(**changes) if changes else target
