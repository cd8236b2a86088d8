"""JSON as text: take it apart and put it together without re-encoding what did not change.

A notebook is edited by replacing pieces of its text. `1e-09`, `\\u00e9` and a thirty-digit integer
stay as their author's tool wrote them, because nothing but the changed value is written anew.

msgspec does the work in C and accepts nearly all notebooks. What it refuses and the standard
library takes (NaN, Infinity, 1e400, lone surrogates) goes a slower way with the same result.
"""

from __future__ import annotations

import re

import msgspec

from nbvc.errors import NotebookError, RewriteRefusedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from nbvc.notebook.style import Style

Raw = msgspec.Raw
"""The text of one JSON value, a view into the bytes it was read from."""

_VALUE: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_ARRAY = msgspec.json.Decoder(list[Raw])
_OBJECTS = msgspec.json.Decoder(list[dict[str, Raw]])

_SPACE = re.compile(rb"[ \t\r\n]*")
_KEY = re.compile(rb'[ \t\r\n]*("(?:[^"\\]|\\.)*")[ \t\r\n]*:[ \t\r\n]*')
_NEXT = re.compile(rb"[ \t\r\n]*,")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(text: Raw | bytes) -> Any:
    """Return the Python value of one JSON text.

    Raises `NotebookError` for a value that Python can't hold: nested too deeply, or an integer
    longer than `sys.get_int_max_str_digits()`.
    """
    try:
        return _VALUE.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return _decode_slowly(bytes(text))


def _decode_slowly(text: bytes) -> Any:
    import json

    try:
        return json.loads(text)
    except RecursionError:
        raise NotebookError("JSON is nested too deeply") from None
    except ValueError as error:
        raise NotebookError(f"JSON can't be read: {error}") from None


def split_object(text: Raw | bytes) -> dict[str, Raw]:
    """Return the members of a JSON object, in file order, each still as text.

    Of a key that stands twice the last value wins. Raises `NotebookError` where `text` is no object.
    """
    try:
        return _OBJECT.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return {key: Raw(value) for key, value in _scan(bytes(text), b"{")}


class _Top(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A notebook with the usual members and no other."""

    cells: list[dict[str, Raw]]
    metadata: Raw
    nbformat: Raw
    nbformat_minor: Raw


_TOP = msgspec.json.Decoder(_Top)


def split_notebook(text: bytes) -> tuple[dict[str, Raw], list[dict[str, Raw]]] | None:
    """Return the members of a notebook but its cells, and those of its cells, read at one go.

    None where it isn't one that has the usual members and no other.
    """
    try:
        top = _TOP.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    fields = {
        "metadata": top.metadata,
        "nbformat": top.nbformat,
        "nbformat_minor": top.nbformat_minor,
    }
    return fields, top.cells


def split_array(text: Raw | bytes) -> list[Raw]:
    """Return the elements of a JSON array, each still as text.

    Raises `NotebookError` where `text` is no array.
    """
    try:
        return _ARRAY.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return [Raw(value) for _, value in _scan(bytes(text), b"[")]


def split_objects(text: Raw | bytes) -> list[dict[str, Raw]]:
    """Return the members of every object in a JSON array of objects, each still as text.

    Raises `NotebookError` where `text` is no array, or an element is no object.
    """
    try:
        return _OBJECTS.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return [split_object(element) for element in split_array(text)]


def _scan(text: bytes, opening: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield key (empty in an array) and value text by the standard library's scanner."""
    import json
    from json.decoder import scanstring

    value = _decode_slowly(text)
    if not isinstance(value, dict if opening == b"{" else list):
        kind = "object" if opening == b"{" else "array"
        raise NotebookError(f"expected a JSON {kind}, found {type(value).__name__}")
    if not value:
        return
    document = text.decode()
    scan_once: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once
    space = re.compile(r"[ \t\r\n]*")

    def skip(position: int) -> int:
        found = space.match(document, position)
        return found.end() if found else position

    position = skip(0) + 1
    while True:
        position, key = skip(position), ""
        if opening == b"{":
            key, position = scanstring(document, position + 1)
            position = skip(skip(position) + 1)
        _, end = scan_once(document, position)
        yield key, document[position:end].encode()
        position = skip(end)
        if document[position] != ",":
            return
        position += 1


Piece = tuple[bytes, "int | None"]
"""The text of one item, and which item of the old text it is or replaces, if any."""


class Member(msgspec.Struct, frozen=True):
    """Where one member of an object, or one element of an array, stands in its text (byte offsets)."""

    key: str
    start: int
    value_start: int
    end: int


def members(text: bytes) -> list[Member]:
    """Locate the members of a JSON object.

    Raises `RewriteRefusedError` where a key stands twice: writing would drop one of the values.
    """
    found: list[Member] = []
    position = text.index(b"{") + 1
    for key, raw in split_object(text).items():
        if found:
            position = _after_comma(text, position)
        match = _KEY.match(text, position)
        if match is None or (match[1] != b'"%b"' % key.encode() and decode(match[1]) != key):
            raise _duplicate(key)
        end = match.end() + len(memoryview(raw))
        found.append(Member(key, match.start(1), match.end(), end))
        position = end
    space = _SPACE.match(text, position)
    if space is None or text[space.end() : space.end() + 1] != b"}":
        raise _duplicate(found[-1].key if found else "?")
    return found


def elements(text: bytes) -> list[Member]:
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
        raise _duplicate("?")
    return comma.end()


def _duplicate(key: str) -> RewriteRefusedError:
    return RewriteRefusedError(
        f"a key stands twice in one JSON object (near {key!r}), and writing would drop one value",
        hint="remove the duplicate by hand first",
    )


def encode(value: Any, style: Style, depth: int) -> bytes:
    """Return the text of a new value as this file would write it, nested `depth` levels deep."""
    import json

    compact = json.dumps(
        value, ensure_ascii=style.ascii, separators=style.separators if style.one_line else (",", ":")
    )
    if not compact.isascii():
        compact = _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", compact)
    text = compact.encode()
    return text if style.one_line else layout(text, style, depth)


def layout(text: bytes, style: Style, depth: int) -> bytes:
    """Return JSON text with this file's indentation and line ends; scalars are not re-encoded."""
    if style.one_line:
        return msgspec.json.format(text, indent=0 if style.separators[0] == ", " else -1)
    try:
        pretty = msgspec.json.format(text, indent=1)
    except msgspec.DecodeError:
        pretty = _layout_slowly(text)
    if b"\n" not in pretty:
        return pretty
    unit = style.indent
    if unit != b" ":
        pretty = re.sub(rb"\n( +)", lambda found: b"\n" + unit * len(found[1]), pretty)
    return pretty.replace(b"\n", style.newline + unit * depth)


def _layout_slowly(text: bytes) -> bytes:
    """Indent text that msgspec refuses by its tokens (all strings and scalars stay as they are)."""
    out: list[bytes] = []
    depth = 0
    tokens = re.findall(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', text)
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
    located = members(text)
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
    """Return an array's text with other elements; neighbours that stay keep the space between them."""
    return _assemble(text, elements(text), pieces, style, depth)


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


def identical(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are the same, types and all: 1, 1.0 and True differ, NaN is NaN."""
    try:
        if one == other:
            encoder = msgspec.json.encode
            return encoder(one, order="deterministic") == encoder(other, order="deterministic")
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError, OverflowError):
        pass
    return _identical_slowly(one, other)


def _identical_slowly(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_identical_slowly(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_identical_slowly, one, other))
    if isinstance(one, float):
        return repr(one) == repr(other)
    return bool(one == other)
