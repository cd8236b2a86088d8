"""The examples of docs/MERGE.md are true, whichever side is local."""

from __future__ import annotations

import re

import pytest

from nbvc import Notebook, merge
from tests.conftest import ROOT
from tests.making import code, notebook

PAGE = (ROOT / "docs" / "MERGE.md").read_text("utf-8")
SIDES = ("base", "local", "remote", "result")
BLOCKS = [
    [line[4:] for line in block.strip("\n").split("\n")]
    for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", PAGE, re.MULTILINE)
]


def split(lines: list[str]) -> list[list[str]]:
    """Split a block at its blank lines."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        else:
            found.append([])
    return found


def read_rows(lines: list[str]) -> dict[str, list[str]] | None:
    """Read a row for each side, with cells between bars."""
    rows = dict(line.split(maxsplit=1) for line in lines if line.split(maxsplit=1)[0] in SIDES)
    if not {"base", "local", "remote"} <= rows.keys():
        return None
    return {side: text.strip().split(" | ") for side, text in rows.items()}


def read_columns(lines: list[str]) -> dict[str, list[str]] | None:
    """Read a column for each side, with dashes between cells."""
    names = lines[0].split()
    if names not in (list(SIDES), list(SIDES[:3])):
        return None
    starts = [lines[0].index(name) for name in names] + [999]
    found = {}
    for at, name in enumerate(names):
        column = [line[starts[at] : starts[at + 1]].rstrip() for line in lines[1:]]
        found[name] = [cell.strip("\n") for cell in "\n".join(column).split("\n---\n")]
    return found


def read_examples() -> list[dict[str, list[str]]]:
    parts = [part for block in BLOCKS for part in split(block) if part]
    read = [read_columns(part) or read_rows(part) for part in parts]
    return [example for example in read if example]


def make(cells: list[str]) -> Notebook:
    return Notebook.from_dict(notebook(*map(code, cells)))


@pytest.mark.parametrize("example", read_examples(), ids=lambda one: one["local"][-1][:30])
def test_an_example_is_merged_as_the_page_says(example: dict[str, list[str]]) -> None:
    base, local, remote = (make(example[side]) for side in SIDES[:3])
    wanted = example.get("result", ["a conflict"])
    for one, other in ((local, remote), (remote, local)):
        found = merge(base, one, other)
        if wanted[0].startswith("a conflict"):
            assert len(found.conflicts) == 1
        else:
            assert not found.conflicts
            # What both added at one place stands in the order of the sides.
            assert sorted(c.source for c in found.notebook.cells) == sorted(wanted)
    assert (
        wanted[0].startswith("a conflict")
        or [cell.source for cell in merge(base, local, remote).notebook.cells] == wanted
    )


def test_every_example_is_found() -> None:
    assert len(read_examples()) >= 12
