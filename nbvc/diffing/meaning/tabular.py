"""Two tables to the rows, columns and values that differ between them.

    before   A  B        after    A  C
    x        1  2        x        1  5        value x, A stays; column B gone, C new
    y        3  4        z        3  6        row y gone, z new, unless the labels only count

Columns pair by name. Rows pair by label where labels are names; where they only count, as a new
DataFrame's do, rows pair by their values, so that one row put in on top is one row.
"""

from __future__ import annotations

from nbvc.diffing.meaning.masks import mask_text
from nbvc.diffing.meaning.model import MOST_LISTED, Line, TableChange, TableMeaning, ValueChange
from nbvc.diffing.meaning.numbers import same_number
from nbvc.diffing.meaning.text import describe_tolerance, format_count
from nbvc.sequence import find_matches, heaviest_increasing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from nbvc.diffing.meaning.tables import Row, Table
    from nbvc.diffing.policy import DiffPolicy

    Pairs = list[tuple[int, int]]

_WINDOW = 30
"""Between equal rows so many are compared with each other."""
_ELSEWHERE = 0.5
_MOST_VALUES = 20
_LONGEST = 100
"""So many values of an added or removed row are listed, and so many characters of each."""
"""Where more rows than this differ at their place, they are looked for at others."""


def compare_tables(
    old: Table, new: Table, places: tuple[int, int], policy: DiffPolicy
) -> TableChange:
    """Compare two tables; `places` are their numbers in the two outputs."""
    return _TableComparer(old, new, policy).change(places)


class _TableComparer:
    """Two tables and how their rows and columns pair."""

    def __init__(self, old: Table, new: Table, policy: DiffPolicy) -> None:
        self.old, self.new, self.policy = old, new, policy
        self.columns = _by_name(old.columns, new.columns)
        self.rows = self._row_pairs()

    def change(self, places: tuple[int, int]) -> TableChange:
        values, changed, of = self._compare_values()
        rows, columns = dict(self.rows), dict(self.columns)
        return TableChange(
            before=places[0],
            after=places[1],
            changed=changed,
            of=of,
            values=tuple(values),
            rows_added=_rows(self.new.rows, set(rows.values())),
            rows_removed=_rows(self.old.rows, set(rows)),
            columns_added=_list_lines(self.new.columns, set(columns.values())),
            columns_removed=_list_lines(self.old.columns, set(columns)),
            rows_reordered=_has_crossing(self.rows),
            columns_reordered=_has_crossing(self.columns),
            styled=self._is_styled(rows, columns),
        )

    def _is_styled(self, rows: dict[int, int], columns: dict[int, int]) -> bool:
        """Return whether the look changed, where the tables have the same rows and columns."""
        whole = len(rows) == len(self.old.rows) == len(self.new.rows)
        whole = whole and len(columns) == len(self.old.columns) == len(self.new.columns)
        return whole and not _has_crossing(self.rows) and self.old.look != self.new.look

    # Rows

    def _row_pairs(self) -> Pairs:
        if self.old.numbered and self.new.numbered:
            return self._pair_numbered()
        olds, news = ([row.label for row in side.rows] for side in (self.old, self.new))
        if olds == news:
            return [(number, number) for number in range(len(olds))]
        if len(set(olds)) == len(olds) and len(set(news)) == len(news):
            return _by_name(olds, news)
        return self._by_values()

    def _pair_numbered(self) -> Pairs:
        if len(self.old.rows) != len(self.new.rows):
            return self._by_values()
        there = [(number, number) for number in range(len(self.old.rows))]
        moved = sum(not self._row_same(*pair) for pair in there)
        if moved <= _ELSEWHERE * len(there):
            return there
        elsewhere = self._by_values()
        exact = sum(self._row_same(*pair) for pair in elsewhere)
        return elsewhere if exact > len(there) - moved else there

    def _by_values(self) -> Pairs:
        """Pair equal rows in order, and within gaps those that share most."""
        olds, news = self._make_keys(self.old, 0), self._make_keys(self.new, 1)
        pairs = find_matches(olds, news)
        weighted: list[tuple[int, int, float]] = []
        i = j = 0
        for x, y in [*pairs, (len(olds), len(news))]:
            if x - i == y - j:
                weighted += [(i + n, j + n, 1.0) for n in range(x - i)]
            else:
                weighted += self._find_likely(range(i, x), range(j, y))
            i, j = x + 1, y + 1
        return sorted(pairs + heaviest_increasing(weighted))

    def _find_likely(self, rows: range, others: range) -> list[tuple[int, int, float]]:
        found: list[tuple[int, int, float]] = []
        for a in rows[:_WINDOW]:
            for b in others[:_WINDOW]:
                share = self._share(self.old.rows[a], self.new.rows[b])
                if share >= _ELSEWHERE:
                    found.append((a, b, share))
        return found

    def _share(self, old: Row, new: Row) -> float:
        cells = [(old.values[a : a + 1], new.values[b : b + 1]) for a, b in self.columns[:_WINDOW]]
        equal = sum(one == other for one, other in cells) + (old.label == new.label) / 2
        return equal / len(cells) if cells else 0.0

    def _make_keys(self, table: Table, side: int) -> list[Hashable]:
        columns = [pair[side] for pair in self.columns]
        keys: list[Hashable] = []
        for row in table.rows:
            values = tuple(row.values[c] if c < len(row.values) else None for c in columns)
            # A row of types, or one that stands for others, is none of the data.
            special = row.label if row.label in ("type", "...") else ""
            keys.append((special, self._mask_values(values)))
        return keys

    def _mask_values(self, values: Sequence[str | None]) -> Hashable:
        masks = self.policy.masks
        if not masks:
            return tuple(values)
        return tuple(mask_text(value, masks) if value else value for value in values)

    # Values

    def _row_same(self, i: int, j: int) -> bool:
        olds, news = self.old.rows[i].values, self.new.rows[j].values
        if olds == news and len(self.columns) == len(olds):
            return True
        return all(self._is_same(_get_value(olds, a), _get_value(news, b)) for a, b in self.columns)

    def _is_same(self, before: str | None, after: str | None) -> bool:
        if before == after:
            return True
        if before is None or after is None:
            return False
        if same_number(before, after, self.policy):
            return True
        masks = self.policy.masks
        return bool(masks) and mask_text(before, masks) == mask_text(after, masks)

    def _compare_values(self) -> tuple[list[ValueChange], int, int]:
        values: list[ValueChange] = []
        changed = of = 0
        for i, j in self.rows:
            old, new = self.old.rows[i], self.new.rows[j]
            of += len(self.columns)
            if old.values == new.values and len(self.columns) == len(old.values):
                continue
            for a, b in self.columns:
                one, other = _get_value(old.values, a), _get_value(new.values, b)
                if not self._is_same(one, other):
                    changed += 1
                    if len(values) < MOST_LISTED:
                        values.append(self._make_change(old, new, (a, b)))
        return values, changed, of

    def _make_change(self, old: Row, new: Row, columns: tuple[int, int]) -> ValueChange:
        a, b = columns
        name = self.new.columns[b] if b < len(self.new.columns) else f"column {b + 1}"
        at = [row.at[c] if c < len(row.at) else (0, 0) for row, c in ((old, a), (new, b))]
        one, other = _get_value(old.values, a) or "", _get_value(new.values, b) or ""
        return ValueChange(new.label, name, one, other, at[0], at[1])


def _get_value(values: list[str], index: int) -> str | None:
    return values[index] if index < len(values) else None


def _by_name(olds: list[str], news: list[str]) -> Pairs:
    """Pair names wherever they are; of a name that is several times the nth with the nth."""
    waiting: dict[str, list[int]] = {}
    for place in range(len(news) - 1, -1, -1):
        waiting.setdefault(news[place], []).append(place)
    return [(i, waiting[name].pop()) for i, name in enumerate(olds) if waiting.get(name)]


def _has_crossing(pairs: Pairs) -> bool:
    from itertools import pairwise

    return any(one > other for (_, one), (_, other) in pairwise(pairs))


def _rows(rows: list[Row], paired: set[int]) -> tuple[Line, ...]:
    return tuple(
        Line(row.label, at, tuple([value[:_LONGEST] for value in row.values[:_MOST_VALUES]]))
        for at, row in enumerate(rows)
        if at not in paired
    )


def _list_lines(names: list[str], paired: set[int]) -> tuple[Line, ...]:
    return tuple(Line(name, at) for at, name in enumerate(names) if at not in paired)


# In words


def summarize_tables(
    changes: Sequence[TableChange], policy: DiffPolicy, *, around: bool
) -> TableMeaning:
    """Return what became of the tables of an output; `around`: whether the rest changed, too."""
    found = [change for change in changes if _has_change(change)]
    return TableMeaning(
        same=not found and not around,
        summary=_make_summary(found, policy, around=around),
        tables=tuple(found),
        around=around,
    )


def _has_change(change: TableChange) -> bool:
    return bool(
        change.before is None
        or change.after is None
        or change.changed
        or change.rows_added
        or change.rows_removed
        or change.columns_added
        or change.columns_removed
        or change.rows_reordered
        or change.columns_reordered
        or change.styled
    )


def _make_summary(changes: list[TableChange], policy: DiffPolicy, *, around: bool) -> str:
    said = [_table_summary(change) for change in changes[:3]]
    if len(changes) > 3:
        said.append(f"{len(changes) - 3} more tables")
    if around:
        said.append("the text around changed" if said else "the text around the table changed")
    within = f" within {describe_tolerance(policy)}" if policy.tolerant else ""
    return "; ".join(said) or f"the values are the same{within}"


def _table_summary(change: TableChange) -> str:
    """Return `3 of 2,000 values changed, 1 row added`."""
    if change.before is None or change.after is None:
        return "a table added" if change.before is None else "a table removed"
    said: list[str] = []
    if change.changed:
        said.append(f"{format_count(change.changed, 'value', of=change.of)} changed")
    for number, noun, what in (
        (len(change.rows_added), "row", "added"),
        (len(change.rows_removed), "row", "removed"),
        (len(change.columns_added), "column", "added"),
        (len(change.columns_removed), "column", "removed"),
    ):
        if number:
            said.append(f"{format_count(number, noun)} {what}")
    if change.rows_reordered:
        said.append("rows in another order")
    if change.columns_reordered:
        said.append("columns in another order")
    if not said and change.styled:
        said.append("the look changed")
    return ", ".join(said)
