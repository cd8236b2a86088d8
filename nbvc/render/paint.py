"""Colours: the sixteen of the terminal, which its theme makes readable on light and on dark."""

from __future__ import annotations

import enum

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
        return self._sgr(text, "1")

    def dim(self, text: str) -> str:
        """Return the text in the background."""
        return self._sgr(text, "2")

    def colour(self, text: str, colour: Colour) -> str:
        """Return the text in a colour."""
        return self._sgr(text, str(colour.value))

    def _sgr(self, text: str, codes: str) -> str:
        return f"\x1b[{codes}m{text}{_RESET}" if self.on and text else text

    def spans(self, text: str, spans: list[tuple[int, int]], colour: Colour) -> list[str]:
        """Return the lines of a text in a colour, with these spans (offsets) standing out.

        Control characters become visible.
        """
        from nbvc.render.escape import escaped

        if not self.on:
            return escaped(text).split("\n")
        lines, start = [], 0
        for line in text.split("\n"):
            end = start + len(line)
            inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
            pieces, position = [], start
            for a, b in inside:
                pieces.append(self.colour(escaped(text[position:a]), colour))
                pieces.append(self._sgr(escaped(text[a:b]), f"1;7;{colour.value}"))
                position = b
            pieces.append(self.colour(escaped(text[position:end]), colour))
            lines.append("".join(pieces))
            start = end + 1
        return lines

    def code(self, text: str, language: str) -> list[str]:
        """Return the lines of a piece of code with its syntax coloured."""
        from nbvc.render.lexing import lex

        found = lex(text, language) if self.on else None
        if found is None:
            return text.split("\n")
        from pygments import format as written
        from pygments.formatters.terminal import TerminalFormatter

        style = "dark" if self.dark else "light"
        coloured: str = written(found, TerminalFormatter(bg=style)).removesuffix("\n")
        lines = coloured.split("\n")
        return lines if len(lines) == text.count("\n") + 1 else text.split("\n")
