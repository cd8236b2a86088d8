"""Two versions of one cell to one, once its source is known: everything else, without conflicts."""

from __future__ import annotations

import msgspec

from nbvc.merging.markers import KEY
from nbvc.merging.model import Action, DecisionPart, OutputChoice
from nbvc.merging.values import choose_outputs, is_same, merge_mapping, unite_outputs
from nbvc.notebook import ABSENT, Cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.merging.model import Strategy

    Note = tuple[DecisionPart, Action, str]

_BOUND = frozenset(("collapsed", "scrolled", "execution", "format"))
"""Keys of metadata that the format's schema binds in one type of cell and leaves open in another."""
_OWN = frozenset(("source", "outputs", "execution_count", "metadata", "attachments", "cell_type"))


class Sides(msgspec.Struct, frozen=True):
    """One cell as the three notebooks have it; `base` is None if both sides added it."""

    base: Cell | None
    local: Cell
    remote: Cell

    def has_changed(self, side: Cell, key: str) -> bool:
        """Return whether a side changed a member."""
        old = None if self.base is None else self.base.fields.get(key)
        new = side.fields.get(key)
        if old is None or new is None:
            return old is not new
        return old != new and not is_same(_decode_member(self.base, key), _decode_member(side, key))


def _decode_member(cell: Cell | None, key: str) -> Any:
    assert cell is not None
    if key == "source":
        return cell.source
    if key == "outputs":
        return [_without_count(item) for item in cell.outputs]
    return cell.value(key)


def _without_count(output: Any) -> Any:
    if type(output) is not dict:
        return output
    return {key: value for key, value in output.items() if key != "execution_count"}


def join_sources(cells: Sequence[Cell]) -> str:
    """Return the sources of cells as one text."""
    return "\n".join(cell.source for cell in cells)


def merge_parts(
    sides: Sides, source: str, strategy: Strategy, *, open_: bool
) -> tuple[Cell, list[Note]]:
    """Return the merged cell with that source, and what was decided.

    `open_`: the source has conflicts in it, so that no run belongs to it.
    """
    notes: list[Note] = []
    host = _choose_host(sides, source, notes)
    changes: dict[str, Any] = {}
    if host.source != source:
        changes["source"] = source
    changes["metadata"] = _merge_metadata(sides, host, notes)
    if host.cell_type == "code":
        changes.update(_run(sides, source, strategy, notes, open_=open_))
    else:
        changes.update(_merge_attachments(sides, notes))
    if changes.pop("stale", False):
        known = changes["metadata"].get(KEY)
        known = known if type(known) is dict else {}
        changes["metadata"] = {**changes["metadata"], KEY: {**known, "stale": True}}
    changes.update(_merge_others(sides, notes))
    return host.replace(**changes), notes


def _choose_host(sides: Sides, source: str, notes: list[Note]) -> Cell:
    """Return the version whose text is kept: the one with the right type, then the right source."""
    base, local, remote = sides.base, sides.local, sides.remote
    if local.cell_type == remote.cell_type:
        return remote if remote.source == source != local.source else local
    if base is not None and base.cell_type in (local.cell_type, remote.cell_type):
        host = remote if base.cell_type == local.cell_type else local
    else:
        host = max(local, remote, key=lambda cell: cell.cell_type)
    side = Action.LOCAL if host is local else Action.REMOTE
    notes.append((DecisionPart.TYPE, side, f"{side.value} made it a {host.cell_type} cell"))
    return host


def _merge_metadata(sides: Sides, host: Cell, notes: list[Note]) -> dict[str, Any]:
    base = sides.base.metadata if sides.base else {}
    local, remote = (_without_bound(side, host.cell_type) for side in (sides.local, sides.remote))
    merged, apart = merge_mapping(base, local, remote)
    if apart:
        why = f"both sides changed {', '.join(map(repr, apart))}; the more detailed value is kept"
        notes.append((DecisionPart.METADATA, Action.MERGED, why))
    return merged


def _without_bound(cell: Cell, cell_type: str) -> dict[str, Any]:
    """Return metadata without what a cell of another type may not have."""
    if cell.cell_type == cell_type:
        return cell.metadata
    return {key: value for key, value in cell.metadata.items() if key not in _BOUND}


def _merge_attachments(sides: Sides, notes: list[Note]) -> dict[str, Any]:
    if not any("attachments" in cell.fields for cell in (sides.local, sides.remote)):
        return {}
    base = sides.base.attachments if sides.base else {}
    merged, apart = merge_mapping(base, sides.local.attachments, sides.remote.attachments)
    if apart:
        why = f"both sides changed {', '.join(map(repr, apart))}; the more detailed one is kept"
        notes.append((DecisionPart.ATTACHMENTS, Action.MERGED, why))
    return {"attachments": merged}


def _run(
    sides: Sides, source: str, strategy: Strategy, notes: list[Note], *, open_: bool
) -> dict[str, Any]:
    """Return outputs, count and whether they were dropped as stale."""
    local, remote = sides.local, sides.remote
    choice = strategy.outputs
    if choice is OutputChoice.OWNER:
        return _assign_outputs(sides, source, notes, open_=open_)
    if choice is OutputChoice.UNION:
        base, mine, theirs = (_get_outputs(cell) for cell in (sides.base, local, remote))
        taken = (
            theirs
            if is_same(base, mine)
            else mine
            if is_same(base, theirs)
            else unite_outputs(mine, theirs)
        )
        notes.append((DecisionPart.OUTPUTS, Action.MERGED, "the strategy is union"))
        return _outputs_of(local if is_same(taken, mine) else remote, taken)
    if choice is OutputChoice.DROP or (choice is OutputChoice.BASE and sides.base is None):
        notes.append((DecisionPart.OUTPUTS, Action.DROPPED, f"the strategy is {choice.value}"))
        return {"outputs": [], "execution_count": None}
    cells = {OutputChoice.LOCAL: local, OutputChoice.REMOTE: remote}
    owner = cells.get(choice, sides.base)
    actions = {OutputChoice.LOCAL: Action.LOCAL, OutputChoice.REMOTE: Action.REMOTE}
    notes.append(
        (DecisionPart.OUTPUTS, actions.get(choice, Action.BASE), f"the strategy is {choice.value}")
    )
    assert owner is not None
    return _outputs_of(owner)


def _assign_outputs(sides: Sides, source: str, notes: list[Note], *, open_: bool) -> dict[str, Any]:
    """Give the outputs to whoever changed the source; nobody has those of a mixture."""
    local, remote = sides.local, sides.remote
    mine, theirs = sides.has_changed(local, "source"), sides.has_changed(remote, "source")
    if local.source != remote.source and mine and theirs:
        if open_ or source not in (local.source, remote.source):
            if not _get_outputs(local) and not _get_outputs(remote):
                return {"outputs": [], "execution_count": None}
            why = "both sides changed the source, and no outputs are of both"
            notes.append((DecisionPart.OUTPUTS, Action.DROPPED, why))
            return {"outputs": [], "execution_count": None, "stale": True}
        owner = local if source == local.source else remote
        side = Action.LOCAL if owner is local else Action.REMOTE
        notes.append((DecisionPart.OUTPUTS, side, f"the source is that of {side.value}"))
        return _outputs_of(owner)
    if mine != theirs:
        side = Action.LOCAL if mine else Action.REMOTE
        if sides.has_changed(remote if mine else local, "outputs"):
            notes.append((DecisionPart.OUTPUTS, side, f"{side.value} changed the source"))
        return _outputs_of(local if mine else remote)
    return _rerun(sides, notes)


def _rerun(sides: Sides, notes: list[Note]) -> dict[str, Any]:
    """Choose between runs of the same source."""
    local, remote = sides.local, sides.remote
    ran, ran_too = sides.has_changed(local, "outputs"), sides.has_changed(remote, "outputs")
    if ran != ran_too:
        return _outputs_of(local if ran else remote)
    if not ran:
        later = sides.has_changed(remote, "execution_count") and not sides.has_changed(
            local, "execution_count"
        )
        return _outputs_of(remote if later else local)
    mine, theirs = _get_outputs(local), _get_outputs(remote)
    if is_same([_without_count(item) for item in mine], [_without_count(item) for item in theirs]):
        return _outputs_of(local)
    taken = choose_outputs(mine, theirs)
    side = Action.LOCAL if taken is mine else Action.REMOTE
    why = "both sides ran it again; a run without errors, then the more detailed one, is kept"
    notes.append((DecisionPart.OUTPUTS, side, why))
    return _outputs_of(local if taken is mine else remote)


def _get_outputs(cell: Cell | None) -> list[Any]:
    return [] if cell is None else cell.outputs


def _outputs_of(cell: Cell, outputs: list[Any] | None = None) -> dict[str, Any]:
    found = cell.outputs if outputs is None else outputs
    return {"outputs": found, "execution_count": cell.execution_count}


def _merge_others(sides: Sides, notes: list[Note]) -> dict[str, Any]:
    """Return the id and the members that the format does not know."""
    changes: dict[str, Any] = {}
    keys = dict.fromkeys((*sides.local.fields, *sides.remote.fields))
    rest = [key for key in keys if key not in _OWN]
    if not rest:
        return changes
    versions = [
        {key: cell.value(key) for key in rest if cell is not None and key in cell.fields}
        for cell in (sides.base, sides.local, sides.remote)
    ]
    base, local, remote = versions
    merged, apart = merge_mapping(base, local, remote)
    changes.update({key: merged.get(key, ABSENT) for key in rest})
    if "id" in apart and base.get("id") in (local.get("id"), remote.get("id"), None):
        apart.remove("id")
    if apart:
        why = f"both sides changed {', '.join(map(repr, apart))}; one value stays"
        notes.append(
            (DecisionPart.ID if apart == ["id"] else DecisionPart.OTHER, Action.MERGED, why)
        )
    return changes


def without_run(cell: Cell) -> Cell:
    """Return the cell without outputs that are of another source, and with a note that says so."""
    if cell.cell_type != "code" or not (cell.outputs or cell.execution_count is not None):
        return cell
    if not cell.outputs:
        return cell.replace(execution_count=None)
    known = cell.metadata.get(KEY)
    noted = {**known, "stale": True} if type(known) is dict else {"stale": True}
    metadata = {**cell.metadata, KEY: noted}
    return cell.replace(outputs=[], execution_count=None, metadata=metadata)
