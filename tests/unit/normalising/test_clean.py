"""Cleaning: what goes, what stays byte for byte, and what nbstripout makes of the same files."""

from __future__ import annotations

import io
import json
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings

import nbvc
from nbvc.errors import NbvcError, NotebookError, RewriteRefusedError
from nbvc.normalising import (
    PRESETS,
    Counts,
    Ids,
    Keys,
    MetadataPolicy,
    Outputs,
    Policy,
    clean,
    preset,
)
from tests.conftest import CORPUS, ROOT
from tests.generate.strategies import notebooks
from tests.making import code, file, markdown, notebook, result, stream

RUN = result({"text/plain": "2"}, count=3)
NOISY = {"collapsed": True, "tags": ["a"], "papermill": {"duration": 1}}


def cells(keys: Keys) -> Policy:
    return Policy(metadata=MetadataPolicy(cell=keys))


def cleaned(content: bytes, policy: Policy) -> dict[str, Any]:
    done = nbvc.normalise(nbvc.read(content), policy).to_bytes()
    assert nbvc.normalise(nbvc.read(done), policy).to_bytes() == done
    value: dict[str, Any] = json.loads(done)
    return value


def only(cell: dict[str, Any], policy: Policy = PRESETS["strip"]) -> Any:
    return cleaned(file(cell, minor=5 if "id" in cell else 4), policy)["cells"]


@pytest.mark.parametrize(
    ("cell", "policy", "wanted"),
    [
        (code("1", [RUN], execution_count=3), Policy(), {"outputs": [], "execution_count": None}),
        (
            code("1", [RUN]),
            Policy(outputs=Outputs.KEEP),
            {"outputs": [{**RUN, "execution_count": None}]},
        ),
        (code("1", [RUN], execution_count=3), Policy(counts=Counts.KEEP), {"execution_count": 3}),
        (
            code("1", [RUN], metadata={"tags": ["keep_output"]}),
            Policy(),
            {"outputs": [{**RUN, "execution_count": None}]},
        ),
        (
            code("1", [RUN], metadata={"keep_output": True}),
            Policy(counts=Counts.KEEP),
            {"outputs": [RUN]},
        ),
        (
            code("1", [RUN], metadata={"keep_output": False}),
            Policy(outputs=Outputs.KEEP),
            {"outputs": []},
        ),
        (
            code("1", [RUN], metadata={"init_cell": True}),
            Policy(counts=Counts.KEEP),
            {"outputs": [RUN]},
        ),
        (
            code("1", [RUN], metadata={"init_cell": True}),
            Policy(strip_init_cells=True),
            {"outputs": []},
        ),
        (
            code("1", [RUN], metadata={"tags": ["mine"]}),
            Policy(keep_tags=("mine",), counts=Counts.KEEP),
            {"outputs": [RUN]},
        ),
        (
            code("1", [stream("a"), stream("b", "stderr")]),
            Policy(keep_types=("stream:stderr",)),
            {"outputs": [stream("b", "stderr")]},
        ),
        (
            code("1", [stream("a"), RUN]),
            Policy(outputs=Outputs.KEEP, counts=Counts.KEEP, drop_types=("stream",)),
            {"outputs": [RUN]},
        ),
        (
            code("1", [stream("a"), stream("b" * 99)]),
            Policy(max_size=50),
            {"outputs": [stream("a")]},
        ),
        (code("1", metadata=NOISY), Policy(), {"metadata": {"tags": ["a"]}}),
        (
            code("1", metadata=NOISY),
            cells(Keys(table=False, drop=("papermill.duration", "tags"))),
            {"metadata": {"collapsed": True}},
        ),
        (
            code("1", metadata=NOISY),
            cells(Keys(only=("tags",))),
            {"metadata": {"tags": ["a"]}},
        ),
        (code("1", id="abc"), Policy(), {"id": "abc"}),
        (code("1", id="abc"), Policy(ids=Ids.NUMBER), {"id": "0"}),
    ],
)
def test_a_cell(cell: dict[str, Any], policy: Policy, wanted: dict[str, Any]) -> None:
    (found,) = only(cell, policy)
    assert {key: found[key] for key in wanted} == wanted
    assert {key: found[key] for key in found.keys() - wanted.keys() - {"outputs"}}.items() <= {
        **cell,
        "execution_count": None,
    }.items()


@pytest.mark.parametrize(
    ("policy", "left"),
    [
        (Policy(drop_empty_cells=True), ["a", "b", "c"]),
        (Policy(drop_tagged_cells=("x",)), [" ", "b", "c", " "]),
        (Policy(drop_tagged_cells=("x", "y"), drop_empty_cells=True), ["b"]),
        (Policy(drop_tagged_cells=("x", "y", "z"), drop_empty_cells=True), []),
    ],
)
@pytest.mark.parametrize("indent", [None, 1, 4])
def test_cells_that_go(policy: Policy, left: list[str], indent: int | None) -> None:
    cells = [
        code(" "),
        code("a", metadata={"tags": ["x"]}),
        code("b", metadata={"tags": ["z"]}),
        markdown("c", metadata={"tags": ["y"]}),
        markdown(" "),
    ]
    content = json.dumps(notebook(*cells), indent=indent).encode()
    found = cleaned(content, policy)["cells"]
    assert [cell["source"] for cell in found] == left


def test_metadata_of_the_notebook() -> None:
    metadata = {"signature": "x", "kernelspec": {"name": "python3"}, "widgets": {"a": 1}}
    found = cleaned(file(code("1"), **metadata), PRESETS["strip"])
    assert found["metadata"] == {"kernelspec": {"name": "python3"}}


def test_findings_say_what_goes_from_where() -> None:
    content = file(
        markdown("a"),
        code("1", [RUN], execution_count=3, metadata={"scrolled": True}),
        signature="x",
    )
    found = clean(nbvc.read(content), PRESETS["strip"]).findings
    assert [(one.cell, one.what, one.kind) for one in found] == [
        (None, "metadata: signature", "tool trace"),
        (1, "outputs", "output"),
        (1, "execution count", "execution count"),
        (1, "metadata: scrolled", "view state"),
    ]


def test_an_old_format_is_stripped_in_place() -> None:
    cell = {
        "cell_type": "code",
        "collapsed": False,
        "input": "1",
        "language": "python",
        "metadata": {},
        "outputs": [{"output_type": "pyout", "prompt_number": 3, "text": "2"}],
        "prompt_number": 3,
    }
    old = {
        "metadata": {"name": "n"},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": [cell], "metadata": {}}, {"cells": [cell], "metadata": {}}],
    }
    found = cleaned(json.dumps(old, indent=1).encode(), PRESETS["strip"])
    assert (found["nbformat"], len(found["worksheets"])) == (3, 2)
    for sheet in found["worksheets"]:
        (left,) = sheet["cells"]
        assert (left["outputs"], left["prompt_number"], left["input"]) == ([], None, "1")
        assert "collapsed" not in left


def test_a_key_that_stands_twice_is_not_dropped() -> None:
    content = file(code("1", [RUN])).replace(b'"source": "1"', b'"source": "0", "source": "1"')
    with pytest.raises(RewriteRefusedError, match="twice"):
        clean(nbvc.read(content), PRESETS["strip"])


def test_an_unknown_preset_names_the_known() -> None:
    with pytest.raises(NbvcError, match="strip, noise, nbstripout, nb-clean, nbdev"):
        preset("stripp")


@settings(max_examples=60)
@given(notebooks())
def test_a_second_time_nothing_goes(value: dict[str, Any]) -> None:
    before = nbvc.Notebook.from_dict(value)
    for policy in PRESETS.values():
        once = nbvc.normalise(before, policy)
        assert nbvc.normalise(once, policy) is once
        assert [cell.source for cell in once.cells] == [cell.source for cell in before.cells]


KEYS = [
    "metadata.signature",
    "metadata.widgets",
    *(f"cell.metadata.{key}" for key in ("collapsed", "ExecuteTime", "execution")),
    *(f"cell.metadata.{key}" for key in ("heading_collapsed", "hidden", "scrolled")),
]


REAL = [*sorted(CORPUS.rglob("*.ipynb"))[::13], *ROOT.glob("fixtures/**/*.ipynb")]


@pytest.mark.parametrize("path", REAL, ids=str)
def test_fault_24_real_notebooks_are_clean_after_one_pass(path: Path) -> None:
    strip_output = pytest.importorskip("nbstripout").strip_output
    content = path.read_bytes()
    try:
        before = nbvc.read(content)
    except NotebookError:
        pytest.skip("no notebook")
    for policy in PRESETS.values():
        once = nbvc.normalise(before, policy).to_bytes()
        assert nbvc.normalise(nbvc.read(once), policy).to_bytes() == once
    if before.file_format[0] != 4:
        return  # nbstripout keeps what formats 1 to 3 say beside the metadata.
    mine = nbvc.normalise(before, PRESETS["nbstripout"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = nbformat.reads(content.decode("utf-8-sig"), as_version=nbformat.NO_CONVERT)
        out = io.StringIO()
        nbformat.write(strip_output(theirs, None, False, False, extra_keys=KEYS), out)
    assert mine == nbvc.read(out.getvalue().encode())
