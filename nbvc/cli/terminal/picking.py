"""Ask about the changes of notebooks, one cell at a time, as `git add -p` asks about hunks."""

from __future__ import annotations

import click
import msgspec

from nbvc.cli.terminal.asking import edit_text, read_line
from nbvc.diffing.narrowing import WHOLE, Portion, can_divide, count_hunks, narrow
from nbvc.render.escape import escape_line
from nbvc.render.terminal import TerminalRenderer
from nbvc.workflow.picking import Picked, Taking

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.render.paint import Painter
    from nbvc.workflow.picking import Offer

_VERBS = {Taking.STAGE: "Stage", Taking.UNSTAGE: "Unstage", Taking.PUT_BACK: "Restore"}
_HELP = """\
y  {verb} this            a  {verb} this and all that follows in this notebook
n  leave this              d  leave this and all that follows in this notebook
s  split it into lines, outputs and metadata
e  edit the source first   /  go to the next one with a text in its cell
j  next one, decide later  k  the one before
q  {verb} what was chosen so far, and ask no more
Ctrl-C leaves everything as it was."""


class _Item(msgspec.Struct):
    """One question: an entry, or a part of it; the entry -1 is the notebook's metadata and format."""

    entry: int
    part: Portion = WHOLE
    label: str = ""
    answer: bool | None = None


class _Quit(Exception):  # noqa: N818 - it is an answer
    """Nothing more is to be asked."""


def ask_about(offers: Sequence[Offer], painter: Painter) -> list[tuple[Offer, Picked]]:
    """Ask about each change of some notebooks, and return what was chosen.

    Raises `click.Abort` on Ctrl-C: then nothing is to be done.
    """
    found = []
    for offer in offers:
        asking = _Asking(offer, painter)
        try:
            asking.run()
        except _Quit:
            found.append((offer, asking.read_answers()))
            break
        found.append((offer, asking.read_answers()))
    return [(offer, picked) for offer, picked in found if picked.cells or picked.notebook]


class _Asking:
    """The questions about one notebook."""

    def __init__(self, offer: Offer, painter: Painter) -> None:
        self.offer = offer
        self.painter = painter
        self.items = [_Item(number) for number in offer.list_changed()]
        if offer.has_notebook_changes:
            self.items.insert(0, _Item(-1))

    def run(self) -> None:
        """Ask until each item has an answer."""
        at = 0
        if self.items:
            click.echo(self.painter.bold(escape_line(self.offer.name)))
        while at < len(self.items):
            self._draw(self.items[at])
            at = self._ask(at)

    def _ask(self, at: int) -> int:
        """Ask about one item, and return which one comes next."""
        item = self.items[at]
        keys = "yn" + ("ad" if at + 1 < len(self.items) else "") + "q"
        keys += "s" * self._can_split(item) + "e" * self._can_edit(item)
        keys += "j" * (at + 1 < len(self.items)) + "k" * (at > 0) + "/?"
        verb = _VERBS[self.offer.taking]
        what = f"this {item.label}" if item.label else "this cell"
        what = "the notebook's metadata" if item.entry < 0 else what
        question = f"({at + 1}/{len(self.items)}) {verb} {what} [{','.join(keys)}]? "
        answer = read_line(self.painter.bold(question))
        key = answer[:1].lower()
        if key not in keys or not key or (len(answer) > 1 and key != "/"):
            click.echo(_HELP.format(verb=verb.lower()))
            return at
        return self._follow(key, at, answer[1:].strip())

    def _follow(self, key: str, at: int, text: str) -> int:
        """Do what a key says to an item, and return which one comes next."""
        if key in "ynad":
            return self._answer(key, at)
        item = self.items[at]
        if key == "q":
            raise _Quit
        if key == "s":
            self.items[at : at + 1] = self._split(item)
        elif key == "/":
            return self._search(text or read_line("Text: "), at)
        elif key == "?":
            click.echo(_HELP.format(verb=_VERBS[self.offer.taking].lower()))
        elif key == "k":
            return at - 1
        elif key == "j" or self._edit(item):
            return self._find_open(at)
        return at

    def _answer(self, key: str, at: int) -> int:
        item = self.items[at]
        if key in "yn":
            item.answer = key == "y"
            return self._find_open(at)
        for one in self.items[at:]:
            if one.answer is None or one is item:
                one.answer = key == "a"
        return self._find_open(at)

    def _find_open(self, at: int) -> int:
        """Return the next item without an answer, from the start again; the end if there is none."""
        order: list[int] = [*range(at + 1, len(self.items)), *range(at + 1)]
        return next((n for n in order if self.items[n].answer is None), len(self.items))

    # What is asked about

    def _draw(self, item: _Item) -> None:
        click.echo()
        for line in self._list_lines(item):
            click.echo(line)

    def _list_lines(self, item: _Item) -> Iterator[str]:
        """Yield a change as `nbvc diff` shows it; of a part only that."""
        whole = self.offer.diff
        if item.entry < 0:
            yield from TerminalRenderer(whole, self.painter).rest_lines()
            return
        if item.part != WHOLE:
            # Everything else is chosen, so that the numbers of cells stay.
            every: dict[int, Portion] = dict.fromkeys(range(len(whole.cells)), WHOLE)
            whole = narrow(whole, {**every, item.entry: item.part})
        yield from TerminalRenderer(whole, self.painter).cell_lines(item.entry)

    def _can_split(self, item: _Item) -> bool:
        return len(self._split(item)) > 1

    def _can_edit(self, item: _Item) -> bool:
        return (
            item.entry >= 0 and item.part == WHOLE and can_divide(self.offer.diff.cells[item.entry])
        )

    def _split(self, item: _Item) -> list[_Item]:
        """Return the parts of an entry as items; itself if it has no parts."""
        if item.entry < 0 or item.part != WHOLE:
            return [item]
        entry = self.offer.diff.cells[item.entry]
        if not can_divide(entry):
            return [item]
        none: frozenset[int] = frozenset()
        count = count_hunks(entry)
        found = [
            _Item(
                item.entry, Portion(frozenset((n,)), outputs=False, rest=False), "change of lines"
            )
            for n in range(count)
        ]
        parts = entry.parts
        if parts.outputs or parts.execution_count:
            found.append(_Item(item.entry, Portion(none, rest=False), "change of outputs"))
        if parts.metadata or parts.attachments or parts.id or entry.other:
            found.append(_Item(item.entry, Portion(none, outputs=False), "change of metadata"))
        # What is only noise shows nothing, and is not a question.
        shown = [one for one in found if next(self._list_lines(one), None) is not None]
        return shown if len(shown) > 1 else [item]

    def _edit(self, item: _Item) -> bool:
        """Let a person edit the source that is taken; return whether it was changed or confirmed."""
        entry = self.offer.diff.cells[item.entry]
        (new,) = entry.get_cells()[1]
        text = edit_text(new.source)
        if text is None:
            click.echo("The source was not changed.")
            return False
        item.part = Portion(text=text)
        item.answer = True
        return True

    def _search(self, text: str, at: int) -> int:
        """Return the next item with a text in its cell."""
        rest: list[int] = [*range(at + 1, len(self.items)), *range(at)]
        for number in rest:
            entry = self.items[number].entry
            sides = self.offer.diff.cells[entry].get_cells() if entry >= 0 else ()
            if any(text in cell.source for cells in sides for cell in cells):
                return number
        click.echo(f"No other change has {escape_line(text)!r} in its cell.")
        return at

    # Answers

    def read_answers(self) -> Picked:
        """Return what was chosen; parts of one cell that were chosen are one portion."""
        cells: dict[int, Portion] = {}
        for item in self.items:
            if item.answer and item.entry >= 0:
                known = cells.get(item.entry)
                cells[item.entry] = _unite(known, item.part) if known else item.part
        for number, portion in cells.items():
            count = count_hunks(self.offer.diff.cells[number])
            if portion.hunks == frozenset(range(count)) and portion.outputs and portion.rest:
                cells[number] = WHOLE
        return Picked(cells, notebook=any(item.answer for item in self.items if item.entry < 0))


def _unite(one: Portion, other: Portion) -> Portion:
    return Portion(
        (one.hunks or frozenset()) | (other.hunks or frozenset()),
        outputs=one.outputs or other.outputs,
        rest=one.rest or other.rest,
    )


def report_taken(verb: str, done: Sequence[tuple[Offer, Picked]], reason: str = "") -> int:
    """Print what was taken of which notebooks; return the exit code, 1 for nothing.

    `reason` is why nothing was taken, if that is known.
    """
    from nbvc.render.words import count

    for offer, picked in done:
        changed = len(picked.cells.keys() & {*offer.list_changed()})
        parts = [count(changed, "cell")] if changed else []
        parts += ["the notebook's metadata"] if picked.notebook and not changed else []
        click.echo(f"{verb} {' and '.join(parts)} of {escape_line(offer.name)}.")
    if not done:
        click.echo(
            f"Nothing was {verb.lower()}: {reason}." if reason else f"Nothing was {verb.lower()}."
        )
    return 0 if done else 1
