"""Three versions of one sequence in columns: every item has one place, whichever versions have it.

    base    a b c d           base    a . b c d .       b: remote alone kept it, so local deleted it
    local   a X c d           local   a X . c d .       X: local alone added it
    remote  a b c d Y         remote  a . b c d Y       Y: remote alone added it

Local and remote are matched first, and base is matched with the columns that this gives. An item
that both sides have in one order is one column from the start, so that it can't come out twice. An
item of base is in one column at most, so that the two sides can't choose different ones among equal
items. Columns know no moves: of what both sides moved, each to another place, each place has a
column, and who merges counts (`nbvc.merging.counting`):

    base    a b m c d         base    . a b c . d
    local   m a b c d         local   m a b c . d
    remote  a b c m d         remote  . a b c m d

Two separate matches with base, as in diff3, have neither property: S. Khanna, K. Kunal, B. Pierce,
"A formal investigation of diff3", FSTTCS 2007.
"""

from __future__ import annotations

from itertools import pairwise

import msgspec

from nbvc.sequence.ends import count_equal_ends
from nbvc.sequence.increasing import heaviest_increasing
from nbvc.sequence.lcs import find_matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MOST_PAIRS = 60_000
"""Beyond so many pairs of equal items, all pairs weigh the same."""
HEAVY = 1000.0
"""An item of this weight is worth more than all the light ones, which weigh about 1."""
_PREFERRED = 2.0**-10
"""So much more does a pair weigh that the third version has, too: it decides between equal items."""


class Column(msgspec.Struct, frozen=True, gc=False):
    """The index of one item in each version, -1 in a version that lacks it."""

    base: int
    local: int
    remote: int

    @property
    def is_held(self) -> bool:
        """Whether all three versions have the item."""
        return self.base >= 0 and self.local >= 0 and self.remote >= 0

    @property
    def is_agreed(self) -> bool:
        """Whether both sides added the item."""
        return self.base < 0 and self.local >= 0 and self.remote >= 0

    @property
    def is_local(self) -> bool:
        """Whether local alone added or deleted the item."""
        return self.remote < 0 if self.base < 0 else self.local < 0

    @property
    def is_remote(self) -> bool:
        """Whether remote alone added or deleted the item."""
        return self.local < 0 if self.base < 0 else self.remote < 0


def find_columns(
    base: Sequence[str],
    local: Sequence[str],
    remote: Sequence[str],
    weigh: Callable[[str], float] = lambda _: 1.0,
) -> list[Column]:
    """Return the columns of three versions, in an order that all three have.

    An item of base without a column was deleted by both sides. `weigh` says how much it is worth
    that an item keeps its place: about 1, or at least `HEAVY`. Swapping the sides swaps them in
    every column.
    """
    if list(local) > list(remote):
        found = find_columns(base, remote, local, weigh)
        return [Column(column.base, column.remote, column.local) for column in found]
    head, tail = count_equal_ends(base, local, remote)
    ends = len(base) - tail, len(local) - tail, len(remote) - tail
    middle = base[head : ends[0]], local[head : ends[1]], remote[head : ends[2]]
    found = [Column(at, at, at) for at in range(head)]
    found += [
        Column(*(at if at < 0 else at + head for at in three)) for three in _lay(*middle, weigh)
    ]
    found += [Column(*(end + at for end in ends)) for at in range(tail)]
    return found


def _lay(
    base: Sequence[str],
    local: Sequence[str],
    remote: Sequence[str],
    weigh: Callable[[str], float],
) -> list[tuple[int, int, int]]:
    """Match local with remote, and lay base over both."""
    old = set(base)
    weights = {item: weigh(item) for item in {*base, *local, *remote}}
    both = find_heaviest(
        local,
        remote,
        {item: weight + _PREFERRED * (item in old) for item, weight in weights.items()},
    )
    pairs: list[tuple[int, int]] = []
    hints: tuple[dict[int, int], ...] = ()
    i = j = 0
    for x, y in [*both, (len(local), len(remote))]:
        ours, theirs = range(i, x), range(j, y)
        if ours and theirs and base:
            hints = hints or (_places_in(base, local, weights), _places_in(base, remote, weights))
            pairs += _interleave(ours, theirs, hints)
        else:
            pairs += [(at, -1) for at in ours]
            pairs += [(-1, at) for at in theirs]
        if x < len(local):
            pairs.append((x, y))
        i, j = x + 1, y + 1
    items = [local[x] if x >= 0 else remote[y] for x, y in pairs]
    held = find_heaviest(base, items, weights, [x >= 0 <= y for x, y in pairs])
    at_base = {at: i for i, at in held}
    return [(at_base.get(at, -1), x, y) for at, (x, y) in enumerate(pairs)]


def _places_in(
    base: Sequence[str], side: Sequence[str], weights: Mapping[str, float]
) -> dict[int, int]:
    return {at: place for place, at in find_heaviest(base, side, weights)}


def _interleave(
    ours: Iterable[int], theirs: Iterable[int], hints: Sequence[Mapping[int, int]]
) -> list[tuple[int, int]]:
    """Put items that one side has into one order: that of base, or base could hold only some.

    base m c, local c, remote m:    the columns are m c, and base holds both
    """
    found = []
    for side, run in enumerate((ours, theirs)):
        last = -1
        for at in run:
            last = hints[side].get(at, last)
            found.append((last, side, at))
    return [(at, -1) if side == 0 else (-1, at) for _, side, at in sorted(found)]


def find_heaviest(
    a: Sequence[str],
    b: Sequence[str],
    weights: Mapping[str, float],
    preferred: Sequence[bool] = (),
) -> list[tuple[int, int]]:
    """Return the index pairs of the common subsequence that weighs most, both indices rising.

    `weights` says what each item weighs; those of `b` that are `preferred` weigh a little more.
    """
    found: list[tuple[int, int]] = []
    i = j = 0
    for x, y in [*_find_anchors(a, b, weights), (len(a), len(b))]:
        found += _find_between(a, b, weights, preferred, (i, x, j, y))
        if x < len(a):
            found.append((x, y))
        i, j = x + 1, y + 1
    return found


def _find_anchors(
    a: Sequence[str], b: Sequence[str], weights: Mapping[str, float]
) -> list[tuple[int, int]]:
    """Return the pairs of heavy items, if these are once each and in one order.

    Then all of them are in the answer, whatever is light.
    """
    if min(len(a), len(b)) > HEAVY / 2:
        return []
    places: dict[str, int] = {}
    for j, item in enumerate(b):
        if weights[item] >= HEAVY:
            if item in places:
                return []
            places[item] = j
    found = [(i, places.pop(item)) for i, item in enumerate(a) if item in places]
    if any(one[1] > other[1] for one, other in pairwise(found)):
        return []
    twice = {a[i] for i, _ in found}
    return found if sum(item in twice for item in a) == len(found) else []


def _find_between(
    a: Sequence[str],
    b: Sequence[str],
    weights: Mapping[str, float],
    preferred: Sequence[bool],
    ends: tuple[int, int, int, int],
) -> list[tuple[int, int]]:
    """Return the heaviest pairs of `a[i:x]` and `b[j:y]`."""
    i, x, j, y = ends
    head: list[tuple[int, int]] = []
    tail: list[tuple[int, int]] = []
    # At the ends nothing weighs more than equal items, unless another one is preferred.
    while i < x and j < y and a[i] == b[j] and (not preferred or preferred[j]):
        head.append((i, j))
        i, j = i + 1, j + 1
    while i < x and j < y and a[x - 1] == b[y - 1] and (not preferred or preferred[y - 1]):
        x, y = x - 1, y - 1
        tail.append((x, y))
    if i == x or j == y:
        return head + tail[::-1]
    places: dict[str, list[int]] = {}
    for at in range(j, y):
        places.setdefault(b[at], []).append(at)
    if sum(len(places.get(item, ())) for item in a[i:x]) > MOST_PAIRS:
        inner = [(i + one, j + other) for one, other in find_matches(a[i:x], b[j:y])]
    else:
        inner = heaviest_increasing(
            (at, to, weights[a[at]] + (_PREFERRED if preferred and preferred[to] else 0.0))
            for at in range(i, x)
            for to in places.get(a[at], ())
        )
    return head + inner + tail[::-1]
