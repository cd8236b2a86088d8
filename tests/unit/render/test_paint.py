"""Colors that can be read, whatever the terminal."""

from __future__ import annotations

import itertools
import re

import pytest

import nbvc
from nbvc.render import paint
from nbvc.render.paint import Depth, Painter
from nbvc.render.terminal import TerminalRenderer
from nbvc.render.wrapping import strip_codes, wrap_line
from tests.making import code, markdown, notebook, stream

_LEVELS = (0, 95, 135, 175, 215, 255)


def _read_color(codes: str, key: str) -> tuple[int, ...]:
    """Return the last color of SGR codes behind 38 (letters) or 48 (background)."""
    true = re.findall(rf"(?:^|;){key};2;(\d+);(\d+);(\d+)", codes)
    if true:
        return tuple(map(int, true[-1]))
    number = int(re.findall(rf"(?:^|;){key};5;(\d+)", codes)[-1])
    if number >= 232:
        return (8 + 10 * (number - 232),) * 3
    number -= 16
    return _LEVELS[number // 36], _LEVELS[number // 6 % 6], _LEVELS[number % 6]


def _contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Return the contrast of two colors (WCAG 2.1, 1.4.3)."""

    def light(color: tuple[int, ...]) -> float:
        parts = [part / 255 for part in color]
        parts = [
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("depth", [Depth.PALETTE, Depth.TRUE])
def test_all_letters_can_be_read_on_all_grounds(depth: Depth, *, dark: bool) -> None:
    grounds = paint._GROUNDS[depth, dark]
    syntax = [codes[2 + dark] for codes in paint._SYNTAX.values()]
    inks = [f"38;5;{codes[dark]}" for codes in paint._INKS.values()]
    for level, ground in grounds.items():
        on_words = level.endswith("!")
        letters = {"file": [], "cell": inks}.get(level, syntax)
        for ink in ["", *(letters if depth is Depth.TRUE or not on_words else ())]:
            codes = f"{ground};{ink}"
            contrast = _contrast(_read_color(codes, "38"), _read_color(codes, "48"))
            assert contrast >= 4.5, (level, ink, contrast)


def _make(text: str, *, minor: str = "1") -> nbvc.Notebook:
    cells = (code(text, [stream(f"{minor}\n")], execution_count=int(minor)), markdown("# A"))
    return nbvc.Notebook.from_dict(notebook(*cells), name="n.ipynb")


def _draw(old: str, new: str, painter: Painter) -> str:
    found = nbvc.diff(_make(old), _make(new, minor="2"))
    return "\n".join(TerminalRenderer(found, painter).lines())


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
@pytest.mark.parametrize(
    ("depth", "dark", "width"),
    [*itertools.product(Depth, (False, True), (None, 200))],
)
def test_colors_change_nothing_but_colors(
    depth: Depth, end: str, *, dark: bool, width: int | None
) -> None:
    old, new = f"import csv\nx = 'a\u200bb' + 1{end}", f"import csv\nx = 'ab' + 23  {end}# а\n"
    plain = _draw(old, new, Painter(on=False))
    colored = _draw(old, new, Painter(on=True, depth=depth, dark=dark, width=width))
    bare = re.sub(r"\x1b\[[0-9;]*[mK]", "", colored)
    assert [line.rstrip() for line in bare.split("\n")] == plain.split("\n")


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize("language", ["python", "ipython2", "markdown", "julia"])
def test_changed_lines_have_the_colors_of_their_syntax(language: str, end: str) -> None:
    painter = Painter(on=True, depth=Depth.PALETTE, dark=True)
    text = {"markdown": "**x** y", "julia": "for x in 1:2"}.get(language, "for x in y: pass")
    lines = painter.lex_lines(f"{text}{end}", language)
    assert lines is not None
    assert len(lines) == 1 + len(end)
    assert any(kind for kind, _ in lines[0])


def test_blanks_at_the_end_of_an_added_line_stand_out() -> None:
    painter = Painter(on=True, depth=Depth.PALETTE, dark=True)
    strong = paint._GROUNDS[Depth.PALETTE, True]["+!"]
    assert f"\x1b[{strong}m  \x1b[0m" in _draw("x = 1\ny = 2", "x = 1\nz = 3  \ny = 2", painter)


def test_a_heading_names_both_execution_counts() -> None:
    drawn = _draw("x = 1", "x = 1", Painter(on=False))
    assert "code cell 1 · In [1] → In [2] · outputs changed · x = 1" in drawn


@pytest.mark.parametrize("depth", Depth)
def test_the_name_of_a_file_opens_it(depth: Depth) -> None:
    painter = Painter(on=True, depth=depth, width=10, links=True)
    link = "\x1b]8;;file:///a%20b/c%0A.ipynb\x1b\\"
    shown = painter.title("+++ c.ipynb of some folder", "/a b/c\n.ipynb")
    assert shown.startswith(link)
    assert shown.endswith("\x1b]8;;\x1b\\")
    assert "]8;;" not in painter.title("+++ c.ipynb")
    assert [strip_codes(row).strip() for row in wrap_line(shown, 30)] == [
        "+++ c.ipynb of some folder"
    ]
    assert "]8;;" not in Painter(on=False, links=True).title("+++ c.ipynb", "/c.ipynb")
