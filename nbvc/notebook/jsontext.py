"""JSON as text, taken apart without looking into what nobody asked for.

msgspec does the work in C and accepts nearly all notebooks. What it refuses and the standard
library takes (NaN, Infinity, 1e400, lone surrogates) goes a slower way with the same result.
"""

from __future__ import annotations

import msgspec

from nbvc.errors import NotebookError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

Raw = msgspec.Raw
"""The text of one JSON value, a view into the bytes it was read from."""

_VALUE: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_ARRAY = msgspec.json.Decoder(list[Raw])
_OBJECTS = msgspec.json.Decoder(list[dict[str, Raw]])


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

    Of a key that appears twice the last value wins. Raises `NotebookError` if `text` is not an object.
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

    None if it isn't one that has the usual members and no other.
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

    Raises `NotebookError` if `text` is not an array.
    """
    try:
        return _ARRAY.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return [Raw(value) for _, value in _scan(bytes(text), b"[")]


def split_objects(text: Raw | bytes) -> list[dict[str, Raw]]:
    """Return the members of every object in a JSON array of objects, each still as text.

    Raises `NotebookError` if `text` is not an array, or an element is not an object.
    """
    try:
        return _OBJECTS.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return [split_object(element) for element in split_array(text)]


def _scan(text: bytes, opening: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield key (empty in an array) and value text by the standard library's scanner."""
    import json
    from json.decoder import scanstring  # type: ignore[attr-defined]

    value = _decode_slowly(text)
    if not isinstance(value, dict if opening == b"{" else list):
        kind = "object" if opening == b"{" else "array"
        raise NotebookError(f"expected a JSON {kind}, found {type(value).__name__}")
    if not value:
        return
    document = text.decode()
    scan_once: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder().scan_once  # type: ignore[attr-defined]

    def skip(position: int) -> int:
        while document[position] in " \t\r\n":
            position += 1
        return position

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


def are_identical(one: Any, other: Any) -> bool:
    """Return whether two JSON values are the same, types and all: 1, 1.0 and True differ, NaN is NaN."""
    try:
        if one == other:
            encoder = msgspec.json.encode
            return encoder(one, order="deterministic") == encoder(other, order="deterministic")
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError, OverflowError):
        pass
    return _are_identical_slowly(one, other)


def _are_identical_slowly(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(
            _are_identical_slowly(one[k], other[k]) for k in one
        )
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_are_identical_slowly, one, other))
    if isinstance(one, float):
        return repr(one) == repr(other)
    return bool(one == other)


def item_key(item: Any) -> Any:
    """Return something hashable that two JSON values share exactly when they are identical."""
    if type(item) is str:
        return item
    try:
        key = msgspec.json.encode(item, order="deterministic")
        if b"null" not in key:
            return key
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError, OverflowError):
        pass
    import json

    return (0, json.dumps(item, sort_keys=True))
