"""Code as tokens, in time that grows with the length alone.

Python and Markdown have lexers here, all other languages those of pygments: lists of regular
expressions, many of which look for an end that may not be there. The notebook names the language. So
only lexers of languages that kernels have are used, and they get a text in pieces: a string of many
lines may change its color where one piece ends, and nothing else happens.

A kind of token is the tuple of its names in pygments, which are tuples there, too.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeVar

    from nbvc.render.escape import Shown
    from nbvc.render.lexers import Token

    T = TypeVar("T")

_LONGEST = 40_000
"""Longer sources are shown without colors: they are data more often than code."""
_PIECE = 1_000
"""Characters of one piece. The slowest lexers take 0.07 s for the worst piece of this size."""
_WIDEST = 2_000
"""Sources with longer lines are shown without colors."""

_PYTHON = frozenset((
    "python", "ipython", "ipython2", "ipython3", "python2", "python3", "py",
))  # fmt: skip
_OTHERS = frozenset((
    "bash", "c", "c#", "c++", "clojure", "cpp", "csharp", "css", "dart",
    "elixir", "f#", "fortran", "fsharp", "go", "groovy", "haskell", "html", "java",
    "javascript", "js", "json", "julia", "kotlin", "latex", "lua", "matlab",
    "ocaml", "octave", "perl", "php", "powershell", "r", "ruby", "rust", "sas",
    "scala", "scheme", "sh", "sql", "stata", "swift", "tex", "ts", "typescript",
    "xml", "yaml",
))  # fmt: skip

_lexers: dict[str, Any] = {}


def lex(content: str, language: str) -> list[Token] | None:
    """Return (kind, text) of each token, or None if the text is to be shown without colors.

    The texts of the tokens together are `content`.
    """
    # Lexers turn \r into a line end, which the text does not have there.
    short = 0 < len(content) <= _LONGEST and "\r" not in content
    if not short or max(map(len, content.split("\n"))) > _WIDEST:
        return None
    language = language.lower()
    if language in _PYTHON:
        from nbvc.render.lexers import lex_python

        return [*lex_python(content)]
    if language == "markdown":
        from nbvc.render.lexers import lex_markdown

        return [*lex_markdown(content)]
    return _lex_elsewhere(content, language) if language in _OTHERS else None


def _lex_elsewhere(content: str, language: str) -> list[Token] | None:
    """Return what pygments finds."""
    if language not in _lexers:
        from pygments.lexers import get_lexer_by_name

        _lexers[language] = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    lexer = _lexers[language]
    found = [found for piece in _cut_pieces(content) for found in lexer.get_tokens(piece)]
    return found if "".join([value for _, value in found]) == content else None


def _cut_pieces(content: str) -> Iterator[str]:
    """Yield a text in pieces of whole lines."""
    start = 0
    while len(content) - start > _PIECE:
        end = content.rfind("\n", start, start + _PIECE) + 1 or start + _PIECE
        yield content[start:end]
        start = end
    yield content[start:]


def show_tokens(tokens: Iterable[tuple[T, str]], shown: Shown) -> list[tuple[T, str]]:
    """Return the tokens of a text as they are in the text that is shown."""
    found, start = [], 0
    for kind, value in tokens:
        end = start + len(value)
        found.append((kind, shown.text[shown.at(start) : shown.at(end)]))
        start = end
    return found


def split_tokens(tokens: Iterable[Token]) -> list[list[Token]]:
    """Return the tokens of each line, without the line ends."""
    lines: list[list[Token]] = [[]]
    for kind, value in tokens:
        if "\n" not in value:
            lines[-1].append((kind, value))
            continue
        first, *rest = value.split("\n")
        lines[-1].append((kind, first))
        lines += [[(kind, piece)] for piece in rest]
    return lines
