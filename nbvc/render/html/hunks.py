"""Changed text, side by side or one above the other from the same markup.

    <div class="eq"> <div class="o">…</div> <div class="n">…</div> </div>    lines that are the same
    <div class="ch"> <del class="o">…</del> <ins class="n">…</ins> </div>    lines that are not

The style sheet puts `o` and `n` beside each other, or below each other without the first copy of
what is the same.
"""

from __future__ import annotations

from bisect import bisect_left

from nbvc.diffing.values import ChangedLines, SameLines
from nbvc.render.alike import pins_of
from nbvc.render.html.code import Lines
from nbvc.render.html.elements import NOTHING, Html, escape_html, make_element
from nbvc.render.shown import NO_CUTS, FoldedLines, fold_lines, same_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nbvc.diffing.values import Range
    from nbvc.render.shown import ShownLines

    Marks = tuple[Sequence[Range], Sequence[int]]
    """The spans of a line that changed, and offsets of characters to show by name."""

_MOST_FOLDED = 20_000
"""So many characters of lines that didn't change are kept in a fold."""
_MOST_CHANGED = 200_000
"""So many characters of one changed stretch are shown, on either side."""


class Hunks:
    """Renders one text and what changed in it."""

    def __init__(
        self,
        before: Lines,
        after: Lines,
        *,
        numbers: bool = True,
        cuts: Mapping[int, str] = NO_CUTS,
    ) -> None:
        """Take both texts; `cuts` are lines of the after side at which another cell begins."""
        self.before = before
        self.after = after
        self.numbers = numbers
        self.cuts = cuts

    def render(self, pieces: Sequence[ShownLines]) -> Html:
        """Return both sides."""
        return self._frame_lines("diff", map(self._render_piece, pieces))

    def render_one(self, pieces: Sequence[ShownLines], change: str = "") -> Html:
        """Return the lines that only one side has, or that are the same on both."""
        tag = {"added": "ins", "removed": "del"}.get(change, "div")
        side, css = (self.before, "o") if change == "removed" else (self.after, "n")
        body = (
            self._fold(piece)
            if isinstance(piece, FoldedLines)
            else self._render_block(tag, css, side, *piece.after)
            for piece in pieces
        )
        return self._frame_lines("diff one", body)

    def _frame_lines(self, css: str, body: Iterable[Html]) -> Html:
        return make_element("div", *body, class_=css if self.numbers else f"{css} plain")

    def _render_piece(self, piece: ShownLines) -> Html:
        match piece:
            case FoldedLines():
                return self._fold(piece)
            case SameLines():
                return self._render_same(piece)
            case ChangedLines():
                return self._render_changed(piece)

    def _render_same(self, lines: SameLines) -> Html:
        old = self._render_block("div", "o", self.before, *lines.before)
        new = self._render_block("div", "n", self.after, *lines.after, cuts=True)
        return make_element("div", old, new, class_="eq")

    def _fold(self, fold: FoldedLines) -> Html:
        """Return unchanged lines folded, once and without colors; a great many aren't kept."""
        content = "\n".join(self.after.texts[slice(*fold.after)])
        if len(content) > _MOST_FOLDED:
            return make_element("div", fold.words, class_="fold")
        block = make_element("div", escape_html(content), class_="kept")
        return make_element("details", make_element("summary", fold.words), block, class_="fold")

    def _render_changed(self, op: ChangedLines) -> Html:
        words = (op.words.before, op.words.after) if op.words else ((), ())
        removed, added = ("".join(lines).removesuffix("\n") for lines in (op.removed, op.added))
        pins = pins_of(removed, added, op.words)
        sides = zip((op.removed, op.added), words, pins, strict=True)
        marks = [_by_line(*side) for side in sides]
        old = self._render_side("del", "o", self.before, *op.before, marks[0])
        new = self._render_side("ins", "n", self.after, *op.after, marks[1])
        return make_element("div", old, new, class_="ch")

    def _render_side(
        self, tag: str, css: str, lines: Lines, start: int, end: int, marks: Sequence[Marks]
    ) -> Html:
        if start == end:
            return make_element("div", class_=f"{css} none")
        return self._render_block(tag, css, lines, start, end, marks, cuts=css == "n")

    def _render_block(
        self, tag: str, css: str, lines: Lines, start: int, end: int,
        marks: Sequence[Marks] = (), *, cuts: bool = False,
    ) -> Html:  # fmt: skip
        pieces: list[str] = []
        room = _MOST_CHANGED
        for number in range(start, end):
            if cuts and number in self.cuts:
                pieces.append(make_element("b", self.cuts[number], class_="cut"))
            at = number - start
            content = lines.line(number, *(marks[at] if at < len(marks) else ()))
            pieces.append(f"<p>{content}</p>" if self.numbers else f"{content}\n")
            room -= len(content)
            if room < 0:
                pieces.append(make_element("b", f"… {end - number - 1} more lines", class_="cut"))
                break
        style = f"counter-reset:l {start}" if self.numbers and start else None
        return make_element(tag, Html("".join(pieces)), class_=css, style=style)


def _by_line(texts: Sequence[str], words: Sequence[Range], pins: Iterable[int]) -> list[Marks]:
    """Turn spans and offsets in joined lines into spans and offsets in each line."""
    found: list[Marks] = []
    position = at = 0
    places = sorted(pins)
    for line in texts:
        end = position + len(line.removesuffix("\n"))
        inside = [
            (max(a, position) - position, min(b, end) - position)
            for a, b in words
            if a < end and b > position
        ]
        first = at
        at = bisect_left(places, end, first)
        found.append((inside, [place - position for place in places[first:at]]))
        position += len(line)
    return found


def render_whole(lines: Lines, change: str = "", *, numbers: bool = True) -> Html:
    """Return a text that has no other side; `change` is `added`, `removed` or empty."""
    if not lines.content:
        return NOTHING
    return Hunks(lines, lines, numbers=numbers).render_one((same_lines(lines.content),), change)


def render_compared(
    before: str, after: str, language: str | None = None, *, numbers: bool = False
) -> Html:
    """Return two texts with what changed between them."""
    from nbvc.diffing.jsonops import seen_ops

    sides = Lines(before, language), Lines(after, language)
    return Hunks(*sides, numbers=numbers).render(fold_lines(seen_ops(before, after)))
