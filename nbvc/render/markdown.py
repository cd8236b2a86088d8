"""A comparison as a comment for a pull request: GitHub Flavored Markdown of bounded size.

    | notebook | what changed |
    |---|---|
    | `rain.ipynb` | 2 cells changed, 1 added, 9 unchanged |

    <details><summary><b>code 4</b> · source and outputs changed</summary> … </details>

Everything from a notebook stands in code, fenced by more backticks than it holds itself, or is
escaped. Hosts refuse longer comments: the table comes first, then cells in order, as many as fit.
"""

from __future__ import annotations

import re

from nbvc.diff.model import Change
from nbvc.diff.policy import Part
from nbvc.render import changes
from nbvc.render.escape import escaped, escaped_line
from nbvc.render.readable import readable_output
from nbvc.render.terminal import language_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nbvc.diff import CellDiff
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
    head = [MARKER, f"### {_plain(title or _said(len(notebooks)))}", ""]
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
        f"| {_code(found.name)} | {_plain(found.summary)} |" for found in notebooks[:_MOST_ROWS]
    ]
    if len(notebooks) > _MOST_ROWS:
        rows.append(f"| … | {len(notebooks) - _MOST_ROWS} more |")
    return ["| notebook | what changed |", "|---|---|", *rows, ""]


def _sections(notebooks: Sequence[Compared]) -> Iterator[_Piece]:
    many = len(notebooks) > 1
    for found in notebooks:
        if many:
            said = f"<b>{_html(found.name)}</b>: {_html(found.summary)}"
            yield _Piece(f"<details><summary>{said}</summary>\n")
        closing = ("</details>",) if many else ()
        for text in _cells(found):
            yield _Piece(text, *closing)
        if many:
            yield _Piece("</details>\n", *closing)


def _cells(found: Compared) -> Iterator[str]:
    diff = found.diff
    if diff is None:
        yield f"{_plain(found.problem)}\n"
        return
    beside = []
    for name, op in changes.notebook_changes(diff):
        whole = diff.before.metadata if diff.before and name == "metadata" else {}
        beside.append(_value(f"notebook {name}", *changes.operation(op, whole)))
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
        said = f"<b>{_html(name)}</b> · {_html(what)}"
        tail = f" · <code>{_html(hint)}</code>" if hint else ""
        return "\n".join(
            [f"<details><summary>{said}{tail}</summary>", "", *self._body(), "</details>", ""]
        )

    def _body(self) -> Iterator[str]:
        change = self.entry.change
        if change in (Change.ADDED, Change.REMOVED):
            yield from self._whole((self.news or self.olds)[0], "+" if self.news else "-")
        elif change is Change.UNCHANGED:
            yield from fenced(self.news[0].source.split("\n"), self._language_of(self.news[0]))
        else:
            yield from self._inside()

    def _language_of(self, cell: Cell) -> str:
        name = self.language if cell.cell_type == "code" else cell.cell_type
        return name if re.fullmatch(r"[\w+.-]{1,30}", name) else ""

    def _whole(self, cell: Cell, mark: str) -> Iterator[str]:
        if self.policy.counts(Part.SOURCES):
            yield from fenced([f"{mark}{line}" for line in cell.source.split("\n")], "diff")
        if self.policy.counts(Part.OUTPUTS):
            for output in cell.outputs:
                lines = [f"{mark}{line}" for line in readable_output(output, brief=True)]
                yield from ("Output:", "", *fenced(lines, "diff"))

    def _inside(self) -> Iterator[str]:
        old, new = ("\n".join(c.source for c in cells) for cells in (self.olds, self.news))
        if self.policy.counts(Part.SOURCES) and old != new:
            yield from fenced(_unified(old.split("\n"), new.split("\n")), "diff")
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
            yield from (f"Output: {_plain(summary)}", "")
            yield from _values(found)
            if before != after:
                yield from fenced(_unified(before, after), "diff")

    def _beside(self) -> Iterator[str]:
        old, new = self.olds[0], self.news[0]
        lines = [
            _value("metadata", *changes.operation(op, old.metadata))
            for op in changes.shown_metadata(self.entry, self.policy)
        ]
        if self.policy.counts(Part.ATTACHMENTS):
            names = [*old.attachments, *(n for n in new.attachments if n not in old.attachments)]
            lines += [
                f"- attachment {_code(name)} changed"
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
        yield f"| {_cut(name)} | {_cut(before)} | {_cut(after)} |"
    if len(rows) > 20:
        yield f"| … | {len(rows) - 20} more | |"
    yield ""


def _cut(value: object) -> str:
    if value is None or value == "":
        return ""
    return _code(changes.brief(value, 80))


def _unified(before: list[str], after: list[str]) -> list[str]:
    """Return the lines of a unified diff without its header, three lines around each change."""
    from nbvc.diff.jsonops import seen_ops

    ops = seen_ops("\n".join(before), "\n".join(after)) if before and after else []
    if not ops:
        return [*(f"-{line}" for line in before), *(f"+{line}" for line in after)]
    lines: list[str] = []
    for index, op in enumerate(ops):
        if op["op"] != "equal":
            lines += [f"-{line.removesuffix(chr(10))}" for line in op["removed"]]
            lines += [f"+{line.removesuffix(chr(10))}" for line in op["added"]]
            continue
        same = after[op["after"][0] : op["after"][1]]
        head, tail = 3 if index else 0, 3 if index < len(ops) - 1 else 0
        if len(same) > head + tail + 1:
            hidden = len(same) - head - tail
            shown = [*same[:head], None, *(same[-tail:] if tail else [])]
            lines += [f" {line}" if line is not None else f"@@ {hidden} lines @@" for line in shown]
        else:
            lines += [f" {line}" for line in same]
    return lines


def fenced(lines: Sequence[str], language: str = "") -> list[str]:
    """Return lines as a fenced block that nothing in them can end (CommonMark 0.31, 4.5)."""
    shown = [_short(line) for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        shown.append(f"… {len(lines) - _MOST_LINES} more lines")
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *shown, fence, ""]


def _short(line: str) -> str:
    line = escaped(line.replace("\n", "\\n"))
    return line if len(line) <= _WIDEST else f"{line[:_WIDEST]}…"


def _value(name: str, path: str, before: str | None, after: str | None) -> str:
    arrow = " → ".join(_cut(value) for value in (before, after) if value is not None)
    return f"- {name} {_code(path)}: {arrow}"


def _code(content: str) -> str:
    """Return text as code within a line; in a table a bar would end the column."""
    content = escaped_line(content).replace("|", "\\|") or " "
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if "`" in (content[0], content[-1]) else ""
    return f"{ticks}{pad}{content}{pad}{ticks}"


def _plain(content: str) -> str:
    """Return text in which nothing is markup: no link, no mention, no image, no HTML."""
    content = re.sub(r"([\\`*_{}\[\]()#+!|~>-])", r"\\\1", escaped_line(content))
    content = content.replace("&", "&amp;").replace("<", "&lt;")
    # A mention would call people, and an address would become a link.
    return content.replace("@", "@<!-- -->").replace("://", ":<!-- -->//")


def _html(content: str) -> str:
    """Return text for inside an HTML element, where Markdown is still looked for."""
    content = escaped_line(content).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    content = re.sub(r"[\\`*_\[\]!~|]", lambda found: f"&#{ord(found[0])};", content)
    return content.replace("@", "&#64;<!-- -->").replace("://", ":<!-- -->//")
