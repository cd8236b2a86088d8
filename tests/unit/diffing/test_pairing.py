"""Which cell became which, step by step: what each step pairs, and what it leaves."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

import nbvc
from nbvc.diffing.pairing import align
from nbvc.diffing.pairing.alike import Profile, compare_profiles
from nbvc.sequence import find_matches
from tests.making import code, markdown, notebook, stream

if TYPE_CHECKING:
    from collections.abc import Callable

Cell = dict[str, Any]

LOAD = "import numpy as np\nimport pandas as pd\ndata = pd.read_csv('rain.csv')\ndata.head(12)"
PLOT = "fig, ax = plt.subplots()\nax.plot(data.year, data.rain)\nax.set_ylabel('mm')"
TEXT = "# Rain in the valley\n\nEvery station since 1900, by month."
FIT = "model = LinearRegression()\nmodel.fit(data[['year']], data.rain)\nprint(model.coef_)"
EIGHT = [f"step_{n} = transform_{n}(data, {n * 37})" for n in range(8)]
FIRST, SECOND = "\n".join(EIGHT[:4]), "\n".join(EIGHT[4:])
WHOLE = f"{FIRST}\n{SECOND}"
STEPS = [f"result_{n} = compute_{n}({n * 91}, data)\nprint(result_{n})" for n in range(12)]
HEAD = "print('a line of its own')"
JAPANESE = "毎年の降水量を谷のすべての観測所で比較し平均からの偏差を月ごとに示す図である"


def links(before: list[Cell], after: list[Cell]) -> list[tuple[Any, ...]]:
    minor = 5 if any("id" in cell for cell in (*before, *after)) else 4
    one, other = (nbvc.Notebook.from_dict(notebook(*s, minor=minor)) for s in (before, after))
    found = align(one.cells, other.cells)
    assert sorted(i for link in found for i in link.before) == [*range(len(before))]
    assert sorted(j for link in found for j in link.after) == [*range(len(after))]
    return [(link.before, link.after, *(["moved"] if link.moved else [])) for link in found]


def cells(*sources: str) -> list[Cell]:
    return [code(source) for source in sources]


def named(*pairs: tuple[str, str]) -> list[Cell]:
    return [code(source, id=name) for name, source in pairs]


TABLE: dict[str, tuple[list[Cell], list[Cell], list[tuple[Any, ...]]]] = {
    "equal ones that are left in other gaps": (
        cells("show()", LOAD, "show()", PLOT),
        cells(LOAD, PLOT, "show()", "show()"),
        [((1,), (0,)), ((3,), (1,)), ((0,), (2,), "moved"), ((2,), (3,), "moved")],
    ),
    "more equal ones than a line may have cells, left in other gaps": (
        [*cells(*["show()"] * 10), *cells(*STEPS)],
        [*cells(*STEPS), *cells(*["show()"] * 10)],
        [
            *(((n + 10,), (n,)) for n in range(12)),
            *(((n,), (n + 12,), "moved") for n in range(10)),
        ],
    ),
    "one of several equal ones went": (
        cells("show()", LOAD, "show()", PLOT),
        cells(LOAD, PLOT, "show()"),
        [((0,), ()), ((1,), (0,)), ((3,), (1,)), ((2,), (2,), "moved")],
    ),
    "empty cells are nobody's": (
        cells("", LOAD, PLOT),
        cells(LOAD, PLOT, ""),
        [((0,), ()), ((1,), (0,)), ((2,), (1,)), ((), (2,))],
    ),
    "equal sources of two types": (
        [code("# Rain"), code(LOAD)],
        [code(LOAD), markdown("# Rain")],
        [((1,), (0,)), ((0,), (1,), "moved")],
    ),
    "short and equal by chance, its id in another cell": (
        named(("a", LOAD), ("b", "df.head()"), ("c", PLOT)),
        named(("a", LOAD), ("b", "df.tail()"), ("c", PLOT), ("d", "df.head()")),
        [((0,), (0,)), ((1,), (1,)), ((2,), (2,)), ((), (3,))],
    ),
    "short, equal, and another cell by its id": (
        named(("a", LOAD), ("b", "df.head()"), ("c", PLOT)),
        named(("a", LOAD), ("c", PLOT), ("d", "df.head()")),
        [((0,), (0,)), ((1,), ()), ((2,), (1,)), ((), (2,))],
    ),
    "short, equal and at the same place, under a new id": (
        named(("a", LOAD), ("b", "df.head()"), ("c", PLOT)),
        named(("a", LOAD), ("d", "df.head()"), ("c", PLOT)),
        [((0,), (0,)), ((1,), (1,)), ((2,), (2,))],
    ),
    "ids that were exchanged": (
        named(("a", LOAD), ("b", "df.head()"), ("c", "df.tail()"), ("d", PLOT), ("e", FIT)),
        named(("a", LOAD), ("c", "df.head()"), ("b", "df.tail()"), ("d", PLOT), ("e", FIT)),
        [((n,), (n,)) for n in range(5)],
    ),
    "rewritten altogether, while all ids held": (
        named(("a", LOAD), ("b", "raise NotImplementedError()"), ("c", PLOT), ("d", FIT)),
        named(("d", FIT), ("a", LOAD), ("c", PLOT), ("b", "def area(r):\n    return r ** 2")),
        [((3,), (0,), "moved"), ((0,), (1,)), ((2,), (2,)), ((1,), (3,), "moved")],
    ),
    "another type and a word": (
        cells(LOAD, "# Rain in the valley\nby month", PLOT),
        [code(LOAD), markdown("# Rain in the valley\nby year"), code(PLOT)],
        [((0,), (0,)), ((1,), (1,)), ((2,), (2,))],
    ),
    "one line that moved, with a word changed": (
        cells("import os", "rain = load('rain.csv')", "total = sum(rain)", "print(total)"),
        cells("import os", "total = sum(rain)", "print(total)", "rain = load('rain_2.csv')"),
        [((0,), (0,)), ((2,), (1,)), ((3,), (2,)), ((1,), (3,), "moved")],
    ),
    "what was edited moved past what was not": (
        cells("import os", "rain = load('rain.csv')", "total = sum(rain)", "print(total)"),
        cells("rain = load('rain_2.csv')", "import os", "total = sum(rain)", "print(total)"),
        [((1,), (0,), "moved"), ((0,), (1,)), ((2,), (2,)), ((3,), (3,))],
    ),
    "a split with a cell between the parts": (
        cells(HEAD, f"{LOAD}\n\n{PLOT}", TEXT),
        cells(HEAD, LOAD, FIT, PLOT, TEXT),
        [((0,), (0,)), ((1,), (1, 3)), ((), (2,)), ((2,), (4,))],
    ),
    "a split with a cell between the parts, and an edit in each": (
        cells(HEAD, WHOLE, PLOT),
        cells(HEAD, f"{FIRST}\nprint(1)", FIT, f"print(2)\n{SECOND}", PLOT),
        [((0,), (0,)), ((1,), (1, 3)), ((), (2,)), ((2,), (4,))],
    ),
    "a join of cells from between which one moved": (
        cells(HEAD, LOAD, FIT, PLOT, TEXT),
        cells(HEAD, FIT, f"{LOAD}\n{PLOT}", TEXT),
        [((0,), (0,)), ((2,), (1,), "moved"), ((1, 3), (2,)), ((4,), (3,))],
    ),
    "a repeated cell elsewhere is no part": (
        cells("show()", LOAD, f"{PLOT}\nshow()", FIT, "show()"),
        cells("show()", LOAD, PLOT, FIT, "show()"),
        [((n,), (n,)) for n in range(5)],
    ),
    "an adapted copy before its original": (
        cells(HEAD, LOAD, TEXT),
        cells(
            HEAD, LOAD.replace("rain", "snow").replace("12", "3"), LOAD.replace("12", "20"), TEXT
        ),
        [((0,), (0,)), ((), (1,)), ((1,), (2,)), ((2,), (3,))],
    ),
    "one of many equal cells went, and all around were edited": (
        cells(*(x for n in "abc" for x in (f"fig = draw({n}, 'bar')\ntitle('{n}')", "show()"))),
        cells(
            "fig = draw(a, 'line', 3)\ntitle('a')",
            *(x for n in "bc" for x in (f"fig = draw({n}, 'line', 3)\ntitle('{n}')", "show()")),
        ),
        [((0,), (0,)), ((1,), ()), *(((n,), (n - 1,)) for n in range(2, 6))],
    ),
    "equal cells that their outputs tell apart": (
        [code(LOAD), code("show()", [stream("1")]), code(PLOT), code("show()", [stream("2")])],
        [code(LOAD), *(code("show()", [stream(n)]) for n in "31"), code("show()", [stream("2")])],
        [((0,), (0,)), ((), (1,)), ((1,), (2,)), ((2,), ()), ((3,), (3,))],
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_which_cell_became_which(name: str) -> None:
    before, after, wanted = TABLE[name]
    assert links(before, after) == wanted


def test_of_similar_cells_equal_outputs_decide() -> None:
    before = [code("first(1)\nsecond(2)\nthird(3)\nfourth(4)", [stream("one")])]
    source = "first(1)\nsecond(2)\nother(5)\nmore(6)"
    other = [code(source, [stream(text)]) for text in ("two", "one")]
    assert links(before, other) == [((), (0,)), ((0,), (1,))]
    assert links(before, other[::-1]) == [((0,), (0,)), ((), (1,))]


def test_blank_cells_pair_in_order_however_they_are_written() -> None:
    before = [code("", metadata={"tags": {}}), code("\r", metadata={"tags": []})]
    after = [{**before[0], "source": []}, {**before[1], "source": ["\r"]}]
    one, other = (nbvc.read(json.dumps(notebook(*cells)).encode()) for cells in (before, after))
    assert not nbvc.diff(one, other).changed


def test_in_a_long_gap_only_what_is_near_or_shares_a_line_is_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count = 120
    before = cells(*(f"value_{n} = {n}\nother_{n} = [{n * n}]\nprint({n})" for n in range(count)))
    changed = [
        code(cell["source"].replace("print", "show").replace("other", f"more_{n % 7}"))
        for n, cell in enumerate(before)
    ]
    compared: list[None] = []
    real = compare_profiles

    def counted(*given: Any, **more: Any) -> float:
        compared.append(None)
        return real(*given, **more)

    monkeypatch.setattr("nbvc.diffing.pairing.evidence.compare_profiles", counted)
    found = links(before, changed)
    assert found == [((n,), (n,)) for n in range(count)]
    links(before, [*changed[60:], *changed[:60]])
    assert count < len(compared) < 40 * count < count * count


TOOLS: list[dict[str, Any]] = [
    {"id": "NAME"},
    {"nbgrader": {"grade_id": "NAME", "points": 1}},
    {"application/vnd.databricks.v1+cell": {"nuid": "NAME"}},
    {"azdata_cell_guid": "NAME"},
]


def called(source: str, metadata: dict[str, Any], name: str) -> Cell:
    text = json.dumps(metadata).replace("NAME", name)
    return {**code(source), "metadata": json.loads(text)}


@pytest.mark.parametrize("metadata", TOOLS)
def test_ids_of_tools_stand_in_for_cell_ids(metadata: dict[str, Any]) -> None:
    before = [code(HEAD), *(called("show()", metadata, name) for name in "abc")]
    after = [code(HEAD), *(called("show()", metadata, name) for name in "nabc")]
    after[-1]["execution_count"] = 7
    assert links(before, after)[1:] == [((), (1,)), *(((n,), (n + 1,)) for n in (1, 2, 3))]


def test_ids_of_tools_that_were_renewed_say_nothing() -> None:
    before = [called(step, TOOLS[3], f"old-{n}") for n, step in enumerate(STEPS)]
    after = [called(step, TOOLS[3], f"old-{n + 1}") for n, step in enumerate(STEPS)]
    after[4]["source"] = after[4]["source"].replace("data", "rows")
    assert links(before, after) == [((n,), (n,)) for n in range(len(STEPS))]


def test_names_that_edited_cells_kept_hold_for_one_that_was_rewritten() -> None:
    before = named(("a", LOAD), ("b", FIRST), ("c", TEXT), ("d", PLOT), ("e", FIT))
    new = "assert len(everything_that_was_measured_in_the_valley) == 192"
    after = named(("a", f"{LOAD}\nnew"), ("b", new), ("d", PLOT), ("e", f"{FIT}\nnew"))
    assert links(before, after)[1] == ((1,), (1,))
    after[2]["id"] = "f"
    assert ((1,), (1,)) not in links(before, after)


def test_a_name_is_not_believed_if_its_text_was_cut_off_into_the_next_cell() -> None:
    before = named(("a", LOAD), ("b", FIRST), ("c", TEXT), ("d", PLOT))
    after = named(("a", LOAD), ("b", FIT), ("e", f"{FIRST}\nnew"), ("c", TEXT), ("d", PLOT))
    assert links(before, after)[1:3] == [((), (1,)), ((1,), (2,))]


def test_two_lines_that_are_the_same_say_more_than_words() -> None:
    line = "In step {} the {} is compared with every {} of the year."
    same = "- lantern: see the canvas\n- cloud: see the winter"
    old = markdown(f"{line.format(56, 'winter', 'river')}\n{same}")
    new = markdown(f"- winter 86: see the meadow\n{same}")
    other = f"{line.format(114, 'maple', 'canvas')}\n- stone: see the harbor\n- sea: see the cloud"
    assert links([code(LOAD), old, code(FIT)], [code(LOAD), new, markdown(other), code(FIT)]) == [
        ((0,), (0,)), ((1,), (1,)), ((), (2,)), ((2,), (3,)),
    ]  # fmt: skip


def test_a_short_cell_elsewhere_is_no_part_of_a_join() -> None:
    before = cells(PLOT, LOAD, FIT, "plt.show()", FIRST)
    after = cells(f"{PLOT}\nplt.show()", LOAD, FIT, FIRST)
    assert links(before, after) == [
        ((0,), (0,)), ((1,), (1,)), ((2,), (2,)), ((3,), ()), ((4,), (3,)),
    ]  # fmt: skip
    (join, *_) = links(cells(PLOT, "plt.show()", FIRST), cells(f"{PLOT}\nplt.show()", FIRST))
    assert join == ((0, 1), (0,))


def test_a_cell_whose_only_line_is_in_another_one_grew() -> None:
    line = "- orbit: see the copper"
    like = "In step {} the {} is compared with every {} of the year."
    gone = markdown(
        f"- maple: see the stone\n{like.format(27, 'orbit', 'sea')}\n- sea: see the river"
    )
    grown = markdown(f"- sea: see the stone\n{like.format(128, 'river', 'stone')}\n{line}")
    assert links([gone, code(LOAD), markdown(line), code(FIT)], [code(LOAD), grown, code(FIT)]) == [
        ((0,), ()),
        ((1,), (0,)),
        ((2,), (1,)),
        ((3,), (2,)),
    ]


def test_of_a_long_block_of_equal_cells_the_one_that_went_is_told_by_its_outputs() -> None:
    row = [code("show()", outputs=[stream(f"{n}\n")]) for n in range(90)]
    for gone in (0, 40, 89):
        found = links(
            [code("a = 1"), *row, code("b = 2")], [code("a = 3"), *row[:gone], *row[gone + 1 :]]
        )
        assert ((gone + 1,), ()) in found
        assert sum(len(link[1]) for link in found) == 90


def test_a_split_after_a_similar_cell_that_went() -> None:
    one, two, three = (f"ax{n} = fig.add_subplot(2, 2, {n})" for n in (1, 2, 3))
    before, after = cells(HEAD, one, f"{two}\n{three}", LOAD), cells(HEAD, two, three, PLOT)
    assert ((2,), (1, 2)) in links(before, after)


def test_a_series_that_moved_on_by_one_is_not_paired_by_place() -> None:
    def series(start: int, color: str) -> list[Cell]:
        names = [f"station_{n}" for n in range(start, start + 5)]
        return cells(*(f"draw({name}, color='{color}', label='{name}')\nshow()" for name in names))

    found = links(series(0, "red"), series(1, "blue"))
    assert found[:4] == [((n + 1,), (n,)) for n in range(4)]


@pytest.mark.parametrize("name", TABLE)
def test_the_same_cells_pair_either_way(name: str) -> None:
    before, after, _ = TABLE[name]
    there = {(one[0], one[1]) for one in links(before, after)}
    back = {(one[1], one[0]) for one in links(after, before)}
    assert there == back


SHAPES: dict[str, Callable[[int], tuple[list[str], ...]]] = {
    "all differ": lambda n: tuple(
        [f"{side}{k} = {side * 3}_{k}({k * 7})\n{side}_{k * 3}()" for k in range(n)]
        for side in "xy"
    ),
    "all equal": lambda n: (["show()"] * n, ["first()", *["show()"] * (n - 5), "last()"]),
    "all similar": lambda n: tuple(
        [f"value = compute({k})\nsave(value)" for k in range(start, start + n)] for start in (0, n)
    ),
    "reversed": lambda n: (
        [f"value_{k} = compute({k})" for k in range(n)],
        [f"value_{k} = compute({k}, 2)" for k in reversed(range(n))],
    ),
    "edited in place": lambda n: tuple(
        [f"value_{k} = compute({k})\nsave(value_{k}, {mode})" for k in range(n)] for mode in "rw"
    ),
    "blocks": lambda n: (
        ["a", "b", "c"] * (n // 3) + ["x"],
        ["y", "b", "c", *["a", "b", "c"] * (n // 3)],
    ),
    "all begin alike": lambda n: (
        ["import numpy" + "\nx" * (k % 5) for k in range(n)],
        ["import numpy", "import numpy\ny"] * (n // 2),
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_work_grows_with_the_number_of_cells(name: str) -> None:
    def count_calls(size: int) -> int:
        before, after = (cells(*side) for side in SHAPES[name](size))
        one, other = (nbvc.Notebook.from_dict(notebook(*side, minor=4)) for side in (before, after))
        calls = 0

        def count(*_: object) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count)
        try:
            align(one.cells, other.cells)
        finally:
            sys.setprofile(None)
        return calls

    assert count_calls(800) < 2.3 * count_calls(400)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("", "", 1.0, 1.0),
        ("a b", "a  b", 0.99, 1.0),
        (LOAD, LOAD.replace("12", "20"), 0.75, 0.99),
        (LOAD, PLOT, 0.0, 0.3),
        ("x" * 5000, "y" * 5000, 0.0, 0.0),
        # A long line is in no two cells by chance, also without spaces.
        (JAPANESE, "\n".join([JAPANESE, *(f"- 項目{n}" for n in range(6))]), 0.7, 0.99),
    ],
)
def test_how_alike_two_sources_are(one: str, other: str, low: float, high: float) -> None:
    for pair in ((one, other), (other, one)):
        assert (
            low <= compare_profiles(*(Profile("code", text) for text in pair), at_least=0) <= high
        )


def test_the_order_of_equal_cells_is_kept_wherever_it_can_be() -> None:
    assert find_matches(["a", "a", "b"], ["b", "a", "a"]) == [(0, 1), (1, 2)]
    found = links(cells("a()", "a()", LOAD), cells(LOAD, "a()", "a()"))
    assert [(i, j) for (i,), (j,), *_ in found] == [(2, 0), (0, 1), (1, 2)]


def test_two_cells_that_are_closer_to_one_in_two_ways_are_no_error() -> None:
    one = code("linea = f(0)\nlineb = f(1)\n\nlinea = f(1)\nlineb = f(0)")
    others = [code("linea = f(0)\nlinea = f(1)\nlineb = f(0)\nlinec = f(0)"),
              code("linea = f(0)\nlineb = f(1)\n")]  # fmt: skip
    before, after = (nbvc.Notebook.from_dict(notebook(*cells)) for cells in ([one], others))
    assert len(nbvc.diff(before, after).cells) == 2


def test_a_cell_that_has_all_lines_of_an_old_one_and_more_is_that_cell() -> None:
    line = "In step {} the {} is compared with every {} of the year."
    kept = markdown("## The signal and the signal, part 80\n- canvas 82: see the winter")
    gone = markdown("\n".join(line.format(n, "signal", "river") for n in (85, 89, 93)))
    new = [line.format(n, "meadow", "harbor") for n in (162, 164, 166)]
    longer = markdown("\n".join([*new, kept["source"]]))
    before, after = (
        nbvc.Notebook.from_dict(notebook(code("import os"), *cells, code("draw(rows)")))
        for cells in ([kept, gone], [longer])
    )
    changes = [(one.change.value, one.before) for one in nbvc.diff(before, after).cells]
    assert changes[1:3] == [("modified", (1,)), ("removed", (2,))]


def test_a_heading_with_text_added_below_it_is_no_other_heading() -> None:
    head, text = "## The signal and the canvas, part 34", "In step {} the maple is met every year."
    before = [markdown(head), markdown(text.format(64))]
    longer = (
        f"{head}\n- meadow 39: see the signal\n{text.format(41)} And with every other orbit, too."
    )
    after = [markdown(longer), markdown("## The meadow and the maple, part 63")]
    assert links(before, after)[0] == ((0,), (0,))


@pytest.mark.parametrize("template", ["assert len({}) == {}", "- {}: see {}", "{} = clean({})"])
@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_a_cell_is_where_its_line_is_and_not_where_another_looks_like_it(
    template: str, count: int
) -> None:
    line, other = template.format("rain_21", "sun"), template.format("snow_9", "moon")
    more = [f"cloud_{n} = scale(meadow_{n + 50}, mode='orbit')" for n in range(count)]
    for new in (code("\n".join([line, *more])), code("\n".join([*more, line]))):
        for at, pair in enumerate(([new, code(other)], [code(other), new])):
            after = cells(PLOT) + pair + cells(FIT)
            assert ((1,), (1 + at,)) in links(cells(PLOT, line, FIT), after)


def test_a_cell_that_kept_a_line_of_its_own_is_that_cell_though_others_look_alike() -> None:
    line = "In step {} the {} is compared with every {} of the year."
    gone = [line.format(n, *words) for n, words in enumerate([("maple", "stone"), ("sun", "moon")])]
    new = [
        line.format(n, *words) for n, words in enumerate([("cloud", "orbit"), ("sun", "sea")], 6)
    ]
    kept = "stone.split(cloud_22)  # step 22\n"
    before = [
        markdown("\n".join(gone)),
        code(f"{kept}assert len(signal_24) == 72"),
        code("a = 1\nb()"),
    ]
    after = [code(f"{kept}river_51 = count('meadow', 5)"), markdown("\n".join(new))]
    assert ((1,), (0,)) in [link[:2] for link in links(before, after)]
