"""A comparison as a comment for a pull request: GitHub Flavored Markdown of bounded size.

    | notebook | what changed |
    |---|---|
    | `rain.ipynb` | 2 cells changed, 1 added, 9 unchanged |

    <details><summary><b>code cell 4</b> · source and outputs changed</summary> … </details>

Text from a notebook, a file name or a commit is in a fence of more backticks than it holds itself,
or it passes `_escape_text`: then nothing in it is markup, and no reference to an issue, person, commit
or address becomes a link. Hosts refuse longer comments: the table comes first, then cells in order,
as many as fit.
"""

from __future__ import annotations

import re

import msgspec

from nbvc.diffing.meaning.model import JsonMeaning, TableMeaning
from nbvc.diffing.values import Change, ChangedLines, SameLines
from nbvc.render.alike import sides_of
from nbvc.render.escape import escape_line, escape_text
from nbvc.render.readable import format_output
from nbvc.render.shown import (
    NO_CUTS,
    FoldedLines,
    compare_lines,
    language_of,
    show_cells,
    show_rest,
)
from nbvc.render.summary import count_changes, summarize
from nbvc.render.values import cut_both, shorten_values
from nbvc.render.words import fold, name_change

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbvc.diffing.meaning.model import Meaning
    from nbvc.render.shown import ShownCell, ShownLines, ShownOutput, ShownSource, ShownValue
    from nbvc.workflow.compare import Comparison

MOST = 65_536
"""Characters in a comment on GitHub; one less is safe."""
_RESERVED = 600
"""Characters kept for saying what was left out."""
_MOST_LINES = 80
"""So many lines of one block are shown."""
_MOST_VALUES = 30
_MOST_ROWS = 200
_WIDEST = 400

MARKER = "<!-- nbvc-report -->"
"""What a comment is found again by, so that it is brought up to date instead of posted twice."""


def comment(
    comparisons: Iterable[Comparison], *, title: str = "", more: str = "", most: int = MOST
) -> str:
    """Return Markdown of fewer than `most` characters.

    `title` says what was compared, `more` (Markdown) if there is more to see.
    """
    notebooks = [*comparisons]
    head = [MARKER, f"### {_escape_text(title or count_changes(notebooks))}", ""]
    if more:
        head += [more, ""]
    if not notebooks:
        return "\n".join([*head, "No notebook changed.", ""])
    text = "\n".join([*head, *_render_table(notebooks)])
    left = most - len(text) - _RESERVED
    pieces: list[str] = []
    for piece in _render_sections(notebooks):
        left -= len(piece.text) + 1
        if left < 0:
            pieces += [*piece.closing, "", f"**The rest is omitted.** {more}".rstrip(), ""]
            break
        pieces.append(piece.text)
    return "\n".join([text, *pieces])


class _Section(msgspec.Struct, frozen=True):
    """A part of the comment, and what closes whatever is open before it."""

    text: str
    closing: tuple[str, ...] = ()


def _render_table(notebooks: Sequence[Comparison]) -> list[str]:
    rows = [
        f"| {_render_code(escape_line(found.name))} | {_escape_text(summarize(found))} |"
        for found in notebooks[:_MOST_ROWS]
    ]
    if len(notebooks) > _MOST_ROWS:
        rows.append(f"| … | {len(notebooks) - _MOST_ROWS} more |")
    return ["| notebook | what changed |", "|---|---|", *rows, ""]


def _render_sections(notebooks: Sequence[Comparison]) -> Iterator[_Section]:
    many = len(notebooks) > 1
    for found in notebooks:
        if many:
            said = f"<b>{_escape_text(found.name)}</b>: {_escape_text(summarize(found))}"
            yield _Section(f"<details><summary>{said}</summary>\n")
        closing = ("</details>",) if many else ()
        for text in _render_cells(found):
            yield _Section(text, closing)
        if many:
            yield _Section("</details>\n", closing)


def _render_cells(found: Comparison) -> Iterator[str]:
    diff = found.diff
    if diff is None:
        yield f"{_escape_text(found.problem)}\n"
        return
    rest = [_render_value(value, "notebook") for value in show_rest(diff)]
    if rest:
        yield "\n".join(_list(rest))
    language = language_of(diff.after, diff.before)
    for cell in show_cells(diff):
        yield _render_cell(cell, language)


def _render_cell(cell: ShownCell, language: str) -> str:
    """Return a cell that changed, folded."""
    said = f"<b>{_escape_text(cell.name)}</b> · {_escape_text(cell.what)}"
    tail = f" · <code>{_escape_text(cell.hint)}</code>" if cell.hint else ""
    head = f"<details><summary>{said}{tail}</summary>"
    return "\n".join([head, "", *_render_body(cell, language), "</details>", ""])


def _render_body(cell: ShownCell, language: str) -> Iterator[str]:
    yield from _list([_render_value(cell.cell_type)] if cell.cell_type else [])
    if cell.source:
        yield from _render_source(cell.source, language)
    for output in cell.outputs:
        yield from _render_output(output)
    names = [
        f"- attachment {_render_code(escape_line(one.name))} {name_change(one.change)}"
        for one in cell.attachments
    ]
    yield from _list([*names, *map(_render_value, cell.values)])


def _list(lines: list[str]) -> list[str]:
    """Return a list of values, cut short."""
    return [*lines[:_MOST_VALUES], ""] if lines else []


def _render_source(source: ShownSource, language: str) -> list[str]:
    lines = escape_text(source.text).split("\n")
    if source.only is Change.UNCHANGED:
        name = language if source.cell_type == "code" else source.cell_type
        known = re.fullmatch(r"[\w+.-]{1,30}", name)
        return fence_lines(_render_pieces(source.pieces, lines, sign=""), name if known else "")
    sign = _SIGNS.get(source.only or Change.MODIFIED, " ")
    return fence_lines(_render_pieces(source.pieces, lines, source.cuts, sign), "diff")


_SIGNS = {Change.ADDED: "+", Change.REMOVED: "-"}


def _render_output(output: ShownOutput) -> Iterator[str]:
    before, after = (
        [] if side is None else format_output(side, brief=True)
        for side in (output.before, output.after)
    )
    yield from (f"Output: {_escape_text(output.words)}".removesuffix(" "), "")
    yield from _render_values(output.diff.meaning)
    if before != after:
        yield from fence_lines(
            _render_pieces(compare_lines(before, after), after, done=True), "diff"
        )


def _render_values(meaning: Meaning | None) -> Iterator[str]:
    """Yield the values of tables and JSON documents that changed, as a table."""
    rows: list[tuple[str, str | None, str | None]] = []
    for one in (meaning, *meaning.also) if meaning else ():
        match one:
            case TableMeaning() if one is meaning:
                for table in one.tables:
                    rows += [(f"{v.row} · {v.column}", v.before, v.after) for v in table.values]
            case JsonMeaning():
                rows += [(".".join(map(str, c.path)), c.before, c.after) for c in one.changes]
    if not rows:
        return
    yield from ("| value | before | after |", "|---|---|---|")
    for name, before, after in rows[:20]:
        old, new = _render_both(before or None, after or None)
        yield f"| {_render_code(shorten_values(name, None, 80)[0] or '')} | {old} | {new} |"
    if len(rows) > 20:
        yield f"| … | {len(rows) - 20} more | |"
    yield ""


def _render_both(before: str | None, after: str | None) -> list[str]:
    """Return both values of a change as code, empty for a side that has none."""
    return [_render_code(side) if side else "" for side in shorten_values(before, after, 80)]


def _render_pieces(
    pieces: Sequence[ShownLines],
    after: Sequence[str],
    cuts: dict[int, str] = NO_CUTS,
    sign: str = " ",
    *,
    done: bool = False,
) -> list[str]:
    """Return changed lines and those around them, which are escaped.

    The changed lines are escaped if they are `done`.
    """
    lines: list[str] = []
    for piece in pieces:
        match piece:
            case FoldedLines():
                lines.append(f"@@ {piece.words} @@" if sign else f"⋮ {piece.words}")
            case SameLines():
                lines += _number_lines(after[slice(*piece.after)], piece.after[0], cuts, sign)
            case ChangedLines():
                sides = zip(sides_of(piece, done=done), (piece.removed, piece.added), strict=True)
                shown = (side.text.split("\n") if found else [] for side, found in sides)
                old, new = _cut_lines(*shown)
                lines += [f"-{line}" for line in old]
                lines += _number_lines(new, piece.after[0], cuts, "+")
    return lines


def _number_lines(
    lines: Sequence[str], first: int, cuts: dict[int, str], sign: str
) -> Iterator[str]:
    """Yield lines with their sign, given the number of the first, and where another cell begins."""
    for number, line in enumerate(lines, first):
        if number in cuts:
            yield f"@@ {cuts[number]} @@"
        yield f"{sign}{line}"


def _cut_lines(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """Return changed lines, long ones cut so that the change is in sight."""
    if len(before) == len(after):
        pairs = [cut_both(*pair, _WIDEST) for pair in zip(before, after, strict=True)]
        return [old for old, _ in pairs], [new for _, new in pairs]
    return before, after


def fence_lines(lines: Sequence[str], language: str = "") -> list[str]:
    """Return escaped lines as a fenced block that nothing in them can end (CommonMark 0.31, 4.5)."""
    shown = [
        line if len(line) <= _WIDEST + 2 else f"{line[:_WIDEST]}…" for line in lines[:_MOST_LINES]
    ]
    if len(lines) > _MOST_LINES:
        shown.append(fold(len(lines) - _MOST_LINES, "line"))
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *shown, fence, ""]


def _render_value(value: ShownValue, prefix: str = "") -> str:
    sides = [side for side in _render_both(value.before, value.after) if side]
    path = _render_code(escape_line(value.path)) if value.path else ""
    label = " ".join(filter(None, (prefix, value.name, path)))
    word = "" if value.change is Change.MODIFIED else f" {name_change(value.change)}"
    return f"- {label}: {' → '.join(sides)}{word}"


def _render_code(content: str) -> str:
    """Return escaped text as code within a line, also in a table, where a bar ends the column."""
    if not content or "`" in content or "|" in content or content != content.strip():
        return f"<code>{_escape_text(content, done=True)}</code>"
    return f"`{content}`"


def _escape_text(content: str, *, done: bool = False) -> str:
    """Return text in which nothing is markup, for Markdown and for inside an HTML element.

    References are text, too: hosts look for them in what Markdown made, so that neither a backslash
    nor an entity stops them. An empty comment does. `done` text was escaped before.
    """
    content = content if done else escape_line(content)
    content = re.sub(_REFERENCE, _BREAK, content)
    content = re.sub(r"[\\`*_\[\]~|<>&#!$^]", lambda found: f"&#{ord(found[0])};", content)
    # What begins a list, a heading or code at the beginning of a line.
    content = re.sub(r"^[\s+=-]|^(?<!\d)\d+(?=[.)])", _first_as_entity, content)
    return content.replace(_BREAK_MARK, "<!-- -->")


_BREAK_MARK = "\x00"
_BREAK = r"\g<0>" + _BREAK_MARK
_REFERENCE = (
    # `#12`, `owner/name#12`, `@name`, `name@sha`, `!12`, `&1`, `%name`, `~name`, `$1`, `:name:`
    r"[#@!&%~$^:](?=\S)"
    # `GH-12` and the like, addresses without a scheme, and ids of commits, which have seven
    # digits at least.
    r"|(?<=[A-Za-z])-(?=\d)|(?i:www)(?=\.)|[0-9A-Fa-f]{6}(?=[0-9A-Fa-f])"
)
"""What GitHub and GitLab make a link, or an emoji, of what follows."""


def _first_as_entity(found: re.Match[str]) -> str:
    first, rest = found[0][0], found[0][1:]
    return f"&#{ord(first)};{rest}"
