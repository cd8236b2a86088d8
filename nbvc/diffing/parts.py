"""Inside a pair: what differs, and whether that counts."""

from __future__ import annotations

import msgspec
from msgspec.structs import asdict, replace

from nbvc.diffing.jsonops import compare, line_ops, packed, seen_ops
from nbvc.diffing.model import Change
from nbvc.diffing.outputs import output_entries, same_outputs, same_raw_outputs
from nbvc.diffing.policy import DiffPolicy, Part
from nbvc.normalising.metadata import find_noisy
from nbvc.normalising.noise import Level, read_language
from nbvc.notebook.cell import Cell
from nbvc.notebook.jsontext import Raw, decode, identical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from nbvc.notebook import Notebook

    Op = dict[str, Any]
    Parts = dict[str, Any]

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
    return bool(shown_cell_metadata(before, after, policy))


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
    if change is Change.UNCHANGED and alike(olds[0], news[0]):
        return {}
    names = _OF_SPLIT if change is Change.SPLIT else _OF_PAIR
    found = {name: part_of(name, change, olds, news, policy) for name in names}
    return {name: part for name, part in found.items() if part is not None}


def part_of(
    name: str, change: Change, olds: Sequence[Cell], news: Sequence[Cell], policy: DiffPolicy
) -> Any:
    """Return one part of what differs between linked cells, None where it is the same."""
    if not olds or not news or (len(olds) == len(news) == 1 and _same_text(olds[0], news[0])):
        return None
    if name in _LINES:
        text, new_text = (joined([cell.source for cell in cells]) for cells in (olds, news))
        return _LINES[name](text, new_text) if text != new_text else None
    if change is not Change.SPLIT:
        find = _FINDERS.get(name)
        return (find(olds[0], news[0], policy) or None) if find else None
    if name == "cuts":
        return cuts([cell.source for cell in news])
    return [_rest(olds[0], cell, policy) for cell in news] if name == "pieces" else None


def _same_text(before: Cell, after: Cell) -> bool:
    """Tell whether two cells are written alike to the last character, so that nothing is decoded."""
    return type(before) is type(after) is Cell and before.fields == after.fields


def alike(before: Cell, after: Cell) -> bool:
    """Tell whether two cells say the same in every part, noise and all."""
    if before.fields.keys() != after.fields.keys():
        return False
    if type(before) is type(after) is Cell:
        suspects = [key for key, raw in before.fields.items() if raw != after.fields[key]]
    else:
        suspects = [*before.fields]
    return not suspects or identical(before.to_dict(suspects), after.to_dict(suspects))


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
    found = {name: find(before, after, policy) for name, find in _FINDERS.items()}
    return {name: part for name, part in found.items() if part}


def _scalar_part(key: str) -> Callable[[Cell, Cell, DiffPolicy], Op]:
    def find(before: Cell, after: Cell, policy: DiffPolicy) -> Op:
        del policy
        same = (key in before.fields) == (key in after.fields)
        if same and identical(before.value(key), after.value(key)):
            return {}
        return _scalar(before, key, "before") | _scalar(after, key, "after")

    return find


def _outputs_part(before: Cell, after: Cell, policy: DiffPolicy) -> list[Op]:
    """Compare outputs; those of a cell that became text were removed, though it has no list of them."""
    if not all(
        "outputs" not in cell.fields or _as_known(cell, "outputs") for cell in (before, after)
    ):
        return []
    entries = output_entries(before.outputs, after.outputs, policy)
    return entries if any(e["change"] != "unchanged" or "ops" in e for e in entries) else []


def _metadata_part(before: Cell, after: Cell, policy: DiffPolicy) -> list[Op]:
    del policy
    known = _both_known(before, after, "metadata")
    return compare(before.metadata, after.metadata) if known else []


def _attachments_part(before: Cell, after: Cell, policy: DiffPolicy) -> list[Op]:
    del policy
    known = _both_known(before, after, "attachments")
    return compare(before.attachments, after.attachments) if known else []


def _other_part(before: Cell, after: Cell, policy: DiffPolicy) -> list[Op]:
    del policy
    odd = [key for key in _KINDS if not _both_known(before, after, key)]
    return compare(_odd_members(before, odd), _odd_members(after, odd))


_FINDERS: dict[str, Callable[[Cell, Cell, DiffPolicy], Any]] = {
    **{key: _scalar_part(key) for key in _SCALARS},
    "outputs": _outputs_part,
    "metadata": _metadata_part,
    "attachments": _attachments_part,
    "other": _other_part,
}
_LINES = {"source": line_ops, "lines": seen_ops}
_OF_PAIR = ("source", *_FINDERS)
_OF_SPLIT = ("source", "cuts", "pieces")

_KINDS = {"source": b'"[', "outputs": b"[", "metadata": b"{", "attachments": b"{"}


def _both_known(before: Cell, after: Cell, key: str) -> bool:
    """Tell whether both cells have a member, and in a form that the notebook format knows."""
    return _as_known(before, key) and _as_known(after, key)


def _as_known(cell: Cell, key: str) -> bool:
    raw = cell.fields.get(key)
    # What it begins with tells enough, and decodes nothing.
    return raw is not None and bytes(memoryview(raw)[:1]) in _KINDS[key]


def _odd_members(cell: Cell, odd: Sequence[str]) -> dict[str, Any]:
    """Return unknown members, and known ones that a cell lacks or has in an unknown form."""
    return cell.to_dict([key for key in cell.fields if key in odd or key not in _KNOWN_SET])


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


# What counts of metadata


def shown_cell_metadata(before: Cell, after: Cell, policy: DiffPolicy) -> list[Op]:
    """Return the operations on the metadata of a pair that count."""
    old, new = before.metadata, after.metadata
    find = policy.metadata.find_meant_cell
    meant = find(old, policy.languages[0]), find(new, policy.languages[1])
    return _shown_ops((old, new), meant, policy)


def shown_metadata(before: Notebook, after: Notebook, policy: DiffPolicy) -> list[Op]:
    """Return the operations on the notebooks' metadata that count; the language is under `language`."""
    old, new = before.metadata, after.metadata
    find = policy.metadata.find_meant_notebook
    return _shown_ops((old, new), (find(old), find(new)), policy)


def shown_members(before: Notebook, after: Notebook, policy: DiffPolicy) -> list[Op]:
    """Return the operations on the notebooks' other members that count."""
    old, new = top_members(before), top_members(after)
    noisy = find_noisy(Level.NOTEBOOK)
    one, other = ({k: v for k, v in side.items() if k not in noisy} for side in (old, new))
    return _shown_ops((old, new), (one, other), policy)


def _shown_ops(whole: tuple[Any, Any], meant: tuple[Any, Any], policy: DiffPolicy) -> list[Op]:
    """Return the operations that count: `meant` are both sides without noise."""
    if policy.counts(Part.METADATA):
        return compare(*whole) if policy.counts(Part.DETAILS) else compare(*meant)
    if not policy.counts(Part.DETAILS):
        return []
    loud = compare(*meant)
    return [op for op in compare(*whole) if op not in loud]


def find_languages(before: Notebook, after: Notebook, policy: DiffPolicy) -> DiffPolicy:
    """Return the policy with the languages of two notebooks."""
    languages = _read_language(before), _read_language(after)
    return policy if languages == policy.languages else replace(policy, languages=languages)


class _Places(msgspec.Struct):
    """Where the metadata of a notebook names its language."""

    kernelspec: Raw = Raw(b"null")
    language_info: Raw = Raw(b"null")
    language: Raw = Raw(b"null")


_PLACES = msgspec.json.Decoder(_Places)


def _read_language(notebook: Notebook) -> str:
    """Return the language of a notebook, decoding nothing else of its metadata."""
    try:
        found = _PLACES.decode(notebook.fields.get("metadata", b"{}"))
    except (msgspec.DecodeError, RecursionError):
        return read_language(notebook.metadata)
    return read_language({key: decode(raw) for key, raw in asdict(found).items()})
