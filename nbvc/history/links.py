"""What became of the cells from one content of a notebook to the next, by their records."""

from __future__ import annotations

import msgspec

from nbvc.diff.align import align

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.history.records import Record, Records, Snapshot

SOURCE, OUTPUTS, REST, NOISE = 1, 2, 4, 8
"""What differs in a pair: the source or the type, the outputs, metadata and the like, noise."""


class Step(msgspec.Struct, array_like=True, gc=False):
    """Which cells became which ones, as in a diff's entry, and for a pair what differs."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool = False
    differs: int = 0

    @property
    def is_pair(self) -> bool:
        """Whether one cell became one cell."""
        return len(self.before) == len(self.after) == 1


def steps_between(records: Records, before: Snapshot, after: Snapshot) -> list[Step]:
    """Return a step for every cell of both sides, in reading order of the result.

    Cells are paired by `nbvc.diff`'s own alignment.
    """
    old, new = before.cells, after.cells
    if old == new:
        return [Step((index,), (index,)) for index in range(len(old))]
    cells = [[records.cell(number) for number in side] for side in (old, new)]
    return [
        Step(
            link.before,
            link.after,
            link.moved,
            _differs(records.records, old, new, link.before, link.after),
        )
        for link in align(*cells)
    ]


def _differs(
    records: Sequence[Record],
    old: list[int],
    new: list[int],
    before: tuple[int, ...],
    after: tuple[int, ...],
) -> int:
    if len(before) != 1 or len(after) != 1 or old[before[0]] == new[after[0]]:
        return 0
    return difference(records[old[before[0]]], records[new[after[0]]])


def difference(one: Record, other: Record) -> int:
    """Return what differs between two paired cells."""
    found = 0
    if one.source != other.source or one.kind != other.kind:
        found |= SOURCE
    if one.outputs != other.outputs:
        found |= OUTPUTS
    if one.rest != other.rest:
        found |= REST
    return found or (NOISE if one.exact != other.exact else 0)


def lines_of(source: str) -> list[str]:
    """Return the lines of a source; none for an empty one."""
    return source.split("\n") if source else []


def kept_lines(olds: Sequence[str], news: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield which lines stayed, as pairs of positions, rising."""
    from nbvc.sequence import matches

    yield from matches(olds, news)
