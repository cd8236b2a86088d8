"""HTML and SVG as a flat list of tokens, however broken they are.

    <p class="a">x &lt; 1</p>  →  Tag("p", (("class", "a"),)), Text("x < 1"), End("p")

The time grows with the length alone. A tag is read once, from `<` to its `>`: a quote opens a value
only if the same quote follows somewhere. If a tag or comment has no end, the rest is text, and
nothing is left to scan. The standard library's parser does not promise that, and its answers differ
between versions.
"""

from __future__ import annotations

import re

import msgspec

from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_OPENING = compile_lazily(r"<(?=[a-zA-Z!?]|/[a-zA-Z])")
_NAME = compile_lazily(r"/?[a-zA-Z][^\s/>]*")
_PLAIN = compile_lazily(r"<(/?)([a-z][a-z0-9]*)>([^<&]*)")
"""Most of a table: a tag without attributes and its text."""
_STOP = compile_lazily(r"[>\"']")
_ATTRIBUTE = compile_lazily(r"([^\s=/>\"']+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>\"']*))?")
_RAW = {
    name: compile_lazily(rf"</{name}(?![\w-])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title")
}
_NESTED = 2
_LONGEST_KEPT = 40
"""Longer names of tags are not kept for the next document: they come from no tool."""
_ENDLESS_REFERENCE = compile_lazily(r"&#[0-9]{9,}")
"""The number of a character that does not exist; `int` refuses more than 4,300 digits."""

RANDOM = compile_lazily(
    r"[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}"
    r"|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"
    r"|\bT_[0-9a-f]{5}(?=_|\b)"  # pandas' Styler
    r"|\bsk-container-id-\d+"  # scikit-learn
)
"""Names that tools make up anew with every run."""

# The same names, to be found in long texts: digits are all 0 there, and _ is -. A pattern that begins
# with plain letters is searched for many times faster than a class of them.
_SHORT = 200
_FLAT = bytes.maketrans(b"123456789abcdef_", b"0" * 15 + b"-")
_FLAT_UUID = compile_lazily(b"00000000-0000-0000-0000-000000000000")
_FLAT_DIGEST = compile_lazily(b"0" * 32 + b"(?!0)(?<!0{33})")
_STYLER = compile_lazily(r"T_(?<=\bT_)[0-9a-f]{5}(?=_|\b)")
_CONTAINER = compile_lazily(r"sk-container-id-(?<=\bsk-container-id-)\d+")


def _replace_random(text: str, number: Callable[[re.Match[str]], str]) -> str:
    """Return `RANDOM.sub(number, text)`."""
    flat = b"" if len(text) < _SHORT else text.encode("utf-8", "surrogatepass").translate(_FLAT)
    if len(flat) != len(text):
        return RANDOM.sub(number, text)
    spans = [found.span() for find in (_FLAT_UUID, _FLAT_DIGEST) for found in find.finditer(flat)]
    spans += [found.span() for find in (_STYLER, _CONTAINER) for found in find.finditer(text)]
    pieces: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if start >= position and (found := RANDOM.match(text, start)):
            pieces += (text[position:start], number(found))
            position = end
    return "".join([*pieces, text[position:]])


class Tag(msgspec.Struct, frozen=True, gc=False):
    """The beginning of an element."""

    name: str
    attributes: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return the value of an attribute, or None."""
        return next((value for key, value in self.attributes if key == name), None)


class End(msgspec.Struct, frozen=True, gc=False):
    """The end of an element."""

    name: str


class Text(msgspec.Struct, frozen=True, gc=False):
    """Text to be read; white space as it is."""

    text: str


class Raw(msgspec.Struct, frozen=True, gc=False):
    """The content of a script or a style."""

    name: str
    text: str


class Comment(msgspec.Struct, frozen=True, gc=False):
    """A comment."""

    text: str


Token = Tag | End | Text | Raw | Comment


class _Tags(dict[str, Tag]):
    """Tags without attributes, one of each name."""

    def __missing__(self, name: str) -> Tag:
        tag = Tag(name, ())
        return self.setdefault(name, tag) if _worth_keeping(self, name) else tag


class _Ends(dict[str, End]):
    """Ends of elements, one of each name."""

    def __missing__(self, name: str) -> End:
        end = End(name)
        return self.setdefault(name, end) if _worth_keeping(self, name) else end


def _worth_keeping(known: Mapping[str, object], name: str) -> bool:
    return len(known) < 500 and len(name) <= _LONGEST_KEPT


_TAG, _END = _Tags(), _Ends()


def scan(markup: str, depth: int = 0) -> list[Token]:
    """Return the tokens of a document; a frame's own document (`srcdoc`) comes behind its tag."""
    return _Scanner(markup, depth).tokens()


class _Scanner:
    """Goes over a document once."""

    def __init__(self, markup: str, depth: int) -> None:
        self.markup = markup
        self.depth = depth
        self.found: list[Token] = []
        # Behind these places there is nothing to look for.
        self.last = {sign: markup.rfind(sign) for sign in (">", "-->", '"', "'")}

    def tokens(self) -> list[Token]:
        markup, position, plain = self.markup, 0, _PLAIN.match
        while position < len(markup):
            simple = plain(markup, position)
            if simple and simple[2] not in _RAW:
                self.found.append(_END[simple[2]] if simple[1] else _TAG[simple[2]])
                if simple[3]:
                    self.found.append(Text(simple[3]))
                position = simple.end()
                continue
            opening = _OPENING.search(markup, position, self.last[">"] + 1)
            end, waiting = self._scan_markup(opening.start()) if opening else (0, [])
            if opening is None or not end:
                self._add_text(markup[position:])
                break
            self._add_text(markup[position : opening.start()])
            self.found += waiting
            position = end
        return self.found

    def _scan_markup(self, start: int) -> tuple[int, list[Token]]:
        """Return the end of what begins at `<` and its tokens; the end is 0 if it has none."""
        markup = self.markup
        if markup.startswith("<!--", start):
            end = markup.find("-->", start + 4) if self.last["-->"] >= start + 4 else -3
            return end + 3, [Comment(markup[start + 4 : end].strip())]
        name = _NAME.match(markup, start + 1)
        if name is None:  # <!DOCTYPE html>, <?xml version="1.0"?>
            return markup.find(">", start) + 1, []
        end = self._tag_end(name.end())
        if end < 0:
            return 0, []
        if name[0].startswith("/"):
            return end + 1, [_END[name[0][1:].lower()]]
        return self._scan_tag(name[0].lower(), markup[name.end() : end], end + 1)

    def _tag_end(self, position: int) -> int:
        """Return the place of the `>` that ends a tag, or -1; one inside quotes does not."""
        while True:
            stop = _STOP.search(self.markup, position)
            if stop is None or stop[0] == ">":
                return stop.start() if stop else -1
            position = stop.end()
            if stop.start() < self.last[stop[0]]:
                position = self.markup.find(stop[0], position) + 1

    def _scan_tag(self, name: str, inside: str, end: int) -> tuple[int, list[Token]]:
        attributes = tuple(
            (found[1].lower(), unescape_text(_unquote_value(found[2] or "")))
            for found in _ATTRIBUTE.finditer(inside)
        )
        tag = Tag(name, tuple(sorted(pair for pair in attributes if pair[0] != "srcdoc")))
        found: list[Token] = [tag]
        for key, value in attributes:
            if key == "srcdoc" and self.depth < _NESTED:
                found += scan(value, self.depth + 1)
        if name not in _RAW or inside.endswith("/"):
            return end, found
        closing = _RAW[name].search(self.markup, end)
        stop = closing.start() if closing else len(self.markup)
        return stop, [*found, Raw(name, self.markup[end:stop])]

    def _add_text(self, text: str) -> None:
        if text:
            self.found.append(Text(unescape_text(text)))


def _unquote_value(value: str) -> str:
    return value[1:-1] if value[:1] in ('"', "'") and len(value) > 1 else value


def unescape_text(text: str) -> str:
    """Return text with its character references (`&amp;`, `&#65;`) resolved."""
    if "&" not in text:
        return text
    from html import unescape

    return unescape(_ENDLESS_REFERENCE.sub("\ufffd", text))


def number_names(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens with made-up names replaced by their number, in order of appearance.

    Text that people read keeps them: there a digest is a digest.
    """
    names: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return names.setdefault(found[0], f"\0{len(names)}")

    renamed: list[Token] = []
    for token in tokens:
        if type(token) is Tag and token.attributes:
            pairs = tuple((key, _replace_random(value, number)) for key, value in token.attributes)
            renamed.append(Tag(token.name, pairs))
        elif type(token) is Raw:
            renamed.append(Raw(token.name, _replace_random(token.text, number)))
        elif type(token) is not Comment:
            renamed.append(token)
    return renamed


def squeeze_spaces(text: str) -> str:
    """Return a text with runs of white space as one space, as a browser shows it."""
    return " ".join(text.split())
