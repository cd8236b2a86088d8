"""What a merge left to decide, as a page: what there was in the middle of both sides, or both sides.

base │ local │ remote      each side with what it changed
local │ remote             where the base isn't known
"""

from __future__ import annotations

import msgspec

from nbvc.merging.markers import Take, find, find_base, settle
from nbvc.merging.model import Action
from nbvc.render.html.cells import language_of_source, whole_cell
from nbvc.render.html.code import Lines
from nbvc.render.html.elements import NOTHING, Html, join_pieces, make_element
from nbvc.render.html.hunks import render_compared, render_whole
from nbvc.render.html.notebooks import outline_item
from nbvc.render.html.outputs import render_output
from nbvc.render.html.page import render_page
from nbvc.render.html.report import render_header
from nbvc.render.shown import first_line, name_cell
from nbvc.render.words import count, number_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.merging import Decision, MergeResult
    from nbvc.merging.markers import Bases, Marked
    from nbvc.notebook import Cell, Notebook

Cells = tuple["Cell", ...]


class Conflicted(msgspec.Struct, frozen=True):
    """A cell of the merged notebook (counted from 0), and the cells it has on each side.

    `base` is None if it isn't known; a side without cells deleted it. `hunks` are the lines of both
    sides, a conflict each.
    """

    cell: int
    local: Cells
    remote: Cells
    base: Cells | None = None
    why: str = ""
    hunks: tuple[tuple[list[str], list[str]], ...] = ()


def of_merge(
    result: MergeResult, base: Notebook, local: Notebook, remote: Notebook
) -> list[Conflicted]:
    """Return the conflicts of a merge, with the cells they come from."""
    return [
        Conflicted(
            decision.result[0],
            tuple(local.cells[index] for index in decision.local),
            tuple(remote.cells[index] for index in decision.remote),
            tuple(base.cells[index] for index in decision.base),
            decision.why,
        )
        for decision in result.decisions
        if decision.action is Action.CONFLICT and decision.result
    ]


def of_markers(notebook: Notebook, bases: Bases | None = None) -> list[Conflicted]:
    """Return the conflicts that are in a notebook, with their bases as far as these are known."""
    return [
        Conflicted(
            index,
            _take_side(cell, marked, Take.LOCAL),
            _take_side(cell, marked, Take.REMOTE),
            _make_base(cell, marked, bases or {}),
            hunks=tuple(
                (chunk.lines, chunk.remote) for chunk in marked.chunks if chunk.remote is not None
            ),
        )
        for index, cell in enumerate(notebook.cells)
        if (marked := find(cell)) is not None
    ]


def _make_base(cell: Cell, marked: Marked, bases: Bases) -> Cells | None:
    """Return a cell as it was in the base, None if that is not known."""
    found = [find_base(chunk, bases) for chunk in marked.conflicts]
    lines = [tuple(each) for each in found if each is not None]
    if len(lines) < len(found):
        return None
    base = settle(cell, lines)
    return (base,) if base is not None and base.source.strip() else ()


def _take_side(cell: Cell, marked: Marked, take: Take) -> Cells:
    found = settle(cell, [take] * marked.hunks)
    return () if found is None or marked.deleted_by == take.value else (found,)


def render_conflicts(
    name: str,
    found: Sequence[Conflicted],
    language: str,
    *,
    labels: tuple[str, str] = ("local", "remote"),
    decisions: Sequence[Decision] = (),
) -> Iterator[str]:
    """Yield a page about the conflicts of one notebook; `labels` name the sides."""
    yield from render_page(
        f"Conflicts in {name}", _render_body(name, found, language, labels, decisions)
    )


def render_questions(
    name: str,
    found: Sequence[Conflicted],
    language: str,
    digest: str,
    *,
    visit: str,
    labels: tuple[str, str] = ("local", "remote"),
) -> Iterator[str]:
    """Yield a page on which the conflicts are decided, for the content with a digest."""
    yield from render_page(
        f"Conflicts in {name}",
        _render_body(name, found, language, labels, (), digest),
        scripts=("page.js", "served.js", "deciding.js"),
        visit=visit,
    )


def _render_body(
    name: str, found: Sequence[Conflicted], language: str, labels: tuple[str, str],
    decisions: Sequence[Decision], digest: str = "",
) -> Iterator[Html]:  # fmt: skip
    said = count(len(found), "cell", "unresolved") if found else "no conflicts"
    how = "what is open stays as it is" if digest else "decide with nbvc resolve"
    controls = (
        make_element("span", "", id="said", class_="hint", role="status"),
        make_element("button", "Save", id="save", type="button", disabled=True, data_digest=digest),
    )
    yield render_header(
        f"Conflicts in {name}", f"{said} · {how}", *(controls if digest and found else ())
    )
    yield Html('<div class="columns">')
    yield make_element(
        "nav", make_element("h2", "Conflicts"), _render_outline(found), aria_label="Conflicts"
    )
    yield Html("<main>")
    if not found:
        yield make_element("p", "No conflicts are left.", class_="empty")
    for each in found:
        yield _render_conflict(each, language, labels, asks=bool(digest))
    if decisions:
        yield _render_decisions(decisions)
    yield Html("</main></div>")


def _name_conflict(each: Conflicted) -> str:
    cells = each.local or each.remote or each.base or ()
    number = number_cells((each.cell,))
    return name_cell(cells[0], number) if cells else f"cell {number}"


def _render_outline(found: Sequence[Conflicted]) -> Html:
    items = [
        outline_item(
            f"x{each.cell + 1}",
            "removed",
            _name_conflict(each),
            each.why,
            first_line(each.local or each.remote),
        )
        for each in found
    ]
    return make_element("ol", *items, class_="outline")


def _render_conflict(
    each: Conflicted, language: str, labels: tuple[str, str], *, asks: bool
) -> Html:
    place = f"x{each.cell + 1}"
    heading = make_element(
        "h3",
        make_element("a", _name_conflict(each), href=f"#{place}"),
        make_element("b", each.why, class_="removed"),
    )
    body = (
        _render_two(each, language, labels)
        if each.base is None
        else _render_three(each, language, labels)
    )
    questions = _render_questions(each, labels) if asks else NOTHING
    return make_element(
        "section", heading, body, questions, class_="cell change conflict", id=place, tabindex="-1"
    )


def _render_questions(each: Conflicted, labels: tuple[str, str]) -> Html:
    """Return a question for each conflict of a cell: which side stays."""
    fields = []
    for number, sides in enumerate(each.hunks):
        which = f"Conflict {number + 1} of {len(each.hunks)}" if len(each.hunks) > 1 else "Keep"
        choices = [
            make_element(
                "label",
                make_element(
                    "input", type="radio", name=f"take-{each.cell}-{number}", value=take.value
                ),
                f" {word}",
            )
            for take, word in zip(Take, (*labels, "both, in this order"), strict=True)
        ]
        glimpses = [
            make_element(
                "code", next(filter(str.strip, lines), "nothing").strip(), class_="glimpse"
            )
            for lines in sides
            if len(each.hunks) > 1
        ]
        fields.append(
            make_element(
                "fieldset", make_element("legend", which), *choices, *glimpses,
                class_="decide", data_cell=str(each.cell), data_hunk=str(number),
            )
        )  # fmt: skip
    return join_pieces(*fields)


def _render_three(each: Conflicted, language: str, labels: tuple[str, str]) -> Html:
    base = each.base or ()
    first = _render_column(
        "base", join_pieces(*(whole_cell(c, language) for c in base)) or _render_nothing("")
    )
    sides = [
        _render_column(label, _render_changed(base, cells, language))
        for label, cells in zip(labels, (each.local, each.remote), strict=True)
    ]
    return make_element("div", first, *sides, class_="three")


def _render_changed(base: Cells, cells: Cells, language: str) -> Html:
    """Return a side with what it changed; its outputs as they are there."""
    if not cells:
        return _render_nothing("deleted")
    if not base:
        return join_pieces(*(whole_cell(cell, language, "added") for cell in cells))
    old, new = _join_sources(base), _join_sources(cells)
    if old == new:
        shown = render_whole(Lines(new, language_of_source(cells[0].cell_type, language)))
    else:
        shown = render_compared(
            old, new, language_of_source(cells[0].cell_type, language), numbers=True
        )
    return join_pieces(shown, *(render_output(one) for cell in cells for one in cell.outputs[:10]))


def _render_two(each: Conflicted, language: str, labels: tuple[str, str]) -> Html:
    heads = make_element(
        "div", *(_render_column(label, NOTHING) for label in labels), class_="three two"
    )
    if not each.local or not each.remote:
        sides = (
            join_pieces(*(whole_cell(cell, language) for cell in cells))
            or _render_nothing("deleted")
            for cells in (each.local, each.remote)
        )
        columns = (_render_column(*side) for side in zip(labels, sides, strict=True))
        return make_element("div", *columns, class_="three two")
    kind = language_of_source(each.local[0].cell_type, language)
    return join_pieces(
        heads,
        render_compared(_join_sources(each.local), _join_sources(each.remote), kind, numbers=True),
    )


def _join_sources(cells: Cells) -> str:
    return "\n".join(cell.source for cell in cells)


def _render_column(label: str, body: Html) -> Html:
    return make_element("div", make_element("h4", label), body)


def _render_nothing(word: str) -> Html:
    return make_element("p", word or "no such cell", class_="value")


def _render_decisions(decisions: Sequence[Decision]) -> Html:
    """Return what the merge decided by itself, and why."""
    rows = [
        make_element(
            "tr",
            make_element("th", number_cells(item.result) or "–"),
            *(make_element("td", word) for word in (item.part.value, item.action.value, item.why)),
        )
        for item in decisions
        if item.action is not Action.CONFLICT
    ]
    names = make_element(
        "tr", *(make_element("th", name) for name in ("cell", "part", "taken", "why"))
    )
    table = make_element("div", make_element("table", names, *rows), class_="table paths")
    said = make_element("summary", f"{len(rows)} other changes were merged")
    return make_element("details", said, table, class_="same") if rows else NOTHING
