"""Colors of a terminal: its own sixteen, or fixed ones on bars and changed lines if it has 256.

    - total = 1        16 colors: the line in red, changed words in reverse video
    - total = 1       256 colors: the line on a soft red, changed words on a strong one, with syntax

Text around a change has the sixteen colors, which the terminal's theme makes readable, or fixed dark
ones if the background is known to be light. A fixed background comes with fixed letters, so that it
is readable whatever the terminal's background is.
"""

from __future__ import annotations

import enum
from functools import lru_cache

from nbvc.render.escape import Shown, escape_text, style_names
from nbvc.render.long import WIDEST, fold_line, fold_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.render.alike import ShownSide
    from nbvc.render.lexers import Kind, Token

    Span = tuple[int, int]
    Ink = tuple[int, str]
    """Where letters of a color end in a line, and the code of the color."""

_RESET = "\x1b[0m"
_FILL = "\x1b[K"
"""Fills the rest of a line with its background (ECMA-48, 8.3.41)."""


class Colour(enum.Enum):
    """A foreground color, by its SGR number (ECMA-48, 8.3.117)."""

    RED = 31
    GREEN = 32
    YELLOW = 33
    BLUE = 34
    MAGENTA = 35
    CYAN = 36


class Depth(enum.IntEnum):
    """How many colors a terminal has."""

    SIXTEEN = 16
    PALETTE = 256
    TRUE = 1 << 24


class Painter:
    """Puts colors on text, or leaves it as it is where they are off."""

    def __init__(
        self,
        *,
        on: bool,
        dark: bool | None = None,
        depth: Depth = Depth.SIXTEEN,
        width: int | None = None,
        links: bool = False,
    ) -> None:
        """Switch colors on or off; `dark` is the background where it is known.

        `width` is the width of the terminal in columns, None if the text is not for a terminal.
        `links`: whether it has links to files.
        """
        self.on = on
        self.dark = dark
        self.depth = depth
        self.width = width
        self.links = links and on
        # Yellow and cyan of many themes are too pale for a background that is known to be light.
        self._has_dark_inks = dark is False and depth > Depth.SIXTEEN
        self._grounds = _GROUNDS[depth, bool(dark)]
        self._fill = _FILL if on and width is not None and depth > Depth.SIXTEEN else ""

    # Text

    def bold(self, text: str) -> str:
        """Return the text in bold."""
        return self._add_codes(text, "1")

    def dim(self, text: str) -> str:
        """Return the text in the background."""
        return self._add_codes(text, "2")

    def colour(self, text: str, colour: Colour) -> str:
        """Return the text in a color."""
        codes = f"38;5;{_INKS[colour][0]}" if self._has_dark_inks else str(colour.value)
        return self._add_codes(text, codes)

    def _add_codes(self, text: str, codes: str) -> str:
        return f"\x1b[{codes}m{text}{_RESET}" if self.on and text else text

    def names(self, text: str, *, marked: bool = False) -> str:
        """Return a text that was escaped with the names of characters in it standing out.

        In a `marked` word, which may be in reverse video, they are underlined.
        """
        text = fold_lines(text)
        if not self.on:
            return text
        if marked and self.depth is Depth.SIXTEEN:
            return style_names(text, "\x1b[27;4m", "\x1b[7;24m")
        return style_names(text, "\x1b[7m", "\x1b[27m")

    # Bars

    def title(self, text: str, path: str | None = None) -> str:
        """Return the name of a file as a bar; the text was escaped.

        It opens the absolute path if the terminal has links (OSC 8).
        """
        if not self.on or self.depth is Depth.SIXTEEN:
            shown = self.bold(self.names(text))
        else:
            shown = self._paint_bar("file", [(text, "1")])
        if not self.links or path is None:
            return shown
        from urllib.parse import quote

        return f"\x1b]8;;file://{quote(path, errors='surrogateescape')}\x1b\\{shown}\x1b]8;;\x1b\\"

    def heading(self, name: str, what: str, colour: Colour, more: Sequence[str] = ()) -> str:
        """Return the heading of a cell as a bar: its name, what happened, and further texts.

        The texts were escaped.
        """
        if not self.on or self.depth is Depth.SIXTEEN:
            dimmed = [self.dim(self.names(text)) for text in more]
            return " · ".join([self.bold(self.names(name)), self.colour(what, colour), *dimmed])
        dim = f"38;5;{_INKS[None][bool(self.dark)]}"
        parts = [(name, "1"), (what, f"38;5;{_INKS[colour][bool(self.dark)]}")]
        parts += [(text, dim) for text in more]
        return self._paint_bar("cell", [one for part in parts for one in ((" · ", dim), part)][1:])

    def _paint_bar(self, level: str, parts: Sequence[tuple[str, str]]) -> str:
        ground = self._grounds[level]
        texts = [self._add_codes(self.names(text), f"{ground};{codes}") for text, codes in parts]
        return "".join(texts) + self._add_codes(self._fill, ground)

    # Changed lines

    def paint_side(
        self,
        side: ShownSide,
        mark: str,
        tokens: Sequence[Sequence[Token]] | None = None,
        *,
        is_source: bool = False,
    ) -> list[str]:
        """Return the lines of one side of a change, each behind its mark, `-` or `+`.

        `tokens` are those of each line as it is in the notebook, None for no syntax colors. Blanks
        at the end of lines that are added to a source are highlighted, as in git.
        """
        if not self.on and len(side.text) <= WIDEST:
            return [f"{mark} {line}" for line in side.text.split("\n")]
        lines: list[str] = []
        spans = side.spans
        start = origin = first = 0
        for number, whole in enumerate(side.text.split("\n")):
            end = start + len(whole)
            while first < len(spans) and spans[first][1] <= start:
                first += 1
            last = first
            while last < len(spans) and spans[last][0] < end:
                last += 1
            inside = [(max(a, start) - start, min(b, end) - start) for a, b in spans[first:last]]
            line, inside = fold_line(whole, inside)
            inks: list[Ink] = []
            if tokens is not None:
                inks = [*self._find_inks(side, tokens[number], origin, start)]
                origin += sum([len(value) for _, value in tokens[number]]) + 1
            if is_source and mark == "+" and len(bare := line.rstrip()) < len(line):
                inside = [(a, min(b, len(bare))) for a, b in inside if a < len(bare)]
                inside.append((len(bare), len(line)))
            lines.append(self._paint_line(mark, line, inside, inks if line == whole else []))
            start = end + 1
        return lines

    def _find_inks(
        self, side: ShownSide, tokens: Sequence[Token], origin: int, start: int
    ) -> Iterator[Ink]:
        """Yield where each token of a line ends that begins at `origin` and is shown at `start`."""
        for kind, value in tokens:
            origin += len(value)
            yield side.shown.at(origin) - start, _find_codes(kind, 2 + bool(self.dark))

    def _paint_line(self, mark: str, line: str, spans: Sequence[Span], inks: Sequence[Ink]) -> str:
        if not self.on:
            return f"{mark} {line}"
        soft, strong = self._grounds[mark], self._grounds[f"{mark}!"]
        pieces = [self._add_codes(f"{mark} ", soft)]
        position = 0
        for a, b in spans:
            pieces += self._paint_runs(line, position, a, inks, soft)
            word = self.names(line[a:b], marked=True)
            if self.depth is Depth.TRUE and inks:
                pieces += self._paint_runs(line, a, b, inks, strong)
            else:
                pieces.append(self._add_codes(word, strong))
            position = b
        pieces += self._paint_runs(line, position, len(line), inks, soft)
        return "".join([*pieces, self._add_codes(self._fill, soft)])

    def _paint_runs(
        self, line: str, start: int, end: int, inks: Sequence[Ink], ground: str
    ) -> Iterator[str]:
        """Yield a stretch of a line on a background, each color of its letters for itself."""
        for stop, ink in inks:
            if start < stop and start < end:
                codes = f"{ground};{ink}" if ink else ground
                yield self._add_codes(self.names(line[start : min(stop, end)]), codes)
                start = min(stop, end)
        yield self._add_codes(self.names(line[start:end]), ground)

    # Code

    def lex_lines(self, text: str, language: str) -> list[list[Token]] | None:
        """Return the tokens of each line of a text, None if changed lines have no syntax colors."""
        if not self.on or self.depth is Depth.SIXTEEN:
            return None
        from nbvc.render.lexing import lex, split_tokens

        tokens = lex(text, language)
        return None if tokens is None else split_tokens(tokens)

    def code(self, text: str, language: str) -> list[str]:
        """Return the lines of a piece of code, escaped, with its syntax colored."""
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
        codes = _find_codes(kind, 2 if self._has_dark_inks else int(bool(self.dark)))
        if not codes or text.isspace():
            return text
        return "\n".join(
            [f"\x1b[{codes}m{line}{_RESET}" if line else "" for line in text.split("\n")]
        )


_SIXTEEN = {"-": "31", "-!": "1;7;31", "+": "32", "+!": "1;7;32"}
_DARK = {
    "file": "38;5;255;48;5;238",
    "cell": "38;5;255;48;5;236",
    "-": "38;5;253;48;5;52",
    "-!": "1;38;5;231;48;5;124",
    "+": "38;5;253;48;5;22",
    "+!": "1;38;5;231;48;5;28",
}
_LIGHT = {
    "file": "38;5;16;48;5;252",
    "cell": "38;5;16;48;5;254",
    "-": "38;5;235;48;5;224",
    "-!": "1;38;5;16;48;5;217",
    "+": "38;5;235;48;5;194",
    "+!": "1;38;5;16;48;5;120",
}
_GROUNDS = {
    (Depth.SIXTEEN, False): _SIXTEEN,
    (Depth.SIXTEEN, True): _SIXTEEN,
    (Depth.PALETTE, False): _LIGHT,
    (Depth.PALETTE, True): _DARK,
    (Depth.TRUE, False): {
        **_LIGHT,
        "-": "38;5;235;48;2;255;235;233",
        "-!": "38;5;16;48;2;255;193;188",
        "+": "38;5;235;48;2;227;249;230",
        "+!": "38;5;16;48;2;166;234;182",
    },
    (Depth.TRUE, True): {
        **_DARK,
        "-": "38;5;253;48;2;60;22;24",
        "-!": "38;5;255;48;2;125;35;40",
        "+": "38;5;253;48;2;18;48;26",
        "+!": "38;5;255;48;2;28;87;48",
    },
}
"""The codes of bars, changed lines and changed words: letters and background, by depth and theme."""

_INKS = {
    Colour.RED: (88, 217),
    Colour.GREEN: (22, 156),
    Colour.YELLOW: (58, 222),
    Colour.BLUE: (18, 117),
    Colour.MAGENTA: (90, 225),
    Colour.CYAN: (24, 159),
    None: (239, 250),
}
"""Letters on bars, on a light and a dark background; of what matters less for None."""

_SYNTAX: dict[Kind, tuple[str, str, str, str]] = {
    ("Comment",): ("37", "90", "38;5;239", "38;5;251"),
    ("Comment", "Preproc"): ("36", "96", "38;5;55", "38;5;159"),
    ("Keyword",): ("34", "94", "38;5;18", "38;5;117"),
    ("Keyword", "Type"): ("36", "96", "38;5;55", "38;5;159"),
    ("Operator", "Word"): ("35", "95", "38;5;90", "38;5;225"),
    ("Name", "Builtin"): ("36", "96", "38;5;55", "38;5;159"),
    ("Name", "Function"): ("32", "92", "38;5;22", "38;5;156"),
    ("Name", "Namespace"): ("4;36", "4;96", "4;38;5;55", "4;38;5;159"),
    ("Name", "Class"): ("4;32", "4;92", "4;38;5;22", "4;38;5;156"),
    ("Name", "Exception"): ("36", "96", "38;5;55", "38;5;159"),
    ("Name", "Decorator"): ("90", "37", "38;5;239", "38;5;251"),
    ("Name", "Variable"): ("31", "91", "38;5;52", "38;5;225"),
    ("Name", "Constant"): ("31", "91", "38;5;52", "38;5;225"),
    ("Name", "Attribute"): ("36", "96", "38;5;55", "38;5;159"),
    ("Name", "Tag"): ("94", "94", "38;5;18", "38;5;117"),
    ("Literal", "String"): ("33", "33", "38;5;88", "38;5;223"),
    ("Literal", "Number"): ("34", "94", "38;5;18", "38;5;153"),
    ("Generic", "Heading"): ("1", "1", "1", "1"),
    ("Generic", "Subheading"): ("1;35", "1;95", "1;38;5;90", "1;38;5;225"),
    ("Generic", "Strong"): ("1", "1", "1", "1"),
    ("Error",): ("4;91", "4;91", "4", "4"),
}
"""The codes of kinds of tokens on a light and a dark background: pygments' own choice for terminals,
then those for changed lines."""


@lru_cache(1024)
def _find_codes(kind: Kind, column: int) -> str:
    for length in range(len(kind), 0, -1):
        if (codes := _SYNTAX.get(kind[:length])) is not None:
            return codes[column]
    return ""
