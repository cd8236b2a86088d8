"""A diff for people, in a terminal.

    code cell 4 · In [7] · source and outputs changed
          total = rain.sum()
        - print(total)
        + print(f"{total} mm")
      output
        - 1024
        + 1024 mm

Only what the policy counts is shown; the rest is counted in the line at the top. A source that did
not change is its first line, in the heading.
"""

from __future__ import annotations

from nbvc.diffing.values import Change, ChangedLines, SameLines
from nbvc.render.alike import ShownSide, show_values_apart, sides_of
from nbvc.render.escape import Shown, cut_line, escape_line
from nbvc.render.meanings import mark_lines, summary_of
from nbvc.render.paint import Colour, Painter
from nbvc.render.readable import attachment_lines, format_output
from nbvc.render.shown import (
    NO_CUTS,
    FoldedLines,
    compare_lines,
    language_of,
    show_cells,
    show_rest,
)
from nbvc.render.values import shorten_values
from nbvc.render.words import describe_noisy, fold, name_change, summarize_counts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from nbvc.diffing import NotebookDiff
    from nbvc.render.lexers import Token
    from nbvc.render.shown import (
        ShownAttachment,
        ShownCell,
        ShownLines,
        ShownOutput,
        ShownSource,
        ShownValue,
    )

    Lines = Sequence[Sequence[Token]] | None

_MOST_OUTPUT = 16
"""So many lines of a changed output are shown before it is folded."""
_INDENT = "    "
_LONGEST_HINT = 60
_SHORTEST_HINT = 12
"""A first line that has less room in the heading is left out."""

_MARKS = {"-": Colour.RED, "+": Colour.GREEN, "~": Colour.YELLOW}
_ONE_SIDED = {Change.ADDED: "+", Change.REMOVED: "-"}
_COLOURS = {
    Change.ADDED: Colour.GREEN,
    Change.REMOVED: Colour.RED,
    Change.MODIFIED: Colour.YELLOW,
    Change.SPLIT: Colour.MAGENTA,
    Change.JOINED: Colour.MAGENTA,
    Change.UNCHANGED: Colour.BLUE,
}


class TerminalRenderer:
    """Renders one diff; `painter` knows about colors, `context` is lines around a change."""

    def __init__(self, diff: NotebookDiff, painter: Painter, context: int = 3) -> None:
        """Prepare to render a diff that still has its notebooks."""
        if diff.before is None or diff.after is None:
            raise ValueError("a diff without its notebooks can't be rendered")
        self.diff = diff
        self.names = diff.before.name or "before", diff.after.name or "after"
        self.painter = painter
        self.width = painter.width
        self.context = context
        self.paths: tuple[str | None, str | None] = (None, None)
        """Where both notebooks are on disk, if they are files there."""
        self.language = language_of(diff.after, diff.before)

    def lines(self) -> Iterator[str]:
        """Yield the lines, without line ends; nothing if nothing changed."""
        return self._wrap(self._render()) if self.diff.changed else iter(())

    def rest_lines(self) -> Iterator[str]:
        """Yield what changed beside the cells."""
        return self._wrap(self._render_rest())

    def cell_lines(self, number: int, *, has_heading: bool = True) -> Iterator[str]:
        """Yield what changed in one entry of the diff; nothing if that does not count."""
        cells = show_cells(self.diff, self.context, (self.diff.cells[number],))
        return self._wrap(
            line for cell in cells for line in self._render_cell(cell, has_heading=has_heading)
        )

    def _wrap(self, lines: Iterator[str]) -> Iterator[str]:
        """Yield the rows of lines, where they are for a terminal."""
        if self.width is None:
            return lines
        from nbvc.render.wrapping import wrap_lines

        return wrap_lines(lines, self.width)

    def _render(self) -> Iterator[str]:
        paint = self.painter
        old, new = show_values_apart(*self.names)
        yield paint.title(f"--- {old}", self.paths[0])
        yield paint.title(f"+++ {new}", self.paths[1])
        summary, hint = summarize_counts(self.diff), describe_noisy(self.diff)
        yield f"{summary} {paint.dim(hint)}" if hint else summary
        yield from self._render_rest()
        for cell in show_cells(self.diff, self.context):
            yield ""
            yield from self._render_cell(cell)

    def _render_rest(self) -> Iterator[str]:
        for value in show_rest(self.diff):
            yield self._render_value(value, f"notebook {value.label}")

    def _render_cell(self, cell: ShownCell, *, has_heading: bool = True) -> Iterator[str]:
        if has_heading:
            yield self._render_heading(cell)
        if cell.cell_type:
            yield f"  {self._render_value(cell.cell_type)}"
        if cell.source and cell.source.only is not Change.UNCHANGED:
            yield from self._render_source(cell.source)
        for output in cell.outputs:
            yield from self._render_output(output)
        for attachment in cell.attachments:
            yield from self._render_attachment(attachment)
        for value in cell.values:
            yield f"  {self._render_value(value)}"

    def _render_heading(self, cell: ShownCell) -> str:
        """Return the heading: where the cell is, what happened, and its first line if it isn't below."""
        name = escape_line(f"{cell.name} · {cell.executions}" if cell.executions else cell.name)
        room = _LONGEST_HINT
        if self.width is not None:
            room = min(room, self.width - len(f"{name} · {cell.what} · "))
        is_wanted = cell.source is not None and not cell.shows_start and room >= _SHORTEST_HINT
        more = [cut_line(cell.hint, room)] if is_wanted and cell.hint else []
        return self.painter.heading(name, cell.what, _COLOURS[cell.entry.change], more)

    # Sources

    def _render_source(self, source: ShownSource) -> Iterator[str]:
        paint = self.painter
        language = self.language if source.cell_type == "code" else "markdown"
        if source.only:
            yield from self._render_whole(source, language)
            return
        yield from self._render_pieces(
            source.pieces,
            paint.code(source.after, language),
            source.cuts,
            (paint.lex_lines(source.before, language), paint.lex_lines(source.after, language)),
            is_source=True,
        )

    def _render_whole(self, source: ShownSource, language: str) -> Iterator[str]:
        """Yield the source of a cell that was added or removed."""
        paint = self.painter
        mark = "-" if source.only is Change.REMOVED else "+"
        if (tokens := paint.lex_lines(source.text, language)) is not None:
            side = ShownSide(Shown(source.text), [])
            lines = paint.paint_side(side, mark, tokens, is_source=True)
        else:
            gutter = paint.colour(mark, _MARKS[mark])
            lines = [f"{gutter} {line}" for line in paint.code(source.text, language)]
        yield from self._indent(lines)

    def _render_pieces(
        self,
        pieces: Sequence[ShownLines],
        lines: Sequence[str],
        cuts: dict[int, str] = NO_CUTS,
        tokens: tuple[Lines, Lines] = (None, None),
        *,
        is_source: bool = False,
    ) -> Iterator[str]:
        """Yield the changed lines of a text, and those around them, which are escaped.

        The changed lines are those of a source, or were escaped, too.
        """
        for piece in pieces:
            match piece:
                case FoldedLines():
                    yield self._fold(f"⋮ {piece.words}")
                case SameLines():
                    shown = [f"  {line}" for line in lines[slice(*piece.after)]]
                    yield from self._place_same(shown, piece.after[0], cuts)
                case ChangedLines():
                    old, new = (
                        self.painter.paint_side(
                            side, mark, found and found[slice(*span)], is_source=is_source
                        )
                        if span[0] < span[1]
                        else []
                        for side, mark, span, found in zip(
                            sides_of(piece, done=not is_source),
                            "-+",
                            (piece.before, piece.after),
                            tokens,
                            strict=True,
                        )
                    )
                    yield from self._place_changed(old, new, piece, cuts)

    def _place_same(self, lines: Sequence[str], first: int, cuts: dict[int, str]) -> Iterator[str]:
        return self._indent(lines, first, cuts)

    def _place_changed(
        self, old: Sequence[str], new: Sequence[str], piece: ChangedLines, cuts: dict[int, str]
    ) -> Iterator[str]:
        """Yield the lines of both sides of a change, which are painted."""
        yield from self._indent(old, piece.before[0])
        yield from self._indent(new, piece.after[0], cuts)

    def _indent(
        self, lines: Iterable[str], first: int = 0, cuts: dict[int, str] = NO_CUTS
    ) -> Iterator[str]:
        """Yield lines, given the number of the first one, and where another cell begins."""
        for number, line in enumerate(lines, first):
            if number in cuts:
                yield f"{_INDENT}{self.painter.colour(cuts[number], Colour.MAGENTA)}"
            yield f"{_INDENT}{line}".rstrip()

    def _fold(self, words: str) -> str:
        return f"{_INDENT}{self.painter.dim(words)}"

    # Outputs and attachments

    def _render_output(self, output: ShownOutput) -> Iterator[str]:
        meaning = output.diff.meaning
        one_sided = output.before is None or output.after is None
        label = output.name if output.name in ("error", "output") else f"output {output.name}"
        words = f" {name_change(output.diff.change)}" if one_sided and output.words else ""
        said, same = summary_of(meaning), meaning is not None and meaning.same
        yield f"  {self.painter.dim(escape_line(label))}{words}{f' · {said}' if said else ''}"
        lines = [] if same else [self._mark_line(*marked) for marked in mark_lines(meaning)]
        if not lines and (one_sided or not same):
            mime = meaning.mime if meaning else None
            shown = (_by_mime(side, mime) for side in (output.before, output.after))
            lines = list(self._output_lines(*shown, said=bool(said)))
        yield from lines[:_MOST_OUTPUT]
        if len(lines) > _MOST_OUTPUT:
            yield self._fold(fold(len(lines) - _MOST_OUTPUT, "line"))

    def _output_lines(self, before: Any, after: Any, *, said: bool) -> Iterator[str]:
        removed, added = (_read_output(side, brief=True) for side in (before, after))
        if removed == added:
            removed, added = (_read_output(side, brief=False) for side in (before, after))
        if removed == added:
            if not said and removed:
                yield self._fold("  (the readable text is the same)")
            return
        pieces = compare_lines(removed, added, self.context)
        yield from self._render_pieces(pieces, [*map(self.painter.names, added)])

    def _mark_line(self, mark: str, line: str) -> str:
        colour = _MARKS.get(mark)
        text = f"{mark} {self.painter.names(line)}"
        return f"{_INDENT}{self.painter.colour(text, colour) if colour else text}".rstrip()

    def _render_attachment(self, attachment: ShownAttachment) -> Iterator[str]:
        sides = (attachment.before, attachment.after)
        old, new = (attachment_lines(attachment.name, side) for side in sides)
        yield from self._render_pieces(compare_lines(old, new), [*map(self.painter.names, new)])

    # Other values

    def _render_value(self, value: ShownValue, label: str = "") -> str:
        paint = self.painter
        label = paint.dim(f"{paint.names(escape_line(label or value.label))}:")
        shown = shorten_values(value.before, value.after, 80)
        old, new = (paint.names(side or "") for side in shown)
        mark = _ONE_SIDED.get(value.change)
        if mark:
            return f"{label} {paint.colour(f'{mark} {old or new}', _MARKS[mark])}"
        return f"{label} {old} → {new}" if old else f"{label} {new}"


def _read_output(output: Any, *, brief: bool) -> list[str]:
    return [] if output is None else format_output(output, brief=brief)


def _by_mime(output: Any, mime: str | None) -> Any:
    """Return an output with nothing but the text that changed, if it is one of several."""
    data = output.get("data") if type(output) is dict else None
    if mime in ("text/latex", "text/markdown") and type(data) is dict and mime in data:
        return {**output, "data": {mime: data[mime]}}
    return output
