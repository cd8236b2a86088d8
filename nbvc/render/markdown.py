"""A comparison as a comment for a pull request: GitHub Flavored Markdown of bounded size.

    | notebook | what changed |
    |---|---|
    | `rain.ipynb` | 2 cells changed, 1 added, 9 unchanged |

    <details><summary><b>code 4</b> · source and outputs changed</summary> … </details>

Text from a notebook, a file name or a commit is in a fence of more backticks than it holds itself,
or it passes `_text`: then nothing in it is markup, and no reference to an issue, person, commit or
address becomes a link. Hosts refuse longer comments: the table comes first, then cells in order, as
many as fit.
"""

from __future__ import annotations

import re

from nbvc.diffing.model import Change
from nbvc.diffing.policy import Part
from nbvc.render import changes
from nbvc.render.alike import lines_apart, sides_of
from nbvc.render.escape import escaped, escaped_line
from nbvc.render.readable import readable_output
from nbvc.render.terminal import language_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.diffing import CellDiff
    from nbvc.notebook import Cell
    from nbvc.render.html.notebooks import Compared

MOST = 65_536
"""Characters in a comment on GitHub; one less is safe."""
_RESERVED = 600
"""Characters kept for saying what was left out."""
_MOST_LINES = 80
"""So many lines of one block are shown."""
_MOST_ROWS = 200
_WIDEST = 400

MARKER = "<!-- nbvc-report -->"
"""What a comment is found again by, so that it is brought up to date instead of posted twice."""


def comment(
    notebooks: Sequence[Compared], *, title: str = "", more: str = "", most: int = MOST
) -> str:
    """Return Markdown of fewer than `most` characters.

    `title` says what was compared, `more` (Markdown) where there is more to see.
    """
    head = [MARKER, f"### {_text(title or _said(len(notebooks)))}", ""]
    if more:
        head += [more, ""]
    if not notebooks:
        return "\n".join([*head, "No notebook changed.", ""])
    text = "\n".join([*head, *_table(notebooks)])
    left = most - len(text) - _RESERVED
    pieces: list[str] = []
    for piece in _sections(notebooks):
        left -= len(piece.text) + 1
        if left < 0:
            pieces += [*piece.closing, "", f"**The rest is left out here.** {more}".rstrip(), ""]
            break
        pieces.append(piece.text)
    return "\n".join([text, *pieces])


class _Piece:
    """A piece of the comment, and what closes whatever is open before it."""

    __slots__ = ("closing", "text")

    def __init__(self, text: str, *closing: str) -> None:
        self.text = text
        self.closing = closing


def _said(count: int) -> str:
    return f"{count} {'notebook' if count == 1 else 'notebooks'} changed"


def _table(notebooks: Sequence[Compared]) -> list[str]:
    rows = [
        f"| {_code(escaped_line(found.name))} | {_text(found.summary)} |"
        for found in notebooks[:_MOST_ROWS]
    ]
    if len(notebooks) > _MOST_ROWS:
        rows.append(f"| … | {len(notebooks) - _MOST_ROWS} more |")
    return ["| notebook | what changed |", "|---|---|", *rows, ""]


def _sections(notebooks: Sequence[Compared]) -> Iterator[_Piece]:
    many = len(notebooks) > 1
    for found in notebooks:
        if many:
            said = f"<b>{_text(found.name)}</b>: {_text(found.summary)}"
            yield _Piece(f"<details><summary>{said}</summary>\n")
        closing = ("</details>",) if many else ()
        for text in _cells(found):
            yield _Piece(text, *closing)
        if many:
            yield _Piece("</details>\n", *closing)


def _cells(found: Compared) -> Iterator[str]:
    diff = found.diff
    if diff is None:
        yield f"{_text(found.problem)}\n"
        return
    beside = [
        _value(f"notebook {name}", *changes.operation(op, whole))
        for name, op, whole in changes.notebook_changes(diff)
    ]
    if beside:
        yield "\n".join([*beside[:30], ""])
    language = language_of(diff)
    for entry in diff.cells:
        if changes.is_shown(entry):
            yield _Cell(found, entry, language).text()


class _Cell:
    """One cell that changed, folded."""

    def __init__(self, found: Compared, entry: CellDiff, language: str) -> None:
        assert found.diff is not None
        self.diff = found.diff
        self.policy = found.diff.policy
        self.entry = entry
        self.language = language
        self.olds, self.news = changes.both(found.diff, entry)

    def text(self) -> str:
        """Return the cell as a fold of its own."""
        name = f"{changes.kind_of(self.olds, self.news)} {changes.numbers(self.entry)}"
        what = changes.what(self.entry, self.policy)
        hint = changes.first_line(self.news or self.olds)
        said = f"<b>{_text(name)}</b> · {_text(what)}"
        tail = f" · <code>{_text(hint)}</code>" if hint else ""
        return "\n".join(
            [f"<details><summary>{said}{tail}</summary>", "", *self._body(), "</details>", ""]
        )

    def _body(self) -> Iterator[str]:
        change = self.entry.change
        if change in (Change.ADDED, Change.REMOVED):
            yield from self._whole((self.news or self.olds)[0], "+" if self.news else "-")
        elif change is Change.UNCHANGED:
            yield from fenced(_lines(self.news[0].source), self._language_of(self.news[0]))
        else:
            yield from self._inside()

    def _language_of(self, cell: Cell) -> str:
        name = self.language if cell.cell_type == "code" else cell.cell_type
        return name if re.fullmatch(r"[\w+.-]{1,30}", name) else ""

    def _whole(self, cell: Cell, mark: str) -> Iterator[str]:
        if self.policy.counts(Part.SOURCES):
            yield from fenced([f"{mark}{line}" for line in _lines(cell.source)], "diff")
        if self.policy.counts(Part.OUTPUTS):
            for output in cell.outputs:
                lines = [f"{mark}{line}" for line in readable_output(output, brief=True)]
                yield from ("Output:", "", *fenced(lines, "diff"))

    def _inside(self) -> Iterator[str]:
        old, new = ("\n".join(c.source for c in cells) for cells in (self.olds, self.news))
        if self.policy.counts(Part.SOURCES) and old != new:
            yield from fenced(_unified(old.split("\n"), new.split("\n"), done=False), "diff")
        if self.policy.counts(Part.OUTPUTS):
            yield from self._outputs()
        if len(self.olds) == len(self.news) == 1:
            yield from self._beside()

    def _outputs(self) -> Iterator[str]:
        entries, olds, news = changes.changed_outputs(self.diff, self.entry, self.olds, self.news)
        for found in entries:
            before, after = (
                [] if found[side] is None else readable_output(outputs[found[side]], brief=True)
                for side, outputs in (("before", olds), ("after", news))
            )
            summary = changes.meaning_of(found) or found["change"].replace("modified", "changed")
            yield from (f"Output: {_text(summary)}", "")
            yield from _values(found)
            if before != after:
                yield from fenced(_unified(before, after, done=True), "diff")

    def _beside(self) -> Iterator[str]:
        old, new = self.olds[0], self.news[0]
        lines = [
            _value("metadata", *changes.operation(op, old.metadata))
            for op in self.entry.shown_metadata
        ]
        if self.policy.counts(Part.ATTACHMENTS):
            names = [*old.attachments, *(n for n in new.attachments if n not in old.attachments)]
            lines += [
                f"- attachment {_code(escaped_line(name))} changed"
                for name in names
                if old.attachments.get(name) != new.attachments.get(name)
            ]
        yield from [*lines[:30], ""] if lines else ()


def _values(entry: changes.Op) -> Iterator[str]:
    """Yield the values of tables and JSON documents that changed, as a table."""
    meaning = entry.get("meaning")
    if type(meaning) is not dict:
        return
    rows = [
        (
            f"{value.get('row', '')} · {value.get('column', '')}",
            value.get("before"),
            value.get("after"),
        )
        for table in meaning.get("tables") or ()
        for value in table.get("values") or ()
    ]
    for told in (meaning, *(meaning.get("also") or ())):
        rows += [
            (
                ".".join(map(str, change.get("path") or ())),
                change.get("before"),
                change.get("after"),
            )
            for change in told.get("changes") or ()
        ]
    if not rows:
        return
    yield from ("| value | before | after |", "|---|---|---|")
    for name, before, after in rows[:20]:
        sides = (None if side in (None, "") else str(side) for side in (before, after))
        old, new = _both(*sides)
        yield f"| {_code(changes.brief(name, 80))} | {old} | {new} |"
    if len(rows) > 20:
        yield f"| … | {len(rows) - 20} more | |"
    yield ""


def _both(before: str | None, after: str | None) -> list[str]:
    """Return both values of a change as code, empty for a side that has none."""
    return [_code(side) if side else "" for side in changes.values_shown(before, after, 80)]


def _lines(source: str) -> list[str]:
    return escaped(source).split("\n")


def _unified(before: list[str], after: list[str], *, done: bool) -> list[str]:
    """Return the lines of a unified diff without its header, three lines around each change.

    They are escaped; those given are if `done`.
    """
    from nbvc.diffing.jsonops import seen_ops

    ops = seen_ops("\n".join(before), "\n".join(after)) if before and after else []
    if not ops:
        return _replaced(*lines_apart(before, after, done=done))
    shown = after if done else _lines("\n".join(after))
    lines: list[str] = []
    for index, op in enumerate(ops):
        if op["op"] != "equal":
            sides = sides_of(op, done=done)
            texts = zip(sides, (op["removed"], op["added"]), strict=True)
            lines += _replaced(*(side.text.split("\n") if found else [] for side, found in texts))
            continue
        same = shown[op["after"][0] : op["after"][1]]
        head, tail = 3 if index else 0, 3 if index < len(ops) - 1 else 0
        if len(same) > head + tail + 1:
            hidden = len(same) - head - tail
            lines += [f" {line}" for line in same[:head]]
            lines.append(f"@@ {hidden} lines @@")
            lines += [f" {line}" for line in (same[-tail:] if tail else ())]
        else:
            lines += [f" {line}" for line in same]
    return lines


def _replaced(before: list[str], after: list[str]) -> list[str]:
    """Return changed lines with their signs, long ones cut so that the change is in sight."""
    if len(before) == len(after):
        pairs = [changes.cut_both(*pair, _WIDEST) for pair in zip(before, after, strict=True)]
        before, after = ([pair[side] for pair in pairs] for side in (0, 1))
    return [*(f"-{line}" for line in before), *(f"+{line}" for line in after)]


def fenced(lines: Sequence[str], language: str = "") -> list[str]:
    """Return escaped lines as a fenced block that nothing in them can end (CommonMark 0.31, 4.5)."""
    shown = [
        line if len(line) <= _WIDEST + 2 else f"{line[:_WIDEST]}…" for line in lines[:_MOST_LINES]
    ]
    if len(lines) > _MOST_LINES:
        shown.append(f"… {len(lines) - _MOST_LINES} more lines")
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *shown, fence, ""]


def _value(name: str, path: str, before: str | None, after: str | None) -> str:
    sides = [side for side in _both(before, after) if side]
    return f"- {name} {_code(escaped_line(path))}: {' → '.join(sides)}"


def _code(content: str) -> str:
    """Return escaped text as code within a line, also in a table, where a bar ends the column."""
    if not content or "`" in content or "|" in content or content != content.strip():
        return f"<code>{_text(content, done=True)}</code>"
    return f"`{content}`"


def _text(content: str, *, done: bool = False) -> str:
    """Return text in which nothing is markup, for Markdown and for inside an HTML element.

    References are text, too: hosts look for them in what Markdown made, so that neither a backslash
    nor an entity stops them. An empty comment does. `done` text was escaped before.
    """
    content = content if done else escaped_line(content)
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
