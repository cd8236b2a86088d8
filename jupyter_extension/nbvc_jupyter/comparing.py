"""Comparing two versions of a notebook: both, and nbvc's diff of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

import nbvc
from nbvc.diffing import Change
from nbvc.normalising.noise import IGNORED
from nbvc_jupyter import answers as a
from nbvc_jupyter.sides import Version, version, with_cells

if TYPE_CHECKING:
    from nbvc.diffing import NotebookDiff
    from nbvc.notebook import Notebook
    from nbvc_jupyter.requests import DiffRequest
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop


_NOISE_KEYS = {level: sorted(keys) for level, keys in IGNORED.items()}
"""What the diff passes over, so that the view can do the same with single parts."""


def compare(site: Site, request: DiffRequest, stop: Stop) -> a.Comparison:
    """Return both sides of a comparison, and their diff. Raises `NbvcError`."""
    place = site.contents.place(request.path)
    versions = [version(site, place, side, stop) for side in (request.before, request.after)]
    before, after = (one.read() for one in versions)
    found = nbvc.diff(before, after)
    said = found.to_dict()
    quiet = _alike(found, said) if request.lean else frozenset()
    if request.lean:
        _show_lines(found, said)
    return a.Comparison(
        before=_side(versions[0], before, quiet, lean=request.lean),
        after=_side(versions[1], after, lean=request.lean),
        diff=said,
        noise=a.Noise(_noisy(said), _NOISE_KEYS),
        digests=a.Digests(versions[0].digest, versions[1].digest),
    )


def _side(
    found: Version, notebook: Notebook, left_out: frozenset[int] = frozenset(), *, lean: bool
) -> a.ComparedSide:
    """Return a side; cells that are left out are null.

    A lean one has no notebook if the browser has sent it: half of what travels is that.
    """
    shown: dict[str, Any] | msgspec.UnsetType | None = None
    if lean and not found.is_saved:
        shown = msgspec.UNSET
    elif found.content is not None:
        cells = [
            None if index in left_out else cell.to_dict()
            for index, cell in enumerate(notebook.cells)
        ]
        shown = with_cells(notebook, cells)
    return a.ComparedSide(found.label, shown, found.time, found.author, found.message, found.id)


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


def _noisy(said: dict[str, Any]) -> int:
    """Return how many cells differ in nothing but noise."""
    return sum(
        1
        for entry in said["cells"]
        if entry["change"] == "unchanged" and not entry["moved"] and len(entry) > 4
    )
