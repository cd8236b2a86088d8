"""What became of the cells from one content of a notebook to the next, by their records."""

from __future__ import annotations

import msgspec

from nbvc.diffing.pairing import align

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.diffing.pairing import Link
    from nbvc.versions.records import CellRecord, Records, Snapshot

SOURCE, OUTPUTS, REST, NOISE = 1, 2, 4, 8
"""What differs in a pair: the source or the type, the outputs, metadata and the like, noise."""


class Step(msgspec.Struct, array_like=True, gc=False):
    """Which cells became which ones, as in a diff's entry, and for a pair what differs.

    `run` stands for so many pairs of neighbors that stayed as they were, of which `before` and
    `after` name the first.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool = False
    differs: int = 0
    run: int = 1

    @property
    def is_pair(self) -> bool:
        """Whether one cell became one cell."""
        return len(self.before) == len(self.after) == 1


def steps_between(records: Records, before: Snapshot, after: Snapshot) -> list[Step]:
    """Return what became of every cell of both sides, in reading order of the result.

    Cells are paired by `nbvc.diff`'s own alignment.
    """
    old, new = before.cells, after.cells
    head, tail = _count_untouched(records, old, new)
    found = [Step((0,), (0,), run=head)] if head else []
    olds, news = old[head : len(old) - tail], new[head : len(new) - tail]
    for link in align(*([records.cell(one) for one in side] for side in (olds, news))):
        _add(found, _shift_step(records.records, (old, new), link, head))
    if tail:
        _add(found, Step((len(old) - tail,), (len(new) - tail,), run=tail))
    return found


def _count_untouched(records: Records, old: list[int], new: list[int]) -> tuple[int, int]:
    """Return how many cells at both ends the alignment need not see.

    They are paired whatever it finds between them. One at each end stays, for what it looks at in
    neighbors; and where ids are not names, all of them do.
    """
    if old == new:
        return len(old), 0
    least = min(len(old), len(new))
    head = 0
    while head < least and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < least - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    head, tail = max(head - 2, 0), max(tail - 2, 0)
    if not (head or tail) or not (records.has_names(old) and records.has_names(new)):
        return 0, 0
    return head, tail


def _shift_step(
    records: Sequence[CellRecord], cells: tuple[list[int], list[int]], link: Link, by: int
) -> Step:
    before, after = (
        tuple([one + by for one in link.before]),
        tuple([one + by for one in link.after]),
    )
    return Step(before, after, link.moved, _compare_pair(records, *cells, before, after))


def _add(found: list[Step], step: Step) -> None:
    """Add a step; a pair that stayed as it was makes a run longer."""
    last = found[-1] if found else None
    if last is not None and not (step.differs or step.moved or last.differs or last.moved):
        apart = len(last.before) != 1 or len(last.after) != 1 or not step.is_pair
        if (
            not apart
            and step.before[0] == last.before[0] + last.run
            and step.after[0] == last.after[0] + last.run
        ):
            last.run += step.run
            return
    found.append(step)


def _compare_pair(
    records: Sequence[CellRecord],
    old: list[int],
    new: list[int],
    before: tuple[int, ...],
    after: tuple[int, ...],
) -> int:
    if len(before) != 1 or len(after) != 1 or old[before[0]] == new[after[0]]:
        return 0
    return compare_records(records[old[before[0]]], records[new[after[0]]])


def compare_records(one: CellRecord, other: CellRecord) -> int:
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


def match_lines(olds: Sequence[str], news: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield which lines stayed, as pairs of positions, rising."""
    from nbvc.sequence import find_matches

    yield from find_matches(olds, news)
