"""What is shown of a diff, decided once for every format. Renderers draw these values.

    show_cells(diff)    each cell that changed: its name, what happened, source, outputs, values
    show_rest(diff)     what changed in a notebook beside its cells
    fold_lines(ops)     changed lines, those around them, and folds

Texts are as they are in the notebooks. A renderer escapes what it draws.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from nbvc.diffing.policy import Part
from nbvc.diffing.values import (
    Add,
    Change,
    ChangedLines,
    EditLines,
    OutputDiff,
    PathOp,
    Remove,
    Replace,
    SameLines,
    Splice,
    unpack,
)
from nbvc.render.escape import escape_line
from nbvc.render.values import value_text
from nbvc.render.words import count, join_words, name_change, number_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from nbvc.diffing import CellDiff, DiffPolicy, NotebookDiff
    from nbvc.diffing.values import LineOp, Range, ScalarChange
    from nbvc.notebook import Cell, Notebook

CONTEXT = 3
"""Lines that are shown around a change."""
_GLIMPSE = 8
"""So many lines are shown of a source that did not change."""


class FoldedLines(msgspec.Struct, frozen=True):
    """Lines that are the same and not shown; `words` are in their place."""

    before: Range
    after: Range
    words: str


ShownLines = SameLines | ChangedLines | FoldedLines
NO_CUTS: dict[int, str] = {}


class ShownSource(msgspec.Struct, frozen=True):
    """The source of a cell, or of several cells as one text.

    `only` is ADDED or REMOVED if the other side has no source, and UNCHANGED if both have the same.
    `cuts` are the lines of `after` at which another cell begins, with the words for that.
    """

    before: str
    after: str
    cell_type: str
    pieces: tuple[ShownLines, ...]
    only: Change | None = None
    cuts: dict[int, str] = NO_CUTS

    @property
    def text(self) -> str:
        """The text after, or the one that was removed."""
        return self.before if self.only is Change.REMOVED else self.after


class ShownOutput(msgspec.Struct, frozen=True):
    """An output that changed: both sides, None for one that lacks it.

    `words` say what happened; they are empty if the whole cell was added or removed.
    """

    diff: OutputDiff
    before: Any
    after: Any
    words: str

    @property
    def name(self) -> str:
        """What the output is."""
        return name_output(self.before if self.after is None else self.after)


class _Sides(msgspec.Struct, frozen=True):
    name: str
    before: Any
    after: Any

    @property
    def change(self) -> Change:
        """What happened to it."""
        if self.before is not None and self.after is not None:
            return Change.MODIFIED
        return Change.ADDED if self.before is None else Change.REMOVED


class ShownAttachment(_Sides, frozen=True):
    """An attachment that changed: its MIME bundle on both sides, None for one that lacks it."""


class ShownValue(_Sides, frozen=True):
    """A value that changed: where it is, and its text before and after.

    A side is None if it has no such value, and empty if its text is not shown.
    """

    path: str = ""

    @property
    def label(self) -> str:
        """The name and the path."""
        return f"{self.name} {self.path}".strip()


class ShownCell(msgspec.Struct, frozen=True):
    """A cell that changed or moved, with all that is shown of it."""

    entry: CellDiff
    name: str
    executions: str
    hint: str
    cell_type: ShownValue | None
    source: ShownSource | None
    outputs: tuple[ShownOutput, ...]
    attachments: tuple[ShownAttachment, ...]
    values: tuple[ShownValue, ...]

    @property
    def parts(self) -> list[str]:
        """The names of the parts that changed and count, for a cell that was edited."""
        names = ["source"] if self.source and self.source.only is None else []
        names += ["cell type"] if self.cell_type else []
        names += ["outputs"] if self.outputs else []
        names += ["attachments"] if self.attachments else []
        values = ("metadata" if value.name == "cell" else value.name for value in self.values)
        return [*names, *dict.fromkeys(values)] or ["details"]

    @property
    def shows_start(self) -> bool:
        """Whether the lines that are shown of the source begin with the first one."""
        if self.source is None or self.source.only is Change.UNCHANGED:
            return False
        return not isinstance(self.source.pieces[0], FoldedLines)

    @property
    def words(self) -> tuple[str, ...]:
        """What happened: `("moved", "source and outputs changed")`."""
        entry = self.entry
        what = {
            Change.UNCHANGED: "",
            Change.MODIFIED: f"{join_words(self.parts)} changed",
            Change.SPLIT: f"split into {len(entry.after)}",
            Change.JOINED: f"joined from {len(entry.before)}",
        }.get(entry.change, name_change(entry.change))
        lost = escape_line(f"lost {', '.join(entry.lost)}") if entry.lost else ""
        return tuple(word for word in ("moved" if entry.moved else "", what, lost) if word)

    @property
    def what(self) -> str:
        """What happened, as a text."""
        return ", ".join(self.words)


# Cells


def show_cells(
    diff: NotebookDiff, context: int = CONTEXT, entries: Sequence[CellDiff] | None = None
) -> Iterator[ShownCell]:
    """Yield the cells that changed or moved, with `context` lines around each change.

    The diff must have its notebooks. `entries` are those of its cells that are asked for.
    """
    policy = diff.policy
    for entry in diff.cells if entries is None else entries:
        if not entry.is_loud:
            continue
        olds, news = entry.get_cells()
        cells = news or olds
        cell_type = entry.parts.cell_type if policy.counts(Part.SOURCES) else None
        yield ShownCell(
            entry,
            name_cell(cells[0], number_entry(entry)),
            name_executions(olds, news),
            first_line(cells),
            _show_scalar("cell type", cell_type) if cell_type else None,
            _show_source(policy, entry, context),
            tuple(_show_outputs(policy, entry)),
            tuple(_show_attachments(policy, entry)),
            tuple(_show_values(policy, entry)),
        )


def name_cell(cell: Cell, number: str) -> str:
    """Return what a cell is called: `code cell 3`."""
    return f"{cell.cell_type} cell {number}"


def name_executions(olds: Sequence[Cell], news: Sequence[Cell]) -> str:
    """Return the execution counts of a cell as people see them: `In [7]`, or `In [7] → In [9]`."""
    sides = [
        [cell.execution_count for cell in side if cell.cell_type == "code"] for side in (olds, news)
    ]
    if all(count is None for side in sides for count in side):
        return ""
    old, new = (
        ", ".join([f"In [{' ' if count is None else count}]" for count in side]) for side in sides
    )
    return old or new if not old or not new or old == new else f"{old} → {new}"


def first_line(cells: Sequence[Cell], most: int = 60) -> str:
    """Return the first line with anything in it, cut short: what a cell is known by."""
    for cell in cells:
        for line in cell.source.split("\n", 20):
            found = line.strip()
            if found:
                return found if len(found) <= most else f"{found[: most - 1]}…"
    return ""


# Sources


def _show_source(policy: DiffPolicy, entry: CellDiff, context: int) -> ShownSource | None:
    """Return the source if it counts; that of a cell that only moved shows which cell it is."""
    if not policy.counts(Part.SOURCES) and entry.change is not Change.UNCHANGED:
        return None
    olds, news = entry.get_cells()
    before, after = ("\n".join(cell.source for cell in cells) for cells in (olds, news))
    kind = (news or olds)[0].cell_type
    if not olds or not news:
        only = Change.REMOVED if olds else Change.ADDED
        text = before or after
        return ShownSource(before, after, kind, (same_lines(text),), only) if text else None
    parts = entry.parts
    cuts = _show_cuts(after, parts.cuts, entry.after)
    if parts.lines:
        return ShownSource(before, after, kind, fold_lines(parts.lines, context, cuts), None, cuts)
    if len(olds) == len(news) == 1:
        glimpse = _glimpse(after)
        return ShownSource(before, after, kind, glimpse, Change.UNCHANGED) if after else None
    return ShownSource(before, after, kind, (same_lines(after),), None, cuts)


def same_lines(text: str) -> SameLines:
    """Return all lines of a text, as they are on both sides."""
    whole = (0, text.count("\n") + 1)
    return SameLines(whole, whole)


def _glimpse(text: str) -> tuple[ShownLines, ...]:
    """Return the first lines of a text, and a fold."""
    count = text.count("\n") + 1
    if count <= _GLIMPSE + 1:
        return (same_lines(text),)
    whole = SameLines((0, count), (0, count))
    return _cut(whole, 0, _GLIMPSE), _fold(whole, _GLIMPSE, count, {})


def _show_cuts(text: str, cuts: Sequence[int], indices: Sequence[int]) -> dict[int, str]:
    """Return the numbers of the lines at which the cells of a split but the first begin."""
    return {
        text.count("\n", 0, cut): f"✂ cell {index + 1} begins here"
        for cut, index in zip(cuts, indices[1:], strict=True)
    }


def fold_lines(
    ops: Sequence[LineOp], context: int = CONTEXT, cuts: dict[int, str] = NO_CUTS
) -> tuple[ShownLines, ...]:
    """Return what is shown of a text: changed lines, `context` lines around them, and folds."""
    found: list[ShownLines] = []
    for place, op in enumerate(ops):
        length = op.after[1] - op.after[0]
        head = context if place else 0
        tail = context if place < len(ops) - 1 else 0
        if isinstance(op, ChangedLines) or length <= head + tail + 1:
            found.append(op)
            continue
        fold = _fold(op, head, length - tail, cuts)
        found += [_cut(op, 0, head), fold, _cut(op, length - tail, length)]
    return tuple(
        one for one in found if not isinstance(one, SameLines) or one.after[0] < one.after[1]
    )


def compare_lines(
    before: Sequence[str], after: Sequence[str], context: int = CONTEXT
) -> tuple[ShownLines, ...]:
    """Return what is shown of two texts that are given by lines; either may have none."""
    from nbvc.diffing.jsonops import seen_ops

    if before and after:
        return fold_lines(seen_ops("\n".join(before), "\n".join(after)), context)
    removed, added = (tuple(f"{line}\n" for line in lines) for lines in (before, after))
    return (ChangedLines((0, len(before)), (0, len(after)), removed, added),)


def _cut(lines: SameLines, start: int, end: int) -> SameLines:
    """Return some of the lines, counted from the first of them."""
    (old, _), (new, _) = lines.before, lines.after
    return SameLines((old + start, old + end), (new + start, new + end))


def _fold(lines: SameLines, start: int, end: int, cuts: dict[int, str]) -> FoldedLines:
    folded = _cut(lines, start, end)
    names = [name for line, name in cuts.items() if folded.after[0] <= line < folded.after[1]]
    words = " · ".join([count(end - start, "unchanged line"), *names])
    return FoldedLines(folded.before, folded.after, words)


# Outputs and attachments


def _show_outputs(policy: DiffPolicy, entry: CellDiff) -> Iterator[ShownOutput]:
    if not policy.counts(Part.OUTPUTS) or entry.change is Change.UNCHANGED:
        return
    olds, news = entry.get_cells()
    if not olds or not news:
        for index, output in enumerate((news or olds)[0].outputs):
            added = ShownOutput(OutputDiff(Change.ADDED, None, index), None, output, "")
            removed = ShownOutput(OutputDiff(Change.REMOVED, index, None), output, None, "")
            yield removed if olds else added
        return
    found, before, after = _diff_outputs(policy, entry)
    details = policy.counts(Part.DETAILS)
    for one in found:
        if not (one.is_loud or (details and (one.ops or one.meaning))):
            continue
        old = None if one.before is None else before[one.before]
        new = None if one.after is None else after[one.after]
        if old is not None and new is not None:
            old = _settle_texts(old, new, policy)
        kind = name_change(one.change if old is None or new is None else Change.MODIFIED)
        yield ShownOutput(one, old, new, one.meaning.summary if one.meaning else kind)


def _settle_texts(before: Any, after: Any, policy: DiffPolicy) -> Any:
    """Return the output before as it is shown beside the one after: without masked changes.

    Addresses of objects are noise beside another change. If they alone changed, they are shown.
    """
    if type(before) is not dict or type(after) is not dict:
        return before
    from nbvc.diffing.meaning.text import settle_lines

    def settle(old: dict[str, Any], new: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
        return {
            key: settle_lines(old[key], new[key], policy)
            for key in keys
            if type(old.get(key)) is str and type(new.get(key)) is str
        }

    data, other = before.get("data"), after.get("data")
    if type(data) is dict and type(other) is dict:
        settled = {**before, "data": {**data, **settle(data, other, _TEXTS)}}
    else:
        settled = {**before, **settle(before, after, ("text",))}
    return before if settled == after else settled


_TEXTS = ("text/plain", "text/markdown", "text/latex")


def _diff_outputs(
    policy: DiffPolicy, entry: CellDiff
) -> tuple[Sequence[OutputDiff], list[Any], list[Any]]:
    """Return the outputs of an entry, compared; the cells of a split or a join as if they were one."""
    olds, news = entry.get_cells()
    if len(olds) == len(news) == 1:
        return entry.parts.outputs, olds[0].outputs, news[0].outputs
    from nbvc.diffing.outputs import coalesce_streams, diff_outputs

    old, new = (
        coalesce_streams([o for cell in cells for o in cell.outputs]) for cells in (olds, news)
    )
    return diff_outputs(old, new, policy), old, new


def name_output(output: Any) -> str:
    """Return what an output is: `stdout`, `error`, its MIME types, or `output`."""
    if type(output) is not dict:
        return "output"
    kind = output.get("output_type")
    if kind == "stream":
        return str(output.get("name", "stdout"))
    if kind == "error":
        return "error"
    data = output.get("data")
    return ", ".join(map(str, data)) if type(data) is dict and data else "output"


def _show_attachments(policy: DiffPolicy, entry: CellDiff) -> Iterator[ShownAttachment]:
    if not policy.counts(Part.ATTACHMENTS) or entry.change is Change.UNCHANGED:
        return
    olds, news = entry.get_cells()
    if len(olds) > 1 or len(news) > 1:
        return
    old, new = (cells[0].attachments if cells else {} for cells in (olds, news))
    for name in [*old, *(name for name in new if name not in old)]:
        if old.get(name) != new.get(name):
            yield ShownAttachment(name, old.get(name), new.get(name))


# Other values


def _show_values(policy: DiffPolicy, entry: CellDiff) -> Iterator[ShownValue]:
    """Yield what changed in the metadata, in members that the format does not know, and so on."""
    if entry.change is not Change.MODIFIED:
        return
    before, parts = entry.get_cells()[0][0], entry.parts
    for op in entry.loud_metadata:
        yield _show_operation("metadata", op, before.metadata)
    for op in entry.other if policy.counts(Part.METADATA) else ():
        if op.path[0] != "attachments":
            yield _show_operation("cell", op, before.to_dict())
    if policy.counts(Part.ID) and parts.id:
        yield _show_scalar("id", parts.id)
    if policy.counts(Part.DETAILS) and parts.execution_count:
        yield _show_scalar("count", parts.execution_count)


def show_rest(diff: NotebookDiff) -> Iterator[ShownValue]:
    """Yield what changed beside the cells. The diff must have its notebooks."""
    from nbvc.diffing.parts import top_members

    assert diff.before is not None
    metadata, notebook = diff.loud_rest
    before = {**diff.before.metadata, "language": diff.policy.languages[0]}
    for op in metadata:
        yield _show_operation("metadata", op, before)
    for op in notebook:
        yield _show_operation("", op, top_members(diff.before))


def _show_operation(name: str, op: PathOp, whole: Any) -> ShownValue:
    return ShownValue(name, *_values_of(op, whole), ".".join(map(str, op.path)))


def _values_of(op: PathOp, whole: Any) -> tuple[str | None, str | None]:
    match op:
        case Add():
            return None, value_text(unpack(op.value, op.json))
        case Remove():
            return value_text(_value_at(whole, op.path)), None
        case Replace():
            return value_text(_value_at(whole, op.path)), value_text(unpack(op.value, op.json))
        case EditLines():
            return "", "changed"
        case Splice():
            items = _value_at(whole, op.path)
            old = value_text(items[slice(*op.before)]) if type(items) is list else ""
            return old, value_text(unpack(op.value, op.json))


def _value_at(whole: Any, path: Sequence[Any]) -> Any:
    """Return what is at a path, an empty text if nothing does."""
    for step in path:
        try:
            whole = whole[step]
        except (KeyError, IndexError, TypeError):
            return ""
    return whole


def _show_scalar(name: str, change: ScalarChange) -> ShownValue:
    sides = (change.before, change.before_json), (change.after, change.after_json)
    before, after = (
        None if value is text is UNSET else value_text(unpack(value, text)) for value, text in sides
    )
    return ShownValue(name, before, after)


# Whole notebooks


def find_touched(diff: NotebookDiff, *, for_gate: bool = False) -> frozenset[Part]:
    """Return what changed: sources (cells added, removed and moved with them), outputs, the rest.

    Outputs do not count `for_gate` if a tag of their cell makes nbval ignore them.
    """
    found = {Part.METADATA} if any(diff.loud_rest) else set()
    for cell in show_cells(diff):
        is_edited = cell.entry.change is Change.MODIFIED
        found.update([Part.SOURCES] if cell.entry.moved or not is_edited else [])
        changed = {_PARTS.get(name, Part.METADATA) for name in cell.parts if is_edited}
        changed.update([Part.OUTPUTS] if cell.outputs else [])
        found |= changed - {Part.OUTPUTS} if for_gate and _ignores_outputs(cell.entry) else changed
    return frozenset(found)


_NBVAL = ("nbval-ignore-output", "nbval-skip")
"""Tags of nbval (nbval.readthedocs.io); the same in upper case with `_` is a comment."""


def _ignores_outputs(entry: CellDiff) -> bool:
    for cell in (cell for side in entry.get_cells() for cell in side):
        tags = cell.metadata.get("tags")
        if type(tags) is list and any(tag in tags for tag in _NBVAL):
            return True
        comments = [line[1:].strip() for line in cell.source.split("\n") if line.startswith("#")]
        if any(tag.upper().replace("-", "_") in comments for tag in _NBVAL):
            return True
    return False


_PARTS = {
    "source": Part.SOURCES,
    "cell type": Part.SOURCES,
    "outputs": Part.OUTPUTS,
    "attachments": Part.ATTACHMENTS,
}


def language_of(*notebooks: Notebook | None) -> str:
    """Return the language of the first of these notebooks that names one."""
    for notebook in notebooks:
        metadata = notebook.metadata if notebook else {}
        for key, name in (
            ("language_info", "pygments_lexer"),
            ("language_info", "name"),
            ("kernelspec", "language"),
        ):
            found = metadata.get(key)
            if type(found) is dict and type(found.get(name)) is str:
                return str(found[name])
    return "python"
