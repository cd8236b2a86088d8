"""The words for what happened, which are the same in every format."""

from __future__ import annotations

from nbvc.diffing.values import Change

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.diffing import CellDiff, NotebookDiff


def count(number: int, noun: str, verb: str = "") -> str:
    """Return `1 cell`, `2 cells`, or with a verb `2 cells changed`."""
    return f"{number} {noun}{'' if number == 1 else 's'}{verb and f' {verb}'}"


def fold(number: int, noun: str, which: str = "more") -> str:
    """Return what replaces things that are not shown: `⋮ 2 more lines`."""
    return f"⋮ {number} {which} {noun}{'' if number == 1 else 's'}"


def join_words(words: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def number_cells(indices: Iterable[int]) -> str:
    """Return cell numbers as people count them."""
    return ", ".join(str(index + 1) for index in indices)


def number_entry(entry: CellDiff) -> str:
    """Return `3`, or `3 → 5` if the number changed."""
    old, new = number_cells(entry.before), number_cells(entry.after)
    return old or new if not old or not new or old == new else f"{old} → {new}"


def name_change(change: Change) -> str:
    """Return the word for a change."""
    return "changed" if change is Change.MODIFIED else change.value


def summarize_counts(diff: NotebookDiff) -> str:
    """Return what happened to how many cells: `3 cells changed, 1 moved, 9 unchanged`."""
    counts = count_cells(diff)
    found = [(counts[change.value], name_change(change)) for change in _ORDER]
    found[-1:-1] = [(counts["moved"], "moved")]
    (first, word), *others = [one for one in found if one[0]] or [(0, "")]
    rest = [f"{number} {word}" for number, word in others]
    return ", ".join([count(first, "cell", word), *rest]) if first else ""


def summarize_diff(diff: NotebookDiff) -> str:
    """Return one line: what happened to the cells, and to the rest of the notebook."""
    metadata, notebook = diff.loud_rest
    rest = [name for name, ops in (("metadata", metadata), ("format", notebook)) if ops]
    quiet = _count_metadata_only(diff)
    counts = summarize_counts(diff) + (
        f" ({count(quiet, 'cell', 'in metadata only')})" if quiet else ""
    )
    return ", ".join(filter(None, [counts, *(f"notebook {name} changed" for name in rest)]))


def _count_metadata_only(diff: NotebookDiff) -> int:
    """Return how many cells changed in metadata alone: all else is the same text in both files."""
    pairs = (
        (one.get_cells()[0][0].fields, one.get_cells()[1][0].fields)
        for one in diff.cells
        if one.change is Change.MODIFIED
    )
    members = ("source", "cell_type", "outputs", "attachments")
    return sum(all(old.get(key) == new.get(key) for key in members) for old, new in pairs)


_ORDER = (
    Change.MODIFIED,
    Change.SPLIT,
    Change.JOINED,
    Change.ADDED,
    Change.REMOVED,
    Change.UNCHANGED,
)


def count_cells(diff: NotebookDiff) -> dict[str, int]:
    """Return how many cells there are of every kind; a cell that only moved counts as moved."""
    counts = dict.fromkeys([*(change.value for change in Change), "moved"], 0)
    for cell in diff.cells:
        if cell.moved:
            counts["moved"] += 1
        if not (cell.moved and cell.change is Change.UNCHANGED):
            counts[cell.change.value] += 1
    return counts


def count_noisy(diff: NotebookDiff) -> int:
    """Return how many cells are unchanged but for noise."""
    return sum(cell.noisy and not cell.moved for cell in diff.cells)


def describe_noisy(diff: NotebookDiff) -> str:
    """Return how many unchanged cells differ in what doesn't count, and how it can be seen."""
    noisy, parts = count_noisy(diff), diff.policy.parts
    if not noisy:
        return ""
    from nbvc.diffing.policy import DEFAULT_PARTS, Part

    if not parts >= DEFAULT_PARTS:
        return f"({noisy} with changes in other parts)"
    options = {Part.DETAILS: "-d", Part.ID: "-i"}
    ways = [option for part, option in options.items() if part not in parts]
    hint = f"; show it with {', '.join(ways)}" if ways else ""
    return f"({noisy} with noise only{hint})"
