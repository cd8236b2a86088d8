"""Pair cells at the same place: the best pairs of a gap that keep the order.

    before               after
    load()               load()               fixed
    draw(a, 'bar')       draw(a, 'line')      similar: weighs 0.4
    show()               draw(b, 'line')      equal ones weigh 0.3, wherever they stand
    draw(b, 'bar')       show()
    show()               save()               fixed
    save()

Every pair of a gap that is equal or similar weighs what it is worth, and the pairs that weigh the
most together without crossing are the answer: `draw(a)`, `draw(b)` and the second `show()`. The
first `show()` was removed. A gap of one line on each side is one line that was replaced.
"""

from __future__ import annotations

from nbvc.diffing.pairing.candidates import GRID, find_near, find_sharing
from nbvc.diffing.pairing.evidence import LIKELY, MOVED
from nbvc.diffing.pairing.similar import refine, weigh
from nbvc.sequence import heaviest_increasing, matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from nbvc.diffing.pairing.evidence import Evidence
    from nbvc.diffing.pairing.model import Gap, Pairing
    from nbvc.diffing.pairing.similar import Weights

    Keys = Mapping[int, Hashable]

_SIMILAR = LIKELY - 0.05
"""How similar cells must be to weigh anything: a pair that is hardly likely outweighs no better one."""
_SHORT = 0.3
"""What an equal pair of short sources weighs: half of what a long one does, since they repeat."""
_EMPTY = 0.1
"""What a pair of blank cells weighs."""
_SAME_OUTPUTS = 0.05
_SAME_PLACE = 1e-4


def pair_in_place(pairing: Pairing, evidence: Evidence) -> None:
    """Pair similar cells that stand alone in a gap on both sides."""
    for gap in pairing.find_gaps():
        if len(gap.rows) == len(gap.columns) == 1:
            i, j = gap.rows[0], gap.columns[0]
            if evidence.score(i, j) >= MOVED and not evidence.naming.differ(i, j):
                pairing.pair(i, j)


def pair_gaps(pairing: Pairing, evidence: Evidence, before: Keys, after: Keys) -> None:
    """Pair equal and similar cells in order between the pairs that are fixed."""
    for gap in pairing.find_gaps():
        if not _is_single(evidence, gap):
            for i, j in heaviest_increasing(_weigh_gap(evidence, gap, before, after)):
                pairing.pair(i, j)


def pair_replaced(pairing: Pairing, evidence: Evidence) -> None:
    """Pair single lines that stand alone at the same place: one replaced the other."""
    for gap in pairing.find_gaps():
        if _is_single(evidence, gap):
            pairing.pair(gap.rows[0], gap.columns[0])


def _is_single(evidence: Evidence, gap: Gap) -> bool:
    return len(gap.rows) == len(gap.columns) == 1 and _is_replaced(
        evidence, gap.rows[0], gap.columns[0]
    )


def _weigh_gap(
    evidence: Evidence, gap: Gap, before: Keys, after: Keys
) -> list[tuple[int, int, float]]:
    """Return what each pair of a gap is worth; of equal worth, pairs at the same place win.

    In a long gap, only cells that share something rare are told apart from look-alikes.
    """
    rows, columns = gap.rows, gap.columns
    if len(rows) * len(columns) <= GRID:
        weights = refine(evidence, weigh(evidence, find_near(rows, columns)))
    else:
        weights = _weigh_long_gap(evidence, gap, before, after)
    place = {i: x / len(rows) for x, i in enumerate(rows)}
    other = {j: y / len(columns) for y, j in enumerate(columns)}
    return [
        (i, j, _value(evidence, i, j, weight) - _SAME_PLACE * abs(place[i] - other[j]))
        for (i, j), weight in weights.items()
    ]


def _weigh_long_gap(evidence: Evidence, gap: Gap, before: Keys, after: Keys) -> Weights:
    """Return how alike equal cells are, cells at about the same place, and those that share signs."""
    rows, columns = gap.rows, gap.columns
    same = matches([before.get(i) for i in rows], [after.get(j) for j in columns])
    weights = weigh(evidence, [(rows[x], columns[y]) for x, y in same])
    met = {i for i, _ in weights}, {j for _, j in weights}
    near = [pair for pair in find_near(rows, columns) if pair[0] not in met[0]]
    weights |= weigh(evidence, [pair for pair in near if pair[1] not in met[1]])
    return weights | refine(evidence, weigh(evidence, find_sharing(evidence, rows, columns)))


def _value(evidence: Evidence, i: int, j: int, weight: float) -> float:
    value = weight - _SIMILAR
    if evidence.is_blank(0, i):  # Only another blank cell weighs anything.
        value = _EMPTY
    elif weight == 1.0 and evidence.is_short(i):
        value = _SHORT
    return value + _SAME_OUTPUTS * evidence.same_outputs(i, j)


def _is_replaced(evidence: Evidence, i: int, j: int) -> bool:
    """Tell whether a single line stands where another one stood, and names do not deny it."""
    one, other = evidence.profile(0, i), evidence.profile(1, j)
    single = one.kind == other.kind and "\n" not in one.source.strip() + other.source.strip()
    denied = evidence.naming.trust and not evidence.naming.agree(i, j)
    return single and not denied and bool(one.squeezed and other.squeezed)
