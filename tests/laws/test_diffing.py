"""What holds for every notebook, every file style and every edit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nbvc
from nbvc.diffing import DiffPolicy, NotebookDiff, Part
from nbvc.diffing.policy import Blanks
from nbvc.render.html import report
from nbvc.render.markdown import comment
from nbvc.render.paint import Painter
from nbvc.render.shown import show_cells
from nbvc.render.terminal import TerminalRenderer
from tests.generate.strategies import (
    FileStyle,
    Pair,
    edited_pairs,
    notebooks,
    serialise,
    styles,
)
from tests.making import comparison

if TYPE_CHECKING:
    from random import Random

# A notebook is slow to draw, so that fewer of them have to do by day.
some = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def exact(value: Any) -> str:
    """Tell 1 from 1.0 from True, and 0.0 from -0.0, whatever the order of keys."""
    return json.dumps(value, sort_keys=True)


def read(value: dict[str, Any]) -> nbvc.Notebook:
    return nbvc.Notebook.from_dict(value)


@some
@given(notebooks(), styles())
def test_a_file_is_read_and_written_back(value: dict[str, Any], style: FileStyle) -> None:
    content = serialise(value, style)
    found = nbvc.read(content)
    assert found.to_bytes() == content
    assert exact(found.to_dict()) == exact(value)


@some
@given(notebooks(), styles(), styles())
def test_a_style_is_no_change(value: dict[str, Any], one: FileStyle, other: FileStyle) -> None:
    before, after = (nbvc.read(serialise(value, style)) for style in (one, other))
    assert before == after
    assert not nbvc.diff(before, after).changed


@some
@given(notebooks(), styles())
def test_another_source_is_another_source_alone(value: dict[str, Any], style: FileStyle) -> None:
    found = nbvc.read(serialise(value, style))
    for index, cell in enumerate(value["cells"]):
        new = cell["source"] + "\nadded = 1"
        edited = found.edit_source(index, new)
        cells = [*value["cells"]]
        cells[index] = {**cell, "source": new}
        assert exact(edited.to_dict()) == exact({**value, "cells": cells})
        assert exact(nbvc.read(edited.to_bytes()).to_dict()) == exact(edited.to_dict())


@some
@given(edited_pairs(), styles(), styles())
def test_a_diff_is_complete(pair: Pair, one: FileStyle, other: FileStyle) -> None:
    before, after = (
        nbvc.read(serialise(value, style)) for value, style in zip(pair, (one, other), strict=True)
    )
    written = msgspec.json.encode(nbvc.diff(before, after).to_dict())
    patched = nbvc.patch(before, NotebookDiff.from_dict(json.loads(written)))
    assert exact(patched.to_dict()) == exact(pair[1])
    assert exact(nbvc.read(patched.to_bytes()).to_dict()) == exact(pair[1])


_TEXTS = st.lists(
    st.sampled_from(["a", "b", "\n", "\r", "\f", "\u2028", "# ", " "]), max_size=6
).map("".join)


@st.composite
def old_notebooks(draw: st.DrawFn) -> bytes:
    """Draw a notebook of format 3 whose sources are texts or lists, with or without line ends."""
    cells = [
        {
            "cell_type": draw(st.sampled_from(["code", "markdown", "heading"])),
            draw(st.sampled_from(["input", "source"])): draw(
                st.sampled_from([text, text.split("\n"), text.splitlines(keepends=True)])
            ),
        }
        for text in draw(st.lists(_TEXTS, max_size=3))
    ]
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()


@given(old_notebooks(), old_notebooks())
def test_a_diff_of_old_formats_is_complete(one: bytes, other: bytes) -> None:
    before, after = nbvc.read(one), nbvc.read(other)
    assert nbvc.patch(before, nbvc.diff(before, after)) == after


@some
@given(edited_pairs())
def test_a_diff_is_the_same_values_once_it_was_written_and_read(pair: Pair) -> None:
    found = nbvc.diff(read(pair[0]), read(pair[1]))
    again = NotebookDiff.from_dict(json.loads(msgspec.json.encode(found.to_dict())))
    assert [cell.parts for cell in again.cells] == [cell.parts.complete() for cell in found.cells]
    assert (again.metadata, again.notebook, again.sides) == (
        *(found.metadata, found.notebook, found.sides),
    )


@some
@given(edited_pairs(), st.frozensets(st.sampled_from(Part)))
def test_every_format_names_every_cell_that_changed(pair: Pair, parts: frozenset[Part]) -> None:
    found = nbvc.diff(read(pair[0]), read(pair[1]), DiffPolicy(parts))
    drawn = (
        "\n".join(TerminalRenderer(found, Painter(on=False)).lines()),
        "".join(report([comparison("n.ipynb", found)])),
        comment([comparison("n.ipynb", found)], most=10_000_000),
    )
    for cell in show_cells(found):
        for text in drawn:
            assert cell.name in text


@some
@given(edited_pairs())
def test_every_cell_is_in_one_entry_in_reading_order(pair: Pair) -> None:
    found = nbvc.diff(read(pair[0]), read(pair[1]))
    before = [index for cell in found.cells for index in cell.before]
    after = [index for cell in found.cells for index in cell.after]
    assert sorted(before) == [*range(len(pair[0]["cells"]))]
    assert sorted(after) == [*range(len(pair[1]["cells"]))]
    firsts = [cell.after[0] for cell in found.cells if cell.after]
    assert firsts == sorted(firsts)


_SHORT_TEXTS = st.sampled_from(
    [
        "a = 1",
        "b = 2",
        "a = 1\nb = 2",
        "b = 2\nc = 3",
        "a = 1\nb = 2\nc = 3",
        "a = 2\nb = 2",
        " ",
        "c",
    ]
)
_SHORT_CELLS = st.lists(st.tuples(st.sampled_from(["code", "markdown"]), _SHORT_TEXTS), max_size=6)


def _named(cells: list[tuple[str, str]], names: list[str] | None) -> nbvc.Notebook:
    found: list[dict[str, Any]] = [
        {"cell_type": kind, "metadata": {}, "source": text}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for kind, text in cells
    ]
    for cell, name in zip(found, names or (), strict=False):
        cell["id"] = name
    minor = 4 if names is None else 5
    return read({"nbformat": 4, "nbformat_minor": minor, "metadata": {}, "cells": found})


@st.composite
def short_pairs(draw: st.DrawFn) -> tuple[nbvc.Notebook, nbvc.Notebook]:
    """Draw two notebooks of few short cells, so that many splits, joins, moves and rivals occur."""
    ids = st.none() | st.permutations("abcdef")
    one, other = (_named(draw(_SHORT_CELLS), draw(ids)) for _ in range(2))
    return one, other


@given(short_pairs())
def test_a_diff_back_is_the_diff_mirrored(pair: tuple[nbvc.Notebook, nbvc.Notebook]) -> None:
    one, other = pair
    there, back = nbvc.diff(one, other), nbvc.diff(other, one)
    assert {(cell.before, cell.after, cell.moved) for cell in there.cells} == {
        (cell.after, cell.before, cell.moved) for cell in back.cells
    }


@given(short_pairs())
def test_only_new_old_and_moved_cells_stand_between_parts(
    pair: tuple[nbvc.Notebook, nbvc.Notebook],
) -> None:
    found = nbvc.diff(*pair)
    assert nbvc.patch(pair[0], found) == pair[1]
    for side in (0, 1):
        stays = [
            (cell.before, cell.after)[side]
            for cell in found.cells
            if cell.before and cell.after and not cell.moved
        ]
        for run in stays:
            assert [*run] == sorted(run)
            own = [other for other in stays if other is not run]
            assert not any(run[0] < index < run[-1] for other in own for index in other)


@some
@given(edited_pairs())
def test_equal_cells_beyond_doubt_pair(pair: Pair) -> None:
    one, other = (read(value).cells for value in pair)
    texts = [[(cell.cell_type, cell.source) for cell in cells] for cells in (one, other)]
    ids = [[cell.id for cell in cells] for cells in (one, other)]
    pairs = {(cell.before, cell.after) for cell in nbvc.diff(read(pair[0]), read(pair[1])).cells}
    for i, text in enumerate(texts[0]):
        if text[1].strip() and all(side.count(text) == 1 for side in texts):
            j = texts[1].index(text)
            if ids[0][i] == ids[1][j]:
                assert ((i,), (j,)) in pairs


@some
@given(edited_pairs(), st.randoms(use_true_random=False))
def test_shuffled_ids_change_no_pair_of_equal_cells(pair: Pair, random: Random) -> None:
    value = {**pair[0], "nbformat": 4, "nbformat_minor": 5}
    sources = [f"result_{n} = compute({n * 17})" for n in range(len(value["cells"]))]
    before = [
        {"cell_type": "markdown", "id": f"cell-{n}", "metadata": {}, "source": source}
        for n, source in enumerate(sources)
    ]
    order, names = [*range(len(before))], [cell["id"] for cell in before]
    random.shuffle(order)
    random.shuffle(names)
    after = [{**before[n], "id": name} for n, name in zip(order, names, strict=True)]
    found = nbvc.diff(read({**value, "cells": before}), read({**value, "cells": after}))
    assert {(cell.before, cell.after) for cell in found.cells} == {
        ((n,), (at,)) for at, n in enumerate(order)
    }


@some
@given(edited_pairs())
def test_a_diff_either_way_is_empty_or_not(pair: Pair) -> None:
    one, other = (read(value) for value in pair)
    assert nbvc.diff(one, other).changed == nbvc.diff(other, one).changed


@some
@given(edited_pairs(), st.frozensets(st.sampled_from(Part)), st.sampled_from(Blanks))
def test_whether_anything_changed_is_what_the_cells_say(
    pair: Pair, parts: frozenset[Part], blanks: Blanks
) -> None:
    one, other = (read(value) for value in pair)
    policy = DiffPolicy(parts, blanks=blanks)
    paired = nbvc.diff(one, other, policy)
    changed = any(cell.is_loud for cell in paired.cells)
    assert nbvc.diff(one, other, policy).cells_changed == paired.cells_changed == changed


@some
@given(edited_pairs())
def test_nbdime_applies_what_is_exported(pair: Pair) -> None:
    nbdime = pytest.importorskip("nbdime")
    ops = nbvc.diff(read(pair[0]), read(pair[1])).to_nbdime()
    assert exact(nbdime.patch(pair[0], ops)) == exact(pair[1])
