"""Lines that are wider than the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc.render.wrapping import measure, strip_codes, wrap_line

RED, RESET, FILL = "\x1b[38;5;253;48;5;52m", "\x1b[0m", "\x1b[K"


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("short", ["short"]),
        ("    - one two three four five six", ["    - one two three four ", "      five six"]),
        ("      def f(one, two, three):", ["      def f(one, two, ", "      three):"]),
        ("  ~ " + "x" * 30, ["  ~ " + "x" * 22, "    " + "x" * 8]),
    ],
)
def test_a_line_goes_on_below_its_own_beginning(line: str, rows: list[str]) -> None:
    assert wrap_line(line, 26) == rows


def test_a_background_goes_on_and_fills_both_rows() -> None:
    line = f"    {RED}- one two three four five six{RESET}{RED}{FILL}{RESET}"
    first, second = wrap_line(line, 26)
    assert first == f"    {RED}- one two three four {RESET}{RED}{FILL}{RESET}"
    assert second == f"    {RED}  {RESET}{RED}five six{RESET}{RED}{FILL}{RESET}"


@given(
    st.lists(
        st.tuples(st.sampled_from(["", RED, "\x1b[1m"]), st.text("ab 漢é\u0301", max_size=12)),
        max_size=8,
    ),
    st.integers(24, 60),
)
def test_rows_fit_and_lose_nothing(pieces: list[tuple[str, str]], width: int) -> None:
    line = "".join(f"{codes}{text}{RESET if codes else ''}" for codes, text in pieces)
    rows = [strip_codes(row) for row in wrap_line(line, width)]
    assert all(measure(row) <= width for row in rows)
    assert "".join("".join(rows).split()) == "".join(strip_codes(line).split())
