"""A cell that both sides dropped, and what they put in its place: an edit that looks like none.

    base    x = 1            Neither y nor z looks like x. Still both are in its place: one cell,
    local   y = 2            with a conflict in it.
    remote  z = [3]

If only one side put a cell there, the other one deleted the old cell, unless the place is in doubt:

    base    A B x C          local moved A, and nobody knows whether in front of the y that remote
    local   B A C            made of x, or behind it: a conflict of y with the deletion of x
    remote  A B y C

    base    A x B C          remote moved B, or rewrote x and put it behind B: a conflict of y with z
    local   A y B C
    remote  A B z C
"""

from __future__ import annotations

from nbvc.merging.group import Group, find_ends, measure_likeness, range_around

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.merging.group import Indices
    from nbvc.notebook import Cell

    Cells = Sequence[Cell]


def find_rewritten(groups: list[Group], base: Cells, local: Cells, remote: Cells) -> list[Group]:
    """Make one group of a cell that both sides dropped and what they put in its place.

    If a side put several cells there, one that the other side has, too, replaced the old one, or
    else the one that is most like it. Where both sides kept ids, a cell of another id is new.
    """
    dropped = [g for g in groups if len(g.base) == 1 and not (g.local or g.remote)]
    if not dropped or (_keep_ids(base, local) and _keep_ids(base, remote)):
        return groups
    ours, theirs = (
        _Counterparts(groups, name, base, cells)
        for name, cells in (("local", local), ("remote", remote))
    )
    for group in dropped:
        if not base[group.base[0]].source.strip():
            continue
        found = _choose(group.base[0], ours, theirs)
        if found is None:
            continue
        group.local, group.remote = found[0].local, found[1].remote
        group.by_place = bool(group.local and group.remote)
        for at in group.local:
            del ours.new[at]
        for at in group.remote:
            del theirs.new[at]
        groups = [g for g in groups if not any(g is one for one in found)]
    return groups


def _keep_ids(base: Cells, side: Cells) -> bool:
    """Return whether a side has cells with the ids that they have in base."""
    ids = {cell.id for cell in base if cell.id is not None}
    return any(cell.id in ids for cell in side)


def _choose(i: int, ours: _Counterparts, theirs: _Counterparts) -> tuple[Group, Group] | None:
    """Return the groups of what the sides put in the place of a cell of base, None if it is deleted."""
    put, put_too = ours.find_put(i), theirs.find_put(i)
    if bool(put) != bool(put_too):
        put, put_too = put or ours.find_near(i), put_too or theirs.find_near(i)
    common = [at for at in put if any(j in put_too for j in ours.new[at].remote)]
    if common:
        equal = (
            ours.cells[at].source == theirs.cells[ours.new[at].remote[0]].source for at in common
        )
        return None if any(equal) else (ours.new[common[0]], ours.new[common[0]])
    one, other = ours.take_likest(i, put), theirs.take_likest(i, put_too)
    if one.remote or other.local:
        return None
    if (
        not (one.local and other.remote)
        and ours.is_place(one, theirs)
        and theirs.is_place(other, ours)
    ):
        return None
    return one, other


class _Counterparts:
    """What a side put in the places of cells of base."""

    def __init__(self, groups: list[Group], name: str, base: Cells, cells: Cells) -> None:
        self.name, self.base, self.cells = name, base, cells
        self.ends = find_ends(groups, name, len(base), len(cells))
        self.at_side = {at: group for group in groups for at in getattr(group, name)}
        self.new = {at: group for at, group in self.at_side.items() if not group.base}

    def find_put(self, i: int) -> list[int]:
        """Return the new cells of the same type between what stayed around a cell of base."""
        return self._list_new(i, range_around(i, self.ends))

    def find_near(self, i: int) -> list[int]:
        """Return the new single lines one cell away from an old single line.

        If the cell between has moved, they are in the old one's place.
        """
        if "\n" in self.base[i].source.strip():
            return []
        last = max(number for number, (at, *_) in enumerate(self.ends) if at < i)
        stop = self.ends[last + 1 :][:2][-1][1]
        near = self._list_new(i, range(self.ends[max(0, last - 1)][2] + 1, stop))
        return [at for at in near if "\n" not in self.cells[at].source.strip()]

    def _list_new(self, i: int, around: range) -> list[int]:
        kind = self.base[i].cell_type
        return [at for at in around if at in self.new and self.cells[at].cell_type == kind]

    def take_likest(self, i: int, indices: Sequence[int]) -> Group:
        """Return the group of the cell most like an old one, or else whose number of lines is."""
        old = self.base[i]
        lines = old.source.count("\n")

        def rate(at: int) -> tuple[float, int]:
            new = self.cells[at].source.count("\n")
            return measure_likeness([old], [self.cells[at]]), -abs(new - lines)

        return self.new[max(indices, key=rate)] if indices else Group()

    def is_place(self, group: Group, other: _Counterparts) -> bool:
        """Return whether the cells around a new one follow each other on the other side, too.

        Cells of base between them that this side deleted do not count.
        """
        put: Indices = getattr(group, self.name)
        if not put:
            return True
        before, behind = range(put[0] - 1, -1, -1), range(put[-1] + 1, len(self.cells))
        start = next((at for n in before for at in self._get(n, other)[-1:]), -1)
        stop = next((at for n in behind for at in self._get(n, other)), len(other.cells))
        between = [other.at_side[at] for at in range(start + 1, stop)]
        return start < stop and all(one.base and not getattr(one, self.name) for one in between)

    def _get(self, at: int, other: _Counterparts) -> Indices:
        """Return where a cell is on the other side."""
        found: Indices = getattr(self.at_side[at], other.name)
        return found
