"""Code that parses on all sides parses when it is merged, or it is a conflict."""

from __future__ import annotations

from typing import Any

import pytest

from nbvc import Notebook, merge
from nbvc.merging.gate import can_parse, is_python
from tests.making import code, markdown, notebook

BLOCK = "if ready:\n    start()\n    # the clock runs from here\n    finish()\nprint('done')"
LOOP = "for i in range(10): print(i)"
EDITS = LOOP.replace("for", "while"), LOOP.replace("i in", "i, j in")


def merged(base: str, local: str, remote: str, make: Any = code, **metadata: Any) -> list[str]:
    """Return the source, and whether it is a conflict."""
    three = [
        Notebook.from_dict(notebook(code("a = 1"), make(source), **metadata))
        for source in (base, local, remote)
    ]
    result = merge(three[0], three[1], three[2])
    return [result.notebook.cells[1].source, "conflict" if result.conflicts else "merged"]


def test_words_that_no_longer_parse_are_a_conflict() -> None:
    source, found = merged(LOOP, *EDITS)
    assert found == "conflict"
    assert all(edit in source for edit in EDITS)


def test_lines_that_no_longer_parse_are_a_conflict() -> None:
    edits = [BLOCK.replace(f"    {name}()\n", "") for name in ("start", "finish")]
    source, found = merged(BLOCK, edits[0], edits[1])
    assert found == "conflict"
    assert all(edit in source for edit in edits)


def test_words_alone_are_given_up_if_lines_still_parse() -> None:
    base, (local, remote) = f"{LOOP}\nx = 1\ny = 2", EDITS
    source, found = merged(base, f"{local}\nx = 1\ny = 2", f"{remote}\nx = 1\ny = 3")
    assert found == "conflict"
    assert source.endswith(">>>>>>> remote\nx = 1\ny = 3")


@pytest.mark.parametrize(
    ("make", "metadata"),
    [
        (markdown, {}),
        (code, {"language_info": {"name": "R"}}),
        (code, {"kernelspec": {"name": "ir"}}),
    ],
)
def test_what_is_not_python_is_not_parsed(make: Any, metadata: dict[str, Any]) -> None:
    assert merged(LOOP, *EDITS, make, **metadata) == ["while i, j in range(10): print(i)", "merged"]


def test_code_that_never_parsed_is_merged() -> None:
    base = "%time load()\n!ls -l\nx = 1\ny = 2\nz = ("
    found = merged(base, base.replace("-l", "-la"), base.replace("y = 2", "y = 20"))
    assert found == ["%time load()\n!ls -la\nx = 1\ny = 20\nz = (", "merged"]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("x = 1", True),
        ("if x:\n    %matplotlib inline\nprint?\n!ls", True),
        ("await fetch()", True),
        ("%%bash\nls -l", False),
        ("x = (", False),
        ("x = '\0'", False),
        ("(" * 3000, False),
    ],
)
def test_what_parses(source: str, wanted: bool) -> None:
    assert can_parse(source) == wanted


@pytest.mark.parametrize(
    ("metadata", "wanted"),
    [
        ({}, True),
        ({"language_info": {"name": "ipython"}}, True),
        ({"kernelspec": {"name": "conda-env", "language": "python"}}, True),
        ({"kernelspec": {"name": "julia-1.9"}}, False),
        ({"language_info": 7, "kernelspec": 8}, True),
    ],
)
def test_whose_language_is_python(metadata: dict[str, Any], wanted: bool) -> None:
    assert is_python(Notebook.from_dict(notebook(**metadata))) == wanted
