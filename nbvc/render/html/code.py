"""Lines of code with their syntax marked, and the words that changed.

Tokens become `<i class=k>`: short, since a report holds thousands. The classes are pygments' short
names, cut to what the style sheet knows.
"""

from __future__ import annotations

from nbvc.render.escape import Shown, is_plain
from nbvc.render.html.elements import Html, show_names
from nbvc.render.lexing import lex, show_tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from nbvc.render.lexers import Kind

    Span = tuple[int, int]
    Token = tuple[str, str]


class Lines:
    """A text by line, each as markup; the syntax is looked at when the first line is asked for."""

    def __init__(self, content: str, language: str | None = None) -> None:
        """Take a text; `language` is a name that pygments knows, or None for plain text."""
        self.content = content
        self.language = language
        self._texts: list[str] | None = None
        self._tokens: list[list[Token]] | None = None

    @property
    def texts(self) -> list[str]:
        """The lines as they are, without markup."""
        if self._texts is None:
            self._texts = self.content.split("\n")
        return self._texts

    def line(self, number: int, marks: Sequence[Span] = (), pins: Collection[int] = ()) -> Html:
        """Return one line as markup.

        `marks` are spans of it to highlight, `pins` offsets of characters to show by name.
        """
        lines = self._by_line()
        if number >= len(lines):
            return Html("")
        tokens = lines[number]
        content = "".join(value for _, value in tokens)
        if pins or not is_plain(content):
            line = Shown(content, pins)
            tokens = show_tokens(tokens, line)
            marks = [(line.at(start), line.at(end)) for start, end in marks]
        return _mark_tokens(tokens, marks)

    def _by_line(self) -> list[list[Token]]:
        if self._tokens is None:
            self._tokens = _tokens_by_line(self.content, self.language)
        return self._tokens


def _tokens_by_line(content: str, language: str | None) -> list[list[Token]]:
    found = lex(content, language) if language else None
    if found is None:
        return [[("", line)] for line in content.split("\n")]
    lines: list[list[Token]] = [[]]
    for kind, value in found:
        css = _css_class(kind)
        first, *others = value.split("\n")
        lines[-1].append((css, first))
        lines += [[(css, other)] for other in others]
    return lines


_CLASSES: dict[Kind, str] = {
    ("Keyword",): "k",
    ("Keyword", "Constant"): "kc",
    ("Operator", "Word"): "k",
    ("Literal", "String"): "s",
    ("Literal", "Number"): "m",
    ("Comment",): "c",
    ("Name", "Function"): "nf",
    ("Name", "Class"): "nc",
    ("Name", "Builtin"): "nb",
    ("Name", "Decorator"): "nd",
    ("Name", "Tag"): "nt",
    ("Name", "Attribute"): "na",
    ("Generic", "Heading"): "gh",
    ("Generic", "Subheading"): "gu",
    ("Generic", "Emph"): "ge",
    ("Generic", "Strong"): "gs",
}


def _css_class(kind: Kind) -> str:
    """Return the class of a kind of token, empty for what looks like plain text."""
    return next((_CLASSES[kind[:n]] for n in range(len(kind), 0, -1) if kind[:n] in _CLASSES), "")


def _mark_tokens(tokens: list[Token], marks: Sequence[Span]) -> Html:
    if not marks:
        return Html("".join(_render_token(css, value) for css, value in tokens))
    pieces: list[str] = []
    for start, end, inside in _cut(sum(len(value) for _, value in tokens), marks):
        part = "".join(_render_token(css, value) for css, value in _cut_tokens(tokens, start, end))
        pieces.append(f"<mark>{part}</mark>" if inside else part)
    return Html("".join(pieces))


def _cut(length: int, marks: Sequence[Span]) -> list[tuple[int, int, bool]]:
    """Return the stretches of a line, with whether each is marked."""
    found, position = [], 0
    for first, last in marks:
        start, end = max(first, position), min(last, length)
        if end <= start:
            continue
        found += [(position, start, False), (start, end, True)]
        position = end
    return [*found, (position, length, False)]


def _cut_tokens(tokens: list[Token], start: int, end: int) -> list[Token]:
    found, position = [], 0
    for css, value in tokens:
        piece = value[max(start - position, 0) : max(end - position, 0)]
        if piece:
            found.append((css, piece))
        position += len(value)
    return found


def _render_token(css: str, value: str) -> str:
    return f"<i class={css}>{show_names(value)}</i>" if css and value.strip() else show_names(value)
