"""Code as pygments' tokens, in time that grows with the length alone.

A lexer is a list of regular expressions, and many of them look for an end that may not be there:
`[` repeated 40,000 times kept the one for Markdown busy for 8 seconds. The notebook names the
language. So only lexers of languages that kernels have are used, and all but Python's get a text in
pieces: a string of many lines may change its color where one piece ends, and nothing else happens.
Python's gets them, too, if there is a long gap between words.
"""

from __future__ import annotations

from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeVar

    from nbvc.render.escape import Shown

    T = TypeVar("T")

_LONGEST = 40_000
"""Longer sources are shown without colors: they are data more often than code."""
_PIECE = 1_000
"""Characters of one piece. The slowest lexers take 0.07 s for the worst piece of this size."""
_WIDEST = 2_000
"""Sources with longer lines are shown without colors."""

_GAP = compile_lazily(r"(?:\A|\S)\s{200}")
"""White space that Python's lexer looks through again from each of its lines."""

_PYTHON = frozenset(("python", "ipython", "ipython3", "python3", "py"))
_OTHERS = frozenset((
    "bash", "c", "c#", "c++", "clojure", "cpp", "csharp", "css", "dart",
    "elixir", "f#", "fortran", "fsharp", "go", "groovy", "haskell", "html", "java",
    "javascript", "js", "json", "julia", "kotlin", "latex", "lua", "markdown", "matlab",
    "ocaml", "octave", "perl", "php", "powershell", "r", "ruby", "rust", "sas",
    "scala", "scheme", "sh", "sql", "stata", "swift", "tex", "ts", "typescript",
    "xml", "yaml",
))  # fmt: skip

_lexers: dict[str, Any] = {}


def lex(content: str, language: str) -> list[tuple[Any, str]] | None:
    """Return (kind, text) of each token, or None if the text is to be shown without colors.

    The texts of the tokens together are `content`.
    """
    # Lexers turn \r into a line end, which the text does not have there.
    short = 0 < len(content) <= _LONGEST and "\r" not in content
    lexer = _find_lexer(language.lower()) if short else None
    if lexer is None or max(map(len, content.split("\n"))) > _WIDEST:
        return None
    is_whole = language.lower() in _PYTHON and not _GAP.search(content)
    pieces = [content] if is_whole else _cut_pieces(content)
    found = [found for piece in pieces for found in lexer.get_tokens(piece)]
    return found if "".join([value for _, value in found]) == content else None


def _cut_pieces(content: str) -> Iterator[str]:
    """Yield a text in pieces of whole lines."""
    start = 0
    while len(content) - start > _PIECE:
        end = content.rfind("\n", start, start + _PIECE) + 1 or start + _PIECE
        yield content[start:end]
        start = end
    yield content[start:]


def _find_lexer(language: str) -> Any:
    """Return a lexer that keeps every line, or None if the language has none."""
    if language not in _lexers and language in _PYTHON | _OTHERS:
        options = {"stripnl": False, "ensurenl": False}
        if language in _PYTHON:
            from pygments.lexers.python import PythonLexer

            _lexers[language] = PythonLexer(**options)
        else:
            from pygments.lexers import get_lexer_by_name

            _lexers[language] = get_lexer_by_name(language, **options)
    return _lexers.get(language)


def show_tokens(tokens: Iterable[tuple[T, str]], shown: Shown) -> list[tuple[T, str]]:
    """Return the tokens of a text as they are in the text that is shown."""
    found, start = [], 0
    for kind, value in tokens:
        end = start + len(value)
        found.append((kind, shown.text[shown.at(start) : shown.at(end)]))
        start = end
    return found
