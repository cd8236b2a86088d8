"""Which cells are worth comparing: those that share something rare, and those at the same place.

    before                after
    import os             import os          `import os` is in every cell: no sign
    rain = load('a')      rain = load('b')   `rain` and `load` are in two: compared
    import os
    print(rain.max())

Comparing everything with everything takes minutes for long notebooks. Each cell is therefore
compared with the few that share the most with it.
"""

from __future__ import annotations

from nbvc.diffing.pairing.alike import says_enough

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.diffing.pairing.alike import Profile, Sign
    from nbvc.diffing.pairing.evidence import Evidence

    Groups = dict[Profile, list[int]]

GRID = 900
"""Up to this many pairs are all compared."""
_FEW_PAIRS = 36
"""So few pairs are compared faster than looked for."""
_NEAR = 1
"""So many cells on either side of the same place are compared in a long gap."""
_COMMON = 8
"""A line or word in more cells than this is not a sign of a cell."""
_BEST = 3
"""So many cells are compared of those that share the most with a cell."""


def find_bound(
    evidence: Evidence, rows: Iterable[int], columns: Iterable[int]
) -> dict[tuple[int, int], bool]:
    """Return the pairs that share a line or word that no other cell of their side has.

    Each is mapped to whether such a line says enough by itself.
    """
    olds, news = _group(evidence, 0, rows), _group(evidence, 1, columns)
    common = _find_single(olds) & _find_single(news)
    found: dict[tuple[int, int], bool] = {}
    if not common:
        return found
    at = {
        sign: i
        for one, (i, *_) in olds.items()
        for sign in one.signs & common
        if sign and not sign.isspace()
    }
    for other, (j, *_) in news.items():
        for sign in other.signs & at.keys():
            pair = at[sign], j
            found[pair] = found.get(pair, False) or (isinstance(sign, str) and says_enough(sign))
    return found


def _group(evidence: Evidence, side: int, indices: Iterable[int]) -> Groups:
    """Map each profile to its cells: equal ones are looked at once."""
    groups: Groups = {}
    for index in indices:
        groups.setdefault(evidence.profile(side, index), []).append(index)
    return groups


def _find_single(groups: Groups) -> set[Sign]:
    """Return the signs that only one cell has."""
    seen: set[Sign] = set()
    again: set[Sign] = set()
    for profile, at in groups.items():
        again |= profile.signs if len(at) > 1 else seen & profile.signs
        seen |= profile.signs
    return seen - again


def find_sharing(
    evidence: Evidence, rows: Sequence[int], columns: Sequence[int]
) -> set[tuple[int, int]]:
    """Return the pairs that share rare lines, or rare words if they have few lines; if few, all."""
    if len(rows) * len(columns) <= _FEW_PAIRS:
        return {(i, j) for i in rows for j in columns}
    return _match(_group(evidence, 0, rows), _group(evidence, 1, columns))


def _match(olds: Groups, news: Groups) -> set[tuple[int, int]]:
    """Return the pairs that share the most rare signs with one of their cells."""
    common: set[Sign] = set().union(*(one.signs for one in olds))
    common &= set().union(*(other.signs for other in news))
    holders, others = _index_signs(olds, common), _index_signs(news, common)
    shared: dict[tuple[int, int], float] = {}
    for sign, at in holders.items():
        found = others[sign]
        if len(at) <= _COMMON and len(found) <= _COMMON and not sign.isspace():
            weight = len(sign) / max(len(at), len(found))
            for i in at:
                for j in found:
                    shared[i, j] = shared.get((i, j), 0) + weight
    return _choose(shared)


def _index_signs(groups: Groups, common: set[Sign]) -> dict[Sign, list[int]]:
    holders: dict[Sign, list[int]] = {}
    for profile, at in groups.items():
        for sign in common & profile.signs:
            holders.setdefault(sign, []).extend(at)
    return holders


def _choose(shared: dict[tuple[int, int], float]) -> set[tuple[int, int]]:
    """Return the pairs that share the most with one of their cells."""
    rows: dict[int, list[tuple[float, tuple[int, int]]]] = {}
    columns: dict[int, list[tuple[float, tuple[int, int]]]] = {}
    for pair, weight in shared.items():
        if weight:
            rows.setdefault(pair[0], []).append((-weight, pair))
            columns.setdefault(pair[1], []).append((-weight, pair))
    chosen: set[tuple[int, int]] = set()
    for found in (*rows.values(), *columns.values()):
        if len(found) == 1:
            chosen.add(found[0][1])
        else:
            found.sort()
            least = found[0][0] / 2
            chosen.update([pair for weight, pair in found[:_BEST] if weight <= least])
    return chosen


def find_near(rows: Sequence[int], columns: Sequence[int]) -> set[tuple[int, int]]:
    """Return the pairs at about the same place of a gap; all pairs of a small one."""
    if len(rows) * len(columns) <= GRID:
        return {(i, j) for i in rows for j in columns}
    near: set[tuple[int, int]] = set()
    step = len(columns) / len(rows)
    for x, i in enumerate(rows):
        middle = round(x * step)
        near.update((i, j) for j in columns[max(0, middle - _NEAR) : middle + _NEAR + 1])
    return near
