"""Which cells of three notebooks belong together, and in which order they come out.

    base    A B C          one group each for A, B, C; X and Y are groups of one side;
    local   A X B Z C      Z, which both sides added at the same place, is one group of both
    remote  A B Z Y C      result: A X B Z Y C

Cells have columns as lines do, see `nbvc.sequence.columns`: local is paired with remote first, and
base with what this gives, so that a cell of both sides is one from the start. Each step after that
is named for what two pairings alone can't see:

    1  pair_sides           local with remote: columns of one side or both
    2  lay_base             base with the columns; each is represented by the version that base has
    3  unite_parts          splits and joins of the two sides may overlap
    4  separate_additions   both added a cell, but not the same one
    5  fill_edits           an edit that looks like base and not like the other side's
    6  separate_replaced    one side deleted a cell, the other one replaced it by something else
    7  find_rewritten       both put another cell in the place of one
    8  keep_in_place        a side seems to have dropped a cell, and has an equal one at its place
    9  close_splits         cells between the parts of a split stay there

The steps are in this order since each takes what the ones before it left: 3 needs the columns that
are one cell, 4 and 5 what is alone on a side then, 6 and 7 what nobody paired, 8 and 9 the whole.

The result's order is local's. What only remote has, or remote moved, comes behind the cell that
it follows in remote, and behind what local added there. What a side added goes with the cell that it
follows there, and what a side moved goes with none that the other side moved:

    base    A B C D        remote moved C, which N of local follows
    local   A B C N D      result: A C N B D, whichever side is called local
    remote  A C B D
"""

from __future__ import annotations

from itertools import pairwise
from operator import itemgetter

from nbvc.merging import regroup
from nbvc.merging.group import Group
from nbvc.merging.pairs import (
    Known,
    are_written_alike,
    find_settled,
    lay_base,
    pair_sides,
)
from nbvc.merging.rewritten import find_rewritten
from nbvc.sequence import heaviest_increasing
from nbvc.sequence.chain import Chain
from nbvc.sequence.ends import count_equal_ends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from nbvc.notebook import Cell

    Cells = Sequence[Cell]

_SIDES = ("local", "remote")
_CONTEXT = 2
"""So many equal cells around are looked at."""
_MOST_COMPARED = 1_000_000
"""Where both sides moved so many cells, times all cells, local's places are kept."""


def group_cells(base: Cells, local: Cells, remote: Cells) -> list[Group]:
    """Return the groups in the order of the result; every cell of all three is in exactly one."""
    # A few of the cells that nobody touched show the pairing whether ids hold.
    sides = ([cell.fields for cell in cells] for cells in (base, local, remote))
    head, tail = (max(0, count - _CONTEXT) for count in count_equal_ends(*sides))
    ends = len(base) - tail, len(local) - tail, len(remote) - tail
    groups = [Group((at,), (at,), (at,)) for at in range(head)]
    middle = base[head : ends[0]], local[head : ends[1]], remote[head : ends[2]]
    inner = _group_middle(*middle)
    groups += [_shift(group, head) for group in inner] if head else inner
    groups += [Group((ends[0] + at,), (ends[1] + at,), (ends[2] + at,)) for at in range(tail)]
    return _order_groups(groups)


def _shift(group: Group, by: int) -> Group:
    for side in ("base", "local", "remote"):
        setattr(group, side, tuple([index + by for index in getattr(group, side)]))
    return group


def _group_middle(base: Cells, local: Cells, remote: Cells) -> list[Group]:
    """Return the groups, the same ones whichever side is called local."""
    if _is_ahead(local, remote):
        return _group(base, local, remote)
    groups = _group(base, remote, local)
    for group in groups:
        group.local, group.remote = group.remote, group.local
        group.moved_by_local, group.moved_by_remote = group.moved_by_remote, group.moved_by_local
    return groups


def _is_ahead(local: Cells, remote: Cells) -> bool:
    for mine, theirs in zip(local, remote, strict=False):
        if not are_written_alike([mine], [theirs]):
            one, other = ((cell.source, cell.id or "", cell.cell_type) for cell in (mine, theirs))
            if one != other:
                return one < other
    return len(local) <= len(remote)


def _group(base: Cells, local: Cells, remote: Cells) -> list[Group]:
    known = Known(base, local, remote, find_settled(base, local, remote))
    columns = pair_sides(known, local, remote)
    groups = lay_base(known, local, remote, columns)

    groups = regroup.unite_parts(groups, known.find_links)
    groups = regroup.separate_additions(groups, base, local, remote)
    groups = regroup.fill_edits(groups, known.find_links)
    groups = [
        part for group in groups for part in regroup.separate_replaced(group, base, local, remote)
    ]
    groups = find_rewritten(groups, base, local, remote)
    groups = regroup.keep_in_place(groups, known, base, local, remote)
    groups = regroup.close_splits(groups)
    _note_moves(groups, base)
    return groups


def _note_moves(groups: list[Group], base: Cells) -> None:
    """Note which groups each side moved: as few and as short ones as possible.

    If both sides seem to have moved a group, and not to the same place, a side may have moved another
    one just as well.
    """
    ours, theirs = (_find_moved(groups, base, "base", side) for side in _SIDES)
    both = ours & theirs and ours & theirs & _find_moved(groups, base, "local", "remote")
    if both:
        ours = _find_moved(groups, base, "base", "local", both)
        if both <= ours:
            theirs = _find_moved(groups, base, "base", "remote", both)
    both = ours & theirs
    for number in both if len(both) * len(groups) <= _MOST_COMPARED else ():
        mine, others = (_list_crossed(groups, number, side) for side in _SIDES)
        if mine < others:  # Remote moved it farther in the same direction.
            ours.discard(number)
        elif others < mine:
            theirs.discard(number)
    for number, group in enumerate(groups):
        group.moved_by_local, group.moved_by_remote = number in ours, number in theirs


def _list_crossed(groups: list[Group], number: int, side: str) -> set[int]:
    """Return the groups of all versions whose order beside a moved one a side changed."""
    one = groups[number]
    return {
        at
        for at, other in enumerate(groups)
        if other.base
        and other.local
        and other.remote
        and (one.base < other.base) != (getattr(one, side) < getattr(other, side))
    }


def _find_moved(
    groups: list[Group], base: Cells, before: str, after: str, unlikely: Container[int] = ()
) -> set[int]:
    """Return the numbers of the groups that moved between two versions."""
    pairs = {
        (old[0], new[0]): number
        for number, group in enumerate(groups)
        if group.base and (old := getattr(group, before)) and (new := getattr(group, after))
    }
    if sorted(pairs) == sorted(pairs, key=itemgetter(1)):
        return set()
    sizes = {number: len(base[groups[number].base[0]].source) for number in pairs.values()}
    stays = heaviest_increasing(
        (i, j, 1 + min(sizes[number], 9999) / 1e7 + (number in unlikely) / 500)
        for (i, j), number in pairs.items()
    )
    return {pairs[pair] for pair in pairs.keys() - set(stays)}


# Order


def _order_groups(groups: list[Group]) -> list[Group]:
    """Put groups in the order of the result; those that both sides deleted come last."""
    chain = Chain()
    ours, theirs = (
        _list_by_side(groups, [getattr(g, side)[:1] for g in groups]) for side in _SIDES
    )
    waiting = _find_waiting(groups, ours, theirs)
    followers: dict[int, int] = {}
    last = -1
    for before, number in pairwise([-1, *ours]):
        if number in waiting:
            continue
        if not groups[number].base and (before in waiting or before in followers):
            followers[number] = before
        else:
            chain.put(number, last)
            last = number
    last = stays = -1
    for number in theirs:
        group = groups[number]
        if number in chain:
            is_in_place = group.moved_by_remote or not group.moved_by_local
        else:
            # What remote moved does not go with what local moved away from there.
            behind = stays if group.base else last
            is_in_place = behind == stays
            while _is_before(groups, chain.after(behind), number):
                behind = chain.after(behind)
            chain.put(number, behind)
        last, stays = number, number if is_in_place else stays
    for number, before in followers.items():
        if number not in chain:
            chain.put(number, before)
    order = chain.order()
    placed = set(order)
    rest = [number for number in range(len(groups)) if number not in placed]
    return [groups[number] for number in (*order, *rest)]


def _is_before(groups: list[Group], one: int, other: int) -> bool:
    """Return whether a group of local's order comes before one of remote that goes behind the same."""
    if one < 0:
        return False
    mine, theirs = groups[one], groups[other]
    if not mine.base:
        return mine.remote < theirs.remote  # none where only local added it
    if not mine.moved_by_local or mine.moved_by_remote or not (theirs.base and theirs.local):
        return False
    # The order of two cells is what the side made of it that changed it.
    old, new = mine.base < theirs.base, mine.local < theirs.local
    return new if new != old else mine.remote < theirs.remote


def _find_waiting(groups: list[Group], ours: list[int], theirs: list[int]) -> set[int]:
    """Return what comes where remote has it: what remote moved, and what both put beside that.

    What both put behind a cell goes where that cell goes, or else where the one behind it goes.
    """
    waiting = {
        number
        for number in ours
        if groups[number].remote
        and groups[number].moved_by_remote
        and not groups[number].moved_by_local
    }
    if not waiting:
        return waiting
    pairs = {*pairwise(theirs)}
    put = {
        n
        for n in ours
        if not groups[n].base or (groups[n].moved_by_local and groups[n].moved_by_remote)
    }
    for pair in pairwise(ours):
        if pair[1] in put and pair[0] in waiting and pair in pairs:
            waiting.add(pair[1])
    firsts = {*ours[:1]}.intersection(theirs[:1])
    stay = {n for last, n in pairs.intersection(pairwise(ours)) if last not in waiting} | firsts
    for pair in reversed([*pairwise(ours)]):
        if pair[0] in put - stay and pair[1] in waiting and pair in pairs:
            waiting.add(pair[0])
    return waiting


def _list_by_side(groups: list[Group], firsts: list[tuple[int, ...]]) -> list[int]:
    """Return the numbers of the groups that are on a side, in that side's order."""
    return sorted((n for n in range(len(groups)) if firsts[n]), key=lambda n: firsts[n][0])
