"""Which of several equal cells did a side drop? Where the result depends on it, a person decides.

base    A x B x C      local dropped B and an x, and nobody can tell which. It makes no difference,
local   A x C          unless remote changed something from the first x to the last: here it dropped
remote  A B x C        the first one, so that there is one x or none.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import pairwise

from nbvc.diffing.pairing.equal import BLANK
from nbvc.merging.group import find_ends
from nbvc.merging.model import Action

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.merging.group import Group
    from nbvc.merging.outcome import Outcome
    from nbvc.notebook import Cell

    Cells = Sequence[Cell]
    Text = tuple[bytes, bytes]
    Versions = tuple[list[Cell], list[Cell], list[Cell]]


def find_doubtful(
    groups: Sequence[Group], repeated: Sequence[Text], base: Cells, local: Cells, remote: Cells
) -> dict[int, Action]:
    """Return the numbers of groups that may have been dropped, and by which side.

    `repeated` is what `find_repeated` returns. Ids, where the format has them, leave no doubt.
    """
    old, mine, other = ([*map(_read_text, cells)] for cells in (base, local, remote))
    found: dict[int, Action] = {}
    for text in repeated:
        if old.count(text) > min(mine.count(text), other.count(text)):
            ours = _Copies(groups, text, "local", base, local)
            theirs = _Copies(groups, text, "remote", base, remote)
            found.update(dict.fromkeys(_compare(ours, theirs), Action.LOCAL))
            found.update(dict.fromkeys(_compare(theirs, ours), Action.REMOTE))
    return found


def find_miscounted(
    groups: Sequence[Group],
    repeated: Sequence[Text],
    versions: Sequence[Versions],
    outcomes: Sequence[Outcome],
) -> dict[int, Action]:
    """Return groups because of which an equal cell comes more or less often than the sides explain.

    base    x A x          Each side moved another one, and both seem to be deleted: both sides have
    local   A x x          two, and so must the result. The group of one that is gone is returned, with
    remote  x x A          the side that lacks it; or else of one that came, with the one that lacks it.

    Where nothing moved, the cells around tell the copies apart, and each side may have dropped its own.
    """
    moved = any(group.moved_by_local or group.moved_by_remote for group in groups)
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
    found: dict[int, Action] = {}
    for text in repeated:
        if text in open_:  # A person decides on one of them already.
            continue
        count = sum(
            _read_text(cell) == text for number in decided for cell in outcomes[number].cells
        )
        explained = local[text], remote[text], local[text] + remote[text] - base[text]
        if moved and local[text] == remote[text]:
            explained = local[text], local[text], local[text]
        if min(explained) <= count <= max(explained):
            continue
        alone = [
            (number, Action.LOCAL if theirs else Action.REMOTE)
            for number in decided
            for _, ours, theirs in (versions[number],)
            if bool(ours) != bool(theirs)
            and [_read_text(cell) for cell in (*ours, *theirs)] == [text]
            and bool(outcomes[number].cells) == (count > max(explained))
        ]
        found.update(alone[-1:])
    return found


def find_repeated(*versions: Cells) -> list[Text]:
    """Return the texts that several cells of a version have, without ids."""
    found: dict[Text, None] = {}
    for cells in versions:
        again = Counter(_read_text(cell) for cell in cells if _is_nameless(cell))
        found |= dict.fromkeys(text for text, count in again.items() if count > 1)
    return [text for text in found if _says_something(text)]


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


def _says_something(text: Text) -> bool:
    return bool(text[1].strip(BLANK))


class _Copies:
    """The equal cells of one text in base and on a side, and what is between other cells."""

    def __init__(
        self, groups: Sequence[Group], text: Text, side: str, base: Cells, cells: Cells
    ) -> None:
        self.groups, self.base, self.side, self.cells = groups, base, side, cells
        self.at_base = {i: getattr(group, side) for group in groups for i in group.base}
        self.places = [i for i, one in enumerate(base) if _read_text(one) == text]
        rest = [group for group in groups if not any(i in self.places for i in group.base)]
        self.ends = find_ends(rest, side, len(base), len(cells))
        kept = {i for i, one in enumerate(cells) if _read_text(one) == text}
        kept.update(at for i in self.places for at in self.at_base[i])
        self.kept = sorted(kept)

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
