"""Which checkpoints to let go, on request: keep the last ones, thin out the older ones."""

from __future__ import annotations

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.checkpoint.record import Checkpoint

_HOUR, _DAY, _WEEK = 3600, 86_400, 604_800


class Retention(msgspec.Struct, frozen=True):
    """What to keep: the newest `last`, and of older ones, where `thin`, the newest of each

    - minute that is less than an hour ago,
    - hour that is less than a day ago,
    - day that is less than thirty days ago,
    - week before that.
    """  # noqa: D400  (a sentence that ends in a list)

    last: int
    thin: bool = False


def find_expired(
    checkpoints: Sequence[Checkpoint], retention: Retention, now: float
) -> list[Checkpoint]:
    """Return the checkpoints, given oldest first, that a retention lets go.

    The newest one and pinned ones always stay.
    """
    last = max(retention.last, 1)
    older = [one for one in checkpoints[:-last] if not one.pinned]
    if not retention.thin:
        return older
    taken: set[tuple[int, int]] = set()
    gone = []
    for checkpoint in reversed(older):
        slot = _find_slot(checkpoint.seconds, now)
        if slot in taken:
            gone.append(checkpoint)
        taken.add(slot)
    return gone[::-1]


def _find_slot(seconds: int, now: float) -> tuple[int, int]:
    """Return the stretch of time that a moment falls into: its length, and which one."""
    age = now - seconds
    for reach, length in ((_HOUR, 60), (_DAY, _HOUR), (30 * _DAY, _DAY)):
        if age < reach:
            return length, seconds // length
    return _WEEK, seconds // _WEEK
