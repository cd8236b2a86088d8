"""What nbformat is asked about, and what is plainly valid without it."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nbvc
from nbvc.errors import RewriteRefusedError
from nbvc.notebook.validity import (
    _is_plainly_valid,
    _judge_notebook,
    check_result,
    find_problems,
)
from tests.making import code, markdown, notebook, result, stream

PLAIN = notebook(
    markdown("# Title", id="a", attachments={"x.png": {"image/png": "iVBO"}}, metadata={}),
    code(
        "1 + 1",
        [
            stream("text"),
            result({"text/plain": ["2"], "application/json": {"a": [1]}}, 3),
            {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["a"]},
            {"output_type": "display_data", "data": {"image/svg+xml": "<svg/>"}, "metadata": {}},
        ],
        id="b",
        execution_count=3,
        metadata={"tags": ["one", "two"], "scrolled": "auto", "jupyter": {"source_hidden": True}},
    ),
    {"cell_type": "raw", "source": "x", "metadata": {"format": "text/latex"}, "id": "c"},
    minor=5,
    kernelspec={"name": "python3", "display_name": "Python 3"},
    language_info={"name": "python", "codemirror_mode": {"name": "ipython", "version": 3}},
)
VALUES = [None, True, -1, 0, 1.0, 1.5, "", "a,b", "\n", [], ["a"], ["a", "a"], [1], {}, {"a": 1}]


def places(value: Any) -> list[tuple[Any, ...]]:
    """The paths of all values in a JSON value."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    return [(), *((key, *rest) for key, inner in items for rest in places(inner))]


def without_ids(minor: int) -> dict[str, Any]:
    """The notebook in another minor format, as that has it before 4.5."""
    cells = [{key: cell[key] for key in cell if key != "id"} for cell in PLAIN["cells"]]
    whole: dict[str, Any] = json.loads(json.dumps({**PLAIN, "cells": cells}))
    return {**whole, "nbformat_minor": minor}


@st.composite
def damaged(draw: st.DrawFn) -> nbvc.Notebook:
    """A notebook in which one or two values are gone, new or replaced."""
    minor = draw(st.integers(0, 6))
    whole = without_ids(minor) if draw(st.booleans()) else json.loads(json.dumps(PLAIN))
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from([place for place in places(whole) if place]))
        if (way, last) == ([], "nbformat"):
            continue
        at = whole
        for key in way:
            at = at[key]
        how = draw(st.sampled_from(["drop", "replace", "beside"]))
        if how == "drop":
            del at[last]
        elif how == "replace":
            at[last] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        elif isinstance(at, dict):
            at["more"] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    try:
        return nbvc.read(json.dumps(whole).encode())
    except nbvc.NbvcError:
        return nbvc.Notebook.from_dict(PLAIN)


@given(damaged())
def test_what_is_plainly_valid_nbformat_finds_valid_too(one: nbvc.Notebook) -> None:
    assert not _is_plainly_valid(one) or not _judge_notebook(one)


@pytest.mark.parametrize("minor", range(6))
def test_ordinary_notebooks_are_plainly_valid(minor: int) -> None:
    one = nbvc.Notebook.from_dict(PLAIN if minor == 5 else without_ids(minor))
    assert _is_plainly_valid(one)
    assert find_problems(one) == ()


def test_nbformat_is_not_imported_for_them() -> None:
    text = json.dumps(PLAIN)
    program = (
        f"import sys, nbvc; assert not nbvc.read({text!r}.encode()).problems();"
        " print('nbformat' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert run.stdout.split() == [b"False"]


def broken(minor: int = 5) -> nbvc.Notebook:
    cells = [PLAIN["cells"][0], {**PLAIN["cells"][1], "execution_count": "3"}]
    return nbvc.Notebook.from_dict({**PLAIN, "cells": cells, "nbformat_minor": minor})


def test_a_problem_is_told_with_its_place() -> None:
    (found,) = find_problems(broken())
    assert str(found).startswith("cells.1.execution_count: ")
    assert found.cell == 1
    assert found.line.startswith("cell 2: execution_count: '3' is not ")
    assert broken().problems() == (str(found),)


def test_a_message_quotes_no_whole_table() -> None:
    cells = [{**PLAIN["cells"][0], "metadata": {"tags": {"a": "x" * 5000}}}]
    (found,) = find_problems(nbvc.Notebook.from_dict({**PLAIN, "cells": cells}))
    assert len(found.what) < 200
    assert found.what.endswith("is not of type 'array'")


def test_a_result_is_valid_unless_what_it_was_made_of_is_not() -> None:
    good, bad = nbvc.Notebook.from_dict(PLAIN), broken()
    check_result(good, (good, good))
    check_result(bad, (good, bad))
    with pytest.raises(RewriteRefusedError, match="would not be a valid notebook: cell 2: exec"):
        check_result(bad, (good, good))
