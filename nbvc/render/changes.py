"""What happened to a cell, in words and as lists, for the renderers that make pages of it."""

from __future__ import annotations

from nbvc.diffing.model import Change
from nbvc.diffing.policy import Part
from nbvc.render.alike import values_apart
from nbvc.render.escape import escaped_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.diffing import CellDiff, DiffPolicy, NotebookDiff
    from nbvc.notebook import Cell

    Op = dict[str, Any]


def is_shown(entry: CellDiff) -> bool:
    """Tell whether a cell changed or moved, as the policy sees it."""
    return entry.moved or entry.change is not Change.UNCHANGED


def what(entry: CellDiff, policy: DiffPolicy) -> str:
    """Return what happened: `moved, source and outputs changed`."""
    words = {
        Change.SPLIT: f"split into {len(entry.after)}",
        Change.JOINED: f"joined from {len(entry.before)}",
        Change.ADDED: "added",
        Change.REMOVED: "removed",
        Change.UNCHANGED: "",
    }
    said = words.get(entry.change)
    if said is None:
        said = f"{listed(changed_parts(entry, policy))} changed"
    return ", ".join(word for word in ("moved" if entry.moved else "", said) if word)


def changed_parts(entry: CellDiff, policy: DiffPolicy) -> list[str]:
    """Return the names of the parts of a pair that changed and count."""
    named: list[str] = []
    if policy.counts(Part.SOURCES):
        named += [name for name in ("source", "cell_type") if entry.part(name) is not None]
    if policy.counts(Part.OUTPUTS) and shown_outputs(entry.outputs, policy):
        named.append("outputs")
    other = {str(op["path"][0]) for op in entry.other}
    if policy.counts(Part.ATTACHMENTS) and (entry.attachments or "attachments" in other):
        named.append("attachments")
    loud_other = policy.counts(Part.METADATA) and other - {"attachments"}
    if entry.shown_metadata or loud_other:
        named.append("metadata")
    if policy.counts(Part.ID) and entry.id:
        named.append("id")
    if policy.counts(Part.DETAILS) and entry.execution_count:
        named.append("count")
    return [name.replace("_", " ") for name in named] or ["details"]


def shown_outputs(entries: Sequence[Op] | None, policy: DiffPolicy) -> list[Op]:
    """Return the entries of outputs that changed in a way that counts."""
    details = policy.counts(Part.DETAILS)
    return [entry for entry in entries or () if _changed(entry) or (details and entry.get("ops"))]


def _changed(entry: Op) -> bool:
    return entry["change"] != "unchanged" and not (entry.get("meaning") or {}).get("same")


def notebook_changes(diff: NotebookDiff) -> list[tuple[str, Op, Any]]:
    """Return what changed beside the cells: the place, the operation, and the value before all."""
    before = diff.before
    metadata = {**before.metadata, "language": diff.policy.languages[0]} if before else {}
    found: list[tuple[str, Op, Any]] = [("metadata", op, metadata) for op in diff.shown_metadata]
    return [*found, *(("notebook", op, {}) for op in diff.shown_notebook)]


def both(diff: NotebookDiff, entry: CellDiff) -> tuple[list[Cell], list[Cell]]:
    """Return the cells of an entry on both sides."""
    assert diff.before is not None
    assert diff.after is not None
    olds = [diff.before.cells[index] for index in entry.before]
    return olds, [diff.after.cells[index] for index in entry.after]


def kind_of(olds: Sequence[Cell], news: Sequence[Cell]) -> str:
    """Return the type of a cell, as it is now."""
    return (news or olds)[0].cell_type


def numbers(entry: CellDiff) -> str:
    """Return `3`, or `3 → 5` where the number changed; people count from 1."""
    old = ", ".join(str(index + 1) for index in entry.before)
    new = ", ".join(str(index + 1) for index in entry.after)
    return old or new if not old or not new or old == new else f"{old} → {new}"


def listed(words: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def lines_of_cuts(text: str, cuts: Sequence[int]) -> list[int]:
    """Return the number of the line that begins at each of these offsets, which rise."""
    found, position, number = [], 0, 0
    for cut in cuts:
        number += text.count("\n", position, cut)
        position = cut
        found.append(number)
    return found


def first_line(cells: Sequence[Cell], most: int = 60) -> str:
    """Return the first line with anything in it, cut short: what a cell is known by."""
    for cell in cells:
        for line in cell.source.split("\n", 20):
            found = line.strip()
            if found:
                return found if len(found) <= most else f"{found[: most - 1]}…"
    return ""


def meaning_of(entry: Op) -> str:
    """Return one line on what changed in an output, where it was compared by meaning."""
    meaning = entry.get("meaning")
    return str(meaning.get("summary", "")) if type(meaning) is dict else ""


def touched(diff: NotebookDiff) -> frozenset[Part]:
    """Return what changed: sources (cells added, removed and moved with them), outputs, the rest."""
    found: set[Part] = set()
    for entry in diff.cells:
        if not is_shown(entry):
            continue
        if entry.change is not Change.MODIFIED:
            found.add(Part.SOURCES)
            found |= _outputs_of_whole(diff, entry)
        for name in changed_parts(entry, diff.policy) if entry.change is Change.MODIFIED else ():
            found.add(_PARTS.get(name, Part.METADATA))
    return frozenset(found | ({Part.METADATA} if diff.rest_changed else set()))


def _outputs_of_whole(diff: NotebookDiff, entry: CellDiff) -> set[Part]:
    if not diff.policy.counts(Part.OUTPUTS) or entry.change is Change.UNCHANGED:
        return set()
    olds, news = both(diff, entry)
    counts = [sum(len(cell.outputs) for cell in cells) for cells in (olds, news)]
    if entry.change in (Change.ADDED, Change.REMOVED):
        return {Part.OUTPUTS} if any(counts) else set()
    return {Part.OUTPUTS} if changed_outputs(diff, entry, olds, news)[0] else set()


_PARTS = {
    "source": Part.SOURCES,
    "cell type": Part.SOURCES,
    "outputs": Part.OUTPUTS,
    "attachments": Part.ATTACHMENTS,
}


def changed_outputs(
    diff: NotebookDiff, entry: CellDiff, olds: Sequence[Cell], news: Sequence[Cell]
) -> tuple[list[Op], list[Any], list[Any]]:
    """Return the entries of outputs that changed, and the outputs that they speak of, of both sides.

    The cells of a split or a join are compared as if they were one.
    """
    if len(olds) == len(news) == 1:
        return shown_outputs(entry.outputs, diff.policy), olds[0].outputs, news[0].outputs
    from nbvc.diffing.outputs import coalesced, output_entries

    sides = [coalesced([o for cell in cells for o in cell.outputs]) for cells in (olds, news)]
    entries = output_entries(sides[0], sides[1], diff.policy)
    return shown_outputs(entries, diff.policy), sides[0], sides[1]


def operation(op: Op, whole: Any) -> tuple[str, str | None, str | None]:
    """Return a path, and the text of the value before and after; None if a side has none."""
    path = ".".join(str(step) for step in op["path"])
    if op["op"] == "splice":
        items = value_at(whole, op["path"])
        start, end = op["before"]
        old = value_text(items[start:end]) if type(items) is list else None
        return path, old, op["json"] if "json" in op else value_text(op.get("value"))
    if op["op"] not in ("remove", "add", "replace"):
        return path, None, "changed"
    old = None if op["op"] == "add" else value_text(value_at(whole, op["path"]))
    if op["op"] == "remove":
        return path, old, None
    return path, old, op["json"] if "json" in op else value_text(op.get("value"))


def value_at(whole: Any, path: Sequence[Any]) -> Any:
    """Return what stands at a path, an empty text where nothing does."""
    for step in path:
        try:
            whole = whole[step]
        except (KeyError, IndexError, TypeError):
            return ""
    return whole


def value_text(value: Any) -> str:
    """Return a JSON value as text: a string as it is, in quotes if it could be something else."""
    import json

    if type(value) is str and value and not _needs_quotes(value):
        return value
    return json.dumps(value, ensure_ascii=False)


def _needs_quotes(value: str) -> bool:
    import json

    if value[0] in '"[{' or value != value.strip() or "\n" in value or "\t" in value:
        return True
    try:
        json.loads(value)
    except ValueError:
        return False
    except RecursionError:
        return True
    return True


def values_shown(
    before: str | None, after: str | None, most: int = 120
) -> tuple[str | None, str | None]:
    """Return both values of a change as they are shown: escaped, on one line, and cut short.

    What is cut is what both have in common, as far as that is possible.
    """
    if before is not None and after is not None:
        return values_apart(*cut_both(before, after, most))
    old, new = (
        None if side is None else escaped_line(_cut(side, 0, most)) for side in (before, after)
    )
    return old, new


def cut_both(before: str, after: str, most: int) -> tuple[str, str]:
    """Return both sides of a change cut short, with where they differ first."""
    pairs = zip(before, after, strict=False)
    first = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(before), len(after)))
    return _cut(before, first, most), _cut(after, first, most)


def _cut(text: str, first: int, most: int) -> str:
    """Return at most so many characters of a text, with the one that differs first among them."""
    start = 0 if first < most * 3 // 4 else first - most // 2
    end = len(text) if len(text) <= start + most else start + most - 1
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def brief(value: Any, most: int = 120) -> str:
    """Return a JSON value as it is shown on one line, cut short."""
    return escaped_line(_cut(value if type(value) is str else value_text(value), 0, most))
