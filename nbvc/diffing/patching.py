"""A notebook and a diff to the other notebook."""

from __future__ import annotations

from msgspec import UNSET

from nbvc.diffing.jsonops import apply, apply_lines
from nbvc.diffing.outputs import apply_to_outputs
from nbvc.diffing.parts import top_members
from nbvc.diffing.values import Change, unpack
from nbvc.errors import PatchError
from nbvc.notebook import ABSENT, Cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.diffing.model import CellDiff, NotebookDiff
    from nbvc.diffing.values import CellParts, PathOp
    from nbvc.notebook import Notebook


def patch(before: Notebook, diff: NotebookDiff) -> Notebook:
    """Return the notebook that a diff makes of `before`, in the style of `before`'s file.

    Raises `PatchError` if the diff was made from another notebook.
    """
    try:
        return _apply_diff(before, diff)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise PatchError(f"the diff can't be applied: {error!r}") from None


def _apply_diff(before: Notebook, diff: NotebookDiff) -> Notebook:
    _check_cover(before, diff)
    made: dict[int, Cell] = {}
    for entry in diff.cells:
        made.update(zip(entry.after, _make_cells(before, entry), strict=True))
    cells = [made[index] for index in range(len(made))]
    return before.with_cells(cells).replace(**change_top(before, diff))


def _check_cover(before: Notebook, diff: NotebookDiff) -> None:
    used = sorted(index for entry in diff.cells for index in entry.before)
    if used != list(range(len(before.cells))):
        raise PatchError(
            f"the diff was made from another notebook: it has {len(used)} cells,"
            f" this one has {len(before.cells)}"
        )


def _make_cells(before: Notebook, entry: CellDiff) -> list[Cell]:
    parts = entry.parts.complete()
    if entry.change is Change.ADDED:
        return [Cell.from_dict(unpack(parts.cell, parts.cell_json))]
    if not entry.after:
        return []
    olds = [before.cells[index] for index in entry.before]
    if entry.change is not Change.SPLIT:
        return [_patch_cell(olds[0], parts, _patch_source(olds, parts) if len(olds) > 1 else None)]
    whole = _patch_source(olds, parts)
    starts = [0, *parts.cuts]
    ends = [*(cut - 1 for cut in parts.cuts), len(whole)]
    sources = [whole[start:end] for start, end in zip(starts, ends, strict=True)]
    pieces = zip(parts.pieces, sources, strict=True)
    return [_patch_cell(olds[0], piece, source) for piece, source in pieces]


def _patch_source(olds: list[Cell], parts: CellParts) -> str:
    text = "\n".join([cell.source for cell in olds])
    return apply_lines(text, parts.source) if parts.source else text


def _patch_cell(cell: Cell, parts: CellParts, source: str | None) -> Cell:
    """Apply the parts of one entry to a cell; `source` overrides the source if it is given."""
    changes: dict[str, Any] = {}
    if source is not None:
        changes["source"] = source
    elif parts.source:
        changes["source"] = apply_lines(cell.source, parts.source)
    for key in ("cell_type", "id", "execution_count"):
        scalar = getattr(parts, key)
        if scalar is not None:
            gone = scalar.after is UNSET and scalar.after_json is UNSET
            changes[key] = ABSENT if gone else unpack(scalar.after, scalar.after_json)
    if parts.outputs:
        changes["outputs"] = apply_to_outputs(cell.outputs, parts.outputs)
    if parts.metadata:
        changes["metadata"] = apply(cell.metadata, parts.metadata)
    if parts.attachments:
        changes["attachments"] = apply(cell.attachments, parts.attachments)
    if parts.other:
        changes |= _patch_other(cell, parts.other, changes)
    return cell.replace(**changes) if changes else cell


def _patch_other(cell: Cell, ops: Sequence[PathOp], changes: dict[str, Any]) -> dict[str, Any]:
    whole = cell.to_dict() | {k: v for k, v in changes.items() if v is not ABSENT}
    after = apply(whole, ops)
    return {key: after.get(key, ABSENT) for key in _first_steps(ops)}


def _first_steps(ops: Sequence[PathOp]) -> dict[str, None]:
    """Return the members that operations change, each once, in order."""
    return dict.fromkeys(str(op.path[0]) for op in ops)


def change_top(before: Notebook, diff: NotebookDiff) -> dict[str, Any]:
    """Return what a diff makes of the notebook's metadata and other top-level members."""
    changes: dict[str, Any] = {}
    if diff.metadata:
        changes["metadata"] = apply(before.metadata, diff.metadata)
    if diff.notebook:
        after = apply(top_members(before), diff.notebook)
        for key in _first_steps(diff.notebook):
            value = after.get(key, ABSENT)
            if key == "metadata" and type(value) is dict:
                value = changes.get("metadata", value)
            changes[key] = value
    return changes
