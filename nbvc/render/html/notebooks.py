"""One notebook of a report: heading, outline, and its cells in the order they are now."""

from __future__ import annotations

from nbvc.diffing.values import Change
from nbvc.render.html.cells import CellView, name_parts, render_value, whole_cell
from nbvc.render.html.code import Lines
from nbvc.render.html.elements import NOTHING, Html, join_pieces, make_element
from nbvc.render.html.hunks import render_compared, render_whole
from nbvc.render.shown import language_of, name_cell, show_cells, show_rest
from nbvc.render.summary import summarize
from nbvc.render.words import count, number_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.diffing import CellDiff, NotebookDiff
    from nbvc.workflow.compare import Comparison


def outline_item(
    anchor: str, css: str, name: str, what: str, hint: str, parts: str | None = None
) -> Html:
    """Return one line of an outline: a link with a name, what happened, and how it begins."""
    small = make_element("small", hint) if hint else NOTHING
    link = make_element(
        "a", make_element("b", name), f" {what}" if what else "", small, href=f"#{anchor}"
    )
    return make_element("li", link, class_=css, data_parts=parts)


class Budget:
    """How many characters of what didn't change a report still takes in: it is about what did."""

    def __init__(self, characters: int, outputs: Budget | None = None) -> None:
        self.left = characters
        self.outputs = outputs or self

    def take(self, characters: int) -> bool:
        """Take that much, or say that there isn't so much left."""
        if characters > self.left:
            return False
        self.left -= characters
        return True


class NotebookView:
    """Renders one notebook; `prefix` distinguishes its ids from those of the others.

    `key` is what a page that is served calls a notebook of which cells can be put back.
    """

    def __init__(self, found: Comparison, prefix: str, budget: Budget, key: str = "") -> None:
        self.found = found
        self.prefix = prefix
        self.key = key
        self.budget = budget
        diff = found.diff
        language = language_of(diff.after, diff.before) if diff else ""
        self.cells = CellView(language, prefix, takes_back=bool(key)) if diff else None
        self.shown = {cell.entry: cell for cell in show_cells(diff)} if diff else {}

    def outline(self) -> Html:
        """Return links to all cells that changed."""
        if self.cells is None:
            return NOTHING
        items = []
        for entry, cell in self.shown.items():
            css = "moved" if entry.change is Change.UNCHANGED else entry.change.value
            place = self.cells.anchor(entry)
            parts = name_parts(cell)
            items.append(outline_item(place, css, cell.name, cell.what, cell.hint, parts))
        return make_element("ol", *items, class_="outline")

    def section(self, *, alone: bool = False) -> Iterator[Html]:
        """Yield the notebook's part of the page, as pieces that are complete together.

        The only one of a page needs no heading of its own; one of several can be folded by it.
        """
        key = f' data-key="{self.key}"' if self.key else ""
        yield Html(f'<article class="notebook" id="{self.prefix}"{key}>')
        if not alone:
            yield Html('<details class="whole" open><summary>')
            yield make_element("h2", make_element("a", self.found.name, href=f"#{self.prefix}"))
            yield make_element("p", summarize(self.found), class_="summary")
            yield Html("</summary>")
        if self.cells is None or self.found.diff is None:
            yield self._render_raw()
        else:
            yield from self._render_entries(self.cells, self.found.diff)
        yield Html("</article>" if alone else "</details></article>")

    def _render_raw(self) -> Html:
        """Return files as plain text if one of them is not a notebook."""
        before, after = self.found.texts or ("", "")
        change = "added" if after else "removed"
        alone = render_whole(Lines(after or before), change)
        shown = render_compared(before, after) if before and after else alone
        return make_element("section", shown, class_="cell change modified", tabindex="-1")

    def _render_entries(self, cells: CellView, diff: NotebookDiff) -> Iterator[Html]:
        rest = [*map(render_value, show_rest(diff))]
        if rest:
            head = make_element("h3", "Notebook")
            yield make_element(
                "section", head, *rest, class_="cell change modified", data_parts="metadata",
                tabindex="-1",
            )  # fmt: skip
        gone = {entry.before[0]: entry for entry in diff.cells if entry.moved and entry.before}
        same: list[CellDiff] = []
        for entry in diff.cells:
            if entry in self.shown:
                yield self._render_unchanged(cells, diff, same)
                same = []
                yield cells.render(self.shown[entry])
            else:
                same.append(entry)
            left = [gone[i + 1] for i in entry.before if not entry.moved and i + 1 in gone]
            if left:
                yield self._render_unchanged(cells, diff, same)
                same = []
                yield from self._render_ghosts(cells, gone, left[0].before[0])
        yield self._render_unchanged(cells, diff, same)

    def _render_ghosts(
        self, cells: CellView, gone: dict[int, CellDiff], start: int
    ) -> Iterator[Html]:
        """Yield, where cells were before they moved, links to where they are."""
        while start in gone:
            entry = gone.pop(start)
            link = make_element("a", f"cell {entry.after[0] + 1}", href=f"#{cells.anchor(entry)}")
            words = join_pieces(f"Cell {start + 1} was here and is now ", link)
            yield make_element("p", words, class_="ghost", id=f"{self.prefix}from{start + 1}")
            start += 1

    def _render_unchanged(
        self, cells: CellView, diff: NotebookDiff, entries: Sequence[CellDiff]
    ) -> Html:
        """Return cells that didn't change in a fold, as far as there is budget for them."""
        if not entries:
            return NOTHING
        assert diff.after is not None
        first, last = (number_cells(entries[place].after) for place in (0, -1))
        numbers = f"{first}–{last}" if last != first else first
        said = f"{count(len(entries), 'unchanged cell')} · {numbers}"
        pieces = []
        for entry in entries:
            cell = diff.after.cells[entry.after[0]]
            if not self.budget.take(len(cell.source) + 200):
                pieces.append(
                    make_element(
                        "p", "The rest is omitted to keep the report small.", class_="note"
                    )
                )
                break
            kept = self.budget.outputs.take(len(cell.fields.get("outputs", b"")))
            gone = "" if kept else f"{count(len(cell.outputs), 'output')} omitted"
            head = make_element(
                "h3",
                name_cell(cell, number_cells(entry.after)),
                gone and make_element("span", gone, class_="hint"),
            )
            body = whole_cell(cell, cells.language, has_outputs=kept, rendered=True)
            pieces.append(make_element("div", head, body, class_="cell same"))
        return make_element("details", make_element("summary", said), *pieces, class_="same")
