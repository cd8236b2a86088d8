"""Three versions of one sequence, cut where all three agree.

    base    a b c d            a   b|B|b   c   d|d|D
    local   a B c d            stays, local's change, stays, remote's change
    remote  a b c D

Source: S. Khanna, K. Kunal, B. Pierce, "A formal investigation of diff3", FSTTCS 2007.
"""

from __future__ import annotations

import enum

import msgspec

from nbvc.sequence.lcs import matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence


class Origin(enum.Enum):
    """Who changed a stretch."""

    NOBODY = "nobody"
    LOCAL = "local"
    REMOTE = "remote"
    SAME = "same"
    BOTH = "both"


class Region(msgspec.Struct, frozen=True):
    """The half-open stretches `base[b0:b1]`, `local[l0:l1]`, `remote[r0:r1]` that belong together."""

    origin: Origin
    b0: int
    b1: int
    l0: int
    l1: int
    r0: int
    r1: int


def regions(
    base: Sequence[Hashable], local: Sequence[Hashable], remote: Sequence[Hashable]
) -> list[Region]:
    """Return the regions in order, without gaps; changes that touch each other are one region."""
    to_local, to_remote = dict(matches(base, local)), dict(matches(base, remote))
    found: list[Region] = []
    b = x = y = 0
    at = 0
    while at < len(base):
        if at not in to_local or at not in to_remote:
            at += 1
            continue
        _changed(found, (base, local, remote), (b, at, x, to_local[at], y, to_remote[at]))
        start = at
        while _goes_on(to_local, at) and _goes_on(to_remote, at):
            at += 1
        x0, y0 = to_local[start], to_remote[start]
        b, x, y = at + 1, to_local[at] + 1, to_remote[at] + 1
        found.append(Region(Origin.NOBODY, start, b, x0, x, y0, y))
        at += 1
    _changed(found, (base, local, remote), (b, len(base), x, len(local), y, len(remote)))
    return found


def _goes_on(pairs: dict[int, int], at: int) -> bool:
    return pairs.get(at + 1) == pairs[at] + 1


def _changed(
    found: list[Region],
    versions: tuple[Sequence[Hashable], Sequence[Hashable], Sequence[Hashable]],
    bounds: tuple[int, int, int, int, int, int],
) -> None:
    b0, b1, l0, l1, r0, r1 = bounds
    if (b0, l0, r0) == (b1, l1, r1):
        return
    old, mine, theirs = versions[0][b0:b1], versions[1][l0:l1], versions[2][r0:r1]
    if mine == theirs:
        origin = Origin.SAME
    elif old == theirs:
        origin = Origin.LOCAL
    else:
        origin = Origin.REMOTE if old == mine else Origin.BOTH
    found.append(Region(origin, *bounds))
