"""How often an item may come in a merged sequence."""

from __future__ import annotations


def explain_count(
    base: int, local: int, remote: int, *, telling: bool = True, known: bool = True
) -> range:
    """Return the counts of a result that the counts of the three versions explain.

    base 0, local 1, remote 1     1: what both did alike counts once
    base 1, local 0, remote 1     0: local deleted it, wherever remote moved it
    base 0, local 1, remote 0     0 or 1: its words may be merged with others
    base 2, local 3, remote 1     1 to 3: which ones are which is not known

    An item that is not `telling` may be added twice by chance. One that is not `known` wherever it is
    may be deleted by one side, and the same be put elsewhere by the other.
    """
    if telling and local == remote:
        return range(local, local + 1)
    both = local + remote - base
    if (known if base else telling) and max(base, local, remote) == 1:
        return range(max(both, 0) + 1)
    explained = local, remote, both
    return range(min(explained), max(explained) + 1)
