"""Keys that stand twice in one JSON object, which Python and msgspec read without a word."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def duplicate_keys(text: bytes) -> list[tuple[str, str]]:
    """Return (place, key) for every duplicate, in the order in which objects end."""
    import json

    found: list[tuple[str, str]] = []

    def check(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) != len(pairs):
            keys = [key for key, _ in pairs]
            found.extend((_place(value), key) for key in value if keys.count(key) > 1)
        return value

    try:
        json.loads(text, object_pairs_hook=check)
    except (ValueError, RecursionError):
        return []
    return found


def _place(value: dict[str, Any]) -> str:
    if "cells" in value or "nbformat" in value:
        return "notebook"
    return "cell" if "cell_type" in value else "an object"
