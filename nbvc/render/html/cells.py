"""Cells in a page: one that changed with all that changed in it, and one as it is."""

from __future__ import annotations

from nbvc.render.html import pictures
from nbvc.render.html.code import Lines
from nbvc.render.html.elements import NOTHING, Html, element, joined
from nbvc.render.html.hunks import Hunks, whole
from nbvc.render.html.outputs import changed_output, output, values
from nbvc.render.media import described
from nbvc.render.words import fold, number_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.diffing import CellDiff
    from nbvc.notebook import Cell
    from nbvc.render.shown import ShownAttachment, ShownCell, ShownSource, ShownValue

_MOST_OUTPUTS = 60
"""So many outputs of one cell are shown."""


def whole_cell(cell: Cell, language: str, change: str = "") -> Html:
    """Return source and outputs of a cell as it is; `change` is `added`, `removed` or empty."""
    source = whole(Lines(cell.source, language_of_source(cell.cell_type, language)), change)
    found = cell.outputs
    drawn = (output(each, change) for each in found[:_MOST_OUTPUTS])
    return joined(source, *drawn, _more(len(found)))


def language_of_source(cell_type: str, language: str) -> str | None:
    """Return the language to colour a cell's source in."""
    if cell_type == "code":
        return language
    return "markdown" if cell_type == "markdown" else None


class CellView:
    """Renders the cells of one notebook; `prefix` tells its ids from those of other notebooks."""

    def __init__(self, language: str, prefix: str) -> None:
        self.language = language
        self.prefix = prefix

    def anchor(self, entry: CellDiff) -> str:
        """Return the id of an entry's element: by the number after, or before if it is gone."""
        side, index = ("c", entry.after[0]) if entry.after else ("r", entry.before[0])
        return f"{self.prefix}{side}{index + 1}"

    def render(self, cell: ShownCell) -> Html:
        """Return a cell that changed or moved."""
        entry = cell.entry
        css = f"cell change {entry.change.value}{' moved' if entry.moved else ''}"
        body = joined(*self._body(cell))
        return element(
            "section", self._heading(cell), body, class_=css, id=self.anchor(entry), tabindex="-1"
        )

    def _heading(self, cell: ShownCell) -> Html:
        entry = cell.entry
        link = element("a", cell.name, href=f"#{self.anchor(entry)}")
        badges = [
            element("b", word, class_="moved" if word == "moved" else entry.change.value)
            for word in cell.words
        ]
        if entry.moved and entry.before:
            place = f"#{self.prefix}from{entry.before[0] + 1}"
            words = f"from {number_cells(entry.before[:1])}"
            badges.append(element("a", words, href=place, class_="jump"))
        return element("h3", link, *badges)

    def _body(self, cell: ShownCell) -> Iterator[Html]:
        if cell.cell_type:
            yield line(cell.cell_type)
        if cell.source:
            yield self._source(cell.source)
        key = self.anchor(cell.entry)
        for number, found in enumerate(cell.outputs[:_MOST_OUTPUTS]):
            yield changed_output(found, f"{key}o{number}")
        yield _more(len(cell.outputs))
        yield from map(_attachment, cell.attachments)
        yield from map(line, cell.values)

    def _source(self, source: ShownSource) -> Html:
        language = language_of_source(source.cell_type, self.language)
        sides = Lines(source.before, language), Lines(source.after, language)
        hunks = Hunks(*sides, cuts=source.cuts)
        if source.only is None:
            return hunks.render(source.pieces)
        return hunks.render_one(source.pieces, source.only.value)


def line(value: ShownValue) -> Html:
    """Return one value that changed: `kernelspec.name: python2 → python3`."""
    name = element("span", value.label)
    return element("p", name, " ", *values(value.before, value.after), class_="value")


def _attachment(attachment: ShownAttachment) -> Html:
    drawn = []
    for bundle, change in ((attachment.before, "removed"), (attachment.after, "added")):
        for mime, content in bundle.items() if type(bundle) is dict else ():
            shown = pictures.picture(mime, content, attachment.name, change)
            drawn.append(shown or element("p", described(mime, content), class_="note"))
    name = element("span", f"attachment {attachment.name}", class_="mime")
    said = element("p", name, class_="olabel")
    return element("div", said, element("div", *drawn, class_="figures"), class_="output")


def _more(count: int) -> Html:
    if count <= _MOST_OUTPUTS:
        return NOTHING
    return element("p", fold(count - _MOST_OUTPUTS, "output"), class_="note")
