"""Which cells are paired so far: the value that every step reads and adds to.

before   A B C D        free_before  C           A, B and D have been linked, C has not
after    A X B D₁ D₂    free_after   X
                        pairs        A─A B─B D─D₁
                        splits       D─(D₁ D₂)
"""

from __future__ import annotations

from bisect import bisect_left

import msgspec

from nbvc.sequence import find_unavoidable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from nbvc.notebook import Cell

_ENOUGH = 2
"""So many cells at the ends are as good as all: a tool that numbers cells keeps the first ones."""


class Link(msgspec.Struct, frozen=True, gc=False):
    """Cells of before that became cells of after: one to one, a split, a join, or one side only."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool = False


class Gap(msgspec.Struct, frozen=True, gc=False):
    """The free cells between two pairs that keep their order."""

    rows: list[int]
    columns: list[int]


class Pairing:
    """The cells of two notebooks, and the links between them that the steps have found.

    Every cell is free or linked. `pairs` maps the first cell of each link before to the first
    after. `splits` and `joins` list all cells of the side that has several. `sure` is the number of
    pairs with the same id at the start, of which those at the ends count little.
    """

    __slots__ = (
        "_gaps",
        "after",
        "before",
        "free_after",
        "free_before",
        "joins",
        "pairs",
        "splits",
        "sure",
    )

    def __init__(
        self,
        before: Sequence[Cell],
        after: Sequence[Cell],
        known: Mapping[int, int] | None = None,
    ) -> None:
        """Start with the known pairs, and with equal cells paired from both ends."""
        self.before = before
        self.after = after
        self.splits: dict[int, tuple[int, ...]] = {}
        self.joins: dict[int, tuple[int, ...]] = {}
        self._gaps: list[Gap] | None = None
        head, tail = _count_equal_ends(before, after, known)
        ends = len(before) - tail, len(after) - tail
        self.pairs = dict(zip(range(head), range(head), strict=True))
        self.pairs.update(zip(range(ends[0], len(before)), range(ends[1], len(after)), strict=True))
        self.free_before = dict.fromkeys(range(head, ends[0]))
        self.free_after = dict.fromkeys(range(head, ends[1]))
        self.sure = min(len(self.pairs), _ENOUGH)
        if known:
            self.sure += sum(
                before[i].fields.get("id") == after[j].fields.get("id")
                for i, j in known.items()
                if i not in self.pairs
            )
            self.pair_free(known.items())

    @property
    def is_open(self) -> bool:
        """Whether both sides have free cells."""
        return bool(self.free_before and self.free_after)

    @property
    def is_backwards(self) -> bool:
        """Whether the sides are in the order in which the steps do not see them; both are free.

        The side with fewer cells comes first, else the one whose first free cells sort first.
        """
        sizes = len(self.before), len(self.after)
        if sizes[0] != sizes[1]:
            return sizes[0] > sizes[1]
        for i, j in zip(self.free_before, self.free_after, strict=False):
            one, other = self.before[i].fields, self.after[j].fields
            for key in ("source", *sorted({*one, *other})):
                ranks = _rank(one.get(key)), _rank(other.get(key))
                if ranks[0] != ranks[1]:
                    return ranks[0] > ranks[1]
        return False

    def mirror(self) -> Pairing:
        """Return the same links with the sides exchanged."""
        mirrored = Pairing((), ())
        mirrored.before, mirrored.after, mirrored.sure = self.after, self.before, self.sure
        mirrored.pairs = {j: i for i, j in self.pairs.items()}
        mirrored.splits, mirrored.joins = self.joins, self.splits
        mirrored.free_before, mirrored.free_after = self.free_after, self.free_before
        return mirrored

    def are_free(self, i: int, j: int) -> bool:
        """Return whether neither cell has been linked."""
        return i in self.free_before and j in self.free_after

    def pair(self, i: int, j: int) -> None:
        """Link two free cells."""
        self.pairs[i] = j
        del self.free_before[i], self.free_after[j]
        self._gaps = None

    def pair_free(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Link those of the pairs whose cells are free, in order."""
        for i, j in pairs:
            if self.are_free(i, j):
                self.pair(i, j)

    def split(self, i: int, run: tuple[int, ...]) -> None:
        """Link a cell to the cells that it was split into, which may be paired with it already."""
        self.free_before.pop(i, None)
        for j in run:
            self.free_after.pop(j, None)
        self.pairs[i] = run[0]
        self.splits[i] = run
        self._gaps = None

    def join(self, run: tuple[int, ...], j: int) -> None:
        """Link cells to the one that they were joined to, which may be paired with one of them."""
        self.free_after.pop(j, None)
        for i in run:
            self.free_before.pop(i, None)
            self.pairs.pop(i, None)
        self.pairs[run[0]] = j
        self.joins[j] = run
        self._gaps = None

    def find_gaps(self) -> list[Gap]:
        """Return the stretches between fixed pairs in which both sides have free cells.

        A pair is fixed if it keeps its order whatever else is said to have moved. A pair that may
        itself have moved must not cut a stretch in two.
        """
        if self._gaps is None:
            self._gaps = self._list_gaps() if self.is_open else []
        return self._gaps

    def _list_gaps(self) -> list[Gap]:
        ordered = sorted(self.pairs.items())
        if self.splits or self.joins:
            ordered = [(i, j) for i, j in ordered if not self._is_apart(i, j)]
        columns = [j for _, j in ordered]
        if columns != sorted(columns):
            ordered = [ordered[position] for position in find_unavoidable(columns)]
        rows = _group(self.free_before, [i for i, _ in ordered])
        others = _group(self.free_after, [j for _, j in ordered])
        return [Gap(rows[at], others[at]) for at in rows if at in others]

    def _is_apart(self, i: int, j: int) -> bool:
        """Return whether other cells are between the parts of a split or join."""
        run = self.splits.get(i) or self.joins.get(j) or (i,)
        return run[-1] - run[0] >= len(run)


def _count_equal_ends(
    before: Sequence[Cell], after: Sequence[Cell], known: Mapping[int, int] | None
) -> tuple[int, int]:
    """Return how many cells are equal altogether, from the start and from the end.

    Cells of a known pair count as equal to each other, and to no other cell.
    """
    taken = set(known.values()) if known else ()

    def differ(i: int, j: int) -> bool:
        if known and (i in known or j in taken):
            return known.get(i) != j
        return before[i].fields != after[j].fields

    sizes = len(before), len(after)
    least = min(sizes)
    head = next((at for at in range(least) if differ(at, at)), least)
    for tail in range(least - head):
        if differ(sizes[0] - 1 - tail, sizes[1] - 1 - tail):
            return head, tail
    return head, least - head


def _group(free: Iterable[int], fixed: list[int]) -> dict[int, list[int]]:
    """Return the free cells, in order, by the number of fixed ones before them."""
    groups: dict[int, list[int]] = {}
    for index in sorted(free):
        groups.setdefault(bisect_left(fixed, index), []).append(index)
    return groups


def _rank(member: Any) -> bytes:
    """Return what cells sort by. The outlines of a history have their ids as strings, or None."""
    if type(member) is str:
        return member.encode(errors="surrogatepass")
    return bytes(member or b"")
