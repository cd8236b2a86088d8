"""PNG files by their pixels, with nothing but zlib (PNG specification, third edition).

Two files of equal header, palette and filtered scan lines have equal pixels, whatever else is in
them and however they were compressed. Where the scan lines differ they are unfiltered, since two
encoders may choose other filters for the same pixels.
"""

from __future__ import annotations

import msgspec

from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_STEP = 1 << 15
"""Bytes of scan lines at a time: most pictures that differ do so near the top, and that answers."""
_FED = 1 << 14
_MOST_INFLATED = 1 << 27
"""Bytes of scan lines that are looked through: a few hundred bytes of a file may hold a million."""
IN_PASSING = 80_000
"""So many bytes are unfiltered one by one in some 100 ms: what a word about a change may cost. A plot of
640×480 has fewer, since most of its lines are like those above."""
ASKED = 2_000_000
"""So many bytes are in about a second, where the result hangs on it; larger ones are for Pillow."""


class Png(msgspec.Struct, frozen=True):
    """The parts of a file that its pixels are made of."""

    width: int
    height: int
    depth: int
    colour: int
    interlaced: bool
    palette: bytes
    transparency: bytes
    content: bytes
    """The compressed scan lines."""

    @property
    def per_pixel(self) -> int:
        """Bytes from a sample to the same one of the pixel before (at least 1)."""
        return max(1, self.depth * _CHANNELS[self.colour] // 8)

    @property
    def per_row(self) -> int:
        """Bytes in a scan line without its filter."""
        return (self.width * self.depth * _CHANNELS[self.colour] + 7) // 8

    @property
    def look(self) -> tuple[object, ...]:
        """What must be equal for equal scan lines to mean equal pixels."""
        return (
            *self.size,
            self.depth,
            self.colour,
            self.interlaced,
            self.palette,
            self.transparency,
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    @property
    def inflated(self) -> int:
        """Bytes of all scan lines, as the header has it; a little more if interlaced."""
        return (self.per_row + 1) * self.height * (2 if self.interlaced else 1)

    @property
    def too_large(self) -> bool:
        """Whether the scan lines are more than can be looked through."""
        return self.inflated > _MOST_INFLATED


def read_png(content: bytes) -> Png | None:
    """Return the parts of a PNG file, or None if it is none that can be read."""
    if content[:8] != SIGNATURE or content[12:16] != b"IHDR" or len(content) < 33:
        return None
    palette = transparency = b""
    pieces: list[bytes] = []
    position = 8
    while position + 12 <= len(content):
        length = int.from_bytes(content[position : position + 4], "big")
        kind, body = content[position + 4 : position + 8], position + 8
        if kind == b"IDAT":
            pieces.append(content[body : body + length])
        elif kind == b"PLTE":
            palette = content[body : body + length]
        elif kind == b"tRNS":
            transparency = content[body : body + length]
        elif kind in (b"acTL", b"fdAT"):
            return None  # moves: more pictures than one
        elif kind == b"IEND":
            break
        position = body + length + 4
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    depth, colour = content[24], content[25]
    if colour not in _CHANNELS or depth not in (1, 2, 4, 8, 16) or not (width and height):
        return None
    return Png(
        width, height, depth, colour, bool(content[28]), palette, transparency, b"".join(pieces)
    )


def same_lines(one: Png, other: Png) -> bool:
    """Return whether two files of equal look have equal filtered scan lines, a piece at a time.

    Files that are too large are the same only if they are compressed alike.
    """
    if one.content == other.content or one.too_large:
        return one.content == other.content
    import zlib
    from itertools import zip_longest

    both = (_inflate(png) for png in (one, other))
    try:
        return all(old == new for old, new in zip_longest(*both))
    except zlib.error:  # They may show the same, but nobody can tell.
        return False


def surely_differ(one: Png, other: Png) -> bool:
    """Return whether it is sure that the pixels of two files differ, without unfiltering any color.

    In the first scan line that is another one, the same filter over the same line above means other
    pixels, unless these cannot be seen. Where that is not known, the answer is no.
    """
    if one.size != other.size:
        return True
    plain = one.depth == 8 and not one.interlaced and one.colour in _FIRM and not one.transparency
    if not plain or one.look != other.look or one.inflated > _MOST_COMPARED:
        return False
    size, step = one.per_row + 1, one.per_pixel
    lines = _read_to_difference(one, other, size)
    if lines is None:
        return False
    olds, news = lines
    start = len(olds) - size
    if olds[start] != news[start]:
        return False
    if not _FIRM[one.colour]:
        return True
    # What comes before the first pixel that differs is the same: the filter added the same to both.
    unlike = int.from_bytes(olds[start:], "big") ^ int.from_bytes(news[start:], "big")
    first = size - (unlike.bit_length() + 7) // 8
    pixel = (first - 1) // step  # Byte 0 is the filter, and opacity is a pixel's last sample.
    last = start + (pixel + 1) * step
    return olds[last] != news[last] or _is_opaque(olds, size, step, pixel)


def _read_to_difference(one: Png, other: Png, size: int) -> tuple[bytes, bytes] | None:
    """Return the scan lines of both files up to the first that differs.

    None if no line differs, or one of the files is cut short or damaged before.
    """
    import zlib

    olds: list[bytes] = []
    news: list[bytes] = []
    end = 0
    try:
        for old, new in zip(_inflate(one), _inflate(other), strict=False):
            olds.append(old)
            news.append(new)
            if not end and old != new:
                end = (_find_first_row(b"".join(olds), b"".join(news), size) + 1) * size
            if end and min(sum(map(len, olds)), sum(map(len, news))) >= end:
                return b"".join(olds)[:end], b"".join(news)[:end]
    except zlib.error:
        pass
    return None


_FIRM = {0: False, 2: False, 4: True, 6: True}
"""The kinds of color whose samples are the color itself, and whether they have one for opacity."""
_MOST_COMPARED = 1 << 24


def _find_first_row(olds: bytes, news: bytes, size: int) -> int:
    """Return the number of the first scan line that differs, which may be cut off."""
    low, high = 0, -(-len(olds) // size)
    while high - low > 1:
        middle = (low + high) // 2
        same = olds[low * size : middle * size] == news[low * size : middle * size]
        low, high = (middle, high) if same else (low, middle)
    return low


def _is_opaque(lines: bytes, size: int, step: int, pixel: int) -> bool:
    """Return whether a pixel of the last filtered line is opaque; also False if that takes too long."""
    begin = len(lines) - size
    while begin > 0 and lines[begin] not in _ALONE:
        begin -= size
    opacities = b"".join(
        lines[at : at + 1] + lines[at + step : at + size : step]
        for at in range(begin, len(lines), size)
    )
    width = size // step
    if _count_slow(opacities, width + 1) > IN_PASSING:
        return False
    return _unfilter(opacities, width + 1, 1)[-1][pixel] == 255


_ALONE = (0, 1)
"""The filters that do not look at the line above."""


def _inflate(png: Png) -> Iterator[bytes]:
    """Yield the scan lines in pieces of one size, no more of them than the header speaks of.

    Raises `zlib.error` for a file that is damaged.
    """
    import zlib

    left = png.inflated
    machine, content = zlib.decompressobj(), memoryview(png.content)
    waiting: bytes | memoryview = b""
    held = b""
    while left > 0 and not machine.eof:
        # In small pieces: what zlib leaves of one is copied each time.
        if not waiting:
            waiting, content = content[:_FED], content[_FED:]
        piece = machine.decompress(waiting, min(_STEP, left))
        waiting = machine.unconsumed_tail
        left -= len(piece)
        held += piece
        if len(held) >= _STEP:
            yield held[:_STEP]
            held = held[_STEP:]
        if not piece and not waiting and not content:
            break
    if held:
        yield held


def read_pixels(png: Png, slow: int = ASKED) -> bytes | None:
    """Return the unfiltered scan lines, or None for large files, or other than eight bits.

    Files with more than `slow` bytes that are unfiltered one by one are large.
    """
    size = (png.per_row + 1) * png.height
    if size > ASKED or png.interlaced or png.depth != 8:
        return None
    import zlib

    try:
        lines = b"".join(_inflate(png))
    except zlib.error:
        return None
    if len(lines) != size or _count_slow(lines, png.per_row + 1) > slow:
        return None
    return b"".join(_unfilter(lines, png.per_row + 1, png.per_pixel))


def _count_slow(lines: bytes, size: int) -> int:
    """Return how many bytes of filtered lines are unfiltered one by one."""
    found = 0
    for start in range(0, len(lines), size):
        if lines[start] in (3, 4):
            found += size - lines.count(0, start, start + size) if lines[start] == 4 else size
    return found


def _unfilter(lines: bytes, size: int, step: int) -> list[bytes]:
    """Undo the filters of scan lines from the first, or from one that does not look above."""
    rows: list[bytes] = []
    above = bytes(size - 1)
    for start in range(0, len(lines), size):
        above = _unfilter_line(lines[start], lines[start + 1 : start + size], above, step)
        rows.append(above)
    return rows


def _unfilter_line(method: int, line: bytes, above: bytes, step: int) -> bytes:
    """Undo the filter of one scan line (section 9.2)."""
    if method in (2, 4) and not any(line):
        return above
    if method == 1:
        from itertools import accumulate

        row = bytearray(len(line))
        for start in range(step):
            row[start::step] = bytes([sample & 255 for sample in accumulate(line[start::step])])
        return bytes(row)
    if method == 2:
        return _add_bytes(line, above)
    if method == 3:
        row = bytearray(step) + line
        for at in range(step, len(row)):
            row[at] = (row[at] + (row[at - step] + above[at - step]) // 2) & 255
        return bytes(row[step:])
    return _unfilter_paeth(line, above, step) if method == 4 else line


def _add_bytes(one: bytes, other: bytes) -> bytes:
    """Return the sums of bytes (mod 256), all at once: seven bits of each, then the eighth."""
    low = int.from_bytes(b"\x7f" * len(one), "big")
    a, b = int.from_bytes(one, "big"), int.from_bytes(other, "big")
    return (((a & low) + (b & low)) ^ ((a ^ b) & ~low)).to_bytes(len(one), "big")


NOT_ZERO = compile_lazily(rb"[^\0]")


def _unfilter_paeth(line: bytes, above: bytes, step: int) -> bytes:
    """Undo the filter of Paeth. While the pixel to the left is as above it, zeros stand for the same."""
    row, over = bytearray(step) + line, bytes(step) + above
    at, end = step, len(row)
    while at < end:
        if not row[at] and row[at - step : at] == over[at - step : at]:
            found = NOT_ZERO.search(line, at - step)
            stop = found.start() + step if found else end
            row[at:stop] = over[at:stop]
            at = stop
            continue
        left, up, corner = row[at - step], over[at], over[at - step]
        guess = left + up - corner
        to_left, to_up, to_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
        if to_left <= to_up and to_left <= to_corner:
            best = left
        else:
            best = up if to_up <= to_corner else corner
        row[at] = (row[at] + best) & 255
        at += 1
    return bytes(row[step:])
