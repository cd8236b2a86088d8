"""What a merge decides, case by case."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nbvc import Notebook, Strategy, merge
from nbvc.merging import Action, DecisionPart, OutputChoice
from nbvc.merging.markers import Take, find, settle
from tests.making import code, markdown, notebook, stream

A, B, C, X, Y = (code(f"cell_{name} = {name}()") for name in "abcxy")


def nb(*cells: dict[str, Any], **more: Any) -> Notebook:
    return Notebook.from_dict(notebook(*cells, **more))


def names(found: Notebook) -> str:
    return "".join(cell.source[5] for cell in found.cells)


@pytest.mark.parametrize(
    ("base", "local", "remote", "expected"),
    [
        ((A, B), (A, B), (A, B, X), "abx"),
        ((A, B), (X, A, B), (A, B, Y), "xaby"),
        ((A, B), (A, X, B), (A, Y, B), "axyb"),
        ((A, B), (A, X, B), (A, X, B), "axb"),
        ((A, B), (A, X, B), (A, X, Y, B), "axyb"),
        ((A, B, C), (A, C), (A, B, C, X), "acx"),
        ((A, B, C), (A, C), (B, C), "c"),
        ((A, B, C), (A, C), (A, C), "ac"),
        ((A, B, C), (B, C, A), (A, B, C, X), "bcxa"),
        ((A, B, C), (A, B, C, X), (B, C, A), "bcxa"),
        ((), (A, B), (A, B, X), "abx"),
    ],
)
def test_cells(
    base: tuple[dict[str, Any], ...],
    local: tuple[dict[str, Any], ...],
    remote: tuple[dict[str, Any], ...],
    expected: str,
) -> None:
    result = merge(nb(*base), nb(*local), nb(*remote))
    assert names(result.notebook) == expected
    assert not result.conflicts


def test_a_split_and_an_edit_merge() -> None:
    lines = [f"step_{n} = run({n})" for n in range(6)]
    base = nb(code("\n".join(lines)))
    local = nb(code("\n".join(lines[:3])), code("\n".join(lines[3:])))
    remote = nb(code("\n".join([*lines[:5], "last()"])))
    result = merge(base, local, remote)
    assert [cell.source for cell in result.notebook.cells] == [
        "\n".join(lines[:3]),
        "\n".join([*lines[3:5], "last()"]),
    ]
    assert not result.conflicts


OUT = [stream("old\n")]


@pytest.mark.parametrize(
    ("local", "remote", "expected", "action"),
    [
        (code("y = 2", [stream("new\n")]), code("x = 1", [stream("rerun\n")]), "new\n", "LOCAL"),
        (code("x = 1", OUT), code("x = 1", [stream("rerun\n")]), "rerun\n", None),
        (code("x = 1", [stream("1\n")]), code("x = 1", [stream("22\n")]), "22\n", "REMOTE"),
        (code("x = 1\ny", [stream("1\n")]), code("z\nx = 1", [stream("2\n")]), None, "DROPPED"),
    ],
)
def test_who_owns_the_outputs(
    local: dict[str, Any], remote: dict[str, Any], expected: str | None, action: str | None
) -> None:
    result = merge(nb(A, code("x = 1", OUT)), nb(A, local), nb(A, remote, X))
    cell = result.notebook.cells[1]
    assert [item["text"] for item in cell.outputs] == ([expected] if expected else [])
    said = [item.action.name for item in result.decisions if item.part is DecisionPart.OUTPUTS]
    assert said == ([action] if action else [])
    assert (cell.metadata.get("nbvc") == {"stale": True}) == (expected is None)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (OutputChoice.LOCAL, ["l"]),
        (OutputChoice.REMOTE, ["r"]),
        (OutputChoice.BASE, ["o"]),
        (OutputChoice.UNION, ["l", "r"]),
        (OutputChoice.DROP, []),
    ],
)
def test_outputs_by_strategy(choice: OutputChoice, expected: list[str]) -> None:
    three = [nb(code("x = 1", [stream(text)])) for text in "olr"]
    result = merge(three[0], three[1], three[2], Strategy(outputs=choice))
    assert [item["text"] for item in result.notebook.cells[0].outputs] == expected


def test_metadata_by_key() -> None:
    result = merge(
        nb(A, one=1, both={"x": 1, "y": 1}, tags=["a"]),
        nb(A, one=2, both={"x": 2, "y": 1}, tags=["a", "l"]),
        nb(A, one=1, both={"x": 1, "y": 2}, tags=["r"], new=True),
    )
    assert result.notebook.metadata == {
        "one": 2,
        "both": {"x": 2, "y": 2},
        "tags": ["l", "r"],
        "new": True,
    }
    assert not result.conflicts


def test_ids_are_derived_when_one_side_upgrades() -> None:
    base, local = nb(A, B), nb(A, B, X)
    remote = nb({**A, "id": "one"}, {**B, "id": "two"}, Y, minor=5)
    ids = [[cell.id for cell in merge(base, local, remote).notebook.cells] for _ in range(2)]
    assert ids[0] == ids[1]
    assert ids[0][:2] == ["one", "two"]
    assert len(set(ids[0])) == 4
    assert None not in ids[0]


def test_deleted_and_edited_keeps_the_edit() -> None:
    result = merge(nb(A, B), nb(A), nb(A, code("cell_b = b()\nedited()")))
    assert [conflict.deleted_by for conflict in result.conflicts] == ["local"]
    marked = find(result.notebook.cells[1])
    assert marked is not None
    assert "edited()" in result.notebook.cells[1].source
    ran = code(B["source"], [stream("1\n")], execution_count=3)
    assert not merge(nb(A, B), nb(A), nb(A, ran)).conflicts


def test_markers_are_longer_than_those_in_a_source() -> None:
    text = "<<<<<<< not one\nx\n======="
    result = merge(
        nb(markdown(text)), nb(markdown(f"{text}\nours alone")), nb(markdown(f"{text}\ntheirs"))
    )
    cell = result.notebook.cells[0]
    assert cell.metadata["nbvc"]["conflict"]["marker"] == 8
    assert "<<<<<<<< local\n" in cell.source
    found = find(cell)
    assert found is not None
    assert found.hunks == 1


def test_untouched_cells_keep_their_text() -> None:
    base, local, remote = nb(A, B), nb(A, B, X), nb(Y, A, B)
    result = merge(base, local, remote)
    kept = {cell.text for cell in result.notebook.cells}
    assert {cell.text for cell in local.cells} <= kept
    assert any(item.action is Action.REMOTE for item in result.decisions)


PICTURES = {text: {"map.png": {"image/png": text}} for text in ("old=", "mine", "hers")}


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", ["map.png", "my map.png"])
def test_two_pictures_of_one_name_both_stay_and_are_chosen_from(name: str, *, known: bool) -> None:
    old, mine, hers = (
        markdown(
            f"# Map\n![map](attachment:{name.replace(' ', '%20')})\nend",
            attachments={name: picture["map.png"]},
        )
        for picture in PICTURES.values()
    )
    result = merge(nb(A, old) if known else nb(A), nb(A, mine), nb(A, hers, X))
    cell = result.notebook.cells[1]
    assert [conflict.cell for conflict in result.conflicts] == [1]
    for take, wanted in ((Take.LOCAL, "mine"), (Take.REMOTE, "hers")):
        settled = settle(cell, [take])
        assert settled is not None
        shown = re.findall(r"attachment:([^)]*)", settled.source)
        assert [settled.attachments[one] for one in shown] == [{"image/png": wanted}]
    assert not result.notebook.problems()


def test_a_picture_that_no_text_shows_is_kept_beside_the_other() -> None:
    three = [markdown("text", attachments=picture) for picture in PICTURES.values()]
    cell = merge(nb(A, three[0]), nb(A, three[1]), nb(A, three[2], X)).notebook.cells[1]
    assert sorted(item["image/png"] for item in cell.attachments.values()) == ["hers", "mine"]
    assert cell.source == "text"


@pytest.mark.parametrize("swapped", [False, True])
def test_a_split_cell_gets_the_pictures_and_tags_of_the_other_side(*, swapped: bool) -> None:
    above, below = ("\n".join(f"{word} line {n} of it" for n in range(8)) for word in ("a", "b"))
    base = markdown(f"{above}\n{below}", id="one", attachments=PICTURES["old="])
    split = (
        markdown(above, id="one", metadata={"tags": ["split"]}, attachments=PICTURES["old="]),
        markdown(below, id="two"),
    )
    edited = markdown(
        f"{above.replace('line 3', 'line three')}\n{below}\n![](attachment:new.png)",
        id="one",
        metadata={"tags": ["edited"]},
        attachments={**PICTURES["old="], "new.png": {"image/png": "new="}},
    )
    sides = [nb(*split, minor=5), nb(edited, minor=5)]
    one, other = reversed(sides) if swapped else sides
    result = merge(nb(base, minor=5), one, other)
    cells = result.notebook.cells
    assert not result.conflicts
    assert [cell.id for cell in cells] == ["one", "two"]
    assert [sorted(cell.metadata["tags"]) for cell in cells] == [["edited", "split"], ["edited"]]
    assert [list(cell.attachments) for cell in cells] == [["map.png"], ["new.png"]]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_split_cell_shows_the_picture_as_the_other_side_has_it_now(*, swapped: bool) -> None:
    above = "\n".join(f"line {n} of it" for n in range(8))
    below = "![map](attachment:map.png)\n" + "\n".join(f"more {n} below" for n in range(8))
    base = markdown(f"{above}\n{below}", attachments=PICTURES["old="])
    split = [markdown(one, attachments=PICTURES["old="]) for one in (above, below)]
    edited = markdown(f"edited {above}\n{below}", attachments=PICTURES["hers"])
    sides = [nb(*split), nb(edited)]
    one, other = reversed(sides) if swapped else sides
    result = merge(nb(base), one, other)
    assert [cell.source for cell in result.notebook.cells] == [f"edited {above}", below]
    assert result.notebook.cells[1].attachments == PICTURES["hers"]


def test_pictures_of_joined_cells_all_stay() -> None:
    lines = ["\n".join(f"{word} line {n} of it" for n in range(6)) for word in ("a", "b")]
    one, two = PICTURES["mine"], PICTURES["hers"]
    base = [markdown(lines[0], attachments=one), markdown(lines[1], attachments=two)]
    joined = markdown("\n".join(lines), attachments=two)
    edited = [markdown(f"{lines[0]}\nmore", attachments=one), base[1]]
    edited[1] = markdown(lines[1], attachments={**two, "new.png": {"image/png": "new="}})
    result = merge(nb(*base), nb(joined), nb(*edited))
    assert len(result.notebook.cells) == 1
    found = {item["image/png"] for item in result.notebook.cells[0].attachments.values()}
    assert found == {"hers", "new="}
