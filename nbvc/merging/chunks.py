"""Three texts to one, line by line: what both sides changed touches, or it does not.

    base      local        remote           stretches between lines that all three have
    a = 1     import os    a = 1            import os                    local alone: taken
    b = 2     a = 1        b = 2            a = 1, b = 2                 all three
    c = 3     b = 2        c = 5            c = 3 | c = 4 | c = 5        both: a conflict
    d         c = 4        x
              d            d                x                            remote alone: taken

The columns of `nbvc.sequence.columns` give every line its place. In a stretch that both sides
changed, each side is a list of edits of base. An insertion touches the gap that it fills, an edit
or deletion the lines of base that it replaces. Edits that touch nothing of the other side are taken.
Those that touch are merged by words, or they are a conflict.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from nbvc.merging.edits import find_parts
from nbvc.merging.lines import (
    BOUNDARY,
    Chunk,
    LinePlace,
    Merged,
    Stretch,
    explain_line,
    has_word,
    is_blank,
    is_telling,
    make_key,
    weigh,
)
from nbvc.sequence import measure_ratio
from nbvc.sequence.columns import Column, find_columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Lines = list[str]
    ByWords = Callable[[Lines, Lines, Lines], Lines | None]

_EDITED = 0.6
"""A line this much like a deleted one is that line edited."""
_MOST_COMPARED = 40_000
"""So many pairs of lines are compared in a tenth of a second."""


class _Piece(msgspec.Struct):
    """A part of the result, and the stretch that was decided on; None if the sides agree."""

    chunk: Chunk
    stretch: Stretch | None = None
    words: bool = False


def merge_chunks(base: Lines, local: Lines, remote: Lines, by_words: ByWords | None) -> Merged:
    """Merge three lists of lines; `by_words` may merge lines that both sides changed."""
    keys = _find_keys(base), _find_keys(local), _find_keys(remote)
    pieces: list[_Piece] = []
    places: list[LinePlace] = []
    start = 0
    for column in find_columns(keys[0], keys[1], keys[2], weigh):
        place = LinePlace(
            column,
            local[column.local] if column.local >= 0 else None,
            remote[column.remote] if column.remote >= 0 else None,
        )
        if not column.is_held:
            places.append(place)
            continue
        if places or column.base > start:
            pieces += _decide(Stretch(base, start, column.base, places), by_words)
        line = _pick(base[column.base], place)
        if pieces and pieces[-1].stretch is None:
            pieces[-1].chunk.lines.append(line)
        else:
            pieces.append(_Piece(Chunk([line])))
        places, start = [], column.base + 1
    if places or start < len(base):
        pieces += _decide(Stretch(base, start, len(base), places), by_words)
    if not _guard(pieces, *keys):
        return Merged([Chunk(local, remote, base)])
    return Merged(_join(pieces), any(piece.words for piece in pieces))


def _find_keys(lines: Lines) -> Lines:
    return [*map(make_key, lines)]


def _pick(old: str, place: LinePlace) -> str:
    """Return a line of which both sides have the same words, without white space somebody removed."""
    assert place.local is not None
    assert place.remote is not None
    if old in (place.local, place.remote):
        return place.remote if place.local == old else place.local
    return min(place.local, place.remote)


def _join(pieces: list[_Piece]) -> list[Chunk]:
    """Return the chunks, with those that are not a conflict joined where they touch."""
    chunks: list[Chunk] = []
    for piece in pieces:
        if piece.chunk.remote is None and chunks and chunks[-1].remote is None:
            chunks[-1].lines.extend(piece.chunk.lines)
        elif piece.chunk.remote is not None or piece.chunk.lines:
            chunk = piece.chunk
            chunks.append(Chunk([*chunk.lines], chunk.remote, chunk.base))
    return chunks


# A stretch


def _decide(stretch: Stretch, by_words: ByWords | None) -> list[_Piece]:
    """Decide on what is between two lines that all three have."""
    sure = _take_side(stretch)
    if sure is not None:
        return [_Piece(sure, stretch)]
    if _is_rewritten(stretch):
        return [_Piece(_make_conflict(stretch), stretch)]
    found: list[_Piece] = []
    written: set[Column] = set()
    for part, sides in find_parts(stretch):
        rest = [place for place in part.places if place.column not in written]
        written.update(place.column for place in rest if place.column.is_agreed)
        own = msgspec.structs.replace(part, places=rest)
        if len(sides) == 2:
            found += _decide_touching(own, by_words)
        else:
            found.append(_Piece(Chunk(own.local if True in sides else own.remote), own))
    return found


def _take_side(stretch: Stretch) -> Chunk | None:
    """Return what the stretch becomes if one side did nothing that the other did not do, too."""
    old, local, remote = map(_find_keys, _get_versions(stretch))
    if remote in (local, old):
        return Chunk(stretch.local)
    if old == local:
        return Chunk(stretch.remote)
    ours = any(place.column.is_local for place in stretch.places)
    theirs = any(place.column.is_remote for place in stretch.places)
    if ours and theirs:
        return None
    # One side deleted a line, and the other edited it: that looks as if both had deleted it.
    if _has_edited(stretch):
        return _make_conflict(stretch)
    return Chunk(stretch.local if ours else stretch.remote)


def _get_versions(stretch: Stretch) -> tuple[Lines, Lines, Lines]:
    return stretch.old, stretch.local, stretch.remote


def _make_conflict(stretch: Stretch) -> Chunk:
    return Chunk(stretch.local, stretch.remote, stretch.old)


def _has_edited(stretch: Stretch) -> bool:
    """Return whether a line that one side alone wrote is one that both sides dropped, edited.

    Where too many lines would have to be compared, it may be.
    """
    agreed = [place.line for place in stretch.places if place.column.is_agreed]
    added = [
        place.line
        for place in stretch.places
        if place.column.base < 0 and not place.column.is_agreed
    ]
    dropped = _find_dropped(stretch)
    if len(dropped) * len(added) > _MOST_COMPARED:
        return True
    for line in dropped:
        for new in added:
            # A line that was commented out was taken away, too.
            out = new.lstrip()[:1] == "#" != line.lstrip()[:1]
            if not out and _is_like(line, new) and not any(_is_like(line, one) for one in agreed):
                return True
    return False


def _find_dropped(stretch: Stretch) -> Lines:
    held = {place.column.base for place in stretch.places}
    return [stretch.base[at] for at in range(stretch.start, stretch.stop) if at not in held]


def _is_like(one: str, other: str) -> bool:
    a, b = one.strip(), other.strip()
    telling = BOUNDARY not in (one, other) and is_telling(a) and is_telling(b)
    return telling and measure_ratio(a, b, at_least=_EDITED) >= _EDITED


def _is_rewritten(stretch: Stretch) -> bool:
    """Return whether both sides replaced the same lines, each in its own way, around an agreed line.

    base a = 1, local "import x, a = 2", remote "a = 3, import x": both lines `a` would stay.
    """
    added = [place for place in stretch.places if place.column.base < 0]
    telling = [place.column for place in added if not is_blank(place.line)]
    return (
        bool(_find_dropped(stretch))
        and any(column.is_local for column in telling)
        and any(column.is_remote for column in telling)
        and any(place.column.is_agreed and is_telling(place.line) for place in added)
    )


# Edits that touch


def _decide_touching(stretch: Stretch, by_words: ByWords | None) -> list[_Piece]:
    """Decide on lines that both sides changed."""
    sure = _take_side(stretch) or _take_without_blanks(stretch)
    if sure is not None:
        return [_Piece(sure, stretch)]
    if not stretch.old:
        return _merge_insertions(stretch)
    if by_words is not None:
        found = by_words(*_get_versions(stretch))
        if found is not None:
            return [_Piece(Chunk(found), stretch, words=True)]
    return [_Piece(_make_conflict(stretch), stretch)]


def _take_without_blanks(stretch: Stretch) -> Chunk | None:
    """Return what the stretch becomes if blank lines are all that a side changed."""
    old, local, remote = (
        [make_key(line) for line in lines if not is_blank(line)] for lines in _get_versions(stretch)
    )
    if local == remote:
        return Chunk(min(stretch.local, stretch.remote, key=lambda lines: (len(lines), lines)))
    if old == remote or all(is_blank(p.line) for p in stretch.places if p.column.is_remote):
        return Chunk(stretch.local)
    if old == local or all(is_blank(p.line) for p in stretch.places if p.column.is_local):
        return Chunk(stretch.remote)
    return None


def _merge_insertions(stretch: Stretch) -> list[_Piece]:
    """Decide on lines that both sides put in one gap: what both wrote cuts them.

    If each side wrote something of its own around that, all of it is a conflict.
    """
    found: list[_Piece] = []
    run: list[LinePlace] = []
    for place in [*stretch.places, None]:
        if place is not None and not (place.column.is_agreed and is_telling(place.line)):
            run.append(place)
            continue
        if run:
            part = msgspec.structs.replace(stretch, places=run)
            taken = _take_without_blanks(part) or _take_side(part)
            found.append(_Piece(taken or _make_conflict(part), part))
            run = []
        if place is not None:
            found.append(_Piece(Chunk([place.line])))
    telling = [place.column for place in stretch.places if is_telling(place.line)]
    both = any(one.is_local for one in telling) and any(one.is_remote for one in telling)
    if both and all(piece.chunk.remote is None for piece in found):
        return [_Piece(_make_conflict(stretch), stretch)]
    return found


# The guard


def _guard(pieces: list[_Piece], base: Lines, local: Lines, remote: Lines) -> bool:
    """Make a conflict of what would come out too often; False if something would be lost.

    What is in a conflict already is left to whom decides on that.
    """
    for later in _find_pasted_twice(pieces):
        assert later.stretch is not None
        later.chunk = _make_conflict(later.stretch)
    old, mine, theirs = Counter(base), Counter(local), Counter(remote)
    found: Counter[str] = Counter()
    undecided: set[str] = set()
    for piece in pieces:
        chunk = piece.chunk
        if chunk.remote is not None:
            undecided.update(map(make_key, (*chunk.lines, *chunk.remote, *chunk.base)))
        elif not piece.words:
            found.update(map(make_key, chunk.lines))
    words = any(piece.words for piece in pieces)
    doubled: set[str] = set()
    for line in filter(has_word, (mine.keys() | theirs.keys()) - undecided - {BOUNDARY}):
        explained = explain_line(line, old[line], mine[line], theirs[line])
        if found[line] >= explained.stop:
            doubled.add(line)
        elif found[line] < explained.start and not words:
            return False
    for piece in reversed(pieces):
        added = doubled & {make_key(place.line) for place in _find_added(piece)}
        if added and piece.stretch is not None:
            piece.chunk = _make_conflict(piece.stretch)
            doubled -= added
    return not doubled


def _find_added(piece: _Piece) -> list[LinePlace]:
    """Return the places of lines that one side added in a piece."""
    places = piece.stretch.places if piece.stretch and not piece.words else ()
    return [place for place in places if place.column.base < 0 and not place.column.is_agreed]


def _find_pasted_twice(pieces: list[_Piece]) -> list[_Piece]:
    """Return the second piece of each block that both sides put in, at different places."""
    seen: tuple[set[tuple[str, ...]], set[tuple[str, ...]]] = (set(), set())
    found: list[_Piece] = []
    for piece in pieces:
        if piece.stretch is None:
            continue
        added = _find_added(piece)
        for is_local in (True, False):
            own = [place for place in added if place.column.is_local == is_local]
            blocks = _find_blocks(own, is_local=is_local)
            if blocks & seen[is_local]:
                found.append(piece)
            seen[not is_local].update(blocks)
    return found


def _find_blocks(places: Sequence[LinePlace], *, is_local: bool) -> set[tuple[str, ...]]:
    """Return each two telling lines in a row among added lines; of one line, the count is enough."""
    found: set[tuple[str, ...]] = set()
    last: LinePlace | None = None
    for place in places:
        line = make_key(place.line)
        if line == BOUNDARY or not is_telling(line):
            last = None
            continue
        if (
            last is not None
            and _get_index(place, is_local=is_local) - _get_index(last, is_local=is_local) == 1
        ):
            found.add((make_key(last.line), line))
        last = place
    return found


def _get_index(place: LinePlace, *, is_local: bool) -> int:
    return place.column.local if is_local else place.column.remote
