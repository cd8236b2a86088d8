"""Which cells are worth comparing: those that share something rare, and those at the same place.

    before                after
    import os             import os          `import os` stands in every cell: no sign
    rain = load('a')      rain = load('b')   `rain` and `load` stand in two: compared
    import os
    print(rain.max())

Comparing everything with everything takes minutes for long notebooks. Each cell is therefore
compared with the few that share the most with it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from nbvc.diffing.pairing.alike import Profile
    from nbvc.diffing.pairing.evidence import Evidence

    Sign = str | bytes
    """A line or a word."""
    Signs = AbstractSet[Sign]

GRID = 900
"""Up to this many pairs are all compared."""
_FEW_PAIRS = 36
"""So few pairs are compared faster than looked for."""
_NEAR = 1
"""So many cells on either side of the same place are compared in a long gap."""
_COMMON = 8
"""A line or word in more cells than this is no sign of a cell."""
_BEST = 3
"""So many cells are compared of those that share the most with a cell."""
_FEW_LINES = 3
"""Cells of at most so many lines are found by their words as well."""


def find_bound(
    evidence: Evidence, rows: Iterable[int], columns: Iterable[int]
) -> set[tuple[int, int]]:
    """Return the pairs that share a line that no other cell of their side has, or such a word."""
    olds = {i: _read_signs(evidence.profile(0, i)) for i in rows}
    news = {j: _read_signs(evidence.profile(1, j)) for j in columns}
    common = _find_single(olds.values()) & _find_single(news.values())
    at = {sign: i for i, own in olds.items() for sign in own & common if sign.strip()}
    return {(at[sign], j) for j, own in news.items() for sign in own & at.keys()}


def _find_single(cells: Iterable[Signs]) -> set[Sign]:
    """Return the signs that only one cell has."""
    seen: set[Sign] = set()
    again: set[Sign] = set()
    for own in cells:
        again |= seen & own
        seen |= own
    return seen - again


def find_sharing(
    evidence: Evidence, rows: Sequence[int], columns: Sequence[int]
) -> set[tuple[int, int]]:
    """Return the pairs that share rare lines, or rare words if they have few lines; if few, all."""
    if len(rows) * len(columns) <= _FEW_PAIRS:
        return {(i, j) for i in rows for j in columns}
    olds = {i: _read_signs(evidence.profile(0, i)) for i in rows}
    news = {j: _read_signs(evidence.profile(1, j)) for j in columns}
    return _match(olds, news)


def _read_signs(profile: Profile) -> Signs:
    if len(profile.lines) <= _FEW_LINES:
        return profile.lines | profile.words
    return profile.lines


def _match(olds: dict[int, Signs], news: dict[int, Signs]) -> set[tuple[int, int]]:
    """Return the pairs that share the most rare signs with one of their cells."""
    common: set[Sign] = set().union(*olds.values())
    common.intersection_update(set().union(*news.values()))
    holders, others = _index(olds, common), _index(news, common)
    shared: dict[tuple[int, int], float] = {}
    for sign, at in holders.items():
        found = others[sign]
        if len(at) <= _COMMON and len(found) <= _COMMON and not sign.isspace():
            weight = len(sign) / max(len(at), len(found))
            for i in at:
                for j in found:
                    shared[i, j] = shared.get((i, j), 0) + weight
    return _choose(shared)


def _index(signs: dict[int, Signs], common: set[Sign]) -> dict[Sign, list[int]]:
    holders: dict[Sign, list[int]] = {}
    for index, own in signs.items():
        for sign in common & own:
            holders.setdefault(sign, []).append(index)
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
