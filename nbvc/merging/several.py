"""Cells that a side split or joined, and both changed: merged as one text, with boundaries as lines.

base    a b c d        one cell
local   a b | c d      split, so that a boundary was inserted
remote  a b c D        an edit
result  a b | c D      two cells, with the metadata and attachments of both sides
"""

from __future__ import annotations

from nbvc.merging.cells import without_run
from nbvc.merging.lines import BOUNDARY, Chunk
from nbvc.merging.markers import mark_source
from nbvc.merging.model import Action, DecisionPart
from nbvc.merging.outcome import Outcome, join_outcomes, open_conflict
from nbvc.merging.pictures import place_pictures, separate_pictures
from nbvc.merging.sources import (
    OTHER_WORDS,
    SAME_LINES,
    choose_chunks,
    describe_names,
)
from nbvc.merging.values import merge_mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.merging.model import Strategy
    from nbvc.merging.sources import MergeText
    from nbvc.notebook import Cell

    Cells = list[Cell]


def merge_several(
    base: Cells, local: Cells, remote: Cells, strategy: Strategy, merge_text: MergeText
) -> Outcome:
    """Merge cells of which a side has more or fewer than base."""
    local, remote, names = separate_pictures(base, local, remote)
    merged = merge_text(base, local, remote)
    chunks, chosen = choose_chunks(merged, strategy.sources)
    pieces = _split_cells(chunks)
    if all(cell.source.strip() for cell in (*local, *remote)):  # A half that was deleted is gone.
        told = [piece for piece in pieces if any(_has_text(chunk) for chunk in piece)]
        pieces = told or pieces[:1]
    sources = ["\n".join(line for chunk in piece for line in chunk.lines) for piece in pieces]
    models = _find_models(sources, local, remote)
    found = []
    for piece, source, model in zip(pieces, sources, models, strict=True):
        sides = (_find_nearest(source, cells) for cells in (base, local, remote))
        found.append(_make_cell(piece, source, _with_metadata(model, *sides), strategy))
    whole = join_outcomes(found)
    cells = tuple(place_pictures([*whole.cells], base, local, remote))
    whole = Outcome(cells, whole.conflicts, whole.decisions)
    if names:
        whole = whole.note(DecisionPart.ATTACHMENTS, Action.MERGED, describe_names(names))
    if chosen:
        why = f"{SAME_LINES}; the strategy is {strategy.sources.value}"
        whole = whole.note(DecisionPart.SOURCE, chosen, why)
    whole = whole.note(
        DecisionPart.CELL, Action.MERGED, "a side split or joined it, and both changed it"
    )
    return whole.note(DecisionPart.SOURCE, Action.WORDS, OTHER_WORDS) if merged.words else whole


def _split_cells(chunks: Sequence[Chunk]) -> list[list[Chunk]]:
    """Return the chunks of each cell; a conflict is within one."""
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
    return pieces


def _has_text(chunk: Chunk) -> bool:
    return chunk.remote is not None or any(line.strip() for line in chunk.lines)


def _make_cell(piece: list[Chunk], source: str, model: Cell, strategy: Strategy) -> Outcome:
    """Return one cell of several, made from another."""
    if any(chunk.remote is not None for chunk in piece):
        marked, note = mark_source(piece, strategy)
        return open_conflict(_rewrite(model, marked), marked, note, SAME_LINES)
    return Outcome((_rewrite(model, source),))


def _rewrite(cell: Cell, source: str) -> Cell:
    """Return the cell with another source, and without outputs that are not that source's."""
    return cell if cell.source == source else without_run(cell.replace(source=source))


def _find_models(sources: list[str], local: Cells, remote: Cells) -> Cells:
    """Return the cells that ids, types and outputs of these sources are taken from.

    They are those of a side that has as many in this order, else the nearest, each once while there
    are enough.
    """
    for cells in (local, remote):
        if len(cells) == len(sources) and all(
            _count_shared(source, cell) == max(_count_shared(source, one) for one in cells)
            for source, cell in zip(sources, cells, strict=True)
        ):
            return cells
    left = [*local, *remote]
    found: list[Cell] = []
    for source in sources:
        nearest = _find_nearest(source, left) or _find_nearest(source, found)
        assert nearest is not None
        found.append(nearest)
        left = [cell for cell in left if cell is not nearest]
    return found


def _find_nearest(source: str, cells: Cells) -> Cell | None:
    """Return the cell that shares most lines with a source."""
    return max(cells, key=lambda cell: _count_shared(source, cell), default=None)


def _count_shared(source: str, cell: Cell) -> int:
    return len(set(source.split("\n")) & set(cell.source.split("\n")))


def _with_metadata(cell: Cell, *sides: Cell | None) -> Cell:
    """Return the cell with the metadata that both sides gave the one that it came from."""
    versions = [side.metadata if side else {} for side in sides]
    metadata, _ = merge_mapping(versions[0], versions[1], versions[2])
    return cell.replace(metadata=metadata) if metadata != cell.metadata else cell
