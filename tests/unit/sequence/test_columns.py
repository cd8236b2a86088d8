"""Three versions in columns: every item has one place, and base lies over both sides at once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc.sequence import columns as module
from nbvc.sequence.columns import Column, find_columns

WORDS = st.text("abc", max_size=7)


def own(base: str, local: str, remote: str) -> tuple[str, str]:
    """Return what only local, and what only remote, added (as it is) or deleted (in upper case)."""
    sides: tuple[list[str], list[str]] = ([], [])
    for column in find_columns(base, local, remote):
        for mine, found in zip((column.is_local, column.is_remote), sides, strict=True):
            if mine and column.base >= 0:
                found.append(base[column.base].upper())
            elif mine:
                found.append(local[column.local] if column.local >= 0 else remote[column.remote])
    return "".join(sides[0]), "".join(sides[1])


@given(WORDS, WORDS, WORDS)
def test_every_item_has_one_column_in_an_order_that_all_have(
    base: str, local: str, remote: str
) -> None:
    found = find_columns(base, local, remote)
    for name, version in (("base", base), ("local", local), ("remote", remote)):
        indices = [index for column in found if (index := getattr(column, name)) >= 0]
        assert all(one < other for one, other in pairwise(indices))
        assert name == "base" or indices == list(range(len(version)))
    for column in found:
        three = zip((base, local, remote), (column.base, column.local, column.remote), strict=True)
        assert len({version[index] for version, index in three if index >= 0}) == 1
        assert max(column.local, column.remote) >= 0


@given(WORDS, WORDS, WORDS)
def test_swapping_the_sides_swaps_them_in_every_column(base: str, local: str, remote: str) -> None:
    there, back = find_columns(base, local, remote), find_columns(base, remote, local)
    swapped = [Column(column.base, column.remote, column.local) for column in back]
    assert local == remote or there == swapped


@given(WORDS, WORDS)
def test_a_side_that_did_nothing_has_nothing_of_its_own(base: str, edit: str) -> None:
    assert own(base, edit, base)[1] == own(base, base, edit)[0] == ""
    assert own(base, edit, edit) == ("", "")


@given(WORDS, WORDS, st.integers(0, 7))
def test_one_item_more_on_a_side_is_all_that_is_its_own(base: str, edit: str, at: int) -> None:
    more = f"{edit[:at]}x{edit[at:]}"
    assert own(base, edit, more) == ("", "x")
    assert own(base, more, edit) == ("x", "")


@given(WORDS, WORDS, st.integers(0, 6))
def test_one_item_less_on_a_side_is_all_that_is_its_own(base: str, edit: str, at: int) -> None:
    less = edit[:at] + edit[at + 1 :]
    mine, theirs = own(base, edit, less)
    assert len(mine) + len(theirs) == min(1, len(edit) - len(less))


@pytest.mark.parametrize(
    ("base", "local", "remote", "wanted"),
    [
        ("abcd", "aXcd", "abcdY", ("XB", "Y")),
        # Both runs of one gap are in the order of base, which else could hold only one of them.
        ("mc", "c", "m", ("M", "C")),
        # Both moved b, and remote moved c as well.
        ("abc", "bac", "bca", ("", "cC")),
        ("", "ab", "b", ("a", "")),
        ("ab", "", "", ("", "")),
    ],
)
def test_what_each_side_did(base: str, local: str, remote: str, wanted: tuple[str, str]) -> None:
    assert own(base, local, remote) == wanted


def test_an_item_that_weighs_more_keeps_its_place() -> None:
    def pairs(heavy: str) -> list[tuple[int, int]]:
        found = find_columns("", "))x", "x))", lambda item: 9.0 if item == heavy else 1.0)
        return [(c.local, c.remote) for c in found if c.is_agreed]

    assert pairs("x") == [(2, 0)]
    assert pairs("") == [(0, 1), (1, 2)]


def test_many_equal_items_are_matched_without_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", 3)
    assert sorted(map(len, own("", "bab", "abb"))) == [1, 1]
