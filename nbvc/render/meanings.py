"""What changed in an output, as marked lines: values of tables by name, values of JSON by path.

    row 3, score: 0.71 → 0.74
    encoding.x.field: year → month

The source of it is `nbvc.diff.meaning`.
"""

from __future__ import annotations

from nbvc.render.escape import escaped_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Meaning = dict[str, Any]
    Marked = tuple[str, str]

_LONGEST = 60
_MANY_NUMBERS = 10
"""Of fewer numbers in a text it needs no saying how many changed."""


def summary_of(meaning: Meaning) -> str:
    """Return what a meaning says in one line; empty where the changed lines say the same."""
    text = meaning.get("kind") in ("text", "stream") and not meaning.get("same")
    few = "lines_added" in meaning or "lines_removed" in meaning
    few = few and (meaning.get("numbers") or {}).get("of", 0) < _MANY_NUMBERS
    if not meaning or (text and few):
        return ""
    return escaped_line(str(meaning.get("summary", "")))


def marked_lines(meaning: Meaning) -> list[Marked]:
    """Return the details of a meaning as (`-`, `+`, `~` or ` `, text), safe to show.

    Empty where the contents themselves say it better: texts, streams, images.
    """
    details = _DETAILS.get(meaning.get("kind", ""))
    lines = list(details(meaning)) if details else []
    for other in meaning.get("also", ()) if lines else ():
        if not other.get("same") and other.get("mime") not in _FALLBACK:
            lines.append(("~", f"{other.get('mime') or 'also'}: {other.get('summary', '')}"))
    return [(mark, escaped_line(text)) for mark, text in lines]


_FALLBACK = ("text/plain", "text/html", "text/markdown", "text/latex")


def _table(meaning: Meaning) -> Iterator[Marked]:
    tables = meaning.get("tables", ())
    for table in tables:
        if len(tables) > 1:
            number = table["after"] if table["after"] is not None else table["before"]
            yield " ", f"table {number + 1}"
        for name, mark in (("columns", "-"), ("rows", "-"), ("columns", "+"), ("rows", "+")):
            side = "removed" if mark == "-" else "added"
            for line in table.get(f"{name}_{side}", ()):
                yield mark, f"{name[:-1]} {_name(line['name'], name[:-1])}"
        for value in table.get("values", ()):
            yield "~", _value(value)
        hidden = table.get("changed", 0) - len(table.get("values", ()))
        if hidden > 0:
            yield " ", f"⋮ {hidden:,} more values"


def _value(value: dict[str, Any]) -> str:
    where = f"row {_name(value['row'], 'row')}, {value['column']}"
    return f"{where}: {_short(value['before'])} → {_short(value['after'])}"


def _name(name: str, kind: str) -> str:
    """Return a name as it is; `row 3` is called so already."""
    return name.removeprefix(f"{kind} ") if name.startswith(f"{kind} ") else name


def _short(text: str) -> str:
    if not text:
        return "(empty)"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _json(meaning: Meaning) -> Iterator[Marked]:
    from nbvc.diff.meaning.document import dotted

    changes = meaning.get("changes", ())
    for change in changes:
        path = dotted(tuple(change["path"]))
        old, new = change.get("before"), change.get("after")
        if old is None or new is None:
            yield ("+", f"{path}: {new}") if old is None else ("-", f"{path}: {old}")
        else:
            yield "~", f"{path}: {old} → {new}"
    hidden = meaning.get("changed", 0) - len(changes)
    if hidden > 0:
        yield " ", f"⋮ {hidden:,} more values"


def _traceback(meaning: Meaning) -> Iterator[Marked]:
    for name in ("exception", "message"):
        for side, mark in (("before", "-"), ("after", "+")):
            text = meaning.get(f"{side}_{name}")
            if text is not None:
                yield mark, text
    for side, mark in (("removed", "-"), ("added", "+")):
        for frame in meaning.get(f"frames_{side}", ()):
            yield mark, f"in {frame}"


_DETAILS = {"table": _table, "json": _json, "traceback": _traceback}
