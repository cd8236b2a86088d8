"""What changes the file of a notebook that several have open becomes edits of what they share."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("jupyter_ydoc")
from jupyter_ydoc import YNotebook

from nbvc_jupyter import rooms

PRINTED = {"output_type": "stream", "name": "stdout", "text": "1\n"}
OTHER = {"output_type": "stream", "name": "stdout", "text": "2\n"}


def cell(source: str, outputs: tuple[Any, ...] = (), key: str = "", **metadata: Any) -> Any:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": key or f"id-{source[:5].strip()}",
        "metadata": metadata,
        "outputs": list(outputs),
        "source": source,
    }


def content(*cells: Any, **metadata: Any) -> Any:
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def opened(notebook: Any) -> Any:
    room: Any = YNotebook()
    room.set(notebook)
    return room


def merged(room: Any, before: Any, after: Any, typing: Any = lambda: None) -> Any:
    """Do what happens while a task changes the file from `before` to `after`."""
    copy = rooms.copy_room(room)
    typing()
    plan = rooms._plan_cells(before, after)
    start = copy.ydoc.get_state()
    with copy.ydoc.transaction():
        rooms.edit(copy, after, plan, rooms._find_typed(room, copy))
    room.ydoc.apply_update(copy.ydoc.get_update(start))
    return room.get()


def sources(notebook: Any) -> list[str]:
    return [one["source"] for one in notebook["cells"]]


NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
CELLS = st.lists(
    st.builds(
        lambda key, source, printed, tags: cell(source, printed, key, **tags),
        NAMES,
        st.text(alphabet="xé😀\n", max_size=12),
        st.sampled_from([(), (PRINTED,), (OTHER,), (PRINTED, OTHER)]),
        st.sampled_from([{}, {"tags": ["t"]}]),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one["id"],
)


@given(CELLS, CELLS)
def test_the_room_has_what_the_file_has(before: Any, after: Any) -> None:
    old, new = content(*before), content(*after)
    room = opened(old)
    assert merged(room, room.get(), new)["cells"] == new["cells"]


def test_what_is_typed_meanwhile_stays_where_it_was_typed() -> None:
    before = content(cell("x = 1\ny = 2\nz = 3"), cell("other"))
    room = opened(before)

    def typing() -> None:
        room.ycells[0]["source"].insert(len("x = 1\ny = 2"), "0  # é")
        room.ycells[1]["source"].insert(0, "an")

    after = content(cell("x = 9\ny = 2\nz = 9", key="id-x = 1"), cell("other"), cell("new"))
    got = merged(room, before, after, typing)
    assert sources(got) == ["x = 9\ny = 20  # é\nz = 9", "another", "new"]


def test_other_outputs_come_in_a_new_cell() -> None:
    before = content(cell("x", (PRINTED,), trusted=True), cell("y", (PRINTED,), trusted=True))
    room = opened(before)
    kept = room.ycells[1]["source"]
    after = content(cell("x", (OTHER,), trusted=True), cell("y", (PRINTED,)))
    got = merged(room, before, after)
    assert [one["outputs"] for one in got["cells"]] == [[OTHER], [PRINTED]]
    assert [one["metadata"] for one in got["cells"]] == [{}, {"trusted": True}]
    kept.insert(0, "still ")
    assert room.get()["cells"][1]["source"] == "still y"


def test_who_types_in_a_cell_keeps_it_without_outputs() -> None:
    before = content(cell("x = 1", (PRINTED,)))
    room = opened(before)
    source = room.ycells[0]["source"]
    after = content(cell("# new\nx = 1", (OTHER,), key="id-x = 1"))
    got = merged(room, before, after, lambda: source.insert(5, "0"))
    source.insert(len("# new\nx = 10"), "0")
    assert sources(room.get()) == ["# new\nx = 100"]
    assert got["cells"][0]["outputs"] == []


def test_metadata_of_the_notebook() -> None:
    before = content(cell("x"), kernelspec={"name": "a", "display_name": "A"}, old=1)
    room = opened(before)
    wanted = {"kernelspec": {"name": "a", "display_name": "A"}, "title": "T"}
    got = merged(room, room.get(), content(cell("x"), **wanted))
    assert {k: v for k, v in got["metadata"].items() if k != "language_info"} == wanted
