"""Which pairs nothing can move, and the steps from one sequence to another."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc.sequence import find_matches, find_opcodes, find_unavoidable, lcs
from nbvc.sequence.lcs import Opcode

WORDS = st.text("abc", max_size=8)


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
    assert [values[position] for position in find_unavoidable(values)] == sorted(common)


@given(WORDS, WORDS)
def test_what_is_equal_is_one_step_as_long_as_it_can_be(a: str, b: str) -> None:
    found = find_opcodes(a, b)
    assert not any(one.tag == other.tag == "equal" for one, other in pairwise(found))
    assert sum(one.a1 - one.a0 for one in found if one.tag == "equal") == len(find_matches(a, b))
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

    real = lcs._trace_matches
    size = len(a) * len(b)
    for most in (size, size - 1):
        tables.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(lcs, "_trace_matches", traced)
            patch.setattr(lcs, "CELLS_AT_ONCE", most)
            found = find_matches([*ends[0], *a, *ends[1]], [*ends[0], *b, *ends[1]])
        assert found[5:-3] == [(rows // 2 + 5, columns // 2 + 5)]
        assert max(tables) <= most
        assert (tables == [size]) == (most == size)


def test_the_table_of_one_comparison_takes_sixteen_megabytes() -> None:
    assert math.log2(lcs.CELLS_AT_ONCE / 8) == 24


def test_a_step_is_a_value() -> None:
    (step,) = find_opcodes("a", "b")
    assert step == Opcode("replace", 0, 1, 0, 1)
    with pytest.raises(AttributeError):
        step.a0 = 5  # type: ignore[misc]
    assert hash(step) == hash(Opcode("replace", 0, 1, 0, 1))
