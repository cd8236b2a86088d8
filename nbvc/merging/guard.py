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
    """Return the numbers of the groups in which a line was doubled or lost.

    That needs a group that both sides changed: in all others the result is what one side did.
    """
    changed = {
        number: three
        for number, three in enumerate(versions)
        if outcomes[number].decisions and not outcomes[number].conflicts
        if any(_read_sources(side) != _read_sources(three[0]) for side in three[1:])
    }
    lines = {
        line
        for base, local, remote in changed.values()
        if _read_sources(base) not in (_read_sources(local), _read_sources(remote))
        for line in _count_lines((*base, *local, *remote))
    }
    if not lines:
        return []
    counted = {
        number: tuple(_count_lines(side, lines) for side in (*three, outcomes[number].cells))
        for number, three in changed.items()
    }
    base, local, remote, found = (
        sum((counts[at] for counts in counted.values()), Counter()) for at in range(4)
    )
    violations: set[int] = set()
    for line in lines:
        explained = local[line], remote[line], local[line] + remote[line] - base[line]
        if found[line] > max(explained):
            violations.update(_find_last(line, counted, doubled=True))
        elif found[line] < min(explained):
            violations.update(_find_last(line, counted, doubled=False))
    return sorted(violations)


def _read_sources(cells: Iterable[Cell]) -> list[object]:
    """Return sources as they are written."""
    return [cell.fields.get("source") for cell in cells]


def _count_lines(cells: Iterable[Cell], known: set[str] | None = None) -> Counter[str]:
    """Count the telling lines, or the known ones."""
    lines = (line.strip() for cell in cells for line in cell.source.split("\n"))
    if known is not None:
        return Counter(line for line in lines if line in known)
    return Counter(line for line in lines if sum(map(str.isalnum, line)) >= _LETTERS)


def _find_last(line: str, counted: dict[int, Counts], *, doubled: bool) -> list[int]:
    """Return the last group in which a line that a side put in came, or else did not come."""
    for number, (_, local, remote, found) in reversed(counted.items()):
        least, most = sorted((local[line], remote[line]))
        if found[line] > least if doubled else found[line] < most:
            return [number]
    return []
