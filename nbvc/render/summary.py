"""A report as values for programs: which notebooks changed, which cells, and what in them."""

from __future__ import annotations

from nbvc.render.shown import show_cells, touched_parts
from nbvc.render.words import count_changes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.render.html.notebooks import Compared
    from nbvc.render.shown import ShownCell

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
        "touched": sorted(part.value for part in touched_parts(found.diff)),
        "counts": count_changes(found.diff),
        "cells": [*map(_cell, show_cells(found.diff))],
    }


def _cell(cell: ShownCell) -> dict[str, Any]:
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
