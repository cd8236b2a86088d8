"""What changed between two JSON values, as operations on paths.

    {"a": 1, "b": [1, 2]}  →  {"b": [1, 3, 2]}
    Remove(("a",)), Splice(("b",), before=(1, 1), after=(1, 2), value=[3])

Every index in a path counts in the value before. A text of several lines changes by lines.
"""

from __future__ import annotations

from nbvc.diffing.values import (
    Add,
    ChangedLines,
    EditLines,
    Remove,
    Replace,
    SameLines,
    Splice,
    pack,
    unpack,
)
from nbvc.errors import PatchError
from nbvc.notebook.jsontext import are_identical, item_key
from nbvc.sequence import find_opcodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.diffing.values import LineOp, Path, PathOp

_DEEPEST = 40
"""Deeper lists are replaced whole: each level is compared once to find whether it changed."""


def compare(before: Any, after: Any, path: Path = ()) -> tuple[PathOp, ...]:
    """Return the operations that turn `before` into `after`; none if they are identical."""
    if type(before) is dict and type(after) is dict:
        return _compare_members(before, after, path)
    if are_identical(before, after):
        return ()
    if type(before) is list and type(after) is list and len(path) < _DEEPEST:
        return _compare_items(before, after, path)
    if type(before) is str and type(after) is str and "\n" in before and "\n" in after:
        return (EditLines(path, line_ops(before, after)),)
    return (Replace(path, *pack(after)),)


def _compare_members(
    before: dict[str, Any], after: dict[str, Any], path: Path
) -> tuple[PathOp, ...]:
    ops: list[PathOp] = [Remove((*path, key)) for key in before if key not in after]
    for key, value in after.items():
        if key in before:
            ops += compare(before[key], value, (*path, key))
        else:
            ops.append(Add((*path, key), *pack(value)))
    return tuple(ops)


def _compare_items(before: list[Any], after: list[Any], path: Path) -> tuple[PathOp, ...]:
    ops: list[PathOp] = []
    for code in find_opcodes(
        [item_key(item) for item in before], [item_key(item) for item in after]
    ):
        if code.tag == "equal":
            continue
        same_length = code.a1 - code.a0 == code.b1 - code.b0
        ones, others = before[code.a0 : code.a1], after[code.b0 : code.b1]
        if same_length and all(map(_both_containers, ones, others)):
            for index, (one, other) in enumerate(zip(ones, others, strict=True), code.a0):
                ops += compare(one, other, (*path, index))
            continue
        ops.append(Splice(path, (code.a0, code.a1), (code.b0, code.b1), *pack(others)))
    return tuple(ops)


def _both_containers(one: Any, other: Any) -> bool:
    return type(one) is type(other) and type(one) in (dict, list)


# Lines


def lines_of(text: str) -> list[str]:
    """Return the lines of a text with their ends; only `\\n` ends a line."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def line_ops(before: str, after: str) -> tuple[LineOp, ...]:
    """Return the lines of both texts: those that are the same, and those that changed."""
    from nbvc.diffing.words import find_changed_words

    old, new = lines_of(before), lines_of(after)
    ops: list[LineOp] = []
    for code in find_opcodes(old, new):
        ranges = (code.a0, code.a1), (code.b0, code.b1)
        if code.tag == "equal":
            ops.append(SameLines(*ranges))
            continue
        removed, added = tuple(old[code.a0 : code.a1]), tuple(new[code.b0 : code.b1])
        words = find_changed_words("".join(removed), "".join(added)) if removed and added else None
        ops.append(ChangedLines(*ranges, removed, added, words))
    return tuple(ops)


def seen_ops(before: str, after: str) -> tuple[LineOp, ...]:
    """Return line operations as people see them: every line has an end, also the last one.

    A line that was added below the last one is then one line added; in `line_ops` the one above it,
    which got a line end, changed too. Texts that differ in their last line end differ in a line
    without anything in it. Nothing if the texts are the same.
    """
    if before == after:
        return ()
    return line_ops(before and f"{before}\n", after and f"{after}\n")


def apply_lines(before: str, ops: Sequence[LineOp]) -> str:
    """Return the text that line operations make of `before`.

    Raises `PatchError` if the lines they replace aren't there.
    """
    old = lines_of(before)
    out: list[str] = []
    for op in ops:
        lines = old[slice(*op.before)]
        match op:
            case SameLines():
                out += lines
            case ChangedLines():
                if tuple(lines) != op.removed:
                    raise PatchError(f"{_ANOTHER}: a line differs")
                out += op.added
    return "".join(out)


# Applying

_ANOTHER = "the diff was made from another notebook"


def apply(before: Any, ops: Sequence[PathOp], depth: int = 0) -> Any:
    """Return what the operations make of `before`, which isn't changed.

    `before` is what is at the first `depth` steps of every path. Raises `PatchError` if a path
    isn't there.
    """
    if not ops:
        return before
    for op in ops:
        if len(op.path) > depth:
            continue
        match op:
            case Replace():
                return unpack(op.value, op.json)
            case EditLines():
                if type(before) is not str:
                    raise PatchError(f"{_ANOTHER}: text is missing")
                return apply_lines(before, op.lines)
    if type(before) is dict:
        return _apply_to_members(before, ops, depth)
    if type(before) is list:
        return _apply_to_items(before, ops, depth)
    raise PatchError(f"{_ANOTHER}: a path leads nowhere")


def _apply_to_members(before: dict[str, Any], ops: Sequence[PathOp], depth: int) -> dict[str, Any]:
    after = dict(before)
    inner: dict[str, list[PathOp]] = {}
    for op in ops:
        key = op.path[depth]
        ends = len(op.path) == depth + 1
        if isinstance(op, Add) and ends and isinstance(key, str):
            after[key] = unpack(op.value, op.json)
        elif not isinstance(key, str) or key not in before:
            raise PatchError(f"{_ANOTHER}: there is no {key!r}")
        elif isinstance(op, Remove) and ends:
            del after[key]
        else:
            inner.setdefault(key, []).append(op)
    for key, nested in inner.items():
        after[key] = apply(before[key], nested, depth + 1)
    return after


def _apply_to_items(before: list[Any], ops: Sequence[PathOp], depth: int) -> list[Any]:
    inner: dict[str | int, list[PathOp]] = {}
    splices: list[Splice] = []
    for op in ops:
        if isinstance(op, Splice) and len(op.path) == depth:
            splices.append(op)
        else:
            inner.setdefault(op.path[depth], []).append(op)
    if any(type(index) is not int or not 0 <= index < len(before) for index in inner):
        raise PatchError(f"{_ANOTHER}: an item is missing")
    items = [
        apply(item, inner[i], depth + 1) if i in inner else item for i, item in enumerate(before)
    ]
    out: list[Any] = []
    position = 0
    for op in splices:
        start, end = op.before
        out += items[position:start]
        out += unpack(op.value, op.json)
        position = end
    return out + items[position:]
