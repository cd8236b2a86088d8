"""Images by their pixels.

PNG needs nothing but the standard library. With Pillow (the extra `nbvc[images]`) other formats are
decoded, too, and large images are compared in full; without it they are compared by bytes, JPEG
without what is not a picture in it. Pillow is imported when two images differ in more than that.
"""

from __future__ import annotations

from functools import lru_cache

from nbvc.diffing.meaning.model import ImageMeaning
from nbvc.diffing.meaning.png import (
    ASKED,
    IN_PASSING,
    NOT_ZERO,
    Png,
    read_pixels,
    read_png,
    same_lines,
)
from nbvc.diffing.meaning.png import surely_differ as pngs_surely_differ
from nbvc.diffing.meaning.text import format_count

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.diffing.policy import DiffPolicy

    Box = tuple[int, int, int, int]
    Size = tuple[int, int]
    Side = tuple[bytes | None, Png | None]

INVISIBLE = 2
"""A difference of a channel, of 255, that no eye sees."""
_MOST_PIXELS = 24_000_000
"""Larger images are not decoded: two of them would take 200 MB."""
_LONGEST = 200_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
"""What Pillow may read. It would hand other formats, such as EPS, to programs of their own."""


def compare_images(before: str, after: str, policy: DiffPolicy) -> ImageMeaning:
    """Compare two images in base64."""
    if max(len(before), len(after)) > _LONGEST:
        return _make_different("the images differ, and are too large to look into")
    (old, one), (new, other) = _read_pair(before, after)
    if old is None or new is None:
        same = "".join(before.split()) == "".join(after.split())
        return (
            _make_equal(None) if same else _make_different("the images differ, and can't be read")
        )
    if old == new:
        return _make_equal(None)
    if one and other:
        differ = surely_differ(before, after)
        return _compare_pngs(one, other, (old, new), policy, differ=differ)
    if old[:2] == new[:2] == b"\xff\xd8" and _jpeg_scan(old) == _jpeg_scan(new):
        return _make_equal(None)
    return _by_pillow(old, new, policy) or _make_different(
        "the images differ", one.size if one else None, other.size if other else None
    )


@lru_cache(maxsize=16)  # Whether a cell changed is asked first, and then how.
def surely_differ(before: str, after: str) -> bool:
    """Return whether two images in base64 surely are PNG files with other pixels. This is cheap."""
    if max(len(before), len(after)) > _LONGEST:
        return False
    (_, one), (_, other) = _read_pair(before, after)
    return one is not None and other is not None and pngs_surely_differ(one, other)


@lru_cache(maxsize=1)
def _read_pair(before: str, after: str) -> tuple[Side, Side]:
    """Return the bytes of two images in base64, and the parts of those that are PNG files."""
    return _read_side(before), _read_side(after)


def _read_side(content: str) -> Side:
    decoded = decode_base64(content)
    return decoded, read_png(decoded or b"")


def decode_base64(content: str) -> bytes | None:
    """Return the bytes of base64, however its lines are cut; None if it is none."""
    import binascii

    try:
        return binascii.a2b_base64(content)
    except (binascii.Error, ValueError):
        return None


def _compare_pngs(
    one: Png, other: Png, files: tuple[bytes, bytes], policy: DiffPolicy, *, differ: bool
) -> ImageMeaning:
    """Compare two files, which may be known to differ."""
    if one.size != other.size:
        return _make_resized(one.size, other.size)
    if not differ and one.look == other.look and same_lines(one, other):
        return _make_equal(one.size)
    if one.too_large:
        return _make_different(
            "the images differ, and are too large to look into", one.size, other.size
        )
    return (
        _by_pillow(*files, policy)
        or _by_samples(one, other, policy)
        or _make_different("the images differ", one.size, other.size)
    )


def _by_samples(one: Png, other: Png, policy: DiffPolicy) -> ImageMeaning | None:
    """Compare the samples of files, or return None if these do not stand for equal colors."""
    channels = (one.colour, one.palette, one.transparency)
    if channels != (other.colour, other.palette, other.transparency):
        return None
    slow = ASKED if policy.tolerant else IN_PASSING
    olds, news = read_pixels(one, slow), read_pixels(other, slow)
    return None if olds is None or news is None else _compare_samples(olds, news, one, policy)


def _compare_samples(olds: bytes, news: bytes, png: Png, policy: DiffPolicy) -> ImageMeaning:
    """Compare unfiltered scan lines, row by row where they differ."""
    step, width, height = png.per_pixel, png.width, png.height
    changed, largest = 0, 0
    left, top, right, bottom = width, height, 0, 0
    for y in range(height):
        start = y * png.per_row
        old, new = olds[start : start + png.per_row], news[start : start + png.per_row]
        if old == new:
            continue
        unlike = int.from_bytes(old, "big") ^ int.from_bytes(new, "big")
        places = [found.start() for found in NOT_ZERO.finditer(unlike.to_bytes(len(old), "big"))]
        columns = sorted({at // step for at in places})
        changed += len(columns)
        largest = max(largest, *[abs(old[at] - new[at]) for at in places])
        left, right = min(left, columns[0]), max(right, columns[-1] + 1)
        top, bottom = min(top, y), y + 1
    if png.palette:
        largest = 255 if changed else 0  # numbers of colors, and no colors
    return _make_verdict(png.size, changed, (left, top, right, bottom), largest, policy)


def _make_verdict(
    size: Size, changed: int, box: Box, largest: int, policy: DiffPolicy
) -> ImageMeaning:
    if not changed:
        return _make_equal(size)
    share = changed / (size[0] * size[1])
    seen = largest > INVISIBLE
    said = "different" if seen else "visually same"
    much = format_count(changed, "pixel") if share < 0.001 else f"{format_percent(share)} of pixels"
    words = f"{much} changed (region {_box_words(box)})"
    return ImageMeaning(
        same=policy.tolerant and not seen,
        summary=words if seen else f"visually identical: {words} by at most {largest} of 255",
        verdict=said,
        before_size=size,
        after_size=size,
        share=share,
        box=box,
        largest=largest,
    )


def format_percent(share: float) -> str:
    """Return a share in percent, never 0% or 100% where it isn't."""
    number = share * 100
    if number < 0.1:
        return "less than 0.1%"
    if 99 < number < 100:
        return f"{min(99.9, number):.1f}%"
    return f"{number:.0f}%" if number >= 9.95 else f"{number:.1f}%"


def _box_words(box: Box) -> str:
    left, top, right, bottom = box
    return f"{right - left}×{bottom - top} at x={left}, y={top}"


def _make_equal(size: Size | None) -> ImageMeaning:
    return ImageMeaning(
        same=True,
        summary="the pixels are the same",
        verdict="same",
        before_size=size,
        after_size=size,
    )


def _make_different(
    summary: str, before: Size | None = None, after: Size | None = None
) -> ImageMeaning:
    return ImageMeaning(
        same=False,
        summary=summary,
        verdict="different",
        before_size=before,
        after_size=after,
    )


def _make_resized(before: Size, after: Size) -> ImageMeaning:
    sizes = f"{before[0]}×{before[1]} → {after[0]}×{after[1]}"
    return _make_different(f"the size changed: {sizes} pixels", before, after)


# JPEG


def _jpeg_scan(content: bytes) -> bytes:
    """Return a JPEG without comments and application segments (ITU T.81, B.1 and B.2.4)."""
    position, kept = 2, []
    while position + 4 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker == 0xDA:
            break
        end = position + 2 + int.from_bytes(content[position + 2 : position + 4], "big")
        # An Adobe segment (APP14) says how the colors are meant.
        if not (0xE0 <= marker <= 0xEF and marker != 0xEE) and marker != 0xFE:
            kept.append(content[position:end])
        position = end
    return b"".join([*kept, content[position:]])


# Pillow


def _by_pillow(before: bytes, after: bytes, policy: DiffPolicy) -> ImageMeaning | None:
    """Compare decoded pixels, or return None if there is no Pillow or it can't read the images."""
    try:
        import warnings

        from PIL import Image
    except ImportError:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _compare_files(Image, before, after, policy)
    except Exception:  # noqa: BLE001 - a decoder raises what it likes on damaged files
        return None


def _compare_files(
    pillow: Any, before: bytes, after: bytes, policy: DiffPolicy
) -> ImageMeaning | None:
    import io

    files = (io.BytesIO(content) for content in (before, after))
    opened = (pillow.open(file, formats=_FORMATS) for file in files)
    with next(opened) as one, next(opened) as other:
        if one.size != other.size:
            return _make_resized(one.size, other.size)
        moving = [getattr(image, "n_frames", 1) for image in (one, other)]
        if max(moving) > 1 or one.width * one.height > _MOST_PIXELS:
            return _make_different("the images differ", one.size, other.size)
        if not (_is_opaque_color(one) and _is_opaque_color(other)):
            return _compare_pixels(_convert_colors(one), _convert_colors(other), policy)
        return _compare_pixels(one, other, policy)


def _is_opaque_color(image: Any) -> bool:
    return image.mode == "RGB" and "transparency" not in image.info


def _convert_colors(image: Any) -> Any:
    # Sixteen bits and floats would be cut off at 255.
    if image.mode.startswith("I") or image.mode == "F":
        return image.convert("F")
    return image.convert("RGBA")


def _compare_pixels(one: Any, other: Any, policy: DiffPolicy) -> ImageMeaning:
    from PIL import ImageChops

    size = one.size
    if one.mode != other.mode or one.mode == "F":
        same = one.mode == other.mode and one.tobytes() == other.tobytes()
        return _make_equal(size) if same else _make_different("the images differ", size, size)
    written = ImageChops.difference(one, other).getbbox(alpha_only=False)
    if written is None:
        return _make_equal(size)
    # Few pixels differ as they are written, and what is transparent is not seen.
    apart = ImageChops.difference(*(_weigh_opacity(side.crop(written)) for side in (one, other)))
    most, *rest = apart.split()
    for channel in rest:
        most = ImageChops.lighter(most, channel)
    inner = most.getbbox()
    if inner is None:
        return _make_equal(size)
    left, top = written[:2]
    box = (inner[0] + left, inner[1] + top, inner[2] + left, inner[3] + top)
    histogram = most.histogram()
    largest = max(level for level, count in enumerate(histogram) if count)
    changed = most.width * most.height - histogram[0]
    return _make_verdict(size, changed, box, largest, policy)


def _weigh_opacity(image: Any) -> Any:
    """Return an image with its colors weighed by their opacity: what is transparent has none."""
    from PIL import Image, ImageChops

    if image.mode == "RGB":
        return image
    alpha = image.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return image
    colours = [ImageChops.multiply(channel, alpha) for channel in image.split()[:3]]
    return Image.merge("RGBA", [*colours, alpha])
