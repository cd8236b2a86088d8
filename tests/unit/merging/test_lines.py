"""Three sources to one: what touches is a conflict, and nothing else is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc.merging.chunks import merge_chunks
from nbvc.merging.lines import BOUNDARY, Merged
from nbvc.merging.words import merge_words, split_values

LINES = ["plt.show()", "", "x += 1", "print(x)", "rows = load(7)", "rows = load(8)  # again"]
TEXTS = st.lists(st.sampled_from(LINES), max_size=7)
NEW = "new_line = 49"


def merge_lines(base: list[str], local: list[str], remote: list[str]) -> Merged:
    return merge_chunks(base, local, remote, merge_words)


def sketch(merged: Merged) -> list[str | tuple[str, str]]:
    """Return lines that were decided, and conflicts as pairs."""
    found: list[str | tuple[str, str]] = []
    for chunk in merged.chunks:
        if chunk.remote is None:
            found += chunk.lines
        else:
            found.append(("\n".join(chunk.lines), "\n".join(chunk.remote)))
    return found


def turned(found: Sequence[str | tuple[str, str]]) -> list[str | tuple[str, str]]:
    return [one if isinstance(one, str) else (one[1], one[0]) for one in found]


def told(lines: list[str]) -> list[str]:
    """Return the lines without the blank ones, of which there may be as many as a side has."""
    return [line for line in lines if line.strip()]


# Laws


@given(TEXTS, TEXTS)
def test_what_both_did_alike_and_what_one_did_alone_is_the_result(
    base: list[str], edit: list[str]
) -> None:
    for local, remote in ((edit, edit), (edit, base), (base, edit)):
        merged = merge_lines(base, local, remote)
        assert not merged.conflicts
        assert merged.lines == edit


@given(TEXTS, TEXTS, st.integers(0, 7))
def test_one_line_more_on_a_side_is_the_result(base: list[str], edit: list[str], at: int) -> None:
    more = [*edit[:at], NEW, *edit[at:]]
    for local, remote in ((edit, more), (more, edit)):
        merged = merge_lines(base, local, remote)
        assert not merged.conflicts
        assert told(merged.lines) == told(more)


@given(TEXTS, TEXTS, TEXTS)
def test_swapped_sides_give_the_same(base: list[str], one: list[str], other: list[str]) -> None:
    there, back = merge_lines(base, one, other), merge_lines(base, other, one)
    assert sketch(there) == turned(sketch(back))


@given(TEXTS, TEXTS, TEXTS)
def test_no_line_is_lost_doubled_or_invented_without_a_conflict(
    base: list[str], local: list[str], remote: list[str]
) -> None:
    merged = merge_lines(base, local, remote)
    old, mine, theirs, found = map(Counter, (base, local, remote, merged.lines))
    if merged.conflicts or merged.words:
        shown = {line for c in merged.chunks for line in (*c.lines, *(c.remote or ()))}
        assert merged.words or {*told(local), *told(remote)} - {*base} <= shown
        return
    assert set(told(merged.lines)) <= {*local, *remote}
    for line in {*told(local), *told(remote)}:
        explained = mine[line], theirs[line], mine[line] + theirs[line] - old[line]
        assert min(explained) <= found[line] <= max(explained)


# Lines


@pytest.mark.parametrize(
    ("base", "local", "remote", "wanted"),
    [
        ("a = 1|b = 2", "a = 3|b = 2", "a = 1|b = 4", ["a = 3", "b = 4"]),
        ("a", "b", "b", ["b"]),
        ("start", "start|one", "start|two", ["start", ("one", "two")]),
        # A line that both changed is a conflict, and the line that both wrote beside it is no help.
        ("a", "b|both()|c", "d|both()|e", [("b\nboth()\nc", "d\nboth()\ne")]),
        ("rate = 1", "import x|rate = 2", "rate = 3|import x",
         [("import x\nrate = 2", "rate = 3\nimport x")]),
        # What both inserted cuts what each inserted around it.
        ("", "one()|both()|two()", "both()|three()", ["one()", "both()", ("two()", "three()")]),
        # One side did what the other did, and more.
        ("a", "both()|mine()", "both()", ["both()", "mine()"]),
        ("a", "mine()|both()", "both()", ["mine()", "both()"]),
        ("a", "a|both()|mine()", "both()", [("a\nboth()\nmine()", "both()")]),
        # An insertion beside an edit, and edits of neighbors, do not touch.
        ("one(1)|two(2)", "one(1)|new|two(2)", "one(1)|other(x)", ["one(1)", "new", "other(x)"]),
        ("one(1)|two(2)", "one(1)|two(2)|new", "one(1)|other(x)", ["one(1)", "other(x)", "new"]),
        ("one(1)|two(2)", "two(2)", "one(1)|other(x)", ["other(x)"]),
        # One side deleted the line that the other side edited.
        ("top|total = sum(rows)|end", "top|end", "top|total = sum(rows) / 2|end",
         ["top", ("", "total = sum(rows) / 2"), "end"]),
        ("top|total = sum(rows)|end", "top|end", "top|# total = sum(rows)|end",
         ["top", "# total = sum(rows)", "end"]),
        # White space at a line's end, and blank lines, stand in nobody's way.
        ("total = 1  |x", "total = 1|x", "total = 5  |x", ["total = 5  ", "x"]),
        ("total = 1  |x", "total = 1|x", "total = 1 |x", ["total = 1", "x"]),
        ("import os|x", "import os||x", "import sys|x", ["import sys", "", "x"]),
        ("a = 1||b", "a = 1|b", "a = 1|c = 3||b", ["a = 1", "c = 3", "b"]),
        ("a|b", "a||b", "a|||b", ["a", "", "", "b"]),
        ("a|b", "x||y", "x|y", ["x", "", "y"]),
    ],
)  # fmt: skip
def test_lines(base: str, local: str, remote: str, wanted: list[str | tuple[str, str]]) -> None:
    old, mine, theirs = (text.split("|") if text else [] for text in (base, local, remote))
    assert sketch(merge_lines(old, mine, theirs)) == wanted
    assert sketch(merge_lines(old, theirs, mine)) == turned(wanted)


BLOCK = ["weights = normalise(weights)", "scores = weights @ features"]
STEPS = ["a = one()", "b = two()", "c = three()", "d = four()", "e = five()", "f = six()"]


@pytest.mark.parametrize("moved", [False, True])
def test_a_block_that_both_put_in_at_different_places_is_a_conflict_at_the_second(
    moved: bool,
) -> None:
    base = [*(BLOCK if moved else ()), *STEPS]
    local, remote = [*STEPS[:3], *BLOCK, *STEPS[3:]], [*STEPS, *BLOCK]
    wanted: list[str | tuple[str, str]]
    wanted = [*STEPS[:3], *BLOCK, *STEPS[3:], ("", "\n".join(BLOCK))]
    assert sketch(merge_lines(base, local, remote)) == wanted
    assert sketch(merge_lines(base, remote, local)) == turned(wanted)


def test_a_short_line_that_both_put_in_at_different_places_stays_at_both() -> None:
    local, remote = [STEPS[0], "print()", *STEPS[1:]], [*STEPS[:3], "print()", *STEPS[3:]]
    merged = merge_lines(STEPS, local, remote)
    assert merged.lines == [STEPS[0], "print()", *STEPS[1:3], "print()", *STEPS[3:]]
    assert not merged.conflicts


def test_a_boundary_is_nothing_that_a_line_can_be() -> None:
    assert all(BOUNDARY not in text.split("\n") for text in ("a\nb", "\n\n", "\0cell", ""))
    base, cut = ["a", "\0cell", "b", "c"], ["a", "\0cell", BOUNDARY, "b", "c"]
    assert merge_lines(base, cut, ["x", *base[1:]]).lines == ["x", *cut[1:]]


# Words


@pytest.mark.parametrize(
    ("base", "local", "remote", "wanted"),
    [
        ("fit(a, 1)", "fit(b, 1)", "fit(a, 2)", "fit(b, 2)"),
        ("the quick fox", "the slow fox", "the quick dog", "the slow dog"),
        ("for x in y:|  f(x)", "for x in y:|  g(x)", "for x in y:|  f(z)", "for x in y:|  g(z)"),
        ("x = f( 1, a )", "x = f(1, a)", "x = f( 2, a )", "x = f( 2, a)"),
        ("load('a.csv', n=1)", "load('b.csv', n=1)", "load('a.csv', n=2)", "load('b.csv', n=2)"),
        ("at v1.2", "at v1.3", "at v1.3.1", "at v1.3.1"),
        # One value is one token.
        ("x = 0.01", "x = 0.05", "x = 1.01", None),
        ("needs pandas == 1.25.3", "needs pandas == 2.25.3", "needs pandas == 1.25.4", None),
        ("on 2021-03-01 it", "on 2022-03-01 it", "on 2021-04-01 it", None),
        ("at 12:30:00 it", "at 13:30:00 it", "at 12:45:00 it", None),
        ("rate = 1.5e-3", "rate = 2.5e-3", "rate = 1.5e-4", None),
        ("see https://x.org/a/b", "see https://x.org/c/b", "see https://x.org/a/d", None),
        ("write to a.b@x.org", "write to a.c@x.org", "write to a.b@x.com", None),
        ("in 'data/raw/a.csv'", "in 'data/new/a.csv'", "in 'data/raw/b.csv'", None),
        ("d = settings.model.depth", "d = settings.tree.depth", "d = settings.model.width", None),
        ("weighs 5 kg in all", "weighs 6 kg in all", "weighs 5 g in all", None),
        ("at Mar 3 2021, noon", "at Apr 3 2021, noon", "at Mar 3 2022, noon", None),
        ("on 3 March 2021 we", "on 4 March 2021 we", "on 3 March 2022 we", None),
        ("sold 1,250 g of it", "sold 1,350 g of it", "sold 1,250 kg of it", None),
        ("we sold 1,250,300", "we sold 2,250,300", "we sold 1,250,400", None),
        # Too little stayed, or the same words changed, or nothing stays between the changes.
        ("x = fit(a)", "y = load(b)", "z = draw(c)", None),
        ("a quick fox", "a slow fox", "a red fox", None),
        ("", "a", "b", None),
    ],
)  # fmt: skip
def test_words(base: str, local: str, remote: str, wanted: str | None) -> None:
    old, mine, theirs = (text.split("|") if text else [] for text in (base, local, remote))
    expected = None if wanted is None else wanted.split("|")
    assert merge_words(old, mine, theirs) == merge_words(old, theirs, mine) == expected


def test_lines_of_too_many_words_are_a_conflict() -> None:
    words = [f"word{n}" for n in range(4000)]
    three = words, ["x", *words[1:]], [*words[:-1], "y"]
    many = [[" ".join(one)] for one in three]
    few = [[" ".join([*one[:9], *one[-9:]])] for one in three]
    assert merge_lines(many[0], many[1], many[2]).conflicts == 1
    assert merge_lines(few[0], few[1], few[2]).conflicts == 0


@given(st.text("ab1 .,:/-='\"\n(", max_size=30))
def test_values_are_a_text_cut_up(text: str) -> None:
    assert "".join(split_values(text)) == text
