"""What cleaning removes, and what a check finds: one value for each."""

from __future__ import annotations

import msgspec


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One thing that is removed, or is wrong: in which cell (from 0; None for the notebook).

    `what` names it, `kind` is what it is counted as, `count` how many of that kind it is.
    """

    cell: int | None
    what: str
    kind: str
    count: int = 1
