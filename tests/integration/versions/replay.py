"""Blame by a plain replay: every version compared with its parents by the public `nbvc.diff`.

No index, no digests, no records: what `nbvc.history` finds must be what this finds.
"""

from __future__ import annotations

from typing import NamedTuple

from nbvc.diffing import Change, DiffPolicy, Part, diff
from nbvc.errors import NotebookError
from nbvc.notebook import Cell, Notebook, read
from nbvc.sequence import find_matches

_SOURCES = DiffPolicy(frozenset((Part.SOURCES,)))
_OUTPUTS = DiffPolicy(frozenset((Part.OUTPUTS,)))


class Commit(NamedTuple):
    """A commit: its id, its parents' ids, the notebook's content (None where it isn't there)."""

    id: str
    parents: tuple[str, ...]
    content: bytes | None


class Origin(NamedTuple):
    """Who changed a cell last: its source, its outputs (None without), each of its lines."""

    source: str
    outputs: str | None
    lines: tuple[str, ...]


class State(NamedTuple):
    notebook: Notebook
    origins: list[Origin]


def blamed(commits: list[Commit]) -> list[Origin]:
    """Replay commits, parents first; the origins of the last one's cells."""
    order = {commit.id: place for place, commit in enumerate(commits)}
    states: dict[str, list[State]] = {}
    for commit in commits:
        parents = [state for parent in commit.parents for state in states[parent]]
        states[commit.id] = _next(commit, parents, order)
    return states[commits[-1].id][0].origins


def _next(commit: Commit, parents: list[State], order: dict[str, int]) -> list[State]:
    if commit.content is None:
        return []
    try:
        notebook = read(commit.content)
        for cell in notebook.cells:
            assert cell.source is not None
    except NotebookError:
        return parents
    for parent in parents:
        if parent.notebook.to_bytes() == commit.content:
            return [parent]
    found: list[list[Origin | None]] = [[] for _ in notebook.cells]
    for parent in parents:
        for index, origin in enumerate(_inherited(parent, notebook, order)):
            found[index].append(origin)
    pairs = zip(notebook.cells, found, strict=True)
    return [State(notebook, [_settled(cell, known, commit.id) for cell, known in pairs])]


def _settled(cell: Cell, known: list[Origin | None], here: str) -> Origin:
    lines = _lines(cell)
    source = next((one.source for one in known if one and one.source), "")
    outputs = next((one.outputs for one in known if one and one.outputs), None)
    merged = [""] * len(lines)
    whole = next((one for one in known if one and one.source), None)
    for one in [whole] if whole else known:
        if one:
            merged = [a or b for a, b in zip(merged, one.lines, strict=True)]
    return Origin(
        source or here,
        (outputs or here) if cell.outputs else None,
        tuple(line or here for line in merged),
    )


def _inherited(parent: State, after: Notebook, order: dict[str, int]) -> list[Origin | None]:
    """What the cells have from one parent; empty strings for what is new."""
    before = parent.notebook
    found: list[Origin | None] = [None] * len(after.cells)
    for entry in diff(before, after, _SOURCES).cells:
        if not entry.before or not entry.after:
            continue
        olds = [before.cells[index] for index in entry.before]
        origins = [parent.origins[index] for index in entry.before]
        old_lines = [line for old in olds for line in _lines(old)]
        named = [name for origin in origins for name in origin.lines]
        owners = [origin for old, origin in zip(olds, origins, strict=True) for _ in _lines(old)]
        news = [_lines(after.cells[index]) for index in entry.after]
        kept = {j: i for i, j in find_matches(old_lines, [line for new in news for line in new])}
        start = 0
        for index, new in zip(entry.after, news, strict=True):
            cell = after.cells[index]
            rows = [kept.get(start + line) for line in range(len(new))]
            start += len(new)
            source = ""
            if entry.change is Change.UNCHANGED:
                source = origins[0].source
            elif entry.change in (Change.SPLIT, Change.JOINED):
                complete = all(
                    r is not None for r, line in zip(rows, new, strict=True) if line.strip()
                )
                if complete and all(old.cell_type == cell.cell_type for old in olds):
                    used = [owners[row].source for row in rows if row is not None]
                    source = max(used or [origins[0].source], key=order.__getitem__)
            same = (o.outputs for c, o in zip(olds, origins, strict=True) if _same(c, cell))
            outputs = next(same, None)
            found[index] = Origin(
                source, outputs, tuple("" if row is None else named[row] for row in rows)
            )
    return found


def _same(old: Cell, new: Cell) -> bool:
    """Whether a diff of these two cells alone tells of other outputs."""
    from nbvc.diffing.parts import is_different

    return bool(old.outputs) and bool(new.outputs) and not is_different(old, new, _OUTPUTS)


def _lines(cell: Cell) -> list[str]:
    return cell.source.split("\n") if cell.source else []
