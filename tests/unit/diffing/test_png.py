"""PNG files that surely differ do, whatever filters their lines have."""

from __future__ import annotations

import struct
import zlib
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from nbvc.diffing.meaning.png import read_pixels, read_png, surely_differ

SAMPLES = st.sampled_from([0, 1, 7, 254, 255])
WIDTH, HEIGHT = 4, 3


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def predict(method: int, left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    near = min((left, up, corner), key=lambda one: abs(guess - one))
    return (0, left, up, (left + up) // 2, near)[method]


def png(rows: list[list[int]], methods: list[int], colour: int) -> bytes:
    """Write rows of samples, each line with its filter."""
    step = 4 if colour == 6 else 3
    lines = b""
    above = [0] * (WIDTH * step)
    for row, method in zip(rows, methods, strict=True):
        lines += bytes([method])
        for at, sample in enumerate(row):
            left, corner = (row[at - step], above[at - step]) if at >= step else (0, 0)
            lines += bytes([(sample - predict(method, left, above[at], corner)) & 255])
        above = row
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, colour, 0, 0, 0)
    chunks = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def seen(rows: list[list[int]], colour: int) -> list[tuple[int, ...]]:
    """Return the pixels, with those that cannot be seen alike."""
    step = 4 if colour == 6 else 3
    pixels = [tuple(row[at : at + step]) for row in rows for at in range(0, len(row), step)]
    return [(0,) * 4 if step == 4 and pixel[3] == 0 else pixel for pixel in pixels]


@st.composite
def images(draw: st.DrawFn) -> tuple[list[list[int]], list[int], list[list[int]], list[int], int]:
    colour = draw(st.sampled_from([2, 6]))
    step = 4 if colour == 6 else 3
    row_of = st.lists(SAMPLES, min_size=WIDTH * step, max_size=WIDTH * step)
    rows = [draw(row_of) for _ in range(HEIGHT)]
    if colour == 6 and draw(st.booleans()):
        for row in rows:
            row[3::4] = [255] * WIDTH
    others = [[*row] for row in rows]
    for _ in range(draw(st.integers(0, 3))):
        y, x = draw(st.integers(0, HEIGHT - 1)), draw(st.integers(0, WIDTH * step - 1))
        others[y][x] = draw(SAMPLES)
    methods = draw(st.lists(st.integers(0, 4), min_size=HEIGHT, max_size=HEIGHT))
    same = draw(st.booleans())
    again = methods if same else draw(st.permutations(methods))
    return rows, methods, others, list(again), colour


@given(images(), st.sampled_from([1, 5, 17, 1 << 15]))
def test_what_surely_differs_differs(
    drawn: tuple[list[list[int]], list[int], list[list[int]], list[int], int], piece: int
) -> None:
    with patch("nbvc.diffing.meaning.png._STEP", piece):
        _check(*drawn)


def _check(
    rows: list[list[int]],
    methods: list[int],
    others: list[list[int]],
    again: list[int],
    colour: int,
) -> None:
    one, other = read_png(png(rows, methods, colour)), read_png(png(others, again, colour))
    assert one is not None
    assert other is not None
    assert read_pixels(one) == bytes(sample for row in rows for sample in row)
    differ = seen(rows, colour) != seen(others, colour)
    assert differ or not surely_differ(one, other)
    if methods == again and _is_first_seen(rows, others, colour):
        assert surely_differ(one, other)


def _is_first_seen(rows: list[list[int]], others: list[list[int]], colour: int) -> bool:
    """Return whether any pixel differs, and the first one surely looks other, too."""
    step = 3 if colour == 2 else 4
    for row, other in zip(rows, others, strict=True):
        for at in range(0, len(row), step):
            old, new = row[at : at + step], other[at : at + step]
            if old != new:
                return step == 3 or old[3] != new[3] or old[3] == 255
    return False


@given(
    st.lists(st.tuples(st.integers(0, WIDTH * 4 - 1), SAMPLES), max_size=6),
    st.lists(st.integers(0, 4), min_size=HEIGHT, max_size=HEIGHT),
    st.lists(SAMPLES, min_size=WIDTH * 4, max_size=WIDTH * 4),
)
def test_lines_that_are_almost_those_above_are_read(
    edits: list[tuple[int, int]], methods: list[int], first: list[int]
) -> None:
    rows = [[*first] for _ in range(HEIGHT)]
    for number, (at, sample) in enumerate(edits):
        rows[number % HEIGHT][at] = sample
    made = read_png(png(rows, methods, 6))
    assert made is not None
    assert read_pixels(made) == bytes(sample for row in rows for sample in row)
    slow = sum(method in (3, 4) for method in methods)
    assert (read_pixels(made, 0) is None) <= (slow > 0)
