"""Which cells of three notebooks are one, and a last count of lines."""

from __future__ import annotations

from typing import Any

import pytest

from nbvc import Notebook, merge
from nbvc.merging.group import Group
from nbvc.merging.groups import grouped
from nbvc.merging.markers import find
from tests.making import code, markdown, notebook

LOAD = "rows = load('a.csv')\nrows = clean(rows)\nprint(len(rows))\ndraw(rows)"
AREA = "def area(width, height):\n    return width * height\n\n\nprint(area(2, 3))"
NORMAL = "xs = grid(-1, 5, 400)\nplot(xs, density(Normal(width=1), xs))\nshow()"
CAUCHY = NORMAL.replace("Normal", "Cauchy")


def nb(*cells: str | dict[str, Any]) -> Notebook:
    made = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    return Notebook.from_dict(notebook(*made, minor=5 if any("id" in one for one in made) else 4))


def sketch(*three: Notebook) -> list[tuple[str, str, str]]:
    """Return the groups as strings of indices."""
    base, local, remote = (notebook.cells for notebook in three)
    return [
        ("".join(map(str, g.base)), "".join(map(str, g.local)), "".join(map(str, g.remote)))
        for g in grouped(base, local, remote)
    ]


def both_ways(base: Notebook, local: Notebook, remote: Notebook) -> list[tuple[str, str, str]]:
    """Return the groups, having made sure that swapped sides give the same."""
    found = sketch(base, local, remote)
    swapped = sketch(base, remote, local)
    assert sorted(found) == sorted((old, mine, theirs) for old, theirs, mine in swapped)
    return found


def sources(base: Notebook, local: Notebook, remote: Notebook) -> list[str]:
    found = [cell.source for cell in merge(base, local, remote).notebook.cells]
    assert found == [cell.source for cell in merge(base, remote, local).notebook.cells]
    return found


@pytest.mark.parametrize(
    ("base", "local", "remote", "wanted"),
    [
        # Both added a second equal cell, and one side another cell.
        (["show()", LOAD], ["show()", "show()", LOAD], ["new = 1", "show()", "show()", LOAD],
         ["new = 1", "show()", "show()", LOAD]),
        # Both kept one of two equal cells.
        (["step()", "step()", "end()"], ["step()", "end()"], ["limit = 7", "step()", "end()"],
         ["limit = 7", "step()", "end()"]),
        # Both added a cell, and one side deleted the cell before it.
        (["import os", "old = load(7)", "draw()"],
         ["import os", "old = load(7)", "new = load(9)", "draw()"],
         ["import os", "new = load(9)", "draw()"], ["import os", "new = load(9)", "draw()"]),
        # Each side deleted another one of two equal cells, and edited what is between.
        (["show()", LOAD, "show()"], ["show()", f"{LOAD}\nx = 1"], [f"y = 2\n{LOAD}", "show()"],
         [f"y = 2\n{LOAD}\nx = 1"]),
    ],
)  # fmt: skip
def test_repeated_cells(
    base: list[str], local: list[str], remote: list[str], wanted: list[str]
) -> None:
    assert sources(nb(*base), nb(*local), nb(*remote)) == wanted


def test_equal_cells_with_ids_are_told_apart_by_them() -> None:
    begin, end = code("begin = 1", id="begin"), code("end = 1", id="end")
    head, shown = code("df.head()", id="aa"), code("df.head()", id="bb")
    edit = [begin, head, code("df.head()", id="new"), code("plt.show()", id="bb"), end]
    base, local = nb(begin, head, shown, end), nb(*edit)
    remote = nb(*edit[:-1], code("end = 2", id="end"))
    cells = merge(base, local, remote).notebook.cells
    assert [cell.id for cell in cells] == ["begin", "aa", "new", "bb", "end"]


def test_nearly_the_same_new_cell_is_one_cell_with_a_conflict() -> None:
    base = nb("a = 1", "b = 2")
    local, remote = (
        nb("a = 1", AREA, "b = 2"),
        nb("a = 1", AREA.replace("(2, 3)", "(2, 4)"), "b = 2"),
    )
    assert both_ways(base, local, remote) == [("0", "0", "0"), ("", "1", "1"), ("1", "2", "2")]
    assert len(merge(base, local, remote).conflicts) == 1


def test_new_cells_that_share_a_long_line_of_their_own_are_one_cell() -> None:
    line = "tides = measure_tides(harbor)"
    base, local = nb("a = 1"), nb("a = 1", f"{line}\nx.describe()")
    remote = nb("a = 1", f"import numpy\n{line}")
    assert ("", "1", "1") in both_ways(base, local, remote)


def test_a_new_cell_with_one_id_is_one_cell() -> None:
    a, c = code("a = 1", id="aa"), code("c = 3", id="cc")
    local, remote = nb(a, code("z = 2", id="nn"), c), nb(a, code("z = 2\nprint(z)", id="nn"), c)
    assert both_ways(nb(a, c), local, remote)[1] == ("", "1", "1")


def test_a_long_new_cell_at_two_places_stands_once_and_a_short_one_twice() -> None:
    base = nb("a = 1", "b = 2", "c = 3")
    local, remote = nb("a = 1", AREA, "b = 2", "c = 3"), nb("a = 1", "b = 2", AREA, "c = 3")
    assert sum(cell.source == AREA for cell in merge(base, local, remote).notebook.cells) == 1
    local, remote = nb("a = 1", "show()", "b = 2", "c = 3"), nb("a = 1", "b = 2", "show()", "c = 3")
    assert sources(base, local, remote) == ["a = 1", "show()", "b = 2", "show()", "c = 3"]


def test_two_look_alikes_of_base_are_no_edit_of_each_other() -> None:
    base, local, remote = nb(NORMAL, CAUCHY), nb(CAUCHY), nb(NORMAL)
    assert sorted(both_ways(base, local, remote)) == [("0", "", "0"), ("1", "0", "")]
    assert not merge(base, local, remote).notebook.cells


def test_an_edit_of_a_look_alike_that_the_other_side_deleted_is_a_conflict() -> None:
    base = nb("a = 1", NORMAL, CAUCHY, "b = 2")
    local = nb("a = 1", f"{CAUCHY}  # heavy tails", "b = 2")
    result = merge(base, local, nb("a = 1", NORMAL.replace("400", "900"), CAUCHY, "b = 2"))
    assert [conflict.deleted_by for conflict in result.conflicts] == ["local"]
    assert result.notebook.cells[2].source == f"{CAUCHY}  # heavy tails"


def test_a_cell_that_both_sides_rewrote_wholly_is_a_conflict() -> None:
    base = nb(LOAD, "old = 1 / 3", AREA)
    local, remote = nb(LOAD, "first(x)[0]", AREA), nb(LOAD, "import numpy", AREA)
    assert both_ways(base, local, remote)[1] == ("1", "1", "1")
    assert len(merge(base, local, remote).conflicts) == 1
    # In a line that both wrote lies no agreement about the rest.
    local = nb(LOAD, "first(x)[0]\nboth = agree(1, 2, 3)", AREA)
    remote = nb(LOAD, "both = agree(1, 2, 3)\nimport numpy", AREA)
    assert len(merge(base, local, remote).conflicts) == 1


def test_a_cell_that_both_deleted_and_one_side_replaced_by_another_is_no_conflict() -> None:
    base, local = nb(LOAD, "old = 1 / 3", AREA), nb(LOAD, AREA)
    assert sources(base, local, nb(LOAD, "import numpy", AREA)) == [LOAD, "import numpy", AREA]
    edited = nb(LOAD, "old = 1 / 3\nimport numpy", AREA)
    assert [one.deleted_by for one in merge(base, local, edited).conflicts] == ["local"]
    assert not merge(base, local, nb(LOAD, "old  = 1/ 3 ", AREA)).conflicts
    prose = nb(LOAD, markdown("sold by a"), AREA), nb(LOAD, markdown("sold bya"), AREA)
    assert merge(prose[0], local, prose[1]).conflicts


def test_empty_attachments_are_no_edit() -> None:
    old = markdown("See the picture")
    base, gone = nb("x = 1", old), nb("x = 1")
    assert not merge(base, nb("x = 1", {**old, "attachments": {}}), gone).conflicts


def test_every_cell_is_in_one_group_and_moves_are_noted() -> None:
    base, local = nb(LOAD, AREA, NORMAL), nb(AREA, NORMAL, LOAD)
    groups = grouped(base.cells, local.cells, nb(LOAD, f"{AREA}\nx", NORMAL).cells)
    assert groups[-1] == Group((0,), (2,), (0,), moved_by_local=True)
    assert [group.moved_by_local for group in groups] == [False, False, True]


# The guard


@pytest.mark.parametrize("same_cell", [True, False])
def test_a_line_that_both_sides_moved_does_not_come_twice(same_cell: bool) -> None:
    line = "from sessions import Session"
    first, last = "import os\nimport sys\nfrom clock import now", "start = now()\nshow(start)"
    base = nb(first, last, f"{line}\ns = Session()")
    local = nb(first.replace("sys\n", f"sys\n{line}\n"), last, "s = Session()")
    remote = (
        nb(f"{line}\n{first}", last, "s = Session()")
        if same_cell
        else nb(first, f"{line}\n{last}", "s = Session()")
    )
    for sides in ((local, remote), (remote, local)):
        result = merge(base, *sides)
        assert len(result.conflicts) == 1
        cell = result.notebook.cells[result.conflicts[0].cell]
        assert find(cell) is not None
        assert line in cell.source
