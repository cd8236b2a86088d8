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
from nbvc.merging.lines import Chunk, explain_line, has_word, tells_cell
from nbvc.merging.markers import find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from nbvc.merging.outcome import Outcome
    from nbvc.notebook import Cell

    Versions = tuple[list[Cell], list[Cell], list[Cell]]
    Lines = tuple[list[str], ...]


def find_violations(versions: Sequence[Versions], outcomes: Sequence[Outcome]) -> list[int]:
    """Return the numbers of the groups in which a line was doubled or lost.

    Looked at are the lines of groups that both sides changed, and new lines of several words that both
    sides put into different groups: all else in the result is what one side did. What is in a conflict
    already is left to whom decides on that.
    """
    changed = [
        (number, three, [_read_sources(side) for side in three])
        for number, three in enumerate(versions)
        if outcomes[number].decisions
    ]
    lines: set[str] = set()
    put: tuple[set[str], set[str]] = set(), set()
    for _, three, (base, local, remote) in changed:
        if base not in (local, remote):
            lines.update(line for side in three for line in _read_lines(side))
        elif local != remote:
            side = int(base == local)
            put[side].update(_read_lines(three[1 + side]))
    lines = {line for line in lines if has_word(line)}
    both = {line for line in put[0] & put[1] if tells_cell(line) and says_enough(line)}
    both -= {line for three in versions for line in _read_lines(three[0])} if both else set()
    lines |= both
    results = {number: _read_result(outcomes[number]) for number, *_ in changed} if lines else {}
    for _, undecided in results.values():
        lines.difference_update(undecided)
    if not lines:
        return []
    found = {
        number: tuple(
            [line for line in side if line in lines]
            for side in (*map(_read_lines, three), results[number][0])
        )
        for number, three, (base, local, remote) in changed
        if base != local or base != remote
    }
    totals = [Counter(chain.from_iterable(four[at] for four in found.values())) for at in range(4)]
    violations: set[int] = set()
    for line in lines:
        old, mine, other, count = (total[line] for total in totals)
        explained = explain_line(line, old, mine, other)
        if count not in explained and not _is_elsewhere(line, versions, found):
            violations.add(_find_last(line, found, doubled=count >= explained.stop))
    return sorted(violations)


def _is_elsewhere(line: str, versions: Sequence[Versions], found: Container[int]) -> bool:
    """Return whether a line is also in a cell that nobody changed: then which is which is not known."""
    rest = (three for number, three in enumerate(versions) if number not in found)
    return any(line in _read_lines(three[0]) for three in rest)


def _read_result(outcome: Outcome) -> tuple[list[str], list[str]]:
    """Return the lines of a result that are decided on, and those in conflicts."""
    decided: list[str] = []
    undecided: list[str] = []
    for cell in outcome.cells:
        marked = find(cell) if outcome.conflicts else None
        for chunk in marked.chunks if marked else [Chunk(cell.source.split("\n"))]:
            lines = decided if chunk.remote is None else undecided
            lines += (line.strip() for line in (*chunk.lines, *(chunk.remote or ()), *chunk.base))
    return decided, undecided


def _read_sources(cells: Iterable[Cell]) -> list[object]:
    """Return sources as they are written."""
    return [cell.fields.get("source") for cell in cells]


def _read_lines(cells: Iterable[Cell]) -> list[str]:
    return [line.strip() for cell in cells for line in cell.source.split("\n")]


def _find_last(line: str, found: dict[int, Lines], *, doubled: bool) -> int:
    """Return the last group in which a line that a side put in came, or else did not come."""

    def has_more(four: Lines) -> bool:
        _, local, remote, count = (lines.count(line) for lines in four)
        least, most = sorted((local, remote))
        return count > least if doubled else count < most

    return next(number for number, four in reversed(found.items()) if has_more(four))
