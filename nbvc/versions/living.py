"""The life of one cell: the versions that changed it, back to where it came from."""

from __future__ import annotations

import msgspec

from nbvc.errors import NoCellError
from nbvc.versions.changing import CellChange, What, find_changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.versions.model import Node, Version
    from nbvc.versions.reading import Versions
    from nbvc.versions.records import Snapshot


class Moment(msgspec.Struct, frozen=True):
    """A version that changed the cell, and what it did to it."""

    version: Version
    cells: tuple[CellChange, ...]


def trace_cell(history: Versions, cell: str) -> tuple[Moment, ...]:
    """Return the versions that changed a cell, newest first.

    `cell` is its number in the last version, from 1, or its id, or the id's start; by its id a cell is
    found that is gone, too, and its life begins with its end. Raises `NoCellError`.
    """
    history.read_all()
    nodes = history.graph.nodes
    readable = [n for n in nodes if n.blob and not history.snapshot(n.blob).problem]
    if not readable:
        raise NoCellError("no version of it can be read", where=history.name)
    last, index = _find_last(history, readable, cell)
    tracked = {last.key: {index}}
    moments: list[Moment] = []
    if last is not readable[-1]:
        moments += _find_end(history, nodes, last, index)
    for node in reversed(nodes):
        wanted = tracked.pop(node.key, None)
        if wanted:
            _trace_node(history, node, wanted, tracked, moments)
    return tuple(moments)


def _find_last(history: Versions, nodes: Sequence[Node], cell: str) -> tuple[Node, int]:
    """Return the last version that has a cell, and its index there. Raises `NoCellError`."""
    missing = None
    for node in reversed(nodes):
        try:
            return node, find_cell(history, _read_snapshot(history, node), cell)
        except NoCellError as error:
            missing = missing or error
            if cell.isascii() and cell.isdigit():  # Of another version, the number says nothing.
                break
    assert missing is not None
    raise missing


def _read_snapshot(history: Versions, node: Node) -> Snapshot:
    assert node.blob is not None
    return history.snapshot(node.blob)


def _find_end(history: Versions, nodes: Sequence[Node], last: Node, index: int) -> Iterator[Moment]:
    """Yield the version that removed a cell, which `last` still had."""
    for node in reversed(nodes):
        owner = history.owners[node.key]
        if owner is None or not any(parent.key == last.key for parent in history.sources(node)):
            continue
        ended = [
            cell
            for cell in find_changes(history, owner, None).cells
            if cell.what is What.REMOVED and index in cell.before
        ]
        if ended:
            yield Moment(owner, tuple(ended))


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
    problem = "more than one cell's ID starts with" if begun else "no cell has the number or ID"
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
