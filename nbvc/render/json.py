"""Values as JSON text for programs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any


def json_list(items: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a list, given the JSON text of each item; none waits for the next."""
    opening = "["
    for item in items:
        yield f"{opening}{item}"
        opening = ","
    yield "]" if opening == "," else "[]"


def as_json(value: Any) -> str:
    """Return strict JSON on one line; lone surrogates are escaped."""
    import msgspec

    try:
        return msgspec.json.encode(value).decode()
    except (msgspec.EncodeError, UnicodeEncodeError, OverflowError):
        import json

        plain = msgspec.to_builtins(value) if isinstance(value, msgspec.Struct) else value
        return json.dumps(plain, allow_nan=False)
