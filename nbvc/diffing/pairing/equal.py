"""Pair cells whose text is the same.

    before          after
    load()          load()        is once on each side: paired, wherever it is
    plot(a)         show() 🖼1     is often, but its outputs once on each side: paired by them
    show() 🖼1       plot(b)
    show() 🖼2       show() 🖼2

Text that is once is beyond doubt, unless names that hold say that the old cell lives on in
another one and that the new cell is new. Text that is often is left to later steps, which see
the neighbors, unless many cells follow each other on both sides.
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

BLANK = b'[]", \\nrtf\n\r\t'
"""The characters that a blank source is written with as JSON."""
_BLOCK = 32
"""So many equal cells one after the other are the same, whatever else is like them."""


def read_texts(cells: Sequence[Cell], indices: Iterable[int]) -> dict[int, bytes]:
    """Return sources as they are written: equal text needs no decoding."""
    return {index: bytes(cells[index].fields.get("source", b"")) for index in indices}


def read_sources(pairing: Pairing) -> tuple[dict[int, int], dict[int, int]]:
    """Return a number for each free cell, the same one for the same type and source.

    Two files may write one source differently. Blank cells have no number.
    """
    numbers: dict[tuple[str, str], int] = {}
    found: tuple[dict[int, int], dict[int, int]] = {}, {}
    sides = (pairing.before, pairing.free_before), (pairing.after, pairing.free_after)
    for keys, (cells, free) in zip(found, sides, strict=True):
        for index in free:
            cell = cells[index]
            source = cell.source
            if source and not source.isspace():
                keys[index] = numbers.setdefault((cell.cell_type, source), len(numbers))
    return found


def find_same_text(
    pairing: Pairing, before: Mapping[int, bytes], after: Mapping[int, bytes]
) -> list[tuple[int, int]]:
    """Return the pairs whose sources are written alike, and are once on each side."""
    return [
        (i, j)
        for i, j in find_recognized(before, after)
        if before[i].strip(BLANK)
        and pairing.before[i].fields.get("cell_type") == pairing.after[j].fields.get("cell_type")
    ]


def find_recognized(before: Keys, after: Keys) -> list[tuple[int, int]]:
    """Return the pairs of cells whose key is once on each side."""
    once_before, once_after = find_once(before), find_once(after)
    return [(i, once_after[key]) for key, i in once_before.items() if key in once_after]


def pair_recognized(
    pairing: Pairing, evidence: Evidence, recognized: Iterable[tuple[int, int]]
) -> None:
    """Pair cells of equal text that is once, unless names speak against it."""
    for i, j in recognized:
        if pairing.are_free(i, j) and not _is_denied(pairing, evidence, i, j):
            pairing.pair(i, j)


def _is_denied(pairing: Pairing, evidence: Evidence, i: int, j: int) -> bool:
    """Return whether names give one of two equal cells a better partner, or none.

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


def pair_blocks(pairing: Pairing, evidence: Evidence, before: Keys, after: Keys) -> None:
    """Pair the cells of long blocks with the same text and outputs, unless names hold."""
    if evidence.naming.trust or min(len(pairing.free_before), len(pairing.free_after)) < _BLOCK:
        return
    common = {before[i] for i in pairing.free_before} & {after[j] for j in pairing.free_after}
    for gap in pairing.find_gaps() if common else ():
        if sum(before[i] in common for i in gap.rows) >= _BLOCK <= len(gap.columns):
            numbers: dict[Hashable, int] = {}  # Numbers are compared faster than texts.
            olds = [
                numbers.setdefault((before[i], *_read_rest(pairing.before[i])), len(numbers))
                for i in gap.rows
            ]
            news = [numbers.get((after[j], *_read_rest(pairing.after[j])), -1) for j in gap.columns]
            for x, y, size in _find_blocks(olds, news):
                block = gap.rows[x : x + size], gap.columns[y : y + size]
                pairing.pair_free(zip(*block, strict=True))


def _find_blocks(olds: Sequence[int], news: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield the first place in both lists and the length of equal blocks, in order.

    Takes time in proportion to both lengths: every `_BLOCK`th place of the one is looked up for each
    place of the other, as rsync does.
    """
    starts: dict[tuple[int, ...], list[int]] = {}
    for x in range(0, len(olds) - _BLOCK + 1, _BLOCK):
        starts.setdefault(tuple(olds[x : x + _BLOCK]), []).append(x)
    low = done = y = 0
    while y <= len(news) - _BLOCK:
        found = starts.get(tuple(news[y : y + _BLOCK]), [])
        at = bisect_left(found, low)
        if at == len(found):
            y += 1
            continue
        x, first = found[at], y
        while x > low and first > done and olds[x - 1] == news[first - 1]:
            x, first = x - 1, first - 1
        size = y + _BLOCK - first
        while (
            x + size < len(olds)
            and first + size < len(news)
            and olds[x + size] == news[first + size]
        ):
            size += 1
        yield x, first, size
        low, done = x + size, first + size
        y = done


def _read_rest(cell: Cell) -> tuple[bytes, bytes]:
    """Return the type and the outputs of a cell as they are written."""
    fields = cell.fields
    return bytes(fields.get("cell_type", b"")), bytes(fields.get("outputs", b""))


def pair_by_outputs(pairing: Pairing, evidence: Evidence, before: Keys, after: Keys) -> None:
    """Pair cells of equal text that is often by outputs that are once."""
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
    for i, key in before.items():
        j = pairing.pairs.get(i)
        whole = i not in pairing.splits and j not in pairing.joins
        if whole and j is not None and after.get(j) == key:
            same.setdefault(key, []).append(i)
    for rows in same.values():
        if len(rows) > 1:
            columns = sorted(pairing.pairs[i] for i in rows)
            pairing.pairs.update(zip(sorted(rows), columns, strict=True))
