"""How notebooks are called, and how a line lists some of many."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

SUFFIX = ".ipynb"
"""What the name of a notebook's file ends with."""

PATTERN = f"*{SUFFIX}"
"""The same for git's attributes and pathspecs."""


def may_be_version(word: str) -> bool:
    """Return whether a word may be `COMMIT:PATH`. `/a:b` and, on Windows, `C:\\a` are paths."""
    return ":" in word and not os.path.isabs(word)


def list_some(names: Sequence[str], most: int) -> str:
    """Return the first `most` of some names and how many more there are: `a, b and 3 more`."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" {count_rest(more)}" if more > 0 else "")


def count_rest(number: int) -> str:
    """Return what stands for things that a list does not show: `and 3 more`."""
    return f"and {number:,} more"
