"""A last count of every telling line: each comes as often as the sides explain, or it is a conflict.

base    1                      a line that stands once in base,
local   1, in another cell     and that each side moved to another cell,
remote  1, in a third cell
result  2                      comes twice: neither side wants that, so a person decides
"""

from __future__ import annotations

from collections import Counter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.merging.outcome import Outcome
    from nbvc.notebook import Cell

    Versions = tuple[list[Cell], list[Cell], list[Cell]]
    Counts = tuple[Counter[str], ...]

_LETTERS = 8
"""A line with fewer letters and digits may stand anywhere."""


def find_violations(versions: Sequence[Versions], outcomes: Sequence[Outcome]) -> list[int]:
    """Return the numbers of the groups in which a line was doubled or lost."""
    counted = {
        number: (*map(_count_lines, three), _count_lines(outcome.cells))
        for number, (three, outcome) in enumerate(zip(versions, outcomes, strict=True))
        if outcome.decisions and not outcome.conflicts and not _have_same_source(three)
    }
    total: Counts = tuple(Counter() for _ in range(4))
    for counts in counted.values():
        for whole, part in zip(total, counts, strict=True):
            whole.update(part)
    base, local, remote, found = total
    violations: set[int] = set()
    for line in local.keys() | remote.keys():
        explained = local[line], remote[line], local[line] + remote[line] - base[line]
        if found[line] > max(explained):
            violations.update(_find_last(line, counted, doubled=True))
        elif found[line] < min(explained):
            violations.update(_find_last(line, counted, doubled=False))
    return sorted(violations)


def _have_same_source(versions: Versions) -> bool:
    base, local, remote = ([cell.fields.get("source") for cell in side] for side in versions)
    return base == local == remote


def _count_lines(cells: Iterable[Cell]) -> Counter[str]:
    lines = (line.strip() for cell in cells for line in cell.source.split("\n"))
    return Counter(line for line in lines if sum(map(str.isalnum, line)) >= _LETTERS)


def _find_last(line: str, counted: dict[int, Counts], *, doubled: bool) -> list[int]:
    """Return the last group in which a line that a side put in came, or else did not come."""
    for number, (_, local, remote, found) in reversed(counted.items()):
        least, most = sorted((local[line], remote[line]))
        if found[line] > least if doubled else found[line] < most:
            return [number]
    return []
