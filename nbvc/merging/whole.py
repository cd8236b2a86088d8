"""The merge of whole notebooks: cells group by group, then metadata and format."""

from __future__ import annotations

from nbvc.merging.decide import decide, doubt_group, open_group
from nbvc.merging.doubt import find_doubtful, find_miscounted, find_misplaced, find_repeated
from nbvc.merging.gate import is_python
from nbvc.merging.groups import group_cells
from nbvc.merging.guard import find_violations
from nbvc.merging.model import Action, Decision, DecisionPart, MergeResult, SourceChoice
from nbvc.merging.outcome import join_outcomes
from nbvc.merging.values import is_same, merge_mapping, same_notebook
from nbvc.notebook import ABSENT, Cell
from nbvc.notebook.ids import with_ids

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.merging.model import Strategy
    from nbvc.merging.outcome import Outcome
    from nbvc.notebook import Notebook


def merge(base: Notebook, local: Notebook, remote: Notebook, strategy: Strategy) -> MergeResult:
    """Merge what two sides made of `base`; see `nbvc.merge`."""
    if same_notebook(local, remote):
        return _take_whole(local, Action.SAME, "both sides are the same")
    if same_notebook(base, local):
        return _take_whole(remote, Action.REMOTE, "only remote changed")
    if same_notebook(base, remote):
        return _take_whole(local, Action.LOCAL, "only local changed")
    found = _merge_cells(base, local, remote, strategy)
    notebook, notes = _put_together(base, local, remote, [*found.cells])
    return MergeResult(notebook, found.conflicts, (*found.decisions, *notes))


def _merge_cells(base: Notebook, local: Notebook, remote: Notebook, strategy: Strategy) -> Outcome:
    """Decide on one group of cells after the other, and have the guard count the lines."""
    python = is_python(local)
    groups = group_cells(base.cells, local.cells, remote.cells)
    versions = [
        (
            [base.cells[i] for i in group.base],
            [local.cells[i] for i in group.local],
            [remote.cells[i] for i in group.remote],
        )
        for group in groups
    ]
    outcomes = [
        decide(group, three, strategy, python=python)
        for group, three in zip(groups, versions, strict=True)
    ]
    if strategy.sources is SourceChoice.CONFLICT:
        guessed = [
            number
            for number, group in enumerate(groups)
            if group.by_place and not outcomes[number].conflicts
        ]
        for number in (*guessed, *find_violations(versions, outcomes)):
            outcomes[number] = open_group(groups[number], versions[number], strategy)
        three = base.cells, local.cells, remote.cells
        doubts = find_misplaced(groups)
        repeated = find_repeated(three, versions, outcomes)
        if repeated:
            doubts |= find_doubtful(groups, repeated, three)
            doubts |= find_miscounted(repeated, versions, outcomes)
        for number, doubt in doubts.items():
            if not outcomes[number].conflicts:
                outcomes[number] = doubt_group(groups[number], versions[number], strategy, doubt)
    return join_outcomes(outcomes)


def _take_whole(notebook: Notebook, action: Action, why: str) -> MergeResult:
    return MergeResult(notebook, (), (Decision(DecisionPart.NOTEBOOK, action, why),))


def _put_together(
    base: Notebook, local: Notebook, remote: Notebook, cells: list[Cell]
) -> tuple[Notebook, list[Decision]]:
    """Return local's file with the merged cells, metadata and format."""
    host = remote if local.file_format[0] < remote.file_format[0] else local
    minor = max(local.nbformat_minor, remote.nbformat_minor)
    cells = with_ids(cells, minor)
    before, ours, theirs = (_read_fields(notebook) for notebook in (base, local, remote))
    merged, apart = merge_mapping(before, ours, theirs)
    merged["nbformat_minor"] = minor
    own = theirs if host is remote else ours
    changes = {key: merged.get(key, ABSENT) for key in (*own, *merged)}
    if host.file_format[0] == 4 or not is_same(merged, own):
        host = host.replace(**changes)
    if len(cells) != len(host.cells) or any(
        new is not old for new, old in zip(cells, host.cells, strict=True)
    ):
        host = host.with_cells(_place_cells(cells, host, local, remote))
    apart = [key for key in apart if key != "nbformat_minor"]
    if not apart:
        return host, []
    why = f"both sides changed {', '.join(map(repr, apart))} apart; the more detailed value is kept"
    return host, [Decision(DecisionPart.NOTEBOOK, Action.MERGED, why)]


def _place_cells(
    cells: list[Cell], host: Notebook, local: Notebook, remote: Notebook
) -> list[Cell]:
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


def _read_fields(notebook: Notebook) -> dict[str, Any]:
    return {key: notebook.value(key) for key in notebook.fields if key != "nbformat"}
