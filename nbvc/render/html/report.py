"""A report over any number of compared notebooks, as one page with an index."""

from __future__ import annotations

from nbvc.render.html.elements import NOTHING, Html, element, joined
from nbvc.render.html.notebooks import Budget, NotebookView
from nbvc.render.html.page import page
from nbvc.render.summary import count_changes, summarize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbvc.workflow.compare import Comparison

_MOST_UNCHANGED = 40_000
"""Characters of cells that didn't change, which are there to be unfolded."""
_MOST_OUTLINED = 20
"""Up to so many notebooks the index names the cells, too."""


def report(comparisons: Iterable[Comparison], title: str = "", subtitle: str = "") -> Iterator[str]:
    """Yield a page about notebooks that changed, piece by piece.

    `title` says what was compared; without it the notebook's name does.
    """
    notebooks = [*comparisons]
    name = title or (notebooks[0].name if len(notebooks) == 1 else count_changes(notebooks))
    yield from page(name, _body(notebooks, name, subtitle))


def _body(notebooks: Sequence[Comparison], title: str, subtitle: str) -> Iterator[Html]:
    budget = Budget(_MOST_UNCHANGED)
    views = [NotebookView(found, f"n{i}", budget) for i, found in enumerate(notebooks, 1)]
    alone = len(notebooks) == 1
    words = subtitle or (summarize(notebooks[0]) if alone else count_changes(notebooks))
    yield header(title, words)
    yield Html('<div class="columns">')
    yield _index(views)
    yield Html("<main>")
    if not views:
        yield element("p", "Nothing changed.", class_="empty")
    for view in views:
        yield from view.section(alone=alone)
    yield Html("</main></div>")


def header(title: str, subtitle: str = "", *controls: Html) -> Html:
    """Return the top of a page, with the choice between both layouts and the keys it knows."""
    layouts = joined(*(
        element(
            "label",
            element("input", type="radio", name="layout", value=value, checked=value == "split"),
            element("span", label),
        )
        for value, label in (("split", "Side by side"), ("unified", "Unified"))
    ))  # fmt: skip
    box = element("input", type="checkbox", name="outputs", checked=True)
    outputs = element("label", box, element("span", "Outputs"), class_="modes outputs")
    keys = element("p", *_keys(), class_="keys")
    group = element("div", layouts, class_="modes layout", role="group", aria_label="Layout")
    said = element("p", subtitle, class_="summary") if subtitle else NOTHING
    names = element("div", element("h1", title), said)
    return element(
        "header", names, element("div", *controls, group, outputs, keys, class_="controls")
    )


def _keys() -> list[Html]:
    shown = (("n", "next"), ("p", "previous"), ("u", "layout"), ("o", "unfold"))
    return [joined(element("kbd", key), f" {word} ") for key, word in shown]


def _index(views: Sequence[NotebookView]) -> Html:
    if len(views) == 1:
        return element("nav", element("h2", "Changes"), views[0].outline(), aria_label="Changes")
    items = []
    for view in views:
        link = element(
            "a",
            element("b", view.found.name),
            element("small", summarize(view.found)),
            href=f"#{view.prefix}",
        )
        outline = NOTHING
        if len(views) <= _MOST_OUTLINED and view.found.diff is not None:
            outline = element(
                "details", element("summary", "cells"), view.outline(), class_="inner"
            )
        items.append(element("li", link, outline))
    return element(
        "nav", element("h2", "Notebooks"), element("ol", *items, class_="index"),
        aria_label="Notebooks",
    )  # fmt: skip
