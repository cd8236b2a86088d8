"""What a hostile notebook may claim: sizes, numbers and formats that nothing is made of."""

from __future__ import annotations

import base64
import struct
import zlib

import pytest

from nbvc.diffing.meaning.folding import fold_text
from nbvc.diffing.meaning.html import read_words
from nbvc.diffing.meaning.image import compare_images
from nbvc.diffing.meaning.markup import Comment, Tag, Text, scan
from nbvc.diffing.meaning.tables import read_tables
from nbvc.diffing.policy import DiffPolicy
from nbvc.merging.markers import parse
from nbvc.merging.textual import salvage_notebook
from nbvc.render.lexing import lex
from nbvc.sequence import find_matches


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        ("a <b", ["a <b"]),
        ("<p>a<b", ["a", "<b"]),
        ("<p>a<b <i>c", ["a", "c"]),
        ("a <! b", ["a <! b"]),
        ("<!DOCTYPE html>a<?php b ?>c", ["a", "c"]),
        ("a<!-- b", ["a<!-- b"]),
        ("1 < 2 > 0", ["1 < 2 > 0"]),
        ("<a title='it>x", ["x"]),
        ("<a title='1 > 0'>x", ["x"]),
        ("<a title='1 > 0' x", ["<a title='1 > 0' x"]),
        ("&#65;&#00000000065;&#" + "9" * 5000 + ";", ["A\ufffd;\ufffd;"]),
    ],
)
def test_markup_without_an_end_is_text(markup: str, texts: list[str]) -> None:
    assert [token.text for token in scan(markup) if isinstance(token, Text)] == texts


def test_a_quote_opens_a_value_only_if_it_is_closed() -> None:
    assert scan("<a b='c' d=\"e'f\" g=' h>") == [
        Tag("a", (("b", "c"), ("d", "e'f"), ("g", ""), ("h", "")))
    ]
    assert scan("<!-- a > b -->") == [Comment("a > b")]


def test_words_of_a_page_leave_out_what_is_not_read() -> None:
    page = "<head><title>t</title>x</head><template>y</template><textarea>a &lt; b</textarea>"
    assert read_words(page) == "a < b"


def test_spaces_before_a_cursor_are_bounded() -> None:
    text = "\n" * 2000 + "a" * 2000 + "\x1b[Ax" * 1000
    assert len(fold_text(text)) < 3 * len(text)
    assert fold_text("\nab\x1b[Ac") == "  c\nab"


def test_a_table_of_odd_shape_is_compared_as_text() -> None:
    ragged = "<table><tr>" + "<td>1" * 500 + "<tr><td>2" * 500 + "</table>"
    (table,) = read_tables(ragged)
    assert not table.regular
    (table,) = read_tables("<table>" + "<tr><td>1<td>2" * 3000 + "</table>")
    assert table.regular


def _png(width: int, height: int, content: bytes, level: int) -> str:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(content, level)), chunk(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()


def test_an_image_that_claims_to_be_huge_is_not_inflated() -> None:
    lines = bytes(1000)
    images = [_png(1 << 30, 1 << 30, lines, level) for level in (1, 9)]
    assert images[0] != images[1]
    found = compare_images(images[0], images[1], DiffPolicy())
    assert (found.same, found.summary) == (
        False,
        "the images differ, and are too large to look into",
    )
    small = [_png(9, 100, lines, level) for level in (0, 9)]
    assert compare_images(small[0], small[1], DiffPolicy()).same


def test_pillow_is_given_no_format_that_it_hands_to_other_programs() -> None:
    pytest.importorskip("PIL")
    eps = [f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n{n}\n" for n in "12"]
    images = [base64.b64encode(text.encode()).decode() for text in eps]
    found = compare_images(images[0], images[1], DiffPolicy())
    assert (found.summary, found.before_size) == ("the images differ", None)


def test_markers_of_any_claimed_length_take_no_memory() -> None:
    assert parse(["<<<<<<< a", "=======", ">>>>>>> b"], size=10**12) is None


def test_numbers_too_large_stay_text_where_a_notebook_is_salvaged() -> None:
    found = salvage_notebook('{"nbformat": 4, "metadata": {"a": 1e400, "b": ' + "9" * 5000 + "}, ")
    assert b"Infinity" not in found.to_bytes()


@pytest.mark.parametrize("language", ["python", "r", "markdown"])
def test_colors_of_long_code_lose_no_letter(language: str) -> None:
    text = "x = 'a'\n\n# b\n" * 500
    found = lex(text, language)
    assert found is not None
    assert "".join(value for _, value in found) == text
    assert lex(text + "a" * 3000, language) is None
    assert lex(text, "brainfuck") is None


def test_long_rows_match_as_short_ones_do() -> None:
    a, b = ["x", "y", "z"], [*("w" * 3000), "x", *("w" * 3000), "z", "y"]
    pairs = find_matches(a, b)
    assert len(pairs) == 2
    assert all(a[i] == b[j] for i, j in pairs)
