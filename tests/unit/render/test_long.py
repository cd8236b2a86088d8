"""Long lines are folded, and what changed in them stays in sight."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import nbvc
from nbvc.render.long import WIDEST, fold_line
from nbvc.render.paint import Painter
from nbvc.render.terminal import TerminalRenderer
from tests.making import code, notebook, result, stream

LONG = 100_000


def draw(before: dict[str, Any], after: dict[str, Any], *, on: bool = False) -> str:
    one, other = (nbvc.Notebook.from_dict(side) for side in (before, after))
    return "\n".join(TerminalRenderer(nbvc.diff(one, other), Painter(on=on)).lines())


def test_a_change_far_in_a_long_line_is_in_sight() -> None:
    text = "y" * LONG
    edited = f"{text[:70_000]}changed{text[70_007:]}"
    cells = [
        [code("show()", outputs=[stream(f"{value}\n")]) for value in (text, edited)],
        [code("show()", outputs=[stream(f"a\n{value}\nb\n")]) for value in (text, edited)],
        [code("show()", outputs=[result({"text/html": value})]) for value in (text, edited)],
        [code(f"x = '{value}'") for value in (text, edited)],
    ]
    for before, after in cells:
        for on in (False, True):
            shown = draw(notebook(before), notebook(after), on=on)
            assert "changed" in shown
            assert " … 69,7" in shown
            assert len(shown) < LONG / 10


def test_an_added_long_line_is_named_by_its_size() -> None:
    shown = draw(notebook(), notebook(code("z" * LONG)))
    assert " … 99,800 characters …" in shown


PIECES = st.sampled_from(["a", "word ", "<U+200B>", "<U+10FFFF>", "<", "é"])
SPANS = st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 300)), max_size=9)


@given(st.lists(PIECES, min_size=9, max_size=30), SPANS)
def test_a_folded_line_keeps_names_whole_and_spans_what_they_were(
    pieces: list[str], places: list[tuple[int, int]]
) -> None:
    text = "".join(pieces) * 100
    marked = [(a, a + size) for a, size in places if a + size <= len(text)]
    shown, found = fold_line(text, marked)
    assert len(shown) <= max(WIDEST, len(text))
    assert "U+200B" not in shown.replace("<U+200B>", "")
    for a, b in found:
        assert shown[a:b]
        assert any(shown[a:b] in text[x:y] for x, y in marked)
