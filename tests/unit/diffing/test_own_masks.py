"""Masks of one's own: a text in which `*` stands for anything without spaces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbvc.diffing.meaning.masks import SIGN, mask_text


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("run-*", "in run-17, run-18", f"in {SIGN} {SIGN}"),
        ("run-*.log", "run-17.log run-.log run-1 .log", f"{SIGN} {SIGN} run-1 .log"),
        ("*.ckpt", "saved a/b.ckpt now", f"saved {SIGN} now"),
        ("id=*;", "id=1;id=2; id=", f"{SIGN}{SIGN} id="),
        ("Run ID: *", "Run ID: 3f2a\nnext", f"{SIGN}\nnext"),
        ("a*b*c", "axbxc axxc", f"{SIGN} axxc"),
        ("(*)", "((x)", SIGN),
    ],
)
def test_what_a_pattern_hides(pattern: str, text: str, expected: str) -> None:
    assert mask_text(text, (pattern,)) == expected


TEXTS = st.text("ab* \n", max_size=30)


@given(
    pattern=st.text("ab*", min_size=1, max_size=6).filter(lambda one: one.strip("*")), text=TEXTS
)
def test_a_mask_is_applied_once(pattern: str, text: str) -> None:
    once = mask_text(text, (pattern,))
    assert mask_text(once, (pattern,)) == once
    assert once.split(SIGN) != [text] or once == text
