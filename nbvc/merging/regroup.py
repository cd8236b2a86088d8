"""What two pairings of three notebooks can't see: steps that change groups of cells.

Each step is a function from groups to groups, and named for what it finds.
"""

from __future__ import annotations

from nbvc.diffing.pairing.alike import LONG, says_enough
from nbvc.diffing.pairing.evidence import MOVED, STRONG
from nbvc.merging.group import Group, find_ends, measure_likeness, range_around, unite
from nbvc.merging.lines import has_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbvc.diffing.pairing import Link
    from nbvc.merging.pairs import Known
    from nbvc.notebook import Cell

    Cells = Sequence[Cell]
    Key = tuple[str, str]
    FindLinks = Callable[[int], Sequence[Link]]

_SIDES = "local", "remote"


def unite_parts(groups: list[Group], find_links: FindLinks) -> list[Group]:
    """Make one group of what a side split or joined, if a part of it is missing somewhere.

    `find_links` pairs base with a side, 0 for local.
    """
    at_base = {i: n for n, group in enumerate(groups) for i in group.base}
    ties = []
    for number, side in enumerate(_SIDES):
        lacking = {
            n
            for n, group in enumerate(groups)
            if bool(group.base) != bool(getattr(group, side)) or len(group.base) > 1
        }
        if not lacking:
            continue
        at_side = {j: n for n, group in enumerate(groups) for j in getattr(group, side)}
        found = [
            [*(at_base[i] for i in link.before), *(at_side[j] for j in link.after)]
            for link in find_links(number)
            if len(link.before) > 1 or len(link.after) > 1
        ]
        ties += [tie for tie in found if not lacking.isdisjoint(tie)]
    return unite(groups, ties) if ties else groups


def separate_additions(
    groups: list[Group], base: Cells, local: Cells, remote: Cells
) -> list[Group]:
    """Keep cells that both sides added apart, unless they are surely the same."""
    if not base or all(group.base or not (group.local and group.remote) for group in groups):
        return groups
    ends = [
        find_ends(groups, side, len(base), len(cells))
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
    """Return whether what both sides added is one cell, perhaps with a conflict in it."""
    if ours[0].id is not None and ours[0].id == theirs[0].id:
        return True
    brief = min(sum(len(cell.source.strip()) for cell in side) for side in (ours, theirs))
    if brief < LONG:
        return same_place and measure_likeness(ours, theirs) >= STRONG
    return measure_likeness(ours, theirs) >= MOVED or _share_new_line(ours, theirs, base)


def _share_new_line(ours: Cells, theirs: Cells, base: Cells) -> bool:
    """Return whether two cells have a line in common that says too much to be there by chance."""
    return bool((_telling_lines(ours) & _telling_lines(theirs)) - _telling_lines(base))


def _telling_lines(cells: Cells) -> set[str]:
    lines = (line.strip() for cell in cells for line in cell.source.split("\n"))
    return {line for line in lines if says_enough(line)}


def fill_edits(groups: list[Group], find_links: FindLinks) -> list[Group]:
    """Pair a cell of base with what is left of a side, if that is where one looks at the side alone.

    Both sides edited it beyond likeness, or both edited it alike and one moved it.
    """
    for number, side in enumerate(_SIDES):
        other = _SIDES[1 - number]
        lacking = {
            group.base[0]: group
            for group in groups
            if len(group.base) == 1 and not getattr(group, side)
        }
        free = {
            getattr(group, side)[0]: group
            for group in groups
            if not group.base and len(getattr(group, side)) == 1
        }
        if not lacking or not free:
            continue
        for link in find_links(number):
            if len(link.before) == len(link.after) == 1:
                group, extra = lacking.get(link.before[0]), free.get(link.after[0])
                if (
                    group is not None
                    and extra is not None
                    and bool(getattr(group, other)) != bool(getattr(extra, other))
                ):
                    setattr(group, side, link.after)
                    setattr(group, other, getattr(group, other) or getattr(extra, other))
                    groups = [one for one in groups if one is not extra]
    return groups


def keep_in_place(
    groups: list[Group], known: Known, base: Cells, local: Cells, remote: Cells
) -> list[Group]:
    """Let no equal cell be new, or one from elsewhere, where base has one that the side lacks.

        base    A x B x C      both pairings are right by themselves: x of remote is the first x of
        local   A x x C        local, and also the second x of base; then the second x of local
        remote  A B x C        would be a new cell

    Which of several equal cells is which does not matter. They are put in order.
    """
    copies: dict[Key, list[Group]] = {key: [] for key in known.repeated}
    for group in groups if copies else ():
        if len(group.base) == 1 and group.base[0] not in known.settled:
            cell = base[group.base[0]]
            key = known.key(cell)
            if key in copies and cell.id is None:
                copies[key].append(group)
    for key, same in copies.items():
        for side, cells in (("local", local), ("remote", remote)):
            groups = _keep_copies(groups, key, same, side, len(base), cells)
    return groups


def _keep_copies(
    groups: list[Group], key: Key, copies: list[Group], side: str, size: int, cells: Cells
) -> list[Group]:
    lacking = [group for group in copies if not getattr(group, side)]
    rest = [group for group in groups if not any(group is one for one in copies)] if lacking else []
    ends = find_ends(rest, side, size, len(cells))
    for group in lacking:
        around = range_around(group.base[0], ends)
        for one in groups:
            at = getattr(one, side)
            if len(at) != 1 or at[0] not in around:
                continue
            if (cells[at[0]].cell_type, cells[at[0]].source) != key:
                continue
            if any(one is copy for copy in copies):
                if range_around(one.base[0], ends) == around:
                    continue
                setattr(one, side, ())
            elif one.base or (one.local and one.remote):
                continue
            else:
                groups = [g for g in groups if g is not one]
            setattr(group, side, at)
            break
    kept = sorted((g for g in copies if getattr(g, side)), key=lambda group: group.base)
    places = sorted(getattr(group, side) for group in kept)
    for group, place in zip(kept, places, strict=True):
        setattr(group, side, place)
    return groups


def separate_replaced(group: Group, base: Cells, local: Cells, remote: Cells) -> list[Group]:
    """Keep apart what one side deleted and what the other one put in its place, if it is not an edit."""
    if len(group.base) != 1 or bool(group.local) == bool(group.remote):
        return [group]
    old = base[group.base[0]]
    new = [local[i] for i in group.local] + [remote[j] for j in group.remote]
    if old.id is not None and any(cell.id == old.id for cell in new):
        return [group]
    if old.metadata and any(cell.metadata == old.metadata for cell in new):
        return [group]  # rewritten in place: a new cell has metadata of its own, or none
    text = "\n".join(cell.source for cell in new)
    kept = old.source.strip() and old.source.strip() in text
    if kept or measure_likeness([old], new) >= MOVED or _share_line(old.source, text):
        return [group]
    return [Group(base=group.base), Group(local=group.local, remote=group.remote)]


def _share_line(one: str, other: str) -> bool:
    lines = {line.strip() for line in one.split("\n")}
    return any(has_word(line) and line.strip() in lines for line in other.split("\n"))


def close_splits(groups: list[Group]) -> list[Group]:
    """Make one group of a split and the cells between its parts, so that they stay in order."""
    ties = []
    for side in ("local", "remote"):
        at_side = {at: n for n, group in enumerate(groups) for at in getattr(group, side)}
        ties += [
            [at_side[at] for at in range(indices[0], indices[-1] + 1)]
            for group in groups
            if len(indices := getattr(group, side)) > 1 and len(group.base) < len(indices)
        ]
    return unite(groups, ties) if ties else groups
