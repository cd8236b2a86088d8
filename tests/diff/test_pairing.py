"""Which cell became which, step by step: what each step pairs, and what it leaves."""

from __future__ import annotations

from typing import Any

import pytest

import nbvc
from nbvc.diff.pairing import align
from nbvc.diff.pairing.alike import Profile, alike
from nbvc.sequence import matches
from tests.making import code, markdown, notebook, stream

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
    "short, and equal to nothing else": (
        named(("a", LOAD), ("b", "df.head()"), ("c", PLOT)),
        named(("a", LOAD), ("c", PLOT), ("d", "df.head()")),
        [((0,), (0,)), ((2,), (1,)), ((1,), (2,), "moved")],
    ),
    "short, and with its id": (
        named(("a", LOAD), ("b", "df.head()"), ("c", PLOT)),
        named(("a", LOAD), ("c", PLOT), ("b", "df.head()")),
        [((0,), (0,)), ((2,), (1,)), ((1,), (2,), "moved")],
    ),
    "an id that kept its cell through a change of type": (
        [*named(("a", LOAD), ("b", PLOT)), code(TEXT, id="c")],
        [markdown(f"{TEXT} All of it.", id="c"), *named(("a", LOAD), ("b", PLOT))],
        [((2,), (0,), "moved"), ((0,), (1,)), ((1,), (2,))],
    ),
    "an id that was given to another cell of another type": (
        [*named(("a", LOAD), ("b", PLOT)), code(FIT, id="c")],
        [markdown(TEXT, id="c"), *named(("a", LOAD), ("b", PLOT))],
        [((), (0,)), ((0,), (1,)), ((1,), (2,)), ((2,), ())],
    ),
    "a split with edits in both parts": (
        cells(HEAD, WHOLE, PLOT),
        cells(HEAD, f"{FIRST}\nprint(1)", f"print(2)\n{SECOND}", PLOT),
        [((0,), (0,)), ((1,), (1, 2)), ((2,), (3,))],
    ),
    "a join with edits in both parts": (
        cells(HEAD, f"{FIRST}\nprint(1)", f"print(2)\n{SECOND}", PLOT),
        cells(HEAD, WHOLE, PLOT),
        [((0,), (0,)), ((1, 2), (1,)), ((3,), (2,))],
    ),
    "a split into three": (
        cells(f"{LOAD}\n\n{PLOT}\n\n{FIT}"),
        cells(LOAD, PLOT, FIT),
        [((0,), (0, 1, 2))],
    ),
    "text is no part of code": (
        cells(f"{LOAD}\n\n{PLOT}"),
        [code(LOAD), markdown(PLOT)],
        [((0,), (0,)), ((), (1,))],
    ),
    "one line for another in one place": (
        cells(LOAD, "x = 1", PLOT),
        cells(LOAD, "print('all of it')", PLOT),
        [((0,), (0,)), ((1,), (1,)), ((2,), (2,))],
    ),
    "ids speak against that": (
        named(("a", LOAD), ("b", "x = 1"), ("c", PLOT)),
        named(("a", LOAD), ("d", "print('all of it')"), ("c", PLOT)),
        [((0,), (0,)), ((1,), ()), ((), (1,)), ((2,), (2,))],
    ),
    "moved and edited": (
        cells(LOAD, FIT, PLOT, TEXT),
        cells(FIT, PLOT, TEXT, LOAD.replace("12", "20")),
        [((1,), (0,)), ((2,), (1,)), ((3,), (2,)), ((0,), (3,), "moved")],
    ),
    "of the same cells the longer stays": (
        cells("x = 1", LOAD),
        cells(LOAD, "x = 1"),
        [((1,), (0,)), ((0,), (1,), "moved")],
    ),
    "nothing in common": (cells(LOAD), [markdown(TEXT)], [((0,), ()), ((), (0,))]),
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
    real = alike

    def counted(*given: Any, **more: Any) -> float:
        compared.append(None)
        return real(*given, **more)

    monkeypatch.setitem(align.__globals__, "alike", counted)
    found = links(before, changed)
    assert found == [((n,), (n,)) for n in range(count)]
    links(before, [*changed[60:], *changed[:60]])
    assert count < len(compared) < 40 * count < count * count


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("", "", 1.0, 1.0),
        ("a b", "a  b", 0.99, 1.0),
        (LOAD, LOAD.replace("12", "20"), 0.75, 0.99),
        (LOAD, PLOT, 0.0, 0.3),
        ("x" * 5000, "y" * 5000, 0.0, 0.0),
    ],
)
def test_how_alike_two_sources_are(one: str, other: str, low: float, high: float) -> None:
    for pair in ((one, other), (other, one)):
        assert low <= alike(*(Profile("code", text) for text in pair), at_least=0) <= high


def test_the_order_of_equal_cells_is_kept_wherever_it_can_be() -> None:
    assert matches(["a", "a", "b"], ["b", "a", "a"]) == [(0, 1), (1, 2)]
    found = links(cells("a()", "a()", LOAD), cells(LOAD, "a()", "a()"))
    assert [(i, j) for (i,), (j,), *_ in found] == [(2, 0), (0, 1), (1, 2)]
