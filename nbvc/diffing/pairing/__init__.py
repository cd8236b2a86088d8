"""Which cell became which.

    before        after
    A             A
    B             C            A, C, D are paired; B is the one that moved
    C             D₁           D was split into D₁ and D₂
    D             D₂
    E             B
                  F            E removed and F added, since they are not alike

Each step is a function over a `Pairing`, goes from sure to likely, and sees only the cells that the
steps before it left free:

    1  model       cells of equal text at both ends
    2  equal       equal text that is once, or whose outputs are once; long blocks of equal cells
    3  gaps        cells edited in place, from both ends between fixed pairs
    4  parts       cells whose text is that of several: splits and joins
    5  named       cells of the same name, if names hold
    6  similar     similar cells that share a line of their own, wherever they are
    7  gaps        the best pairs that keep the order between fixed pairs: equal, similar, replaced
    8  equal       equal cells in different gaps: moved
    9  similar     similar cells in different gaps: moved and edited
    10 equal       equal cells that ended up crossed change partners
    11 parts       splits and joins with edits in them

No step compares everything with everything.
"""

from __future__ import annotations

from nbvc.diffing.pairing.model import Link, Pairing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbvc.notebook import Cell

__all__ = ["Link", "align"]


def align(
    before: Sequence[Cell], after: Sequence[Cell], *, known: Mapping[int, int] | None = None
) -> list[Link]:
    """Return links that name every cell of both sides once, in reading order of the result.

    `known` pairs are beyond doubt. `align(after, before)` returns the same links mirrored.
    """
    pairing = Pairing(before, after, known)
    # The steps prefer one of two equal choices, so they always see the same side first.
    mirrored = pairing.is_open and pairing.is_backwards
    if mirrored:
        pairing = pairing.mirror()
    if pairing.is_open:
        from nbvc.diffing.pairing.steps import pair_inexactly

        pair_inexactly(pairing)
    from nbvc.diffing.pairing.order import find_spine, list_links

    stays = find_spine(pairing)
    if mirrored:
        pairing, stays = pairing.mirror(), [(j, i) for i, j in stays]
    return list_links(pairing, stays)
