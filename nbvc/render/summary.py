"""A report as values for programs: which notebooks changed, which cells, and what in them."""

from __future__ import annotations

from nbvc.render import changes
from nbvc.render.terminal import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.diffing import CellDiff, NotebookDiff
    from nbvc.render.html.notebooks import Compared

FORMAT = "nbvc-report"
VERSION = 1


def report_values(notebooks: Sequence[Compared], title: str = "") -> dict[str, Any]:
    """Return what a report says, as JSON can hold it (docs/REPORTS.md)."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": title,
        "notebooks": [_notebook(found) for found in notebooks],
    }


def _notebook(found: Compared) -> dict[str, Any]:
    values: dict[str, Any] = {"name": found.name, "note": found.note, "summary": found.summary}
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
