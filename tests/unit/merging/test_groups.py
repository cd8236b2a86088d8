"""Which cells of three notebooks are one, and a last count of lines."""

from __future__ import annotations

from typing import Any

import pytest

from nbvc import Notebook, merge
from nbvc.merging.group import Group
from nbvc.merging.groups import group_cells
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
        for g in group_cells(base, local, remote)
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
    ],
)  # fmt: skip
def test_repeated_cells(
    base: list[str], local: list[str], remote: list[str], wanted: list[str]
) -> None:
    assert sources(nb(*base), nb(*local), nb(*remote)) == wanted


def test_each_side_deleted_another_equal_cell_and_edited_what_is_between() -> None:
    base, local = nb("show()", LOAD, "show()"), nb("show()", f"{LOAD}\nx = 1")
    result = merge(base, local, nb(f"y = 2\n{LOAD}", "show()"))
    assert f"y = 2\n{LOAD}\nx = 1" in [cell.source for cell in result.notebook.cells]
    assert len(result.conflicts) == 1


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
    groups = group_cells(base.cells, local.cells, nb(LOAD, f"{AREA}\nx", NORMAL).cells)
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


@pytest.mark.parametrize("one_cell_on", [True, False])
def test_a_new_line_of_both_sides_does_not_come_in_two_cells(one_cell_on: bool) -> None:
    line, old = "- canvas: see the orbit", markdown("In step 86 the river is left.")
    mine, theirs = markdown(f"- cloud: see the snow\n{line}"), markdown(f"{line}\nAll is said.")
    ends = [NORMAL, "show()"] if one_cell_on else ["show()", NORMAL]
    base, local = nb(LOAD, old, AREA, *ends), nb(LOAD, mine, AREA, *ends)
    remote = nb(LOAD, AREA, theirs, *ends) if one_cell_on else nb(LOAD, AREA, *ends, theirs)
    for sides in ((local, remote), (remote, local)):
        assert len(merge(base, *sides).conflicts) == 1


def test_a_line_that_both_sides_moved_does_not_come_twice_beside_a_conflict() -> None:
    line = "special_line = compute_it()"
    first, second, third = "start(1)\nrate = 0.1\nend(2)", "two(1)\ntwo(2)", "three(1)\nthree(2)"
    base = nb(f"{first}\n{line}", second, third)
    local = nb(first.replace("0.1", "0.2"), f"{line}\n{second}", third)
    remote = nb(first.replace("0.1", "0.3"), second, f"{third}\n{line}")
    for sides in ((local, remote), (remote, local)):
        assert len(merge(base, *sides).conflicts) == 2


ONE, TWO, THREE = (f"{name} = compute_{name}({name}s, limit=9)" for name in ("one", "two", "three"))


@pytest.mark.parametrize(
    ("base", "local", "remote"),
    [
        ((LOAD, f"{ONE}\n{TWO}", THREE), (LOAD, ONE, THREE), (LOAD, ONE, f"{TWO}\n{THREE}")),
        ((LOAD, ONE, f"{TWO}\n{THREE}"), (LOAD, f"{ONE}\n{TWO}", THREE), (LOAD, ONE, THREE)),
        ((ONE, LOAD, AREA, NORMAL), (LOAD, AREA, f"{NORMAL}\n{ONE}"), (LOAD, AREA, NORMAL)),
        ((f"{ONE}\n{TWO}\n{THREE}",), (f"{ONE}\n{THREE}",), (f"{TWO}\n{ONE}\n{THREE}",)),
        (
            (ONE, "x = 82", f"{TWO}\n{THREE}"),
            (ONE, f"x = 82\n{TWO}", THREE),
            (ONE, f"{TWO}\n{THREE}"),
        ),
    ],
)
def test_a_line_that_one_side_deleted_and_the_other_moved_is_a_conflict(
    base: tuple[str, ...], local: tuple[str, ...], remote: tuple[str, ...]
) -> None:
    three = nb(*base), nb(*local), nb(*remote)
    assert len(merge(*three).conflicts) == 1
    assert len(merge(three[0], three[2], three[1]).conflicts) == 1


def test_new_cells_that_have_only_one_of_several_lines_in_common_are_a_conflict() -> None:
    line = "## The meadow and the maple, part 42"
    local = nb(LOAD, markdown(f"{line}\n- maple: see the maple"), AREA)
    remote = nb(LOAD, markdown(f"In step 44 the stone is left.\n{line}"), AREA)
    for old in ((), (markdown("- river: see the winter"),)):
        assert len(merge(nb(LOAD, *old, AREA), local, remote).conflicts) == 1


def test_a_line_that_stood_before_may_be_put_into_two_other_cells() -> None:
    line = "fig = plt.figure(figsize=(10, 4))"
    base, local = (
        nb(f"{line}\nf(1)", AREA, NORMAL),
        nb(f"{line}\nf(1)", f"{line}\ng(2)", AREA, NORMAL),
    )
    remote = nb(f"{line}\nf(1)", AREA, NORMAL, f"{line}\nbars(3, 4, 5)")
    assert not merge(base, local, remote).conflicts


def test_where_ids_hold_a_cell_of_another_id_is_no_edit_of_one_that_both_dropped() -> None:
    show, steps = "plt.show()", [(f"step_{n} = {n} + {n * 7}", f"step-{n}") for n in range(4)]
    new = f"river = scale(9)\nriver.join(158)\n{show}\nmaple = load(river, 3)\nmaple.sort(7)"
    other = "cloud.join(meadow)"
    base = [*steps, (show, "a"), (LOAD, "b"), (show, "c"), (AREA, "d"), (show, "e")]
    local = [*steps, (show, "a"), (LOAD, "b"), (new, "f"), (AREA, "d"), (show, "e")]
    remote = [*steps, (show, "a"), (LOAD, "b"), (AREA, "d"), (other, "g"), (show, "e")]
    three = (nb(*(code(text, id=name) for text, name in side)) for side in (base, local, remote))
    assert sources(*three)[4:] == [show, LOAD, new, AREA, other, show]


def test_what_is_one_cell_by_its_place_alone_is_a_conflict() -> None:
    new = "print('meadow', maple.load())\nplt.show()\norbit = clean(cloud)\norbit.sort(9)"
    for old in ("plt.show()", "total = sum(row)"):
        base = nb(LOAD, AREA, old, NORMAL)
        result = merge(
            base, nb(LOAD, AREA, "sea = load(river)", NORMAL), nb(LOAD, AREA, new, NORMAL)
        )
        assert len(result.conflicts) == 1
        result = merge(
            base, nb(LOAD, "sea = load(river)", AREA, NORMAL), nb(LOAD, AREA, new, NORMAL)
        )
        assert len(result.conflicts) == 1 or old not in new


def test_a_line_is_not_merged_by_words_with_one_of_a_much_longer_cell() -> None:
    line = "In step {} the canvas is compared with every {} of the year."
    base = nb(LOAD, markdown(line.format(54, "river")), AREA)
    local = nb(LOAD, markdown(f"{line.format(54, 'river')} And more."), AREA)
    long = "\n".join(["## The cloud", line.format(77, "river"), "- signal: see it", "- maple: no"])
    assert len(merge(base, local, nb(LOAD, markdown(long), AREA)).conflicts) == 1


def test_fewer_lines_of_which_none_is_the_same_may_be_another_cell() -> None:
    base = nb(LOAD, "print('orbit', cloud)\nwinter = trace('data/meadow.csv', limit=240)", AREA)
    local = nb(LOAD, "autumn = join('data/harbor.csv', limit=760)", AREA)
    remote = nb(LOAD, "harbor.join(winter)\nwinter = trace('data/meadow.csv', limit=240)", AREA)
    for sides in ((local, remote), (remote, local)):
        (conflict,) = merge(base, *sides).conflicts
        assert conflict.hunks == 1


def test_a_cell_rewritten_where_the_other_side_put_a_cell_of_another_type_is_a_conflict() -> None:
    base = nb(LOAD, markdown("## The winter, part 34"), AREA)
    local, remote = (
        nb(LOAD, markdown("## A meadow by the sea"), AREA),
        nb(LOAD, "new = 1 / 3", AREA),
    )
    assert len(merge(base, local, remote).conflicts) == 1
    assert len(merge(base, remote, local).conflicts) == 1


def test_a_cell_that_was_rewritten_in_place_has_its_metadata_still() -> None:
    old = {**code("stone = scale('stone.csv')"), "metadata": {"tags": ["figure"]}}
    new = {**code("assert len(winter) == 180"), "metadata": {"tags": ["figure"]}}
    base, remote = nb(LOAD, old, AREA), nb(LOAD, AREA)
    assert len(merge(base, nb(LOAD, new, AREA), remote).conflicts) == 1
    assert not merge(base, nb(LOAD, "assert len(winter) == 180", AREA), remote).conflicts


def test_what_both_sides_edited_alike_goes_where_one_of_them_moved_it() -> None:
    old, new = "assert len(sun) == 99\norbit.trace(35)", "assert len(sun) == 99\nmaple = scale('a')"
    base, local = nb(LOAD, old, AREA, NORMAL), nb(LOAD, new, AREA, NORMAL)
    assert sources(base, local, nb(LOAD, AREA, new, NORMAL)) == [LOAD, AREA, new, NORMAL]


def test_what_both_added_behind_a_cell_goes_where_a_side_moved_that_cell() -> None:
    base = nb(LOAD, "show()", AREA, NORMAL)
    local = nb(LOAD, "show()", "new = 1 / 3", AREA, NORMAL)
    remote = nb(LOAD, AREA, "show()", "new = 1 / 3", NORMAL)
    assert sources(base, local, remote) == [LOAD, AREA, "show()", "new = 1 / 3", NORMAL]


def test_of_equal_cells_one_that_each_side_dropped_goes_whichever_they_are_paired_with() -> None:
    base, local = nb(LOAD, "show()", AREA, "show()", NORMAL), nb(LOAD, "show()", "show()", NORMAL)
    assert sources(base, local, nb(LOAD, AREA, "show()", NORMAL)) == [LOAD, "show()", NORMAL]


@pytest.mark.parametrize("beside", [NORMAL, "import json"])
def test_a_cell_that_both_sides_rewrote_is_a_conflict_beside_a_new_cell(beside: str) -> None:
    base, remote = nb(LOAD, "old = 1 / 3", AREA), nb(LOAD, "assert total == 255", AREA)
    for local in (nb(LOAD, beside, "first(x)[0]", AREA), nb(LOAD, "first(x)[0]", beside, AREA)):
        result = merge(base, local, remote)
        assert len(result.conflicts) == len(merge(base, remote, local).conflicts) == 1
        text = "\n".join(cell.source for cell in result.notebook.cells)
        assert all(line in text for line in ("first(x)[0]", "assert total == 255", beside))


def test_a_cell_replaced_by_both_where_a_side_dropped_the_one_before_is_a_conflict() -> None:
    base = nb(LOAD, AREA, "old = 1 / 3", NORMAL)
    local, remote = nb(LOAD, AREA, "first(x)[0]", NORMAL), nb(LOAD, "assert total == 255", NORMAL)
    assert len(merge(base, local, remote).conflicts) == 1


def test_a_new_cell_that_is_like_a_line_of_another_one_is_no_part_of_it() -> None:
    line = "In step {} the {} is compared with every {} of the year."
    old, kept = line.format(34, "maple", "signal"), "- signal 36: see the river"
    new = line.format(117, "harbor", "stone")
    base, remote = nb(LOAD, markdown(f"{old}\n{kept}")), nb(LOAD, markdown(new), markdown(kept))
    local = nb(LOAD, {**markdown(f"{old}\n{kept}"), "metadata": {"mine": 1}})
    found = merge(base, local, remote)
    assert [cell.metadata for cell in found.notebook.cells] == [{}, {}, {"mine": 1}]


def test_a_moved_half_of_a_split_keeps_its_type() -> None:
    first, second = (
        "# First\n\nAll about rain.\nAnd about snow.",
        "x = load(1)\ny = x + 1\nz = y * 2",
    )
    base = nb(markdown(first), second, LOAD)
    local = nb(markdown("# First\n"), "new = 1 / 3", markdown("All about rain.\nAnd about snow."),
               second, LOAD)  # fmt: skip
    remote = nb(LOAD, second, markdown(f"{first}\nMore."))
    for result in (merge(base, local, remote), merge(base, remote, local)):
        for cell in result.notebook.cells:
            assert (cell.cell_type == "markdown") == ("rain" in cell.source or "#" in cell.source)


def test_a_short_cell_that_a_side_moved_is_one_cell_if_its_id_says_so() -> None:
    def cells(*names: str) -> list[dict[str, Any]]:
        texts = {"a": "show()", "b": "show()", "c": LOAD, "d": AREA}
        return [{**code(texts[name]), "id": name} for name in names]

    base, local = nb(*cells("a", "c", "b", "d")), nb(*cells("a", "b", "c", "d"))
    remote = nb(*cells("a", "c", "b"), {**code(f"{AREA}\nnew = 1"), "id": "d"})
    ids = [cell.id for cell in merge(base, local, remote).notebook.cells]
    assert ids == ["a", "b", "c", "d"]


def test_a_short_cell_that_both_rewrote_and_one_moved_is_one_cell_if_its_id_says_so() -> None:
    def cells(names: str, **texts: str) -> list[dict[str, Any]]:
        known = {"a": LOAD, "b": AREA, "c": NORMAL, "d": "x = 1"}
        return [{**code({**known, **texts}[name]), "id": name} for name in names]

    base, local = nb(*cells("adbc")), nb(*cells("adbc", d="rows = split(rows, 7)"))
    remote = nb(*cells("abdc", d="assert len(rows) == 34"))
    assert len(merge(base, local, remote).conflicts) == 1
    assert len(merge(base, remote, local).conflicts) == 1


def test_cells_that_are_alike_by_their_words_alone_are_not_merged_by_words() -> None:
    old = [f"copper_{n} = scale('data/signal_{n}.csv', limit={n}0)" for n in (33, 36, 38, 41)]
    new = [f"lantern_{n} = scale('data/river_{n}.csv', limit={n}0)" for n in (67, 69, 71, 73)]
    base, remote = nb(LOAD, "\n".join(old), AREA), nb(LOAD, "\n".join(new), AREA)
    local = nb(LOAD, "\n".join([*old[:3], f"{old[3]}; keep = 1"]), AREA)
    assert merge(base, local, remote).conflicts
    line = "In step {} the {} is compared with every {} of the year."
    first = markdown(line.format(3, "orbit", "canvas"))
    base, remote = (
        nb(first, LOAD, AREA),
        nb(LOAD, markdown(line.format(98, "orbit", "meadow")), AREA),
    )
    local = nb(markdown(f"{first['source']} Not the last."), LOAD, AREA)
    assert merge(base, local, remote).conflicts


def test_of_two_equal_cells_each_side_dropped_one_and_moved_the_other() -> None:
    base, local = nb("show()", LOAD, AREA, NORMAL, "show()"), nb("show()", LOAD, AREA, NORMAL)
    remote = nb(LOAD, AREA, "show()", f"{NORMAL}\nsave()")
    for sides in ((local, remote), (remote, local)):
        result = merge(base, *sides)
        assert len(result.conflicts) == 1
        assert "show()" in result.notebook.cells[result.conflicts[0].cell].source
