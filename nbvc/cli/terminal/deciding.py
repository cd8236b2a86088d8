"""Ask about the conflicts of a notebook, one at a time, drawn as `nbvc diff` draws changes.

code cell 4 · conflict 2 of 8
  - mine, main
  + theirs, topic
    - rate = 0.2
    + rate = 0.3
(2/8) Keep [m]ine, [t]heirs or [b]oth, [e]dit, [q]uit [o,j,k,?]?
"""

from __future__ import annotations

import click
import msgspec

from nbvc.cli.terminal.asking import edit_text, read_line
from nbvc.diffing.narrowing import compare_cell
from nbvc.merging.markers import Take, find_base, settle
from nbvc.render.escape import escape_line
from nbvc.render.paint import Colour
from nbvc.render.shown import language_of, name_cell
from nbvc.render.terminal import TerminalRenderer
from nbvc.render.words import count, fold, number_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from nbvc.git.state.sides import ConflictSides
    from nbvc.merging.lines import Chunk
    from nbvc.merging.markers import Answer, Bases, Marked
    from nbvc.notebook import Notebook
    from nbvc.render.paint import Painter

    Answers = dict[tuple[int, int], Answer]

_MOST_LINES = 16
"""So many lines of a result are shown."""
_CONTEXT = 2
_HELP = """\
m  keep mine              o  show the base, and what each side changed
t  keep theirs            j  skip to the next conflict
b  keep both, mine first  k  go back to the previous conflict
e  edit the result        q  save the conflicts resolved so far and quit
Ctrl-C quits without saving."""


class SideNames(msgspec.Struct, frozen=True):
    """What people call the sides: which of them is their own, and where both come from."""

    sides: ConflictSides

    @property
    def mine(self) -> Take:
        """The side that is the user's own: in a rebase the remote one."""
        return Take(self.sides.own)

    @property
    def theirs(self) -> Take:
        """The other side."""
        return Take.LOCAL if self.mine is Take.REMOTE else Take.REMOTE

    def name(self, side: Take) -> str:
        """Return the name of a side: `theirs, topic`."""
        word = "mine" if side is self.mine else "theirs"
        return f"{word}, {escape_line(getattr(self.sides, side.value))}"


def ask_decisions(
    notebook: Notebook,
    marked: Mapping[int, Marked],
    sides: ConflictSides,
    painter: Painter,
    bases: Bases,
) -> Answers:
    """Ask about the conflicts in some cells, and return what was decided.

    `bases` are what the base has in place of the lines of both sides. Raises `click.Abort` on Ctrl-C.
    """
    asking = _Questions(notebook, marked, SideNames(sides), painter, bases)
    asking.run()
    return asking.answers


class _Questions:
    """The questions about one notebook."""

    def __init__(
        self,
        notebook: Notebook,
        marked: Mapping[int, Marked],
        names: SideNames,
        painter: Painter,
        bases: Bases,
    ) -> None:
        self.notebook, self.marked, self.bases = notebook, marked, bases
        self.names, self.painter = names, painter
        self.language = language_of(notebook)
        self.answers: Answers = {}
        self.places = [
            (index, hunk) for index, each in marked.items() for hunk in range(each.hunks)
        ]

    def run(self) -> None:
        """Ask until the last conflict was seen."""
        at = 0
        shown = -1
        self._show(iter((self._name_notebook(),)))
        while at < len(self.places):
            if shown != at:
                self._show(self._draw(at))
                shown = at
            key = self._ask(at)
            if key == "q":
                return
            if key == "o":
                self._show(self._draw_base(at))
            elif key in "jk":
                at = max(at - 1, 0) if key == "k" else at + 1
                shown = -1
                if key == "k":
                    self.answers.pop(self.places[at], None)
            elif self._answer(at, key):
                self._show(self._draw_result(at))
                at += 1

    def _ask(self, at: int) -> str:
        """Return the key of an answer. Raises `click.Abort`."""
        base = "o" if self._find_base(at) is not None else ""
        more = f"{base}j{'k' if at else ''}"
        keys = f"mtbeq{more}"
        question = (
            f"({at + 1}/{len(self.places)}) Keep [m]ine, [t]heirs or [b]oth, [e]dit, [q]uit "
            f"[{','.join(more)},?]? "
        )
        while True:
            try:
                answer = read_line(self.painter.bold(question)).lower()
            except click.Abort:
                done = len(self.answers)
                lost = f", {done} of them resolved: q would have saved them" if done else ""
                click.echo(f"Nothing was changed{lost}.", err=True)
                raise
            key = _SYNONYMS.get(answer[:1], answer[:1])
            if len(answer) == 1 and key in f"{keys}lr":
                return key
            click.echo(_HELP)

    def _answer(self, at: int, key: str) -> bool:
        """Note an answer; return whether it is one."""
        index, hunk = place = self.places[at]
        sides = {"m": self.names.mine, "t": self.names.theirs, "l": Take.LOCAL, "r": Take.REMOTE}
        if key in sides:
            self.answers[place] = sides[key]
        elif key == "b":
            self.answers[place] = self._join(self.names.mine, self.names.theirs, at)
        else:
            chunk = self.marked[index].conflicts[hunk]
            both = (f"<<<<<<< {self.names.name(Take.LOCAL)}", *chunk.lines, "=======")
            lines = (*both, *(chunk.remote or ()), f">>>>>>> {self.names.name(Take.REMOTE)}")
            text = edit_text("\n".join(lines))
            if text is None or any(line in (lines[0], lines[-1]) for line in text.split("\n")):
                click.echo("The markers are still there: the conflict is not resolved.")
                return False
            self.answers[place] = tuple(text.split("\n")) if text else ()
        return True

    def _join(self, first: Take, second: Take, at: int) -> Answer:
        if first is Take.LOCAL:
            return Take.BOTH
        return (*self._take(at, first), *self._take(at, second))

    # What there is to decide

    def _take(self, at: int, side: Take) -> list[str]:
        index, hunk = self.places[at]
        chunk = self.marked[index].conflicts[hunk]
        return chunk.lines if side is Take.LOCAL else chunk.remote or []

    def _find_base(self, at: int) -> list[str] | None:
        index, hunk = self.places[at]
        return find_base(self.marked[index].conflicts[hunk], self.bases)

    def _compose(self, at: int, lines: Sequence[str]) -> tuple[str, int]:
        """Return the source of a cell with these lines for a conflict, and where they begin.

        Its other conflicts are as they were decided, or mine.
        """
        index, hunk = self.places[at]
        made: list[str] = []
        start = number = 0
        for chunk in self.marked[index].chunks:
            if chunk.remote is None:
                made += chunk.lines
                continue
            if number == hunk:
                start = len(made)
                made += lines
            else:
                made += self._apply_answer(
                    chunk, self.answers.get((index, number), self.names.mine)
                )
            number += 1
        return "\n".join(made), start

    def _apply_answer(self, chunk: Chunk, answer: Answer) -> Sequence[str]:
        if not isinstance(answer, Take):
            return answer
        remote = chunk.remote or []
        return {Take.LOCAL: chunk.lines, Take.REMOTE: remote, Take.BOTH: chunk.lines + remote}[
            answer
        ]

    # How it is drawn

    def _name_notebook(self) -> str:
        conflicts = count(len(self.places), "conflict")
        return self.painter.title(escape_line(f"{self.notebook.name}: {conflicts}"))

    def _show(self, lines: Iterator[str]) -> None:
        for line in lines:
            click.echo(line)

    def _draw(self, at: int) -> Iterator[str]:
        index, _ = self.places[at]
        name = name_cell(self.notebook.cells[index], number_cells((index,)))
        which = f"conflict {at + 1} of {len(self.places)}"
        yield ""
        yield self.painter.heading(escape_line(name), which, Colour.YELLOW)
        yield from self._compare(at, self.names.mine, self.names.theirs)

    def _draw_base(self, at: int) -> Iterator[str]:
        base = self._find_base(at) or []
        for side in (self.names.mine, self.names.theirs):
            yield from self._compare(at, base, side)

    def _compare(self, at: int, before: Take | list[str], after: Take) -> Iterator[str]:
        """Yield both names, and how the source differs."""
        paint = self.painter
        sides = (("-", Colour.RED, before), ("+", Colour.GREEN, after))
        for sign, colour, side in sides:
            name = self.names.name(side) if isinstance(side, Take) else "before, the base"
            gone = (
                isinstance(side, Take) and self.marked[self.places[at][0]].deleted_by == side.value
            )
            yield f"  {paint.colour(f'{sign} {name}', colour)}{' deleted the cell' if gone else ''}"
        old, new = (
            self._compose(at, self._take(at, side) if isinstance(side, Take) else side)[0]
            for side in (before, after)
        )
        found = compare_cell(self.notebook, self.places[at][0], old, new)
        lines = [*TerminalRenderer(found, paint).cell_lines(0, has_heading=False)]
        yield from lines or ["    (the same)"]

    def _draw_result(self, at: int) -> Iterator[str]:
        """Yield what became of a conflict, with some lines around it."""
        index, hunk = place = self.places[at]
        cell, paint = self.notebook.cells[index], self.painter
        takes = [self.answers.get((index, number)) for number in range(self.marked[index].hunks)]
        if None not in takes and settle(cell, takes) is None:
            yield f"  {paint.dim('result')} the cell is deleted"
            return
        chosen = self._apply_answer(self.marked[index].conflicts[hunk], self.answers[place])
        source, start = self._compose(at, chosen)
        language = self.language if cell.cell_type == "code" else "markdown"
        lines = paint.code(source, language)[
            max(start - _CONTEXT, 0) : start + len(chosen) + _CONTEXT
        ]
        yield f"  {paint.dim('result')}"
        for line in lines[:_MOST_LINES]:
            yield f"      {line}".rstrip()
        if len(lines) > _MOST_LINES:
            yield f"    {paint.dim(fold(len(lines) - _MOST_LINES, 'line'))}"


_SYNONYMS = {"s": "j", "u": "k"}
"""Keys of earlier versions."""
