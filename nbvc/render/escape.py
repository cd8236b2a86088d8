"""Text made safe to show: every character in it is seen, and none steers how it is drawn.

    access<U+200B>_level     a character without a look of its own is shown by its name
    p<U+0430>ypal            so is a letter of another script within a Latin word

Names are unambiguous: if a text itself spells `<U+200B>`, its `<` is shown as `<U+003C>`. So
whatever looks like a name in what these functions return is one. They must run exactly once.
`nbvc.render.naming` decides which characters are named, `nbvc.render.alike` which more are named
because the other side of a change looks the same.
"""

from __future__ import annotations

import re
from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAME = r"<U\+[0-9A-F]{4,6}>"


def name_of(character: str) -> str:
    """Return how a character is shown by its name: `<U+200B>`."""
    return f"<U+{ord(character):04X}>"


def is_plain(text: str) -> bool:
    """Return whether a text is printable ASCII in lines, without anything that looks like a name."""
    if not text.isascii() or "<U+" in text:
        return False
    return text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable()


def escape_text(text: str) -> str:
    """Return text with everything unseen shown by its name; tabs and line ends stay."""
    if is_plain(text):
        return text
    return _replace_characters(text, _find_unclear(text))


def escape_line(text: str) -> str:
    """Return text for one line, such as a path: line ends and tabs are shown by name, too."""
    text = escape_text(text)
    if text.isprintable():
        return text
    return text.replace("\n", "<U+000A>").replace("\t", "<U+0009>")


def cut_line(text: str, room: int) -> str:
    """Return text for one line in so many characters; no name is cut in two."""
    text = escape_line(text)
    if len(text) <= room:
        return text
    return re.sub(r"<(U(\+[0-9A-F]*)?)?$", "", text[: room - 1]) + "…"


def style_names(text: str, before: str, after: str) -> str:
    """Return a text that was escaped, with each name in it put between `before` and `after`."""
    if "<U+" not in text:
        return text
    return re.sub(_NAME, lambda found: f"{before}{found[0]}{after}", text)


class Shown:
    """A text as it is shown, and where each offset of the original is in it.

    `pins` are offsets of further characters to show by name. If the text was escaped before
    (`done`), the pins alone are named.
    """

    __slots__ = ("_ends", "_grown", "text")

    def __init__(self, text: str, pins: Iterable[int] = (), *, done: bool = False) -> None:
        places = set(pins)
        if not done and not is_plain(text):
            places.update(_find_unclear(text))
        found = sorted(places)
        self.text = _replace_characters(text, found)
        self._ends = [place + 1 for place in found]
        self._grown = [0]
        for place in found:
            self._grown.append(self._grown[-1] + len(name_of(text[place])) - 1)

    def at(self, offset: int) -> int:
        """Return where an offset of the original is in the text."""
        return offset + self._grown[bisect_right(self._ends, offset)]


def without_colours(text: str) -> str:
    """Return an output's text without SGR sequences, and with carriage returns resolved.

    `\\r` lets the rest of a line overwrite it, as progress bars do: what was overwritten goes.
    """
    if "\x1b" in text:
        text = re.sub(r"\x1b\[[0-9;:]*m", "", text)
    if "\r" in text:
        text = "\n".join(_drop_overwritten(line) for line in text.split("\n"))
    return text


def _drop_overwritten(line: str) -> str:
    return line.rstrip("\r").rsplit("\r", 1)[-1]


def _find_unclear(text: str) -> Iterator[int]:
    from nbvc.render.naming import find_unclear

    return find_unclear(text)


def _replace_characters(text: str, places: Iterable[int]) -> str:
    """Return a text with the characters at these places, in order, shown by name."""
    pieces: list[str] = []
    position = 0
    for place in places:
        pieces += (text[position:place], name_of(text[place]))
        position = place + 1
    return "".join((*pieces, text[position:])) if pieces else text
