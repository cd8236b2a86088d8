"""Colours: the sixteen of the terminal, which its theme makes readable on light and on dark."""

from __future__ import annotations

import enum
from functools import lru_cache

from nbvc.render.escape import Shown, escape_text, style_names
from nbvc.render.long import WIDEST, fold_line, fold_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.render.lexers import Kind

_RESET = "\x1b[0m"


class Colour(enum.Enum):
    """A foreground colour, by its SGR number (ECMA-48, 8.3.117)."""

    RED = 31
    GREEN = 32
    YELLOW = 33
    BLUE = 34
    MAGENTA = 35
    CYAN = 36


class Painter:
    """Puts colours on text, or leaves it as it is where they are off."""

    def __init__(self, *, on: bool, dark: bool | None = None) -> None:
        """Switch colours on or off; `dark` is the background where it is known."""
        self.on = on
        self.dark = dark

    def bold(self, text: str) -> str:
        """Return the text in bold."""
        return self._add_codes(text, "1")

    def dim(self, text: str) -> str:
        """Return the text in the background."""
        return self._add_codes(text, "2")

    def colour(self, text: str, colour: Colour) -> str:
        """Return the text in a colour."""
        return self._add_codes(text, str(colour.value))

    def _add_codes(self, text: str, codes: str) -> str:
        return f"\x1b[{codes}m{text}{_RESET}" if self.on and text else text

    def names(self, text: str, *, marked: bool = False) -> str:
        """Return a text that was escaped with the names of characters in it standing out.

        In a `marked` word, which is in reverse video, they are underlined.
        """
        text = fold_lines(text)
        if not self.on:
            return text
        return style_names(
            text, "\x1b[27;4m" if marked else "\x1b[7m", "\x1b[7;24m" if marked else "\x1b[27m"
        )

    def spans(self, text: str, spans: list[tuple[int, int]], colour: Colour) -> list[str]:
        """Return the lines of a text in a colour, with these spans (offsets) standing out.

        The text was escaped.
        """
        if not self.on and len(text) <= WIDEST:
            return text.split("\n")
        lines: list[str] = []
        start = first = 0
        for whole in text.split("\n"):
            end = start + len(whole)
            while first < len(spans) and spans[first][1] <= start:
                first += 1
            last = first
            while last < len(spans) and spans[last][0] < end:
                last += 1
            inside = [(a - start, b - start) for a, b in spans[first:last]]
            line, inside = fold_line(whole, [(max(a, 0), min(b, len(whole))) for a, b in inside])
            pieces, position = [], 0
            for a, b in inside:
                pieces.append(self.colour(self.names(line[position:a]), colour))
                word = self.names(line[a:b], marked=True)
                pieces.append(self._add_codes(word, f"1;7;{colour.value}"))
                position = b
            pieces.append(self.colour(self.names(line[position:]), colour))
            lines.append("".join(pieces))
            start = end + 1
        return lines

    def code(self, text: str, language: str) -> list[str]:
        """Return the lines of a piece of code, escaped, with its syntax coloured."""
        from nbvc.render.lexing import lex, show_tokens

        plain = escape_text(text)
        tokens = lex(text, language) if self.on else None
        if tokens is None:
            return self.names(plain).split("\n")
        if plain != text:
            tokens = show_tokens(tokens, Shown(text))
        coloured = "".join([self._paint_token(kind, value) for kind, value in tokens])
        return self.names(coloured).split("\n")

    def _paint_token(self, kind: Kind, text: str) -> str:
        """Return a token in its color, each of its lines for itself."""
        codes = _find_codes(kind, dark=bool(self.dark))
        if not codes or text.isspace():
            return text
        return "\n".join(
            [f"\x1b[{codes}m{line}{_RESET}" if line else "" for line in text.split("\n")]
        )


_SYNTAX: dict[Kind, tuple[str, str]] = {
    ("Comment",): ("37", "90"),
    ("Comment", "Preproc"): ("36", "96"),
    ("Keyword",): ("34", "94"),
    ("Keyword", "Type"): ("36", "96"),
    ("Operator", "Word"): ("35", "95"),
    ("Name", "Builtin"): ("36", "96"),
    ("Name", "Function"): ("32", "92"),
    ("Name", "Namespace"): ("4;36", "4;96"),
    ("Name", "Class"): ("4;32", "4;92"),
    ("Name", "Exception"): ("36", "96"),
    ("Name", "Decorator"): ("90", "37"),
    ("Name", "Variable"): ("31", "91"),
    ("Name", "Constant"): ("31", "91"),
    ("Name", "Attribute"): ("36", "96"),
    ("Name", "Tag"): ("94", "94"),
    ("Literal", "String"): ("33", "33"),
    ("Literal", "Number"): ("34", "94"),
    ("Generic", "Heading"): ("1", "1"),
    ("Generic", "Subheading"): ("1;35", "1;95"),
    ("Generic", "Strong"): ("1", "1"),
    ("Error",): ("4;91", "4;91"),
}
"""The codes of kinds of tokens on a light and a dark background: pygments' own choice for terminals."""


@lru_cache(256)
def _find_codes(kind: Kind, *, dark: bool) -> str:
    for length in range(len(kind), 0, -1):
        if (codes := _SYNTAX.get(kind[:length])) is not None:
            return codes[dark]
    return ""
