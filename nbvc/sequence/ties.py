"""Which items belong together because of what ties pairs of them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def find_roots(count: int, ties: Iterable[Sequence[int]]) -> list[int]:
    """Return for each of the items 0, 1, … the first item that it is tied to, itself if to none."""
    roots = list(range(count))

    def find_root(item: int) -> int:
        while roots[item] != item:
            roots[item] = roots[roots[item]]
            item = roots[item]
        return item

    for tie in ties:
        for item in tie[1:]:
            one, other = sorted((find_root(tie[0]), find_root(item)))
            roots[other] = one
    return [find_root(item) for item in range(count)]
