"""What cells are called, and whether those names can be trusted.

    before   a: load()   b: df.head()        kept 2, lost 0: the names identify the cells
    after    a: load()   b: df.head()   c

    before   0: load()   1: df.head()        kept 0, lost 2: a tool has renumbered the cells
    after    0: title    1: load()      2: df.head()

A name is the cell id of format 4.5, or the id that another tool keeps in the metadata of its cells.
Tools renew and renumber ids, and people copy cells with them. Whether names hold is therefore
measured on the cells that can be recognized without them: those whose text is once on each side.
"""

from __future__ import annotations

import enum

import msgspec

from nbvc.normalising.noise import find_identities

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TypeVar

    from nbvc.notebook import Cell

    Names = dict[int, str]
    Cells = Mapping[int, Cell]
    Key = TypeVar("Key")

ENOUGH = 2
"""So many cells must have kept their names before names alone are believed."""
_ID = b'id"'
"""How the key of every tool's id ends."""


class Trust(enum.IntEnum):
    """How far names identify cells."""

    NONE = 0
    """They say nothing."""
    MOSTLY = 1
    """They identify a cell if its text does not contradict them."""
    WHOLLY = 2
    """Every recognized cell kept its name, so that a cell may have been rewritten altogether."""


class Naming(msgspec.Struct, frozen=True):
    """The names of the cells on both sides, without those that are twice."""

    trust: Trust
    before: Names
    after: Names
    at_before: dict[str, int]
    at_after: dict[str, int]

    def agree(self, i: int, j: int) -> bool:
        """Return whether two cells have the same name."""
        name = self.before.get(i)
        return name is not None and name == self.after.get(j)

    def differ(self, i: int, j: int) -> bool:
        """Return whether names that can be trusted say that two cells are not the same."""
        if self.trust is Trust.NONE or i not in self.before or j not in self.after:
            return False
        return self.before[i] != self.after[j]


NAMELESS = Naming(Trust.NONE, {}, {}, {}, {})


def find_names(
    before: Cells, after: Cells, recognized: Sequence[tuple[int, int]], sure: int
) -> Naming:
    """Return the first kind of names that holds: cell ids, else the ids of the tool used most.

    `before` and `after` are the cells to pair, by index. `recognized` are pairs of them with equal
    text that is once, `sure` is the number of other pairs that kept their names.
    """
    for find in (_read_ids, _read_identities):
        names, others = find(before, after)
        if not names or not others or (_are_positions(names) and _are_positions(others)):
            continue
        trust = _measure(names, others, recognized, sure)
        if trust is not Trust.NONE:
            at_before, at_after = find_once(names), find_once(others)
            unique = {i: name for name, i in at_before.items()}
            unique_after = {j: name for name, j in at_after.items()}
            return Naming(trust, unique, unique_after, at_before, at_after)
    return NAMELESS


def _measure(
    names: Names, others: Names, recognized: Sequence[tuple[int, int]], sure: int
) -> Trust:
    kept, lost = sure, 0
    for i, j in recognized:
        if i in names and j in others:
            same = names[i] == others[j]
            kept += same
            lost += not same
    if lost == 0:
        return Trust.WHOLLY if kept >= ENOUGH else Trust.MOSTLY
    return Trust.MOSTLY if kept > lost else Trust.NONE


def _read_ids(before: Cells, after: Cells) -> tuple[Names, Names]:
    one, other = (
        {index: name for index, cell in cells.items() if "id" in cell.fields and (name := cell.id)}
        for cells in (before, after)
    )
    return one, other


def _read_identities(before: Cells, after: Cells) -> tuple[Names, Names]:
    """Return the ids of the tool that has named the most cells on both sides."""
    olds = _read_metadata(before)
    news = _read_metadata(after) if olds else {}
    best: tuple[Names, Names] = {}, {}
    for path in find_identities() if olds and news else ():
        names, others = (_read_names(path, side) for side in (olds, news))
        if min(len(names), len(others)) > min(len(best[0]), len(best[1])):
            best = names, others
    return best


def _read_metadata(cells: Cells) -> dict[int, Any]:
    """Return the metadata of the cells in which a tool may keep an id; no other is decoded."""
    found = {}
    for index, cell in cells.items():
        raw = cell.fields.get("metadata", b"")
        if len(memoryview(raw)) > 2 and _ID in bytes(raw):
            found[index] = cell.metadata
    return found


def _read_names(path: Sequence[str], metadata: dict[int, Any]) -> Names:
    names: Names = {}
    for index, found in metadata.items():
        value = found
        for key in path:
            value = value.get(key) if type(value) is dict else None
        if type(value) is str and value:
            names[index] = value
    return names


def _are_positions(names: Names) -> bool:
    """Return whether names are nothing but positions, as nbstripout makes them."""
    return all(name == str(index) for index, name in names.items())


def find_once(keys: Mapping[int, Key]) -> dict[Key, int]:
    """Map each key that is once to its index, in order."""
    found = {key: index for index, key in keys.items()}
    if len(found) < len(keys):
        seen: set[Key] = set()
        for key in keys.values():
            if key in seen:
                found.pop(key, None)
            seen.add(key)
    return found
