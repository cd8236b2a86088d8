"""What cleaning removes, and what a check finds: one value for each."""

from __future__ import annotations

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.notebook import Notebook

INVALID = "invalid"
"""The kind of what the format's schema does not allow."""


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One thing that is removed, or is wrong: in which cell (from 0; None for the notebook).

    `what` names it, `kind` is what it is counted as, `count` how many of that kind it is.
    """

    cell: int | None
    what: str
    kind: str
    count: int = 1


def find_invalid(notebook: Notebook) -> list[Finding]:
    """Return what the format's schema does not allow, by cell."""
    from nbvc.notebook.validity import find_problems

    return [Finding(one.cell, f"not valid: {one.text}", INVALID) for one in find_problems(notebook)]
