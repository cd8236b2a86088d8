"""Longest common subsequences, bit-parallel over Python's big integers.

One machine operation handles 64 columns of the dynamic programme, and one Python operation a whole
row of it, so that a thousand lines against a thousand take about a millisecond without any
compiled extension to import.

    a  = x y z         row by row, a zero bit says: the common length grows at this column
    b  = y x z

Source: H. Hyyrö, "Bit-parallel LCS-length computation revisited", AWOCA 2004.
"""

from __future__ import annotations

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from typing import Literal

CELLS_AT_ONCE = 1 << 27
"""The largest table (rows × columns, one bit each: 16 MB) that is kept for one comparison."""

_WIDE = 2000
"""Longer rows get their masks by bytes."""


class Opcode(msgspec.Struct, frozen=True):
    """`a[a0:a1]` becomes `b[b0:b1]`, as in `difflib.SequenceMatcher.get_opcodes`."""

    tag: Literal["equal", "replace", "insert", "delete"]
    a0: int
    a1: int
    b0: int
    b1: int


def find_opcodes(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Opcode]:
    """Return the steps that turn `a` into `b`, in order and without gaps."""
    found: list[Opcode] = []
    i = j = 0
    pairs = find_matches(a, b)
    index = 0
    while index < len(pairs):
        x, y = pairs[index]
        _add_differing(found, i, x, j, y)
        start = index
        while index + 1 < len(pairs) and pairs[index + 1] == (x + 1, y + 1):
            index, x, y = index + 1, x + 1, y + 1
        i, j, index = x + 1, y + 1, index + 1
        found.append(Opcode("equal", pairs[start][0], i, pairs[start][1], j))
    _add_differing(found, i, len(a), j, len(b))
    return found


def _add_differing(found: list[Opcode], a0: int, a1: int, b0: int, b1: int) -> None:
    if a0 < a1 and b0 < b1:
        found.append(Opcode("replace", a0, a1, b0, b1))
    elif a0 < a1:
        found.append(Opcode("delete", a0, a1, b0, b1))
    elif b0 < b1:
        found.append(Opcode("insert", a0, a1, b0, b1))


def find_matches(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the index pairs of a longest common subsequence, both indices rising.

    Beyond `CELLS_AT_ONCE` it is the longest one through items that are equally often on both
    sides, and if there are none of those the stretch counts as different.
    """
    lo, end_a, end_b = _trim_ends(a, b)
    pairs = [(k, k) for k in range(lo)]
    pairs += _match_middle(a, b, lo, end_a, lo, end_b)
    pairs += zip(range(end_a, len(a)), range(end_b, len(b)), strict=True)
    return pairs


def common_length(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """Return the length of a longest common subsequence."""
    if len(a) > len(b):  # A row for each item of the shorter one.
        a, b = b, a
    lo, end_a, end_b = _trim_ends(a, b)
    trimmed = lo + len(a) - end_a
    if lo in (end_a, end_b):
        return trimmed
    row = full = (1 << (end_b - lo)) - 1
    masks = _make_masks(a, b, lo, end_a, lo, end_b)
    for item in a[lo:end_a]:
        mask = masks.get(item)
        if mask:
            hit = row & mask
            row = (row + hit) | (row - hit)
    return trimmed + (full & ~row).bit_count()


def _trim_ends(a: Sequence[Hashable], b: Sequence[Hashable]) -> tuple[int, int, int]:
    """Return the length of the common head, and where the common tail starts in `a` and in `b`."""
    end_a, end_b = len(a), len(b)
    lo, least = 0, min(end_a, end_b)
    while lo < least and a[lo] == b[lo]:
        lo += 1
    while end_a > lo and end_b > lo and a[end_a - 1] == b[end_b - 1]:
        end_a -= 1
        end_b -= 1
    return lo, end_a, end_b


def _make_masks(
    a: Sequence[Hashable], b: Sequence[Hashable], a0: int, a1: int, b0: int, b1: int
) -> dict[Hashable, int]:
    """Return for each item of `a` a number with a bit set for every column of `b` with that item."""
    if b1 - b0 > _WIDE:
        return _wide_masks(frozenset(a[a0:a1]), b, b0, b1)
    columns: dict[Hashable, int] = {}
    bit = 1
    for item in b[b0:b1]:
        columns[item] = columns.get(item, 0) | bit
        bit <<= 1
    return columns


def _wide_masks(
    wanted: frozenset[Hashable], b: Sequence[Hashable], b0: int, b1: int
) -> dict[Hashable, int]:
    """Return the masks of long rows; to set one bit of a long number is to copy it."""
    columns: dict[Hashable, bytearray] = {}
    for place in range(b1 - b0):
        item = b[b0 + place]
        if item in wanted:
            if item not in columns:
                columns[item] = bytearray((b1 - b0) // 8 + 1)
            columns[item][place >> 3] |= 1 << (place & 7)
    return {item: int.from_bytes(bits, "little") for item, bits in columns.items()}


def _match_middle(
    a: Sequence[Hashable], b: Sequence[Hashable], a0: int, a1: int, b0: int, b1: int
) -> list[tuple[int, int]]:
    if a0 == a1 or b0 == b1:
        return []
    if (a1 - a0) * (b1 - b0) > CELLS_AT_ONCE:
        return _between_anchors(a, b, a0, a1, b0, b1)
    masks = _make_masks(a, b, a0, a1, b0, b1)
    row = (1 << (b1 - b0)) - 1
    rows = [row]
    for item in a[a0:a1]:
        mask = masks.get(item)
        if mask:
            hit = row & mask
            row = (row + hit) | (row - hit)
        rows.append(row)
    return _trace_matches(rows, a0, b0, b1 - b0)


def _trace_matches(rows: list[int], a0: int, b0: int, width: int) -> list[tuple[int, int]]:
    """Walk back from the last corner: a match is where the length grows in this row, not the last."""
    pairs: list[tuple[int, int]] = []
    i, j = len(rows) - 1, width
    while i and j:
        bit = 1 << (j - 1)
        if rows[i] & bit:
            j -= 1
        elif rows[i - 1] & bit:
            i, j = i - 1, j - 1
            pairs.append((a0 + i, b0 + j))
        else:
            i -= 1
    pairs.reverse()
    return pairs


def _between_anchors(
    a: Sequence[Hashable], b: Sequence[Hashable], a0: int, a1: int, b0: int, b1: int
) -> list[tuple[int, int]]:
    """Match a stretch too large for one table by items that are equally often on both sides."""
    from nbvc.sequence.increasing import heaviest_increasing

    places_a, places_b = _find_places(a, a0, a1), _find_places(b, b0, b1)
    candidates = [
        pair
        for item, at in places_a.items()
        if len(at) == len(places_b.get(item, ()))
        for pair in zip(at, places_b[item], strict=True)
    ]
    anchors = heaviest_increasing([(i, j, 1) for i, j in candidates])
    pairs: list[tuple[int, int]] = []
    i, j = a0, b0
    for x, y in [*anchors, (a1, b1)]:
        if (x - i) * (y - j) <= CELLS_AT_ONCE:
            pairs += _match_middle(a, b, i, x, j, y)
        if x < a1:
            pairs.append((x, y))
        i, j = x + 1, y + 1
    return pairs


def _find_places(items: Sequence[Hashable], start: int, end: int) -> dict[Hashable, list[int]]:
    places: dict[Hashable, list[int]] = {}
    for index in range(start, end):
        places.setdefault(items[index], []).append(index)
    return places
