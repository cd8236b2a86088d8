"""The life of one cell: the versions that changed it, back to where it came from."""

from __future__ import annotations

import msgspec

from nbvc.errors import NoCellError
from nbvc.versions.changing import CellChange, What, find_changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.versions.model import Node, Version
    from nbvc.versions.reading import Versions
    from nbvc.versions.records import Snapshot


class Moment(msgspec.Struct, frozen=True):
    """A version that changed the cell, and what it did to it."""

    version: Version
    cells: tuple[CellChange, ...]


def trace_cell(history: Versions, cell: str) -> tuple[Moment, ...]:
    """Return the versions that changed a cell of the last version, newest first.

    `cell` is its number, from 1, or its id, or the id's start. Raises `NoCellError`.
    """
    history.read_all()
    nodes = history.graph.nodes
    last = next(
        (n for n in reversed(nodes) if n.blob and not history.snapshot(n.blob).problem), None
    )
    if last is None or not last.blob:
        raise NoCellError("no version of it can be read", where=history.name)
    tracked = {last.key: {find_cell(history, history.snapshot(last.blob), cell)}}
    moments: list[Moment] = []
    for node in reversed(nodes):
        wanted = tracked.pop(node.key, None)
        if wanted:
            _trace_node(history, node, wanted, tracked, moments)
    return tuple(moments)


def find_cell(history: Versions, snapshot: Snapshot, cell: str) -> int:
    """Return the index of a cell that is given by number or id. Raises `NoCellError`."""
    ids = [history.records.records[number].id or "" for number in snapshot.cells]
    if cell in ids:
        return ids.index(cell)
    if cell.isascii() and cell.isdigit() and 0 < int(cell) <= len(ids):
        return int(cell) - 1
    begun = [index for index, one in enumerate(ids) if len(cell) >= 4 and one.startswith(cell)]
    if len(begun) == 1:
        return begun[0]
    problem = "more than one cell's id starts with" if begun else "there is no cell"
    hint = f"cells are numbered from 1 to {len(ids)}"
    raise NoCellError(f"{problem} {cell!r}", where=history.name, hint=hint)


def _trace_node(
    history: Versions,
    node: Node,
    wanted: set[int],
    tracked: dict[str, set[int]],
    moments: list[Moment],
) -> None:
    """Note what a node did to the wanted cells, and go on with them in its parents."""
    blob = node.blob
    if blob is None:
        return
    parents = history.sources(node)
    for parent in parents:
        if parent.blob == blob:
            tracked.setdefault(parent.key, set()).update(wanted)
            if parent.name == node.name:
                return
            break
    else:
        for parent in parents:
            assert parent.blob is not None
            indices = _find_forerunners(history, parent.blob, blob, wanted)
            if indices:
                tracked.setdefault(parent.key, set()).update(indices)
    owner = history.owners[node.key]
    if owner is None or owner.commit != node.commit:
        return
    touched = [
        cell
        for cell in find_changes(history, owner, None).cells
        if wanted.intersection(cell.after) and cell.what is not What.NOISE
    ]
    if touched:
        moments.append(Moment(owner, tuple(touched)))


def _find_forerunners(history: Versions, before: str, after: str, wanted: set[int]) -> set[int]:
    """Return the cells of one content that became the wanted ones of another."""
    found: set[int] = set()
    steps = history.steps(before, after)
    for step in steps:
        if step.run > 1:
            found.update(
                step.before[0] + at for at in range(step.run) if step.after[0] + at in wanted
            )
        elif wanted.intersection(step.after):
            found.update(step.before)
    return found
