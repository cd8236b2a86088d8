"""A diff for people, in a terminal.

    code cell 4 · source and outputs changed
          total = rain.sum()
        - print(total)
        + print(f"{total} mm")
      output
        - 1024
        + 1024 mm

Only what the policy counts is shown; the rest is counted in the last line.
"""

from __future__ import annotations

from nbvc.diffing.model import Change
from nbvc.diffing.outputs import coalesced, counts, output_entries
from nbvc.diffing.policy import Part
from nbvc.render.alike import lines_apart, sides_of, values_apart
from nbvc.render.changes import lines_of_cuts, operation, value_text, values_shown
from nbvc.render.escape import escaped_line
from nbvc.render.meanings import marked_lines, summary_of
from nbvc.render.paint import Colour, Painter
from nbvc.render.readable import attachment_lines, readable_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from nbvc.diffing import CellDiff, NotebookDiff
    from nbvc.notebook import Cell, Notebook

    Op = dict[str, Any]

_MOST_OUTPUT = 16
"""So many lines of a changed output are shown before it is folded."""
_INDENT = "    "

_MARKS = {"-": Colour.RED, "+": Colour.GREEN, "~": Colour.YELLOW}
_COLOURS = {
    Change.ADDED: Colour.GREEN,
    Change.REMOVED: Colour.RED,
    Change.MODIFIED: Colour.YELLOW,
    Change.SPLIT: Colour.MAGENTA,
    Change.JOINED: Colour.MAGENTA,
    Change.UNCHANGED: Colour.BLUE,
}


class TerminalRenderer:
    """Renders one diff; `painter` knows about colours, `context` is lines around a change."""

    def __init__(self, diff: NotebookDiff, painter: Painter, context: int = 3) -> None:
        """Prepare to render a diff that still has its notebooks."""
        if diff.before is None or diff.after is None:
            raise ValueError("a diff without its notebooks can't be rendered")
        self.diff = diff
        self.before = diff.before
        self.after = diff.after
        self.painter = painter
        self.context = context
        self.language = language_of(diff)

    def lines(self) -> Iterator[str]:
        """Yield the lines, without line ends; nothing where nothing changed."""
        if not self.diff.changed:
            return
        paint = self.painter
        old, new = values_apart(self.before.name or "before", self.after.name or "after")
        yield paint.bold(f"--- {paint.names(old)}")
        yield paint.bold(f"+++ {paint.names(new)}")
        yield from self._notebook()
        for entry in self.diff.cells:
            if entry.moved or entry.change is not Change.UNCHANGED:
                yield ""
                yield from self._cell(entry)
        yield ""
        yield paint.dim(summary(self.diff))

    # The notebook

    def _notebook(self) -> Iterator[str]:
        from nbvc.render.changes import notebook_changes

        for name, op, whole in notebook_changes(self.diff):
            yield from self._op(f"notebook {name}", op, whole, "")

    # Cells

    def _cell(self, entry: CellDiff) -> Iterator[str]:
        yield self._heading(entry)
        olds = [self.before.cells[i] for i in entry.before]
        news = [self.after.cells[i] for i in entry.after]
        if entry.change is Change.ADDED:
            yield from self._whole(news[0], "+", Colour.GREEN)
        elif entry.change is Change.REMOVED:
            yield from self._whole(olds[0], "-", Colour.RED)
        elif entry.change is Change.UNCHANGED:
            yield from self._glimpse(news[0])
        else:
            yield from self._inside(entry, olds, news)

    def _heading(self, entry: CellDiff) -> str:
        cells = self.after.cells if entry.after else self.before.cells
        kind = escaped_line(cells[(entry.after or entry.before)[0]].cell_type)
        paint = self.painter
        where = paint.bold(f"{kind} cell {_numbers(entry)}")
        return f"{where} · {paint.colour(self._what(entry), _COLOURS[entry.change])}"

    def _what(self, entry: CellDiff) -> str:
        words = {
            Change.SPLIT: f"split into {len(entry.after)}",
            Change.JOINED: f"joined from {len(entry.before)}",
            Change.ADDED: "added",
            Change.REMOVED: "removed",
            Change.UNCHANGED: "",
        }
        what = words.get(entry.change)
        if what is None:
            what = f"{_listed(self._changed_parts(entry))} changed"
        moved = ["moved"] if entry.moved else []
        return ", ".join(moved + ([what] if what else []))

    def _changed_parts(self, entry: CellDiff) -> list[str]:
        policy = self.diff.policy
        named: list[str] = []
        if policy.counts(Part.SOURCES):
            named += [n for n in ("source", "cell_type") if entry.part(n) is not None]
        if policy.counts(Part.OUTPUTS) and self._output_changes(entry):
            named.append("outputs")
        other = {op["path"][0] for op in entry.other}
        if policy.counts(Part.ATTACHMENTS) and (entry.attachments or "attachments" in other):
            named.append("attachments")
        if entry.shown_metadata or (policy.counts(Part.METADATA) and other - {"attachments"}):
            named.append("metadata")
        if policy.counts(Part.ID) and entry.id:
            named.append("id")
        if policy.counts(Part.DETAILS) and entry.execution_count:
            named.append("count")
        return [name.replace("_", " ") for name in named] or ["details"]

    def _output_changes(self, entry: CellDiff) -> list[Op]:
        details = self.diff.policy.counts(Part.DETAILS)
        return [
            output
            for output in entry.outputs or []
            if counts(output) or (details and (output.get("ops") or "meaning" in output))
        ]

    def _whole(self, cell: Cell, mark: str, colour: Colour) -> Iterator[str]:
        policy = self.diff.policy
        gutter = self.painter.colour(mark, colour)
        if policy.counts(Part.SOURCES) and cell.source:
            for line in self._highlighted(cell, cell.source):
                yield f"{_INDENT}{gutter} {line}".rstrip()
        if policy.counts(Part.OUTPUTS):
            for output in cell.outputs:
                yield f"  {self.painter.dim(_label(output))}"
                lines = readable_output(output, brief=True)
                yield from self._folded([self._marked(mark, line, colour) for line in lines])

    def _glimpse(self, cell: Cell) -> Iterator[str]:
        """Show the first lines of a cell that moved unchanged, so that it is known again."""
        lines = self._highlighted(cell, cell.source)
        for line in lines[:3]:
            yield f"{_INDENT}  {line}".rstrip()
        if len(lines) > 3:
            yield f"{_INDENT}{self.painter.dim(_fold(len(lines) - 3))}"

    def _inside(self, entry: CellDiff, olds: list[Cell], news: list[Cell]) -> Iterator[str]:
        policy = self.diff.policy
        if policy.counts(Part.SOURCES):
            if entry.cell_type:
                yield from self._scalar("cell type", entry.cell_type)
            yield from self._source(entry, news)
        if len(olds) == len(news) == 1:
            yield from self._beside_source(entry, olds[0], news[0])
        elif policy.counts(Part.OUTPUTS):
            outputs = [coalesced([o for c in cells for o in c.outputs]) for cells in (olds, news)]
            for output in output_entries(outputs[0], outputs[1], policy):
                if counts(output):
                    yield from self._output(output, *outputs)

    def _beside_source(self, entry: CellDiff, old: Cell, new: Cell) -> Iterator[str]:
        policy = self.diff.policy
        if policy.counts(Part.OUTPUTS):
            for output in self._output_changes(entry):
                yield from self._output(output, old.outputs, new.outputs)
        if policy.counts(Part.ATTACHMENTS):
            yield from self._attachments(old.attachments, new.attachments)
        for op in entry.shown_metadata:
            yield from self._op("metadata", op, old.metadata, "  ")
        if policy.counts(Part.METADATA):
            for op in entry.other:
                if op["path"][0] != "attachments":
                    yield from self._op("cell", op, {}, "  ")
        if policy.counts(Part.ID) and entry.id:
            yield from self._scalar("id", entry.id)
        if policy.counts(Part.DETAILS) and entry.execution_count:
            yield from self._scalar("count", entry.execution_count)

    # Sources

    def _source(self, entry: CellDiff, news: list[Cell]) -> Iterator[str]:
        text = "\n".join(cell.source for cell in news)
        lines = self._highlighted(news[0], text)
        boundaries = set(lines_of_cuts(text, entry.cuts))
        if entry.lines is None:
            for number, line in enumerate(lines):
                if number in boundaries:
                    yield f"{_INDENT}{self.painter.colour('✂', Colour.MAGENTA)}"
                yield f"{_INDENT}  {line}".rstrip()
            return
        yield from self._hunks(entry.lines, lines, boundaries)

    def _hunks(
        self, ops: list[Op], lines: list[str], boundaries: set[int], *, done: bool = False
    ) -> Iterator[str]:
        """Yield the changed lines of a text and those around them, which are escaped.

        The lines in the operations are escaped if they are `done`.
        """
        for index, op in enumerate(ops):
            if op["op"] != "equal":
                yield from self._replaced(op, boundaries, done=done)
                continue
            start, end = op["after"]
            head = self.context if index else 0
            tail = self.context if index < len(ops) - 1 else 0
            yield from self._equal(lines, start, end, head, tail, boundaries)

    def _equal(
        self, lines: list[str], start: int, end: int, head: int, tail: int, boundaries: set[int]
    ) -> Iterator[str]:
        hidden = end - start - head - tail
        kept = range(start, end)
        skipped = range(start + head, end - tail) if hidden > 1 else range(0)
        for number in kept:
            if number in skipped:
                if number == skipped.start:
                    yield f"{_INDENT}{self.painter.dim(_fold(hidden))}"
                continue
            if number in boundaries:
                yield f"{_INDENT}{self.painter.colour('✂', Colour.MAGENTA)}"
            yield f"{_INDENT}  {lines[number] if number < len(lines) else ''}".rstrip()

    def _replaced(self, op: Op, boundaries: set[int], *, done: bool) -> Iterator[str]:
        old, new = sides_of(op, done=done)
        if op["removed"]:
            for line in self.painter.spans(old.text, old.spans, Colour.RED):
                yield f"{_INDENT}{self.painter.colour('-', Colour.RED)} {line}".rstrip()
        if not op["added"]:
            return
        added = self.painter.spans(new.text, new.spans, Colour.GREEN)
        for number, line in enumerate(added, op["after"][0]):
            if number in boundaries:
                yield f"{_INDENT}{self.painter.colour('✂', Colour.MAGENTA)}"
            yield f"{_INDENT}{self.painter.colour('+', Colour.GREEN)} {line}".rstrip()

    def _highlighted(self, cell: Cell, text: str) -> list[str]:
        language = self.language if cell.cell_type == "code" else "markdown"
        return self.painter.code(text, language)

    # Outputs

    def _output(self, entry: Op, olds: list[Any], news: list[Any]) -> Iterator[str]:
        before = None if entry["before"] is None else olds[entry["before"]]
        after = None if entry["after"] is None else news[entry["after"]]
        label = _label(after if after is not None else before)
        words = f" {entry['change']}" if entry["change"] in ("added", "removed") else ""
        meaning = entry.get("meaning") or {}
        said = summary_of(meaning)
        yield f"  {self.painter.dim(label)}{words}{f' · {said}' if said else ''}"
        lines = [] if meaning.get("same") else list(self._meaning_lines(meaning))
        if not lines and not (meaning.get("same") and before is not None and after is not None):
            shown = (_by_mime(side, meaning.get("mime")) for side in (before, after))
            lines = list(self._output_lines(*shown, said=bool(said)))
        yield from self._folded(lines)

    def _meaning_lines(self, meaning: Op) -> Iterator[str]:
        for mark, text in marked_lines(meaning):
            colour = _MARKS.get(mark)
            yield self._marked(mark, text, colour) if colour else f"{_INDENT}{mark} {text}"

    def _output_lines(self, before: Any, after: Any, *, said: bool) -> Iterator[str]:
        removed = readable_output(before, brief=True) if before is not None else []
        added = readable_output(after, brief=True) if after is not None else []
        if removed == added:
            removed, added = readable_output(before), readable_output(after)
        if removed == added:
            if not said:
                yield f"{_INDENT}  {self.painter.dim('(the readable text is the same)')}"
            return
        from nbvc.diffing.jsonops import seen_ops

        ops = seen_ops("\n".join(removed), "\n".join(added)) if removed and added else []
        if not ops:
            removed, added = lines_apart(removed, added, done=True)
            yield from (self._marked("-", line, Colour.RED) for line in removed)
            yield from (self._marked("+", line, Colour.GREEN) for line in added)
            return
        yield from self._hunks(ops, [*map(self.painter.names, added)], set(), done=True)

    def _marked(self, mark: str, line: str, colour: Colour) -> str:
        return (
            f"{_INDENT}{self.painter.colour(f'{mark} {self.painter.names(line)}', colour)}".rstrip()
        )

    def _folded(self, lines: list[str]) -> Iterator[str]:
        yield from lines[:_MOST_OUTPUT]
        if len(lines) > _MOST_OUTPUT:
            yield f"{_INDENT}{self.painter.dim(_fold(len(lines) - _MOST_OUTPUT, 'more'))}"

    def _attachments(self, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
        for name in [*old, *(name for name in new if name not in old)]:
            sides = (attachment_lines(name, side.get(name)) for side in (old, new))
            before, after = lines_apart(*sides, done=True)
            if old.get(name) != new.get(name):
                yield from (self._marked("-", line, Colour.RED) for line in before)
                yield from (self._marked("+", line, Colour.GREEN) for line in after)

    # Metadata

    def _scalar(self, name: str, change: Op) -> Iterator[str]:
        sides = (value_text(change.get(side)) for side in ("before", "after"))
        old, new = self._values(*sides)
        yield f"  {self.painter.dim(f'{name}:')} {old} → {new}"

    def _op(self, name: str, op: Op, whole: Any, indent: str) -> Iterator[str]:
        path, before, after = operation(op, whole)
        label = self.painter.names(escaped_line(path))
        label, paint = self.painter.dim(f"{name} {label}:"), self.painter
        old, new = self._values(before, after)
        if op["op"] == "remove":
            yield f"{indent}{label} {paint.colour(f'- {old}'.rstrip(), Colour.RED)}"
        elif op["op"] == "add":
            yield f"{indent}{label} {paint.colour(f'+ {new}', Colour.GREEN)}"
        else:
            yield f"{indent}{label} {old} → {new}" if old else f"{indent}{label} {new}"

    def _values(self, old: str | None, new: str | None) -> tuple[str, str]:
        before, after = values_shown(old, new, 80)
        return self.painter.names(before or ""), self.painter.names(after or "")


def summary(diff: NotebookDiff) -> str:
    """Return one line that counts what happened, and how the rest can be seen."""
    noisy = sum(cell.noisy for cell in diff.cells)
    tail = (
        f" ({noisy} apart from counts, ids and other noise, which -d and -i show)" if noisy else ""
    )
    return counts_said(diff) + tail


def counts_said(diff: NotebookDiff) -> str:
    """Return what happened to how many cells: `3 cells changed, 1 moved, 9 unchanged`."""
    counts = counted(diff)
    words = [
        (counts["modified"], "changed"),
        (counts["split"], "split"),
        (counts["joined"], "joined"),
        (counts["added"], "added"),
        (counts["removed"], "removed"),
        (counts["moved"], "moved"),
        (counts["unchanged"], "unchanged"),
    ]
    said = [f"{number} {word}" for number, word in words if number]
    if said:
        number, _, word = said[0].partition(" ")
        said[0] = f"{number} {'cell' if number == '1' else 'cells'} {word}"
    return ", ".join(said)


def counted(diff: NotebookDiff) -> dict[str, int]:
    """Return how many cells there are of every kind; a cell that only moved counts as moved."""
    counts = dict.fromkeys([*(change.value for change in Change), "moved"], 0)
    for cell in diff.cells:
        if cell.moved:
            counts["moved"] += 1
        if not (cell.moved and cell.change is Change.UNCHANGED):
            counts[cell.change.value] += 1
    return counts


def _numbers(entry: CellDiff) -> str:
    """Return `3`, or `3 → 5` where the number changed; people count from 1."""
    old = ", ".join(str(index + 1) for index in entry.before)
    new = ", ".join(str(index + 1) for index in entry.after)
    return old or new if not old or not new or old == new else f"{old} → {new}"


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _label(output: Any) -> str:
    if type(output) is not dict:
        return "output"
    kind = output.get("output_type")
    if kind == "stream":
        return escaped_line(f"output {output.get('name', 'stdout')}")
    if kind == "error":
        return "error"
    data = output.get("data")
    return escaped_line(f"output {', '.join(data)}") if type(data) is dict and data else "output"


def _by_mime(output: Any, mime: str | None) -> Any:
    """Return an output with nothing but the text that changed, where it is one of several."""
    data = output.get("data") if type(output) is dict else None
    if mime in ("text/latex", "text/markdown") and type(data) is dict and mime in data:
        return {**output, "data": {mime: data[mime]}}
    return output


def _fold(count: int, more: str = "unchanged") -> str:
    return f"⋮ {count} {more} {'line' if count == 1 else 'lines'}"


def language_of(diff: NotebookDiff) -> str:
    """Return the language that the code of a diff's notebooks is in, as they name it."""
    return language_in(*(side for side in (diff.after, diff.before) if side))


def language_in(*notebooks: Notebook) -> str:
    """Return the language of the first of these notebooks that names one."""
    for notebook in notebooks:
        metadata = notebook.metadata
        for key, name in (("language_info", "pygments_lexer"), ("language_info", "name")):
            found = metadata.get(key)
            if type(found) is dict and type(found.get(name)) is str:
                return str(found[name])
        spec = metadata.get("kernelspec")
        if type(spec) is dict and type(spec.get("language")) is str:
            return str(spec["language"])
    return "python"
