"""Pair cells of the same name.

before                after
a: x = f(1)           a: x = f(2, 3)        a name that holds, and a text that is plausible: paired
b: for n in rows:     b: import os, sys     text that has nothing in common: not paired, unless every
       draw(n, k)     c: for n in rows:     cell that could be recognized has kept its name, and no cell
                             draw(n, z)     beside it has the text, as c has here, under a new name
"""

from __future__ import annotations

from functools import partial

from nbvc.diffing.pairing.evidence import STRONG
from nbvc.diffing.pairing.names import ENOUGH, Trust

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from nbvc.diffing.pairing.evidence import Evidence
    from nbvc.diffing.pairing.model import Pairing


def pair_named(pairing: Pairing, evidence: Evidence) -> None:
    """Pair free cells of the same name if their text does not contradict it."""
    _pair_if(evidence.is_plausible, pairing, evidence)
    trust = evidence.naming.trust
    if trust is Trust.WHOLLY or (trust and _have_held(pairing, evidence)):
        _pair_if(partial(_same_type, evidence), pairing, evidence)


def _pair_if(may_be_one: Callable[[int, int], bool], pairing: Pairing, evidence: Evidence) -> None:
    for name, i in evidence.naming.at_before.items():
        j = evidence.naming.at_after.get(name)
        if j is None or not pairing.are_free(i, j):
            continue
        if may_be_one(i, j) and not _is_beside(pairing, evidence, i, j):
            pairing.pair(i, j)


def _is_beside(pairing: Pairing, evidence: Evidence, i: int, j: int) -> bool:
    """Return whether a cell beside one of the two, with a name of its own, is the other one's text.

    Somebody wrote new text on top of a cell and cut the old text off into a new one.
    """
    naming = evidence.naming
    if evidence.score(i, j) >= STRONG:
        return False
    rivals = [(k, j) for k in (i - 1, i + 1) if naming.before.get(k, "") not in naming.at_after]
    rivals += [(i, k) for k in (j - 1, j + 1) if naming.after.get(k, "") not in naming.at_before]
    return any(pairing.are_free(*rival) and evidence.score(*rival) >= STRONG for rival in rivals)


def _have_held(pairing: Pairing, evidence: Evidence) -> bool:
    """Return whether cells that were edited kept their names, enough of them and without exception."""
    pairs = pairing.pairs.items()
    if any(evidence.naming.differ(*pair) for pair in pairs):
        return False
    return pairing.sure + sum(evidence.naming.agree(*pair) for pair in pairs) >= ENOUGH


def _same_type(evidence: Evidence, i: int, j: int) -> bool:
    one, other = evidence.profile(0, i), evidence.profile(1, j)
    return one.kind == other.kind and bool(one.squeezed) and bool(other.squeezed)
