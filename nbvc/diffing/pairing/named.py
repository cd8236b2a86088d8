"""Pair cells of the same name.

before          after
a: x = f(1)     a: x = f(2, 3)     a name that holds, and a text that is plausible: paired
b: x.head()     b: # Summary       text that has nothing in common: not paired, unless every
                                   cell that could be recognized has kept its name
"""

from __future__ import annotations

from nbvc.diffing.pairing.names import ENOUGH, Trust

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing.pairing.evidence import Evidence
    from nbvc.diffing.pairing.model import Pairing


def pair_named(pairing: Pairing, evidence: Evidence) -> None:
    """Pair free cells of the same name if their text does not contradict it."""
    naming = evidence.naming
    wholly = naming.trust is Trust.WHOLLY or (naming.trust and _have_held(pairing, evidence))
    for name, i in naming.at_before.items():
        j = naming.at_after.get(name)
        if j is None or not pairing.are_free(i, j):
            continue
        if evidence.is_plausible(i, j) or (wholly and _same_type(evidence, i, j)):
            pairing.pair(i, j)


def _have_held(pairing: Pairing, evidence: Evidence) -> bool:
    """Return whether cells that were edited kept their names, enough of them and without exception."""
    pairs = pairing.pairs.items()
    if any(evidence.naming.differ(*pair) for pair in pairs):
        return False
    return sum(evidence.naming.agree(*pair) for pair in pairs) >= ENOUGH


def _same_type(evidence: Evidence, i: int, j: int) -> bool:
    one, other = evidence.profile(0, i), evidence.profile(1, j)
    return one.kind == other.kind and bool(one.squeezed) and bool(other.squeezed)
