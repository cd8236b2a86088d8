"""Comparing two versions of a notebook: both, and nbvc's diff of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbvc
from nbvc.diffing import Change
from nbvc_jupyter.encoding import encoded
from nbvc_jupyter.sides import Version, version, with_cells

if TYPE_CHECKING:
    from nbvc.diffing import NotebookDiff
    from nbvc.notebook import Notebook
    from nbvc_jupyter.requests import DiffRequest
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop


def compare(site: Site, request: DiffRequest, stop: Stop) -> bytes:
    """Return the answer to a request to compare, as JSON. Raises `NbvcError`."""
    place = site.contents.place(request.path)
    versions = [version(site, place, side, stop) for side in (request.before, request.after)]
    before, after = (one.read() for one in versions)
    found = nbvc.diff(before, after)
    said = found.to_dict()
    quiet = _alike(found, said) if request.lean else frozenset()
    if request.lean:
        _show_lines(found, said)
    return encoded(
        {
            "before": _side(versions[0], before, quiet, lean=request.lean),
            "after": _side(versions[1], after, lean=request.lean),
            "diff": said,
            "noise": {"cells": _noisy(said), "keys": _noisy_keys(found)},
            "digests": {"before": versions[0].digest, "after": versions[1].digest},
        }
    )


def _side(
    found: Version, notebook: Notebook, left_out: frozenset[int] = frozenset(), *, lean: bool
) -> dict[str, Any]:
    """Return a side as JSON; cells that are left out are null.

    A lean one has no notebook where the browser has sent it: half of what travels is that.
    """
    said: dict[str, Any] = {"label": found.label, "notebook": None}
    for key in ("time", "author", "message", "id"):
        if (value := getattr(found, key)) is not None:
            said[key] = value
    if lean and not found.is_saved:
        del said["notebook"]
        return said
    if found.content is None:
        return said
    if left_out:
        cells = [
            None if index in left_out else cell.to_dict()
            for index, cell in enumerate(notebook.cells)
        ]
        said["notebook"] = with_cells(notebook, cells)
    else:
        said["notebook"] = notebook.to_dict()
    return said


def _alike(found: NotebookDiff, said: dict[str, Any]) -> frozenset[int]:
    """Return the cells of `before` that `after` has to the last detail."""
    heads = {"change", "before", "after", "moved"}
    return frozenset(
        cell.before[0]
        for cell, entry in zip(found.cells, said["cells"], strict=True)
        if cell.change is Change.UNCHANGED and not entry.keys() - heads
    )


def _show_lines(found: NotebookDiff, said: dict[str, Any]) -> None:
    """Let sources change by lines as people see them: nobody applies this diff."""
    for cell, entry in zip(found.cells, said["cells"], strict=True):
        if "source" in entry and cell.lines is not None:
            entry["source"] = cell.lines


def _noisy_keys(found: NotebookDiff) -> dict[str, list[str]]:
    """Return the keys of each level that the diff ignores wherever they changed in it.

    The view does the same with single parts. It never ignores what counts somewhere.
    """
    parts = {
        "notebook": [(found.notebook, found.shown_notebook)],
        "notebook metadata": [(found.metadata, found.shown_metadata)],
        "cell metadata": [(cell.metadata, cell.shown_metadata) for cell in found.cells],
    }
    return {level: sorted(_quiet(pairs)) for level, pairs in parts.items()}


def _quiet(pairs: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]]) -> set[str]:
    changed = {op["path"][0] for ops, _ in pairs for op in ops}
    loud = {op["path"][0] for _, ops in pairs for op in ops}
    # The language is compared apart from its place.
    return changed - loud - (_LANGUAGES if "language" in loud else set())


_LANGUAGES = {"kernelspec", "language_info"}


def _noisy(said: dict[str, Any]) -> int:
    """Return how many cells differ in nothing but noise."""
    return sum(
        1
        for entry in said["cells"]
        if entry["change"] == "unchanged" and not entry["moved"] and len(entry) > 4
    )
