"""HTML tables as names and values: those of pandas, polars, and others.

          col   A    B          columns  ["A", "B"]
    row                         rows     [("x", ["1", "2"]), ("y", ["3", "4"])]
    x           1    2
    y           3    4

A cell that spans several is in each of them. Where body rows begin with `<th>` those are the
row's label; header rows above one another make names such as `2024 / mean`.
"""

from __future__ import annotations

import msgspec

from nbvc.diffing.meaning.markup import End, Tag, Text, Token, number_names, scan, squeeze_spaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDEST_SPAN = 1000
_MOST_SPANNED = 100_000
"""So many places of a document's tables are filled by cells that span several. Further cells fill
one place each."""
_MOST_EMPTY = 20
"""A table whose rows fill less than one in so many of its places is not compared as a table."""


class TableCell(msgspec.Struct, frozen=True, gc=False):
    """One `<td>` or `<th>`; `at` is (number of its `<tr>` in the table, number in the row)."""

    text: str
    heading: bool
    at: tuple[int, int]


class Row(msgspec.Struct, frozen=True, gc=False):
    """A body row: what it is called, its values by column, and where they are."""

    label: str
    values: list[str]
    at: list[tuple[int, int]]


class Table(msgspec.Struct, frozen=True):
    """A table; `numbered` where the labels only count the rows, or there are none.

    `corner` is what the header says above the labels, `look` the tags with their attributes.
    """

    columns: list[str]
    rows: list[Row]
    numbered: bool
    corner: str
    look: tuple[Token, ...]
    labelled: bool = True

    @property
    def regular(self) -> bool:
        """Whether the rows fill the table, so that work by row and column is in proportion."""
        places = len(self.rows) * len(self.columns)
        return places <= 1000 + _MOST_EMPTY * sum(len(row.values) for row in self.rows)


def read_tables(html: str) -> list[Table]:
    """Return the tables of an HTML text in order; one inside another is text of its cell."""
    return split_tables(number_names(scan(html)))[0]


def split_tables(tokens: list[Token]) -> tuple[list[Table], list[Token]]:
    """Return the tables, and the tokens around them."""
    tables: list[Table] = []
    around: list[Token] = []
    inside: list[Token] = []
    depth = 0
    limits = _Limits()
    for token in tokens:
        opens = type(token) is Tag and token.name == "table"
        closes = type(token) is End and token.name == "table" and depth > 0
        depth += opens
        (inside if depth else around).append(token)
        depth -= closes
        if closes and not depth:
            tables.append(_read_table(inside, limits))
            around.append(End("table"))
            inside = []
    if inside:
        tables.append(_read_table(inside, limits))
    return tables, around


class _Limits:
    """The places that cells which span several may still fill."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = _MOST_SPANNED


class _Reader:
    """Collects the rows of one table: cells with their spans, and which rows are the header."""

    def __init__(self) -> None:
        self.rows: list[list[tuple[TableCell, int, int]]] = []
        self.in_head: list[bool] = []
        self.head = False
        self.depth = 0
        self.cell: tuple[Tag, list[str]] | None = None

    def take(self, token: Token) -> None:  # noqa: C901 - one branch for each element
        """Take the next token of the table."""
        if isinstance(token, Text):
            if self.cell:
                self.cell[1].append(token.text)
            return
        if not isinstance(token, (Tag, End)):
            return
        opening = type(token) is Tag
        if token.name == "table":
            self.depth += 1 if opening else -1
        elif self.depth > 1:
            if self.cell and token.name in ("td", "th", "tr"):
                self.cell[1].append(" ")
        elif token.name in ("thead", "tbody", "tfoot"):
            self.close_cell()
            self.head = opening and token.name == "thead"
        elif token.name == "tr":
            self.close_cell()
            if opening:
                self._open_row()
        elif token.name in ("td", "th"):
            self.close_cell()
            if isinstance(token, Tag):
                self.cell = (token, [])
        elif self.cell and token.name in ("br", "p", "div", "li"):
            self.cell[1].append(" ")

    def _open_row(self) -> None:
        self.rows.append([])
        self.in_head.append(self.head)

    def close_cell(self) -> None:
        """Keep the cell that is open, if any."""
        if self.cell is None:
            return
        tag, texts = self.cell
        self.cell = None
        if not self.rows:
            self._open_row()
        row = self.rows[-1]
        at = (len(self.rows) - 1, len(row))
        cell = TableCell(squeeze_spaces("".join(texts)), tag.name == "th", at)
        row.append((cell, _read_span(tag, "colspan"), _read_span(tag, "rowspan")))

    def grid(self, limits: _Limits) -> list[list[TableCell]]:
        """Return the rows with every cell in each place that it spans."""
        grid: list[list[TableCell]] = []
        hanging: dict[int, tuple[TableCell, int]] = {}
        for row in self.rows:
            line: list[TableCell] = []
            for number, (cell, wide, high) in enumerate(row):
                self._hang(line, hanging)
                left = max(0, limits.left - (len(line) - number))
                for _ in range(min(wide, 1 + left)):
                    if high > 1:
                        hanging[len(line)] = (cell, high - 1)
                    line.append(cell)
            self._hang(line, hanging)
            limits.left -= len(line) - len(row)
            if limits.left <= 0:
                limits.left, hanging = 0, {}
            grid.append(line)
        return grid

    @staticmethod
    def _hang(line: list[TableCell], hanging: dict[int, tuple[TableCell, int]]) -> None:
        """Fill the next places with cells that hang down from rows above."""
        while len(line) in hanging:
            cell, more = hanging.pop(len(line))
            if more > 1:
                hanging[len(line)] = (cell, more - 1)
            line.append(cell)


def _read_span(tag: Tag, name: str) -> int:
    value = tag.get(name) or ""
    if not (value.isascii() and value.isdigit()) or len(value) > 6:
        return 1
    return max(1, min(int(value), _WIDEST_SPAN))


def _read_table(tokens: list[Token], limits: _Limits) -> Table:
    reader = _Reader()
    for token in tokens:
        reader.take(token)
    reader.close_cell()  # in a table that nobody closed
    grid = reader.grid(limits)
    heads = dict.fromkeys(_header_rows(grid, reader.in_head))
    body = [line for number, line in enumerate(grid) if number not in heads and line]
    types = sum(
        1 for line in body if line[0].at[0] < len(reader.in_head) and reader.in_head[line[0].at[0]]
    )
    indent = _count_labels(body)
    look = tuple(token for token in tokens if isinstance(token, Tag))
    names = _name_columns(
        [grid[number] for number in heads], indent, max(map(len, body), default=0)
    )
    corner = " / ".join(
        cell.text for number in heads for cell in grid[number][:indent] if cell.text
    )
    rows = [_make_row(line, indent, number + 1 - types) for number, line in enumerate(body)]
    return Table(names, rows, _is_numbered(rows, indent), corner, look, labelled=indent > 0)


def _header_rows(grid: list[list[TableCell]], in_head: list[bool]) -> Iterator[int]:
    """Yield the numbers of header rows; a row of types in the header, as in polars, is a body row."""
    marked = any(in_head)
    for number, line in enumerate(grid):
        headings = bool(line) and all(cell.heading for cell in line)
        if marked and in_head[number] and headings:
            yield number
        elif not marked:
            if not headings or len(grid) == 1:
                return
            yield number


def _count_labels(body: list[list[TableCell]]) -> int:
    """Return how many columns at the left are labels: headings in every row."""
    counts: list[int] = []
    for line in body:
        count = 0
        while count < len(line) and line[count].heading:
            count += 1
        counts.append(count)
    return min(counts, default=0)


def _name_columns(heads: list[list[TableCell]], indent: int, width: int) -> list[str]:
    """Return a name for each column, from all header rows."""
    texts: list[list[str]] = [[] for _ in range(indent, max([width, *map(len, heads)], default=0))]
    for line in heads:
        for column, cell in zip(texts, line[indent:], strict=False):
            if cell.text and cell.text not in column[-1:]:
                column.append(cell.text)
    return [" / ".join(column) or f"column {place}" for place, column in enumerate(texts, 1)]


def _make_row(line: list[TableCell], indent: int, number: int) -> Row:
    label = " / ".join(cell.text for cell in line[:indent] if cell.text)
    values = line[indent:]
    return Row(
        label or (f"row {number}" if number > 0 else "type"),
        [c.text for c in values],
        [c.at for c in values],
    )


def _is_numbered(rows: list[Row], indent: int) -> bool:
    """Return whether the labels only count, as the index of a new DataFrame does."""
    if not indent:
        return True
    labels = [row.label for row in rows if row.label != "..."]
    return all(label == str(number) for number, label in enumerate(labels)) or not all(labels)
