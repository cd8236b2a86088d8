"""Which cells of three notebooks belong together, and in which order they come out.

    base    A B C          one group each for A, B, C; X and Y are groups of one side;
    local   A X B C        Z, which both sides added at the same place, is one group of both
    remote  A B Z Y C      result: A X B Z Y C

Cells have columns as lines do, see `nbvc.sequence.columns`: local is paired with remote first, and
base with what this gives, so that a cell of both sides is one from the start. Each step after that
is named for what two pairings alone can't see:

    1  _pair_sides         local with remote: columns of one side or both
    2  _lay_base           base with the columns; each is represented by the version that base has
    3  _unite_parts        splits and joins of the two sides may overlap
    4  _separate_additions both added a cell, but not the same one
    5  _fill_edits         an edit that looks like base and not like the other side's
    6  _find_rewritten     both put another cell in the place of one
    7  _separate_replaced  one side deleted a cell, the other one replaced it by something else
    8  _close_splits       cells between the parts of a split stay there

The result's order is local's. What only remote has, or remote moved, comes behind the cell that
it follows in remote, and behind what local added there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from functools import cached_property

import msgspec

from nbvc.diffing.pairing import align
from nbvc.diffing.pairing.alike import Profile, alike
from nbvc.diffing.pairing.evidence import MOVED, STRONG
from nbvc.merging.chunks import has_word
from nbvc.sequence import heaviest_increasing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from nbvc.diffing.pairing import Link
    from nbvc.notebook import Cell

    Cells = Sequence[Cell]
    Indices = tuple[int, ...]

_BY_CHANCE = 30
"""A shorter source may be added twice, or moved, by chance (`df.head()`)."""
_VERY_ALIKE = 0.9
"""So alike must new cells at different places be to be one cell."""
_LONG = 20
"""A shorter line may stand in two new cells by chance."""
_MOST_PAIRS = 60_000
"""Beyond so many pairs of equal cells, all choices among them are as good."""
_CONTEXT = 2
"""So many equal cells around are looked at."""
_SAME_ID = 0.5
"""So much more does a pair of equal cells weigh that have the same id."""
_KNOWN = 20.0
"""So much more do two equal cells of the sides weigh that base has, too: as if longer by that."""
_TIE = 2.0**-10
"""So much more does a cell of both sides weigh than an equal one of one side, for one of base."""


class Group(msgspec.Struct):
    """Cells that are one and the same, or parts of it: indices in each notebook."""

    base: Indices = ()
    local: Indices = ()
    remote: Indices = ()
    moved_by_local: bool = False
    moved_by_remote: bool = False


def grouped(base: Cells, local: Cells, remote: Cells) -> list[Group]:
    """Return the groups in the order of the result; every cell of all three is in exactly one."""
    head, tail = _count_equal_ends(base, local, remote)
    ends = len(base) - tail, len(local) - tail, len(remote) - tail
    groups = [Group((at,), (at,), (at,)) for at in range(head)]
    middle = base[head : ends[0]], local[head : ends[1]], remote[head : ends[2]]
    groups += (_shift(group, head) for group in _group_middle(*middle))
    groups += [Group((ends[0] + at,), (ends[1] + at,), (ends[2] + at,)) for at in range(tail)]
    return _ordered(groups)


def _count_equal_ends(*versions: Cells) -> tuple[int, int]:
    """Return how many cells from the start and from the end nobody touched, without a few.

    Those few show the pairing whether ids hold.
    """
    least = min(map(len, versions))
    one, *others = versions
    head = tail = 0
    while head < least and all(one[head].fields == side[head].fields for side in others):
        head += 1
    rest = least - head
    while tail < rest and all(one[-1 - tail].fields == side[-1 - tail].fields for side in others):
        tail += 1
    return max(0, head - _CONTEXT), max(0, tail - _CONTEXT)


def _shift(group: Group, by: int) -> Group:
    base, local, remote = (
        tuple(index + by for index in side) for side in (group.base, group.local, group.remote)
    )
    return Group(base, local, remote, group.moved_by_local, group.moved_by_remote)


def _group_middle(base: Cells, local: Cells, remote: Cells) -> list[Group]:
    """Return the groups, the same ones whichever side is called local."""
    if _is_ahead(local, remote):
        return _group(base, local, remote)
    return [
        Group(group.base, group.remote, group.local, group.moved_by_remote, group.moved_by_local)
        for group in _group(base, remote, local)
    ]


def _is_ahead(local: Cells, remote: Cells) -> bool:
    for mine, theirs in zip(local, remote, strict=False):
        if not _are_written_alike([mine], [theirs]):
            one, other = ((cell.source, cell.id or "", cell.cell_type) for cell in (mine, theirs))
            if one != other:
                return one < other
    return len(local) <= len(remote)


class _Known:
    """The texts and ids of base, read when they are first asked for."""

    def __init__(self, base: Cells) -> None:
        self.base = base

    @cached_property
    def keys(self) -> Counter[tuple[str, str]]:
        return Counter(map(_key, self.base))

    @cached_property
    def ids(self) -> set[str]:
        return {cell.id for cell in self.base if cell.id is not None}


def _group(base: Cells, local: Cells, remote: Cells) -> list[Group]:
    known = _Known(base)
    columns = _pair_sides(known, local, remote)
    groups = _lay_base(known, local, remote, columns)
    groups = _unite_parts(groups, base, local, remote)
    groups = _separate_additions(groups, base, local, remote)
    groups = _fill_edits(groups, base, local, remote)
    groups = _find_rewritten(groups, base, local, remote)
    groups = [part for group in groups for part in _separate_replaced(group, base, local, remote)]
    groups = _close_splits(groups)
    _note_moves(groups, base)
    return groups


# 1 and 2: columns


def _pair_sides(known: _Known, local: Cells, remote: Cells) -> list[tuple[Indices, Indices]]:
    """Return the columns of local and remote, in the order of remote."""

    def prefer(i: int, _: int) -> float:
        return _KNOWN * (_key(local[i]) in known.keys)

    links = _pair(local, remote, prefer)
    pairs = {(i, j) for link in links for i in link.before for j in link.after}
    stays = pairs
    if any(link.moved for link in links):
        weighed = ((i, j, 1.0 + len(local[i].source) + prefer(i, j)) for i, j in pairs)
        stays = set(heaviest_increasing(weighed))
    columns: list[tuple[Indices, Indices]] = []
    alone: list[int] = []
    for link in links:
        pair = link.before[:1] + link.after[:1]
        single = len(link.before) == len(link.after) == 1
        if single and _is_chance(
            local[pair[0]], remote[pair[1]], known, moved=_is_moved_alone(pair, pairs, stays)
        ):
            columns.append(((), link.after))
            alone += link.before
        elif link.after:
            columns.append((link.before, link.after))
        else:
            alone += link.before
    return _insert(columns, alone)


def _is_moved_alone(
    pair: Indices, pairs: set[tuple[int, int]], stays: set[tuple[int, int]]
) -> bool:
    """Tell whether a pair moved by itself, and not with a neighbor."""
    i, j = pair
    alone = (i - 1, j - 1) not in pairs and (i + 1, j + 1) not in pairs
    return alone and (i, j) not in stays


def _insert(
    columns: list[tuple[Indices, Indices]], alone: list[int]
) -> list[tuple[Indices, Indices]]:
    """Return the columns with what only local has, behind the cell that it follows there."""
    kept = sorted((i, number) for number, (ours, _) in enumerate(columns) for i in ours)
    behind: dict[int, list[tuple[Indices, Indices]]] = {}
    for i in sorted(alone):
        at = bisect_left(kept, (i,))
        behind.setdefault(kept[at - 1][1] if at else -1, []).append(((i,), ()))
    found = behind.get(-1, [])
    for number, column in enumerate(columns):
        found += [column, *behind.get(number, ())]
    return found


def _key(cell: Cell) -> tuple[str, str]:
    return cell.cell_type, cell.source


def _are_written_alike(ours: Cells, theirs: Cells) -> bool:
    """Tell whether cells have the same text, type and id, as far as that needs no decoding."""
    return len(ours) == len(theirs) and all(
        one.fields.get(key) == other.fields.get(key)
        for one, other in zip(ours, theirs, strict=True)
        for key in ("source", "cell_type", "id")
    )


def _is_chance(mine: Cell, theirs: Cell, known: _Known, *, moved: bool) -> bool:
    """Tell whether two cells of the sides are alike, but not one."""
    if not moved and _are_written_alike([mine], [theirs]):
        return False
    brief = len(mine.source.strip()) < _BY_CHANCE
    if moved and (brief or known.keys[_key(mine)] > 1):
        return True
    if mine.id is not None and mine.id == theirs.id:
        return False
    if mine.source == theirs.source:
        return brief and mine.id in known.ids and theirs.id in known.ids
    in_base = [_key(cell) in known.keys for cell in (mine, theirs)]
    if moved and not any(in_base):
        return _likeness([mine], [theirs]) < _VERY_ALIKE
    return all(in_base)  # Two cells of base, and no edit.


def _pair(before: Cells, after: Cells, prefer: Callable[[int, int], float]) -> Sequence[Link]:
    """Pair two lists of cells; among equal cells, the choice that keeps most in order is taken.

    `prefer` says how much more a pair of equal cells weighs than by its length.
    """
    links = align(before, after)
    if not (_has_repeated(before) or _has_repeated(after)):
        return links
    keys = [[_key(cell) for cell in cells] for cells in (before, after)]
    linked = {
        (link.before[0], link.after[0]): link.moved
        for link in links
        if len(link.before) == len(link.after) == 1
    }
    places: dict[tuple[str, str], list[int]] = {}
    for j, key in enumerate(keys[1]):
        places.setdefault(key, []).append(j)
    equal = [(i, j) for i, key in enumerate(keys[0]) for j in places.get(key, ())]
    if len(equal) > _MOST_PAIRS:
        return links
    ids, others = ({cell.id for cell in cells} - {None} for cells in (before, after))
    weighed: list[tuple[int, int, float]] = []
    for i, j in {*equal, *linked}:
        one, other = before[i].id, after[j].id
        weight = 1.0 + len(before[i].source.strip())
        if keys[0][i] != keys[1][j]:
            weight /= 2  # Less than the same cell unchanged.
        elif one != other and (one in others or other in ids):
            continue  # Its id says that this cell is another one.
        same = one is not None and one == other
        weighed.append((i, j, weight + _SAME_ID * same + prefer(i, j)))
    chosen = heaviest_increasing(weighed)
    if {*chosen} == {pair for pair, moved in linked.items() if not moved}:
        return links
    return align(before, after, known=dict(chosen))


def _has_repeated(cells: Cells) -> bool:
    """Tell whether two cells have the same source, as it is written."""
    return len({bytes(cell.fields.get("source", b"")) for cell in cells}) < len(cells)


def _lay_base(
    known: _Known, local: Cells, remote: Cells, columns: Sequence[tuple[Indices, Indices]]
) -> list[Group]:
    """Pair base with the columns, and return a group for each column or cell of base."""
    base = known.base
    cells: list[Cell] = []
    numbers: list[int] = []
    for number, (ours, theirs) in enumerate(columns):
        found = _represent([local[i] for i in ours], [remote[j] for j in theirs], known)
        cells += found
        numbers += [number] * len(found)
    groups = [Group(local=ours, remote=theirs) for ours, theirs in columns]
    groups += [Group(base=(i,)) for i in range(len(base))]
    ties = [
        [*(len(columns) + i for i in link.before), *(numbers[at] for at in link.after)]
        for link in _pair(base, cells, lambda _, at: _TIE * all(columns[numbers[at]]))
    ]
    return _unite(groups, ties)


def _represent(ours: list[Cell], theirs: list[Cell], known: _Known) -> list[Cell]:
    """Return the version of a column that base has, by its source or else its id."""
    if not ours or not theirs or _are_written_alike(ours, theirs):
        return ours or theirs

    def rate(cells: list[Cell]) -> tuple[int, int, int]:
        return (
            sum(_key(cell) in known.keys for cell in cells),
            sum(cell.id in known.ids for cell in cells),
            -len(cells),
        )

    if rate(ours) == rate(theirs):
        return min(ours, theirs, key=lambda cells: [cell.source for cell in cells])
    return max(ours, theirs, key=rate)


def _unite(groups: list[Group], ties: Iterable[Sequence[int]]) -> list[Group]:
    """Return the groups, with those that are tied together by their numbers made one."""
    first = list(range(len(groups)))

    def root(number: int) -> int:
        while first[number] != number:
            number = first[number]
        return number

    for tie in ties:
        for number in tie[1:]:
            one, other = sorted((root(tie[0]), root(number)))
            first[other] = one
    united: dict[int, Group] = {}
    for number, group in enumerate(groups):
        whole = united.setdefault(root(number), group)
        if whole is group:
            continue
        whole.base = tuple(sorted(whole.base + group.base))
        whole.local = tuple(sorted(whole.local + group.local))
        whole.remote = tuple(sorted(whole.remote + group.remote))
    return list(united.values())


# 3 to 8: what two pairings can't see


def _unite_parts(groups: list[Group], base: Cells, local: Cells, remote: Cells) -> list[Group]:
    """Make one group of what a side split or joined, if a part of it is missing somewhere."""
    if not any(group.base and not (group.local and group.remote) for group in groups) and all(
        len(indices) < 2 for group in groups for indices in (group.base, group.local, group.remote)
    ):
        return groups
    at_base = {i: n for n, group in enumerate(groups) for i in group.base}
    ties = []
    for side, cells in (("local", local), ("remote", remote)):
        at_side = {j: n for n, group in enumerate(groups) for j in getattr(group, side)}
        ties += [
            [*(at_base[i] for i in link.before), *(at_side[j] for j in link.after)]
            for link in align(base, cells)
            if len(link.before) > 1 or len(link.after) > 1
        ]
    return _unite(groups, ties)


def _separate_additions(
    groups: list[Group], base: Cells, local: Cells, remote: Cells
) -> list[Group]:
    """Keep cells that both sides added apart, unless they are surely the same."""
    if not base:
        return groups
    ends = [
        _find_ends(groups, side, len(base), len(cells))
        for side, cells in (("local", local), ("remote", remote))
    ]
    both = {i for i, *_ in ends[0]} & {i for i, *_ in ends[1]}
    at_local = {i: number for number, group in enumerate(groups) for i in group.local}
    at_remote = {j: number for number, group in enumerate(groups) for j in group.remote}
    found: list[Group] = []
    for group in groups:
        if group.base or not (group.local and group.remote):
            found.append(group)
            continue
        gaps = [
            sum(last < at for i, _, last in kept if i in both)
            for at, kept in zip((group.local[0], group.remote[0]), ends, strict=True)
        ]
        before = at_local.get(group.local[0] - 1, -1), at_remote.get(group.remote[0] - 1, -2)
        ours, theirs = [local[i] for i in group.local], [remote[j] for j in group.remote]
        same_place = gaps[0] == gaps[1] or before[0] == before[1]
        if _are_one(ours, theirs, base, same_place=same_place):
            found.append(group)
        else:
            found += [Group(local=group.local), Group(remote=group.remote)]
    return found


def _are_one(ours: Cells, theirs: Cells, base: Cells, *, same_place: bool) -> bool:
    """Tell whether what both sides added is one cell, perhaps with a conflict in it."""
    if ours[0].id is not None and ours[0].id == theirs[0].id:
        return True
    brief = min(sum(len(cell.source.strip()) for cell in side) for side in (ours, theirs))
    if brief < _BY_CHANCE:
        return same_place and _likeness(ours, theirs) >= STRONG
    return _likeness(ours, theirs) >= MOVED or _share_new_line(ours, theirs, base)


def _share_new_line(ours: Cells, theirs: Cells, base: Cells) -> bool:
    """Tell whether two cells have a line in common that is too long to be there by chance."""
    shared = _long_lines(ours) & _long_lines(theirs)
    return bool(shared) and bool(shared - _long_lines(base))


def _long_lines(cells: Cells) -> set[str]:
    lines = (line.strip() for cell in cells for line in cell.source.split("\n"))
    return {line for line in lines if len(line) >= _LONG}


def _likeness(one: Sequence[Cell], other: Sequence[Cell]) -> float:
    """Return how alike the sources of cells are."""
    text, others = ("\n".join(cell.source for cell in cells) for cells in (one, other))
    if text.strip() == others.strip():
        return 1.0
    if one[0].cell_type != other[0].cell_type:
        return 0.0
    return alike(Profile("", text), Profile("", others), at_least=MOVED)


def _fill_edits(groups: list[Group], base: Cells, local: Cells, remote: Cells) -> list[Group]:
    """Pair what is left of a side with a cell of base that lacks it: both edited it beyond likeness."""
    for side, cells in (("local", local), ("remote", remote)):
        other = "remote" if side == "local" else "local"
        lacking = {
            group.base[0]: group
            for group in groups
            if len(group.base) == 1 and not getattr(group, side) and getattr(group, other)
        }
        free = {
            getattr(group, side)[0]: group
            for group in groups
            if not group.base and not getattr(group, other) and len(getattr(group, side)) == 1
        }
        if not lacking or not free:
            continue
        for link in align(base, cells):
            if len(link.before) == len(link.after) == 1:
                group, extra = lacking.get(link.before[0]), free.get(link.after[0])
                if group is not None and extra is not None:
                    setattr(group, side, link.after)
                    groups = [one for one in groups if one is not extra]
    return groups


def _find_rewritten(groups: list[Group], base: Cells, local: Cells, remote: Cells) -> list[Group]:
    """Make one group of a cell that both sides dropped and what each put in its place."""
    dropped = [g for g in groups if len(g.base) == 1 and not (g.local or g.remote)]
    if not dropped:
        return groups
    sides = (("local", local), ("remote", remote))
    stays = [_find_ends(groups, side, len(base), len(cells)) for side, cells in sides]
    new = [
        {at: group for group in groups if not group.base for at in getattr(group, side)}
        for side, _ in sides
    ]
    for group in dropped:
        old = base[group.base[0]]
        ours, theirs = (
            [
                at
                for at in _range_around(group.base[0], ends)
                if at in found and cells[at].cell_type == old.cell_type
            ]
            for (_, cells), ends, found in zip(sides, stays, new, strict=True)
        )
        if not old.source.strip() or not len(ours) == len(theirs) == 1:
            continue
        one, other = new[0].pop(ours[0]), new[1].pop(theirs[0])
        if one is other and local[ours[0]].source == remote[theirs[0]].source:
            continue
        group.local, group.remote = one.local, other.remote
        groups = [g for g in groups if g is not one and g is not other]
    return groups


def _find_ends(groups: list[Group], side: str, count: int, size: int) -> list[tuple[int, int, int]]:
    """Return the cells of base that a side kept in order: first, and first and last on the side."""
    kept = {
        (group.base[0], getattr(group, side)[0]): getattr(group, side)[-1]
        for group in groups
        if group.base and getattr(group, side)
    }
    stays = heaviest_increasing((i, j, 1.0) for i, j in kept)
    return [(-1, -1, -1), *((i, j, kept[i, j]) for i, j in stays), (count, size, size)]


def _range_around(i: int, ends: list[tuple[int, int, int]]) -> range:
    """Return the cells of a side between those that are before and behind a cell of base."""
    start = max(last for at, _, last in ends if at < i)
    stop = min(first for at, first, _ in ends if at > i)
    return range(start + 1, stop)


def _separate_replaced(group: Group, base: Cells, local: Cells, remote: Cells) -> list[Group]:
    """Keep apart what one side deleted and what the other one put in its place, if it is no edit."""
    if len(group.base) != 1 or bool(group.local) == bool(group.remote):
        return [group]
    old = base[group.base[0]]
    new = [local[i] for i in group.local] + [remote[j] for j in group.remote]
    if old.id is not None and any(cell.id == old.id for cell in new):
        return [group]
    text = "\n".join(cell.source for cell in new)
    kept = old.source.strip() and old.source.strip() in text
    if kept or _likeness([old], new) >= MOVED or _share_line(old.source, text):
        return [group]
    return [Group(base=group.base), Group(local=group.local, remote=group.remote)]


def _share_line(one: str, other: str) -> bool:
    lines = {line.strip() for line in one.split("\n")}
    return any(has_word(line) and line.strip() in lines for line in other.split("\n"))


def _close_splits(groups: list[Group]) -> list[Group]:
    """Make one group of a split and the cells between its parts, so that they stay in order."""
    ties = []
    for side in ("local", "remote"):
        at_side = {at: n for n, group in enumerate(groups) for at in getattr(group, side)}
        ties += [
            [at_side[at] for at in range(indices[0], indices[-1] + 1)]
            for group in groups
            if len(indices := getattr(group, side)) > 1 and len(group.base) < len(indices)
        ]
    return _unite(groups, ties) if ties else groups


def _note_moves(groups: list[Group], base: Cells) -> None:
    """Note which groups each side moved: as few and as short ones as possible."""
    for side in ("local", "remote"):
        pairs = {
            (group.base[0], getattr(group, side)[0]): group
            for group in groups
            if group.base and getattr(group, side)
        }
        stays = heaviest_increasing(
            (i, j, 1 + min(len(base[i].source), 9999) / 1e7) for i, j in pairs
        )
        for pair in pairs.keys() - set(stays):
            setattr(pairs[pair], f"moved_by_{side}", True)


# Order
def _ordered(groups: list[Group]) -> list[Group]:
    """Put groups in the order of the result; those that both sides deleted come last."""
    chain = _Chain()
    last = -1
    for number in _by(groups, [group.local[:1] for group in groups]):
        group = groups[number]
        if not group.moved_by_remote or group.moved_by_local or not group.remote:
            chain.put(number, last)
            last = number
    last = -1
    for number in _by(groups, [group.remote[:1] for group in groups]):
        if number not in chain:
            while (
                chain.after(last) >= 0
                and not groups[chain.after(last)].base
                and not groups[chain.after(last)].remote
            ):
                last = chain.after(last)
            chain.put(number, last)
        last = number
    order = chain.order()
    placed = set(order)
    rest = [number for number in range(len(groups)) if number not in placed]
    return [groups[number] for number in (*order, *rest)]


def _by(groups: list[Group], firsts: list[tuple[int, ...]]) -> list[int]:
    """Return the numbers of the groups that stand on a side, in that side's order."""
    return sorted((n for n in range(len(groups)) if firsts[n]), key=lambda n: firsts[n][0])


class _Chain:
    """Numbers in an order into which more are put, behind one that is there; -1 is the start."""

    def __init__(self) -> None:
        self.follows: dict[int, int] = {-1: -2}

    def __contains__(self, number: int) -> bool:
        return number in self.follows

    def after(self, number: int) -> int:
        return self.follows[number]

    def put(self, number: int, behind: int) -> None:
        self.follows[number] = self.follows[behind]
        self.follows[behind] = number

    def order(self) -> list[int]:
        found = []
        number = self.follows[-1]
        while number >= 0:
            found.append(number)
            number = self.follows[number]
        return found
