"""Python and Markdown as tokens, in one pass: most cells are one of them.

    def area(r):      Keyword " " Name.Function "(" "r" "):"
    # *Hello*         Generic.Heading

The kinds are pygments' names of them. Its own lexers take 30 ms to import and compile, half of a whole
`nbvc diff`, and ten times as long for a text. Every pattern is linear: each repetition stops at
characters that only the next part accepts.
"""

from __future__ import annotations

import builtins
import keyword

from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Match

    Kind = tuple[str, ...]
    Token = tuple[Kind, str]

TEXT: Kind = ()
_KEYWORD = ("Keyword",)
_NAMESPACE = ("Name", "Namespace")
_BUILTIN = ("Name", "Builtin")
_STRING = ("Literal", "String")
_NUMBER = ("Literal", "Number")
_INTERPOLATED = ("Literal", "String", "Interpol")

# Python

_PYTHON = compile_lazily(
    r"(?P<space>\s+)"
    r"|(?P<comment>#[^\n]*)"
    r"|(?P<string>(?P<affix>[rRuUbBfFtT]{0,2})"
    r"(?:\"\"\"[^\"\\]*(?:(?:\\.|\"(?!\"\"))[^\"\\]*)*(?:\"\"\"|\\?\Z)"
    r"|'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:'''|\\?\Z)"
    r"|\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"?"
    r"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?))"
    r"|(?P<word>[^\W\d]\w*)"
    r"|(?P<number>0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*\.?|\.\d)[\d_]*(?:[eE][-+]?\d[\d_]*)?[jJ]?)"
    r"|(?P<decorator>@[^\W\d]\w*)"
    r"|(?P<other>.)",
    16,  # re.DOTALL
)
_PLACE = compile_lazily(r"\{\{|\{([^{}\"'\n]*)\}")
_ERRORS = ("Error", "Exception", "Warning", "Interrupt", "Exit", "Iteration")
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("self", "cls"), _BUILTIN),
    **{
        name: ("Name", "Exception") if name.endswith(_ERRORS) else _BUILTIN
        for name in vars(builtins)
        if name[0] != "_"
    },
    **dict.fromkeys(keyword.kwlist, _KEYWORD),
    **dict.fromkeys(("and", "or", "not", "in", "is"), ("Operator", "Word")),
    **dict.fromkeys(("None", "True", "False"), ("Keyword", "Constant")),
}
_NAMED = {"def": ("Name", "Function"), "class": ("Name", "Class")}


def lex_python(text: str) -> Iterator[Token]:
    """Yield the tokens of Python code, complete or not, and of the magics of IPython."""
    reader = _PythonReader()
    for found in _PYTHON.finditer(text):
        group = found.lastgroup
        value = found[0]
        if group == "word":
            yield reader.name_word(value), value
            continue
        if group == "string":
            yield from _lex_string(found, value)
        elif group == "space":
            yield TEXT, value
            if "\n" in value:
                reader.begin_line()
            continue
        elif group == "comment":
            yield ("Comment",), value
        elif group == "number":
            yield _NUMBER, value
        elif group == "decorator":
            yield ("Name", "Decorator"), value
        else:
            yield TEXT if value in "()[]{}:,;." else ("Operator",), value
        reader.pass_by(value)


class _PythonReader:
    """What is known of the words of a line by those before them."""

    __slots__ = ("_before", "_importing")

    def __init__(self) -> None:
        self._before = ""
        self._importing = False

    def begin_line(self) -> None:
        """Note that a line ends."""
        self._before = ""
        self._importing = False

    def pass_by(self, value: str) -> None:
        """Note a token that is not a word."""
        self._before = value
        self._importing = self._importing and value in ".,"

    def name_word(self, word: str) -> Kind:
        """Return the kind of a word."""
        before, self._before = self._before, word
        kind = _NAMED.get(before) or _KINDS.get(word, TEXT)
        if kind is _KEYWORD:
            if word in ("import", "from"):
                self._importing = before in ("", ";")
        elif self._importing:
            kind = _NAMESPACE
        elif before == ".":
            kind = TEXT
        return kind


def _lex_string(found: Match[str], value: str) -> Iterator[Token]:
    """Yield a string; what is between the braces of an f-string is code."""
    affix = found["affix"]
    if "{" not in value or not set("fFtT").intersection(affix):
        yield _STRING, value
        return
    done = 0
    for place in _PLACE.finditer(value):
        if place[1] is None:  # {{
            continue
        yield _STRING, value[done : place.start()]
        yield _INTERPOLATED, "{"
        yield from lex_python(place[1])
        yield _INTERPOLATED, "}"
        done = place.end()
    yield _STRING, value[done:]


# Markdown

_BLOCK = compile_lazily(
    r"(?P<fence>^[ \t]*```[^\n]*\n(?:(?![ \t]*```)[^\n]*\n)*(?:[ \t]*```[^\n]*)?)"
    r"|(?P<heading>^#[ \t][^\n]*)"
    r"|(?P<subheading>^#{2,6}[ \t][^\n]*)"
    r"|(?P<quote>^[ \t]*>[^\n]*)"
    r"|(?P<item>^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t])?)"
    r"|(?P<rest>[^\n]+|\n)",
    8,  # re.MULTILINE
)
_INLINE = compile_lazily(
    r"(?P<escape>\\.)"
    r"|(?P<code>`[^`\n]{1,1000}`)"
    r"|(?P<strong>\*\*[^*\s][^*\n]{0,1000}\*\*|__[^_\s][^_\n]{0,1000}__)"
    r"|(?P<emphasis>\*[^*\s][^*\n]{0,1000}\*|(?<!\w)_[^_\s][^_\n]{0,1000}_(?!\w))"
    r"|(?P<link>\[[^]\[\n]{0,400}\]\([^][()\s]{0,1000}\))"
)
_BLOCKS: dict[str, Kind] = {
    "fence": ("Literal", "String", "Backtick"),
    "heading": ("Generic", "Heading"),
    "subheading": ("Generic", "Subheading"),
    "quote": ("Generic", "Emph"),
    "item": _KEYWORD,
}
_INLINES: dict[str, Kind] = {
    "escape": TEXT,
    "code": ("Literal", "String", "Backtick"),
    "strong": ("Generic", "Strong"),
    "emphasis": ("Generic", "Emph"),
}


def lex_markdown(text: str) -> Iterator[Token]:
    """Yield the tokens of Markdown."""
    for found in _BLOCK.finditer(text):
        kind = _BLOCKS.get(found.lastgroup or "")
        if kind is None:
            yield from _lex_inline(found[0])
        else:
            yield kind, found[0]


def _lex_inline(line: str) -> Iterator[Token]:
    done = 0
    for found in _INLINE.finditer(line):
        if found.start() > done:
            yield TEXT, line[done : found.start()]
        done = found.end()
        if found.lastgroup == "link":
            name, _, target = found[0].partition("](")
            yield TEXT, "["
            yield ("Name", "Tag"), name[1:]
            yield TEXT, "]("
            yield ("Name", "Attribute"), target[:-1]
            yield TEXT, ")"
        else:
            yield _INLINES[found.lastgroup or "escape"], found[0]
    if done < len(line):
        yield TEXT, line[done:]
