"""Edits of a stretch by both sides, and which of them touch.

    base      local     remote     an insertion touches the gap that it fills: X and Y touch,
    a         a         a          and neither touches the deletion of b or the edit of a
    b         X         Y
              b

An edit or deletion touches the lines of base that it replaces, and the gaps between these. If the
number of lines changed, it touches the gaps around them as well.
"""

from __future__ import annotations

import msgspec

from nbvc.merging.lines import BOUNDARY, LinePlace, Stretch, is_blank
from nbvc.sequence import heaviest_increasing, measure_ratio
from nbvc.sequence.ties import find_roots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.sequence.columns import Column

    Lines = list[str]

_ALIKE = 0.5
"""A line this much like another one at its place is that line edited."""
_MOST_COMPARED = 400
"""Lines of longer replaced runs (old ones times new ones) are not compared."""


class _Edit(msgspec.Struct, frozen=True):
    """Lines `start` to `stop` of base became the lines of these places on one side."""

    is_local: bool
    start: int
    stop: int
    places: list[LinePlace]


def find_parts(stretch: Stretch) -> list[tuple[Stretch, set[bool]]]:
    """Return the parts of a stretch that touch nothing else, and which sides edited each."""
    edits = [*_find_edits(stretch, is_local=True), *_find_edits(stretch, is_local=False)]
    edits.sort(key=lambda edit: (edit.start, edit.stop, not edit.is_local))
    parts: list[tuple[int, int, list[_Edit]]] = []
    for members in sorted(_tie(edits), key=_measure_span):
        start, stop = _measure_span(members)
        before: list[_Edit] = []
        if parts and start < parts[-1][1]:  # What an agreed line ties together has others in it.
            first, last, before = parts.pop()
            start, stop = first, max(last, stop)
        parts.append((start, stop, before + members))
    return _cut_parts(stretch, parts)


def _tie(edits: list[_Edit]) -> list[list[_Edit]]:
    """Return the edits, those together that touch the same lines and gaps, or touch one that does."""
    first: dict[object, int] = {}
    ties = [
        (first.setdefault(thing, number), number)
        for number, edit in enumerate(edits)
        for thing in _find_touched(edit)
    ]
    tied: dict[int, list[_Edit]] = {}
    for edit, root in zip(edits, find_roots(len(edits), ties), strict=True):
        tied.setdefault(root, []).append(edit)
    return [*tied.values()]


def _measure_span(edits: list[_Edit]) -> tuple[int, int]:
    return min(edit.start for edit in edits), max(edit.stop for edit in edits)


def _cut_parts(
    stretch: Stretch, parts: list[tuple[int, int, list[_Edit]]]
) -> list[tuple[Stretch, set[bool]]]:
    """Return the stretch of each part: the places of its edits, and of the lines of base in it."""
    owners: dict[Column, int] = {}
    lines: dict[int, int] = {}
    for number, (start, stop, edits) in enumerate(parts):
        owners.update((place.column, number) for edit in edits for place in edit.places)
        lines.update((at, number) for at in range(start, stop))
    places: list[list[LinePlace]] = [[] for _ in parts]
    for place in stretch.places:
        number = owners.get(place.column, lines.get(place.column.base, -1))
        if number >= 0:
            places[number].append(place)
    return [
        (Stretch(stretch.base, start, stop, own), {edit.is_local for edit in edits})
        for (start, stop, edits), own in zip(parts, places, strict=True)
    ]


def _find_edits(stretch: Stretch, *, is_local: bool) -> list[_Edit]:
    """Return how one side differs from base, in order."""
    found: list[_Edit] = []
    at, new = stretch.start, []
    for place in stretch.places:
        if (place.local if is_local else place.remote) is None:
            continue
        if place.column.base < 0:
            new.append(place)
            continue
        if place.column.base > at or new:
            found += _cut(stretch.base, _Edit(is_local, at, place.column.base, new))
        at, new = place.column.base + 1, []
    if stretch.stop > at or new:
        found += _cut(stretch.base, _Edit(is_local, at, stretch.stop, new))
    return found


def _cut(base: Lines, edit: _Edit) -> list[_Edit]:
    """Cut a replaced run where an old and a new line are alike: the new one is the old one edited."""
    old, new = base[edit.start : edit.stop], [place.line for place in edit.places]
    if not old or not new or len(old) == len(new) == 1 or len(old) * len(new) > _MOST_COMPARED:
        return [edit]
    pairs = [
        (x, y, score)
        for x, line in enumerate(old)
        for y, other in enumerate(new)
        if BOUNDARY not in (line, other) and line.strip() and other.strip()
        if (score := measure_ratio(line.strip(), other.strip(), at_least=_ALIKE)) >= _ALIKE
    ]
    found: list[_Edit] = []
    i = j = 0
    for x, y in [*heaviest_increasing(pairs), (len(old), len(new))]:
        if x > i or y > j:
            found.append(_slice(edit, i, x, j, y))
        if x < len(old):
            found.append(_slice(edit, x, x + 1, y, y + 1))
        i, j = x + 1, y + 1
    return found


def _slice(edit: _Edit, i: int, x: int, j: int, y: int) -> _Edit:
    return _Edit(edit.is_local, edit.start + i, edit.start + x, edit.places[j:y])


def _find_touched(edit: _Edit) -> set[object]:
    """Return the lines and gaps of base, and the agreed lines, that an edit touches."""
    found: set[object] = {
        place.column for place in edit.places if place.column.is_agreed and not is_blank(place.line)
    }
    if edit.start == edit.stop:
        return {*found, ("gap", edit.start)}
    found.update(("line", at) for at in range(edit.start, edit.stop))
    found.update(("gap", at) for at in range(edit.start + 1, edit.stop))
    if edit.places and len(edit.places) != edit.stop - edit.start:
        found.update((("gap", edit.start), ("gap", edit.stop)))
    return found
