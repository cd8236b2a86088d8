"""What holds for every merge, on notebooks that three people edited at random."""

from __future__ import annotations

import re
import warnings
from typing import Any

import nbformat
from hypothesis import assume, example, given
from hypothesis import strategies as st

from nbvc import Notebook, merge
from nbvc.merging import Action, DecisionPart, MergeResult
from nbvc.merging.markers import Take, find, settle
from tests.making import code, markdown, stream

LINES = [f"line{letter} = f({number})" for letter in "abcdef" for number in range(2)]
sources = st.lists(st.sampled_from(LINES), min_size=0, max_size=4).map("\n".join)
outputs = st.sampled_from([[], [stream("1\n")], [stream("2\n")]])
cells = st.one_of(
    st.builds(code, sources, outputs, execution_count=st.sampled_from([None, 1, 2])),
    st.builds(markdown, sources),
)
edits = st.lists(
    st.tuples(
        st.sampled_from(["edit", "delete", "insert", "move", "split", "run", "tag", "type"]),
        st.integers(0, 9),
        st.integers(0, 9),
        cells,
    ),
    max_size=4,
)


def notebook(values: list[dict[str, Any]], minor: int = 4) -> Notebook:
    named = [
        {**cell, "id": f"id{number}"} if minor > 4 else cell for number, cell in enumerate(values)
    ]
    return Notebook.from_dict(
        {"cells": named, "metadata": {}, "nbformat": 4, "nbformat_minor": minor}
    )


def edited(values: list[dict[str, Any]], steps: list[Any]) -> list[dict[str, Any]]:
    found = list(values)
    for kind, at, to, cell in steps:
        if kind == "insert" or not found:
            found.insert(at % (len(found) + 1), cell)
            continue
        at %= len(found)  # noqa: PLW2901
        old = found[at]
        if kind == "edit":
            found[at] = {**old, "source": f"{old['source']}\n{cell['source']}"}
        elif kind == "delete":
            del found[at]
        elif kind == "move":
            found.insert(to % len(found), found.pop(at))
        elif kind == "split" and "\n" in old["source"]:
            head, tail = old["source"].split("\n", 1)
            found[at : at + 1] = [{**old, "source": head}, {**old, "source": tail}]
        elif kind == "run" and old["cell_type"] == "code":
            found[at] = {**old, "execution_count": to, "outputs": [stream(f"{to}\n")]}
        elif kind == "tag":
            found[at] = {**old, "metadata": {"tags": [f"t{to}"], "n": to}}
        elif kind == "type":
            found[at] = cell
    return found


triples = st.builds(
    lambda values, one, other, minors: (
        notebook(values, minors[0]),
        notebook(edited(values, one), minors[1]),
        notebook(edited(values, other), minors[2]),
    ),
    st.lists(cells, max_size=5),
    edits,
    edits,
    st.sampled_from([(4, 4, 4), (4, 4, 5), (4, 5, 4), (5, 5, 5)]),
)


def lines(found: Notebook) -> set[str]:
    return {line.strip() for cell in found.cells for line in cell.source.split("\n")}


def validates(found: Notebook) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nbformat.validate(nbformat.from_dict(found.to_dict()))
    return True


def sketch(result: MergeResult) -> list[tuple[DecisionPart, Action, list[int]]]:
    return [
        (d.part, d.action, sorted(d.base))
        for d in result.decisions
        if d.part in (DecisionPart.CELL, DecisionPart.SOURCE, DecisionPart.OUTPUTS)
    ]


@given(triples)
def test_the_result_is_a_notebook_that_opens(three: tuple[Notebook, Notebook, Notebook]) -> None:
    result = merge(*three)
    again = Notebook.from_dict(result.notebook.to_dict())
    assert again == result.notebook
    assert validates(result.notebook)


@given(triples)
def test_no_line_is_lost(three: tuple[Notebook, Notebook, Notebook]) -> None:
    base, local, remote = three
    result = merge(base, local, remote)
    if any(decision.action is Action.WORDS for decision in result.decisions):
        return
    old, mine, theirs = lines(base), lines(local), lines(remote)
    wanted = ((mine - old) | (theirs - old)) - {""}
    assert wanted <= lines(result.notebook)


@given(triples)
def test_every_cell_stays_or_a_decision_says_why(
    three: tuple[Notebook, Notebook, Notebook],
) -> None:
    result = merge(*three)
    if any(decision.part is DecisionPart.NOTEBOOK for decision in result.decisions[:1]):
        return
    text = "\n".join(cell.source for cell in result.notebook.cells)
    for side, name in ((three[1], "local"), (three[2], "remote")):
        told = {index for decision in result.decisions for index in getattr(decision, name)}
        for index, cell in enumerate(side.cells):
            assert cell.source in text or index in told


@given(triples)
def test_a_side_that_did_nothing_does_not_matter(
    three: tuple[Notebook, Notebook, Notebook],
) -> None:
    base, one, other = three
    assert merge(base, one, base).notebook == one
    assert merge(base, base, other).notebook == other
    assert merge(base, one, one).notebook == one


@given(triples)
def test_swapping_the_sides_mirrors_what_is_decided(
    three: tuple[Notebook, Notebook, Notebook],
) -> None:
    base, one, other = three
    there, back = merge(base, one, other), merge(base, other, one)
    if any(decision.part is DecisionPart.ORDER for decision in (*there.decisions, *back.decisions)):
        return
    mirrored = [(part, action.mirrored, old) for part, action, old in sketch(back)]
    assert sorted(map(repr, sketch(there))) == sorted(map(repr, mirrored))
    assert sorted(lines(there.notebook)) == sorted(lines(back.notebook))


@given(triples, st.sampled_from(Take))
def test_conflicts_are_found_again_and_settled(
    three: tuple[Notebook, Notebook, Notebook], take: Take
) -> None:
    result = merge(*three)
    marked = {i for i, cell in enumerate(result.notebook.cells) if find(cell)}
    assert marked == {conflict.cell for conflict in result.conflicts}
    for conflict in result.conflicts:
        cell = result.notebook.cells[conflict.cell]
        settled = settle(cell, [take] * conflict.hunks)
        assert settled is None or (
            find(settled) is None and "conflict" not in str(settled.metadata)
        )
        if settled is None:
            assert take.value == conflict.deleted_by


# Cells of which many are equal, so that a merge that chooses badly among them is found.

REPEATED = st.lists(
    st.sampled_from(["plt.show()", "df.head()", "x += 1", "rows = load('a.csv', limit=7)"]),
    max_size=6,
)
NEW = "new_cell = 49"


def around(sources: list[str], end: str = "end = 1") -> Notebook:
    """Return the cells between two others, so that a change of the last one is far away."""
    return notebook([code(source) for source in ("begin = 1", *sources, "stays = 2", end)])


def merged(base: Notebook, local: Notebook, remote: Notebook) -> list[str] | None:
    """Return the sources between the two others, None for a conflict."""
    result = merge(base, local, remote)
    if result.conflicts:
        return None
    return [cell.source for cell in result.notebook.cells][1:-2]


@given(REPEATED, REPEATED)
def test_equal_cells_come_as_both_sides_or_one_side_left_them(
    base: list[str], edit: list[str]
) -> None:
    old, new, far = around(base), around(edit), around(base, "end = 2")
    assert merged(old, new, around(edit, "end = 2")) == edit
    assert merged(old, new, far) == edit
    assert merged(old, far, new) == edit


@given(REPEATED, REPEATED, st.integers(0, 6), st.booleans())
def test_one_cell_more_on_a_side_is_the_result(
    base: list[str], edit: list[str], at: int, far: bool
) -> None:
    more = [*edit[:at], NEW, *edit[at:]]
    one, other = around(edit, "end = 2" if far else "end = 1"), around(more)
    assert merged(around(base), one, other) in (more, None)
    assert merged(around(base), other, one) in (more, None)


@given(REPEATED, REPEATED, REPEATED)
def test_swapped_sides_give_the_same_cells(
    base: list[str], one: list[str], other: list[str]
) -> None:
    old, mine, theirs = around(base), around(one), around(other)
    there, back = merge(old, mine, theirs), merge(old, theirs, mine)
    assert len(there.conflicts) == len(back.conflicts)
    assert lines(there.notebook) == lines(back.notebook)


@given(REPEATED, REPEATED, REPEATED)
def test_every_line_comes_as_often_as_the_sides_explain(
    base: list[str], one: list[str], other: list[str]
) -> None:
    found = merged(around(base), around(one), around(other))
    if found is None:
        return
    for source in {*base, *one, *other}:
        old, mine, theirs = (side.count(source) for side in (base, one, other))
        explained = mine, theirs, mine + theirs - old
        assert min(explained) <= found.count(source) <= max(explained)


# For each of a few cells, many of them equal: what stands there in base, local and remote.
EQUAL = st.sampled_from(["plt.show()", "df.head()"])
EDITED = st.none() | st.sampled_from(["df.head(7)", "plt.show(block=True)", "x = load('b.csv')"])


@given(st.lists(st.tuples(EQUAL, EQUAL | EDITED, EQUAL | EDITED), min_size=2, max_size=4))
def test_no_edit_of_one_of_several_equal_cells_is_lost(
    cells: list[tuple[str, str | None, str | None]],
) -> None:
    base, one, other = ([source for source in side if source] for side in zip(*cells, strict=True))
    result = merge(around(base), around(one), around(other))
    if not any(decision.action is Action.WORDS for decision in result.decisions):
        assert {*one, *other} - {*base} <= lines(result.notebook)


# Cells with names of their own, so that the right answer is known without any merge.

OWNERS = st.sampled_from(["local", "remote", "both", None])
STEPS = st.sampled_from(["edit", "delete", "add", "replace", "tag"])


WORDS = [a + b + c for a in "brst" for b in "aeiou" for c in ("lm", "nd", "rk")]


def telling(number: int) -> str:
    """Return a source that has no word in common with those of other numbers."""
    one, two, three = WORDS[3 * number : 3 * number + 3]
    return f"{one} = {two}({three})\n{two}.{one}[{three}]\n{three} -= {two}"


def planted(
    plan: list[tuple[str | None, str]], side: str | None, moved: int | None
) -> list[dict[str, Any]]:
    """Return the cells after the steps of a side, or of both sides (None)."""
    blocks: list[list[dict[str, Any]]] = []
    for number, (owner, step) in enumerate(plan):
        source = telling(number)
        block = [code(source)]
        if (owner is not None and side in (owner, None)) or (owner == "both" and side != "base"):
            block = {
                "edit": [code(f"{source}\nadded_{number} = {number}")],
                "delete": [],
                "add": [*block, code(telling(9 + number))],
                "replace": [code(source.replace("-=", f"*= {number} -"))],
                "tag": [{**block[0], "metadata": {"tags": [f"t{number}"]}}],
            }[step]
        blocks.append(block)
    if moved is not None and side in ("remote", None):
        blocks.append(blocks.pop(moved))
    return [cell for block in blocks for cell in block]


@given(st.lists(st.tuples(OWNERS, STEPS), min_size=5, max_size=9), st.none() | st.integers(0, 2))
@example(
    [
        ("local", "edit"),
        (None, "edit"),
        ("remote", "add"),
        ("both", "delete"),
        ("remote", "delete"),
    ],
    None,
)
def test_what_the_sides_did_to_different_cells_is_all_there_once(
    plan: list[tuple[str | None, str]], moved: int | None
) -> None:
    if moved is not None:
        # Which cells moved is plain if others stay between. A cell that was added behind one that
        # the other side moved stays where it is, and new cells of both sides at the end look alike.
        plan = [(owner, "edit" if step == "delete" else step) for owner, step in plan]
        if plan[moved] == ("local", "add"):
            plan[moved] = ("local", "edit")
        if plan[moved][1] == plan[-1][1] == "add":
            plan[-1] = (plan[-1][0], "edit")
    base, local, remote, wanted = (
        notebook(planted(plan, side, moved)) for side in ("base", "local", "remote", None)
    )
    for result in (merge(base, local, remote), merge(base, remote, local)):
        assert not result.conflicts
        found = [(cell.source, cell.metadata) for cell in result.notebook.cells]
        assert found == [(cell.source, cell.metadata) for cell in wanted.cells]


# Cells without ids that look alike, or that a side rewrote: what cannot be decided is a conflict.

NAMES = [
    "river",
    "stone",
    "cloud",
    "maple",
    "harbor",
    "lantern",
    "meadow",
    "copper",
    "winter",
    "signal",
    "orbit",
    "canvas",
]
FRAMES = [
    "In step {} the {} is compared with every {} of the year.",
    "{1}_{0} = load({2}, {0}, mode='{1}')",
    "{1}.split({2}_{0})  # step {0}",
    "print('{1} {0}', {2}.rank())",
]
frames = st.sampled_from(FRAMES)
names = st.permutations(NAMES)


def framed(frame: str, number: int, chosen: list[str]) -> str:
    """Return a line of which lines of other numbers have most signs, and few words."""
    return frame.format(100 + number, chosen[number], chosen[-number - 1])


def with_cell(at: int, *sources: str) -> list[str]:
    """Return cells that have nothing in common, with others in front of one of them."""
    cells = [telling(number) for number in range(5)]
    return [*cells[:at], *sources, *cells[at:]]


def without_ids(sources: list[str]) -> Notebook:
    return notebook([code(source) for source in sources])


def both_ways(base: list[str], one: list[str], other: list[str]) -> list[MergeResult]:
    old, mine, theirs = map(without_ids, (base, one, other))
    return [merge(old, mine, theirs), merge(old, theirs, mine)]


@given(st.permutations(range(6, 12)), st.integers(1, 4), st.booleans(), st.booleans())
def test_a_rewritten_line_beside_a_moved_cell_is_a_conflict(
    numbers: list[int], at: int, up: bool, deleted: bool
) -> None:
    old, mine, theirs = (telling(number).split("\n")[0] for number in numbers[:3])
    if deleted:
        one = with_cell(at)
        to = at if up else at - 1
        one[to:to] = [one.pop(2 * at - 1 - to)]
        other = with_cell(at, theirs)
    else:
        one, other = with_cell(at, mine), with_cell(at, theirs)
        to = at - up
        one[to : to + 2] = one[to : to + 2][::-1]
    for result in both_ways(with_cell(at, old), one, other):
        assert result.conflicts


@given(frames, names, st.integers(0, 3))
def test_a_cell_that_one_side_edited_and_the_other_rewrote_is_a_conflict(
    frame: str, chosen: list[str], at: int
) -> None:
    lines_ = [framed(frame, number, chosen) for number in range(5)]
    base = with_cell(at, lines_[0], "\n".join((lines_[2], lines_[3], telling(7))))
    edited = with_cell(at, lines_[1])
    rewritten = with_cell(at, telling(6).split("\n")[0], *base[at + 1 : at + 2])
    for result in both_ways(base, edited, rewritten):
        assert result.conflicts


@given(frames, frames, names, st.integers(0, 3))
def test_lines_of_two_cells_that_look_alike_are_never_mixed(
    frame: str, second: str, chosen: list[str], at: int
) -> None:
    old, new = (
        "\n".join((framed(frame, number, chosen), framed(second, number + 2, chosen)))
        for number in range(2)
    )
    edit = f"{old.splitlines()[0]}\n{telling(7)}"
    base, elsewhere, edited = with_cell(at, old), [*with_cell(at), new], with_cell(at, edit)
    for result in both_ways(base, elsewhere, edited):
        found = {cell.source for cell in result.notebook.cells}
        assert result.conflicts or found <= {*base, *elsewhere, *edited}


@given(frames, names, st.integers(0, 3), st.booleans())
def test_a_line_is_not_added_to_another_cell_at_the_place(
    frame: str, chosen: list[str], at: int, first: bool
) -> None:
    old, new = (
        [framed(frame, number, chosen[4 * rest :] + chosen) for number in range(4)]
        for rest in range(2)
    )
    new = [line.replace("10", "20") for line in new]
    more = [telling(7).split("\n")[0], *old] if first else [*old, telling(7).split("\n")[0]]
    base, local, remote = (with_cell(at, "\n".join(lines_)) for lines_ in (old, new, more))
    for result in both_ways(base, local, remote):
        found = {cell.source for cell in result.notebook.cells}
        assert result.conflicts or found <= {*base, *local, *remote}


@given(frames, names, st.integers(0, 3), st.sampled_from(["; keep = 1", " # twice", ".T"]))
def test_an_end_is_not_put_behind_another_line(
    frame: str, chosen: list[str], at: int, end: str
) -> None:
    old, new = framed(frame, 0, chosen), framed(frame, 1, chosen)
    versions = with_cell(at, old), with_cell(at, new), with_cell(at, old + end)
    if len({*re.findall(r"\w+", old)} & {*re.findall(r"\w+", new)}) * 2 < len(
        re.findall(r"\w+", old)
    ):
        for result in both_ways(*versions):
            assert result.conflicts


@given(frames, names, st.integers(0, 3), st.integers(1, 6))
def test_a_cell_with_a_line_of_an_old_one_is_that_one_edited(
    frame: str, chosen: list[str], at: int, size: int
) -> None:
    own = [framed(frame, number, chosen) for number in range(4)]
    alike = "\n".join(framed(frame, 5, chosen[number:] + chosen[:number]) for number in range(size))
    old, new = "\n".join(own[:3]), "\n".join(own[1:])
    base, local = with_cell(at, old), with_cell(at, old, telling(7))
    remote = with_cell(at, alike, new)
    for result in both_ways(base, local, remote):
        found = [cell.source for cell in result.notebook.cells]
        assert result.conflicts or found == with_cell(at, alike, new, telling(7))


@given(
    st.lists(st.sampled_from(["local", "remote", None]), min_size=2, max_size=4),
    st.lists(st.sampled_from(["local", "remote", "both", None]), min_size=5, max_size=5),
)
def test_equal_cells_are_told_apart_by_the_cells_around_them(
    droppers: list[str | None], editors: list[str | None]
) -> None:
    def version(side: str | None) -> list[str]:
        found = []
        for number, editor in enumerate(editors):
            cell = telling(number).split("\n")
            if editor in ("local", "both") and side in ("local", None):
                cell = [*telling(number + 5).split("\n")[:2], *cell]
            if editor in ("remote", "both") and side in ("remote", None):
                cell[-1] = telling(10).split("\n")[0]
            found.append("\n".join(cell))
            if number < len(droppers):
                dropped = droppers[number] is not None and side in (droppers[number], None)
                found += [] if dropped else ["plt.show()"]
        return found

    for result in both_ways(version("base"), version("local"), version("remote")):
        assert result.conflicts or [cell.source for cell in result.notebook.cells] == version(None)


@given(
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=1),
    st.integers(0, 3),
    st.integers(0, 9),
)
def test_one_move_more_on_a_side_is_the_result(
    shows: list[bool], added: list[tuple[int, bool]], at: int, to: int
) -> None:
    base = [cell for n, show in enumerate(shows) for cell in (telling(n), "plt.show()")[: 1 + show]]
    edit = [*base]
    for number, (place, show) in enumerate(added):
        edit.insert(place, "plt.show()" if show else telling(6 + number))
    more = [*edit]
    cell = more.pop(edit.index(telling(at)))
    more.insert(to % len(edit), cell)
    order = [one for one in more if one in map(telling, range(4))]
    assume(abs(order.index(cell) - at) > 1)  # Of two neighbors, either may have moved.
    for result in both_ways(base, edit, more):
        assert result.conflicts or [cell.source for cell in result.notebook.cells] == more


@given(st.integers(3, 7), *[st.tuples(st.integers(0, 6), st.integers(0, 6))] * 2)
def test_two_cells_come_in_the_order_that_a_side_made_of_them(
    count: int, mine: tuple[int, int], other: tuple[int, int]
) -> None:
    base = [*range(count)]
    local, remote = (_move(base, at % count, to % count) for at, to in (mine, other))

    def is_before(one: int, two: int) -> bool:
        old, new, new_too = (side.index(one) < side.index(two) for side in (base, local, remote))
        return new_too if new == old else new

    order = sorted(base, key=lambda one: sum(is_before(two, one) for two in base if two != one))
    pairs = [(one, two) for at, one in enumerate(order) for two in order[at + 1 :]]
    assume(all(is_before(*pair) for pair in pairs))  # Else the moves cross each other.
    for result in both_ways(*([telling(n) for n in side] for side in (base, local, remote))):
        assert not result.conflicts
        assert [cell.source for cell in result.notebook.cells] == [telling(n) for n in order]


@given(st.integers(3, 7), st.tuples(st.integers(0, 6), st.integers(0, 6)), st.integers(0, 7))
def test_a_new_cell_goes_with_the_cell_that_it_follows(
    count: int, move: tuple[int, int], at: int
) -> None:
    base, new = [*range(count)], 10
    local = _move(base, *(place % count for place in move))
    remote = [*base[:at], new, *base[at:]]
    for result in both_ways(*([telling(n) for n in side] for side in (base, local, remote))):
        if result.conflicts:  # It stands between cells that changed places.
            continue
        order = [cell.source for cell in result.notebook.cells]
        place = order.index(telling(new))
        assert [one for one in order if one != telling(new)] == [telling(n) for n in local]
        # A cell that was moved there may be between.
        behind = [telling(base[min(at, count) - 1])] if at else []
        assert not at or set(order[max(0, place - 2) : place]) & {*behind}
        assert at or place <= 1


def _move(items: list[int], at: int, to: int) -> list[int]:
    rest = [item for item in items if item != items[at]]
    return [*rest[:to], items[at], *rest[to:]]
