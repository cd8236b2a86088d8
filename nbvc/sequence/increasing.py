"""Which pairs keep their order: the heaviest strictly increasing subsequence."""

from __future__ import annotations

from itertools import pairwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def heaviest_increasing(pairs: Iterable[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Return those of the `(i, j, weight)` pairs that rise in both indices and weigh most together.

        pairs  (0, 2) (1, 0) (2, 1)        all of weight 1
        gives         (1, 0) (2, 1)        and (0, 2) is the one that moved

    An index may occur in many pairs; it is used once at most. Weights are positive. Takes
    O(n log n): a Fenwick tree holds the best weight that ends at or before each j.
    """
    ordered = sorted(pairs, key=lambda pair: (pair[0], -pair[1]))
    if all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(ordered)):
        return [pair[:2] for pair in ordered]
    size = max(pair[1] for pair in ordered) + 1
    best: list[tuple[float, int]] = [(0.0, -1)] * (size + 1)
    previous = [-1] * len(ordered)
    top = (0.0, -1)
    for index, (_, j, weight) in enumerate(ordered):
        total, last = _before(best, j)
        previous[index] = last
        ending = (total + weight, index)
        if ending[0] > top[0]:
            top = ending
        slot = j + 1
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


def _before(best: list[tuple[float, int]], j: int) -> tuple[float, int]:
    """Return the best weight, and its last pair, among those that end before `j`."""
    found = (0.0, -1)
    while j > 0:
        if best[j][0] > found[0]:
            found = best[j]
        j -= j & -j
    return found


def unavoidable(values: list[int]) -> list[int]:
    """Return the positions of those distinct values that every longest increasing run goes through.

        values  0 2 1 3        the runs are 0 2 3 and 0 1 3
        gives   0 3            as positions of the values 0 and 3

    Takes O(n log n): a value is in some longest run where the longest run that ends with it and
    the longest that begins with it add up, and in all of them where no other value takes its rank.
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
