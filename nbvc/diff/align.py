"""Which cell became which.

    before        after
    A             A
    B             C            A, C, D paired; B taken for the one that moved
    C             D₁           D split into D₁ and D₂
    D             D₂
    E             B
                  F            E removed, F added, since they are not alike

The steps go from sure to likely, and each only sees what the ones before it left:
cells of equal text at both ends; equal sources that stand once; equal ids where ids can be
trusted; equal sources that stand several times; splits and joins; very similar cells anywhere;
similar cells within a gap; similar cells elsewhere. Nothing compares everything with everything.
"""

from __future__ import annotations

import msgspec

from nbvc.diff.alike import Profile, alike
from nbvc.sequence import heaviest_increasing, matches, unavoidable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from nbvc.notebook import Cell

STRONG = 0.75
"""Similar enough to be the same cell wherever it stands."""
MOVED = 0.6
"""Similar enough to be the same cell in another gap."""
LIKELY = 0.4
"""Similar enough to be the same cell at the same place."""
PLAUSIBLE = 0.15
"""Similar enough to be the same cell when the ids say so."""
_GRID = 900
"""Within a gap, up to this many pairs are all compared; beyond, those that share a line or are near."""
_NEAR = 3
_COMMON = 8
"""A line in more cells than this finds no candidates."""
_START = 12
"""How many characters the parts of a split are found by."""
_TRIES = 64
"""So many cells that begin alike are tried as the first part of a split."""
_BEST = 3
"""So many cells are compared of those that share most with a cell."""
_SPACE_IN_JSON = b'[]", \\nrtf\n\r\t'
"""The characters that a blank source is written with as JSON."""
_BY_CHANCE = 30
"""Of cells with different ids, shorter sources than this may be equal by chance (`df.head()`)."""
_BRIEF = 4
"""A source of fewer words may change altogether and still be the cell its id says."""


class Link(msgspec.Struct, frozen=True, gc=False):
    """Which cells of before became which cells of after: one to one, a split, a join, or nothing."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool = False


def align(before: Sequence[Cell], after: Sequence[Cell]) -> list[Link]:
    """Return links that name every cell of both sides once, in reading order of the result."""
    return _Alignment(before, after).links()


class _Alignment:
    """The state of one alignment: who is paired with whom so far."""

    def __init__(self, before: Sequence[Cell], after: Sequence[Cell]) -> None:
        self.before = before
        self.after = after
        self.pairs: dict[int, int] = {}
        self.splits: dict[int, tuple[int, ...]] = {}
        self.joins: dict[int, tuple[int, ...]] = {}
        self.profiles: tuple[dict[int, Profile], dict[int, Profile]] = ({}, {})
        self.trusted = False
        self.scores: dict[tuple[int, int], float] = {}
        self._trim()
        if self.free_before and self.free_after:
            self.keys = (_texts(before, self.free_before), _texts(after, self.free_after))
            self.trusted = self._ids_hold()
            if self.trusted:
                self._pair_ids(whole=True)
            self._pair_equal()
        if self.free_before and self.free_after:
            self.keys = (_sources(before, self.free_before), _sources(after, self.free_after))
            self._pair_equal()
        if self.free_before and self.free_after:
            self._pair_edited_in_place()
            self._split_and_join()
            if self.trusted:
                self._pair_ids(whole=False)
            self._pair_strong()
            self._pair_repeated_elsewhere()
            self._pair_gaps()
            self._pair_shared(MOVED)
            self._uncross()
            self._split_and_join_roughly()

    # The ends

    def _trim(self) -> None:
        """Pair cells of equal text from both ends, and list the rest as free."""
        before, after = self.before, self.after
        head, least = 0, min(len(before), len(after))
        while head < least and before[head].fields == after[head].fields:
            head += 1
        tail = 0
        while tail < least - head and before[-1 - tail].fields == after[-1 - tail].fields:
            tail += 1
        self.pairs.update((index, index) for index in range(head))
        shift = len(after) - len(before)
        self.pairs.update((i, i + shift) for i in range(len(before) - tail, len(before)))
        self.free_before = dict.fromkeys(range(head, len(before) - tail))
        self.free_after = dict.fromkeys(range(head, len(after) - tail))

    def _pair(self, i: int, j: int) -> None:
        self.pairs[i] = j
        del self.free_before[i], self.free_after[j]

    # Equal cells

    def _pair_equal(self) -> None:
        """Pair equal sources: those that stand once, then the others in order, then what is left."""
        for i, j in self._same_unique():
            if not self._blank(i) and self._same_type(i, j) and not self._chance(i, j):
                self._pair(i, j)
        if self.free_before and self.free_after:
            self._pair_repeated()

    def _chance(self, i: int, j: int) -> bool:
        """Tell whether two short sources may be equal by chance, since their ids differ."""
        if not self.trusted or self.before[i].id == self.after[j].id:
            return False
        return len(self.before[i].source) < _BY_CHANCE

    def _same_type(self, i: int, j: int) -> bool:
        one, other = self.before[i], self.after[j]
        same_text = one.fields.get("cell_type") == other.fields.get("cell_type")
        return same_text or one.cell_type == other.cell_type

    def _blank(self, i: int) -> bool:
        """Tell whether a source has nothing but white space; most are told by their text."""
        key = self.keys[0][i]
        if type(key) is bytes and key.translate(None, _SPACE_IN_JSON):
            return False
        return not self.before[i].source.strip()

    def _same_unique(self) -> list[tuple[int, int]]:
        once_before = _once(self.keys[0], self.free_before)
        once_after = _once(self.keys[1], self.free_after)
        return [(i, once_after[key]) for key, i in once_before.items() if key in once_after]

    def _pair_repeated(self) -> None:
        """Pair equal sources in order within each gap, then those that are left across gaps."""
        keys, other = self.keys
        common = {keys[i] for i in self.free_before} & {other[j] for j in self.free_after}
        if not common:
            return
        for i0, i1, j0, j1 in self._gaps():
            rows, columns = self._free(i0, i1, j0, j1)
            for x, y in matches([keys[i] for i in rows], [other[j] for j in columns]):
                if self._same_type(rows[x], columns[y]):
                    self._pair(rows[x], columns[y])

    def _pair_repeated_elsewhere(self) -> None:
        """Pair equal sources that are left in different gaps."""
        keys, other = self.keys
        common = {keys[i] for i in self.free_before} & {other[j] for j in self.free_after}
        waiting: dict[Hashable, list[int]] = {}
        for i in self.free_before:
            if keys[i] in common and not self._blank(i):
                waiting.setdefault(self.keys[0][i], []).append(i)
        for j in list(self.free_after):
            found = waiting.get(self.keys[1][j])
            if found and self._same_type(found[0], j):
                self._pair(found.pop(0), j)

    def _uncross(self) -> None:
        """Give equal cells back their order: of identical ones none can be told to have moved."""
        if self.trusted:
            return
        keys, others = self.keys
        same: dict[Hashable, list[int]] = {}
        for i, j in self.pairs.items():
            whole = i not in self.splits and j not in self.joins
            if whole and i in keys and keys[i] == others.get(j):
                same.setdefault(keys[i], []).append(i)
        for rows in same.values():
            columns = sorted(self.pairs[i] for i in rows)
            self.pairs.update(zip(sorted(rows), columns, strict=True))

    # Ids

    def _ids_hold(self) -> bool:
        """Tell whether ids identify cells here: most sources that stand once kept theirs.

        Tools renumber ids; then equal ids are an accident.
        """
        if "id" not in self.after[next(iter(self.free_after))].fields:
            return False
        if _numbered(self.before) and _numbered(self.after):
            return False
        kept, lost = int(bool(self.pairs)), 0
        for i, j in self._same_unique():
            one, other = self.before[i].id, self.after[j].id
            kept += one is not None and one == other
            lost += one is not None and other is not None and one != other
        return kept > lost or kept == lost == 0

    def _pair_ids(self, *, whole: bool) -> None:
        """Pair equal ids; with `whole`, not where one may be a part of the other, as in a split."""
        at = _unique_ids(self.after)
        for name, i in _unique_ids(self.before).items():
            if i not in self.free_before or at.get(name) not in self.free_after:
                continue
            j = at[name]
            if not (whole and self._part_of(i, j)) and self._plausible(i, j):
                self._pair(i, j)

    def _plausible(self, i: int, j: int) -> bool:
        if self.keys[0][i] == self.keys[1][j]:
            return True
        one, other = self._profile(0, i), self._profile(1, j)
        if one.kind != other.kind:
            return alike(one, other, at_least=STRONG) >= STRONG
        brief = min(len(one.words), len(other.words)) < _BRIEF
        return brief or alike(one, other, at_least=PLAUSIBLE) >= PLAUSIBLE

    # Splits and joins

    def _split_and_join(self) -> None:
        """Find cells whose text is that of several neighbours together, white space aside."""
        for i0, i1, j0, j1 in self._gaps():
            if j1 - j0 > 1:
                starts = self._starts(1, range(j0, j1))
                for i in range(i0, i1):
                    run = self._parts(0, i, j1, starts) if i in self.free_before else ()
                    if run:
                        self._take_split(i, run)
            if i1 - i0 > 1:
                starts = self._starts(0, range(i0, i1))
                for j in range(j0, j1):
                    run = self._parts(1, j, i1, starts) if j in self.free_after else ()
                    if run:
                        self._take_join(run, j)

    def _starts(self, side: int, indices: range) -> dict[str, list[int]]:
        """Map the first characters of free cells to the cells that begin so."""
        free, cells = (self.free_after, self.after) if side else (self.free_before, self.before)
        starts: dict[str, list[int]] = {}
        for index in indices:
            if index in free:
                starts.setdefault(cells[index].source.strip()[:_START], []).append(index)
        return starts

    def _parts(
        self, side: int, whole: int, stop: int, starts: dict[str, list[int]]
    ) -> tuple[int, ...]:
        """Return a run of free cells of the other side that make up cell `whole`, or nothing."""
        free = self.free_before if side else self.free_after
        beginning = (self.after if side else self.before)[whole].source.strip()[:_START]
        found = [
            starts[key] for n in range(len(beginning)) if (key := beginning[: n + 1]) in starts
        ]
        if not found:
            return ()
        target = self._profile(side, whole)
        text = target.squeezed
        for run in found:
            for start in run[:_TRIES]:
                position, index = 0, start
                while index < stop and index in free:
                    piece = self._profile(1 - side, index)
                    if piece.kind != target.kind or not piece.squeezed:
                        break
                    if not text.startswith(piece.squeezed, position):
                        break
                    position, index = position + len(piece.squeezed), index + 1
                if position == len(text) and index - start > 1:
                    return tuple(range(start, index))
        return ()

    def _take_split(self, i: int, run: tuple[int, ...]) -> None:
        self.free_before.pop(i, None)
        for j in run:
            self.free_after.pop(j, None)
        self.pairs[i] = run[0]
        self.splits[i] = run

    def _take_join(self, run: tuple[int, ...], j: int) -> None:
        self.free_after.pop(j, None)
        for i in run:
            self.free_before.pop(i, None)
        self.pairs[run[0]] = j
        self.joins[j] = run

    def _split_and_join_roughly(self) -> None:
        """Add a free neighbour to a pair where both together are much more alike."""
        backwards = {j: i for i, j in self.pairs.items()}
        for extra in list(self.free_after):
            for j in (extra - 1, extra + 1):
                i = backwards.get(j)
                if i is not None and i not in self.splits and j not in self.joins:
                    run = self._rough(0, i, j, self.free_after)
                    if run:
                        self._take_split(i, run)
        for extra in list(self.free_before):
            for i in (extra - 1, extra + 1):
                k = self.pairs.get(i)
                if k is not None and i not in self.splits and k not in self.joins:
                    run = self._rough(1, k, i, self.free_before)
                    if run:
                        del self.pairs[i]
                        self._take_join(run, k)

    def _rough(self, side: int, whole: int, part: int, free: dict[int, None]) -> tuple[int, ...]:
        for neighbour in (part + 1, part - 1):
            if neighbour not in free:
                continue
            target, piece = self._profile(side, whole), self._profile(1 - side, part)
            extra = self._profile(1 - side, neighbour)
            if target.squeezed == piece.squeezed or len(extra.squeezed) < 8:
                continue
            if not target.kind == piece.kind == extra.kind:
                continue
            parts = (piece, extra) if neighbour > part else (extra, piece)
            both = Profile(target.kind, "\n".join(profile.source for profile in parts))
            lacking = target.words - piece.words
            explained = len(extra.words & lacking) >= max(1, len(extra.words - piece.words) / 2)
            score = alike(target, both, at_least=STRONG)
            if explained and score >= max(STRONG, alike(target, piece, at_least=0) + 0.1):
                return (min(part, neighbour), max(part, neighbour))
        return ()

    # Similar cells

    def _pair_edited_in_place(self) -> None:
        """Pair very similar cells from both ends of each gap, as long as they follow one another."""
        for i0, i1, j0, j1 in self._gaps():
            rows, columns = self._free(i0, i1, j0, j1)
            while rows and columns and self._edited(rows[0], columns[0]):
                self._pair(rows.pop(0), columns.pop(0))
            while rows and columns and self._edited(rows[-1], columns[-1]):
                self._pair(rows.pop(), columns.pop())

    def _edited(self, i: int, j: int) -> bool:
        """Tell whether two cells are one that was edited, and no part of a split or a join."""
        return self._score(i, j) >= STRONG and not self._part_of(i, j)

    def _part_of(self, i: int, j: int) -> bool:
        """Tell whether one source is a part of the other and a neighbour begins what is missing."""
        one, other = self.before[i].source.strip(), self.after[j].source.strip()
        if len(one) > len(other):
            return _continues(one, other, self.after, j)
        return len(one) < len(other) and _continues(other, one, self.before, i)

    def _pair_strong(self) -> None:
        """Pair cells that share rare lines and are very similar, wherever they stand."""
        pairs = self._sharing(list(self.free_before), list(self.free_after))
        scored = [(self._score(i, j), -abs(i - j), i, j) for i, j in pairs]
        self.shared = sorted([pair for pair in scored if pair[0] >= MOVED], reverse=True)
        self._pair_shared(STRONG)

    def _pair_shared(self, least: float) -> None:
        for score, _, i, j in self.shared:
            if score >= least and i in self.free_before and j in self.free_after:
                self._pair(i, j)

    def _pair_gaps(self) -> None:
        """Pair similar cells in order between the pairs that stand."""
        for i0, i1, j0, j1 in self._gaps():
            rows, columns = self._free(i0, i1, j0, j1)
            if not rows or not columns:
                continue
            if len(rows) == len(columns) == 1 and self._replaced(rows[0], columns[0]):
                self._pair(rows[0], columns[0])
                continue
            weighted = []
            for i, j in self._candidates(rows, columns):
                score = self._score(i, j)
                if score >= LIKELY:
                    weighted.append((i, j, score - LIKELY / 2 + self._bonus(i, j)))
            for i, j in heaviest_increasing(weighted):
                self._pair(i, j)

    def _replaced(self, i: int, j: int) -> bool:
        """Tell whether a single line stands where another one stood, and no id speaks against it."""
        one, other = self._profile(0, i), self._profile(1, j)
        single = one.kind == other.kind and "\n" not in one.source.strip() + other.source.strip()
        same_id = not self.trusted or self.before[i].id == self.after[j].id
        return single and same_id and bool(one.squeezed and other.squeezed)

    def _score(self, i: int, j: int) -> float:
        score = self.scores.get((i, j))
        if score is None:
            one = self.profiles[0].get(i) or self._profile(0, i)
            other = self.profiles[1].get(j) or self._profile(1, j)
            if one.kind == other.kind:
                score = alike(one, other, at_least=LIKELY)
            else:
                score = 0.9 if one.squeezed and one.squeezed == other.squeezed else 0.0
            self.scores[i, j] = score
        return score

    def _bonus(self, i: int, j: int) -> float:
        """Break ties between similar sources by equal outputs."""
        one, other = self.before[i].fields.get("outputs"), self.after[j].fields.get("outputs")
        same = one is not None and other is not None and len(memoryview(one)) > 2 and one == other
        return 0.05 if same else 0.0

    def _candidates(self, rows: list[int], columns: list[int]) -> Iterable[tuple[int, int]]:
        if len(rows) * len(columns) <= _GRID:
            return ((i, j) for i in rows for j in columns)
        near = set(self._sharing(rows, columns))
        step = len(columns) / len(rows)
        for x, i in enumerate(rows):
            middle = round(x * step)
            near.update((i, j) for j in columns[max(0, middle - _NEAR) : middle + _NEAR + 1])
        return near

    def _sharing(self, rows: list[int], columns: list[int]) -> Iterator[tuple[int, int]]:
        """Yield the pairs that have a line in common which few cells have."""
        holders: dict[str, list[int]] = {}
        for j in columns:
            for line in self._profile(1, j).lines:
                if line and not line.isspace():  # nothing is no sign of a cell
                    holders.setdefault(line, []).append(j)
        for i in rows:
            found: dict[int, int] = {}
            for line in self._profile(0, i).lines:
                at = holders.get(line, ())
                if len(at) <= _COMMON:
                    for j in at:
                        found[j] = found.get(j, 0) + len(line)
            least = max(found.values(), default=0) / 2
            for j in sorted(found, key=found.__getitem__, reverse=True)[:_BEST]:
                if found[j] >= least:
                    yield i, j

    def _profile(self, side: int, index: int) -> Profile:
        known = self.profiles[side]
        profile = known.get(index)
        if profile is None:
            cell = (self.after if side else self.before)[index]
            profile = known[index] = Profile(cell.cell_type, cell.source)
        return profile

    # Order

    def _spine(self) -> list[tuple[int, int]]:
        """Return the pairs that keep their order; the others moved. Long cells rather stay."""
        ordered = sorted(self.pairs.items())
        columns = [j for _, j in ordered]
        return ordered if columns == sorted(columns) else self._heaviest()

    def _heaviest(self) -> list[tuple[int, int]]:
        weighted = [
            (i, j, 1 + min(len(self.before[i].source), 9999) / 1e7) for i, j in self.pairs.items()
        ]
        return heaviest_increasing(weighted)

    def _gaps(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield the stretches between fixed pairs, where both sides have cells.

        A pair is fixed when no choice of what moved would move it: one that may itself be what
        moved must not cut a stretch in two.
        """
        ordered = sorted(self.pairs.items())
        columns = [j for _, j in ordered]
        if columns != sorted(columns):
            ordered = [ordered[position] for position in unavoidable(columns)]
        i = j = 0
        for x, y in [*ordered, (len(self.before), len(self.after))]:
            if x > i and y > j:
                yield i, x, j, y
            i, j = x + 1, y + 1

    def _free(self, i0: int, i1: int, j0: int, j1: int) -> tuple[list[int], list[int]]:
        rows = [i for i in range(i0, i1) if i in self.free_before]
        return rows, [j for j in range(j0, j1) if j in self.free_after]

    def links(self) -> list[Link]:
        """Return what was found, removed cells behind the cell they followed."""
        pairs, splits, joins = self.pairs, self.splits, self.joins
        stays = self._spine()
        if len(stays) == len(self.before) == len(self.after):
            return [Link((i,), (j,)) for i, j in stays]
        until = dict(zip([i for i, _ in stays], [i for i, _ in stays[1:]], strict=False))
        backwards = {j: i for i, j in pairs.items()}
        joined = {j for run in splits.values() for j in run[1:]}
        removed = sorted(self.free_before, reverse=True)
        end = len(self.before)
        found: list[Link] = []
        self._drain(removed, stays[0][0] if stays else end, found)
        in_order = {i for i, _ in stays}
        for j in range(len(self.after)):
            i = backwards.get(j, -1)
            if i >= 0:
                stayed = i in in_order
                found.append(Link(joins.get(j, (i,)), splits.get(i, (j,)), not stayed))
                if stayed and removed:
                    self._drain(removed, until.get(i, end), found)
            elif j not in joined:
                found.append(Link((), (j,)))
        return found

    @staticmethod
    def _drain(removed: list[int], stop: int, found: list[Link]) -> None:
        """Add the removed cells that stood before `stop`."""
        while removed and removed[-1] < stop:
            found.append(Link((removed.pop(),), ()))


def _continues(whole: str, part: str, cells: Sequence[Cell], index: int) -> bool:
    """Tell whether the cell beside `index`, whose source is `part`, goes on with what `whole` has."""
    for neighbour in (index + 1, index - 1):
        if not 0 <= neighbour < len(cells):
            continue
        follows = neighbour > index
        if not (whole.startswith(part) if follows else whole.endswith(part)):
            continue
        rest = whole[len(part) :] if follows else whole[: len(whole) - len(part)]
        piece = "".join(cells[neighbour].source.split())
        rest = "".join(rest.split())
        if piece and (rest.startswith(piece) if follows else rest.endswith(piece)):
            return True
    return False


def _texts(cells: Sequence[Cell], indices: Iterable[int]) -> dict[int, Hashable]:
    """Return the JSON text of sources: equal text is an equal source without decoding it."""
    return {index: bytes(cells[index].fields.get("source", b"")) for index in indices}


def _sources(cells: Sequence[Cell], indices: Iterable[int]) -> dict[int, Hashable]:
    """Return type and source of cells, which two files may write differently."""
    return {index: (cells[index].cell_type, cells[index].source) for index in indices}


def _numbered(cells: Sequence[Cell]) -> bool:
    """Tell whether ids are nothing but positions, as nbstripout makes them."""
    return all(cell.id == str(index) for index, cell in enumerate(cells))


def _unique_ids(cells: Sequence[Cell]) -> dict[Hashable, int]:
    ids: dict[int, Hashable] = {i: cell.id for i, cell in enumerate(cells) if "id" in cell.fields}
    found = _once(ids, ids)
    found.pop(None, None)
    return found


def _once(keys: dict[int, Hashable], indices: Iterable[int]) -> dict[Hashable, int]:
    """Map each key that one of the cells alone has to that cell's index, in order."""
    found: dict[Hashable, int] = {}
    again: set[Hashable] = set()
    for index in indices:
        name = keys[index]
        if name in found:
            again.add(name)
        found[name] = index
    for name in again:
        del found[name]
    return found
