"""A diff in the format of nbdime, which has no moves, splits or joins: written, and applied.

The operations are as small as the two notebooks allow: wherever a value can be patched or
replaced, the shorter text wins. Ops are dictionaries that also give their members as attributes,
since that is what `nbdime.patch` reads.

Source: nbdime's documentation of the diff format, and its schema.
"""

from __future__ import annotations

from nbvc.errors import PatchError
from nbvc.notebook.jsontext import are_identical, item_key
from nbvc.sequence import find_opcodes, heaviest_increasing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from nbvc.notebook import Cell, Notebook


class NbdimeOp(dict):  # type: ignore[type-arg]
    """One operation of nbdime's format."""

    def __getattr__(self, name: str) -> Any:
        """Return a member."""
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a member, as nbdime does on copies of its own."""
        self[name] = value


def to_nbdime(
    before: Notebook, after: Notebook, pairs: Sequence[tuple[int, int]]
) -> list[NbdimeOp]:
    """Return the operations that turn `before.to_dict()` into `after.to_dict()`.

    `pairs` are indices of cells that became each other.
    """
    old, new = before.to_dict(), after.to_dict()
    old_cells, new_cells = old.pop("cells"), new.pop("cells")
    ops = _diff_mapping(old, new)
    weighted = [(i, j, _measure_saving(before.cells[i], after.cells[j])) for i, j in pairs]
    cell_ops = _diff_sequence(old_cells, new_cells, heaviest_increasing(weighted))
    if cell_ops:
        ops.append(NbdimeOp(op="patch", key="cells", diff=cell_ops))
    return sorted(ops, key=lambda op: str(op["key"]))


def _measure_saving(before: Cell, after: Cell) -> float:
    """Return about how much a patch of this pair saves; cells out of order are rewritten."""
    old = before.fields
    return 1 + sum(len(memoryview(raw)) for key, raw in after.fields.items() if old.get(key) == raw)


def _diff_sequence(old: list[Any], new: list[Any], pairs: list[tuple[int, int]]) -> list[NbdimeOp]:
    """Return operations on a list of which these pairs are to be patched."""
    ops: list[NbdimeOp] = []
    i = j = 0
    for x, y in pairs:
        _put(ops, i, x - i, new[j:y])
        inner = _diff_value(old[x], new[y])
        beside = x > i or y > j
        spare = _measure_size(new[y]) + (0 if beside else _REPLACE) - _PATCH if inner else 0
        if inner is None or (inner and _measure_size(inner) > spare):
            _put(ops, x, 1, [new[y]])
        elif inner:
            ops.append(NbdimeOp(op="patch", key=x, diff=inner))
        i, j = x + 1, y + 1
    _put(ops, i, len(old) - i, new[j:])
    return _merge_neighbors(ops)


def apply_ops(value: Any, ops: Any) -> Any:
    """Return a JSON value after operations of nbdime; a text is a sequence of lines to them.

    Raises `PatchError` if they don't fit the value.
    """
    try:
        if type(value) is dict:
            return _apply_to_mapping(value, ops)
        if type(value) is str:
            lines = value.splitlines(keepends=True)
            return "".join(_apply_to_sequence(lines, ops, _apply_to_line))
        return _apply_to_sequence(value, ops, apply_ops)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise PatchError(f"nbdime's diff can't be applied: {error!r}") from None


def _apply_to_mapping(value: dict[str, Any], ops: Any) -> dict[str, Any]:
    result = dict(value)
    for op in ops:
        key, kind = op["key"], op["op"]
        if (kind == "add") == (key in value):
            raise ValueError(f"{kind} {key}")
        if kind == "remove":
            del result[key]
        elif kind == "patch":
            result[key] = apply_ops(value[key], op["diff"])
        elif kind in {"add", "replace"}:
            result[key] = op["value"]
        else:
            raise ValueError(kind)
    return result


def _apply_to_sequence(
    items: Sequence[Any], ops: Any, inner: Callable[[Any, Any], Any]
) -> list[Any]:
    """Return a list after operations, which come in its order."""
    result: list[Any] = []
    at = 0
    for op in ops:
        key, kind = op["key"], op["op"]
        if not at <= key <= len(items):
            raise IndexError(key)
        result += items[at:key]
        at = key
        if kind == "addrange":
            result += op["valuelist"]
        elif kind == "removerange":
            at += op["length"]
        elif kind == "patch":
            result.append(inner(items[key], op["diff"]))
            at += 1
        else:
            raise ValueError(kind)
        if at > len(items):
            raise IndexError(at)
    return [*result, *items[at:]]


def _apply_to_line(line: str, ops: Any) -> str:
    return "".join(_apply_to_sequence(line, ops, apply_ops))


_PATCH = 40
"""About how long a patch operation is beside its diff, as JSON."""
_REPLACE = 90
"""About how long the operations of a replacement are beside the value; neighbors share them."""


def _put(ops: list[NbdimeOp], key: int, length: int, values: list[Any]) -> None:
    if values:
        ops.append(NbdimeOp(op="addrange", key=key, valuelist=values))
    if length:
        ops.append(NbdimeOp(op="removerange", key=key, length=length))


def _merge_neighbors(ops: list[NbdimeOp]) -> list[NbdimeOp]:
    """Join neighboring removals, and additions at one place."""
    merged: list[NbdimeOp] = []
    for op in ops:
        adds = [m for m in merged[-2:] if m["op"] == "addrange"]
        gone = merged[-1] if merged and merged[-1]["op"] == "removerange" else None
        if gone is not None and gone["key"] + gone["length"] == op["key"] and op["op"] != "patch":
            if op["op"] == "removerange":
                gone["length"] += op["length"]
            elif adds and adds[-1]["key"] == gone["key"]:
                adds[-1]["valuelist"] = adds[-1]["valuelist"] + op["valuelist"]
            else:
                merged.insert(
                    -1, NbdimeOp(op="addrange", key=gone["key"], valuelist=op["valuelist"])
                )
        else:
            merged.append(op)
    return merged


def _diff_value(old: Any, new: Any) -> list[NbdimeOp] | None:
    """Return a patch of one value; empty if it is the same, None if it must be replaced."""
    if type(old) is dict and type(new) is dict:
        return _diff_mapping(old, new)
    if are_identical(old, new):
        return []
    if type(old) is list and type(new) is list:
        return _list(old, new)
    if type(old) is str and type(new) is str:
        return _diff_text(old, new)
    return None


def _diff_mapping(old: dict[str, Any], new: dict[str, Any]) -> list[NbdimeOp]:
    ops = [NbdimeOp(op="remove", key=key) for key in old if key not in new]
    for key, value in new.items():
        if key not in old:
            ops.append(NbdimeOp(op="add", key=key, value=value))
            continue
        inner = _diff_value(old[key], value)
        if inner is None or (inner and _measure_size(inner) > _measure_size(value)):
            ops.append(NbdimeOp(op="replace", key=key, value=value))
        elif inner:
            ops.append(NbdimeOp(op="patch", key=key, diff=inner))
    return sorted(ops, key=lambda op: str(op["key"]))


def _list(old: list[Any], new: list[Any]) -> list[NbdimeOp]:
    pairs: list[tuple[int, int]] = []
    for code in find_opcodes([item_key(item) for item in old], [item_key(item) for item in new]):
        if code.tag == "equal":
            pairs += zip(range(code.a0, code.a1), range(code.b0, code.b1), strict=True)
        elif code.tag == "replace":
            pairs += _find_patchable(old, new, (code.a0, code.a1, code.b0, code.b1))
    return _diff_sequence(old, new, pairs)


def _find_patchable(
    old: list[Any], new: list[Any], span: tuple[int, int, int, int]
) -> list[tuple[int, int]]:
    """Pair items of a replaced stretch in order where patching one is shorter than replacing it."""
    i0, i1, j0, j1 = span
    pairs = []
    for i, j in zip(range(i0, i1), range(j0, j1), strict=False):
        inner = _diff_value(old[i], new[j]) if type(old[i]) in (dict, list) else None
        if inner and _measure_size(inner) < _measure_size(new[j]):
            pairs.append((i, j))
    return pairs


def _diff_text(old: str, new: str) -> list[NbdimeOp] | None:
    """Return line operations; a changed line becomes character operations where those are shorter."""
    lines, others = old.splitlines(keepends=True), new.splitlines(keepends=True)
    ops: list[NbdimeOp] = []
    for code in find_opcodes(lines, others):
        if code.tag == "equal":
            continue
        gone, come = lines[code.a0 : code.a1], others[code.b0 : code.b1]
        if len(gone) == len(come):
            _replace_lines(ops, code.a0, gone, come)
        else:
            _put(ops, code.a0, len(gone), come)
    return _merge_neighbors(ops)


def _replace_lines(ops: list[NbdimeOp], key: int, gone: list[str], come: list[str]) -> None:
    for index, (line, other) in enumerate(zip(gone, come, strict=True), key):
        inner = _diff_characters(line, other)
        if inner and _measure_size(inner) + 30 < len(other) + 60:
            ops.append(NbdimeOp(op="patch", key=index, diff=inner))
        else:
            _put(ops, index, 1, [other])


_LONGEST = 2000


def _diff_characters(old: str, new: str) -> list[NbdimeOp]:
    """Return character operations; of a long line only its middle is replaced."""
    if max(len(old), len(new)) > _LONGEST:
        return _diff_middle(old, new)
    ops: list[NbdimeOp] = []
    for code in find_opcodes(old, new):
        if code.tag != "equal":
            if code.b0 < code.b1:
                ops.append(NbdimeOp(op="addrange", key=code.a0, valuelist=new[code.b0 : code.b1]))
            if code.a0 < code.a1:
                ops.append(NbdimeOp(op="removerange", key=code.a0, length=code.a1 - code.a0))
    middle = _diff_middle(old, new)
    return middle if _measure_size(middle) <= _measure_size(ops) else ops


def _diff_middle(old: str, new: str) -> list[NbdimeOp]:
    from os.path import commonprefix

    head = len(commonprefix((old, new)))
    tail = min(len(commonprefix((old[::-1], new[::-1]))), len(old) - head, len(new) - head)
    ops: list[NbdimeOp] = []
    if head < len(new) - tail:
        ops.append(NbdimeOp(op="addrange", key=head, valuelist=new[head : len(new) - tail]))
    if head < len(old) - tail:
        ops.append(NbdimeOp(op="removerange", key=head, length=len(old) - tail - head))
    return ops


def _measure_size(value: Any) -> int:
    """Return how long a value is as JSON."""
    import json

    return len(json.dumps(value))
