"""Tables of outputs, drawn anew from their text, with the cells marked that changed.

One table shows both sides: a changed cell has its old and its new value, removed rows and columns
are where they were. Rows far from any change are folded away.
"""

from __future__ import annotations

from nbvc.render.alike import show_values_apart
from nbvc.render.html.elements import Html, join_pieces, make_element, show_names
from nbvc.render.words import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from nbvc.diffing.meaning.model import Line, TableChange, TableMeaning
    from nbvc.diffing.meaning.tables import Row, Table

_MOST_ROWS = 100
"""So many rows of one table are drawn."""
_MOST_COLUMNS = 40
_AROUND = 1
"""Rows shown above and below a changed one."""


def read(content: Any) -> list[Table]:
    """Return the tables in a piece of HTML."""
    if type(content) is not str or "<table" not in content.lower():
        return []
    from nbvc.diffing.meaning.tables import read_tables

    return read_tables(content)


def render_whole(content: Any, change: str = "") -> Html:
    """Return all tables of a piece of HTML; `change` is `added`, `removed` or empty."""
    return join_pieces(*(_render_plain(table, change) for table in read(content)))


def _render_plain(table: Table, change: str) -> Html:
    columns = range(min(len(table.columns), _MOST_COLUMNS))
    rows = [
        make_element(
            "tr",
            make_element("th", row.label),
            *(make_element("td", _get_value(row.values, i)) for i in columns),
        )
        for row in table.rows[:_MOST_ROWS]
    ]
    head = make_element(
        "tr", make_element("th"), *(make_element("th", table.columns[i]) for i in columns)
    )
    hidden = len(table.rows) - _MOST_ROWS
    if hidden > 0:
        rows.append(_render_gap(hidden, len(columns) + 1, "more"))
    return _frame_table(head, rows, change, len(table.columns))


def render_compared(before: Any, after: Any, meaning: TableMeaning) -> Html:
    """Return the tables of two pieces of HTML with what changed in them, by `meaning`."""
    olds, news = read(before), read(after)
    pieces = []
    for change in meaning.tables:
        old, new = (
            None if index is None or index >= len(tables) else tables[index]
            for index, tables in ((change.before, olds), (change.after, news))
        )
        if old is not None and new is not None:
            pieces.append(_MergedTables(old, new, change).render())
        elif (table := new if old is None else old) is not None:
            pieces.append(_render_plain(table, "added" if old is None else "removed"))
    return join_pieces(*pieces)


class _MergedTables:
    """Two tables as one."""

    def __init__(self, before: Table, after: Table, change: TableChange) -> None:
        self.before = before
        self.after = after
        self.values = {value.after_at: value for value in change.values}
        self.columns = list(_interleave_lines(
            len(after.columns), _get_indices(change.columns_added), _get_indices(change.columns_removed)
        ))[:_MOST_COLUMNS]  # fmt: skip
        self.rows = list(_interleave_lines(
            len(after.rows), _get_indices(change.rows_added), _get_indices(change.rows_removed)
        ))  # fmt: skip

    def render(self) -> Html:
        head = make_element(
            "tr",
            make_element("th"),
            *(
                make_element("th", self._name_column(i, mark), class_=mark or None)
                for i, mark in self.columns
            ),
        )
        rows = [self._render_row(index, mark) for index, mark in self.rows]
        return _frame_table(head, self._fold_rows(rows), "", len(self.after.columns))

    def _name_column(self, index: int, mark: str) -> str:
        return _get_value((self.before if mark == "removed" else self.after).columns, index)

    def _render_row(self, index: int, mark: str) -> tuple[Html, bool]:
        """Return a row, and whether anything in it changed."""
        table = self.before if mark == "removed" else self.after
        row = table.rows[index]
        cells, touched = [make_element("th", row.label)], bool(mark)
        for column, column_mark in self.columns:
            value, changed = self._render_cell(row, column, mark, column_mark)
            touched = touched or changed
            cells.append(value)
        return make_element("tr", *cells, class_=mark or None), touched

    def _render_cell(self, row: Row, column: int, mark: str, column_mark: str) -> tuple[Html, bool]:
        if column_mark == "removed" and mark != "removed":
            return make_element("td", class_="removed"), False
        if mark == "removed" and column_mark == "added":
            return make_element("td"), False
        place = row.at[column] if column < len(row.at) else None
        found = self.values.get(place) if place and not mark else None
        if found is None:
            return make_element(
                "td", _get_value(row.values, column), class_=column_mark or None
            ), False
        sides = show_values_apart(found.before, found.after)
        old, new = (
            make_element("del", show_names(sides[0])),
            make_element("ins", show_names(sides[1])),
        )
        return make_element("td", old, " ", new, class_="changed"), True

    def _fold_rows(self, rows: Sequence[tuple[Html, bool]]) -> Iterator[Html]:
        shown: set[int] = set()
        for number, (_, touched) in enumerate(rows):
            if touched:
                shown.update(range(number - _AROUND, number + _AROUND + 1))
        drawn = hidden = 0
        for number, (row, _) in enumerate(rows):
            if drawn >= _MOST_ROWS:
                yield _render_gap(len(rows) - number, len(self.columns) + 1, "more")
                return
            if number in shown or (hidden == 0 and len(rows) < 6):
                if hidden:
                    yield _render_gap(hidden, len(self.columns) + 1)
                hidden = 0
                drawn += 1
                yield row
            else:
                hidden += 1
        if hidden:
            yield _render_gap(hidden, len(self.columns) + 1)


def _interleave_lines(
    count: int, added: frozenset[int], removed: frozenset[int]
) -> Iterator[tuple[int, str]]:
    """Yield indices of the result in order, and removed ones where they were, with their mark."""
    gone = sorted(removed)
    old = 0
    for index in range(count):
        if index in added:
            yield index, "added"
            continue
        while gone and gone[0] == old:
            yield gone.pop(0), "removed"
            old += 1
        yield index, ""
        old += 1
    for index in gone:
        yield index, "removed"


def _get_indices(lines: Sequence[Line]) -> frozenset[int]:
    return frozenset(line.index for line in lines)


def _get_value(values: Sequence[str], index: int) -> str:
    return values[index] if index < len(values) else ""


def _render_gap(count: int, width: int, which: str = "unchanged") -> Html:
    words = fold(count, "row", which)
    return make_element("tr", make_element("td", words, colspan=width), class_="gap")


def _frame_table(head: Html, rows: Any, change: str, columns: int) -> Html:
    note = [make_element("p", f"{columns - _MOST_COLUMNS} more columns", class_="note")]
    table = make_element("table", make_element("thead", head), make_element("tbody", *rows))
    css = f"table {change}".strip()
    return make_element("div", table, *(note if columns > _MOST_COLUMNS else ()), class_=css)
