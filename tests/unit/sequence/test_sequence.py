"""Matching against plain dynamic programming."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc.sequence import (
    common_length,
    find_matches,
    find_opcodes,
    heaviest_increasing,
    lcs,
    measure_ratio,
)

WORDS = st.text("abcd", max_size=14)


def plain_length(a: str, b: str) -> int:
    @lru_cache(None)
    def longest(i: int, j: int) -> int:
        if i == len(a) or j == len(b):
            return 0
        if a[i] == b[j]:
            return 1 + longest(i + 1, j + 1)
        return max(longest(i + 1, j), longest(i, j + 1))

    return longest(0, 0)


@given(WORDS, WORDS)
def test_matches_are_a_longest_common_subsequence(a: str, b: str) -> None:
    pairs = find_matches(a, b)
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(p[0] < q[0] and p[1] < q[1] for p, q in pairwise(pairs))
    assert len(pairs) == common_length(a, b) == plain_length(a, b)


@given(WORDS, WORDS)
def test_opcodes_turn_one_into_the_other(a: str, b: str) -> None:
    built, position = "", 0
    for code in find_opcodes(a, b):
        assert code.a0 == position
        position = code.a1
        assert (code.tag == "equal") == (a[code.a0 : code.a1] == b[code.b0 : code.b1])
        assert len(built) == code.b0
        built += b[code.b0 : code.b1]
    assert (built, position) == (b, len(a))


@given(st.lists(st.integers(0, 40), max_size=80), st.lists(st.integers(0, 40), max_size=80))
def test_a_stretch_too_large_for_a_table_still_gives_valid_matches(
    a: list[int], b: list[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lcs, "CELLS_AT_ONCE", 16)
        pairs = find_matches(a, b)
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(p[0] < q[0] and p[1] < q[1] for p, q in pairwise(pairs))


def test_large_equal_parts_are_found_between_anchors() -> None:
    a = list(range(2000))
    b = a[:3] + a[50:500] + [7, 8] * 20 + a[500:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lcs, "CELLS_AT_ONCE", 1000)
        assert len(find_matches(a, b)) >= 1950


def test_between_anchors_what_stands_unequally_often_is_matched_too() -> None:
    a = [item for number in range(40) for item in (number, "same", "same too")]
    b = [*a, "same", "same too"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lcs, "CELLS_AT_ONCE", 16)
        assert find_matches([-1, *a, -2], [-3, *b, -4]) == [(n, n) for n in range(1, len(a) + 1)]
        assert find_matches([-1, *b, -2], [-3, *a, -4]) == [(n, n) for n in range(1, len(a) + 1)]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=9))
def test_heaviest_increasing_against_all_subsets(pairs: list[tuple[int, int]]) -> None:
    weighted = [(i, j, 1.0 + (i * 7 + j * 3) % 5) for i, j in dict.fromkeys(pairs)]
    best = 0.0
    for mask in range(1 << len(weighted)):
        chosen = sorted(w for bit, w in enumerate(weighted) if mask >> bit & 1)
        if all(p[0] < q[0] and p[1] < q[1] for p, q in pairwise(chosen)):
            best = max(best, sum(w[2] for w in chosen))
    weights = {(i, j): weight for i, j, weight in weighted}
    found = heaviest_increasing(weighted)
    assert found == sorted(found)
    assert sum(weights[pair] for pair in found) == best


def test_ratio() -> None:
    assert measure_ratio("", "") == 1.0
    assert measure_ratio("abcd", "abcd") == 1.0
    assert measure_ratio("abcd", "wxyz") == 0.0
    assert measure_ratio("abcd", "abxy") == 0.5
    assert measure_ratio("a", "aaaaaaaaaa", at_least=0.9) == 0.0
    assert measure_ratio("a", "aaa") == measure_ratio("a", "aaa", at_least=0.5) == 0.5
    assert measure_ratio("a", "aaa", at_least=0.51) == 0.0
    assert measure_ratio("ab", "abcdef", at_least=0.5) == 0.5
    assert measure_ratio("", "a") == measure_ratio("", "a", at_least=0.5) == 0.0
