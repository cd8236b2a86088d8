"""Markdown as a person reads it, with formulas, for pages that fetch nothing.

    # Rain   →  <h1>Rain</h1>
    **wet**  →  <b>wet</b>

Elements are made as all others: HTML in Markdown stays text, links lead nowhere, images are named. The
work is linear in the length of the text.
"""

from __future__ import annotations

from nbvc.lazy import compile_lazily
from nbvc.render.html.code import Lines
from nbvc.render.html.elements import Html, escape_html, join_pieces, make_element
from nbvc.render.html.formulas import render_formula

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Taken = tuple[int, Html]
    """The number of the line after a block, and the block."""

_LONGEST = 40_000
"""Longer texts are not rendered."""
_DEEPEST = 6

_INLINE = compile_lazily(
    r"(?P<escape>\\[\\`*_{}\[\]()#+.!$|<>~-](?![(\[]))"
    r"|``(?P<codes>[^\n]{1,400}?)``|`(?P<code>[^`\n]{1,1000})`"
    r"|\$\$(?P<display>[^$]{1,2000})\$\$"
    r"|\$(?P<math>[^\s$][^$\n]{0,500})\$(?!\d)"
    r"|\\\((?P<paren>[^\n]{1,500}?)\\\)"
    r"|\*\*(?P<strong>[^*\s][^*\n]{0,500})\*\*|(?<!\w)__(?P<strongs>[^_\s][^_\n]{0,500})__(?!\w)"
    r"|\*(?P<em>[^*\s][^*\n]{0,500})\*|(?<!\w)_(?P<ems>[^_\s][^_\n]{0,500})_(?!\w)"
    r"|~~(?P<gone>[^~\n]{1,500})~~"
    r"|!\[(?P<alt>[^]\[\n]{0,400})\]\([^()\n]{0,1000}\)"
    r"|\[(?P<link>[^]\[\n]{1,400})\]\((?P<target>[^()\n]{0,1000})\)"
)
_HEADING = compile_lazily(r"(#{1,6})[ \t]+(.*)$")
_ITEM = compile_lazily(r"([ \t]*)([-*+]|\d{1,9}[.)])[ \t]+")
_RULE = compile_lazily(r"[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_DELIMITER = compile_lazily(r"[ \t]*\|?[ \t]*:?-[-:| \t]*$")
_FENCE = compile_lazily(r"[ \t]*(```+|~~~+)[ \t]*([\w+-]*)")
_TEX = compile_lazily(r"[ \t]*\\begin\{([a-z]+\*?)\}")


def render_prose(source: str) -> Html | None:
    """Return Markdown as elements, None if it is too long."""
    if len(source) > _LONGEST:
        return None
    return make_element("div", *_render_blocks(source.split("\n"), 0), class_="prose")


def _render_blocks(lines: Sequence[str], depth: int) -> Iterator[Html]:
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        for take in _BLOCKS:
            if (found := take(lines, at, depth)) is not None:
                at, shown = found
                yield shown
                break


def _take_fence(lines: Sequence[str], at: int, _: int) -> Taken | None:
    found = _FENCE.match(lines[at])
    if not found:
        return None
    end = _find_line(lines, at + 1, found[1])
    code = Lines("\n".join(lines[at + 1 : end]), found[2] or None)
    text = "\n".join(code.line(number) for number in range(len(code.texts)))
    return end + 1, make_element("pre", Html(text))


def _take_formula(lines: Sequence[str], at: int, _: int) -> Taken | None:
    first = lines[at].strip()
    if found := _TEX.match(first):
        end = _find_line(lines, at, f"\\end{{{found[1]}}}")
        return end + 1, render_formula("\n".join(lines[at : end + 1]), display=True)
    if not first.startswith("$$") or "$$" in first[2:-2]:
        return None
    if len(first) > 4 and first.endswith("$$"):
        return at + 1, render_formula(first[2:-2], display=True)
    end = _find_line(lines, at + 1, "$$")
    last = lines[end].partition("$$")[0] if end < len(lines) else ""
    formula = "\n".join([first[2:], *lines[at + 1 : end], last])
    return end + 1, render_formula(formula, display=True)


def _take_line(lines: Sequence[str], at: int, _: int) -> Taken | None:
    """Take a heading or a rule."""
    if _RULE.match(lines[at]):
        return at + 1, make_element("hr")
    found = _HEADING.match(lines[at])
    if not found:
        return None
    text = found[2].strip()
    bare = text.rstrip("#")
    text = bare if bare.endswith((" ", "\t")) else text
    return at + 1, make_element(f"h{len(found[1])}", _render_inline(text.strip()))


def _take_quote(lines: Sequence[str], at: int, depth: int) -> Taken | None:
    if not lines[at].lstrip().startswith(">") or depth >= _DEEPEST:
        return None
    end = _find_end(lines, at, lambda text: not text.lstrip().startswith(">"))
    inside = [text.lstrip()[1:].removeprefix(" ") for text in lines[at:end]]
    return end, make_element("blockquote", *_render_blocks(inside, depth + 1))


def _take_table(lines: Sequence[str], at: int, _: int) -> Taken | None:
    if "|" not in lines[at] or at + 1 == len(lines) or not _is_delimiter(lines[at + 1]):
        return None
    end = _find_end(lines, at + 2, lambda text: "|" not in text)
    return end, _render_table(lines[at], lines[at + 2 : end])


def _take_paragraph(lines: Sequence[str], at: int, _: int) -> Taken:
    end = _find_end(lines, at + 1, _begins_block)
    return end, make_element("p", _render_inline("\n".join(lines[at:end])))


def _begins_block(line: str) -> bool:
    if not line.strip():
        return True
    start = line.lstrip()
    found = any(pattern.match(line) for pattern in (_FENCE, _HEADING, _ITEM, _TEX, _RULE))
    return found or start.startswith((">", "$$"))


def _find_end(lines: Sequence[str], start: int, is_end: Callable[[str], bool]) -> int:
    return next((at for at in range(start, len(lines)) if is_end(lines[at])), len(lines))


def _find_line(lines: Sequence[str], start: int, end: str) -> int:
    """Return the number of the first line with an end in it, that of the last one without any."""
    return _find_end(lines, start, lambda line: end in line)


def _take_list(lines: Sequence[str], at: int, depth: int) -> Taken | None:
    """Take a list; what is further in belongs to an item."""
    first = _ITEM.match(lines[at])
    if not first or depth >= _DEEPEST:
        return None
    base = len(first[1].expandtabs(4))
    items: list[list[str]] = []
    while at < len(lines):
        line = lines[at]
        found = _ITEM.match(line)
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        if found and indent <= base + 1:
            if found[2][0].isdigit() != first[2][0].isdigit() or indent < base:
                break
            items.append([line[found.end() :]])
        elif not line.strip():
            following = lines[at + 1] if at + 1 < len(lines) else ""
            further = len(following) - len(following.lstrip()) > base
            if not following.strip() or not (further or _ITEM.match(following)):
                break
            items[-1].append("")
        elif indent > base:
            items[-1].append(line.expandtabs(4)[min(indent, base + 2) :])
        elif _begins_block(line):
            break
        else:
            items[-1].append(line)
        at += 1
    shown = [make_element("li", *_render_item(item, depth + 1)) for item in items]
    return at, make_element("ol" if first[2][0].isdigit() else "ul", *shown)


def _render_item(lines: Sequence[str], depth: int) -> Iterator[Html]:
    """Yield the blocks of an item, its first paragraph without a frame."""
    end = _find_end(lines, 1, _begins_block)
    yield _render_inline("\n".join(lines[:end]))
    yield from _render_blocks(lines[end:], depth)


def _is_delimiter(line: str) -> bool:
    return "|" in line and bool(_DELIMITER.match(line))


def _render_table(head: str, rows: Sequence[str]) -> Html:
    def cells(line: str, tag: str) -> Html:
        parts = line.strip().removeprefix("|").removesuffix("|").split("|")
        return make_element(
            "tr", *(make_element(tag, _render_inline(part.strip())) for part in parts)
        )

    return make_element("table", cells(head, "th"), *(cells(row, "td") for row in rows))


_BLOCKS = (
    _take_fence, _take_formula, _take_line, _take_quote, _take_list, _take_table, _take_paragraph,
)  # fmt: skip
_TAGS = {"strong": "b", "strongs": "b", "em": "em", "ems": "em", "gone": "s"}


def _render_inline(text: str, depth: int = 0) -> Html:
    pieces: list[Html] = []
    done = 0
    for found in _INLINE.finditer(text) if depth < _DEEPEST else ():
        pieces.append(escape_html(text[done : found.start()]))
        done = found.end()
        kind = next(name for name, value in found.groupdict().items() if value is not None)
        value = found[kind]
        if kind == "escape":
            pieces.append(escape_html(value[1:]))
        elif kind in ("code", "codes"):
            pieces.append(make_element("code", value.strip() if kind == "codes" else value))
        elif kind in ("math", "paren", "display"):
            pieces.append(render_formula(value, display=kind == "display"))
        elif kind == "alt":
            pieces.append(make_element("em", f"[image: {value}]" if value else "[image]"))
        elif kind == "link":
            pieces.append(
                make_element("u", _render_inline(value, depth + 1), title=found["target"])
            )
        else:
            pieces.append(make_element(_TAGS[kind], _render_inline(value, depth + 1)))
    return join_pieces(*pieces, escape_html(text[done:]))
