"""JSON text put together without re-encoding what did not change.

A notebook is edited by replacing pieces of its text. `1e-09`, `\\u00e9` and a thirty-digit integer
stay as their author's tool wrote them, because nothing but the changed value is written anew.

(Reading doesn't come here: this module is imported when something is written.)
"""

from __future__ import annotations

import re

import msgspec

from nbvc.errors import NotebookError, RewriteRefusedError
from nbvc.lazy import compile_lazily
from nbvc.notebook.jsontext import decode, split_array, split_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.notebook.style import Style

_SPACE = compile_lazily(rb"[ \t\r\n]*")
_KEY = compile_lazily(rb'[ \t\r\n]*("(?:[^"\\]|\\.)*")[ \t\r\n]*:[ \t\r\n]*')
_NEXT = compile_lazily(rb"[ \t\r\n]*,")
_LONE_SURROGATE = compile_lazily("[\ud800-\udfff]")

Piece = tuple[bytes, "int | None"]
"""The text of one item, and which item of the old text it is or replaces, if any."""


class Member(msgspec.Struct, frozen=True):
    """Where one member of an object, or one element of an array, is in its text (byte offsets)."""

    key: str
    start: int
    value_start: int
    end: int


def locate_members(text: bytes) -> list[Member]:
    """Locate the members of a JSON object.

    Raises `RewriteRefusedError` if a key appears twice: writing would drop one of the values.
    """
    found: list[Member] = []
    position = text.index(b"{") + 1
    for key, raw in split_object(text).items():
        if found:
            position = _after_comma(text, position)
        match = _KEY.match(text, position)
        if match is None or (match[1] != _quote_key(key) and decode(match[1]) != key):
            raise _make_duplicate_error(key)
        end = match.end() + len(memoryview(raw))
        found.append(Member(key, match.start(1), match.end(), end))
        position = end
    space = _SPACE.match(text, position)
    if space is None or text[space.end() : space.end() + 1] != b"}":
        raise _make_duplicate_error(found[-1].key if found else "?")
    return found


def _quote_key(key: str) -> bytes:
    """Return a key as it mostly is in the text; half a surrogate pair is there escaped."""
    return b'"%b"' % key.encode(errors="backslashreplace")


def locate_elements(text: bytes) -> list[Member]:
    """Locate the elements of a JSON array (their `key` is empty)."""
    found: list[Member] = []
    position = text.index(b"[") + 1
    for raw in split_array(text):
        if found:
            position = _after_comma(text, position)
        space = _SPACE.match(text, position)
        start = space.end() if space else position
        position = start + len(memoryview(raw))
        found.append(Member("", start, start, position))
    return found


def _after_comma(text: bytes, position: int) -> int:
    comma = _NEXT.match(text, position)
    if comma is None:
        raise _make_duplicate_error("?")
    return comma.end()


def _make_duplicate_error(key: str) -> RewriteRefusedError:
    return RewriteRefusedError(
        f"a key appears twice in one JSON object (near {key!r}), and writing would drop one value",
        hint="remove the duplicate by hand first",
    )


def encode(value: Any, style: Style, depth: int) -> bytes:
    """Return the text of a new value as this file would write it, nested `depth` levels deep.

    Raises `NotebookError` for what is not JSON.
    """
    import json

    try:
        compact = json.dumps(
            value,
            ensure_ascii=style.ascii,
            separators=style.separators if style.one_line else (",", ":"),
        )
    except (TypeError, ValueError, RecursionError) as error:
        raise NotebookError(f"a notebook can hold nothing but JSON: {error}") from None
    if not compact.isascii():
        compact = _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", compact)
    text = compact.encode()
    return text if style.one_line else indent_json(text, style, depth)


def indent_json(text: bytes, style: Style, depth: int) -> bytes:
    """Return JSON text with this file's indentation and line ends; scalars are not re-encoded."""
    if style.one_line:
        return _on_one_line(text, style)
    try:
        pretty = msgspec.json.format(text, indent=1)
    except msgspec.DecodeError:
        pretty = _indent_slowly(text)
    if b"\n" not in pretty:
        return pretty
    unit = style.indent
    if unit != b" ":
        pretty = re.sub(rb"\n( +)", lambda found: b"\n" + unit * len(found[1]), pretty)
    return pretty.replace(b"\n", style.newline + unit * depth)


def _on_one_line(text: bytes, style: Style) -> bytes:
    try:
        return msgspec.json.format(text, indent=0 if style.separators[0] == ", " else -1)
    except msgspec.DecodeError:
        parts = {b",": style.separators[0].encode(), b":": style.separators[1].encode()}
        return b"".join(parts.get(token, token) for token in _split_tokens(text))


def _split_tokens(text: bytes) -> list[bytes]:
    return re.findall(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', text)


def _indent_slowly(text: bytes) -> bytes:
    """Indent text that msgspec refuses by its tokens (all strings and scalars stay as they are)."""
    out: list[bytes] = []
    depth = 0
    tokens = _split_tokens(text)
    for index, token in enumerate(tokens):
        if token in b"]}":
            depth -= 1
            empty = tokens[index - 1] in b"[{"
            out.append(token if empty else b"\n" + b" " * depth + token)
        elif token in b"[{":
            depth += 1
            filled = tokens[index + 1] not in (b"]", b"}")
            out.append(token + (b"\n" + b" " * depth if filled else b""))
        elif token == b",":
            out.append(b",\n" + b" " * depth)
        else:
            out.append(b": " if token == b":" else token)
    return b"".join(out)


def edit_object(text: bytes, changes: dict[str, bytes | None], style: Style, depth: int) -> bytes:
    """Return an object's text with members replaced, added (their new text) or dropped (None).

    `depth` is the object's own nesting level. A new key goes where a sorted object would have it,
    else to the end.
    """
    located = locate_members(text)
    order = [member.key for member in located]
    in_order = order == sorted(order)
    pieces: dict[str, Piece] = {}
    for index, member in enumerate(located):
        new = changes.get(member.key, b"")
        if new is not None:
            head = member.value_start if new else member.end
            pieces[member.key] = (text[member.start : head] + new, index)
    for key, new in changes.items():
        if new is not None and key not in order:
            pieces[key] = (encode(key, style, 0) + style.separators[1].encode() + new, None)
    keys = sorted(pieces) if in_order else pieces
    return _assemble(text, located, [pieces[key] for key in keys], style, depth)


def edit_array(text: bytes, pieces: list[Piece], style: Style, depth: int) -> bytes:
    """Return an array's text with other elements; neighbors that stay keep the space between them."""
    return _assemble(text, locate_elements(text), pieces, style, depth)


def _assemble(
    text: bytes, located: list[Member], pieces: list[Piece], style: Style, depth: int
) -> bytes:
    """Join pieces inside the brackets of `text`, with the gaps it already has or those of its style."""
    first = min(i for i in (text.find(b"{"), text.find(b"[")) if i >= 0) + 1
    closing = max(text.rfind(b"]"), text.rfind(b"}"))
    before, between, after = style.gaps(depth)
    if located:
        before = text[first : located[0].start]
        after = text[located[-1].end : closing]
    if len(located) > 1:
        between = text[located[0].end : located[1].start]
    out = [text[:first]]
    last: int | None = None
    for number, (piece, index) in enumerate(pieces):
        if not number:
            out.append(before)
        elif index and last == index - 1:
            out.append(text[located[last].end : located[index].start])
        else:
            out.append(between)
        out.append(piece)
        last = index
    if pieces:
        out.append(after)
    out.append(text[closing:])
    return b"".join(out)
