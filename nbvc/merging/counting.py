"""How often an item may come in a merged sequence."""

from __future__ import annotations


def explain_count(base: int, local: int, remote: int) -> range:
    """Return the counts of a result that the counts of the three versions explain.

    Those of either side, of both changes together, and all between: what both did alike counts once.
    """
    explained = local, remote, local + remote - base
    return range(min(explained), max(explained) + 1)
