"""Lines of a terminal, wrapped: what does not fit goes on below its own beginning.

    - A day counts as wet from 1 mm on, as the
      weather service counts them.

A line may contain SGR codes and links. The codes hold for what goes on, too, and a background fills
both rows.
"""

from __future__ import annotations

from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_CODES = compile_lazily(r"\x1b\[[0-9;]*[mK]|\x1b\]8;;[^\x1b]*\x1b\\")
_RESET, _FILL, _LINK = "\x1b[0m", "\x1b[K", "\x1b]8"
_LEAST = 20
"""So many columns are left for a text, whatever its indent."""


def measure(text: str) -> int:
    """Return how many columns a text without codes takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    wide = sum([east_asian_width(sign) in "WF" for sign in text])
    return len(text) + wide - sum([combining(sign) > 0 for sign in text])


def strip_codes(text: str) -> str:
    """Return a text without its codes."""
    return _CODES.sub("", text) if "\x1b" in text else text


def wrap_lines(lines: Iterator[str], width: int | None) -> Iterator[str]:
    """Return the rows of lines; the lines as they are if they are not for a terminal."""
    if width is None:
        return lines
    return (row for line in lines for row in wrap_line(line, width))


def wrap_line(line: str, width: int, edge: int = 4) -> list[str]:
    """Return the rows of a line.

    A row that goes on begins where the text of the line does, its background at the column `edge`.
    """
    if len(line) <= width and line.isascii():
        return [line]
    plain = strip_codes(line)
    if measure(plain) <= width:
        return [line]
    indent = min(_find_indent(plain), max(0, width - _LEAST))
    ends = [*_find_ends(plain, width, indent)]
    rows, row, active, at = [], "", "", 0
    ground = next((code[0] for code in _CODES.finditer(line) if ";48;" in code[0]), "")
    bare = min(edge, indent)
    start = f"{' ' * bare}{ground}{' ' * (indent - bare)}{ground and _RESET}"
    end = f"{_RESET}{ground}{_FILL}{_RESET}" if line.endswith(_FILL + _RESET) else _RESET
    for is_text, piece in _split(line):
        if not is_text:
            row += piece
            if piece != _FILL and not piece.startswith(_LINK):
                active = "" if piece == _RESET else active + piece
            continue
        done = 0
        while ends and at + len(piece) - done > ends[0]:
            cut = done + ends[0] - at
            at = ends.pop(0)
            rows.append(row + piece[done:cut] + (end if active else ""))
            row = start + active
            done = cut
        row += piece[done:]
        at += len(piece) - done
    return [*rows, row]


def _split(line: str) -> Iterator[tuple[bool, str]]:
    """Yield the codes (False) and the texts (True) of a line."""
    done = 0
    for found in _CODES.finditer(line):
        if found.start() > done:
            yield True, line[done : found.start()]
        yield False, found[0]
        done = found.end()
    if done < len(line):
        yield True, line[done:]


def _find_indent(plain: str) -> int:
    """Return the column in which the text of a line begins, behind its mark."""
    bare = plain.lstrip()
    if bare[:2] in ("- ", "+ ", "~ "):
        bare = bare[2:].lstrip()
    return len(plain) - len(bare)


def _find_ends(plain: str, width: int, indent: int) -> Iterator[int]:
    """Yield where each row but the last one ends: behind a blank, if one is near."""
    start, room = 0, width
    while True:
        end = _fit(plain, start, room)
        if end >= len(plain):
            return
        blank = plain.rfind(" ", start + room * 2 // 3, end)
        end = blank + 1 if blank > 0 else end
        yield end
        start, room = end, width - indent


def _fit(plain: str, start: int, room: int) -> int:
    """Return where a text has filled so many columns, one character at least."""
    end = min(len(plain), start + room)
    if (piece := plain[start:end]).isascii():
        return end
    while len(piece) > 1 and measure(piece) > room:
        piece = piece[: max(1, len(piece) - (measure(piece) - room + 1) // 2)]
    return start + len(piece)
