"""A last count of every telling line: each comes as often as the sides explain, or it is a conflict.

base    1                      a line that is once in base,
local   1, in another cell     and that each side moved to another cell,
remote  1, in a third cell
result  2                      comes twice: neither side wants that, so a person decides
"""

from __future__ import annotations

from collections import Counter
from itertools import chain

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

    That needs a group that both sides changed: in all others the result is what one side did.
    """
    sources = {
        number: tuple(map(_read_sources, three))
        for number, three in enumerate(versions)
        if outcomes[number].decisions and not outcomes[number].conflicts
    }
    lines = {
        line
        for number, (base, local, remote) in sources.items()
        if base not in (local, remote)
        for side in versions[number]
        for line in _read_lines(side)
        if tells_cell(line)
    }
    if not lines:
        return []
    found = {
        number: tuple(
            [line for line in _read_lines(cells) if line in lines]
            for cells in (*versions[number], outcomes[number].cells)
        )
        for number, (base, local, remote) in sources.items()
        if base != local or base != remote
    }
    totals = [Counter(chain.from_iterable(four[at] for four in found.values())) for at in range(4)]
    violations: set[int] = set()
    for line in lines:
        base, local, remote, count = (total[line] for total in totals)
        explained = local, remote, local + remote - base
        if count > max(explained):
            violations.update(_find_last(line, found, doubled=True))
        elif count < min(explained):
            violations.update(_find_last(line, found, doubled=False))
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
