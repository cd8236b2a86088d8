"""Outputs of real libraries, each changed in one thing, in every format."""

from __future__ import annotations

import html
import re
from pathlib import Path

import msgspec
import pytest
from markdown_it import MarkdownIt

import nbvc
from nbvc.cli import run
from nbvc.diffing.policy import DiffPolicy
from nbvc.render.html import report
from nbvc.render.markdown import MOST, comment
from nbvc.render.shown import show_cells
from tests.conftest import ROOT
from tests.making import comparison
from tests.schema import check_schema
from tests.unit.render.test_html import tags

GALLERY = sorted(path.parent for path in (ROOT / "fixtures" / "outputs").glob("*/before.ipynb"))
KINDS = {
    *("altair", "folium", "ipywidgets", "matplotlib", "pandas", "plotly", "polars", "rich", "svg"),
    *("sympy", "tqdm", "traceback"),
}
_SAID_IN_TERMINALS = {"matplotlib", "pandas", "polars", "plotly", "altair", "svg"}
"""Where there are lines to see, a terminal shows them and says nothing more."""


def _summaries(found: nbvc.NotebookDiff) -> list[str]:
    """What is said of every output that changed."""
    return [
        output.diff.meaning.summary
        for cell in show_cells(found)
        for output in cell.outputs
        if output.diff.meaning
    ]


def _compared(folder: Path) -> nbvc.NotebookDiff:
    old, new = (nbvc.read(folder / f"{side}.ipynb") for side in ("before", "after"))
    return nbvc.diff(old, new, DiffPolicy())


def test_all_twelve_kinds_are_there() -> None:
    assert {folder.name for folder in GALLERY} >= KINDS


@pytest.mark.parametrize("folder", GALLERY, ids=lambda folder: folder.name)
def test_every_format_says_what_changed(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = _compared(folder)
    said = _summaries(found)
    assert found.changed
    assert said

    page = "".join(report([comparison(folder.name, found)]))
    tags(page)
    text = (
        MarkdownIt("gfm-like", {"html": True})
        .disable("linkify")
        .render(comment([comparison(folder.name, found)]))
    )
    assert len(text) < MOST
    shown = re.sub(r"<!-- -->", "", html.unescape(text))
    for summary in said:
        assert summary in html.unescape(page)
        assert summary in shown

    sides = [str(folder / f"{side}.ipynb") for side in ("before", "after")]
    printed = {}
    for name in ("terminal", "unified", "json", "nbdime", "html", "markdown"):
        capfd.readouterr()
        assert run(["diff", *sides, "--format", name, "--exit-code"]) == 1
        printed[name] = capfd.readouterr().out
        assert printed[name]
    check_schema(msgspec.json.decode(printed["json"]))
    if folder.name in _SAID_IN_TERMINALS:
        assert said[0] in printed["terminal"]
    assert msgspec.json.decode(printed["nbdime"])


@pytest.mark.parametrize("folder", GALLERY, ids=lambda folder: folder.name)
def test_a_page_is_hardly_larger_than_the_outputs(folder: Path) -> None:
    shown = sum((folder / f"{side}.ipynb").stat().st_size for side in ("before", "after"))
    page = "".join(report([comparison(folder.name, _compared(folder))]))
    assert len(page.encode()) < 1.3 * shown + 100_000
