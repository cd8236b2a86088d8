"""Values as JSON text for programs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def as_json(value: Any) -> str:
    """Return strict JSON on one line; lone surrogates are escaped."""
    import msgspec

    try:
        return msgspec.json.encode(value).decode()
    except (msgspec.EncodeError, UnicodeEncodeError, OverflowError):
        import json

        return json.dumps(value, allow_nan=False)
