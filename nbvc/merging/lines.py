"""Three sources to one: by lines, and inside lines by words.

    base    x = fit(a, 1)      x = fit(a, 1)
    local   x = fit(b, 1)      x = fit(b, 1)       both words
    remote  x = fit(a, 2)      x = load(c)         a conflict: too little stayed

A source may be that of several cells: `BOUNDARY` stands between two of them as a line does, so
that splitting a cell is an insertion and joining two is a deletion.
"""

from __future__ import annotations

import re

import msgspec

from nbvc.sequence import common_length, opcodes
from nbvc.sequence.threeway import Origin, regions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.sequence.threeway import Region

BOUNDARY = "\0cell"
"""Stands between two cells; no line of a source is it, since it would hold a line end's escape."""

_TOKEN = re.compile(r"\d+(?:\.\d+)?|\w+|[^\S\n]+|\n|[^\w\s]")
_MOST_TOKENS = 4000
_LEAST_COMMON = 0.5
"""Where less of the words than this stayed on a side, the lines were rewritten."""


class Chunk(msgspec.Struct, frozen=True):
    """Lines of the result; in a conflict (`remote` is not None) those of both sides and the base."""

    lines: list[str]
    remote: list[str] | None = None
    base: list[str] = []


class Merged(msgspec.Struct, frozen=True):
    """A merged source: its chunks, and whether words of one line came from both sides."""

    chunks: list[Chunk]
    words: bool = False

    @property
    def conflicts(self) -> int:
        """How many chunks are conflicts."""
        return sum(chunk.remote is not None for chunk in self.chunks)


def merge_lines(base: list[str], local: list[str], remote: list[str]) -> Merged:
    """Merge three lists of lines; blank lines at the end never touch a change before them."""
    ends = [_end(lines) for lines in (base, local, remote)]
    old, mine, theirs = (
        lines[:end] for lines, end in zip((base, local, remote), ends, strict=True)
    )
    merged = _merge_bodies(old, mine, theirs)
    tails = base[ends[0] :], local[ends[1] :], remote[ends[2] :]
    tail = tails[2] if tails[0] == tails[1] else tails[1]
    if tails[0] not in tails[1:]:
        tail = max(tails[1], tails[2], key=len)
    return Merged([*merged.chunks, Chunk(tail)], merged.words) if tail else merged


def _end(lines: list[str]) -> int:
    """Return where the blank lines at the end begin; a source of nothing else has none."""
    end = len(lines)
    while end > 1 and not lines[end - 1]:
        end -= 1
    return end


def _merge_bodies(base: list[str], local: list[str], remote: list[str]) -> Merged:
    chunks: list[Chunk] = []
    words = False
    for region in regions(base, local, remote):
        if region.origin is not Origin.BOTH:
            taken = remote[region.r0 : region.r1]
            if region.origin is not Origin.REMOTE:
                taken = local[region.l0 : region.l1]
            chunks.append(Chunk(taken))
            continue
        old, mine, theirs = _cut(region, base, local, remote)
        by_words = _merge_words(old, mine, theirs)
        if by_words is not None:
            words = True
            chunks.append(Chunk(by_words))
        else:
            chunks += _refined(old, mine, theirs)
    return Merged(chunks, words)


def _cut(
    region: Region, base: list[str], local: list[str], remote: list[str]
) -> tuple[list[str], list[str], list[str]]:
    return (
        base[region.b0 : region.b1],
        local[region.l0 : region.l1],
        remote[region.r0 : region.r1],
    )


def _refined(base: list[str], local: list[str], remote: list[str]) -> list[Chunk]:
    """Take lines that both sides wrote as agreed, and those that one side wrote beside them."""
    old = set(base)
    chunks: list[Chunk] = []
    codes = opcodes(local, remote)
    agreed = any(c.tag == "equal" and _telling(local[c.a0 : c.a1], old) for c in codes)
    if not agreed:
        return [_conflict(local, remote, base)]
    for code in codes:
        mine, theirs = local[code.a0 : code.a1], remote[code.b0 : code.b1]
        if code.tag == "equal":
            chunks.append(Chunk(mine))
        elif code.tag == "replace" or not old.isdisjoint(mine + theirs):
            chunks.append(_conflict(mine, theirs, base if len(codes) == 1 else []))
        else:
            chunks.append(Chunk(mine + theirs))
    return chunks


def _telling(lines: list[str], old: set[str]) -> bool:
    """Tell whether equal lines are a change that both made, and not some brackets or blank lines."""
    return any(line not in old and any(map(str.isalnum, line)) for line in lines)


def _conflict(local: list[str], remote: list[str], base: list[str]) -> Chunk:
    """Keep a conflict within one cell: boundaries in it become blank lines."""
    mine, theirs, old = (
        ["" if line is BOUNDARY or line == BOUNDARY else line for line in lines]
        for lines in (local, remote, base)
    )
    return Chunk(mine, theirs, old)


def _merge_words(base: list[str], local: list[str], remote: list[str]) -> list[str] | None:
    """Merge changes to different words, or return None where they touch or little stayed."""
    if not base or BOUNDARY in base or BOUNDARY in local or BOUNDARY in remote:
        return None
    old, mine, theirs = (_TOKEN.findall("\n".join(lines)) for lines in (base, local, remote))
    if max(len(old), len(mine), len(theirs)) > _MOST_TOKENS:
        return None
    if not (_akin(old, mine) and _akin(old, theirs)):
        return None
    found: list[str] = []
    for region in regions(old, mine, theirs):
        if region.origin is Origin.BOTH:
            return None
        if region.origin is Origin.REMOTE:
            found += theirs[region.r0 : region.r1]
        else:
            found += mine[region.l0 : region.l1]
    return "".join(found).split("\n")


def _akin(old: list[str], new: list[str]) -> bool:
    """Tell whether most of the old words are still there (white space doesn't count)."""
    before = [token for token in old if not token.isspace()]
    after = [token for token in new if not token.isspace()]
    least = min(len(before), len(after))
    return bool(least) and common_length(before, after) >= _LEAST_COMMON * len(before)
