"""Which pairs keep their order: the heaviest strictly increasing subsequence."""

from __future__ import annotations

from itertools import accumulate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Pair = tuple[int, int, float]


def heaviest_increasing(pairs: Iterable[Pair]) -> list[tuple[int, int]]:
    """Return those of the `(i, j, weight)` pairs that rise in both indices and weigh most together.

        pairs  (0, 2) (1, 0) (2, 1)        all of weight 1
        gives         (1, 0) (2, 1)        and (0, 2) is the one that moved

    An index may occur in many pairs; it is used once at most. Weights are positive. A pair that all
    others are before or behind in both indices is in every answer, so that only what is between
    two such pairs is weighed. Takes O(n log n).
    """
    ordered = sorted(pairs)
    last = len(ordered) - 1
    columns = [pair[1] for pair in ordered]
    most = [*accumulate(columns, max)]
    least = [*accumulate(reversed(columns), min)][::-1]
    chosen: list[tuple[int, int]] = []
    start = 0
    for at, (i, j, _) in enumerate(ordered):
        if at and (most[at - 1] >= j or ordered[at - 1][0] == i):
            continue
        if at < last and (least[at + 1] <= j or ordered[at + 1][0] == i):
            continue
        if start < at:
            chosen += _weigh(ordered[start:at])
        chosen.append((i, j))
        start = at + 1
    return chosen + _weigh(ordered[start:]) if start <= last else chosen


def _weigh(pairs: list[Pair]) -> list[tuple[int, int]]:
    """Find the answer with a Fenwick tree: the best weight that ends at or before each j."""
    # Of pairs of one i the last j goes first, so that none of them follows another.
    ordered = sorted(pairs, key=lambda pair: (pair[0], -pair[1]))
    shift = min(pair[1] for pair in ordered)
    size = max(pair[1] for pair in ordered) + 1 - shift
    best: list[tuple[float, int]] = [(0.0, -1)] * (size + 1)
    previous = [-1] * len(ordered)
    top = (0.0, -1)
    for index, (_, j, weight) in enumerate(ordered):
        total, last = _find_before(best, j - shift)
        previous[index] = last
        ending = (total + weight, index)
        if ending[0] > top[0]:
            top = ending
        slot = j + 1 - shift
        while slot <= size:
            if ending[0] > best[slot][0]:
                best[slot] = ending
            slot += slot & -slot
    chosen = []
    index = top[1]
    while index >= 0:
        chosen.append(ordered[index][:2])
        index = previous[index]
    chosen.reverse()
    return chosen


def _find_before(best: list[tuple[float, int]], j: int) -> tuple[float, int]:
    """Return the best weight, and its last pair, among those that end before `j`."""
    found = (0.0, -1)
    while j > 0:
        if best[j][0] > found[0]:
            found = best[j]
        j -= j & -j
    return found


def find_unavoidable(values: list[int]) -> list[int]:
    """Return the positions of those distinct values that every longest increasing run goes through.

        values  0 2 1 3        the runs are 0 2 3 and 0 1 3
        gives   0 3            as positions of the values 0 and 3

    Takes O(n log n): a value is in some longest run where the longest run that ends with it and
    the longest that begins with it add up, and in all of them if no other value takes its rank.
    """
    ending = _run_lengths(values)
    starting = _run_lengths([-value for value in reversed(values)])[::-1]
    longest = max(ending, default=0)
    at_rank: dict[int, list[int]] = {}
    for position, (up, down) in enumerate(zip(ending, starting, strict=True)):
        if up + down - 1 == longest:
            at_rank.setdefault(up, []).append(position)
    return [positions[0] for positions in at_rank.values() if len(positions) == 1]


def _run_lengths(values: list[int]) -> list[int]:
    """Return how long the longest increasing run is that ends with each value (patience sorting)."""
    from bisect import bisect_left

    tops: list[int] = []
    lengths = []
    for value in values:
        place = bisect_left(tops, value)
        tops[place : place + 1] = [value]
        lengths.append(place + 1)
    return lengths
