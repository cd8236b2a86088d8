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
    last, index = find_last(history, cell)
    moments = [*find_end(history, last, index)]
    for node, wanted, is_new in _walk_back(history, last, index):
        owner = history.owners[node.key]
        if not is_new or owner is None or owner.commit != node.commit:
            continue
        touched = [
            one
            for one in find_changes(history, owner, None).cells
            if wanted.intersection(one.after) and one.what is not What.NOISE
        ]
        if touched:
            moments.append(Moment(owner, tuple(touched)))
    return tuple(moments)


def locate_cell(history: Versions, cell: str) -> dict[str, set[int]]:
    """Return where a cell is, or what became it, by contents. Raises `NoCellError`."""
    found: dict[str, set[int]] = {}
    for node, wanted, _ in _walk_back(history, *find_last(history, cell)):
        if node.blob is not None:
            found.setdefault(node.blob, set()).update(wanted)
    return found


def find_last(history: Versions, cell: str) -> tuple[Node, int]:
    """Return the last version that has a cell, and its index there. Raises `NoCellError`."""
    history.read_all()
    nodes = [n for n in history.graph.nodes if n.blob and not history.snapshot(n.blob).problem]
    if not nodes:
        raise NoCellError("no version of it can be read", where=history.name)
    missing = None
    for node in reversed(nodes):
        try:
            numbers = _read_snapshot(history, node).cells
            ids = [history.records.records[number].id or "" for number in numbers]
            return node, find_cell(ids, cell, history.name)
        except NoCellError as error:
            missing = missing or error
            if cell.isascii() and cell.isdigit():  # Of another version, the number says nothing.
                break
    assert missing is not None
    raise missing


def _read_snapshot(history: Versions, node: Node) -> Snapshot:
    assert node.blob is not None
    return history.snapshot(node.blob)


def find_end(history: Versions, last: Node, index: int) -> Iterator[Moment]:
    """Yield the version that removed a cell, which `last` still had; nothing if it is still there."""
    for node in reversed(history.graph.nodes):
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


def find_cell(ids: Sequence[str], cell: str, name: str) -> int:
    """Return the index of a cell that is given by number or id. Raises `NoCellError`.

    `ids` are those of all cells, "" for none; `name` is the notebook's.
    """
    if cell in ids:
        return ids.index(cell)
    if cell.isascii() and cell.isdigit() and 0 < int(cell) <= len(ids):
        return int(cell) - 1
    begun = [index for index, one in enumerate(ids) if len(cell) >= 4 and one.startswith(cell)]
    if len(begun) == 1:
        return begun[0]
    problem = "more than one cell's ID starts with" if begun else "no cell has the number or ID"
    hint = f"cells are numbered from 1 to {len(ids)}"
    raise NoCellError(f"{problem} {cell!r}", where=name, hint=hint)


def _walk_back(history: Versions, last: Node, index: int) -> Iterator[tuple[Node, set[int], bool]]:
    """Yield the versions of a cell, newest first: its indices, and whether the content is new there."""
    tracked = {last.key: {index}}
    for node in reversed(history.graph.nodes):
        wanted = tracked.pop(node.key, None)
        if wanted and node.blob is not None:
            yield node, wanted, _pass_on(history, node, wanted, tracked)


def _pass_on(history: Versions, node: Node, wanted: set[int], tracked: dict[str, set[int]]) -> bool:
    """Find the wanted cells in the parents of a node; return whether its content or name is new."""
    blob = node.blob
    assert blob is not None
    parents = history.sources(node)
    for parent in parents:
        if parent.blob == blob:
            tracked.setdefault(parent.key, set()).update(wanted)
            return parent.name != node.name
    for parent in parents:
        assert parent.blob is not None
        indices = _find_forerunners(history, parent.blob, blob, wanted)
        if indices:
            tracked.setdefault(parent.key, set()).update(indices)
    return True


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
