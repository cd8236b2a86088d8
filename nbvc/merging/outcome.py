"""What a group of cells becomes: cells, conflicts and decisions, with indices into these cells."""

from __future__ import annotations

import msgspec

from nbvc.merging.markers import KEY
from nbvc.merging.model import Action, Conflict, Decision, DecisionPart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.notebook import Cell


class Outcome(msgspec.Struct, frozen=True):
    """Cells of the result, and what was decided about them."""

    cells: tuple[Cell, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    decisions: tuple[Decision, ...] = ()

    def note(self, part: DecisionPart, action: Action, why: str) -> Outcome:
        """Return the outcome with a decision about all of its cells."""
        decision = Decision(part, action, why, result=tuple(range(len(self.cells))))
        return msgspec.structs.replace(self, decisions=(*self.decisions, decision))


def join_outcomes(outcomes: Iterable[Outcome]) -> Outcome:
    """Return one outcome of several, their cells one behind the other."""
    cells: list[Cell] = []
    conflicts: list[Conflict] = []
    decisions: list[Decision] = []
    for outcome in outcomes:
        start = len(cells)
        cells += outcome.cells
        conflicts += (
            msgspec.structs.replace(one, cell=start + one.cell) for one in outcome.conflicts
        )
        decisions += (
            msgspec.structs.replace(one, result=tuple(start + index for index in one.result))
            for one in outcome.decisions
        )
    return Outcome(tuple(cells), tuple(conflicts), tuple(decisions))


def open_conflict(
    cell: Cell, source: str, note: dict[str, object], why: str, deleter: str | None = None
) -> Outcome:
    """Return a cell whose source has conflict markers, with the note that finds them again."""
    known = cell.metadata.get(KEY)
    noted = {**known, "conflict": note} if type(known) is dict else {"conflict": note}
    marked = cell.replace(source=source, metadata={**cell.metadata, KEY: noted})
    hunks = note["hunks"]
    assert type(hunks) is int
    found = Outcome((marked,), (Conflict(0, hunks, deleter),))
    return found.note(DecisionPart.CELL if deleter else DecisionPart.SOURCE, Action.CONFLICT, why)
