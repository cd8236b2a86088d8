"""List links in reading order.

pairs   A─A C─C D─B, B removed       links   A, B removed, D (moved), C
"""

from __future__ import annotations

from nbvc.diffing.pairing.model import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing.pairing.model import Pairing


def list_links(pairing: Pairing) -> list[Link]:
    """Return links that name every cell once, by their first cell after.

    Removed cells stand behind the cell that they followed.
    """
    stays = pairing.find_spine()
    if len(stays) == len(pairing.before) == len(pairing.after):
        return [Link((i,), (j,)) for i, j in stays]
    pasts = {j: i for i, j in pairing.pairs.items()}
    parts = {j for run in pairing.splits.values() for j in run[1:]}
    removed = sorted(pairing.free_before, reverse=True)
    links: list[Link] = []
    ends = [*(i for i, _ in stays), len(pairing.before)]
    _drain(removed, ends[0], links)
    # Until which cell before those behind a link that stays were removed, by its first cell.
    until = {
        pairing.joins.get(j, (i,))[0]: end for (i, j), end in zip(stays, ends[1:], strict=True)
    }
    for j in range(len(pairing.after)):
        i = pasts.get(j, -1)
        if i >= 0:
            stayed = i in until
            links.append(Link(pairing.joins.get(j, (i,)), pairing.splits.get(i, (j,)), not stayed))
            if stayed and removed:
                _drain(removed, until[i], links)
        elif j not in parts:
            links.append(Link((), (j,)))
    return links


def _drain(removed: list[int], stop: int, links: list[Link]) -> None:
    """Add the removed cells that stood before `stop`."""
    while removed and removed[-1] < stop:
        links.append(Link((removed.pop(),), ()))
