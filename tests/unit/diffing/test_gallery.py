"""What twelve libraries put out, run twice: a result that changed, and one that shows the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

import nbvc
from nbvc.diffing import Change, DiffPolicy, NotebookDiff
from nbvc.diffing.values import to_builtins
from nbvc.render.paint import Painter
from nbvc.render.terminal import TerminalRenderer
from tests.conftest import ROOT

GALLERY = ROOT / "fixtures" / "outputs"

# Kind: how the first change was compared, and what is said of it.
EXPECTED = {
    "altair": ("text", "text/html", "1 of 26 numbers changed"),
    "folium": ("text", "text/html", "1 of 62 numbers changed"),
    "ipywidgets": ("text", "text/plain", "1 of 2 numbers changed"),
    "matplotlib": ("image", "image/png", "% of pixels changed (region "),
    "pandas": ("table", "text/html", "3 of 400 values changed"),
    "plotly": ("json", "application/vnd.plotly.v1+json", "data[0].y[1]: 5 → 6"),
    "polars": ("table", "text/html", "1 row added; the text around changed"),
    "rich": ("stream", None, "2 of 2 numbers changed"),
    "svg": ("image", "image/svg+xml", "the drawing changed, and a text in it: snow → rain"),
    "sympy": ("text", "text/latex", "2 of 2 numbers changed"),
    "tqdm": ("stream", None, "1 of 3 numbers changed"),
    "traceback": ("traceback", None, "TypeError → ZeroDivisionError, another message"),
}

# What a terminal shows of it.
SHOWN = {
    "pandas": ["~ row 3, c: 302 → -1", "~ row 17, j: 1709 → -2", "~ row 39, a: 3900 → -3"],
    "plotly": ["~ data[0].y[1]: 5 → 6"],
    "polars": ['+ row 1: "Bodø", 2.0'],
    "rich": ["- passed 12, failed 0", "+ passed 11, failed 1"],
    "sympy": [r"- $\displaystyle \frac{x^{3}}{3}$", r"+ $\displaystyle \frac{x^{4}}{4}$"],
    "traceback": ["- TypeError", "+ ZeroDivisionError", "+ division by zero"],
}


def compared(kind: str, policy: DiffPolicy | None = None) -> NotebookDiff:
    before, after = (
        nbvc.read((GALLERY / kind / f"{side}.ipynb").read_bytes()) for side in ("before", "after")
    )
    return nbvc.diff(before, after, policy or DiffPolicy())


def outputs(diff: NotebookDiff, cell: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = diff.to_dict()["cells"][cell].get("outputs", [])
    return found


def test_every_kind_is_there_and_small() -> None:
    assert {folder.name for folder in GALLERY.iterdir() if folder.is_dir()} == set(EXPECTED)
    assert all(path.stat().st_size < 60_000 for path in GALLERY.glob("*/*.ipynb"))


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_changed_result_is_told_by_what_it_means(kind: str) -> None:
    diff = compared(kind)
    assert diff.cells[0].change is Change.MODIFIED
    first = to_builtins(next(one for one in diff.cells[0].parts.outputs if one.is_loud))
    meaning = first["meaning"]
    how, mime, summary = EXPECTED[kind]
    assert (meaning["kind"], meaning.get("mime")) == (how, mime)
    assert summary in meaning["summary"]
    assert not meaning["same"]


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_result_that_shows_the_same_is_no_change(kind: str) -> None:
    cell = compared(kind).cells[1]
    assert cell.change is Change.UNCHANGED
    assert not [one for one in cell.parts.outputs if one.is_loud]


def test_that_the_noise_is_in_other_bytes() -> None:
    """A gallery whose second cells were equal would show nothing."""
    loud = {"altair", "folium", "ipywidgets", "matplotlib", "pandas", "plotly", "svg", "tqdm"}
    for kind in loud:
        assert compared(kind).cells[1].noisy, kind


@pytest.mark.parametrize("kind", SHOWN)
def test_a_terminal_names_what_changed(kind: str) -> None:
    lines = [line.strip() for line in TerminalRenderer(compared(kind), Painter(on=False)).lines()]
    assert [line for line in SHOWN[kind] if line not in lines] == []


@pytest.mark.parametrize("kind", EXPECTED)
def test_patching_gives_the_second_run_exactly(kind: str) -> None:
    diff = compared(kind)
    assert diff.before is not None
    read = NotebookDiff.from_dict(json.loads(json.dumps(diff.to_dict())))
    assert nbvc.patch(diff.before, read) == diff.after


def test_the_other_way_round_the_same_cells_change() -> None:
    for kind in EXPECTED:
        there = compared(kind)
        assert there.before is not None
        assert there.after is not None
        back = nbvc.diff(there.after, there.before)
        assert [cell.change for cell in there.cells] == [cell.change for cell in back.cells]
