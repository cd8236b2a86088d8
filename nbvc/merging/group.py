"""Groups of cells that are one and the same, and what steps that find them have in common."""

from __future__ import annotations

import msgspec

from nbvc.diffing.pairing.alike import Profile, compare_profiles
from nbvc.diffing.pairing.evidence import MOVED
from nbvc.sequence import heaviest_increasing
from nbvc.sequence.ties import find_roots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.notebook import Cell

    Cells = Sequence[Cell]
    Indices = tuple[int, ...]


class Group(msgspec.Struct):
    """Cells that are one and the same, or parts of it: indices in each notebook."""

    base: Indices = ()
    local: Indices = ()
    remote: Indices = ()
    moved_by_local: bool = False
    moved_by_remote: bool = False
    by_place: bool = False
    """Whether it is one cell by its place alone: an answer would be a guess."""


def unite(groups: list[Group], ties: Iterable[Sequence[int]]) -> list[Group]:
    """Return the groups, with those that are tied together by their numbers made one."""
    ties = [*ties]
    if not ties:
        return groups
    united: dict[int, Group] = {}
    for group, root in zip(groups, find_roots(len(groups), ties), strict=True):
        whole = united.setdefault(root, group)
        if whole is group:
            continue
        whole.base = tuple(sorted(whole.base + group.base))
        whole.local = tuple(sorted(whole.local + group.local))
        whole.remote = tuple(sorted(whole.remote + group.remote))
    return list(united.values())


def find_ends(groups: list[Group], side: str, count: int, size: int) -> list[tuple[int, int, int]]:
    """Return the cells of base that a side kept in order: first, and first and last on the side."""
    kept = {
        (group.base[0], getattr(group, side)[0]): getattr(group, side)[-1]
        for group in groups
        if group.base and getattr(group, side)
    }
    stays = heaviest_increasing((i, j, 1.0) for i, j in kept)
    return [(-1, -1, -1), *((i, j, kept[i, j]) for i, j in stays), (count, size, size)]


def range_around(i: int, ends: list[tuple[int, int, int]]) -> range:
    """Return the cells of a side between those that are before and behind a cell of base."""
    start = max(last for at, _, last in ends if at < i)
    stop = min(first for at, first, _ in ends if at > i)
    return range(start + 1, stop)


def measure_likeness(one: Sequence[Cell], other: Sequence[Cell]) -> float:
    """Return how alike the sources of cells are."""
    text, others = ("\n".join(cell.source for cell in cells) for cells in (one, other))
    if text.strip() == others.strip():
        return 1.0
    if one[0].cell_type != other[0].cell_type:
        return 0.0
    return compare_profiles(Profile("", text), Profile("", others), at_least=MOVED)
