"""Pair cells at the same place: the best pairs of a gap that keep the order.

    before               after
    load()               load()               fixed
    draw(a, 'bar')       draw(a, 'line')      similar: weighs 0.4
    show()               draw(b, 'line')      equal ones weigh 0.3, wherever they are
    draw(b, 'bar')       show()
    show()               save()               fixed
    save()

Every pair of a gap that is equal or similar weighs what it is worth, and the pairs that weigh the
most together without crossing are the answer: `draw(a)`, `draw(b)` and the second `show()`. The
first `show()` was removed. A gap of one line on each side is one line that was replaced.

Most cells are edited where they are. From the ends of a gap, cells pair one by one without any weighing,
as long as each is similar to its partner and to no free cell close by as much.
"""

from __future__ import annotations

from itertools import pairwise

from nbvc.diffing.pairing.candidates import GRID, find_near, find_sharing
from nbvc.diffing.pairing.evidence import LIKELY, STRONG
from nbvc.diffing.pairing.similar import refine, weigh
from nbvc.sequence import find_matches, heaviest_increasing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from nbvc.diffing.pairing.alike import Profile
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
_NEAR = 2
"""A cell edited in place is closer to its partner than to so many free cells on either side."""
_FEW_CHARACTERS = 1000
"""Two sources of so many characters are compared by words, longer ones faster by lines."""
_SAME_OUTPUTS = 0.05
"""What equal outputs weigh: they decide between copies that are about as alike."""
_SAME_PLACE = 1e-4
"""What the place weighs: it decides where nothing else does."""


def pair_in_place(pairing: Pairing, evidence: Evidence) -> list[tuple[int, int]]:
    """Pair cells that were edited in place, from both ends of each gap as far as they follow.

    Pairs of which one text is in the other are returned instead: they may be parts of a split or join.
    """
    parts: list[tuple[int, int]] = []
    for gap in pairing.find_gaps():
        if _follow(pairing, evidence, gap.rows, gap.columns, parts):
            _follow(pairing, evidence, gap.rows[::-1], gap.columns[::-1], parts)
    return parts


def _follow(
    pairing: Pairing,
    evidence: Evidence,
    rows: list[int],
    columns: list[int],
    parts: list[tuple[int, int]],
) -> bool:
    """Pair cells one by one as long as they are edited ones; return whether any cells are left."""
    alone = len(pairing.free_before) == len(pairing.free_after) == 1
    for at in range(min(len(rows), len(columns))):
        i, j = rows[at], columns[at]
        one, other = evidence.profile(0, i), evidence.profile(1, j)
        if one is other:  # Equal cells that are often are left to later steps.
            continue
        if not _share_words(one, other) and evidence.score(i, j) < STRONG:
            return True
        if evidence.naming.differ(i, j) or not pairing.are_free(i, j):
            return True
        if not _is_closest(pairing, evidence, rows, columns, at):
            return True
        if not alone and _is_part(one, other):
            parts.append((i, j))
        else:
            pairing.pair(i, j)
    return len(rows) != len(columns)


def _share_words(one: Profile, other: Profile) -> bool:
    """Return whether two short cells of one type are alike by their words alone, which is fast."""
    if one.kind != other.kind or len(one.source) + len(other.source) > _FEW_CHARACTERS:
        return False
    return 2 * len(one.words & other.words) >= STRONG * (len(one.words) + len(other.words))


def _is_closest(
    pairing: Pairing, evidence: Evidence, rows: list[int], columns: list[int], at: int
) -> bool:
    """Return whether the cells at a place share more than one of them does with a free cell close by.

    If both sides have as many cells, the place decides between rivals that are equally close.
    """
    one, other = evidence.profile(0, rows[at]), evidence.profile(1, columns[at])
    rivals = [(one, evidence.profile(1, j)) for j in columns[at + 1 : at + 1 + _NEAR]]
    rivals += [(other, evidence.profile(0, i)) for i in rows[at + 1 : at + 1 + _NEAR]]
    before = range(max(0, at - _NEAR), at)  # Cells are free there if they may be parts.
    rivals += [
        (one, evidence.profile(1, columns[k])) for k in before if columns[k] in pairing.free_after
    ]
    rivals += [
        (other, evidence.profile(0, rows[k])) for k in before if rows[k] in pairing.free_before
    ]
    if not rivals:
        return True
    few = len(one.source) + len(other.source) <= _FEW_CHARACTERS
    shared = one.words & other.words if few else one.lines & other.lines
    tied = len(rows) == len(columns)
    whole = one.shares_line(other)
    for mine, rival in rivals:
        if not whole and mine.shares_line(rival):
            return False
        common = mine.words & rival.words if few else mine.lines & rival.lines
        more = len(shared) - len(common) or _compare_words(one, other, mine, rival)
        if more < 0 or (more == 0 and not tied):
            return False
    return True


def _compare_words(one: Profile, other: Profile, mine: Profile, rival: Profile) -> int:
    """Return how many more or longer words two cells share than two others do."""
    shared, others = one.words & other.words, mine.words & rival.words
    return len(shared) - len(others) or sum(map(len, shared)) - sum(map(len, others))


def _is_part(one: Profile, other: Profile) -> bool:
    """Return whether the text of one cell is in the other, white space aside."""
    return one.squeezed in other.squeezed or other.squeezed in one.squeezed


def pair_gaps(pairing: Pairing, evidence: Evidence, before: Keys, after: Keys) -> None:
    """Pair equal and similar cells in order between the pairs that are fixed."""
    for gap in pairing.find_gaps():
        if len(gap.rows) == len(gap.columns) == 1:
            i, j = gap.rows[0], gap.columns[0]
            chosen = [(i, j)] if evidence.score(i, j) >= LIKELY else []
        else:
            weights = _weigh_gap(evidence, gap, before, after)
            chosen = sorted(weights)
            if any(x <= i or y <= j for (i, j), (x, y) in pairwise(chosen)):
                chosen = heaviest_increasing(_list_values(evidence, gap, weights))
        for i, j in chosen:
            pairing.pair(i, j)


def pair_replaced(pairing: Pairing, evidence: Evidence) -> None:
    """Pair single lines that are alone at the same place: one replaced the other."""
    for gap in pairing.find_gaps():
        if len(gap.rows) == len(gap.columns) == 1:
            i, j = gap.rows[0], gap.columns[0]
            if _is_replaced(evidence, i, j):
                pairing.pair(i, j)


def _weigh_gap(evidence: Evidence, gap: Gap, before: Keys, after: Keys) -> Weights:
    """Return how alike the cells of a gap are.

    In a long gap, only cells that share something rare are told apart from look-alikes.
    """
    if len(gap.rows) * len(gap.columns) <= GRID:
        return refine(evidence, weigh(evidence, find_near(gap.rows, gap.columns)))
    return _weigh_long_gap(evidence, gap, before, after)


def _list_values(evidence: Evidence, gap: Gap, weights: Weights) -> list[tuple[int, int, float]]:
    """Return what each pair of a gap is worth; of equal worth, pairs at the same place win."""
    place = {i: x / len(gap.rows) for x, i in enumerate(gap.rows)}
    other = {j: y / len(gap.columns) for y, j in enumerate(gap.columns)}
    return [
        (i, j, _weigh_pair(evidence, i, j, weight) - _SAME_PLACE * abs(place[i] - other[j]))
        for (i, j), weight in weights.items()
    ]


def _weigh_long_gap(evidence: Evidence, gap: Gap, before: Keys, after: Keys) -> Weights:
    """Return how alike equal cells are, cells at about the same place, and those that share signs."""
    rows, columns = gap.rows, gap.columns
    same = find_matches([before.get(i) for i in rows], [after.get(j) for j in columns])
    weights = weigh(evidence, [(rows[x], columns[y]) for x, y in same])
    met = {i for i, _ in weights}, {j for _, j in weights}
    near = [pair for pair in find_near(rows, columns) if pair[0] not in met[0]]
    weights |= weigh(evidence, [pair for pair in near if pair[1] not in met[1]])
    return weights | refine(evidence, weigh(evidence, find_sharing(evidence, rows, columns)))


def _weigh_pair(evidence: Evidence, i: int, j: int, weight: float) -> float:
    value = weight - _SIMILAR
    if evidence.is_blank(0, i):  # Only another blank cell weighs anything.
        value = _EMPTY
    elif weight == 1.0 and evidence.is_short(i):
        value = _SHORT
    return value + _SAME_OUTPUTS * evidence.same_outputs(i, j)


def _is_replaced(evidence: Evidence, i: int, j: int) -> bool:
    """Return whether a single line is where another one was, and names do not deny it."""
    one, other = evidence.profile(0, i), evidence.profile(1, j)
    single = one.kind == other.kind and "\n" not in one.source.strip() + other.source.strip()
    denied = evidence.naming.trust and not evidence.naming.agree(i, j)
    return single and not denied and bool(one.squeezed and other.squeezed)
