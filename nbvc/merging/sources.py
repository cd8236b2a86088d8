"""The sources of both sides to one: by lines and words, through the gate, as the strategy says."""

from __future__ import annotations

from nbvc.merging.chunks import merge_chunks
from nbvc.merging.gate import is_broken
from nbvc.merging.lines import BOUNDARY, Chunk, Merged, tells_cell
from nbvc.merging.model import Action, SourceChoice
from nbvc.merging.words import merge_words
from nbvc.sequence import find_opcodes
from nbvc.sequence.ends import count_equal_ends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbvc.notebook import Cell

    Cells = Sequence[Cell]
    MergeText = Callable[[Cells, Cells, Cells], Merged]

_FEW = 2
"""So many lines may all be edited, word by word."""
SAME_LINES = "both sides changed the same lines"
OTHER_WORDS = "both sides changed other words of a line"
_ACTIONS = {
    SourceChoice.LOCAL: Action.LOCAL,
    SourceChoice.REMOTE: Action.REMOTE,
    SourceChoice.BASE: Action.BASE,
}


def merge_sources(base: Cells, local: Cells, remote: Cells, *, moved: bool = False) -> Merged:
    """Merge the sources of cells, several as one text with boundaries in it.

    If none of the telling lines stayed on a side, and no id says that the cell is the same, it may be
    another cell in the place of a deleted one: nothing is merged. `moved`: the cell moved.
    """
    named = _have_one_id(*base, *local, *remote)
    old, mine, theirs = _read_lines(base), _read_lines(local), _read_lines(remote)
    few = 0 if moved and not named else _FEW
    rewritten = _is_rewritten(old, mine, few) or _is_rewritten(old, theirs, few)
    if rewritten and not named and mine != theirs and old not in (mine, theirs):
        return Merged([Chunk(mine, theirs, old)])
    by_words = None if rewritten else merge_words
    merged = merge_chunks(old, mine, theirs, by_words)
    if (
        not merged.conflicts
        and _are_blank(merged.lines)
        and not any(map(_are_blank, (mine, theirs)))
    ):
        return Merged([Chunk(mine, theirs, old)])  # Each side deleted what the other one left.
    return merged


def _are_blank(lines: list[str]) -> bool:
    return not any(line.strip() for line in lines)


def _have_one_id(*cells: Cell) -> bool:
    ids = {cell.id for cell in cells}
    return len(ids) == 1 and ids != {None}


def _is_rewritten(old: list[str], new: list[str], few: int) -> bool:
    """Return whether no telling line stayed, and these are not a few lines edited word by word."""
    before, after = ({line.strip() for line in side if tells_cell(line)} for side in (old, new))
    edited = max(len(before), len(after)) <= few and len(before) <= len(after)
    return bool(before) and not edited and before.isdisjoint(after)


def merge_python(base: Cells, local: Cells, remote: Cells, *, moved: bool = False) -> Merged:
    """Merge the sources of cells of a notebook in Python.

    Code that no longer parses is merged without words, and is a conflict if that does not parse
    either.
    """
    merged = merge_sources(base, local, remote, moved=moved)
    if any(cell.cell_type != "code" for cell in (*base, *local, *remote)):
        return merged
    old, mine, theirs = _read_lines(base), _read_lines(local), _read_lines(remote)
    attempts = [merged, *([merge_chunks(old, mine, theirs, None)] if merged.words else [])]
    for attempt in attempts:
        if attempt.conflicts or not _is_broken(attempt.lines, (old, mine, theirs)):
            return attempt
    return Merged([Chunk(mine, theirs, old)])


def find_differences(_base: Cells, local: Cells, remote: Cells) -> Merged:
    """Return the sources of both sides, with everything in which they differ as a conflict."""
    mine, theirs = _read_lines(local), _read_lines(remote)
    return Merged(
        [
            Chunk(
                mine[code.a0 : code.a1], None if code.tag == "equal" else theirs[code.b0 : code.b1]
            )
            for code in find_opcodes(mine, theirs)
        ]
    )


def _is_broken(merged: list[str], versions: Sequence[list[str]]) -> bool:
    return merged not in versions and is_broken(_join(merged), map(_join, versions))


def _join(lines: list[str]) -> str:
    return "\n".join("" if line == BOUNDARY else line for line in lines)


def _read_lines(cells: Cells) -> list[str]:
    lines: list[str] = []
    for number, cell in enumerate(cells):
        if number:
            lines.append(BOUNDARY)
        lines += cell.source.split("\n")
    return lines


def choose_chunks(merged: Merged, choice: SourceChoice) -> tuple[list[Chunk], Action | None]:
    """Return the chunks with their conflicts decided as the strategy says, and what was decided.

    In conflicts that stay, boundaries of cells become blank lines, so that each is within one cell.
    """
    if not merged.conflicts:
        return merged.chunks, None
    if choice is SourceChoice.CONFLICT:
        return [_without_boundaries(chunk) for chunk in merged.chunks], None
    chunks = [_settle(chunk, choice) for chunk in merged.chunks]
    return chunks, _ACTIONS.get(choice, Action.MERGED)


def _without_boundaries(chunk: Chunk) -> Chunk:
    if chunk.remote is None:
        return chunk
    lines, remote, base = (
        ["" if line == BOUNDARY else line for line in side]
        for side in (chunk.lines, chunk.remote, chunk.base)
    )
    return Chunk(lines, remote, base)


def _settle(chunk: Chunk, choice: SourceChoice) -> Chunk:
    if chunk.remote is None:
        return chunk
    if choice is SourceChoice.BASE:
        return Chunk(chunk.base)
    if choice is SourceChoice.LOCAL:
        return Chunk(chunk.lines)
    if choice is SourceChoice.REMOTE:
        return Chunk(chunk.remote)
    head, _ = count_equal_ends(chunk.lines, chunk.remote)
    return Chunk(chunk.lines + chunk.remote[head:])


def describe_names(names: Sequence[str]) -> str:
    """Return why attachments have new names."""
    return f"both sides changed {', '.join(map(repr, names))}; both stay, under new names"
