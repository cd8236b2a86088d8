"""Three JSON values to one, without conflicts: metadata by key, outputs by who owns them.

Where both sides changed a value to different ones, the choice looks at the values alone and not at
which side has them: merging the other way round gives the same.
"""

from __future__ import annotations

from nbvc.merging.chunks import merge_chunks
from nbvc.notebook import ABSENT
from nbvc.notebook.jsontext import are_identical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from nbvc.notebook import Cell, Notebook

WHOLE = frozenset(("kernelspec", "language_info", "widgets", "signature", "interpreter"))
"""Keys whose parts belong together: one side's or the other's, never a mixture."""
BY_NAME = frozenset(("tags",))
"""Keys of lists in which the order says nothing, and each name is once."""
_NAMES = ("id", "name", "key")
"""Keys that identify an object in a list."""
_DEEPEST = 50


def is_same(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON, or both absent."""
    if one is ABSENT or other is ABSENT:
        return one is other
    return are_identical(one, other)


def same_cell(one: Cell, other: Cell) -> bool:
    """Return whether two cells have the same content; long members are compared last."""
    if one is other or one.fields == other.fields:
        return True
    if one.fields.keys() != other.fields.keys():
        return False
    apart = [key for key, raw in one.fields.items() if raw != other.fields[key]]
    if "source" in apart and one.source != other.source:
        return False
    apart.sort(key=lambda key: key == "outputs")
    return all(_same_member(one, other, key) for key in apart if key != "source")


def _same_member(one: Cell, other: Cell, key: str) -> bool:
    if key == "outputs":
        return are_identical(one.outputs, other.outputs)
    if key == "attachments":
        return are_identical(one.attachments, other.attachments)
    return are_identical(one.value(key), other.value(key))


def same_notebook(one: Notebook, other: Notebook) -> bool:
    """Return whether two notebooks have the same content; the first difference is enough."""
    if one.text == other.text:
        return True
    if len(one.cells) != len(other.cells) or one.fields.keys() != other.fields.keys():
        return False
    return all(map(same_cell, one.cells, other.cells)) and all(
        raw == other.fields[key] or are_identical(one.value(key), other.value(key))
        for key, raw in one.fields.items()
    )


def merge_mapping(
    base: Mapping[str, Any], local: Mapping[str, Any], remote: Mapping[str, Any], depth: int = 0
) -> tuple[dict[str, Any], list[str]]:
    """Return the merged mapping, in local's key order, and the keys that both sides changed apart."""
    merged: dict[str, Any] = {}
    apart: list[str] = []
    for key in dict.fromkeys((*local, *remote)):
        old, mine, theirs = (side.get(key, ABSENT) for side in (base, local, remote))
        value, clear = _merge_value(key, old, mine, theirs, depth)
        if value is not ABSENT:
            merged[key] = value
        if not clear:
            apart.append(key)
    return merged, apart


def _merge_value(key: str, old: Any, mine: Any, theirs: Any, depth: int) -> tuple[Any, bool]:
    if is_same(mine, theirs) or is_same(old, theirs):
        return mine, True
    if is_same(old, mine):
        return theirs, True
    if mine is ABSENT or theirs is ABSENT:
        return (theirs if mine is ABSENT else mine), False
    if type(mine) is type(theirs) is dict and key not in WHOLE and depth < _DEEPEST:
        before = old if type(old) is dict else {}
        value, apart = merge_mapping(before, mine, theirs, depth + 1)
        return value, not apart
    if type(mine) is list and type(theirs) is list:
        return _merge_list(key, old if type(old) is list else [], mine, theirs, depth)
    return choose_preferred(mine, theirs), False


def _merge_list(
    key: str, old: list[Any], mine: list[Any], theirs: list[Any], depth: int
) -> tuple[list[Any], bool]:
    if key in BY_NAME and all(type(item) is str for item in (*mine, *theirs)):
        return _merge_names(old, mine, theirs), True
    return _merge_items(old, mine, theirs, depth)


def _merge_names(old: list[Any], mine: list[Any], theirs: list[Any]) -> list[Any]:
    """Merge lists of names: what one side took away goes, what either added comes."""
    kept = [item for item in mine if item in theirs or item not in old]
    return kept + [item for item in theirs if item not in mine and item not in old]


def _merge_items(
    old: list[Any], mine: list[Any], theirs: list[Any], depth: int
) -> tuple[list[Any], bool]:
    """Merge lists in order as lines of a source are; the bool says whether no item was open."""
    texts = [[_write(item) for item in side] for side in (old, mine, theirs)]
    items = {
        text: item
        for line, side in zip(texts, (old, mine, theirs), strict=True)
        for text, item in zip(line, side, strict=True)
    }
    merged: list[Any] = []
    clear = True
    for chunk in merge_chunks(texts[0], texts[1], texts[2], None).chunks:
        if chunk.remote is None:
            merged += (items[text] for text in chunk.lines)
            continue
        before, ours, others = (
            [items[text] for text in side] for side in (chunk.base, chunk.lines, chunk.remote)
        )
        found, sure = _merge_open_items(before, ours, others, depth)
        merged += found
        clear = clear and sure
    return merged, clear


def _merge_open_items(
    old: list[Any], mine: list[Any], theirs: list[Any], depth: int
) -> tuple[list[Any], bool]:
    """Merge items of one place: objects by key, what both put in one behind the other."""
    if len(mine) == len(theirs) == (len(old) or len(mine)) and depth < _DEEPEST:
        pairs = list(zip(mine, theirs, strict=True))
        if all(_is_one_object(*pair, edited=bool(old)) for pair in pairs):
            before = old or [{}] * len(mine)
            found = [
                merge_mapping(one if type(one) is dict else {}, *pair, depth + 1)
                for one, pair in zip(before, pairs, strict=True)
            ]
            return [value for value, _ in found], not any(apart for _, apart in found)
    if not old:
        return [*mine, *theirs], True
    return choose_preferred(mine, theirs), False


def _is_one_object(mine: Any, theirs: Any, *, edited: bool) -> bool:
    """Return whether two items are one object: edited from one, or of one name."""
    if type(mine) is not dict or type(theirs) is not dict:
        return False
    return edited or any(key in mine and mine[key] == theirs.get(key) for key in _NAMES)


def choose_preferred(mine: Any, theirs: Any) -> Any:
    """Return one of two values by what they are: the one that says more, then the later in order."""
    return max((mine, theirs), key=_weigh_value)


def _weigh_value(value: Any) -> tuple[int, str]:
    text = _write(value)
    return len(text), text


def _write(value: Any) -> str:
    import json

    return json.dumps(value, sort_keys=True)


def choose_outputs(mine: list[Any], theirs: list[Any]) -> list[Any]:
    """Return one of two runs' outputs: rather one without an error, then the one that says more."""
    return max((mine, theirs), key=_run_weight)


def _run_weight(outputs: list[Any]) -> tuple[bool, tuple[int, str]]:
    failed = any(type(item) is dict and item.get("output_type") == "error" for item in outputs)
    return not failed, _weigh_value(outputs)


def unite_outputs(mine: list[Any], theirs: list[Any]) -> list[Any]:
    """Return all outputs of one side, then those of the other that are not among them."""
    return [*mine, *(item for item in theirs if not any(are_identical(item, own) for own in mine))]
