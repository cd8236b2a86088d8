"""Changed text, side by side or one above the other from the same markup.

    <div class="eq"> <div class="o">…</div> <div class="n">…</div> </div>    lines that are the same
    <div class="ch"> <del class="o">…</del> <ins class="n">…</ins> </div>    lines that are not

The style sheet puts `o` and `n` beside each other, or below each other without the first copy of
what is the same. `ops` are line operations as the JSON format has them (docs/FORMAT.md).
"""

from __future__ import annotations

from bisect import bisect_left

from nbvc.render.alike import pins_of
from nbvc.render.html.code import Lines
from nbvc.render.html.elements import NOTHING, Html, element, joined, text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    Op = dict[str, Any]
    Span = tuple[int, int]
    Marks = tuple[Sequence[Span], Sequence[int]]
    """The spans of a line that changed, and offsets of characters to show by name."""

CONTEXT = 3
"""Lines that are shown around a change."""
_MOST_FOLDED = 20_000
"""So many characters of lines that didn't change are kept in a fold."""
_MOST_CHANGED = 200_000
"""So many characters of one changed stretch are shown, on either side."""


class Hunks:
    """Renders one changed text."""

    def __init__(
        self,
        before: Lines,
        after: Lines,
        *,
        numbers: bool = True,
        cuts: Sequence[int] = (),
        cut_names: Sequence[str] = (),
    ) -> None:
        """Take both texts; `cuts` are lines of the after side at which another cell begins."""
        self.before = before
        self.after = after
        self.numbers = numbers
        self.cuts = dict(zip(cuts, cut_names, strict=False))

    def render(self, ops: Sequence[Op]) -> Html:
        """Return the whole text with what changed in it."""
        body = joined(*(piece for i, op in enumerate(ops) for piece in self._op(ops, i, op)))
        return element("div", body, class_="diff" if self.numbers else "diff plain")

    def uncut(self, count: int) -> Html:
        """Return a text that is the same on both sides, with its cuts."""
        return element("div", self._same(0, 0, count), class_="diff")

    def _op(self, ops: Sequence[Op], index: int, op: Op) -> Iterator[Html]:
        if op["op"] != "equal":
            yield self._changed(op)
            return
        (a0, _), (b0, b1) = op["before"], op["after"]
        head = CONTEXT if index else 0
        tail = CONTEXT if index < len(ops) - 1 else 0
        if b1 - b0 <= head + tail + 1:
            yield self._same(a0, b0, b1 - b0)
            return
        yield self._same(a0, b0, head)
        yield self._fold(b0 + head, b1 - tail)
        yield self._same(a0 + b1 - tail - b0, b1 - tail, tail)

    def _same(self, a: int, b: int, count: int) -> Html:
        if not count:
            return NOTHING
        old = self._block("div", "o", self.before, a, a + count)
        new = self._block("div", "n", self.after, b, b + count, cuts=True)
        return element("div", old, new, class_="eq")

    def _fold(self, start: int, end: int) -> Html:
        """Return unchanged lines folded, once and without colours; a great many aren't kept."""
        lines = self.after.texts[start:end]
        content = "\n".join(lines)
        cuts = [name for line, name in self.cuts.items() if start <= line < end]
        said = joined(f"{len(lines)} unchanged lines", *(f" · {name}" for name in cuts))
        if len(content) > _MOST_FOLDED:
            return element("div", said, class_="fold")
        block = element("div", text(content), class_="kept")
        return element("details", element("summary", said), block, class_="fold")

    def _changed(self, op: Op) -> Html:
        words = op.get("words") or {}
        (a0, a1), (b0, b1) = op["before"], op["after"]
        removed, added = ("".join(op[name]).removesuffix("\n") for name in ("removed", "added"))
        pins = pins_of(removed, added, op.get("words"))
        marks = [
            _by_line(op[name], words.get(side, ()), found)
            for name, side, found in zip(
                ("removed", "added"), ("before", "after"), pins, strict=True
            )
        ]
        old = self._side("del", "o", self.before, a0, a1, marks[0])
        new = self._side("ins", "n", self.after, b0, b1, marks[1])
        return element("div", old, new, class_="ch")

    def _side(
        self, tag: str, css: str, lines: Lines, start: int, end: int, marks: Sequence[Marks]
    ) -> Html:
        if start == end:
            return element("div", class_=f"{css} none")
        return self._block(tag, css, lines, start, end, marks, cuts=css == "n")

    def _block(
        self, tag: str, css: str, lines: Lines, start: int, end: int,
        marks: Sequence[Marks] = (), *, cuts: bool = False,
    ) -> Html:  # fmt: skip
        pieces: list[str] = []
        room = _MOST_CHANGED
        for number in range(start, end):
            if cuts and number in self.cuts:
                pieces.append(element("b", self.cuts[number], class_="cut"))
            at = number - start
            content = lines.line(number, *(marks[at] if at < len(marks) else ()))
            pieces.append(f"<p>{content}</p>" if self.numbers else f"{content}\n")
            room -= len(content)
            if room < 0:
                pieces.append(element("b", f"… {end - number - 1} more lines", class_="cut"))
                break
        style = f"counter-reset:l {start}" if self.numbers and start else None
        return element(tag, Html("".join(pieces)), class_=css, style=style)


def _by_line(
    texts: Sequence[str], words: Sequence[Sequence[int]], pins: Iterable[int]
) -> list[Marks]:
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


def whole(lines: Lines, change: str = "", *, numbers: bool = True) -> Html:
    """Return a text that has no other side; `change` is `added`, `removed` or empty."""
    if not lines.content:
        return NOTHING
    hunks = Hunks(lines, lines, numbers=numbers)
    tag, css = {"added": ("ins", "n"), "removed": ("del", "o")}.get(change, ("div", "n"))
    block = hunks._block(tag, css, lines, 0, len(lines))  # noqa: SLF001 - one module
    shape = "diff one" if numbers else "diff one plain"
    return element("div", block, class_=shape)


def compared(
    before: str, after: str, language: str | None = None, *, numbers: bool = False
) -> Html:
    """Return two texts with what changed between them."""
    from nbvc.diffing.jsonops import seen_ops

    sides = Lines(before, language), Lines(after, language)
    return Hunks(*sides, numbers=numbers).render(seen_ops(before, after))
