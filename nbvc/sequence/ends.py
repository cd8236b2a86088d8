"""What several sequences begin and end with in common."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def count_equal_ends(*versions: Sequence[object]) -> tuple[int, int]:
    """Return how many items all versions have in common, from the start and then from the end."""
    one, *others = versions
    head = tail = 0
    least = min(map(len, versions))
    while head < least and all(one[head] == other[head] for other in others):
        head += 1
    while tail < least - head and all(one[-1 - tail] == other[-1 - tail] for other in others):
        tail += 1
    return head, tail
