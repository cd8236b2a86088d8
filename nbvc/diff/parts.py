"""Inside a pair: what differs, and whether that counts."""

from __future__ import annotations

from nbvc.diff.jsonops import compare, line_ops, packed
from nbvc.diff.model import Change
from nbvc.diff.outputs import output_entries, same_outputs, same_raw_outputs
from nbvc.diff.policy import DiffPolicy, Part
from nbvc.normalise import IGNORED, Level
from nbvc.notebook.cell import Cell
from nbvc.notebook.jsontext import identical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.notebook import Notebook

    Op = dict[str, Any]
    Parts = dict[str, Any]

_CELL_METADATA_NOISE = IGNORED[Level.CELL_METADATA]
_SCALARS = ("cell_type", "id", "execution_count")


def differs(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    """Tell whether two paired cells differ in a way that counts; stops at the first such difference."""
    old, new = before.fields, after.fields
    if type(before) is not type(after):
        suspects = _KNOWN
    elif old == new:
        return False
    else:
        suspects = tuple([key for key in _KNOWN if old.get(key) != new.get(key)])
    if not suspects or not old.keys() == new.keys() <= _KNOWN_SET:
        suspects += ("other",)
    return any(_DIFFERS[key](before, after, policy) for key in suspects)


def _source_differs(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    return policy.counts(Part.SOURCES) and before.source != after.source


def _type_differs(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    return policy.counts(Part.SOURCES) and before.cell_type != after.cell_type


def _outputs_differ(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    if policy.counts(Part.OUTPUTS) and not _same_outputs(before, after, policy):
        return True
    return policy.counts(Part.DETAILS) and bool(compare(before.outputs, after.outputs))


def _same_outputs(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    old, new = before.fields.get("outputs"), after.fields.get("outputs")
    if type(before) is type(after) is Cell and old is not None and new is not None:
        return same_raw_outputs(old, new, policy)
    return same_outputs(before.outputs, after.outputs, policy)


def _metadata_differs(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    ops = compare(before.metadata, after.metadata)
    noise = [op["path"][0] in _CELL_METADATA_NOISE for op in ops]
    loud = policy.counts(Part.METADATA) and False in noise
    return loud or (policy.counts(Part.DETAILS) and True in noise)


def _attachments_differ(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    return policy.counts(Part.ATTACHMENTS) and before.attachments != after.attachments


def _id_differs(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    return policy.counts(Part.ID) and before.id != after.id


def _count_differs(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    return policy.counts(Part.DETAILS) and before.execution_count != after.execution_count


def _other_differs(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    return policy.counts(Part.METADATA) and bool(compare(before.extra, after.extra))


_DIFFERS = {
    "source": _source_differs,
    "cell_type": _type_differs,
    "metadata": _metadata_differs,
    "outputs": _outputs_differ,
    "attachments": _attachments_differ,
    "id": _id_differs,
    "execution_count": _count_differs,
    "other": _other_differs,
}
_KNOWN = tuple(key for key in _DIFFERS if key != "other")
_KNOWN_SET = frozenset(_KNOWN)


def parts_of(
    change: Change, olds: Sequence[Cell], news: Sequence[Cell], policy: DiffPolicy
) -> Parts:
    """Return everything that differs between linked cells, by the names of the JSON format."""
    if change is Change.ADDED:
        return packed(news[0].to_dict(), "cell")
    if change is Change.REMOVED:
        return packed(olds[0].to_dict(), "cell")
    if len(olds) == len(news) == 1 and _same_text(olds[0], news[0]):
        return {}
    text, new_text = (joined([cell.source for cell in cells]) for cells in (olds, news))
    parts: Parts = {}
    if text != new_text:
        parts["source"] = line_ops(text, new_text)
    if change is not Change.SPLIT:
        return parts | _rest(olds[0], news[0], policy)
    parts["cuts"] = cuts([cell.source for cell in news])
    parts["pieces"] = [_rest(olds[0], cell, policy) for cell in news]
    return parts


def _same_text(before: Cell, after: Cell) -> bool:
    """Tell whether two cells are written alike to the last character, so that nothing is decoded."""
    return type(before) is type(after) is Cell and before.fields == after.fields


def joined(sources: Sequence[str]) -> str:
    """Return several sources as one text."""
    return "\n".join(sources)


def cuts(sources: Sequence[str]) -> list[int]:
    """Return where in the joined text every source but the first begins (character offsets)."""
    found, position = [], 0
    for source in sources[:-1]:
        position += len(source) + 1
        found.append(position)
    return found


def _rest(before: Cell, after: Cell, policy: DiffPolicy) -> Parts:
    """Return what differs beside the source."""
    old, new = before.fields, after.fields
    parts: Parts = {}
    for key in _SCALARS:
        one, other = before.value(key), after.value(key)
        if (key in old) != (key in new) or not identical(one, other):
            parts[key] = _scalar(before, key, "before") | _scalar(after, key, "after")
    odd = [key for key in _KINDS if not (_as_known(before, key) and _as_known(after, key))]
    if "outputs" not in odd:
        entries = output_entries(before.outputs, after.outputs, policy)
        if any(e["change"] != "unchanged" or "ops" in e for e in entries):
            parts["outputs"] = entries
    for key in ("metadata", "attachments"):
        ops = [] if key in odd else compare(getattr(before, key), getattr(after, key))
        parts |= {key: ops} if ops else {}
    other = compare(_odd_members(before, odd), _odd_members(after, odd))
    return parts | ({"other": other} if other else {})


_KINDS = {"source": (str, list), "outputs": (list,), "metadata": (dict,), "attachments": (dict,)}


def _as_known(cell: Cell, key: str) -> bool:
    return key in cell.fields and type(cell.value(key)) in _KINDS[key]


def _odd_members(cell: Cell, odd: Sequence[str]) -> dict[str, Any]:
    """Return unknown members, and known ones that a cell lacks or has in an unknown form."""
    whole = cell.to_dict()
    return {key: whole[key] for key in whole if key in odd or key not in _KNOWN_SET}


def _scalar(cell: Cell, key: str, side: str) -> Op:
    return packed(cell.value(key), side) if key in cell.fields else {}


def metadata_ops(before: Notebook, after: Notebook) -> list[Op]:
    """Compare the notebooks' metadata."""
    if before.fields.get("metadata") == after.fields.get("metadata"):
        return []
    return compare(before.metadata, after.metadata)


def notebook_ops(before: Notebook, after: Notebook) -> list[Op]:
    """Compare formats and unknown top-level members, and whether there is metadata at all."""
    return compare(top_members(before), top_members(after))


def top_members(notebook: Notebook) -> dict[str, Any]:
    """Return the top-level members; metadata that is an object is compared by itself."""
    top = {key: notebook.value(key) for key in notebook.fields}
    if type(top.get("metadata")) is dict:
        top["metadata"] = {}
    return top


def notebook_noise(op: Op, *, in_metadata: bool) -> bool:
    """Tell whether an operation on the notebook changes nothing but noise."""
    level = Level.NOTEBOOK_METADATA if in_metadata else Level.NOTEBOOK
    return op["path"][0] in IGNORED[level]
