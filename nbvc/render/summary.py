"""A comparison in one line, and a report as values for programs."""

from __future__ import annotations

from nbvc.render import changes
from nbvc.render.terminal import counted, counts_said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from nbvc.diffing import CellDiff, NotebookDiff
    from nbvc.workflow.compare import Comparison

FORMAT = "nbvc-report"
VERSION = 1


def summarize(found: Comparison) -> str:
    """Return one line: what happened to the file, and to how many cells."""
    counts = found.problem or (counts_said(found.diff) if found.diff else "")
    return ", ".join(filter(None, (found.note, counts)))


def count_changes(comparisons: Sequence[Comparison]) -> str:
    """Return how many notebooks changed, and how many could not be compared."""
    unread = sum(not one.is_change and bool(one.error) for one in comparisons)
    changed = len(comparisons) - unread
    said = f"{changed} {'notebook' if changed == 1 else 'notebooks'} changed"
    return f"{said}, {unread} cannot be read" if unread else said


def report_values(notebooks: Iterable[Comparison], title: str = "") -> dict[str, Any]:
    """Return what a report says, as JSON can hold it (docs/REPORTS.md)."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": title,
        "notebooks": [_notebook(found) for found in notebooks],
    }


def _notebook(found: Comparison) -> dict[str, Any]:
    values: dict[str, Any] = {"name": found.name, "note": found.note, "summary": summarize(found)}
    if found.diff is None:
        return {**values, "problem": found.problem}
    return {
        **values,
        "touched": sorted(part.value for part in changes.touched(found.diff)),
        "counts": counted(found.diff),
        "cells": [_cell(found.diff, e) for e in found.diff.cells if changes.is_shown(e)],
    }


def _cell(diff: NotebookDiff, entry: CellDiff) -> dict[str, Any]:
    olds, news = changes.both(diff, entry)
    outputs, _, _ = changes.changed_outputs(diff, entry, olds, news)
    return {
        "change": entry.change.value,
        "moved": entry.moved,
        "before": [*entry.before],
        "after": [*entry.after],
        "what": changes.what(entry, diff.policy),
        "outputs": [
            {
                "change": found["change"],
                "before": found["before"],
                "after": found["after"],
                "summary": changes.meaning_of(found),
            }
            for found in outputs
        ],
    }
