"""A diff in two columns: what was on the left, what is on the right.

- total = 3                    │ + total = 4
print(total)                 │   print(total)
"""

from __future__ import annotations

from itertools import zip_longest

from nbvc.render.terminal import TerminalRenderer
from nbvc.render.wrapping import measure, strip_codes, wrap_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.diffing import NotebookDiff
    from nbvc.diffing.values import ChangedLines
    from nbvc.render.paint import Painter

_WIDTH = 160
"""The width of both columns if the text is not for a terminal."""
_NARROWEST = 60
"""In a terminal that is narrower, both sides are one below the other."""
_INDENT, _MIDDLE = "  ", " │ "


class ColumnRenderer(TerminalRenderer):
    """Renders one diff with changed texts in two columns."""

    def __init__(self, diff: NotebookDiff, painter: Painter, context: int = 3) -> None:
        """Prepare to render a diff that still has its notebooks."""
        super().__init__(diff, painter, context)
        width = painter.width or _WIDTH
        self.width = width
        self.is_narrow = width < _NARROWEST
        self.room = (width - len(_INDENT) - len(_MIDDLE)) // 2

    def _place_same(self, lines: Sequence[str], first: int, cuts: dict[int, str]) -> Iterator[str]:
        if self.is_narrow:
            return super()._place_same(lines, first, cuts)
        return self._join_columns(lines, lines, first, cuts)

    def _place_changed(
        self, old: Sequence[str], new: Sequence[str], piece: ChangedLines, cuts: dict[int, str]
    ) -> Iterator[str]:
        if self.is_narrow:
            return super()._place_changed(old, new, piece, cuts)
        return self._join_columns(old, new, piece.after[0], cuts)

    def _join_columns(
        self, old: Sequence[str], new: Sequence[str], first: int, cuts: dict[int, str]
    ) -> Iterator[str]:
        for number, (left, right) in enumerate(zip_longest(old, new, fillvalue=""), first):
            if number in cuts and number < first + len(new):
                yield f"{_INDENT}{cuts[number]}"
            columns = (wrap_line(side, self.room, edge=0) for side in (left, right))
            for one, other in zip_longest(*columns, fillvalue=""):
                middle = self.painter.dim(_MIDDLE)
                yield f"{_INDENT}{self._pad(one)}{middle}{other}".rstrip()

    def _pad(self, row: str) -> str:
        """Return a row as wide as its column; its background is as wide."""
        blanks = " " * (self.room - measure(strip_codes(row)))
        start, fill, end = row.rpartition("\x1b[K")
        return f"{start}{blanks}{end}" if fill else f"{row}{blanks}"
