"""A diff in two columns."""

from __future__ import annotations

import re

import pytest

import nbvc
from nbvc.render.columns import ColumnRenderer
from nbvc.render.paint import Depth, Painter
from nbvc.render.wrapping import measure
from tests.making import code, notebook, stream


def _draw(old: str, new: str, painter: Painter) -> list[str]:
    one, other = (
        nbvc.Notebook.from_dict(notebook(code(text, [stream(text)]))) for text in (old, new)
    )
    return [*ColumnRenderer(nbvc.diff(one, other), painter).lines()]


def test_what_was_is_left_of_what_is() -> None:
    rows = _draw("import csv\nx = 1", "import csv\nx = 2\ny = 3", Painter(on=False))
    columns = [[side.rstrip() for side in row.split(" │ ")] for row in rows if "│" in row]
    assert columns[:3] == [
        ["    import csv", "  import csv"],
        ["  - x = 1", "+ x = 2"],
        ["", "+ y = 3"],
    ]


@pytest.mark.parametrize("width", [60, 61, 80, 200])
@pytest.mark.parametrize("depth", Depth)
def test_rows_fit_and_the_middle_is_in_one_place(width: int, depth: Depth) -> None:
    painter = Painter(on=True, depth=depth, width=width)
    rows = _draw(
        "x = 'a long text that goes on'\ny", "x = 'another 漢字 text that is long'", painter
    )
    bare = [re.sub(r"\x1b\[[0-9;]*[mK]", "", row) for row in rows]
    assert any("│" in row for row in bare)
    assert all(measure(row) <= width for row in bare)
    assert len({measure(row.partition("│")[0]) for row in bare if "│" in row}) == 1


def test_a_narrow_terminal_has_one_column() -> None:
    assert not any("│" in row for row in _draw("x = 1", "x = 2", Painter(on=True, width=40)))
