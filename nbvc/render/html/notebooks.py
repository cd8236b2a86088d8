"""One notebook of a report: heading, outline, and its cells in the order they are now."""

from __future__ import annotations

import msgspec

from nbvc.diffing.model import Change
from nbvc.render import changes
from nbvc.render.html.cells import CellView, line
from nbvc.render.html.code import Lines
from nbvc.render.html.elements import NOTHING, Html, element, joined
from nbvc.render.html.hunks import compared, whole
from nbvc.render.terminal import counts_said, language_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.diffing import CellDiff, NotebookDiff


class Compared(msgspec.Struct, frozen=True):
    """Two versions of a notebook in a report.

    `name` is the path, or both; `note` what happened to the file as a whole. Where a side can't be
    read, `problem` says why, and `texts` are both files as text.
    """

    name: str
    diff: NotebookDiff | None = None
    note: str = ""
    problem: str = ""
    texts: tuple[str, str] = ("", "")

    @property
    def summary(self) -> str:
        """One line: what happened to the file, and to how many cells."""
        said = [self.note] if self.note else []
        said.append(self.problem or (counts_said(self.diff) if self.diff else ""))
        return ", ".join(filter(None, said))


def outline_item(anchor: str, css: str, name: str, what: str, hint: str) -> Html:
    """Return one line of an outline: a link with a name, what happened, and how it begins."""
    small = element("small", hint) if hint else NOTHING
    link = element("a", element("b", name), f" {what}" if what else "", small, href=f"#{anchor}")
    return element("li", link, class_=css)


class Room:
    """How many characters of what didn't change a report still takes in: it is about what did."""

    def __init__(self, characters: int) -> None:
        self.left = characters

    def take(self, characters: int) -> bool:
        """Take that much, or say that there isn't so much left."""
        if characters > self.left:
            return False
        self.left -= characters
        return True


class NotebookView:
    """Renders one notebook; `prefix` tells its ids from those of the others."""

    def __init__(self, found: Compared, prefix: str, room: Room) -> None:
        self.found = found
        self.prefix = prefix
        self.room = room
        self.cells = CellView(found.diff, language_of(found.diff), prefix) if found.diff else None

    def outline(self) -> Html:
        """Return links to all cells that changed."""
        if self.cells is None or self.found.diff is None:
            return NOTHING
        items = [
            self._item(self.cells, self.found.diff, entry)
            for entry in self.found.diff.cells
            if changes.is_shown(entry)
        ]
        return element("ol", *items, class_="outline")

    def _item(self, cells: CellView, diff: NotebookDiff, entry: CellDiff) -> Html:
        olds, news = changes.both(diff, entry)
        name = f"{changes.kind_of(olds, news)} {changes.numbers(entry)}"
        return outline_item(
            cells.anchor(entry),
            "moved" if entry.change is Change.UNCHANGED else entry.change.value,
            name,
            changes.what(entry, diff.policy),
            changes.first_line(news or olds, 40),
        )

    def section(self, *, alone: bool = False) -> Iterator[Html]:
        """Yield the notebook's part of the page, as pieces that are complete together.

        The only one of a page needs no heading of its own.
        """
        yield Html(f'<article class="notebook" id="{self.prefix}">')
        if not alone:
            yield element("h2", element("a", self.found.name, href=f"#{self.prefix}"))
            yield element("p", self.found.summary, class_="summary")
        if self.cells is None or self.found.diff is None:
            yield self._raw()
        else:
            yield from self._entries(self.cells, self.found.diff)
        yield Html("</article>")

    def _raw(self) -> Html:
        """Return files as plain text where one of them is no notebook."""
        before, after = self.found.texts
        shown = compared(before, after) if before and after else self._one(before, after)
        return element("section", shown, class_="cell change modified", tabindex="-1")

    def _one(self, before: str, after: str) -> Html:
        return whole(Lines(after or before), "added" if after else "removed")

    def _entries(self, cells: CellView, diff: NotebookDiff) -> Iterator[Html]:
        beside = changes.notebook_changes(diff)
        if beside:
            lines = [self._beside(name, changes.operation(op, whole)) for name, op, whole in beside]
            head = element("h3", "Notebook metadata")
            yield element("section", head, *lines, class_="cell change modified", tabindex="-1")
        gone = {entry.before[0]: entry for entry in diff.cells if entry.moved and entry.before}
        same: list[CellDiff] = []
        for entry in diff.cells:
            if changes.is_shown(entry):
                yield self._unchanged(diff, same)
                same = []
                yield cells.entry(entry)
            else:
                same.append(entry)
            left = [gone[i + 1] for i in entry.before if not entry.moved and i + 1 in gone]
            if left:
                yield self._unchanged(diff, same)
                same = []
                yield from self._ghosts(cells, gone, left[0].before[0])
        yield self._unchanged(diff, same)

    def _beside(self, name: str, change: tuple[str, str | None, str | None]) -> Html:
        path, before, after = change
        return line(path if name == "metadata" else f"notebook {path}", before, after)

    def _ghosts(self, cells: CellView, gone: dict[int, CellDiff], start: int) -> Iterator[Html]:
        """Yield, where cells were before they moved, links to where they are."""
        while start in gone:
            entry = gone.pop(start)
            link = element("a", f"cell {entry.after[0] + 1}", href=f"#{cells.anchor(entry)}")
            words = joined(f"Cell {start + 1} was here and is now ", link)
            yield element("p", words, class_="ghost", id=f"{self.prefix}from{start + 1}")
            start += 1

    def _unchanged(self, diff: NotebookDiff, entries: Sequence[CellDiff]) -> Html:
        """Return cells that didn't change in a fold, as far as there is room for them."""
        if not entries:
            return NOTHING
        assert diff.after is not None
        first, last = entries[0].after[0] + 1, entries[-1].after[0] + 1
        count = len(entries)
        numbers = f"{first}–{last}" if last != first else f"{first}"
        said = f"{count} unchanged {'cell' if count == 1 else 'cells'} · {numbers}"
        pieces = []
        for entry in entries:
            cell = diff.after.cells[entry.after[0]]
            if not self.room.take(len(cell.source) + 200):
                pieces.append(
                    element("p", "More is left out, to keep the report small.", class_="note")
                )
                break
            head = element("h3", f"{cell.cell_type} {entry.after[0] + 1}", _outputs(cell.outputs))
            block = whole(Lines(cell.source), numbers=False)
            pieces.append(element("div", head, block, class_="cell same"))
        return element("details", element("summary", said), *pieces, class_="same")


def _outputs(outputs: Sequence[object]) -> Html:
    count = len(outputs)
    said = f"{count} {'output' if count == 1 else 'outputs'}"
    return element("span", said, class_="hint") if outputs else NOTHING
