"""Keys that are twice in one JSON object, which Python and msgspec read without a word."""

from __future__ import annotations

import msgspec

from nbvc.notebook.jsontext import decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def duplicate_keys(text: bytes) -> list[tuple[str, str]]:
    """Return (place, key) for every duplicate, in the order in which objects end."""
    if _has_each_once(text):
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


def _has_each_once(text: bytes) -> bool:
    """Return whether no key can appear twice: reading and writing keeps them all."""
    try:
        again = msgspec.json.encode(decode(text))
        if again == msgspec.json.format(text, indent=-1):
            return True
    except (ValueError, RecursionError):  # such as half a surrogate pair
        return False
    # A number or a character may be written in another way. So the strings are counted.
    return _count_quotes(text) == _count_quotes(again)


def _count_quotes(text: bytes) -> int:
    """Count the quotes of a JSON text that have no backslash before them.

    Each string has two, or one if its last character is a backslash; escaped ones are not part of it.
    So a member that is lost makes a difference, and no string has more of them written anew.
    """
    return text.count(b'"') - text.count(b'\\"')


def _name_place(value: dict[str, Any]) -> str:
    if "cells" in value or "nbformat" in value:
        return "notebook"
    return "cell" if "cell_type" in value else "an object"
