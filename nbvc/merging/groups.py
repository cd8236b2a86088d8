"""Which cells of three notebooks belong together, and in which order they come out.

    base    A B C          one group each for A, B, C; X and Y are groups of one side;
    local   A X B C        Z, which both sides added at the same place, is one group of both
    remote  A B Z Y C      result: A X B Z Y C

The result's order is local's. What only remote has, or remote moved, comes behind the cell that
it follows in remote, and behind what local added there.
"""

from __future__ import annotations

import msgspec

from nbvc.diffing.pairing import Link, align
from nbvc.sequence import matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.notebook import Cell

    Cells = Sequence[Cell]


class Group(msgspec.Struct):
    """Cells that are one and the same, or parts of it: indices in each notebook."""

    base: tuple[int, ...] = ()
    local: tuple[int, ...] = ()
    remote: tuple[int, ...] = ()
    moved_by_local: bool = False
    moved_by_remote: bool = False


def grouped(base: Cells, local: Cells, remote: Cells) -> list[Group]:
    """Return the groups in the order of the result; every cell of all three is in exactly one."""
    to_local, to_remote = (_close_splits(align(base, side)) for side in (local, remote))
    groups = _of_base(to_local, to_remote)
    added_locally = [link.after[0] for link in to_local if not link.before]
    added_remotely = [link.after[0] for link in to_remote if not link.before]
    shared = _added_by_both(groups, (local, added_locally), (remote, added_remotely))
    if not base:
        shared = _same_file(local, remote)
    groups += [Group(local=(i,), remote=(j,)) for i, j in shared.items()]
    groups += [Group(local=(i,)) for i in added_locally if i not in shared]
    taken = set(shared.values())
    groups += [Group(remote=(j,)) for j in added_remotely if j not in taken]
    return _ordered(groups)


def _close_splits(links: Sequence[Link]) -> list[Link]:
    """Make one link of a split and the cells between its parts, so that all of them stay in order.

    links  1 ─ (1, 3), added 2        gives  1 ─ (1, 2, 3)
    """
    closed: list[Link] = []
    for link in sorted(links, key=lambda link: link.after[:1]):
        last = closed[-1].after if closed else ()
        if last and link.after and link.after[0] < last[-1]:
            before = closed[-1].before + link.before
            after = closed[-1].after + link.after
            closed[-1] = Link(tuple(sorted(before)), tuple(sorted(after)), closed[-1].moved)
        else:
            closed.append(link)
    return closed


def _of_base(to_local: Sequence[Link], to_remote: Sequence[Link]) -> list[Group]:
    """Return a group for every cell of base; cells that one side joined are in one group."""
    first: dict[int, int] = {}

    def root(i: int) -> int:
        while first.setdefault(i, i) != i:
            i = first[i]
        return i

    for link in (*to_local, *to_remote):
        for i in link.before:
            one, other = sorted((root(link.before[0]), root(i)))
            first[other] = one
    groups: dict[int, Group] = {}
    for i in sorted(first):
        group = groups.setdefault(root(i), Group())
        group.base += (i,)
    for link in to_local:
        if link.before:
            group = groups[root(link.before[0])]
            group.local = tuple(sorted(group.local + link.after))
            group.moved_by_local |= link.moved
    for link in to_remote:
        if link.before:
            group = groups[root(link.before[0])]
            group.remote = tuple(sorted(group.remote + link.after))
            group.moved_by_remote |= link.moved
    return list(groups.values())


def _added_by_both(
    groups: Sequence[Group], local: tuple[Cells, list[int]], remote: tuple[Cells, list[int]]
) -> dict[int, int]:
    """Pair equal cells that both sides added between the same cells."""
    if not local[1] or not remote[1]:
        return {}
    stays = [
        group
        for group in groups
        if group.local and group.remote and not (group.moved_by_local or group.moved_by_remote)
    ]
    ours = _keys(*local, sorted(group.local[0] for group in stays))
    theirs = _keys(*remote, sorted(group.remote[0] for group in stays))
    return {local[1][x]: remote[1][y] for x, y in matches(ours, theirs)}


def _keys(cells: Cells, added: list[int], stays: list[int]) -> list[tuple[int, str, str]]:
    from bisect import bisect_left

    return [(bisect_left(stays, i), cells[i].cell_type, cells[i].source.strip()) for i in added]


def _same_file(local: Cells, remote: Cells) -> dict[int, int]:
    """Pair the cells of two notebooks that have no common ancestor."""
    return {
        link.before[0]: link.after[0]
        for link in align(local, remote)
        if len(link.before) == len(link.after) == 1 and not link.moved
    }


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
