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
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from nbvc.diff.pairing.alike import Profile
    from nbvc.diff.pairing.evidence import Evidence

GRID = 900
"""Up to this many pairs are all compared."""
_FEW_PAIRS = 36
"""So few pairs are compared faster than looked for."""
_NEAR = 3
"""So many cells on either side of the same place are compared in a long gap."""
_COMMON = 8
"""A line or word in more cells than this is no sign of a cell."""
_BEST = 3
"""So many cells are compared of those that share the most with a cell."""
_FEW_LINES = 4
"""Cells of at most so many lines are found by their words as well."""


def find_sharing(
    evidence: Evidence, rows: Sequence[int], columns: Sequence[int]
) -> set[tuple[int, int]]:
    """Return the pairs that share rare lines, or rare words if they have few lines; if few, all."""
    if len(rows) * len(columns) <= _FEW_PAIRS:
        return {(i, j) for i in rows for j in columns}
    shared: dict[int, dict[int, float]] = {}
    for read in (_read_lines, _read_words):
        holders = _index(evidence, 1, columns, read)
        others = _index(evidence, 0, rows, read)
        for sign, at in others.items():
            found = holders.get(sign)
            if found is None or len(found) > _COMMON or len(at) > _COMMON:
                continue
            weight = len(sign) / max(len(found), len(at))
            for i in at:
                row = shared.setdefault(i, {})
                for j in found:
                    row[j] = row.get(j, 0) + weight
    weighted = [(i, j, weight) for i, row in shared.items() for j, weight in row.items()]
    return set(_choose(weighted, 0)) | set(_choose(weighted, 1))


def _choose(weighted: list[tuple[int, int, float]], side: int) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share the most with each cell of one side."""
    by_cell: dict[int, list[tuple[float, int, int]]] = {}
    for i, j, weight in weighted:
        by_cell.setdefault((i, j)[side], []).append((-weight, i, j))
    for found in by_cell.values():
        found.sort()
        for weight, i, j in found[:_BEST]:
            if 2 * weight <= found[0][0]:
                yield i, j


def _index(
    evidence: Evidence,
    side: int,
    indices: Iterable[int],
    read: Callable[[Profile], Iterable[Any]],
) -> dict[Any, list[int]]:
    holders: dict[Any, list[int]] = {}
    for index in indices:
        for sign in read(evidence.profile(side, index)):
            holders.setdefault(sign, []).append(index)
    return holders


def _read_lines(profile: Profile) -> list[str]:
    return [line for line in profile.lines if line and not line.isspace()]


def _read_words(profile: Profile) -> Iterable[bytes]:
    return profile.words if len(profile.lines) <= _FEW_LINES else ()


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
