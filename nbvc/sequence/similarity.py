"""How alike two sequences are."""

from __future__ import annotations

from nbvc.sequence.lcs import common_length

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence


def measure_ratio(a: Sequence[Hashable], b: Sequence[Hashable], *, at_least: float = 0.0) -> float:
    """Return twice the common length over both lengths: 1 for equal, 0 for nothing in common.

    Where the result can't reach `at_least` it may be 0 without having been computed.
    Two empty sequences are equal.
    """
    total = len(a) + len(b)
    if not total:
        return 1.0
    if 2 * min(len(a), len(b)) < at_least * total:
        return 0.0
    return 2 * common_length(a, b) / total
