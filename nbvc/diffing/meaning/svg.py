"""SVG by its shapes and texts: ids are made up by whoever draws it, and nobody sees them."""

from __future__ import annotations

from nbvc.diffing.meaning.markup import RANDOM, Comment, End, Raw, Tag, Text, scan, squeeze_spaces
from nbvc.diffing.meaning.model import ImageMeaning
from nbvc.diffing.meaning.text import compare_text
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from nbvc.diffing.meaning.markup import Token
    from nbvc.diffing.policy import DiffPolicy

_LONGEST = 4_000_000
_REFERENCE = compile_lazily(r"#([\w.:-]+)")
_NUMBER = compile_lazily(r"\d+(?:\.\d+)?")
_MOST_TEXTS = 50


def compare_svg(before: str, after: str, policy: DiffPolicy) -> ImageMeaning:
    """Compare two SVG documents."""
    if max(len(before), len(after)) > _LONGEST:
        return ImageMeaning(
            same=False,
            summary="the drawings differ, and are too large to look into",
            verdict="different",
        )
    olds, news = scan(before), scan(after)
    sizes = _read_size(olds), _read_size(news)
    found = compare_text("\n".join(_list_shapes(olds)), "\n".join(_list_shapes(news)), policy)
    if found.same:
        return ImageMeaning(
            same=True,
            summary="the drawing is the same",
            verdict="same",
            before_size=sizes[0],
            after_size=sizes[1],
        )
    gone, new = _set_apart(_list_texts(olds), _list_texts(news))
    return ImageMeaning(
        same=False,
        summary=_make_summary(sizes, gone, new),
        verdict="different",
        before_size=sizes[0],
        after_size=sizes[1],
        removed_texts=tuple(gone[:_MOST_TEXTS]),
        added_texts=tuple(new[:_MOST_TEXTS]),
    )


def _make_summary(sizes: tuple[object, object], gone: list[str], new: list[str]) -> str:
    if sizes[0] != sizes[1]:
        return "the drawing has another size"
    if len(gone) == len(new) == 1:
        return f"the drawing changed, and a text in it: {gone[0]} → {new[0]}"
    return "the drawing changed, and texts in it" if gone or new else "the drawing changed"


def _read_size(tokens: list[Token]) -> tuple[int, int] | None:
    for token in tokens:
        if isinstance(token, Tag) and token.name == "svg":
            sides = [_NUMBER.match(token.get(name) or "") for name in ("width", "height")]
            if sides[0] and sides[1]:
                width, height = (round(float(side[0][:12])) for side in sides if side)
                return width, height
            return None
    return None


def _list_shapes(tokens: list[Token]) -> list[str]:
    """Return a line for every element and text, without metadata and with ids in their order."""
    names: dict[str, str] = {}
    for token in tokens:
        if isinstance(token, Tag):
            name = token.get("id")
            if name:
                names.setdefault(name, f"\0{len(names)}\0")

    def number(found: re.Match[str]) -> str:
        return f"#{names.get(found[1], found[1])}"

    lines: list[str] = []
    hidden = False
    for token in tokens:
        if isinstance(token, (Tag, End)) and token.name == "metadata":
            hidden = isinstance(token, Tag)
        elif hidden or isinstance(token, (End, Comment)):
            continue
        elif isinstance(token, Tag):
            pairs = [
                f'{key}="{names[value] if key == "id" and value else _REFERENCE.sub(number, value)}"'
                for key, value in token.attributes
            ]
            lines.append(" ".join([f"<{token.name}", *pairs]))
        else:
            text = _REFERENCE.sub(number, token.text) if isinstance(token, Raw) else token.text
            lines += [squeeze_spaces(text)] if text.strip() else []
    return [RANDOM.sub("\0", line) if line.startswith("<") else line for line in lines]


def _list_texts(tokens: list[Token]) -> list[str]:
    """Return what can be read in a drawing.

    Matplotlib draws letters as shapes and writes the text into a comment beside them.
    """
    read, commented = [], []
    inside = ""
    for token in tokens:
        if isinstance(token, Tag):
            inside = token.name
        elif isinstance(token, Text) and inside in ("text", "tspan", "textpath", "a"):
            read += [squeeze_spaces(token.text)] if token.text.strip() else []
        elif isinstance(token, Comment):
            commented.append(squeeze_spaces(token.text))
    return read or commented


def _set_apart(olds: list[str], news: list[str]) -> tuple[list[str], list[str]]:
    """Return what only one side has, in order."""
    from collections import Counter

    gone, new = Counter(olds), Counter(news)
    gone, new = gone - new, new - gone
    return list(gone.elements()), list(new.elements())
