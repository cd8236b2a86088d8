"""New text for a changed value: the old text with only the changed pieces replaced.

    old text   ["import numpy\\n",  "x = 1e-09\\n", "print(x)"]      new source  import numpy
    new text   ["import numpy\\n",  "x = 2\\n",     "print(x)"]                  x = 2
                                                                                print(x)

Each function takes the old text and the new value in memory form (text joined), and gives the new
text. Where nothing changed it gives the old text itself.
"""

from __future__ import annotations

from nbvc.notebook import multiline
from nbvc.notebook.jsonedit import edit_array, edit_object, encode, locate_elements, locate_members
from nbvc.notebook.jsontext import are_identical, decode, item_key
from nbvc.sequence import find_opcodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from nbvc.notebook.jsonedit import Piece
    from nbvc.notebook.style import Style

    Rewriter = Callable[[bytes, Any, Style, int], bytes]


def rewrite_value(text: bytes, value: Any, style: Style, depth: int) -> bytes:
    """Rewrite any JSON value; objects and arrays are followed into their items."""
    old = decode(text)
    if are_identical(old, value):
        return text
    if type(old) is dict and type(value) is dict:
        return _rewrite_members(text, value, style, depth, {})
    if type(old) is list and type(value) is list:
        return _rewrite_items(text, old, value, style, depth, rewrite_value)
    return encode(value, style, depth)


def rewrite_text(text: bytes, value: Any, style: Style, depth: int) -> bytes:
    """Rewrite multi-line text, which stays a list of lines or a string as the file has it."""
    old = decode(text)
    if type(value) is not str:
        return rewrite_value(text, value, style, depth)
    if multiline.join(old) == value:
        return text
    if type(old) is list and all(type(line) is str for line in old):
        lines = _lines_like(old, value)
        return _rewrite_items(text, old, lines, style, depth, rewrite_value)
    as_lines = style.text_as_lines and type(old) is not str
    return encode(multiline.split_lines(value) if as_lines else value, style, depth)


def _lines_like(old: list[Any], value: str) -> list[str]:
    """Split a text into lines, but where the old list was split otherwise keep what still fits."""
    if old == multiline.split_lines("".join(old)):
        return multiline.split_lines(value)
    head = start = 0
    while head < len(old) and value.startswith(old[head], start):
        start += len(old[head])
        head += 1
    tail, end = len(old), len(value)
    while tail > head and value.endswith(old[tail - 1], start, end):
        end -= len(old[tail - 1])
        tail -= 1
    if head == tail and start < end:
        if head > 0 and not old[head - 1].endswith("\n"):
            head -= 1
            start -= len(old[head])
        elif tail < len(old) and not value.endswith("\n", start, end):
            end += len(old[tail])
            tail += 1
    return [*old[:head], *multiline.split_lines(value[start:end]), *old[tail:]]


def rewrite_bundle(text: bytes, value: Any, style: Style, depth: int) -> bytes:
    """Rewrite a MIME bundle."""
    if type(value) is not dict or type(decode(text)) is not dict:
        return encode(_on_disk(multiline.split_bundle, value, style), style, depth)
    kinds: dict[str, Rewriter] = {
        mime: rewrite_text for mime in value if not multiline.is_json_mime(mime)
    }
    return _rewrite_members(text, value, style, depth, kinds)


def rewrite_output(text: bytes, value: Any, style: Style, depth: int) -> bytes:
    """Rewrite one output."""
    if type(value) is not dict or type(decode(text)) is not dict:
        return encode(_on_disk(multiline.split_output, value, style), style, depth)
    kinds: dict[str, Rewriter] = {"data": rewrite_bundle, "text": rewrite_text}
    return _rewrite_members(text, value, style, depth, kinds)


def rewrite_outputs(text: bytes, value: Any, style: Style, depth: int) -> bytes:
    """Rewrite a cell's list of outputs."""
    old = decode(text)
    if type(old) is not list or type(value) is not list:
        return rewrite_value(text, value, style, depth)
    multiline.join_outputs(old)
    if are_identical(old, value):
        return text
    return _rewrite_items(text, old, value, style, depth, rewrite_output)


def rewrite_attachments(text: bytes, value: Any, style: Style, depth: int) -> bytes:
    """Rewrite a cell's attachments."""
    if type(value) is not dict or type(decode(text)) is not dict:
        return rewrite_value(text, value, style, depth)
    return _rewrite_members(text, value, style, depth, dict.fromkeys(value, rewrite_bundle))


CELL_REWRITERS: dict[str, Rewriter] = {
    "source": rewrite_text,
    "outputs": rewrite_outputs,
    "attachments": rewrite_attachments,
}


def new_cell_value(key: str, value: Any, style: Style) -> Any:
    """Return the disk form of a value for a cell's key that the cell did not have."""
    split = multiline.split_cell if style.text_as_lines else dict
    return split({key: value})[key]


def _on_disk(split: Callable[[Any], Any], value: Any, style: Style) -> Any:
    return split(value) if style.text_as_lines else value


def _rewrite_members(
    text: bytes, value: dict[str, Any], style: Style, depth: int, kinds: dict[str, Rewriter]
) -> bytes:
    located = {member.key: text[member.value_start : member.end] for member in locate_members(text)}
    changes: dict[str, bytes | None] = {key: None for key in located if key not in value}
    for key, new in value.items():
        kind = kinds.get(key, rewrite_value)
        if key not in located:
            changes[key] = _write_fresh(kind, new, style, depth + 1)
            continue
        rewritten = kind(located[key], new, style, depth + 1)
        if rewritten is not located[key]:
            changes[key] = rewritten
    return edit_object(text, changes, style, depth) if changes else text


def _write_fresh(kind: Rewriter, value: Any, style: Style, depth: int) -> bytes:
    """Return the text of a value that had none before."""
    if style.text_as_lines:
        if kind is rewrite_text and type(value) is str:
            value = multiline.split_lines(value)
        elif kind is rewrite_bundle:
            value = multiline.split_bundle(value)
        elif kind is rewrite_output:
            value = multiline.split_output(value)
    return encode(value, style, depth)


def _rewrite_items(
    text: bytes, old: list[Any], value: list[Any], style: Style, depth: int, kind: Rewriter
) -> bytes:
    texts = [text[item.start : item.end] for item in locate_elements(text)]
    new: list[Piece] = []
    for code in find_opcodes([item_key(item) for item in old], [item_key(item) for item in value]):
        if code.tag == "equal":
            new += [(texts[index], index) for index in range(code.a0, code.a1)]
            continue
        paired = code.a1 - code.a0 == code.b1 - code.b0
        for index, item in enumerate(value[code.b0 : code.b1], code.a0):
            if paired:
                new.append((kind(texts[index], item, style, depth + 1), index))
            else:
                new.append((_write_fresh(kind, item, style, depth + 1), None))
    return edit_array(text, new, style, depth)
