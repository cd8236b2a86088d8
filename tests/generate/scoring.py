"""How much of what was planted a diff reports."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.generate.planted import Entry


class Miss(NamedTuple):
    """A planted entry, and the entries reported in its place."""

    planted: Entry
    reported: list[dict[str, Any]]


class Score:
    """Counts of cells, and of entries by kind, that were planted and that were reported so."""

    def __init__(self) -> None:
        self.cells = 0
        self.cells_right = 0
        self.planted: Counter[str] = Counter()
        self.right: Counter[str] = Counter()
        self.false_moves: list[dict[str, Any]] = []
        self.misses: list[Miss] = []

    @property
    def overall(self) -> float:
        """The share of the cells of both sides that are reported as planted."""
        return self.cells_right / self.cells if self.cells else 1.0

    def share(self, kind: str) -> float:
        """Return the share of the entries of a kind that are reported as planted."""
        return self.right[kind] / self.planted[kind] if self.planted[kind] else 1.0

    def add(self, other: Score) -> None:
        """Count another notebook's cells too."""
        self.cells += other.cells
        self.cells_right += other.cells_right
        self.planted += other.planted
        self.right += other.right
        self.false_moves += other.false_moves
        self.misses += other.misses


def score(entries: list[dict[str, Any]], truth: Iterable[Entry]) -> Score:
    """Compare the `cells` of a diff in JSON with what was planted.

    An entry is right when the change, the cells of both sides and whether it moved all agree.
    """
    found = Score()
    wanted = [*truth]
    reported = {_key(entry) for entry in entries}
    for entry in wanted:
        size = len(entry.before) + len(entry.after)
        right = (entry.change, entry.before, entry.after, entry.moved) in reported
        found.cells += size
        found.cells_right += size * right
        found.planted[entry.kind] += 1
        found.right[entry.kind] += right
        if not right:
            found.misses.append(Miss(entry, [one for one in entries if _touches(one, entry)]))
    moved = {entry.before for entry in wanted if entry.moved}
    found.false_moves = [one for one in entries if one["moved"] and (*one["before"],) not in moved]
    return found


def _key(entry: dict[str, Any]) -> tuple[str, tuple[int, ...], tuple[int, ...], bool]:
    return entry["change"], (*entry["before"],), (*entry["after"],), entry["moved"]


def _touches(reported: dict[str, Any], planted: Entry) -> bool:
    """Tell whether two entries have a cell in common."""
    before, after = set(planted.before), set(planted.after)
    return bool(before & {*reported["before"]} or after & {*reported["after"]})
