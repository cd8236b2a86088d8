"""List links in reading order.

    pairs   A─A C─C D─B, B removed       links   A, B removed, D (moved), C
"""

from __future__ import annotations

from nbvc.diff.pairing.model import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diff.pairing.model import Pairing


def list_links(pairing: Pairing) -> list[Link]:
    """Return links that name every cell once, by their first cell after.

    Removed cells stand behind the cell that they followed.
    """
    stays = pairing.find_spine()
    if len(stays) == len(pairing.before) == len(pairing.after):
        return [Link((i,), (j,)) for i, j in stays]
    until = dict(zip([i for i, _ in stays], [i for i, _ in stays[1:]], strict=False))
    pasts = {j: i for i, j in pairing.pairs.items()}
    parts = {j for run in pairing.splits.values() for j in run[1:]}
    removed = sorted(pairing.free_before, reverse=True)
    end = len(pairing.before)
    in_order = {i for i, _ in stays}
    links: list[Link] = []
    _drain(removed, stays[0][0] if stays else end, links)
    for j in range(len(pairing.after)):
        i = pasts.get(j, -1)
        if i >= 0:
            stayed = i in in_order
            links.append(
                Link(pairing.joins.get(j, (i,)), pairing.splits.get(i, (j,)), not stayed)
            )
            if stayed and removed:
                _drain(removed, until.get(i, end), links)
        elif j not in parts:
            links.append(Link((), (j,)))
    return links


def _drain(removed: list[int], stop: int, links: list[Link]) -> None:
    """Add the removed cells that stood before `stop`."""
    while removed and removed[-1] < stop:
        links.append(Link((removed.pop(),), ()))
