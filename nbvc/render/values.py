"""JSON values of notebooks as texts on one line."""

from __future__ import annotations

from nbvc.render.alike import show_values_apart
from nbvc.render.escape import escape_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def value_text(value: Any) -> str:
    """Return a JSON value as text: a string as it is, in quotes if it could be something else."""
    import json

    if type(value) is str and value and not _needs_quotes(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _needs_quotes(value: str) -> bool:
    import json

    if value[0] in '"[{' or value != value.strip() or "\n" in value or "\t" in value:
        return True
    try:
        json.loads(value)
    except ValueError:
        return False
    except RecursionError:
        return True
    return True


def shorten_values(
    before: str | None, after: str | None, most: int = 120
) -> tuple[str | None, str | None]:
    """Return both values of a change as they are shown: escaped, on one line, and cut short.

    What is cut is what both have in common, as far as that is possible.
    """
    if before is not None and after is not None:
        return show_values_apart(*cut_both(before, after, most))
    old, new = (
        None if side is None else escape_line(_cut(side, 0, most)) for side in (before, after)
    )
    return old, new


def cut_both(before: str, after: str, most: int) -> tuple[str, str]:
    """Return both sides of a change cut short, with where they differ first."""
    pairs = zip(before, after, strict=False)
    first = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(before), len(after)))
    return _cut(before, first, most), _cut(after, first, most)


def _cut(text: str, first: int, most: int) -> str:
    """Return at most so many characters of a text, with the one that differs first among them."""
    start = 0 if first < most * 3 // 4 else first - most // 2
    end = len(text) if len(text) <= start + most else start + most - 1
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
