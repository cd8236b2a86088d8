"""Equal cells of which a side dropped some: one answer, or a person decides."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc import Notebook, merge
from tests.making import code, notebook

NAMES = {
    "x": "plt.show()",
    "A": "rows = load('a.csv')\nrows.head(3)",
    "B": "import numpy\nimport pandas",
    "C": "def area(width):\n    return width",
    "D": "from math import pi\nradius = 2 * pi",
    "E": "stations = rows.groupby('town')\nstations.mean()",
    "F": "stations.plot.bar(width=0.4)",
    "N": "total = sum(weights)\nprint(total)",
}


def nb(cells: str, ids: str = "") -> Notebook:
    made = [code(NAMES[name]) for name in cells]
    if ids:
        made = [{**cell, "id": f"cell-{name}"} for cell, name in zip(made, ids, strict=True)]
    return Notebook.from_dict(notebook(*made, minor=5 if ids else 4))


def merged(base: str, local: str, remote: str) -> str | None:
    """Return the names of the result's cells, None for a conflict."""
    result = merge(nb(base), nb(local), nb(remote))
    if result.conflicts:
        return None
    texts = {text: name for name, text in NAMES.items()}
    return "".join(texts[cell.source] for cell in result.notebook.cells)


@pytest.mark.parametrize(
    ("base", "local", "remote"),
    [
        ("AxBxC", "AxC", "ABxC"),  # There is one x or none.
        ("AxBxC", "AxC", "AxNBxC"),  # N stands before x or behind it.
    ],
)
def test_which_of_them_a_side_dropped_is_asked(base: str, local: str, remote: str) -> None:
    assert merged(base, local, remote) is merged(base, remote, local) is None
    result = merge(nb(base), nb(local), nb(remote))
    assert [one.deleted_by for one in result.conflicts] == ["local"]
    assert "it is unclear which" in str(result.decisions)


@pytest.mark.parametrize(
    ("base", "local", "remote", "wanted"),
    [
        ("AxBxC", "AxC", "NAxBxC", "NAxC"),  # Remote left what is between them.
        ("AxBxC", "AxC", "NAxC", "NAxC"),  # Both did the same.
        ("AxBxC", "AxC", "ABC", "AC"),  # None is left anyway.
        ("xxC", "xC", "NxC", "NxC"),
        ("xxC", "xC", "NxxC", "NxC"),
    ],
)
def test_where_it_makes_no_difference_nobody_is_asked(
    base: str, local: str, remote: str, wanted: str
) -> None:
    assert merged(base, local, remote) == merged(base, remote, local) == wanted


@pytest.mark.parametrize(
    ("base", "local", "remote"),
    [
        ("AxBxC", "AxBxNC", "ABxxNC"),  # Each side moved another one.
        ("AxBxC", "AxBC", "ABxC"),  # Each side dropped another one, or remote moved B.
    ],
)
def test_one_that_both_have_is_not_lost(base: str, local: str, remote: str) -> None:
    for one, other in ((local, remote), (remote, local)):
        result = merge(nb(base), nb(one), nb(other))
        shown = sum("plt.show()" in cell.source for cell in result.notebook.cells)
        assert shown == local.count("x")


def test_which_of_them_a_side_dropped_is_asked_if_the_other_changed_metadata_of_one() -> None:
    base, remote = nb("ADxBxC"), nb("ADxC")
    local = [code(NAMES[name]) for name in "ADxBxC"]
    for at in (2, 4):
        changed = [*local[:at], {**local[at], "metadata": {"tags": ["mine"]}}, *local[at + 1 :]]
        one = Notebook.from_dict(notebook(*changed, minor=4))
        for sides in ((one, remote), (remote, one)):
            assert len(merge(base, *sides).conflicts) == 1


@pytest.mark.parametrize(
    ("base", "local", "remote"),
    [
        (
            "AxBCDxEF",
            "ADxBEFC",
            "NABCDxEF",
        ),  # Both dropped one, and local moved B behind the other.
        ("ABCDxEF", "ABxDExxF", "ANBxCDxxEF"),  # Both added two, and local moved E before them.
    ],
)
def test_what_both_sides_have_equally_often_comes_so_if_a_cell_moved(
    base: str, local: str, remote: str
) -> None:
    for sides in ((local, remote), (remote, local)):
        found = merged(base, *sides)
        assert found is None or found.count("x") == local.count("x") == remote.count("x")


@pytest.mark.parametrize(("local", "remote"), [("ABNCD", "ACBD"), ("ABNCED", "ACBD")])
def test_where_a_new_cell_is_between_two_that_changed_places_is_asked(
    local: str, remote: str
) -> None:
    assert merged("ABCD", local, remote) is merged("ABCD", remote, local) is None
    result = merge(nb("ABCD"), nb(local), nb(remote))
    assert "remote changed the order around it" in str(result.decisions)
    assert len(result.conflicts) == 1


def test_a_new_cell_beside_a_move_has_its_place() -> None:
    assert merged("ABCD", "ABNCD", "BCAD") == merged("ABCD", "BCAD", "ABNCD") == "BNCAD"
    assert merged("ABCD", "ACNBD", "ABCDE") == "ACNBDE"  # Who moved them put it there.


def test_ids_leave_no_doubt() -> None:
    base, local, remote = nb("AxBxC", "12345"), nb("AxC", "125"), nb("ABxC", "1345")
    result = merge(base, local, remote)
    assert not result.conflicts
    assert [cell.id for cell in result.notebook.cells] == ["cell-1", "cell-5"]


def list_drops(base: str, side: str) -> list[set[int]]:
    """Return the sets of cells that may have been dropped from base."""
    places = range(len(base))
    return [
        set(drop)
        for drop in combinations(places, len(base) - len(side))
        if "".join(base[i] for i in places if i not in drop) == side
    ]


@given(st.sampled_from(["AxBxC", "xAxBx", "AxxBC", "xABxCx"]), st.data())
def test_an_answer_is_one_that_drops_of_both_explain(base: str, data: st.DataObject) -> None:
    keep = st.lists(st.booleans(), min_size=len(base), max_size=len(base))
    local, remote = (
        "".join(name for name, stays in zip(base, data.draw(keep), strict=True) if stays)
        for _ in range(2)
    )
    answers = {
        "".join(name for i, name in enumerate(base) if i not in one | other)
        for one, other in product(list_drops(base, local), list_drops(base, remote))
    }
    found = merged(base, local, remote)
    # What both have equally often may come that often.
    alike = found is not None and found.count("x") == local.count("x") == remote.count("x")
    assert alike or found in (*answers, None)
