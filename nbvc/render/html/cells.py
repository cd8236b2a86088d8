"""Cells in a page: one that changed with all that changed in it, and one as it is."""

from __future__ import annotations

from nbvc.diffing.model import Change
from nbvc.diffing.policy import Part
from nbvc.render import changes
from nbvc.render.html import pictures
from nbvc.render.html.code import Lines
from nbvc.render.html.elements import NOTHING, Html, element, joined
from nbvc.render.html.hunks import Hunks, whole
from nbvc.render.html.outputs import changed_output, output, values
from nbvc.render.media import described

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from nbvc.diffing import CellDiff, NotebookDiff
    from nbvc.notebook import Cell

    Op = dict[str, Any]

_MOST_OUTPUTS = 60
"""So many outputs of one cell are shown."""


def whole_cell(cell: Cell, language: str, *, change: str = "", outputs: bool = True) -> Html:
    """Return a cell as it is: source, attachments, outputs; `change` is `added`, `removed` or empty."""
    source = whole(Lines(cell.source, language_of(cell, language)), change)
    pieces = (
        [source, *_attachments({}, cell.attachments, change or "added")] if change else [source]
    )
    found = cell.outputs if outputs else []
    pieces += [output(each, change) for each in found[:_MOST_OUTPUTS]]
    pieces.append(_more(len(found)))
    return joined(*pieces)


def language_of(cell: Cell, language: str) -> str | None:
    """Return the language to colour a cell's source in."""
    if cell.cell_type == "code":
        return language
    return "markdown" if cell.cell_type == "markdown" else None


class CellView:
    """Renders the cells of one diff; `prefix` tells its ids from those of other notebooks."""

    def __init__(self, diff: NotebookDiff, language: str, prefix: str) -> None:
        self.diff = diff
        self.policy = diff.policy
        self.language = language
        self.prefix = prefix

    def anchor(self, entry: CellDiff) -> str:
        """Return the id of an entry's element: by the number after, or before where it is gone."""
        side, index = ("c", entry.after[0]) if entry.after else ("r", entry.before[0])
        return f"{self.prefix}{side}{index + 1}"

    def entry(self, entry: CellDiff) -> Html:
        """Return a cell that changed or moved."""
        olds, news = changes.both(self.diff, entry)
        body = joined(*self._body(entry, olds, news))
        css = f"cell change {entry.change.value}{' moved' if entry.moved else ''}"
        heading = self._heading(entry, olds, news)
        return element("section", heading, body, class_=css, id=self.anchor(entry), tabindex="-1")

    def _heading(self, entry: CellDiff, olds: Sequence[Cell], news: Sequence[Cell]) -> Html:
        name = f"{changes.kind_of(olds, news)} {changes.numbers(entry)}"
        link = element("a", name, href=f"#{self.anchor(entry)}")
        said = changes.what(entry, self.policy)
        badges = [element("b", word, class_=_badge(word)) for word in said.split(", ", 1)]
        if entry.moved and entry.before:
            place = f"#{self.prefix}from{entry.before[0] + 1}"
            badges.append(element("a", f"from {entry.before[0] + 1}", href=place, class_="jump"))
        return element("h3", link, *badges)

    def _body(self, entry: CellDiff, olds: list[Cell], news: list[Cell]) -> Iterator[Html]:
        key = self.anchor(entry)
        shown = self.policy.counts(Part.OUTPUTS)
        if entry.change is Change.ADDED:
            yield whole_cell(news[0], self.language, change="added", outputs=shown)
        elif entry.change is Change.REMOVED:
            yield whole_cell(olds[0], self.language, change="removed", outputs=shown)
        elif entry.change is Change.UNCHANGED:
            yield self.glimpse(news[0])
        else:
            yield from self._inside(entry, olds, news, key)

    def glimpse(self, cell: Cell) -> Html:
        """Return the source of a cell that didn't change, long ones cut short."""
        lines = cell.source.split("\n")
        head = "\n".join(lines[:8]) + (f"\n⋮ {len(lines) - 8} more lines" if len(lines) > 8 else "")
        return whole(Lines(head[:4000], language_of(cell, self.language)))

    def _inside(
        self, entry: CellDiff, olds: list[Cell], news: list[Cell], key: str
    ) -> Iterator[Html]:
        if self.policy.counts(Part.SOURCES):
            if entry.cell_type:
                yield line("cell type", entry.cell_type.get("before"), entry.cell_type.get("after"))
            yield self._source(entry, olds, news)
        if self.policy.counts(Part.OUTPUTS):
            yield from self._outputs(entry, olds, news, key)
        if len(olds) == len(news) == 1:
            yield from self._beside(entry, olds[0], news[0])

    def _source(self, entry: CellDiff, olds: list[Cell], news: list[Cell]) -> Html:
        old, new = ("\n".join(cell.source for cell in cells) for cells in (olds, news))
        before = Lines(old, language_of(olds[0], self.language))
        after = Lines(new, language_of(news[0], self.language))
        cuts = changes.lines_of_cuts(new, entry.cuts)
        names = [f"✂ cell {index + 1} begins here" for index in entry.after[1:]]
        if entry.lines is None:
            if not cuts and len(olds) == 1:
                return NOTHING if entry.outputs and not old else self.glimpse(news[0])
            return element(
                "div", Hunks(before, after, cuts=cuts, cut_names=names).uncut(len(after))
            )
        return Hunks(before, after, cuts=cuts, cut_names=names).render(entry.lines)

    def _outputs(
        self, entry: CellDiff, olds: list[Cell], news: list[Cell], key: str
    ) -> Iterator[Html]:
        entries, before, after = changes.changed_outputs(self.diff, entry, olds, news)
        for number, found in enumerate(entries[:_MOST_OUTPUTS]):
            one = None if found["before"] is None else before[found["before"]]
            other = None if found["after"] is None else after[found["after"]]
            place = f"{key}o{number}"
            if one is None or other is None:
                change = "added" if one is None else "removed"
                yield output(other if one is None else one, change)
            else:
                yield changed_output(one, other, found, place)
        yield _more(len(entries))

    def _beside(self, entry: CellDiff, old: Cell, new: Cell) -> Iterator[Html]:
        """Yield what changed beside source and outputs."""
        policy = self.policy
        if policy.counts(Part.ATTACHMENTS):
            yield from _attachments(old.attachments, new.attachments)
        for op in entry.shown_metadata:
            path, before, after = changes.operation(op, old.metadata)
            yield line(f"metadata {path}", before, after)
        for op in entry.other if policy.counts(Part.METADATA) else ():
            if op["path"][0] != "attachments":
                path, before, after = changes.operation(op, {})
                yield line(f"cell {path}", before, after)
        if policy.counts(Part.ID) and entry.id:
            yield line("id", entry.id.get("before"), entry.id.get("after"))
        if policy.counts(Part.DETAILS) and entry.execution_count:
            yield line(
                "count", entry.execution_count.get("before"), entry.execution_count.get("after")
            )


def _badge(word: str) -> str:
    first = word.split(" ", 1)[0]
    return first if first in ("moved", "added", "removed", "split", "joined") else "modified"


def line(name: str, before: Any, after: Any) -> Html:
    """Return one value that changed: `kernelspec.name: python2 → python3`.

    The values are texts, or what JSON has beside them.
    """
    sides = (
        side if side is None or type(side) is str else changes.value_text(side)
        for side in (before, after)
    )
    return element("p", element("span", name), " ", *values(*sides), class_="value")


def _attachments(old: Any, new: Any, only: str = "") -> Iterator[Html]:
    """Yield attachments that came, went or changed."""
    for name in [*old, *(name for name in new if name not in old)]:
        if old.get(name) == new.get(name):
            continue
        drawn = []
        for side, change in ((old, "removed"), (new, only or "added")):
            bundle = side.get(name)
            for mime, content in bundle.items() if type(bundle) is dict else ():
                shown = pictures.picture(mime, content, name, change)
                drawn.append(shown or element("p", described(mime, content), class_="note"))
        said = element("p", element("span", f"attachment {name}", class_="mime"), class_="olabel")
        yield element("div", said, element("div", *drawn, class_="figures"), class_="output")


def _more(count: int) -> Html:
    if count <= _MOST_OUTPUTS:
        return NOTHING
    return element("p", f"⋮ {count - _MOST_OUTPUTS} more outputs", class_="note")
