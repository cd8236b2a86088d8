"""What two pairings cannot tell, and the result depends on: a person decides.

Which of several equal cells did a side drop?

base    A x B x C      local dropped B and an x, and nobody can tell which. It makes no difference,
local   A x C          unless remote changed something from the first x to the last: here it dropped
remote  A B x C        the first one, so that there is one x or none.

Where is a new cell if those around it changed places?

base    A B C          Did remote move A or B? N is behind A, or else before B.
local   A N B C
remote  B A C
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

from nbvc.diffing.pairing.equal import BLANK
from nbvc.merging.counting import explain_count
from nbvc.merging.group import Group, find_ends
from nbvc.merging.model import Action

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbvc.merging.outcome import Outcome
    from nbvc.notebook import Cell

    Cells = Sequence[Cell]
    Text = tuple[bytes, bytes]
    Places = tuple[list[int], list[int], list[int]]
    """Where a text is in base, local and remote."""
    Versions = tuple[list[Cell], list[Cell], list[Cell]]


class Doubt(NamedTuple):
    """Why a group is in doubt, and the side that may not want it; None if that may be either."""

    deleter: Action | None
    why: str


def find_repeated(
    three: tuple[Cells, Cells, Cells], versions: Sequence[Versions], outcomes: Sequence[Outcome]
) -> dict[Text, Places]:
    """Return where cells without ids are that a version has several of, if any of them is decided on."""
    texts = {
        _read_text(cell)
        for number, outcome in enumerate(outcomes)
        if outcome.decisions
        for side in versions[number]
        for cell in side
        if _is_nameless(cell)
    }
    sizes = {len(text) for _, text in texts}
    found: dict[Text, Places] = {text: ([], [], []) for text in texts if text[1].strip(BLANK)}
    for side, cells in enumerate(three) if found else ():
        for at, cell in enumerate(cells):
            size = len(memoryview(cell.fields.get("source", b"")))
            if size in sizes and _is_nameless(cell) and (text := _read_text(cell)) in found:
                found[text][side].append(at)
    return {text: places for text, places in found.items() if max(map(len, places)) > 1}


def find_misplaced(groups: Sequence[Group]) -> dict[int, Doubt]:
    """Return the first of the new cells between two cells that changed places on the other side."""
    found: dict[int, Doubt] = {}
    for side, other, deleter in (
        ("local", "remote", Action.REMOTE),
        ("remote", "local", Action.LOCAL),
    ):
        on_side = [
            (getattr(group, side)[0], number)
            for number, group in enumerate(groups)
            if getattr(group, side)
        ]
        last, new = Group(), -1
        for _, number in sorted(on_side):
            group = groups[number]
            if not group.base and not getattr(group, other):
                new = number if new < 0 else new
            elif group.base and getattr(group, other):
                swapped = getattr(last, other) > getattr(group, other)
                if new >= 0 and swapped and last.base < group.base:
                    found[new] = Doubt(deleter, f"{deleter.value} changed the order around it")
                last, new = group, -1
    return found


def find_doubtful(
    groups: Sequence[Group], repeated: dict[Text, Places], three: tuple[Cells, Cells, Cells]
) -> dict[int, Doubt]:
    """Return the numbers of groups that may have been dropped, and by which side.

    `repeated` is what `find_repeated` returns. Ids, where the format has them, leave no doubt.
    """
    base, local, remote = three
    found: dict[int, Doubt] = {}
    for old, mine, other in repeated.values():
        if len(old) > min(len(mine), len(other)):
            ours = _Copies(groups, "local", base, local, (old, mine))
            theirs = _Copies(groups, "remote", base, remote, (old, other))
            by_local, by_remote = {*_compare(ours, theirs)}, {*_compare(theirs, ours)}
            found |= dict.fromkeys(by_local, _doubt_drop(Action.LOCAL))
            found |= dict.fromkeys(by_remote, _doubt_drop(Action.REMOTE))
            found |= dict.fromkeys(by_local & by_remote, Doubt(None, ""))
    return found


def find_miscounted(
    repeated: Iterable[Text], versions: Sequence[Versions], outcomes: Sequence[Outcome]
) -> dict[int, Doubt]:
    """Return groups because of which an equal cell comes more or less often than the sides explain.

    base    x A x          Each side dropped another one, and both seem to be deleted: both sides have
    local   x A            one, and so must the result. The group of one that is gone is returned, with
    remote  A x            the side that lacks it; or else of one that came, with the one that lacks it.

    base    A x B x C      Did each side drop another one? Or did both drop the second one, and remote
    local   A x B C        moved B? What both sides have equally often comes as often.
    remote  A B x C
    """
    # Cells that are the same everywhere come as often on all sides as in the result.
    decided = [number for number, outcome in enumerate(outcomes) if outcome.decisions]
    base, local, remote = (
        Counter(
            _read_text(cell)
            for number in decided
            for cell in versions[number][side]
            if _is_nameless(cell)
        )
        for side in range(3)
    )
    open_ = {
        _read_text(cell)
        for number in decided
        if outcomes[number].conflicts
        for side in versions[number]
        for cell in side
    }
    found: dict[int, Doubt] = {}
    for text in repeated:
        if text in open_:  # A person decides on one of them already.
            continue
        count = sum(
            _read_text(cell) == text for number in decided for cell in outcomes[number].cells
        )
        mine, theirs = local[text], remote[text]
        explained = explain_count(base[text], mine, theirs)
        if count in explained:
            continue
        alone = [
            (number, _doubt_drop(Action.LOCAL if theirs else Action.REMOTE))
            for number in decided
            for _, ours, theirs in (versions[number],)
            if bool(ours) != bool(theirs)
            and [_read_text(cell) for cell in (*ours, *theirs)] == [text]
            and bool(outcomes[number].cells) == (count >= explained.stop)
        ]
        found.update(alone[-1:])
    return found


def _doubt_drop(deleter: Action) -> Doubt:
    why = f"{deleter.value} dropped some of several equal cells, and it is unclear which"
    return Doubt(deleter, why)


def _is_nameless(cell: Cell) -> bool:
    return cell.fields.get("id") is None


def _compare(ours: _Copies, theirs: _Copies) -> Iterator[int]:
    """Return the first copy that a side left, wherever which ones it left makes a difference."""
    same = [(old, len(new)) for old, new in theirs.list_doubtful()]
    for old, new in ours.list_doubtful():
        if (old, len(new)) not in same and not theirs.are_whole(old):
            for number, group in enumerate(ours.groups):
                if new[0] in getattr(group, ours.side):
                    yield number


def _read_text(cell: Cell) -> Text:
    """Return the type and the source of a cell, as they are written."""
    return bytes(cell.fields.get("cell_type", b"")), bytes(cell.fields.get("source", b""))


def _is_untouched(old: Cell, new: Cell) -> bool:
    """Return whether a side left a cell as it is, its outputs aside."""
    return _read_text(old) == _read_text(new) and old.metadata == new.metadata


class _Copies:
    """The equal cells of one text in base and on a side, and what is between other cells."""

    def __init__(
        self,
        groups: Sequence[Group],
        side: str,
        base: Cells,
        cells: Cells,
        places: tuple[list[int], list[int]],
    ) -> None:
        self.groups, self.base, self.side, self.cells = groups, base, side, cells
        self.at_base = {i: getattr(group, side) for group in groups for i in group.base}
        self.places, there = places
        rest = [group for group in groups if not any(i in self.places for i in group.base)]
        self.ends = find_ends(rest, side, len(base), len(cells))
        self.kept = sorted({*there, *(at for i in self.places for at in self.at_base[i])})

    def list_doubtful(self) -> list[tuple[list[int], list[int]]]:
        """Return the copies of base and of the side wherever some of them were dropped."""
        gaps = (
            (_take_between(self.places, i, j), _take_between(self.kept, last, first))
            for (i, _, last), (j, first, _) in pairwise(self.ends)
        )
        return [(old, new) for old, new in gaps if 0 < len(new) < len(old)]

    def are_whole(self, old: list[int]) -> bool:
        """Return whether the side left all copies as they are, with nothing put between, or none."""
        if not any(self.at_base[i] for i in old):
            return True
        places = [at for i in range(old[0], old[-1] + 1) for at in self.at_base[i]]
        left = [self.cells[at] for i in old for at in self.at_base[i]]
        return (
            places == [*range(places[0], places[0] + len(places))]
            and len(left) == len(old)
            and all(_is_untouched(self.base[i], cell) for i, cell in zip(old, left, strict=True))
        )


def _take_between(places: list[int], start: int, stop: int) -> list[int]:
    return places[bisect_left(places, start + 1) : bisect_left(places, stop)]
