"""Cells in a page: one that changed with all that changed in it, and one as it is."""

from __future__ import annotations

from nbvc.diffing.values import Change
from nbvc.render.html import pictures
from nbvc.render.html.code import Lines
from nbvc.render.html.elements import NOTHING, Html, join_pieces, make_element
from nbvc.render.html.hunks import Hunks, render_whole
from nbvc.render.html.outputs import render_changed, render_output, render_values
from nbvc.render.media import describe_media
from nbvc.render.words import fold, number_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.diffing import CellDiff
    from nbvc.notebook import Cell
    from nbvc.render.shown import ShownAttachment, ShownCell, ShownSource, ShownValue

_MOST_OUTPUTS = 60
"""So many outputs of one cell are shown."""


def whole_cell(
    cell: Cell, language: str, change: str = "", *, has_outputs: bool = True, rendered: bool = False
) -> Html:
    """Return source and outputs of a cell as it is; `change` is `added`, `removed` or empty.

    Markdown is shown as a person reads it if it is to be `rendered`.
    """
    source = _render_markdown(cell) if rendered and cell.cell_type == "markdown" else None
    if source is None:
        lines = Lines(cell.source, language_of_source(cell.cell_type, language))
        source = render_whole(lines, change)
    found = cell.outputs if has_outputs else []
    drawn = (render_output(each, change) for each in found[:_MOST_OUTPUTS])
    return join_pieces(source, *drawn, _render_more(len(found)))


def _render_markdown(cell: Cell) -> Html | None:
    from nbvc.render.html.prose import render_prose

    return render_prose(cell.source)


def language_of_source(cell_type: str, language: str) -> str | None:
    """Return the language to color a cell's source in."""
    if cell_type == "code":
        return language
    return "markdown" if cell_type == "markdown" else None


class CellView:
    """Renders the cells of one notebook; `prefix` distinguishes its ids from those of other notebooks.

    With `takes_back` each cell has a button that puts it back as it was.
    """

    def __init__(self, language: str, prefix: str, *, takes_back: bool = False) -> None:
        self.language = language
        self.prefix = prefix
        self.takes_back = takes_back

    def anchor(self, entry: CellDiff) -> str:
        """Return the id of an entry's element: by the number after, or before if it is gone."""
        side, index = ("c", entry.after[0]) if entry.after else ("r", entry.before[0])
        return f"{self.prefix}{side}{index + 1}"

    def render(self, cell: ShownCell) -> Html:
        """Return a cell that changed or moved."""
        entry = cell.entry
        css = f"cell change {entry.change.value}{' moved' if entry.moved else ''}"
        body = join_pieces(*self._render_body(cell))
        return make_element(
            "section",
            self._render_heading(cell),
            body,
            class_=css,
            id=self.anchor(entry),
            data_parts=name_parts(cell),
            tabindex="-1",
        )

    def _render_heading(self, cell: ShownCell) -> Html:
        entry = cell.entry
        link = make_element("a", cell.name, href=f"#{self.anchor(entry)}")
        badges = [make_element("span", cell.executions, class_="hint")] if cell.executions else []
        badges += [
            make_element("b", word, class_="moved" if word == "moved" else entry.change.value)
            for word in cell.words
        ]
        if entry.moved and entry.before:
            place = f"#{self.prefix}from{entry.before[0] + 1}"
            words = f"from {number_cells(entry.before[:1])}"
            badges.append(make_element("a", words, href=place, class_="jump"))
        if self.takes_back:
            gone = not entry.after
            verb = "Remove this" if entry.change is Change.ADDED else "Put this back"
            numbers = " ".join(map(str, entry.before if gone else entry.after))
            badges.append(
                make_element(
                    "button", verb, type="button", class_="back",
                    data_cells=numbers, data_gone=gone,
                )
            )  # fmt: skip
        return make_element("h3", link, *badges)

    def _render_body(self, cell: ShownCell) -> Iterator[Html]:
        if cell.cell_type:
            yield render_value(cell.cell_type)
        if cell.source:
            yield self._render_source(cell.source)
            if cell.source.cell_type == "markdown":
                yield _fold_prose(cell.source)
        key = self.anchor(cell.entry)
        for number, found in enumerate(cell.outputs[:_MOST_OUTPUTS]):
            yield render_changed(found, f"{key}o{number}")
        yield _render_more(len(cell.outputs))
        yield from map(_render_attachment, cell.attachments)
        yield from map(render_value, cell.values)

    def _render_source(self, source: ShownSource) -> Html:
        language = language_of_source(source.cell_type, self.language)
        sides = Lines(source.before, language), Lines(source.after, language)
        hunks = Hunks(*sides, cuts=source.cuts)
        if source.only is None:
            return hunks.render(source.pieces)
        return hunks.render_one(source.pieces, source.only.value)


def _fold_prose(source: ShownSource) -> Html:
    """Return a fold with the Markdown of both sides as a person reads it; nothing if it is too long."""
    from nbvc.render.html.prose import render_prose

    before = None if source.only in (Change.ADDED, Change.UNCHANGED) else source.before
    after = None if source.only is Change.REMOVED else source.after
    sides = [
        (render_prose(text), css)
        for text, css in ((before, "removed"), (after, "added"))
        if text is not None
    ]
    if not all(shown for shown, _ in sides):
        return NOTHING
    only = len(sides) == 1
    drawn = [
        make_element("div", shown or "", class_="" if only else f"side {css}")
        for shown, css in sides
    ]
    body = make_element("div", *drawn, class_="figures")
    return make_element("details", make_element("summary", "Rendered"), body, class_="rich")


def name_parts(cell: ShownCell) -> str:
    """Return which kinds of changes a cell has, for the filter of the page."""
    is_edited = cell.entry.change is Change.MODIFIED
    kinds = {
        "sources": not is_edited or bool(cell.cell_type) or "source" in cell.parts,
        "outputs": bool(cell.outputs),
        "metadata": bool(cell.values or cell.attachments),
    }
    return " ".join([kind for kind, has in kinds.items() if has])


def render_value(value: ShownValue) -> Html:
    """Return one value that changed: `kernelspec.name: python2 → python3`."""
    name = make_element("span", value.label)
    return make_element("p", name, " ", *render_values(value.before, value.after), class_="value")


def _render_attachment(attachment: ShownAttachment) -> Html:
    drawn = []
    for bundle, change in ((attachment.before, "removed"), (attachment.after, "added")):
        for mime, content in bundle.items() if type(bundle) is dict else ():
            shown = pictures.render_picture(mime, content, attachment.name, change)
            drawn.append(shown or make_element("p", describe_media(mime, content), class_="note"))
    name = make_element("span", f"attachment {attachment.name}", class_="mime")
    said = make_element("p", name, class_="olabel")
    return make_element("div", said, make_element("div", *drawn, class_="figures"), class_="output")


def _render_more(count: int) -> Html:
    if count <= _MOST_OUTPUTS:
        return NOTHING
    return make_element("p", fold(count - _MOST_OUTPUTS, "output"), class_="note")
