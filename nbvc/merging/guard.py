"""A last count of every telling line: each comes as often as the sides explain, or it is a conflict.

base    1                      a line that is once in base,
local   1, in another cell     and that each side moved to another cell,
remote  1, in a third cell
result  2                      comes twice: neither side wants that, so a person decides
"""

from __future__ import annotations

from collections import Counter
from itertools import chain

from nbvc.diffing.pairing.alike import says_enough
from nbvc.merging.counting import explain_count
from nbvc.merging.lines import tells_cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.merging.outcome import Outcome
    from nbvc.notebook import Cell

    Versions = tuple[list[Cell], list[Cell], list[Cell]]
    Lines = tuple[list[str], ...]


def find_violations(versions: Sequence[Versions], outcomes: Sequence[Outcome]) -> list[int]:
    """Return the numbers of the groups in which a line was doubled or lost.

    That needs a group that both sides changed, or a new line of several words that both sides put into
    different groups: all else in the result is what one side did.
    """
    changed = [
        (number, three, [_read_sources(side) for side in three])
        for number, three in enumerate(versions)
        if outcomes[number].decisions and not outcomes[number].conflicts
    ]
    lines: set[str] = set()
    put: tuple[set[str], set[str]] = set(), set()
    for _, three, (base, local, remote) in changed:
        if base not in (local, remote):
            lines.update(line for side in three for line in _read_lines(side))
        elif local != remote:
            side = int(base == local)
            put[side].update(_read_lines(three[1 + side]))
    lines = {line for line in lines if tells_cell(line)}
    both = {line for line in put[0] & put[1] if tells_cell(line) and says_enough(line)}
    both -= {line for three in versions for line in _read_lines(three[0])} if both else set()
    if not lines and not both:
        return []
    found = {
        number: tuple(
            [line for line in _read_lines(cells) if line in lines or line in both]
            for cells in (*three, outcomes[number].cells)
        )
        for number, three, (base, local, remote) in changed
        if base != local or base != remote
    }
    totals = [Counter(chain.from_iterable(four[at] for four in found.values())) for at in range(4)]
    violations: set[int] = set()
    for line in lines | both:
        old, mine, other, count = (total[line] for total in totals)
        explained = explain_count(old, mine, other)
        if mine == other and line in both:
            explained = range(mine, mine + 1)
        if count not in explained:
            doubled = count >= explained.stop
            violations.update(_find_last(line, found, doubled=doubled))
    return sorted(violations)


def _read_sources(cells: Iterable[Cell]) -> list[object]:
    """Return sources as they are written."""
    return [cell.fields.get("source") for cell in cells]


def _read_lines(cells: Iterable[Cell]) -> list[str]:
    return [line.strip() for cell in cells for line in cell.source.split("\n")]


def _find_last(line: str, found: dict[int, Lines], *, doubled: bool) -> list[int]:
    """Return the last group in which a line that a side put in came, or else did not come."""
    for number, four in reversed(found.items()):
        _, local, remote, count = (lines.count(line) for lines in four)
        least, most = sorted((local, remote))
        if count > least if doubled else count < most:
            return [number]
    return []
