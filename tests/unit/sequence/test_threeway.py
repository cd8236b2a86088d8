"""Three versions, cut where all three agree; and which pairs nothing can move."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc.sequence import lcs, matches, opcodes, unavoidable
from nbvc.sequence.lcs import Opcode
from nbvc.sequence.threeway import Origin, regions

WORDS = st.text("abc", max_size=8)
CHANGED = (Origin.LOCAL, Origin.REMOTE, Origin.SAME, Origin.BOTH)


def origin_of(old: str, mine: str, theirs: str) -> Origin:
    if mine == theirs:
        return Origin.NOBODY if mine == old else Origin.SAME
    if old == theirs:
        return Origin.LOCAL
    return Origin.REMOTE if old == mine else Origin.BOTH


@given(WORDS, WORDS, WORDS)
def test_regions_are_cut_where_all_three_agree_and_nowhere_else(
    base: str, local: str, remote: str
) -> None:
    found = regions(base, local, remote)
    ends = [(one.b1, one.l1, one.r1) for one in found]
    assert [(one.b0, one.l0, one.r0) for one in found] == [(0, 0, 0), *ends][: len(found)]
    assert (ends or [(0, 0, 0)])[-1] == (len(base), len(local), len(remote))
    for one in found:
        old, mine, theirs = base[one.b0 : one.b1], local[one.l0 : one.l1], remote[one.r0 : one.r1]
        assert old + mine + theirs
        if one.origin is not Origin.NOBODY:
            assert one.origin is origin_of(old, mine, theirs)
        else:
            assert old == mine == theirs
    assert not any(
        one.origin in CHANGED and other.origin in CHANGED for one, other in pairwise(found)
    )
    # All of base that both sides have stands in regions that nobody changed, each as long as it can be.
    kept = set(dict(matches(base, local))) & set(dict(matches(base, remote)))
    nobody = [one for one in found if one.origin is Origin.NOBODY]
    assert {index for one in nobody for index in range(one.b0, one.b1)} == kept
    for one, other in pairwise(nobody):
        assert (one.b1, one.l1, one.r1) != (other.b0, other.l0, other.r0)


def test_an_empty_base_is_changed_by_both_or_alike() -> None:
    assert regions("", "", "") == []
    assert [one.origin for one in regions("", "a", "a")] == [Origin.SAME]
    assert [one.origin for one in regions("", "a", "b")] == [Origin.BOTH]
    assert [one.origin for one in regions("", "a", "")] == [Origin.LOCAL]
    assert [one.origin for one in regions("", "", "a")] == [Origin.REMOTE]


@given(st.permutations(range(7)), st.integers(0, 7))
def test_unavoidable_is_what_all_longest_runs_go_through(order: list[int], size: int) -> None:
    values = order[:size]
    for length in range(size, -1, -1):
        runs = [set(run) for run in combinations(values, length) if sorted(run) == list(run)]
        if runs:
            break
    else:
        runs = [set()]
    common = set.intersection(*runs)
    assert [values[position] for position in unavoidable(values)] == sorted(common)


@given(WORDS, WORDS)
def test_what_is_equal_is_one_step_as_long_as_it_can_be(a: str, b: str) -> None:
    found = opcodes(a, b)
    assert not any(one.tag == other.tag == "equal" for one, other in pairwise(found))
    assert sum(one.a1 - one.a0 for one in found if one.tag == "equal") == len(matches(a, b))
    assert not any(one.tag != "equal" and other.tag != "equal" for one, other in pairwise(found))
    for one in found:
        wanted = {(True, True): "replace", (True, False): "delete", (False, True): "insert"}
        if one.tag != "equal":
            assert one.tag == wanted[one.a0 < one.a1, one.b0 < one.b1]


@pytest.mark.parametrize(("rows", "columns"), [(10, 12), (3, 40), (40, 3), (11, 11)])
def test_a_table_is_as_large_as_it_may_be_and_no_larger(rows: int, columns: int) -> None:
    # Only an item in the middle is on both sides.
    a: list[object] = [f"a{n}" for n in range(rows)]
    b: list[object] = [f"b{n}" for n in range(columns)]
    a[rows // 2] = b[columns // 2] = "x"
    ends = ["head"] * 5, ["tail"] * 3  # these take no table
    tables: list[int] = []

    def traced(kept: list[int], a0: int, b0: int, width: int) -> list[tuple[int, int]]:
        tables.append((len(kept) - 1) * width)
        return real(kept, a0, b0, width)

    real = lcs._traced
    size = len(a) * len(b)
    for most in (size, size - 1):
        tables.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lcs, "_traced", traced)
            patch.setattr(lcs, "CELLS_AT_ONCE", most)
            found = matches([*ends[0], *a, *ends[1]], [*ends[0], *b, *ends[1]])
        assert found[5:-3] == [(rows // 2 + 5, columns // 2 + 5)]
        assert max(tables) <= most
        assert (tables == [size]) == (most == size)


def test_the_table_of_one_comparison_takes_sixteen_megabytes() -> None:
    assert math.log2(lcs.CELLS_AT_ONCE / 8) == 24


def test_steps_and_regions_are_values() -> None:
    (step,), (region,) = opcodes("a", "b"), regions("a", "b", "a")
    assert step == Opcode("replace", 0, 1, 0, 1)
    for value, name in ((step, "a0"), (region, "b0")):
        with pytest.raises(AttributeError):
            setattr(value, name, 5)
        assert hash(value) == hash(
            type(value)(*(getattr(value, f) for f in value.__struct_fields__))
        )
