"""A report over any number of compared notebooks, as one page with an index."""

from __future__ import annotations

from nbvc.render.html.elements import NOTHING, Html, join_pieces, make_element
from nbvc.render.html.notebooks import Budget, NotebookView
from nbvc.render.html.page import render_page
from nbvc.render.summary import count_changes, summarize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbvc.workflow.compare import Comparison

_MOST_UNCHANGED = 40_000
"""Characters of cells that didn't change, which are there to be unfolded."""
_MOST_OUTPUTS = 60_000
"""Characters of their outputs."""
_MOST_OUTLINED = 20
"""Up to so many notebooks the index names the cells, too."""


def report(comparisons: Iterable[Comparison], title: str = "", subtitle: str = "") -> Iterator[str]:
    """Yield a page about notebooks that changed, piece by piece.

    `title` says what was compared; without it the notebook's name does.
    """
    notebooks = [*comparisons]
    name = title or _make_title(notebooks)
    yield from render_page(name, _render_body(notebooks, name, subtitle))


def render_served_report(
    notebooks: Sequence[Comparison], keys: Sequence[str], visit: str, said: str
) -> Iterator[str]:
    """Yield a page that is served. Cells of notebooks that have a key can be put back.

    `said` is what came of the last time. `visit` is the name of the page.
    """
    name = _make_title(notebooks)
    status = make_element("span", said, id="said", class_="hint", role="status")
    yield from render_page(
        name,
        _render_body(notebooks, name, "", status, keys=keys),
        scripts=("page.js", "served.js", "taking.js"),
        visit=visit,
    )


def _make_title(notebooks: Sequence[Comparison]) -> str:
    return notebooks[0].name if len(notebooks) == 1 else count_changes(notebooks)


def _render_body(
    notebooks: Sequence[Comparison],
    title: str,
    subtitle: str,
    *controls: Html,
    keys: Sequence[str] = (),
) -> Iterator[Html]:
    budget = Budget(_MOST_UNCHANGED, Budget(_MOST_OUTPUTS))
    names = keys or [""] * len(notebooks)
    views = [
        NotebookView(found, f"n{i}", budget, key)
        for i, (found, key) in enumerate(zip(notebooks, names, strict=True), 1)
    ]
    alone = len(notebooks) == 1
    words = subtitle or (summarize(notebooks[0]) if alone else count_changes(notebooks))
    yield render_header(title, "" if words == title else words, *controls, _render_filter())
    yield Html('<div class="columns">')
    yield _render_index(views)
    yield Html("<main>")
    if not views:
        yield make_element("p", "Nothing changed.", class_="empty")
    for view in views:
        yield from view.section(alone=alone)
    yield Html("</main></div>")


def render_header(title: str, subtitle: str = "", *controls: Html) -> Html:
    """Return the top of a page, with the choice between both layouts and the keys it knows."""
    layouts = join_pieces(*(
        make_element(
            "label",
            make_element("input", type="radio", name="layout", value=value, checked=value == "split"),
            make_element("span", label),
        )
        for value, label in (("split", "Side by side"), ("unified", "Unified"))
    ))  # fmt: skip
    box = make_element("input", type="checkbox", name="outputs", checked=True)
    toggle = make_element("label", box, make_element("span", "Outputs"))
    outputs = make_element("div", toggle, class_="modes", role="group", aria_label="Show")
    group = make_element("div", layouts, class_="modes layout", role="group", aria_label="Layout")
    said = make_element("p", subtitle, class_="summary") if subtitle else NOTHING
    names = make_element("div", make_element("h1", title, title=title), said)
    steps = make_element("div", *_render_steps(), class_="steps")
    return make_element(
        "header", names, make_element("div", *controls, group, outputs, steps, class_="controls")
    )


def _render_steps() -> list[Html]:
    """Return buttons for what keys do, each with its key."""
    shown = (
        ("p", "↑", "Previous change"),
        ("n", "↓", "Next change"),
        ("o", "Unfold", "Unfold or fold everything"),
    )
    return [
        make_element(
            "button", word, " ", make_element("kbd", key), type="button", data_key=key, title=title,
            aria_label=title,
        )
        for key, word, title in shown
    ]  # fmt: skip


def _render_filter() -> Html:
    """Return the choice of which changes are shown."""
    shown = (
        ("", "All changes"),
        ("sources", "Changed sources"),
        ("outputs", "Changed outputs"),
        ("metadata", "Changed metadata"),
    )
    options = (make_element("option", label, value=value) for value, label in shown)
    return make_element("select", *options, name="parts", aria_label="Show changes of")


def _render_index(views: Sequence[NotebookView]) -> Html:
    if len(views) == 1:
        return make_element(
            "nav", make_element("h2", "Changes"), views[0].outline(), aria_label="Changes"
        )
    items = []
    for view in views:
        link = make_element(
            "a",
            make_element("b", view.found.name),
            make_element("small", summarize(view.found)),
            href=f"#{view.prefix}",
        )
        outline = NOTHING
        if len(views) <= _MOST_OUTLINED and view.found.diff is not None:
            outline = make_element(
                "details", make_element("summary", "cells"), view.outline(), class_="inner"
            )
        items.append(make_element("li", link, outline))
    return make_element(
        "nav", make_element("h2", "Notebooks"), make_element("ol", *items, class_="index"),
        aria_label="Notebooks",
    )  # fmt: skip
