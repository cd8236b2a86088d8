"""Keys that stand twice in one JSON object, which Python and msgspec read without a word."""

from __future__ import annotations

from nbvc.notebook.jsontext import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def duplicate_keys(text: bytes) -> list[tuple[str, str]]:
    """Return (place, key) for every duplicate, in the order in which objects end."""
    if _keys_in_text(text) == _keys_in_value(text):
        return []
    import json
    from collections import Counter

    found: list[tuple[str, str]] = []

    def check(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            times = Counter(key for key, _ in pairs)
            found.extend((_name_place(value), key) for key in value if times[key] > 1)
        return value

    try:
        json.loads(text, object_pairs_hook=check)
    except (ValueError, RecursionError):
        return []
    return found


def _keys_in_text(text: bytes) -> int:
    """Count the members that stand in a JSON text: only a key's closing quote has a colon behind it."""
    count = text.count
    return count(b'":') - count(b'\\":') + count(b'" :') - count(b'\\" :')


def _keys_in_value(text: bytes) -> int:
    """Count the members that are left once the text was read."""
    found, waiting = 0, [decode(text)]
    while waiting:
        value = waiting.pop()
        if type(value) is dict:
            found += len(value)
            waiting += [item for item in value.values() if type(item) in _HOLDERS]
        else:
            waiting += [item for item in value if type(item) in _HOLDERS]
    return found


_HOLDERS = (dict, list)


def _name_place(value: dict[str, Any]) -> str:
    if "cells" in value or "nbformat" in value:
        return "notebook"
    return "cell" if "cell_type" in value else "an object"
