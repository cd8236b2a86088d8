"""Files that git's markers or a crash cut up: what is read of them, and that nothing is made up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbvc
from nbvc.errors import NotebookError
from nbvc.merging.lenient import cells_in, parse_leniently
from nbvc.merging.textual import fix_notebook, has_markers, labels_in, salvage_notebook, sides_of
from tests.generate.strategies import values
from tests.making import code, file, markdown, notebook, result, stream

CONTENT = file(code("a = 1", [stream("1\n")]), markdown("# T"))


@given(st.dictionaries(st.text(max_size=4), values, max_size=4))
@settings(max_examples=60)
def test_whole_json_is_read_as_it_is(value: dict[str, Any]) -> None:
    for indent in (None, 1):
        assert parse_leniently(json.dumps(value, indent=indent)) == value


@given(st.integers(0, len(CONTENT)), st.integers(0, 40))
@settings(max_examples=60)
def test_text_that_was_cut_out_anywhere_ends_nothing(start: int, count: int) -> None:
    text = (CONTENT[:start] + CONTENT[start + count :]).decode(errors="replace")
    value = parse_leniently(text)
    for cell in cells_in(value):
        assert type(cell) is dict
    try:
        found = salvage_notebook(text)
    except NotebookError:
        return
    assert nbvc.read(found.to_bytes()) == found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", {}),
        ("[1, 2]", {}),
        ('{"a": 1', {"a": 1}),
        ('{"a": [1, {"b": tru', {"a": [1, {"b": None}]}),
        ('{"a": "no end', {"a": "no end"}),
        ('{"a": "no end\n "b": 2}', {"a": "no end", "b": 2}),
        ('{"a": "cut in an escape \\u00', {"a": "cut in an escape \\u00"}),
        ('{"a": "a\ttab and\\nlines"}', {"a": "a\ttab and\nlines"}),
        ('{"a": "', {"a": ""}),
        ('{"a": 1}}}, "b": 2', {"a": 1, "b": 2}),
        ('{"a": [1}, "b": 2}', {"a": [1], "b": 2}),
        ('{"a": -1.5e3, "b": 12, "c": 1e999}', {"a": -1500.0, "b": 12, "c": "1e999"}),
        ('{"a": null, "b": true, "c": false}', {"a": None, "b": True, "c": False}),
        ('{"a": 1 2}', {"a": 1}),
        ('{"cells": [{"source": "a", "source": "b"}]}', {"cells": [{"source": "a"}, {"source": "b"}]}),
        ('{"cells": [{"source": "a" {"source": "b"}]}', {"cells": [{"source": "a"}, {"source": "b"}]}),
        ('{"cells": [{"x": 1, "x": 2}]}', {"cells": [{"x": 2}]}),
        ('{"a": {"source": "a", "source": "b"}}', {"a": {"source": "b"}}),
    ],
)  # fmt: skip
def test_json_that_was_cut(text: str, wanted: dict[str, Any]) -> None:
    assert parse_leniently(text) == wanted


def test_a_number_of_thousands_of_digits_is_kept_as_text() -> None:
    assert parse_leniently('{"a": %s}' % ("9" * 5000)) == {"a": "9" * 5000}
    assert parse_leniently('{"a": %s}' % ("9" * 30)) == {"a": int("9" * 30)}


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ({"source": ["a", 7, "b"], "cell_type": "code"}, ("code", "ab")),
        ({"source": 7, "cell_type": "markdown"}, ("markdown", "")),
        ({"input": "a", "outputs": [], "cell_type": "code"}, ("code", "a")),
        ({"source": "a", "outputs": []}, ("code", "a")),
        ({"source": "a", "cell_type": "odd"}, ("raw", "a")),
        ({"source": "a", "cell_type": "heading"}, ("markdown", "# a")),
    ],
)
def test_a_cell_is_made_of_what_was_found_of_one(found: Any, wanted: tuple[str, str]) -> None:
    (cell,) = salvage_notebook(json.dumps({"cells": [found]})).cells
    assert (cell.cell_type, cell.source) == wanted


def test_odd_members_of_a_cell_are_left_out_and_half_outputs_too() -> None:
    whole = [
        *(stream("a"), {**stream("b"), "text": ["b"]}, result({"text/plain": "c"}, 3)),
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": []},
    ]
    half: list[Any] = [
        *(7, {"output_type": "stream", "text": "a"}, {**stream("a"), "text": 7}, {}),
        *({"output_type": "error", "ename": "E"}, {**result({}), "data": 7}),
        *({**result({}), "metadata": 7}, {"output_type": "execute_result"}),
    ]
    bare = {"output_type": "execute_result", "data": {"text/plain": "d"}}
    cells = [
        code("1", [*half, *whole, bare], execution_count=5, id="x"),
        {**code("2"), "metadata": 7, "execution_count": "x", "outputs": 7, "id": 7},
        markdown("3", attachments={"a.png": {}}),
        markdown("4", attachments=7),
    ]
    text = json.dumps({"cells": cells, "metadata": 7, "nbformat_minor": 99})
    found = salvage_notebook(text)
    assert found.metadata == {}
    assert found.nbformat_minor == 5  # a cell has an id
    one, two, three, four = found.cells
    assert one.outputs == [*whole[:1], stream("b"), *whole[2:], result({"text/plain": "d"})]
    assert (one.execution_count, one.id) == (5, "x")
    assert (two.execution_count, two.outputs, two.metadata) == (None, [], {})
    assert three.attachments == {"a.png": {}}
    assert "attachments" not in four.fields
    assert found.problems() == ()


def test_what_was_cut_and_is_not_valid_any_more_is_left_out() -> None:
    cell = markdown("1", attachments={"a.png": {"image/png": 7}, "b.png": {}})
    cell["metadata"] = {"tags": [1], "name": "n"}
    odd = {**stream("a"), "name": "stdout", "more": 1}
    text = json.dumps(notebook(cell, code("2", [stream("b"), odd])))[:-40]
    found = salvage_notebook(
        text[: text.rindex('"metadata"')] + '"metadata": {"kernelspec": {"name": "p'
    )
    assert found.problems() == ()
    assert found.cells[0].metadata == {"name": "n"}
    assert found.cells[0].attachments == {"b.png": {}}
    assert found.cells[1].outputs == [stream("b")]
    assert found.metadata == {}


@pytest.mark.parametrize("minor", [-1, 6, "5", None])
def test_the_minor_format_is_one_that_there_is(minor: Any) -> None:
    assert (
        salvage_notebook(json.dumps({"nbformat": 4, "nbformat_minor": minor})).nbformat_minor == 4
    )
    assert salvage_notebook('{"nbformat": 4, "nbformat_minor": 5}').nbformat_minor == 5
    assert salvage_notebook('{"nbformat": 4, "nbformat_minor": 0}').nbformat_minor == 0


def test_where_nothing_of_a_notebook_is_found_it_is_said() -> None:
    for content in (b"", b"no json", b'{"a": 1}', b"<<<<<<< a\n=======\n>>>>>>> b\n"):
        with pytest.raises(NotebookError, match=r"^n\.ipynb: not a notebook"):
            fix_notebook(content, "n.ipynb")
    with pytest.raises(NotebookError, match="no conflict markers"):
        sides_of(CONTENT)


def test_what_is_nested_too_deeply_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_deep(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("nbvc.merging.textual._fix_content", too_deep)
    with pytest.raises(NotebookError, match="nested too deeply"):
        fix_notebook(CONTENT[:-5])


# Markers of git in the JSON


def conflict(local: str, remote: str, *, base: str | None = None, size: int = 7) -> str:
    middle = "" if base is None else f"{'|' * size} base\n{base}"
    return f"{'<' * size} main\n{local}{middle}{'=' * size}\n{remote}{'>' * size} topic\n"


def in_file(marked: str, line: str = '   "source": "a = 1"\n') -> bytes:
    text = CONTENT.decode()
    assert text.count(line) == 1
    return text.replace(line, marked).encode()


def lines(*sources: str) -> list[str]:
    return [f'   "source": "{source}"\n' for source in sources]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("base", [None, '   "source": "a = 1"\n'])
def test_both_sides_and_the_base_are_read(base: str | None, ending: str) -> None:
    content = in_file(conflict(*lines("a = 2", "a = 3"), base=base))
    found = sides_of(content.replace(b"\n", ending.encode()), "n.ipynb")
    assert [side.cells[0].source for side in (found.local, found.remote)] == ["a = 2", "a = 3"]
    assert (found.local_label, found.remote_label) == ("main", "topic")
    assert (found.base is None) == (base is None)
    if found.base is not None:
        assert found.base.cells[0].source == "a = 1"
    made, merged = fix_notebook(content)
    assert merged is not None
    assert len(merged.conflicts) == 1
    assert "a = 2\n=======\na = 3" in nbvc.read(made).cells[0].source


def test_conflicts_in_conflicts_and_longer_markers() -> None:
    inner = conflict(*lines("a = 2", "a = 3"), size=7)
    found = sides_of(in_file(conflict(inner, *lines("a = 4"), size=9)))
    assert [side.cells[0].source for side in (found.local, found.remote)] == ["a = 2", "a = 4"]
    found = sides_of(in_file(conflict(lines("a = 4")[0], inner)))
    assert [side.cells[0].source for side in (found.local, found.remote)] == ["a = 4", "a = 3"]
    inner = conflict(*lines("a = 2", "a = 3"), size=9)
    found = sides_of(in_file(conflict(inner, *lines("a = 4"), size=7)))
    assert [side.cells[0].source for side in (found.local, found.remote)] == ["a = 2", "a = 4"]
    deep = '   "source": "a = 1"\n'
    for _ in range(30):
        deep = conflict(deep, *lines("z"))
    found = sides_of(in_file(deep))
    assert found.remote.cells[0].source == "z"


def test_a_base_that_is_no_notebook_is_none() -> None:
    found = sides_of(in_file(conflict(*lines("a = 2", "a = 3"), base='   "source": "a\n')))
    assert found.base is None
    assert found.remote.cells[0].source == "a = 3"


def test_a_side_that_lost_the_brackets_between_two_cells_has_both() -> None:
    first, second = lines("a = 2", "b = 2")
    both = f'{first.rstrip()},\n   "cell_type": "raw",\n   "metadata": {{}},\n{second}'
    found = sides_of(in_file(conflict(both, *lines("a = 3"))))
    cells = [(cell.cell_type, cell.source) for cell in found.local.cells]
    assert cells == [("code", "a = 2"), ("raw", "b = 2"), ("markdown", "# T")]
    assert [cell.source for cell in found.remote.cells] == ["a = 3", "# T"]


def test_a_conflict_that_does_not_end_and_one_without_labels() -> None:
    text = CONTENT.decode()
    head, tail = text.split('   "source": "a = 1"\n')
    found = sides_of(f'{head}<<<<<<<\n   "source": "a = 2"\n{tail}'.encode())
    assert found.local.cells[0].source == "a = 2"
    assert (found.local_label, found.remote_label) == ("", "")
    _, merged = fix_notebook(
        in_file("<<<<<<<\n{}=======\n{}>>>>>>>\n".format(*lines("a = 2", "a = 3")))
    )
    assert merged is not None
    assert merged.notebook.cells[0].metadata["nbvc"]["conflict"]["local"] == "local"


def test_markers_stand_at_line_starts() -> None:
    assert has_markers(b"x\n<<<<<<< main\n")
    assert has_markers(b"<<<<<<<\r\n")
    assert not has_markers(b" <<<<<<< main\n")
    assert not has_markers(b"<<<<<<<main\n")
    assert labels_in(b"<<<<<<< a b\n=======\n>>>>>>> c\r\n") == ("a b", "c")
    assert labels_in(b"<<<<<<<\n") == ("", "")
