"""The sources of three versions of a cell, or of several cells, to one.

A source may be that of several cells: `BOUNDARY` stands between two of them as a line does, so
that splitting a cell is an insertion and joining two is a deletion.
"""

from __future__ import annotations

from nbvc.merging.chunks import Chunk, Merged, merge_chunks
from nbvc.merging.words import merge_words


def merge_lines(
    base: list[str], local: list[str], remote: list[str], *, words: bool = True
) -> Merged:
    """Merge three lists of lines; blank lines at the end never touch a change before them.

    `words`: lines that both sides changed may be merged by words.
    """
    ends = [_find_end(lines) for lines in (base, local, remote)]
    old, mine, theirs = (
        lines[:end] for lines, end in zip((base, local, remote), ends, strict=True)
    )
    merged = merge_chunks(old, mine, theirs, merge_words if words else None)
    tails = base[ends[0] :], local[ends[1] :], remote[ends[2] :]
    tail = tails[2] if tails[0] == tails[1] else tails[1]
    if tails[0] not in tails[1:]:
        tail = max(tails[1], tails[2], key=len)
    return Merged([*merged.chunks, Chunk(tail)], words=merged.words) if tail else merged


def _find_end(lines: list[str]) -> int:
    """Return where the blank lines at the end begin; a source of nothing else has none."""
    end = len(lines)
    while end > 1 and not lines[end - 1]:
        end -= 1
    return end
