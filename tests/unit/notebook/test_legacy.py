"""Formats 1 to 3, seen as format 4, and edits that go back into the old text."""

from __future__ import annotations

import json
from typing import Any

import pytest

import nbvc
from nbvc.errors import NotebookError
from nbvc.notebook.legacy import LegacyCell
from tests.making import code as nb_code
from tests.making import notebook as nb

HEADING = {"cell_type": "heading", "level": 2, "metadata": {}, "source": "Title"}
RAN = {"cell_type": "code", "input": "1", "outputs": [], "prompt_number": 3, "collapsed": False}


def old(*sheets: Any, **more: Any) -> bytes:
    top = {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": list(sheets), **more}
    return json.dumps(top, indent=1).encode()


def sheet(*cells: Any) -> Any:
    return {"cells": list(cells)}


def code(*outputs: Any) -> Any:
    return {"cell_type": "code", "input": "1", "outputs": list(outputs)}


def read_one(cell: Any) -> nbvc.Cell:
    (found,) = nbvc.read(old(sheet(cell))).cells
    assert isinstance(found, LegacyCell)
    return found


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ("no object", "no object"),
        (
            {"output_type": "display_data", "png": "x", "metadata": {"png": {"width": 1}}},
            {
                "output_type": "display_data",
                "data": {"image/png": "x"},
                "metadata": {"image/png": {"width": 1}},
            },
        ),
        (
            {"output_type": "display_data", "text": ["a\n", "b"], "metadata": "odd"},
            {"output_type": "display_data", "data": {"text/plain": "a\nb"}, "metadata": "odd"},
        ),
        (
            {"output_type": "display_data", "json": '{"a": 1}', "text": "x"},
            {
                "output_type": "display_data",
                "data": {"application/json": {"a": 1}, "text/plain": "x"},
                "metadata": {},
            },
        ),
        (
            {"output_type": "display_data", "json": "{no json"},
            {
                "output_type": "display_data",
                "data": {"application/json": "{no json"},
                "metadata": {},
            },
        ),
        ({"output_type": "other", "text": "x"}, {"output_type": "other", "text": "x"}),
        ({"output_type": "stream"}, {"output_type": "stream", "name": "stdout"}),
    ],
)
def test_an_output_is_seen_as_format_4(output: Any, wanted: Any) -> None:
    assert read_one(code(output)).value("outputs") == [wanted]


@pytest.mark.parametrize(
    ("cell", "source"),
    [
        ({"cell_type": "code", "input": ["a", "b"]}, "a\nb"),  # the earliest: without line ends
        ({"cell_type": "code", "input": ["a\n", "b"]}, "a\nb"),
        ({"cell_type": "text", "text": "# A"}, "# A"),
        ({"cell_type": "heading", "level": "odd", "source": "T"}, "# T"),
        ({"cell_type": "heading", "source": ["two\n", "lines"]}, "# two lines"),
        ({"cell_type": "heading", "level": 3, "source": "T"}, "### T"),
    ],
)
def test_a_source_is_seen_as_format_4(cell: Any, source: str) -> None:
    assert read_one(cell).source == source


@pytest.mark.parametrize(
    ("cell", "change", "gone", "come"),
    [
        (HEADING, {"source": "### Title"}, '"level": 2', '"level": 3'),
        ({**HEADING, "level": 1}, {"source": "# Other"}, "Title", "Other"),
        ({"cell_type": "heading", "source": "Title"}, {"source": "# Other"}, "Title", "Other"),
        (RAN, {"execution_count": 4}, '"prompt_number": 3', '"prompt_number": 4'),
        (RAN, {"execution_count": None}, '"prompt_number": 3,\n     ', ""),
        (code({"output_type": "stream"}), {"outputs": []}, None, '"outputs": []'),
        ({"cell_type": "code", "input": ["a", "b"]}, {"source": "a\nc"}, '"b"', '"c"'),
        ({"cell_type": "code", "input": ["a\n", "b"]}, {"source": "\fa\nb"}, '"a', '"\\fa'),
        ({"cell_type": "code", "input": ["a", "b"]}, {"source": "a\r\nb"}, '"a"', '"a\\r\\n"'),
    ],
)
def test_a_change_that_the_old_format_can_say(
    cell: Any, change: Any, gone: str | None, come: str
) -> None:
    content = old(sheet(cell))
    edited = nbvc.read(content).edit_cell(0, **change)
    assert edited.file_format == (3, 0)
    for key, value in change.items():
        assert getattr(edited.cells[0], key) == value
    if gone is None:
        assert come in edited.to_bytes().decode()
    else:
        assert edited.to_bytes().decode() == content.decode().replace(gone, come)


@pytest.mark.parametrize(
    "source",
    ["Title", "# two\nlines", "# two\rlines", "# two\flines", "#! Title", "#", ""],
)
def test_what_is_no_heading_makes_it_a_notebook_of_format_4(source: str) -> None:
    edited = nbvc.read(old(sheet(HEADING, RAN))).edit_source(0, source)
    assert edited.file_format == (4, 4)
    assert [cell.source for cell in edited.cells] == [source, "1"]
    assert json.loads(edited.to_bytes())["nbformat"] == 4


@pytest.mark.parametrize(
    "change", [{"metadata": {"a": 1}}, {"outputs": [7]}, {"source": nbvc.ABSENT}]
)
def test_what_the_old_format_can_not_say_makes_it_one_of_format_4(change: Any) -> None:
    edited = nbvc.read(old(sheet(RAN))).edit_cell(0, **change)
    assert edited.file_format == (4, 4)
    for key, value in change.items():
        assert edited.cells[0].to_dict().get(key, nbvc.ABSENT) == value


def test_a_change_to_what_it_is_already_is_none() -> None:
    read = nbvc.read(old(sheet(HEADING, RAN)))
    heading, ran = read.cells
    assert heading.replace(source=heading.source, metadata={}) is heading
    assert ran.replace(outputs=[], execution_count=3) is ran
    assert read.replace() is read
    assert read.replace(metadata={"a": 1}).to_dict()["metadata"] == {"a": 1}


def test_format_1_has_its_cells_at_the_top() -> None:
    cells = [{"cell_type": "code", "code": "a"}, {"cell_type": "text", "text": "b"}]
    content = json.dumps({"nbformat": 1, "cells": cells}, indent=1).encode()
    read = nbvc.read(content)
    assert [(cell.cell_type, cell.source) for cell in read.cells] == [
        ("code", "a"),
        ("markdown", "b"),
    ]
    assert read.edit_source(1, "c").to_bytes() == content.replace(b'"b"', b'"c"')
    assert nbvc.normalise(read).to_bytes() == content
    empty = nbvc.read(b'{"nbformat": 1}')
    assert empty.cells == ()
    assert nbvc.normalise(empty).to_bytes() == b'{"nbformat": 1}'


def test_worksheets_keep_their_cells_and_one_may_have_none() -> None:
    content = old({"metadata": {}}, sheet(RAN), sheet(HEADING, RAN))
    read = nbvc.read(content)
    assert len(read.cells) == 3
    edited = read.edit_source(1, "## Other")
    assert edited.to_bytes() == content.replace(b"Title", b"Other")
    assert [cell.execution_count for cell in nbvc.normalise(read).cells] == [None] * 3
    wanted = content.replace(b'r": 3', b'r": null').replace(b',\n     "collapsed": false', b"")
    assert nbvc.normalise(read).to_bytes() == wanted


def test_cells_come_go_and_move_in_the_old_format() -> None:
    other = {**RAN, "input": "2"}
    read = nbvc.read(old({"metadata": {}}, sheet(RAN), sheet(HEADING, other)))
    new = nbvc.read(json.dumps(json.loads(old(sheet(code()))), indent=4).encode()).cells[0]
    first, heading, last = read.cells
    for cells, sheets in (
        ([], ((), ())),
        ([first, last], ((RAN,), (other,))),
        ([first, new, heading, last], ((RAN, code()), (HEADING, other))),
        ([new, first, heading, last], ((code(), RAN), (HEADING, other))),
        ([last, heading, first], ((), (other, HEADING, RAN))),
        ([heading, last], ((), (HEADING, other))),
    ):
        wanted = old({"metadata": {}}, *(sheet(*each) for each in sheets))
        made = read.with_cells(cells)
        assert json.loads(made.to_bytes()) == json.loads(wanted)
        assert made.to_bytes() == wanted or () in sheets
    content = json.dumps({"nbformat": 1, "cells": [{"cell_type": "code", "code": "a"}]}).encode()
    assert nbvc.read(content).with_cells([]).to_bytes() == content.replace(
        b'{"cell_type": "code", "code": "a"}', b""
    )
    assert nbvc.read(content).with_cells([new, new]).file_format[0] == 4


def test_a_source_that_is_no_text_is_refused_when_it_is_asked_for() -> None:
    with pytest.raises(NotebookError, match="neither text nor a list"):
        _ = read_one({"cell_type": "code", "input": ["a", 1]}).source


@pytest.mark.parametrize("source", [1, None, ["a", 1], {}])
def test_an_error_in_a_cell_names_its_file_and_cell(source: object) -> None:
    value = nb(nb_code("x"), nb_code("y"))
    value["cells"][1]["source"] = source
    read = nbvc.read(json.dumps(value).encode(), name="rain.ipynb")
    for cells in (read.cells, read.with_cells(read.cells[1:]).cells):
        with pytest.raises(NotebookError) as caught:
            _ = cells[-1].source
        assert caught.value.where == f"rain.ipynb: cell {len(cells)}"
