"""What changed in an output, as marked lines: values of tables by name, values of JSON by path.

    row 3, score: 0.71 → 0.74
    encoding.x.field: year → month

The source of it is `nbvc.diffing.meaning`.
"""

from __future__ import annotations

from nbvc.diffing.meaning.model import JsonMeaning, TableMeaning, TextMeaning, TracebackMeaning
from nbvc.render.alike import show_lines_apart
from nbvc.render.escape import escape_line
from nbvc.render.values import shorten_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.diffing.meaning.model import Meaning

    Marked = tuple[str, str]
    Detail = tuple[str, ...]
    """A mark and a text, and the values before and after, if it is about a change of one."""

_LONGEST = 60
_MANY_NUMBERS = 10
"""Of fewer numbers in a text it needs no saying how many changed."""


def summary_of(meaning: Meaning | None) -> str:
    """Return what a meaning says in one line; empty if the changed lines have the same content."""
    if meaning is None:
        return ""
    if isinstance(meaning, TextMeaning) and not meaning.same:
        numbers = meaning.numbers.of if meaning.numbers else 0
        if (meaning.lines_added or meaning.lines_removed) and numbers < _MANY_NUMBERS:
            return ""
    return escape_line(meaning.summary)


def mark_lines(meaning: Meaning | None) -> list[Marked]:
    """Return the details of a meaning as (`-`, `+`, `~` or ` `, text), as they are shown.

    Empty if the contents themselves say it better: texts, streams, images.
    """
    lines = list(_list_details(meaning))
    lines += [
        ("~", f"{other.mime or 'also'}: {other.summary}")
        for other in (meaning.also if meaning and lines else ())
        if not other.same and other.mime not in _FALLBACK
    ]
    sides = [[text for mark, text, *_ in lines if mark == sign] for sign in "-+"]
    if any("\n" in text for side in sides for text in side):
        sides = [[*map(escape_line, side)] for side in sides]
    else:
        sides = [*show_lines_apart(*sides)]
    shown = dict(zip("-+", map(iter, sides), strict=True))
    return [
        (mark, next(shown[mark]) if mark in shown else _one_line(text, *values))
        for mark, text, *values in lines
    ]


def _one_line(text: str, *values: str) -> str:
    """Return a text as it is shown, with both values of a change behind it."""
    if not values:
        return escape_line(text)
    before, after = shorten_values(values[0], values[1], _LONGEST)
    return f"{escape_line(text)}: {before or '(empty)'} → {after or '(empty)'}"


_FALLBACK = ("text/plain", "text/html", "text/markdown", "text/latex")


def _list_details(meaning: Meaning | None) -> Iterator[Detail]:
    match meaning:
        case TableMeaning():
            yield from _describe_table(meaning)
        case JsonMeaning():
            yield from _describe_json(meaning)
        case TracebackMeaning():
            yield from _describe_traceback(meaning)


def _describe_table(meaning: TableMeaning) -> Iterator[Detail]:
    for table in meaning.tables:
        if len(meaning.tables) > 1:
            number = table.after if table.after is not None else table.before
            yield " ", f"table {(number or 0) + 1}"
        for kind, mark, lines in (
            ("column", "-", table.columns_removed),
            ("row", "-", table.rows_removed),
            ("column", "+", table.columns_added),
            ("row", "+", table.rows_added),
        ):
            for line in lines:
                values = f": {', '.join(line.values)}" if line.values else ""
                yield mark, f"{kind} {_shorten_name(line.name, kind)}{values}"
        for value in table.values:
            yield (
                "~",
                f"row {_shorten_name(value.row, 'row')}, {value.column}",
                value.before,
                value.after,
            )
        yield from _describe_hidden(table.changed - len(table.values))


def _describe_hidden(count: int) -> Iterator[Detail]:
    if count > 0:
        yield " ", f"⋮ {count:,} more values"


def _shorten_name(name: str, kind: str) -> str:
    """Return a name as it is; `row 3` is called so already."""
    return name.removeprefix(f"{kind} ") if name.startswith(f"{kind} ") else name


def _describe_json(meaning: JsonMeaning) -> Iterator[Detail]:
    from nbvc.diffing.meaning.document import format_path

    for change in meaning.changes:
        path = format_path(change.path)
        if change.before is None:
            yield "+", f"{path}: {change.after}"
        elif change.after is None:
            yield "-", f"{path}: {change.before}"
        else:
            yield "~", path, change.before, change.after
    yield from _describe_hidden(meaning.changed - len(meaning.changes))


def _describe_traceback(meaning: TracebackMeaning) -> Iterator[Detail]:
    for mark, text in (
        ("-", meaning.before_exception),
        ("+", meaning.after_exception),
        ("-", meaning.before_message),
        ("+", meaning.after_message),
    ):
        if text is not None:
            yield mark, text
    for mark, frames in (("-", meaning.frames_removed), ("+", meaning.frames_added)):
        for frame in frames:
            yield mark, f"in {frame}"
