"""What a split or join lost is named."""

from __future__ import annotations

from typing import Any

import pytest

import nbvc
from nbvc.render.shown import show_cells
from tests.making import code, markdown, notebook

IMAGE = {"x.png": {"image/png": "iVBORw0KGgo="}}
TITLE, SHOWN = "# Title of the page", "![x](attachment:x.png)"
LOAD, PLOT = "rows = load('a.csv')", "plot(rows, by='month')"


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (
            [
                code(LOAD, metadata={"tags": ["keep"]}),
                code(PLOT, metadata={"tags": ["hide", "keep"]}),
            ],
            [code(f"{LOAD}\n{PLOT}", metadata={"tags": ["keep"]})],
            ["tag hide"],
        ),
        (
            [markdown(TITLE), markdown(SHOWN, attachments=IMAGE)],
            [markdown(f"{TITLE}\n{SHOWN}")],
            ["attachment x.png"],
        ),
        (
            [markdown(f"{TITLE}\n{SHOWN}", attachments=IMAGE, metadata={"tags": ["a"]})],
            [markdown(TITLE), markdown(SHOWN)],
            ["tag a", "attachment x.png"],
        ),
        (
            [markdown(f"{TITLE}\n{SHOWN}", attachments=IMAGE)],
            [markdown(TITLE), markdown(SHOWN, attachments=IMAGE)],
            [],
        ),
        ([code(LOAD, metadata={"tags": ["a"]})], [code(LOAD)], []),
    ],
)
def test_what_no_cell_has_any_more_is_lost(
    before: list[dict[str, Any]], after: list[dict[str, Any]], lost: list[str]
) -> None:
    one, other = (nbvc.Notebook.from_dict(notebook(*cells)) for cells in (before, after))
    found = nbvc.diff(one, other)
    (entry,) = found.cells
    assert entry.lost == lost
    (shown,) = show_cells(found)
    assert shown.what.endswith(f", lost {', '.join(lost)}") == bool(lost)
    assert nbvc.NotebookDiff.from_dict(found.to_dict()).cells[0].lost == []
