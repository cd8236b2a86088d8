"""Pair cells whose text is the same.

    before          after
    load()          load()        stands once on each side: paired, wherever it stands
    plot(a)         show() 🖼1     stands often, but its outputs once on each side: paired by them
    show() 🖼1       plot(b)
    show() 🖼2       show() 🖼2

Text that stands once is beyond doubt, unless names that hold say that the old cell lives on in
another one and that the new cell is new. Text that stands often is left to later steps, which see
the neighbors.
"""

from __future__ import annotations

from bisect import bisect_left

from nbvc.diffing.pairing.evidence import MOVED
from nbvc.diffing.pairing.names import find_once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from nbvc.diffing.pairing.evidence import Evidence
    from nbvc.diffing.pairing.model import Pairing
    from nbvc.notebook import Cell

    Keys = Mapping[int, Hashable]

_BLANK = b'[]", \\nrtf\n\r\t'
"""The characters that a blank source is written with as JSON."""


def _read_texts(cells: Sequence[Cell], indices: Iterable[int]) -> dict[int, bytes]:
    """Return sources as they are written: equal text needs no decoding."""
    return {index: bytes(cells[index].fields.get("source", b"")) for index in indices}


def read_sources(cells: Sequence[Cell], indices: Iterable[int]) -> Keys:
    """Return type and source, which two files may write differently; blank cells have no key."""
    found = ((index, cells[index]) for index in indices)
    return {index: (cell.cell_type, cell.source) for index, cell in found if cell.source.strip()}


def find_same_text(pairing: Pairing) -> list[tuple[int, int]]:
    """Return the pairs whose sources are written alike, and stand once on each side."""
    before, after = pairing.before, pairing.after
    texts = _read_texts(before, pairing.free_before), _read_texts(after, pairing.free_after)
    return [
        (i, j)
        for i, j in find_recognized(*texts)
        if texts[0][i].translate(None, _BLANK)
        and before[i].fields.get("cell_type") == after[j].fields.get("cell_type")
    ]


def find_recognized(before: Keys, after: Keys) -> list[tuple[int, int]]:
    """Return the pairs of cells whose key stands once on each side."""
    once_before, once_after = find_once(before), find_once(after)
    return [(i, once_after[key]) for key, i in once_before.items() if key in once_after]


def pair_recognized(
    pairing: Pairing, evidence: Evidence, recognized: Iterable[tuple[int, int]]
) -> None:
    """Pair cells of equal text that stands once, unless names speak against it."""
    for i, j in recognized:
        if pairing.are_free(i, j) and not _is_denied(pairing, evidence, i, j):
            pairing.pair(i, j)


def _is_denied(pairing: Pairing, evidence: Evidence, i: int, j: int) -> bool:
    """Tell whether names give one of two equal cells a better partner, or none.

    If both cells have partners by name, names have been exchanged, and text decides.
    """
    naming = evidence.naming
    if not naming.differ(i, j):
        return False
    heir = naming.at_after.get(naming.before[i])
    past = naming.at_before.get(naming.after[j])
    if heir is not None and past is None:
        return pairing.are_free(i, heir) and _is_better(evidence, i, i, heir)
    if past is not None and heir is None:
        return pairing.are_free(past, j) and _is_better(evidence, i, past, j)
    return heir is past is None and evidence.is_short(i)


def _is_better(evidence: Evidence, equal: int, i: int, j: int) -> bool:
    if evidence.is_short(equal):
        return evidence.is_plausible(i, j)
    return evidence.score(i, j) >= MOVED


def pair_by_outputs(pairing: Pairing, evidence: Evidence, before: Keys, after: Keys) -> None:
    """Pair cells of equal text that stands often by outputs that stand once."""
    common = set(before.values()) & set(after.values())
    if common:
        keyed = (
            dict(_read_runs(cells, keys, common))
            for cells, keys in ((pairing.before, before), (pairing.after, after))
        )
        for i, j in find_recognized(*keyed):
            if pairing.are_free(i, j) and not evidence.naming.differ(i, j):
                pairing.pair(i, j)


def _read_runs(
    cells: Sequence[Cell], keys: Keys, common: set[Hashable]
) -> Iterator[tuple[int, Hashable]]:
    for index, key in keys.items():
        outputs = bytes(cells[index].fields.get("outputs", b"")) if key in common else b""
        if len(outputs) > 2:
            yield index, (key, outputs)


def pair_elsewhere(pairing: Pairing, evidence: Evidence, before: Keys, after: Keys) -> None:
    """Pair equal cells that are left in different gaps, the nearest ones: they moved."""
    olds, news = _list_places(pairing.free_before, before), _list_places(pairing.free_after, after)
    for key in olds.keys() & news.keys():
        for i, j in _match_nearest(olds[key], news[key]):
            if evidence.is_telling(i, j):
                pairing.pair(i, j)


def _list_places(free: Iterable[int], keys: Keys) -> dict[Hashable, list[int]]:
    places: dict[Hashable, list[int]] = {}
    for index in free:
        if index in keys:
            places.setdefault(keys[index], []).append(index)
    return places


def _match_nearest(rows: list[int], columns: list[int]) -> list[tuple[int, int]]:
    """Give each index of the shorter list the nearest of the longer one that is left."""
    if len(rows) == len(columns):
        return list(zip(rows, columns, strict=True))
    if len(rows) > len(columns):
        return [(i, j) for j, i in _match_nearest(columns, rows)]
    left, pairs = list(columns), []
    for i in rows:
        at = bisect_left(left, i)
        if at == len(left) or (at and i - left[at - 1] <= left[at] - i):
            at -= 1
        pairs.append((i, left.pop(at)))
    return pairs


def restore_order(pairing: Pairing, evidence: Evidence, before: Keys, after: Keys) -> None:
    """Give equal cells back their order: of cells that are the same, none is known to have moved."""
    if evidence.naming.trust:
        return
    same: dict[Hashable, list[int]] = {}
    for i, j in pairing.pairs.items():
        whole = i not in pairing.splits and j not in pairing.joins
        if whole and i in before and before[i] == after.get(j):
            same.setdefault(before[i], []).append(i)
    for rows in same.values():
        if len(rows) > 1:
            columns = sorted(pairing.pairs[i] for i in rows)
            pairing.pairs.update(zip(sorted(rows), columns, strict=True))
