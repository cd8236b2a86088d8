"""What a binary output is, said in a few words: type, size in pixels, size in bytes."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SVG_SIZE = r"<svg[^>]*?\b(width|height)=[\"']([0-9.]+)[^>]*?\b(width|height)=[\"']([0-9.]+)"


def is_binary(mime: str) -> bool:
    """Return whether data of this MIME type is nothing to read as text."""
    return not mime.startswith("text/") and mime.startswith(
        ("image/", "audio/", "video/", "font/", "application/pdf", "application/octet-stream")
    )


def describe_media(mime: str, content: Any) -> str:
    """Return `image/png, 640×480, 23.1 kB` for a piece of a MIME bundle."""
    if type(content) is not str:
        import json

        return f"{mime}, {_format_bytes(len(json.dumps(content)))}"
    if mime == "image/svg+xml":
        found = re.search(_SVG_SIZE, content[:2000])
        sizes = {found[1]: found[2], found[3]: found[4]} if found else {}
        pixels = f", {sizes['width']}×{sizes['height']}" if len(sizes) == 2 else ""
        return f"{mime}{pixels}, {_format_bytes(len(content.encode(errors='replace')))}"
    if is_binary(mime):
        size = read_dimensions(mime, content)
        pixels = f", {size[0]}×{size[1]}" if size else ""
        return f"{mime}{pixels}, {_format_bytes(len(content.strip()) * 3 // 4)}"
    return f"{mime}, {_format_bytes(len(content.encode(errors='replace')))}"


def digest(content: Any) -> str:
    """Return eight hexadecimal digits that distinguish contents."""
    from binascii import crc32

    if type(content) is not str:
        import json

        content = json.dumps(content, sort_keys=True)
    return f"{crc32(content.encode(errors='surrogatepass')):08x}"


def read_dimensions(mime: str, content: str) -> tuple[int, int] | None:
    """Return width and height in pixels of a PNG, GIF or JPEG in base64, where its header has them."""
    import binascii

    try:
        head = binascii.a2b_base64("".join(content[:1_000_000].split())[: 4 * 100_000 // 4 * 4])
    except (binascii.Error, ValueError):
        return None
    if mime == "image/png" and head[:8] == b"\x89PNG\r\n\x1a\n" and len(head) > 24:
        return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    if mime == "image/gif" and head[:3] == b"GIF" and len(head) > 10:
        return int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
    return _read_jpeg(head) if head[:2] == b"\xff\xd8" else None


def _read_jpeg(head: bytes) -> tuple[int, int] | None:
    """Walk the segments of a JPEG to its frame header (ITU T.81, B.1 and B.2)."""
    position = 2
    while position + 9 < len(head) and head[position] == 0xFF:
        marker, length = (
            head[position + 1],
            int.from_bytes(head[position + 2 : position + 4], "big"),
        )
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height = int.from_bytes(head[position + 5 : position + 7], "big")
            return int.from_bytes(head[position + 7 : position + 9], "big"), height
        position += 2 + length
    return None


def _format_bytes(count: int) -> str:
    if count < 1000:
        return f"{count} B"
    for unit in ("kB", "MB", "GB"):
        count_in = count / 1000
        if count_in < 999.5 or unit == "GB":
            return f"{count_in:.1f} {unit}"
        count = round(count_in)
    return f"{count} B"
