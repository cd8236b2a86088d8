"""A comparison in one line, and a report as values for programs."""

from __future__ import annotations

from nbvc.render.shown import find_touched, show_cells
from nbvc.render.words import count, count_cells, summarize_diff

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from nbvc.render.shown import ShownCell
    from nbvc.workflow.compare import Comparison

FORMAT = "nbvc-report"
VERSION = 1


def summarize(found: Comparison) -> str:
    """Return one line: what happened to the file, and to how many cells."""
    counts = found.problem or (summarize_diff(found.diff) if found.diff else "")
    return ", ".join(filter(None, (found.note, counts)))


def count_changes(comparisons: Sequence[Comparison]) -> str:
    """Return how many notebooks changed, and how many could not be compared."""
    unread = sum(not one.is_change and bool(one.error) for one in comparisons)
    said = count(len(comparisons) - unread, "notebook", "changed")
    return f"{said}, {unread} cannot be read" if unread else said


def report_values(notebooks: Iterable[Comparison], title: str = "") -> dict[str, Any]:
    """Return what a report says, as JSON can hold it (docs/REPORTS.md)."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": title,
        "notebooks": [_summarize_notebook(found) for found in notebooks],
    }


def _summarize_notebook(found: Comparison) -> dict[str, Any]:
    values: dict[str, Any] = {"name": found.name, "note": found.note, "summary": summarize(found)}
    if found.diff is None:
        return {**values, "problem": found.problem}
    return {
        **values,
        "touched": sorted(part.value for part in find_touched(found.diff)),
        "counts": count_cells(found.diff),
        "cells": [*map(_summarize_cell, show_cells(found.diff))],
    }


def _summarize_cell(cell: ShownCell) -> dict[str, Any]:
    entry = cell.entry
    return {
        "change": entry.change.value,
        "moved": entry.moved,
        "before": [*entry.before],
        "after": [*entry.after],
        "what": cell.what,
        "outputs": [
            {
                "change": output.diff.change.value,
                "before": output.diff.before,
                "after": output.diff.after,
                "summary": output.diff.meaning.summary if output.diff.meaning else "",
            }
            for output in cell.outputs
        ],
    }
