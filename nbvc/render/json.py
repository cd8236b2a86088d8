"""Values as JSON text for programs."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from nbvc.workflow.compare import Comparison


def json_list(items: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a list, given the JSON text of each item; none waits for the next."""
    opening = "["
    for item in items:
        yield f"{opening}{item}"
        opening = ","
    yield "]" if opening == "," else "[]"


def unreadable_as_dict(found: Comparison) -> dict[str, Any]:
    """Return what the JSON format says of two notebooks that cannot be compared (docs/FORMAT.md)."""
    before, after = (
        None if side is None else side.spec for side in (found.pair.before, found.pair.after)
    )
    return {
        "format": "nbvc-error",
        "version": 1,
        "before": before,
        "after": after,
        "error": found.problem,
    }


def as_json(value: Any) -> str:
    """Return strict JSON on one line; lone surrogates are escaped."""
    import msgspec

    try:
        return msgspec.json.encode(value).decode()
    except (msgspec.EncodeError, UnicodeEncodeError, OverflowError):
        import json

        plain = msgspec.to_builtins(value) if isinstance(value, msgspec.Struct) else value
        return json.dumps(plain, allow_nan=False)
