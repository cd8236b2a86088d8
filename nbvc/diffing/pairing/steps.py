"""The steps that pair cells between the equal ends, in order."""

from __future__ import annotations

from nbvc.diffing.pairing import equal
from nbvc.diffing.pairing.evidence import Evidence
from nbvc.diffing.pairing.names import find_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing.pairing.model import Pairing


def pair_inexactly(pairing: Pairing) -> None:
    """Pair what is free on both sides, from sure to likely."""
    evidence = pair_equal_text(pairing)
    if pairing.is_open:
        pair_similar_text(pairing, evidence)


def pair_equal_text(pairing: Pairing) -> Evidence:
    """Find out what names are worth, and pair cells of equal text that is once."""
    before, after = pairing.before, pairing.after
    texts = (
        equal.read_texts(before, pairing.free_before),
        equal.read_texts(after, pairing.free_after),
    )
    recognized = equal.find_same_text(pairing, *texts)
    cells = (
        {i: before[i] for i in pairing.free_before},
        {j: after[j] for j in pairing.free_after},
    )
    names = find_names(*cells, recognized, pairing.sure)
    evidence = Evidence(before, after, names)
    equal.pair_recognized(pairing, evidence, recognized)
    equal.pair_blocks(pairing, evidence, *texts)
    return evidence


def pair_similar_text(pairing: Pairing, evidence: Evidence) -> None:
    """Pair what is not written with the same text on both sides."""
    from nbvc.diffing.pairing import gaps, named, parts, similar

    keys = equal.read_sources(pairing)
    equal.pair_recognized(pairing, evidence, equal.find_recognized(*keys))
    equal.pair_by_outputs(pairing, evidence, *keys)
    waiting = gaps.pair_in_place(pairing, evidence)
    left = len(pairing.free_before)
    parts.link_exact_parts(pairing, evidence, *keys)
    pairing.pair_free(waiting)
    if len(pairing.free_before) < left:
        pairing.pair_free(gaps.pair_in_place(pairing, evidence))
    named.pair_named(pairing, evidence)
    if pairing.is_open:
        similar.pair_bound(pairing, evidence)
        gaps.pair_gaps(pairing, evidence, *keys)
        gaps.pair_replaced(pairing, evidence)
        equal.pair_elsewhere(pairing, evidence, *keys)
        similar.pair_moved(pairing, evidence)
    equal.restore_order(pairing, evidence, *keys)
    parts.link_rough_parts(pairing, evidence)
