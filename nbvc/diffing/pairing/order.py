"""List links in reading order, and find which of them moved.

pairs   A─A C─C D─B, B removed       links   A, B removed, D (moved), C
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from nbvc.diffing.pairing.model import Link
from nbvc.sequence import heaviest_increasing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.diffing.pairing.model import Pairing


_LONGEST = 9999
"""Sources longer than this weigh the same when the order is chosen."""
_EDITED = 1e-4
"""So much less do edited cells weigh."""


def find_spine(pairing: Pairing) -> list[tuple[int, int]]:
    """Return a pair of each link that keeps its order; the others moved.

    As many cells as possible stay. Otherwise cells that were not edited stay, then long ones.
    A link of several cells stays if one of its parts does, and no other cell between them does.
    """
    ordered = sorted(pairing.pairs.items())
    columns = [j for _, j in ordered]
    if columns != sorted(columns):
        ordered = heaviest_increasing(
            (x, y, _weigh(pairing, i, j))
            for i, j in ordered
            for x in pairing.joins.get(j, (i,))
            for y in pairing.splits.get(i, (j,))
        )
    if pairing.joins:
        ordered = _clear(ordered, pairing.joins.values(), 0)
    return _clear(ordered, pairing.splits.values(), 1) if pairing.splits else ordered


def _clear(
    stays: list[tuple[int, int]], runs: Iterable[tuple[int, ...]], side: int
) -> list[tuple[int, int]]:
    """Return the pairs without those between the parts of a link, or without the link if it is less."""
    places = [pair[side] for pair in stays]
    known, gone = set(places), set[int]()
    for run in runs:
        apart = run[-1] - run[0] >= len(run)
        for part in known.intersection(run) if apart else ():
            low, high = bisect_left(places, run[0]), bisect_right(places, run[-1])
            at = bisect_left(places, part)
            fewer = high - low - 1 <= len(run)
            gone.update([*range(low, at), *range(at + 1, high)] if fewer else [at])
    return [pair for at, pair in enumerate(stays) if at not in gone] if gone else stays


def _weigh(pairing: Pairing, i: int, j: int) -> float:
    source = pairing.before[i].source
    cells = len(pairing.splits.get(i) or pairing.joins.get(j) or (i,))
    edited = cells == 1 and source != pairing.after[j].source
    return cells - _EDITED * edited + min(len(source), _LONGEST) / 1e9


def list_links(pairing: Pairing, stays: list[tuple[int, int]]) -> list[Link]:
    """Return links that name every cell once, by their first cell after.

    Removed cells are behind the cell that they followed.
    """
    if len(stays) == len(pairing.before) == len(pairing.after):
        return [Link((i,), (j,)) for i, j in stays]
    pasts = {j: i for i, j in pairing.pairs.items()}
    parts = {j for run in pairing.splits.values() for j in run[1:]}
    removed = sorted(pairing.free_before, reverse=True)
    links: list[Link] = []
    ends = [*(i for i, _ in stays), len(pairing.before)]
    _drain(removed, ends[0], links)
    # Until which cell before those behind a link that stays were removed, by its first cell.
    until = {
        pairing.joins.get(j, (i,))[0]: end for (i, j), end in zip(stays, ends[1:], strict=True)
    }
    for j in range(len(pairing.after)):
        i = pasts.get(j, -1)
        if i >= 0:
            stayed = i in until
            links.append(Link(pairing.joins.get(j, (i,)), pairing.splits.get(i, (j,)), not stayed))
            if stayed and removed:
                _drain(removed, until[i], links)
        elif j not in parts:
            links.append(Link((), (j,)))
    return links


def _drain(removed: list[int], stop: int, links: list[Link]) -> None:
    """Add the removed cells that were before `stop`."""
    while removed and removed[-1] < stop:
        links.append(Link((removed.pop(),), ()))
