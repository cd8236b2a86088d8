"""A notebook and a diff to the other notebook."""

from __future__ import annotations

from nbvc.diffing.jsonops import apply, apply_lines, unpacked
from nbvc.diffing.model import Change
from nbvc.diffing.outputs import apply_entries
from nbvc.diffing.parts import joined, top_members
from nbvc.errors import PatchError
from nbvc.notebook import ABSENT, Cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.diffing.model import CellDiff, NotebookDiff
    from nbvc.notebook import Notebook

    Parts = dict[str, Any]


def patch(before: Notebook, diff: NotebookDiff) -> Notebook:
    """Return the notebook that `diff` makes of `before`; see `nbvc.diffing.patch`."""
    try:
        return _patched(before, diff)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise PatchError(f"the diff can't be applied: {error!r}") from None


def _patched(before: Notebook, diff: NotebookDiff) -> Notebook:
    _check_cover(before, diff)
    made: dict[int, Cell] = {}
    for entry in diff.cells:
        made.update(zip(entry.after, _cells(before, entry), strict=True))
    cells = [made[index] for index in range(len(made))]
    return before.with_cells(cells).replace(**_top_changes(before, diff))


def _check_cover(before: Notebook, diff: NotebookDiff) -> None:
    used = sorted(index for entry in diff.cells for index in entry.before)
    if used != list(range(len(before.cells))):
        raise PatchError(
            f"the diff was made from another notebook: it speaks of {len(used)} cells,"
            f" this one has {len(before.cells)}"
        )


def _cells(before: Notebook, entry: CellDiff) -> list[Cell]:
    if entry.change is Change.ADDED:
        return [Cell.from_dict(unpacked(entry.parts, "cell"))]
    if not entry.after:
        return []
    olds = [before.cells[index] for index in entry.before]
    if entry.change is not Change.SPLIT:
        text = _source(olds, entry.parts)
        return [_changed(olds[0], entry.parts, text if len(olds) > 1 else None)]
    whole = _source(olds, entry.parts)
    starts = [0, *entry.parts["cuts"]]
    ends = [*(cut - 1 for cut in entry.parts["cuts"]), len(whole)]
    sources = [whole[start:end] for start, end in zip(starts, ends, strict=True)]
    pieces = zip(entry.parts["pieces"], sources, strict=True)
    return [_changed(olds[0], piece, source) for piece, source in pieces]


def _source(olds: list[Cell], parts: Parts) -> str:
    text = joined([cell.source for cell in olds])
    return apply_lines(text, parts["source"]) if "source" in parts else text


def _changed(cell: Cell, parts: Parts, source: str | None) -> Cell:
    """Apply the parts of one entry to a cell; `source` overrides the source where it is given."""
    changes: dict[str, Any] = {}
    if source is not None:
        changes["source"] = source
    elif "source" in parts:
        changes["source"] = apply_lines(cell.source, parts["source"])
    for key in ("cell_type", "id", "execution_count"):
        if key in parts:
            gone = "after" not in parts[key] and "after_json" not in parts[key]
            changes[key] = ABSENT if gone else unpacked(parts[key], "after")
    if "outputs" in parts:
        changes["outputs"] = apply_entries(cell.outputs, parts["outputs"])
    for key in ("metadata", "attachments"):
        if key in parts:
            changes[key] = apply(getattr(cell, key), parts[key])
    if "other" in parts:
        changes |= _other(cell, parts["other"], changes)
    return cell.replace(**changes) if changes else cell


def _other(cell: Cell, ops: list[dict[str, Any]], changes: dict[str, Any]) -> dict[str, Any]:
    whole = cell.to_dict() | {k: v for k, v in changes.items() if v is not ABSENT}
    after = apply(whole, ops)
    touched = {op["path"][0] for op in ops}
    return {key: after.get(key, ABSENT) for key in touched}


def _top_changes(before: Notebook, diff: NotebookDiff) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if diff.metadata:
        changes["metadata"] = apply(before.metadata, diff.metadata)
    if diff.notebook:
        after = apply(top_members(before), diff.notebook)
        changes |= {
            op["path"][0]: after.get(op["path"][0], ABSENT)
            for op in diff.notebook
            if op["path"][0] != "metadata"
        }
        if any(op["path"][0] == "metadata" for op in diff.notebook):
            said = after.get("metadata", ABSENT)
            changes["metadata"] = changes.get("metadata", said) if type(said) is dict else said
    return changes
