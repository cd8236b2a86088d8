"""Why is this a conflict? One group of cells at a time, from the sure to the open.

local == remote            it
base == local              remote (also where remote deleted or split it)
base == remote             local
both there                 part by part: source by lines, the rest by `cells.merge_parts`
one side deleted it        deleted, if the other did not touch its text; else a conflict
"""

from __future__ import annotations

from nbvc.merging.cells import Sides, joined_text, merge_parts
from nbvc.merging.lines import BOUNDARY, Chunk, Merged, merge_lines
from nbvc.merging.markers import KEY, marked_source
from nbvc.merging.model import Action, Conflict, Decision, Part, SourceChoice
from nbvc.merging.pictures import placed, told_apart
from nbvc.merging.values import merge_mapping, same_cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.merging.groups import Group
    from nbvc.merging.model import Strategy
    from nbvc.notebook import Cell

    Cells = Sequence[Cell]


_OTHER_WORDS = "both sides changed other words of a line"


class Decider:
    """Decides group after group, and collects cells, conflicts and decisions."""

    def __init__(self, base: Cells, local: Cells, remote: Cells, strategy: Strategy) -> None:
        """Start with nothing decided."""
        self.versions = (base, local, remote)
        self.strategy = strategy
        self.cells: list[Cell] = []
        self.conflicts: list[Conflict] = []
        self.decisions: list[Decision] = []
        self.group: Group

    def decide(self, group: Group) -> None:
        """Add what a group becomes."""
        self.group = group
        base, local, remote = (
            [cells[i] for i in indices]
            for cells, indices in zip(
                self.versions, (group.base, group.local, group.remote), strict=True
            )
        )
        start = len(self.cells)
        self._decide(base, local, remote)
        if group.moved_by_local or group.moved_by_remote:
            self._note_move(start)

    def _decide(self, base: list[Cell], local: list[Cell], remote: list[Cell]) -> None:
        if _equal(local, remote):
            self._take(local, Action.SAME, "both sides have the same", quiet=_equal(base, local))
        elif not base and not (local and remote):
            side = Action.LOCAL if local else Action.REMOTE
            self._take(local or remote, side, f"only {side.value} added it")
        elif not local or not remote:
            self._deleted(base, local or remote, Action.REMOTE if local else Action.LOCAL)
        elif _equal(base, local):
            self._take(remote, Action.REMOTE, "only remote changed it")
        elif _equal(base, remote):
            self._take(local, Action.LOCAL, "only local changed it")
        elif len(base) <= 1 and len(local) == len(remote) == 1:
            self._merge(base[0] if base else None, local[0], remote[0])
        else:
            self._merge_several(base, local, remote)

    # Whole cells

    def _take(self, cells: list[Cell], action: Action, why: str, *, quiet: bool = False) -> None:
        start = len(self.cells)
        self.cells += cells
        if not quiet:
            removed = not cells
            self._note(Part.CELL, Action.DELETED if removed else action, why, start)

    def _deleted(self, base: list[Cell], kept: list[Cell], deleter: Action) -> None:
        """Decide on cells that one side deleted and the other one still has."""
        if _same_text(base, kept):
            why = f"{deleter.value} deleted it, and the other side left its text as it was"
            self._note(Part.CELL, Action.DELETED, why)
            return
        choice = self.strategy.sources
        editor = Action.LOCAL if deleter is Action.REMOTE else Action.REMOTE
        why = f"{deleter.value} deleted it and {editor.value} edited it"
        if choice is SourceChoice.UNION or choice.value == f"use-{editor.value}":
            self._take(kept, editor, f"{why}; the strategy is {choice.value}")
        elif choice is SourceChoice.BASE:
            self._take(base, Action.BASE, f"{why}; the strategy is {choice.value}")
        elif choice is not SourceChoice.CONFLICT:
            self._note(Part.CELL, Action.DELETED, f"{why}; the strategy is {choice.value}")
        else:
            for cell in kept:
                self._keep_edit(cell, deleter, why)

    def _keep_edit(self, cell: Cell, deleter: Action, why: str) -> None:
        lines = cell.source.split("\n")
        sides = ([], lines) if deleter is Action.LOCAL else (lines, [])
        source, note = marked_source([Chunk(*sides)], self.strategy)
        note["deleted"] = deleter.value
        self._conflict(cell.replace(source=source), note, why, deleter.value)

    def _conflict(self, cell: Cell, note: dict[str, object], why: str, deleter: str | None) -> None:
        known = cell.metadata.get(KEY)
        noted = {**known, "conflict": note} if type(known) is dict else {"conflict": note}
        start = len(self.cells)
        self.cells.append(cell.replace(metadata={**cell.metadata, KEY: noted}))
        hunks = note["hunks"]
        assert type(hunks) is int
        self.conflicts.append(Conflict(start, hunks, deleter))
        self._note(Part.CELL if deleter else Part.SOURCE, Action.CONFLICT, why, start)

    # Inside a cell

    def _merge(self, base: Cell | None, local: Cell, remote: Cell) -> None:
        """Merge two versions of a cell, part by part."""
        start = len(self.cells)
        old = [base] if base else []
        (local,), (remote,) = self._told_apart(old, [local], [remote])
        merged = self._merged_source(old, [local], [remote])
        self._add_merged(Sides(base, local, remote), merged, start)

    def _told_apart(
        self, base: list[Cell], local: list[Cell], remote: list[Cell]
    ) -> tuple[list[Cell], list[Cell]]:
        """Give attachments that both sides changed names of their own."""
        mine, theirs, names = told_apart(base, local, remote)
        if names:
            why = f"both sides changed {', '.join(map(repr, names))}; both stay, under new names"
            self._note(Part.ATTACHMENTS, Action.MERGED, why)
        return mine, theirs

    def _merged_source(self, base: list[Cell], local: list[Cell], remote: list[Cell]) -> Merged:
        return merge_lines(_lines(base), _lines(local), _lines(remote))

    def _add_merged(self, sides: Sides, merged: Merged, start: int) -> None:
        chunks = self._chosen(merged, start)
        hunks = sum(chunk.remote is not None for chunk in chunks)
        if hunks:
            source, note = marked_source(chunks, self.strategy)
        else:
            source, note = "\n".join(line for chunk in chunks for line in chunk.lines), {}
        cell, noted = merge_parts(sides, source, self.strategy, open_=bool(hunks))
        for part, action, why in noted:
            self._note(part, action, why, start, start + 1)
        if hunks:
            self._conflict(cell, note, "both sides changed the same lines", None)
            if merged.words:
                self._note(Part.SOURCE, Action.WORDS, _OTHER_WORDS, start)
            return
        self.cells.append(cell)
        decided = _source_decision(sides, merged)
        if decided:
            self._note(Part.SOURCE, *decided, start)

    def _chosen(self, merged: Merged, start: int) -> list[Chunk]:
        """Decide the conflicts in a source as the strategy says."""
        choice = self.strategy.sources
        if choice is SourceChoice.CONFLICT or not merged.conflicts:
            return merged.chunks
        actions = {SourceChoice.LOCAL: Action.LOCAL, SourceChoice.REMOTE: Action.REMOTE}
        action = Action.BASE if choice is SourceChoice.BASE else actions.get(choice, Action.MERGED)
        why = f"both sides changed the same lines; the strategy is {choice.value}"
        self._note(Part.SOURCE, action, why, start, start + 1)
        return [_settled(chunk, choice) for chunk in merged.chunks]

    # Splits and joins

    def _merge_several(self, base: list[Cell], local: list[Cell], remote: list[Cell]) -> None:
        """Merge cells that a side split or joined: as one source with the boundaries as lines."""
        start = len(self.cells)
        local, remote = self._told_apart(base, local, remote)
        merged = self._merged_source(base, local, remote)
        chunks = self._chosen(merged, start)
        pieces: list[list[Chunk]] = [[]]
        for chunk in chunks:
            if chunk.remote is not None:
                pieces[-1].append(chunk)
                continue
            lines: list[str] = []
            for line in chunk.lines:
                if line == BOUNDARY:
                    pieces[-1].append(Chunk(lines))
                    pieces.append([])
                    lines = []
                else:
                    lines.append(line)
            pieces[-1].append(Chunk(lines))
        sources = ["\n".join(line for chunk in piece for line in chunk.lines) for piece in pieces]
        models = _models(sources, local, remote)
        for piece, source, model in zip(pieces, sources, models, strict=True):
            sides = (_nearest(source, cells) for cells in (base, local, remote))
            self._add_piece(piece, source, _with_metadata(model, *sides))
        self.cells[start:] = placed(self.cells[start:], base, local, remote)
        why = "a side split or joined it, and both changed it"
        self._note(Part.CELL, Action.MERGED, why, start)
        if merged.words:
            self._note(Part.SOURCE, Action.WORDS, _OTHER_WORDS, start)

    def _add_piece(self, piece: list[Chunk], source: str, cell: Cell) -> None:
        """Add one cell of several, made from another."""
        if any(chunk.remote is not None for chunk in piece):
            marked, note = marked_source(piece, self.strategy)
            cell = _rewritten(cell, marked)
            self._conflict(cell, note, "both sides changed the same lines", None)
        else:
            self.cells.append(_rewritten(cell, source))

    # Notes

    def _note(self, part: Part, action: Action, why: str, start: int = -1, end: int = -1) -> None:
        group = self.group
        stop = len(self.cells) if end < 0 else end
        result = tuple(range(start, stop)) if start >= 0 else ()
        self.decisions.append(
            Decision(part, action, why, group.base, group.local, group.remote, result)
        )

    def _note_move(self, start: int) -> None:
        group = self.group
        if group.moved_by_local:
            both = group.moved_by_remote
            why = "both sides moved it; it stands where local has it" if both else "local moved it"
            self._note(Part.ORDER, Action.LOCAL, why, start)
        else:
            self._note(Part.ORDER, Action.REMOTE, "remote moved it", start)


def _source_decision(sides: Sides, merged: Merged) -> tuple[Action, str] | None:
    """Return what was decided about a source without conflicts, None where nobody changed it."""
    ours = sides.changed(sides.local, "source")
    theirs = sides.changed(sides.remote, "source")
    if merged.words:
        return Action.WORDS, _OTHER_WORDS
    if ours and theirs:
        if sides.local.source == sides.remote.source:
            return Action.SAME, "both sides changed it alike"
        return Action.MERGED, "both sides changed other lines"
    if not ours and not theirs:
        return None
    side = Action.LOCAL if ours else Action.REMOTE
    return side, f"only {side.value} changed it"


def _equal(one: list[Cell], other: list[Cell]) -> bool:
    return len(one) == len(other) and all(map(same_cell, one, other))


def _same_text(one: list[Cell], other: list[Cell]) -> bool:
    """Tell whether cells have the same text, white space at line ends aside."""
    if [cell.attachments for cell in one if "attachments" in cell.fields] != [
        cell.attachments for cell in other if "attachments" in cell.fields
    ]:
        return False
    before, after = joined_text(one), joined_text(other)
    return [line.rstrip() for line in before.split("\n") if line.strip()] == [
        line.rstrip() for line in after.split("\n") if line.strip()
    ]


def _lines(cells: list[Cell]) -> list[str]:
    lines: list[str] = []
    for number, cell in enumerate(cells):
        if number:
            lines.append(BOUNDARY)
        lines += cell.source.split("\n")
    return lines


def _settled(chunk: Chunk, choice: SourceChoice) -> Chunk:
    if chunk.remote is None:
        return chunk
    if choice is SourceChoice.BASE:
        return Chunk(chunk.base)
    if choice is SourceChoice.LOCAL:
        return Chunk(chunk.lines)
    if choice is SourceChoice.REMOTE:
        return Chunk(chunk.remote)
    mine = set(chunk.lines)
    return Chunk(chunk.lines + [line for line in chunk.remote if not line or line not in mine])


def _models(sources: list[str], local: list[Cell], remote: list[Cell]) -> list[Cell]:
    """Return the cells that ids, types and outputs of these sources are taken from.

    They are those of the side that has as many, else the nearest, each once while there are enough.
    """
    for cells in (local, remote):
        if len(cells) == len(sources):
            return cells
    left = [*local, *remote]
    found: list[Cell] = []
    for source in sources:
        nearest = _nearest(source, left) or _nearest(source, found)
        assert nearest is not None
        found.append(nearest)
        left = [cell for cell in left if cell is not nearest]
    return found


def _nearest(source: str, cells: list[Cell]) -> Cell | None:
    """Return the cell that shares most lines with a source."""
    lines = set(source.split("\n"))
    return max(cells, key=lambda cell: len(lines & set(cell.source.split("\n"))), default=None)


def _with_metadata(cell: Cell, *sides: Cell | None) -> Cell:
    """Return the cell with the metadata that both sides gave the one that it came from."""
    versions = [side.metadata if side else {} for side in sides]
    metadata, _ = merge_mapping(versions[0], versions[1], versions[2])
    return cell.replace(metadata=metadata) if metadata != cell.metadata else cell


def _rewritten(cell: Cell, source: str) -> Cell:
    """Return the cell with another source, and without outputs that are not that source's."""
    from nbvc.merging.cells import without_run

    if cell.source == source:
        return cell
    return without_run(cell.replace(source=source))
