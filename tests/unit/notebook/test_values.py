"""JSON text edited in place: pieces that stay are those bytes, and any layout says the same."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import nbvc
from nbvc.errors import NotebookError, RewriteRefusedError
from nbvc.notebook import ABSENT, jsonedit
from nbvc.notebook.jsontext import are_identical, decode, item_key, split_array, split_object
from nbvc.notebook.rewrite import (
    rewrite_attachments,
    rewrite_bundle,
    rewrite_output,
    rewrite_outputs,
    rewrite_text,
)
from nbvc.notebook.style import Style
from tests.generate.strategies import values
from tests.making import code, file, markdown, notebook, result, stream

if TYPE_CHECKING:
    from pathlib import Path

COMPACT = Style(one_line=True, separators=(",", ":"))
PLAIN = Style()
STRINGS = Style(text_as_lines=False)
ODD = b'{"a": NaN, "b": [1e400, -Infinity, {}, [], "x: [,]\\""], "c": {"d": []}}'
"""What msgspec refuses and the standard library reads."""


@given(values)
@settings(max_examples=50)
def test_the_slow_layout_is_the_fast_one(value: Any) -> None:
    text = json.dumps(value).encode()
    assert jsonedit._indent_slowly(text) == msgspec.json.format(text, indent=1)


@pytest.mark.parametrize("style", [PLAIN, COMPACT, Style(one_line=True), Style(indent=b"\t")])
def test_numbers_outside_json_are_laid_out_and_stay(style: Style) -> None:
    laid = jsonedit.indent_json(ODD, style, 1)
    assert are_identical(decode(laid), decode(ODD))
    assert (b"\n" in laid) != style.one_line
    assert jsonedit.indent_json(laid, style, 1) == laid
    if style is COMPACT:
        assert laid == ODD.replace(b": ", b":").replace(b", ", b",").replace(b"x:[", b"x: [")
    if style is PLAIN:
        assert laid.startswith(
            b'{\n  "a": NaN,\n  "b": [\n   1e400,\n   -Infinity,\n   {},\n   [],'
        )


def test_a_cell_with_such_numbers_goes_to_a_notebook_in_another_style() -> None:
    cell = file(code("a")).replace(b'"metadata": {}', b'"metadata": %b' % ODD, 1)
    before = nbvc.read(json.dumps(notebook(code("b")), indent=4).encode())
    after = before.with_cells([*before.cells, *nbvc.read(cell).cells])
    assert are_identical(after.cells[1].metadata, decode(ODD))
    assert b'\n                "a": NaN,\n' in after.to_bytes()


@pytest.mark.parametrize(
    "text", [b'{"a": NaN, "a": 1}', b'{"a": 1, "b": 2, "a": 3}', b'{"a": 1, "a": 2}']
)
def test_a_key_that_stands_twice_is_not_written_over(text: bytes) -> None:
    with pytest.raises(RewriteRefusedError, match="twice"):
        jsonedit.locate_members(text)


@given(values)
@settings(max_examples=50)
def test_the_slow_way_finds_the_members_of_the_fast_one(value: Any) -> None:
    text = json.dumps({"first": value, "last": [value, 1]}).encode()
    odd = text.replace(b'{"first"', b'{"odd": NaN, "first"', 1)
    fast, slow = split_object(text), split_object(odd)
    assert bytes(slow.pop("odd")) == b"NaN"
    assert {key: bytes(raw) for key, raw in slow.items()} == {
        key: bytes(raw) for key, raw in fast.items()
    }
    assert [bytes(raw) for raw in split_array(b"[NaN, %b]" % text)] == [b"NaN", text]


def test_what_is_no_object_or_no_array_is_refused() -> None:
    assert split_object(b" { } ") == {}
    assert split_array(b"[ ]") == []
    for split, text in ((split_object, b"[NaN]"), (split_array, b"{}"), (split_array, b"1")):
        with pytest.raises(NotebookError, match="expected a JSON"):
            split(text)
    with pytest.raises(NotebookError, match="can't be read"):
        split_object(b'{"a": 1')


STRANGE: tuple[Any, ...] = (
    *(1, 1.0, True, None, "1", [1], {"a": 1}, {"a": 1.0}, {"b": 1}, [], {}, [None], {"a": None}),
    *(float("nan"), [float("nan")], float("inf"), 0.0, -0.0, [0.0], [-0.0], 10**400, -(10**400)),
    *("\ud800", "\ud801", ["\ud800"], {"\ud800": 1}, {"\ud800": 1.0}, {"a": "\ud800", "b": 1}),
)


def test_identical_is_exact_and_items_have_one_key_exactly_then() -> None:
    for i, one in enumerate(STRANGE):
        for j, other in enumerate(STRANGE):
            assert are_identical(one, other) == (i == j), (one, other)
            assert (item_key(one) == item_key(other)) == (i == j), (one, other)
    both = {"a": "\ud800", "b": 1}, {"b": 1, "a": "\ud800"}
    assert are_identical(*both)
    assert len({item_key(one) for one in both}) == 1


# Text in lines that no Jupyter made: the joints are the author's.

LINES = st.lists(st.sampled_from(("a", "b\n", "c\n", "ab", "\n", "")), max_size=5)


@given(LINES, LINES, st.booleans())
@example(["a", "b\n"], ["a", "X", "b\n"], True)
@example(["a\n", "b\n", "c"], ["a\n", "X", "b\n", "c"], True)
@example(["a\n", "b", "c"], ["a\n", "b", "X", "c"], True)
@settings(max_examples=100)
def test_lines_however_they_were_split_say_the_new_text(
    old: list[str], new: list[str], spaced: bool
) -> None:
    text = json.dumps(old, separators=(", " if spaced else ",", ":")).encode()
    value = "".join(new)
    rewritten = rewrite_text(text, value, PLAIN, 3)
    found = decode(rewritten)
    assert "".join(found) == value
    if "".join(old) == value:
        assert rewritten is text


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (["a", "b\n", "c"], "ab\nd", ["a", "b\n", "d"]),
        (["a", "b\n", "c"], "aXb\nc", ["aX", "b\n", "c"]),
        (["a\n", "b", "c\n"], "a\nX\nbc\n", ["a\n", "X\n", "b", "c\n"]),
        (["a\n", "b", "c\n"], "a\nXbc\n", ["a\n", "Xb", "c\n"]),
        (["a", "b"], "", []),
    ],
)
def test_lines_that_still_fit_stay_as_they_were_split(
    old: list[str], new: str, wanted: list[str]
) -> None:
    assert decode(rewrite_text(json.dumps(old).encode(), new, PLAIN, 3)) == wanted


@pytest.mark.parametrize(
    ("rewrite", "old", "new", "wanted"),
    [
        (rewrite_text, "a", "b\nc", "b\nc"),
        (rewrite_text, ["a"], 7, 7),
        (rewrite_text, 7, "b\nc", ["b\n", "c"]),
        (rewrite_text, ["a", 7], "b\nc", ["b\n", "c"]),
        (rewrite_attachments, [], {"a": {"text/plain": "x"}}, {"a": {"text/plain": "x"}}),
        (rewrite_attachments, {"a": 1}, {"a": {"text/plain": "x\n"}}, {"a": {"text/plain": ["x\n"]}}),
        (rewrite_bundle, {}, {"text/plain": "x\ny"}, {"text/plain": ["x\n", "y"]}),
        (rewrite_bundle, [], {"text/plain": "x\ny"}, {"text/plain": ["x\n", "y"]}),
        (rewrite_bundle, [], {"application/x+json": "x\ny"}, {"application/x+json": "x\ny"}),
        (rewrite_bundle, {"text/plain": "x"}, 7, 7),
        (rewrite_output, 7, stream("x\ny"), stream(["x\n", "y"])),  # type: ignore[arg-type]
        (rewrite_output, {}, 7, 7),
        (rewrite_output, {}, {"data": {"text/plain": "x\ny"}}, {"data": {"text/plain": ["x\n", "y"]}}),
        (rewrite_outputs, {}, [], []),
        (rewrite_outputs, [7], [8, "x"], [8, "x"]),
        (rewrite_outputs, [], [stream("x\ny")], [stream(["x\n", "y"])]),  # type: ignore[arg-type]
        (rewrite_outputs, [], [result({"text/plain": "x\ny"})], [result({"text/plain": ["x\n", "y"]})]),
    ],
)  # fmt: skip
def test_a_value_is_written_as_the_file_writes_text(
    rewrite: Any, old: Any, new: Any, wanted: Any
) -> None:
    text = json.dumps(old, indent=1).encode()
    assert decode(rewrite(text, new, PLAIN, 3)) == wanted


@pytest.mark.parametrize(
    ("rewrite", "value"),
    [(rewrite_output, stream("x\ny")), (rewrite_bundle, {"text/plain": "x\ny"})],
)
@pytest.mark.parametrize("old", [b"7", b"{}"])
def test_a_file_that_has_its_text_as_strings_gets_strings(
    rewrite: Any, value: Any, old: bytes
) -> None:
    assert decode(rewrite(old, value, STRINGS, 3)) == value


# Values.


@pytest.mark.parametrize(
    ("outputs", "wanted"),
    [(7, [7]), ([7, {"text": ["a", "b"]}], [7, {"text": "ab"}]), ([], [])],
)
def test_outputs_that_no_kernel_writes_are_shown_as_they_are(outputs: Any, wanted: Any) -> None:
    assert nbvc.Cell.from_text(json.dumps({"outputs": outputs}).encode()).outputs == wanted


def test_odd_members_of_a_cell_are_empty_to_the_eye_and_stay() -> None:
    odd = {"attachments": [], "metadata": 7, "id": 7, "execution_count": "x", "cell_type": [1]}
    cell = nbvc.Cell.from_text(json.dumps(odd).encode())
    assert (cell.attachments, cell.metadata, cell.id, cell.execution_count) == ({}, {}, None, None)
    assert cell.cell_type == "[1]"
    assert cell.to_dict() == odd
    assert nbvc.Cell.from_dict({**odd, "outputs": 7, "source": 7}).to_dict() == {
        **odd,
        "outputs": 7,
        "source": 7,
    }
    strange = code("a", [{"output_type": "x", "data": 7}, 7])  # type: ignore[list-item]
    assert nbvc.Cell.from_dict(strange).to_dict() == strange


def test_cells_and_notebooks_are_what_they_say() -> None:
    one = nbvc.read(file(code("a"), markdown("b")), name="n.ipynb")
    other = nbvc.Notebook.from_dict(notebook(code("a"), markdown("c")))
    assert one.cells[0] == other.cells[0]
    assert one.cells[0].text != other.cells[0].text
    assert one.cells[1] != other.cells[1]
    assert one != other
    assert one.cells[0] != code("a")
    assert one != notebook(code("a"), markdown("b"))
    assert repr(one) == "<Notebook n.ipynb: 2 cells>"
    assert repr(other.cells[1]) == "<Cell markdown 'c'>"
    assert repr(ABSENT) == "ABSENT"


def test_a_member_that_is_not_there_can_not_be_dropped() -> None:
    read = nbvc.read(file(code("a"), x=1))
    assert read.replace(nothing=ABSENT) is read
    assert read.cells[0].replace(id=ABSENT) is read.cells[0]
    assert nbvc.read(read.replace(metadata=ABSENT).to_bytes()).metadata == {}
    assert "metadata" not in read.replace(metadata=ABSENT).to_dict()


def test_open_files_are_read_and_named(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    path.write_bytes(file(code("é")))
    with path.open("rb") as binary, path.open(encoding="utf-8") as text:
        assert [nbvc.read(one).name for one in (binary, text)] == [str(path)] * 2  # type: ignore[arg-type]
    assert nbvc.read(io.BytesIO(file(code("é")))).cells[0].source == "é"
    with pytest.raises(NotebookError, match=r"^label: .*no JSON|^label: "):
        nbvc.read(io.BytesIO(b"{"), name="label")


def test_where_a_key_stands_twice_is_said() -> None:
    content = b'{"nbformat": 4, "nbformat": 4, "cells": [{"id": 1, "id": 2, "cell_type": "raw"}],'
    content += b'"metadata": {"a": {"b": 1, "b" : 2}}}'
    places = [warning.split(";")[0] for warning in nbvc.read(content).warnings]
    assert places == [
        "cell: the key 'id' appears twice",
        "an object: the key 'b' appears twice",
        "notebook: the key 'nbformat' appears twice",
    ]


def test_no_key_is_looked_for_twice_where_the_text_is_too_deep_for_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_deep(*_: object, **__: object) -> None:
        raise RecursionError

    content = file(code("a"), x=1).replace(b'"x": 1', b'"x": 1, "x": 2')
    monkeypatch.setattr(json, "loads", too_deep)
    assert nbvc.read(content).warnings == ()


def test_a_schema_that_can_not_be_applied_is_a_problem_and_no_crash() -> None:
    read = nbvc.read(b'{"nbformat": 4, "nbformat_minor": "x", "metadata": {}, "cells": []}')
    (problem,) = read.problems()
    assert problem.startswith("notebook: ")


def test_a_stack_that_is_nearly_full_is_an_error_of_the_file() -> None:
    content = file(code("a"))
    said = set()

    def deeper(levels: int) -> None:
        if levels:
            return deeper(levels - 1)
        try:
            nbvc.read(content, name="n.ipynb")
        except NotebookError as error:
            said.add(str(error))

    def ever_deeper() -> None:
        for levels in range(sys.getrecursionlimit()):
            deeper(levels)

    with pytest.raises(RecursionError):
        ever_deeper()
    assert said == {"n.ipynb: JSON is nested too deeply"}


def test_what_the_notebook_format_does_not_know_is_extra() -> None:
    cell = nbvc.Cell.from_dict(code("a", vendor={"x": 1}, other=None))
    assert cell.extra == {"vendor": {"x": 1}, "other": None}


def test_the_same_value_is_no_edit() -> None:
    read = nbvc.read(file(code("a", [stream("x\ny")]), x=[1]))
    cell = read.cells[0]
    assert read.replace(metadata={"x": [1]}, nbformat=4) is read
    assert cell.replace(outputs=cell.outputs, source="a", metadata={}) is cell
    assert read.replace(metadata={"x": [2]}, nbformat=4).metadata == {"x": [2]}
