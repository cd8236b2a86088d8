"""What changed in an output, as marked lines: values of tables by name, values of JSON by path.

    row 3, score: 0.71 → 0.74
    encoding.x.field: year → month

The source of it is `nbvc.diffing.meaning`.
"""

from __future__ import annotations

from nbvc.render.alike import lines_apart
from nbvc.render.changes import values_shown
from nbvc.render.escape import escaped_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Meaning = dict[str, Any]
    Marked = tuple[str, str]
    Line = tuple[str, ...]
    """A mark and a text, and the values before and after, if it is about a change of one."""

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
    """Return the details of a meaning as (`-`, `+`, `~` or ` `, text), as they are shown.

    Empty where the contents themselves say it better: texts, streams, images.
    """
    details = _DETAILS.get(meaning.get("kind", ""))
    lines = list(details(meaning)) if details else []
    for other in meaning.get("also", ()) if lines else ():
        if not other.get("same") and other.get("mime") not in _FALLBACK:
            lines.append(("~", f"{other.get('mime') or 'also'}: {other.get('summary', '')}"))
    sides = [[text for mark, text, *_ in lines if mark == sign] for sign in "-+"]
    if any("\n" in text for side in sides for text in side):
        sides = [[*map(escaped_line, side)] for side in sides]
    else:
        sides = [*lines_apart(*sides)]
    shown = dict(zip("-+", map(iter, sides), strict=True))
    return [
        (mark, next(shown[mark]) if mark in shown else _one_line(text, *values))
        for mark, text, *values in lines
    ]


def _one_line(text: str, *values: str) -> str:
    """Return a text as it is shown, with both values of a change behind it."""
    if not values:
        return escaped_line(text)
    before, after = values_shown(values[0], values[1], _LONGEST)
    return f"{escaped_line(text)}: {before or '(empty)'} → {after or '(empty)'}"


_FALLBACK = ("text/plain", "text/html", "text/markdown", "text/latex")


def _table(meaning: Meaning) -> Iterator[Line]:
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
            where = f"row {_name(value['row'], 'row')}, {value['column']}"
            yield "~", where, value["before"], value["after"]
        hidden = table.get("changed", 0) - len(table.get("values", ()))
        if hidden > 0:
            yield " ", f"⋮ {hidden:,} more values"


def _name(name: str, kind: str) -> str:
    """Return a name as it is; `row 3` is called so already."""
    return name.removeprefix(f"{kind} ") if name.startswith(f"{kind} ") else name


def _json(meaning: Meaning) -> Iterator[Line]:
    from nbvc.diffing.meaning.document import dotted

    changes = meaning.get("changes", ())
    for change in changes:
        path = dotted(tuple(change["path"]))
        old, new = change.get("before"), change.get("after")
        if old is None or new is None:
            yield ("+", f"{path}: {new}") if old is None else ("-", f"{path}: {old}")
        else:
            yield "~", path, str(old), str(new)
    hidden = meaning.get("changed", 0) - len(changes)
    if hidden > 0:
        yield " ", f"⋮ {hidden:,} more values"


def _traceback(meaning: Meaning) -> Iterator[Line]:
    for name in ("exception", "message"):
        for side, mark in (("before", "-"), ("after", "+")):
            text = meaning.get(f"{side}_{name}")
            if text is not None:
                yield mark, text
    for side, mark in (("removed", "-"), ("added", "+")):
        for frame in meaning.get(f"frames_{side}", ()):
            yield mark, f"in {frame}"


_DETAILS = {"table": _table, "json": _json, "traceback": _traceback}
