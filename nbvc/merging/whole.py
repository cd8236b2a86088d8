"""The merge of whole notebooks: cells group by group, then metadata and format."""

from __future__ import annotations

from nbvc.merging.decide import Decider
from nbvc.merging.groups import grouped
from nbvc.merging.ids import with_ids
from nbvc.merging.model import Action, Decision, MergeResult, Part
from nbvc.merging.values import merge_mapping, same, same_notebook
from nbvc.notebook import ABSENT, Cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.merging.model import Strategy
    from nbvc.notebook import Notebook


def merge(base: Notebook, local: Notebook, remote: Notebook, strategy: Strategy) -> MergeResult:
    """Merge what two sides made of `base`; see `nbvc.merge`."""
    if same_notebook(local, remote):
        return _whole(local, Action.SAME, "both sides are the same")
    if same_notebook(base, local):
        return _whole(remote, Action.REMOTE, "only remote changed")
    if same_notebook(base, remote):
        return _whole(local, Action.LOCAL, "only local changed")
    decider = Decider(base.cells, local.cells, remote.cells, strategy)
    for group in grouped(base.cells, local.cells, remote.cells):
        decider.decide(group)
    notebook, notes = _put_together(base, local, remote, decider.cells)
    return MergeResult(notebook, tuple(decider.conflicts), (*decider.decisions, *notes))


def _whole(notebook: Notebook, action: Action, why: str) -> MergeResult:
    return MergeResult(notebook, (), (Decision(Part.NOTEBOOK, action, why),))


def _put_together(
    base: Notebook, local: Notebook, remote: Notebook, cells: list[Cell]
) -> tuple[Notebook, list[Decision]]:
    """Return local's file with the merged cells, metadata and format."""
    host = remote if local.file_format[0] < remote.file_format[0] else local
    minor = max(local.nbformat_minor, remote.nbformat_minor)
    cells = with_ids(cells, minor)
    before, ours, theirs = (_fields(notebook) for notebook in (base, local, remote))
    merged, apart = merge_mapping(before, ours, theirs)
    merged["nbformat_minor"] = minor
    own = theirs if host is remote else ours
    changes = {key: merged.get(key, ABSENT) for key in (*own, *merged)}
    if host.file_format[0] == 4 or not same(merged, own):
        host = host.replace(**changes)
    if len(cells) != len(host.cells) or any(
        new is not old for new, old in zip(cells, host.cells, strict=True)
    ):
        host = host.with_cells(_placed(cells, host, local, remote))
    apart = [key for key in apart if key != "nbformat_minor"]
    if not apart:
        return host, []
    why = f"both sides changed {', '.join(map(repr, apart))} apart; the value that says more stays"
    return host, [Decision(Part.NOTEBOOK, Action.MERGED, why)]


def _placed(cells: list[Cell], host: Notebook, local: Notebook, remote: Notebook) -> list[Cell]:
    """Return the cells with those of the host's first form replaced by those of its present one."""
    if host is local or host is remote:
        return cells
    now = {}
    for notebook in (local, remote):
        if len(notebook.cells) == len(host.cells):
            now.update(
                {
                    id(old): new
                    for old, new in zip(notebook.cells, host.cells, strict=True)
                    if old.fields == new.fields
                }
            )
    return [now.get(id(cell), cell) for cell in cells]


def _fields(notebook: Notebook) -> dict[str, Any]:
    return {key: notebook.value(key) for key in notebook.fields if key != "nbformat"}
