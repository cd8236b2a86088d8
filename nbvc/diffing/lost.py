"""What a split or join lost: tags and attachments that no cell after it has."""

from __future__ import annotations

from nbvc.diffing.policy import DiffPolicy, Part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.notebook import Cell


def name_lost(before: Sequence[Cell], after: Sequence[Cell], policy: DiffPolicy) -> list[str]:
    """Return `tag NAME` and `attachment NAME` for each that was lost and that the policy counts."""
    lost = []
    if policy.counts(Part.METADATA):
        kept = {*_list_tags(after)}
        lost += [f"tag {tag}" for tag in dict.fromkeys(_list_tags(before)) if tag not in kept]
    if policy.counts(Part.ATTACHMENTS):
        names = dict.fromkeys(name for cell in before for name in cell.attachments)
        lost += [
            f"attachment {name}"
            for name in names
            if all(name not in cell.attachments for cell in after)
        ]
    return lost


def _list_tags(cells: Iterable[Cell]) -> list[str]:
    found = [cell.metadata.get("tags") for cell in cells]
    return [tag for tags in found if type(tags) is list for tag in tags if type(tag) is str]
