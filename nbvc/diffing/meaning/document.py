"""JSON documents by path.

    {"encoding": {"x": {"field": "year"}}}     encoding.x.field: year → month

Objects by member, lists by a longest run of equal items, or by place if as many items differ so. Numbers
may differ within the tolerance; 1 and 1.0 are the same. Names that tools make up are noise: the
ids of widgets, the content hashes that Vega-Lite's data go by.
"""

from __future__ import annotations

from nbvc.diffing.meaning.masks import mask_text
from nbvc.diffing.meaning.model import MOST_LISTED, JsonMeaning, PathChange
from nbvc.diffing.meaning.numbers import close
from nbvc.diffing.meaning.text import format_count
from nbvc.lazy import compile_lazily
from nbvc.sequence import find_opcodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from typing import Any

    from nbvc.diffing.policy import DiffPolicy

    Path = tuple[str | int, ...]
    Stretch = tuple[int, int, int, int]
    """Where items differ: `before[b0:b1]` and `after[a0:a1]`."""

_MOST_VALUES = 1_000_000
_LONGEST_SHOWN = 60
_DEEPEST = 200
_ABSENT = object()


def compare_documents(
    before: Any, after: Any, policy: DiffPolicy, mime: str = "application/json"
) -> JsonMeaning:
    """Compare two JSON values."""
    before, after = (_parse_text(value) for value in (before, after))
    tidy = _TIDY.get(mime) or (_normalize_vega if mime.startswith("application/vnd.vega") else None)
    if tidy:
        before, after = tidy(before), tidy(after)
    walk = _DocumentComparer(policy)
    walk.compare(before, after, ())
    if walk.left <= 0:
        return JsonMeaning(same=False, summary="the data differ, and are too large to look into")
    if not walk.changed:
        return JsonMeaning(same=True, summary="the values are the same")
    first = walk.changes[0]
    if walk.changed == 1:
        summary = f"{format_path(first.path)}: {_format_change(first)}"
    else:
        summary = f"{format_count(walk.changed, 'value')} changed"
    return JsonMeaning(
        same=False, summary=summary, changed=walk.changed, changes=tuple(walk.changes)
    )


def format_path(path: Path) -> str:
    """Return a path as people write it: `data[0].y`."""
    text = ""
    for step in path:
        text += f"[{step}]" if type(step) is int else f".{step}"
    return text.removeprefix(".") or "the whole"


def _format_change(change: PathChange) -> str:
    if change.before is None:
        return f"{change.after} added"
    return (
        f"{change.before} removed" if change.after is None else f"{change.before} → {change.after}"
    )


def _parse_text(value: Any) -> Any:
    """Return the value of a text that is JSON, as some tools store it; any other as it is."""
    if type(value) is not str or value[:1] not in "{[" or not value:
        return value
    from nbvc.errors import NotebookError
    from nbvc.notebook.jsontext import decode

    try:
        return decode(value.encode())
    except (NotebookError, UnicodeEncodeError):
        return value


class _DocumentComparer:
    """Goes through two values side by side, a bounded number of steps.

    With `whether` it ends at the first change: that there is one is all that is asked for.
    """

    def __init__(
        self, policy: DiffPolicy, most: int = _MOST_VALUES, *, whether: bool = False
    ) -> None:
        self.policy = policy
        self.left = most
        self.whether = whether
        self.changed = 0
        self.changes: list[PathChange] = []

    def compare(self, before: Any, after: Any, path: Path) -> None:
        self.left -= 1
        if self.left <= 0 or before is after or (self.whether and self.changed):
            return
        if type(before) is type(after) is dict and len(path) < _DEEPEST:
            self._compare_members(before, after, path)
        elif type(before) is type(after) is list and len(path) < _DEEPEST:
            self._compare_items(before, after, path)
        elif not self._is_same(before, after):
            self._note_change(path, before, after)

    def _compare_members(self, before: dict[str, Any], after: dict[str, Any], path: Path) -> None:
        olds, news = _read_array(before), _read_array(after)
        if olds is not None and news is not None and before.get("shape") == after.get("shape"):
            self._compare_items(olds, news, path)
            return
        for key, value in before.items():
            if key in after:
                self.compare(value, after[key], (*path, key))
            else:
                self._note_change((*path, key), value, _ABSENT)
        for key, value in after.items():
            if key not in before:
                self._note_change((*path, key), _ABSENT, value)

    def _compare_items(self, before: list[Any], after: list[Any], path: Path) -> None:
        """Compare items that stay at their place, and note those that came and went."""
        if self.whether and len(before) != len(after):
            self.changed += 1
            return
        for b0, b1, a0, a1 in self._find_stretches(before, after):
            both = min(b1 - b0, a1 - a0)
            for at in range(both):
                self.compare(before[b0 + at], after[a0 + at], (*path, b0 + at))
            for at in range(b0 + both, b1):
                self._note_change((*path, at), before[at], _ABSENT)
            for at in range(a0 + both, a1):
                self._note_change((*path, at), _ABSENT, after[at])

    def _find_stretches(self, before: list[Any], after: list[Any]) -> list[Stretch]:
        """Return what differs of two lists, apart from a longest run of equal items."""
        lengths = len(before), len(after)
        if lengths[0] == lengths[1] and (self.whether or self.policy.tolerant or self.policy.masks):
            return [(0, lengths[0], 0, lengths[1])]
        head, least = 0, min(lengths)
        while head < least and self._are_alike(before[head], after[head]):
            head += 1
        tail = 0
        while tail < least - head and self._are_alike(before[-1 - tail], after[-1 - tail]):
            tail += 1
        b1, a1 = lengths[0] - tail, lengths[1] - tail
        self.left -= b1 + a1 - 2 * head
        if self.left <= 0:
            return []
        olds, news = (
            [_make_key(item) for item in side] for side in (before[head:b1], after[head:a1])
        )
        steps = [step for step in find_opcodes(olds, news) if step.tag != "equal"]
        changed = sum(max(step.a1 - step.a0, step.b1 - step.b0) for step in steps)
        differing = sum(one != other for one, other in zip(olds, news, strict=False))
        if lengths[0] == lengths[1] and differing <= 2 * changed:
            return [(head, b1, head, a1)]
        return [(head + s.a0, head + s.a1, head + s.b0, head + s.b1) for s in steps]

    def _are_alike(self, before: Any, after: Any) -> bool:
        """Return whether two items are the same, in steps that count."""
        most = min(self.left, 10_000)
        inner = _DocumentComparer(self.policy, most, whether=True)
        inner.compare(before, after, ())
        self.left -= most - inner.left
        return not inner.changed and inner.left > 0

    def _is_same(self, before: Any, after: Any) -> bool:
        if type(before) in (int, float) and type(after) in (int, float):
            return bool(before == after) or self._close(before, after)
        if type(before) is str and type(after) is str:
            if before == after:
                return True
            masks = self.policy.masks
            return bool(masks) and mask_text(before, masks) == mask_text(after, masks)
        return type(before) is type(after) and bool(before == after)

    def _close(self, before: float, after: float) -> bool:
        try:
            return close(float(before), float(after), self.policy)
        except OverflowError:
            return False

    def _note_change(self, path: Path, before: Any, after: Any) -> None:
        self.changed += 1
        if len(self.changes) < MOST_LISTED:
            old, new = (None if v is _ABSENT else summarize_value(v) for v in (before, after))
            self.changes.append(PathChange(path, old, new))


def _make_key(item: Any) -> Hashable:
    """Return what distinguishes items of a list; numbers that are equal may have different keys."""
    import json

    plain: Hashable = item if type(item) in (int, float, str) else None
    return ("json", json.dumps(item, sort_keys=True)) if plain is None else plain


def summarize_value(value: Any) -> str:
    """Return a value in a few characters: what it is, or how much is in it."""
    if type(value) is dict:
        return "{}" if not value else f"{{{format_count(len(value), 'member')}}}"
    if type(value) is list:
        plain = len(value) <= 8 and all(type(item) in (int, float, bool) for item in value)
        if not plain:
            return f"[{format_count(len(value), 'item')}]"
    import json

    text = value if type(value) is str and value else json.dumps(value, ensure_ascii=False)
    text = " ".join(text[: 4 * _LONGEST_SHOWN].split()) or json.dumps(text[:_LONGEST_SHOWN])
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


# What tools do with JSON

_TYPES = {
    "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "f4": "f", "f8": "d",
    "int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I",
    "float32": "f", "float64": "d", "uint8c": "B",
}  # fmt: skip


def _read_array(value: dict[str, Any]) -> list[Any] | None:
    """Return the numbers of an array that Plotly wrote as base64 of little-endian values."""
    if not (value.keys() <= {"dtype", "bdata", "shape"} and "bdata" in value):
        return None
    code = _TYPES.get(value.get("dtype", "")) if type(value.get("dtype")) is str else None
    if code is None or type(value["bdata"]) is not str:
        return None
    import sys
    from array import array
    from binascii import Error, a2b_base64

    try:
        numbers = array(code, a2b_base64(value["bdata"]))
    except (Error, ValueError, TypeError):
        return None
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()


_HASHED = compile_lazily(r"data-[0-9a-f]{32}")


def _normalize_vega(value: Any) -> Any:
    """Give Vega-Lite's data numbers in their order, in the place of hashes of their content."""
    if type(value) is not dict or type(value.get("datasets")) is not dict:
        return value
    hashed = [name for name in value["datasets"] if _HASHED.fullmatch(name)]
    names = {name: f"data-{number}" for number, name in enumerate(hashed, 1)}
    if not names:
        return value
    try:
        return _rename_data(value, names, 0)
    except RecursionError:
        return value


def _rename_data(value: Any, names: dict[str, str], depth: int) -> Any:
    if type(value) is dict and depth < 40:
        renamed: dict[str, Any] = {}
        for key, member in value.items():
            if key == "name" and type(member) is str:
                renamed[key] = names.get(member, member)
            elif key in names:
                renamed[names[key]] = member  # the rows, which hold no names of data
            else:
                renamed[key] = _rename_data(member, names, depth + 1)
        return renamed
    if type(value) is list and depth < 40:
        return [_rename_data(item, names, depth + 1) for item in value]
    return value


def _without_id(value: Any) -> Any:
    """Return a view of a widget without the id of its model, which is another with every run."""
    if type(value) is not dict:
        return value
    return {key: member for key, member in value.items() if key != "model_id"}


_TIDY: dict[str, Callable[[Any], Any]] = {
    "application/vnd.jupyter.widget-view+json": _without_id,
}
