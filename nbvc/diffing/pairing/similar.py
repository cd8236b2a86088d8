"""Pair cells that are similar beyond doubt, and in the end those that are similar and moved.

    before                  after
    plot(north, 'red')      plot(south, 'blue')       an adapted copy: new
    x = 1                   x = 1
                            plot(north, 'red', 'km')  closest to the cell before: the same cell

Two cells are the same beyond doubt if they are very similar, each is the closest to the other, and no
look-alike is nearly as close. What remains in doubt is decided by its place.
"""

from __future__ import annotations

from nbvc.diffing.pairing.candidates import find_bound, find_sharing
from nbvc.diffing.pairing.evidence import LIKELY, MOVED, STRONG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.diffing.pairing.evidence import Evidence
    from nbvc.diffing.pairing.model import Pairing

    Weights = dict[tuple[int, int], float]

_CLEAR = 0.8
"""Of a look-alike, so small a share of the difference is clearly closer."""
_SURE = 0.4
"""So small a share is clearly closer without a closer look."""
_FINE = 0.2
"""How much the fine difference between look-alikes weighs."""


def weigh(evidence: Evidence, pairs: Iterable[tuple[int, int]]) -> Weights:
    """Return how alike the similar ones of these pairs are."""
    scores = [(pair, evidence.score(*pair)) for pair in pairs]
    return {pair: score for pair, score in scores if score >= LIKELY}


def refine(evidence: Evidence, weights: Weights) -> Weights:
    """Return the weights with a fine difference for look-alikes."""
    rows, columns = _list_rivals(weights)
    return {
        (i, j): weight + _FINE * (evidence.closeness(i, j) - weight)
        if len(rows[i]) > 1 or len(columns[j]) > 1
        else weight
        for (i, j), weight in weights.items()
    }


def pair_bound(pairing: Pairing, evidence: Evidence) -> None:
    """Pair similar cells that share a line or word that no other free cell has.

    Each must be the closest to the other, without a look-alike that is nearly as close. Between the same
    fixed pairs, less similarity is enough, and even less if they share a line that says enough.
    """
    bound = find_bound(evidence, pairing.free_before, pairing.free_after)
    weights = weigh(evidence, bound)
    rows, columns = _list_rivals(weights)
    places = _number_gaps(pairing)
    found = []
    for (i, j), weight in weights.items():
        here = places[0].get(i, -1) == places[1].get(j, -2)
        least = (LIKELY if bound[i, j] else MOVED) if here else STRONG
        if weight >= least and evidence.is_telling(i, j):
            rivals = [(i, other) for other in rows[i]] + [(other, j) for other in columns[j]]
            if all(_is_closer(evidence, (i, j), rival) for rival in rivals if rival != (i, j)):
                found.append((i, j))
    rows, columns = _list_rivals(dict.fromkeys(found, 1.0))
    for i, j in found:
        if len(rows[i]) == len(columns[j]) == 1:  # Else each is closer in its own way.
            pairing.pair(i, j)


def _list_rivals(weights: Weights) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    rows: dict[int, list[int]] = {}
    columns: dict[int, list[int]] = {}
    for i, j in weights:
        rows.setdefault(i, []).append(j)
        columns.setdefault(j, []).append(i)
    return rows, columns


def _is_closer(evidence: Evidence, pair: tuple[int, int], rival: tuple[int, int]) -> bool:
    shares, rival_shares = evidence.share_line(*pair), evidence.share_line(*rival)
    if shares != rival_shares:
        return shares
    if 1 - evidence.score(*pair) < _SURE * (1 - evidence.score(*rival)):
        return True
    return evidence.difference(*pair) < _CLEAR * evidence.difference(*rival)


def _number_gaps(pairing: Pairing) -> tuple[dict[int, int], dict[int, int]]:
    rows: dict[int, int] = {}
    columns: dict[int, int] = {}
    for number, gap in enumerate(pairing.find_gaps()):
        rows.update(dict.fromkeys(gap.rows, number))
        columns.update(dict.fromkeys(gap.columns, number))
    return rows, columns


def pair_moved(pairing: Pairing, evidence: Evidence) -> None:
    """Pair similar cells that are left in different gaps, the most similar ones first."""
    if not pairing.is_open:
        return
    pairs = find_sharing(evidence, list(pairing.free_before), list(pairing.free_after))
    left = [
        (weight, -abs(i - j), -i - j, i, j)
        for (i, j), weight in refine(evidence, weigh(evidence, pairs)).items()
        if _may_move(evidence, i, j)
    ]
    for *_, i, j in sorted(left, reverse=True):
        if pairing.are_free(i, j):
            pairing.pair(i, j)


def _may_move(evidence: Evidence, i: int, j: int) -> bool:
    """Return whether two cells are similar enough; a single line must be very similar."""
    score = evidence.score(i, j)
    if score < MOVED or not evidence.is_telling(i, j):
        return False
    shared = evidence.profile(0, i).lines & evidence.profile(1, j).lines
    return score >= STRONG or any(line and not line.isspace() for line in shared)
