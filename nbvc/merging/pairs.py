"""Pair local with remote, and base with what this gives: the columns of cells.

    base    A A B           columns of    base     A A B .      the second A of remote is that of
    local   A B                           local    A . B .      base that local dropped, and C is new
    remote  A A B C                       remote   A A B C

Among equal cells, the choice is taken that keeps most in order. A cell of both sides is preferred, so
that base can't be paired with one side in one way and with the other side in another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from functools import cached_property

from nbvc.diffing.pairing import Link, align
from nbvc.diffing.pairing.alike import LONG
from nbvc.diffing.pairing.equal import BLANK
from nbvc.diffing.pairing.names import find_once
from nbvc.merging.group import Group, measure_likeness, unite
from nbvc.merging.lines import has_word
from nbvc.sequence import heaviest_increasing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from nbvc.notebook import Cell

    Cells = Sequence[Cell]
    Indices = tuple[int, ...]

_IDENTITY = ("source", "cell_type", "id", "metadata")
"""What nobody may have touched of a cell that is settled."""
_VERY_ALIKE = 0.9
"""So alike must new cells at different places be to be one cell."""
_MOST_PAIRS = 20_000
"""Beyond so many pairs of equal cells, all choices among them are as good."""
_SAME_ID = 0.5
"""So much more does a pair of equal cells weigh that have the same id."""
_KNOWN = 20.0
"""So much more does an equal cell of base and both sides weigh: as if longer by that."""
_TELLING = 40
"""A longer text weighs no more: rather one long cell has moved than several short ones."""
_TIE = 2.0**-10
"""So much more does a cell of both sides weigh than an equal one of one side, for one of base."""


class Known:
    """The texts and ids of base, read when they are first asked for, and the cells that are settled.

    `settled` maps cells of base to those of local and of remote that nobody touched.
    """

    def __init__(
        self, base: Cells, local: Cells, remote: Cells, settled: Mapping[int, tuple[int, int]]
    ) -> None:
        self.base = base
        self.sides = local, remote
        self.settled = settled
        self._keys: dict[int, tuple[str, str]] = {}
        self._links: dict[int, list[Link]] = {}
        self._origins: dict[int, dict[int, list[tuple[str, str]]]] = {}

    def key(self, cell: Cell) -> tuple[str, str]:
        """Return the type and text of any cell, which is decoded once."""
        key = self._keys.get(id(cell))
        if key is None:
            key = self._keys[id(cell)] = cell.cell_type, cell.source
        return key

    @staticmethod
    def weigh(cell: Cell) -> float:
        """Return how much a pair of equal cells weighs: more, the longer their text is as written."""
        return 1.0 + min(len(memoryview(cell.fields.get("source", b""))), _TELLING)

    @cached_property
    def keys(self) -> Counter[tuple[str, str]]:
        """How often each type and text occurs in cells that are not settled."""
        return Counter(
            self.key(cell) for at, cell in enumerate(self.base) if at not in self.settled
        )

    @property
    def repeated(self) -> list[tuple[str, str]]:
        """The types and texts of several cells that are not settled, without blank ones."""
        return [key for key, count in self.keys.items() if count > 1 and key[1].strip()]

    @cached_property
    def places(self) -> tuple[dict[int, int], dict[int, int]]:
        """Where each side's cells are in base, if looked at by itself and beyond doubt."""
        ours, theirs = map(self._find_places, range(2))
        return ours, theirs

    def _find_places(self, side: int) -> dict[int, int]:
        places: dict[tuple[str, str], list[int]] = {}
        for at, cell in enumerate(self.base):
            if at not in self.settled:
                places.setdefault(self.key(cell), []).append(at)
        settled = {pair[side]: at for at, pair in self.settled.items()}
        found = [
            (settled[j],) if j in settled else places.get(self.key(cell), ())
            for j, cell in enumerate(self.sides[side])
        ]
        if sum(map(len, found)) > _MOST_PAIRS:
            return settled
        weights = map(self.weigh, self.sides[side])
        pairs = [(at, j, weight) for j, weight in enumerate(weights) for at in found[j]]
        # Of choices that weigh the same, one direction finds the first and the other the last.
        back = {*heaviest_increasing((-at, -j, weight) for at, j, weight in pairs)}
        return {j: at for at, j in heaviest_increasing(pairs) if (-at, -j) in back}

    def find_links(self, side: int) -> list[Link]:
        """Return base paired with a side, as if there were no other side."""
        if side not in self._links:
            settled = {at: pair[side] for at, pair in self.settled.items()}
            self._links[side] = pair_cells(self.base, self.sides[side], settled)
        return self._links[side]

    def find_origins(self, side: int) -> dict[int, list[tuple[str, str]]]:
        """Return the types and texts of the cells of base that each cell of a side came from.

        Empty if there is no choice: the side lacks one cell of base, or none.
        """
        if side not in self._origins:
            self._origins[side] = self._list_origins(side)
        return self._origins[side]

    def _list_origins(self, side: int) -> dict[int, list[tuple[str, str]]]:
        settled = {pair[side] for pair in self.settled.values()}
        kept = {self.key(cell) for j, cell in enumerate(self.sides[side]) if j not in settled}
        if len(self.keys.keys() - kept) <= 1:
            return {}
        return {
            j: [self.key(self.base[i]) for i in link.before]
            for link in self.find_links(side)
            if link.before and link.before[0] not in self.settled
            for j in link.after
        }

    @cached_property
    def ids(self) -> set[str]:
        """The cell ids."""
        return {cell.id for cell in self.base if cell.id is not None}


def find_settled(base: Cells, local: Cells, remote: Cells) -> dict[int, tuple[int, int]]:
    """Return the cells whose text is once in each version, and which all three write alike.

    No step has any doubt about these, wherever they are.
    """
    olds, ours, theirs = (
        find_once({at: bytes(cell.fields.get("source", b"")) for at, cell in enumerate(cells)})
        for cells in (base, local, remote)
    )
    found = {}
    for text, at in olds.items():
        i, j = ours.get(text, -1), theirs.get(text, -1)
        if i < 0 or j < 0 or not text.strip(BLANK):
            continue
        old, mine, other = base[at].fields, local[i].fields, remote[j].fields
        if all(old.get(key) == mine.get(key) == other.get(key) for key in _IDENTITY):
            found[at] = i, j
    return found


def pair_sides(known: Known, local: Cells, remote: Cells) -> list[tuple[Indices, Indices]]:
    """Return the columns of local and remote, in the order of remote."""
    settled = dict(known.settled.values())

    def prefer(i: int, j: int) -> float:
        if i in settled:
            return _KNOWN
        if known.key(local[i]) not in known.keys:
            return 0.0
        ours, theirs = known.places
        return _KNOWN + _TIE * (ours.get(i, -1) == theirs.get(j, -2))

    links = _pair(known, local, remote, settled, prefer)
    pairs = {(i, j) for link in links for i in link.before for j in link.after}
    stays = pairs
    if any(link.moved for link in links):
        weighed = ((i, j, known.weigh(local[i]) + prefer(i, j)) for i, j in pairs)
        stays = set(heaviest_increasing(weighed))
    columns: list[tuple[Indices, Indices]] = []
    alone: list[int] = []
    for link in links:
        pair = link.before[:1] + link.after[:1]
        single = len(link.before) == len(link.after) == 1
        if single and settled.get(pair[0]) == pair[1] and pair in stays:
            columns.append((link.before, link.after))
        elif single and (
            _is_chance(
                local[pair[0]], remote[pair[1]], known, moved=_is_moved_alone(pair, pairs, stays)
            )
            or _is_other_edited(known, 0, local[pair[0]], remote[pair[1]], pair[0])
            or _is_other_edited(known, 1, remote[pair[1]], local[pair[0]], pair[1])
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
    """Return whether a pair moved by itself, and not with a neighbor."""
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


def are_written_alike(ours: Cells, theirs: Cells) -> bool:
    """Return whether cells have the same text, type and id, as far as that needs no decoding."""
    return len(ours) == len(theirs) and all(
        one.fields.get(key) == other.fields.get(key)
        for one, other in zip(ours, theirs, strict=True)
        for key in ("source", "cell_type", "id")
    )


def _is_chance(mine: Cell, theirs: Cell, known: Known, *, moved: bool) -> bool:
    """Return whether two cells of the sides are alike, but not one."""
    same_id = mine.id is not None and mine.id == theirs.id
    if same_id or (not moved and are_written_alike([mine], [theirs])):
        return False
    brief = len(mine.source.strip()) < LONG
    if moved and (brief or known.keys[known.key(mine)] > 1):
        return True
    if mine.source == theirs.source:
        return brief and mine.id in known.ids and theirs.id in known.ids
    in_base = [known.key(cell) in known.keys for cell in (mine, theirs)]
    if moved and not any(in_base):
        return measure_likeness([mine], [theirs]) < _VERY_ALIKE
    return all(in_base)  # Two cells of base, and no edit.


def _is_other_edited(known: Known, side: int, mine: Cell, theirs: Cell, at: int) -> bool:
    """Return whether a cell of a side is an edit of one of base, and its partner another one of base.

    base    E F        E' looks a little like F, and more like E
    local   E'         E' and F of remote are not a pair, so that E is the cell that both sides edited
    remote  X F
    """
    if known.keys[known.key(theirs)] != 1 or known.key(mine) in known.keys:
        return False
    origin = known.find_origins(side).get(at)
    return origin is not None and known.key(theirs) not in origin


def _pair(
    known: Known,
    before: Cells,
    after: Cells,
    settled: Mapping[int, int],
    prefer: Callable[[int, int], float],
) -> Sequence[Link]:
    """Pair two lists of cells; among equal cells, the choice that keeps most in order is taken.

    `prefer` says how much more a pair of equal cells weighs than by its length.
    """
    links = pair_cells(before, after, settled)
    if not (_has_repeated(before, settled) or _has_repeated(after, {*settled.values()})):
        return links
    linked = {
        (link.before[0], link.after[0]): link.moved
        for link in links
        if len(link.before) == len(link.after) == 1
    }
    places: dict[tuple[str, str], list[int]] = {}
    whole = {*settled.values()}
    for j, cell in enumerate(after):
        if j not in whole:
            places.setdefault(known.key(cell), []).append(j)
    copies = {
        i: places.get(known.key(cell), []) for i, cell in enumerate(before) if i not in settled
    }
    if sum(map(len, copies.values())) > _MOST_PAIRS:
        return links
    equal = [(i, j) for i, found in copies.items() for j in found]
    ids, others = ([cell.fields.get("id") for cell in cells] for cells in (before, after))
    weighed: list[tuple[int, int, float]] = []
    for i, j in {*equal, *linked, *settled.items()}:
        one, other = ids[i], others[j]
        weight = known.weigh(before[i])
        if settled.get(i) != j and known.key(before[i]) != known.key(after[j]):
            weight /= 2  # Less than the same cell unchanged.
        elif one != other and ((one and one in others) or (other and other in ids)):
            continue  # Its id says that this cell is another one.
        same = one is not None and one == other
        weighed.append((i, j, weight + _SAME_ID * same + prefer(i, j)))
    chosen = heaviest_increasing(weighed)
    if {*chosen} == {pair for pair, moved in linked.items() if not moved}:
        return links
    return pair_cells(before, after, dict(chosen))


def pair_cells(before: Cells, after: Cells, known: Mapping[int, int]) -> list[Link]:
    """Pair two lists of cells; what is split or joined for sure is one link.

    A part has at least half of its lines from the whole. Cells that are less alike may be shown as a
    split, but not merged as one.
    """
    found = align(before, after, known=known)
    if not any(len(link.before) > 1 or len(link.after) > 1 for link in found):
        return found
    links: list[Link] = []
    apart: list[Link] = []
    for link in found:
        if len(link.before) > 1:
            parts = _find_parts(after[link.after[0]], before, link.before)
            apart += (Link((i,), ()) for i in link.before if i not in parts)
            links.append(Link(parts, link.after, link.moved))
        elif len(link.after) > 1:
            parts = _find_parts(before[link.before[0]], after, link.after)
            apart += (Link((), (j,)) for j in link.after if j not in parts)
            links.append(Link(link.before, parts, link.moved))
        else:
            links.append(link)
    return sorted([*links, *apart], key=lambda link: link.after[:1]) if apart else links


def _find_parts(whole: Cell, cells: Cells, run: Indices) -> Indices:
    """Return those of several cells that are parts of the whole, or else the one most like it."""
    known = _read_telling(whole)
    parts = tuple(
        at
        for at in run
        if (lines := _read_telling(cells[at])) and 2 * len(lines & known) >= len(lines)
    )
    return parts or (max(run, key=lambda at: measure_likeness([whole], [cells[at]])),)


def _read_telling(cell: Cell) -> set[str]:
    return {line.strip() for line in cell.source.split("\n") if has_word(line)}


def _has_repeated(cells: Cells, settled: Container[int]) -> bool:
    """Return whether two of the cells that are not settled have the same source, as it is written."""
    sources = [
        bytes(cell.fields.get("source", b"")) for at, cell in enumerate(cells) if at not in settled
    ]
    return len({*sources}) < len(sources)


def lay_base(
    known: Known, local: Cells, remote: Cells, columns: Sequence[tuple[Indices, Indices]]
) -> list[Group]:
    """Pair base with the columns, and return a group for each column or cell of base."""
    base = known.base
    cells: list[Cell] = []
    numbers: list[int] = []
    places: dict[int, int] = {}
    whole = dict(known.settled.values())
    for number, (ours, theirs) in enumerate(columns):
        if len(ours) == len(theirs) == 1 and whole.get(ours[0]) == theirs[0]:
            places[ours[0]] = len(cells)
            found: Sequence[Cell] = [local[ours[0]]]
        else:
            found = _represent([local[i] for i in ours], [remote[j] for j in theirs], known)
        cells += found
        numbers += [number] * len(found)
    settled = {at: places[i] for at, (i, _) in known.settled.items() if i in places}

    heads = [[(side, at[0]) for side, at in enumerate(column) if at] for column in columns]

    def prefer(i: int, at: int) -> float:
        equal = settled.get(i) == at or known.key(base[i]) == known.key(cells[at])
        tied = sum(known.places[side].get(k) == i for side, k in heads[numbers[at]])
        return _KNOWN * equal + _TIE * (tied + 2 * all(columns[numbers[at]]))

    links = _pair(known, base, cells, settled, prefer)
    groups = [Group(local=ours, remote=theirs) for ours, theirs in columns]
    ties = []
    for link in links:
        tie = [*{numbers[at]: None for at in link.after}]
        if not tie:
            groups.append(Group(base=link.before))
            continue
        group = groups[tie[0]]
        group.base = tuple(sorted(group.base + link.before)) if group.base else link.before
        if len(tie) > 1:
            ties.append(tie)
    return unite(groups, ties)


def _represent(ours: list[Cell], theirs: list[Cell], known: Known) -> list[Cell]:
    """Return the version of a column that base has, by its source or else its id."""
    if not ours or not theirs or are_written_alike(ours, theirs):
        return ours or theirs

    def rate(cells: list[Cell]) -> tuple[int, int, int]:
        return (
            sum(known.key(cell) in known.keys for cell in cells),
            sum(cell.id in known.ids for cell in cells),
            -len(cells),
        )

    if rate(ours) == rate(theirs):
        return min(ours, theirs, key=lambda cells: [cell.source for cell in cells])
    return max(ours, theirs, key=rate)
