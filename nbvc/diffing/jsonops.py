"""What changed between two JSON values, as operations on paths.

    {"a": 1, "b": [1, 2]}  →  {"b": [1, 3, 2]}
    [{"op": "remove", "path": ["a"]},
     {"op": "splice", "path": ["b"], "before": [1, 1], "after": [1, 2], "value": [3]}]

Every index in a path counts in the value before. Text of several lines changes by `lines`.
A value that strict JSON can't hold (NaN) stands as its text, in `json` instead of `value`.
"""

from __future__ import annotations

from nbvc.errors import PatchError
from nbvc.notebook.jsontext import identical, item_key
from nbvc.sequence import opcodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Op = dict[str, Any]
    Path = tuple[str | int, ...]

_DEEPEST = 40
"""Deeper lists are replaced whole: each level is compared once to tell whether it changed."""


def compare(before: Any, after: Any, path: Path = ()) -> list[Op]:
    """Return the operations that turn `before` into `after`; empty where they are identical."""
    if type(before) is dict and type(after) is dict:
        return _members(before, after, path)
    if identical(before, after):
        return []
    if type(before) is list and type(after) is list and len(path) < _DEEPEST:
        return _items(before, after, path)
    if type(before) is str and type(after) is str and "\n" in before and "\n" in after:
        return [{"op": "lines", "path": [*path], "lines": line_ops(before, after)}]
    return [_with_value({"op": "replace", "path": [*path]}, after)]


def _members(before: dict[str, Any], after: dict[str, Any], path: Path) -> list[Op]:
    ops: list[Op] = [{"op": "remove", "path": [*path, key]} for key in before if key not in after]
    for key, value in after.items():
        if key in before:
            ops += compare(before[key], value, (*path, key))
        else:
            ops.append(_with_value({"op": "add", "path": [*path, key]}, value))
    return ops


def _items(before: list[Any], after: list[Any], path: Path) -> list[Op]:
    ops: list[Op] = []
    for code in opcodes([item_key(item) for item in before], [item_key(item) for item in after]):
        if code.tag == "equal":
            continue
        same_length = code.a1 - code.a0 == code.b1 - code.b0
        ones, others = before[code.a0 : code.a1], after[code.b0 : code.b1]
        if same_length and all(map(_both_containers, ones, others)):
            for index, (one, other) in enumerate(zip(ones, others, strict=True), code.a0):
                ops += compare(one, other, (*path, index))
            continue
        op: Op = {"op": "splice", "path": [*path]}
        op |= {"before": [code.a0, code.a1], "after": [code.b0, code.b1]}
        ops.append(_with_value(op, others))
    return ops


def _both_containers(one: Any, other: Any) -> bool:
    return type(one) is type(other) and type(one) in (dict, list)


def _with_value(op: Op, value: Any) -> Op:
    return op | packed(value)


def packed(value: Any, name: str = "value") -> Op:
    """Return `{"value": …}`, or `{"json": its text}` for what strict JSON can't hold."""
    import json

    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return {"json" if name == "value" else f"{name}_json": json.dumps(value)}
    return {name: value}


def unpacked(op: Op, name: str = "value") -> Any:
    """Return the value that `packed` put into an operation.

    Raises `PatchError` where there is none.
    """
    import json

    if name in op:
        return op[name]
    text = op.get("json" if name == "value" else f"{name}_json")
    if type(text) is not str:
        raise PatchError(f"an operation of the diff has no {name}")
    return json.loads(text)


# Lines


def lines_of(text: str) -> list[str]:
    """Return the lines of a text with their ends; only `\\n` ends a line."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def line_ops(before: str, after: str) -> list[Op]:
    """Return line operations: `equal` and `replace` with what goes and what comes."""
    old, new = lines_of(before), lines_of(after)
    ops: list[Op] = []
    for code in opcodes(old, new):
        op: Op = {"op": "equal" if code.tag == "equal" else "replace"}
        op |= {"before": [code.a0, code.a1], "after": [code.b0, code.b1]}
        if code.tag != "equal":
            op |= {"removed": old[code.a0 : code.a1], "added": new[code.b0 : code.b1]}
        if code.tag == "replace":
            op |= _words(op["removed"], op["added"])
        ops.append(op)
    return ops


def seen_ops(before: str, after: str) -> list[Op]:
    """Return line operations as people see them: every line has an end, also the last one.

    A line that was added below the last one is then one line added; in `line_ops` the one above it,
    which got a line end, changed too. Texts that differ in their last line end differ in a line
    without anything in it. Nothing where the texts are the same.
    """
    if before == after:
        return []
    return line_ops(before and f"{before}\n", after and f"{after}\n")


def _words(removed: list[str], added: list[str]) -> Op:
    from nbvc.diffing.words import changed_words

    spans = changed_words("".join(removed), "".join(added))
    if spans is None:
        return {}
    return {"words": {"before": [[*s] for s in spans[0]], "after": [[*s] for s in spans[1]]}}


def apply_lines(before: str, ops: list[Op]) -> str:
    """Return the text that line operations make of `before`.

    Raises `PatchError` where the lines they replace aren't there.
    """
    old = lines_of(before)
    out: list[str] = []
    for op in ops:
        start, end = op["before"]
        if op["op"] == "equal":
            out += old[start:end]
        elif old[start:end] == op["removed"]:
            out += op["added"]
        else:
            raise PatchError("the diff was made from another notebook: a line isn't what it says")
    return "".join(out)


# Applying


def apply(before: Any, ops: list[Op]) -> Any:
    """Return what the operations make of `before`, which isn't changed.

    Raises `PatchError` where a path isn't there.
    """
    if not ops:
        return before
    here = [op for op in ops if not op["path"] and op["op"] != "splice"]
    for op in here:
        if op["op"] == "replace":
            return unpacked(op)
        if op["op"] == "lines":
            return apply_lines(_text(before), op["lines"])
    if type(before) is dict:
        return _apply_members(before, ops)
    if type(before) is list:
        return _apply_items(before, ops)
    raise PatchError("the diff was made from another notebook: a path leads nowhere")


def _text(value: Any) -> str:
    if type(value) is not str:
        raise PatchError("the diff was made from another notebook: text is missing")
    return value


def _apply_members(before: dict[str, Any], ops: list[Op]) -> dict[str, Any]:
    after = dict(before)
    inner: dict[str, list[Op]] = {}
    for op in ops:
        key, *rest = op["path"]
        if not rest and op["op"] == "add":
            after[key] = unpacked(op)
        elif not rest and op["op"] == "remove":
            if key not in after:
                raise PatchError(f"the diff was made from another notebook: there is no {key!r}")
            del after[key]
        else:
            inner.setdefault(key, []).append({**op, "path": rest})
    for key, nested in inner.items():
        if key not in before:
            raise PatchError(f"the diff was made from another notebook: there is no {key!r}")
        after[key] = apply(before[key], nested)
    return after


def _apply_items(before: list[Any], ops: list[Op]) -> list[Any]:
    inner: dict[int, list[Op]] = {}
    splices: list[Op] = []
    for op in ops:
        if op["op"] == "splice" and not op["path"]:
            splices.append(op)
        else:
            index, *rest = op["path"]
            inner.setdefault(index, []).append({**op, "path": rest})
    if any(type(index) is not int or not 0 <= index < len(before) for index in inner):
        raise PatchError("the diff was made from another notebook: an item is missing")
    items = [apply(item, inner[i]) if i in inner else item for i, item in enumerate(before)]
    out: list[Any] = []
    position = 0
    for op in splices:
        start, end = op["before"]
        out += items[position:start]
        out += unpacked(op)
        position = end
    return out + items[position:]
