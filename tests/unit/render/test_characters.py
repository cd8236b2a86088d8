"""Characters that are not seen, or look like others, are shown by name."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbvc
from nbvc.diffing.words import find_changed_words
from nbvc.render import naming
from nbvc.render.alike import show_apart, show_values_apart
from nbvc.render.escape import Shown, cut_line, escape_line, escape_text
from nbvc.render.looks import IGNORED, look_of
from nbvc.render.paint import Painter
from nbvc.render.terminal import TerminalRenderer
from nbvc.render.unified import render_unified
from nbvc.render.values import shorten_values, value_text
from tests.making import code, notebook, stream
from tests.unit.render.characters import FOLDER, files

_PREPENDED = {*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
_SELECTORS = {*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
_OTHER_IGNORED = {
    *(0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0),
    *range(0xFFF0, 0xFFF9),
    *range(0xE0000, 0xE1000),
}
NAME = r"<U\+[0-9A-F]{4,6}>"


def members(characters: str) -> set[int]:
    found = re.compile(f"[{characters}]")
    return {point for point in range(sys.maxunicode + 1) if found.match(chr(point))}


def test_the_table_is_that_of_unicode() -> None:
    unseen = members(naming.UNSEEN)
    wanted = _SELECTORS | _OTHER_IGNORED | {0x2800}
    for point in range(sys.maxunicode + 1):
        kind = unicodedata.category(chr(point))
        if kind in {"Cc", "Zl", "Zp", "Zs", "Cs", "Co"} or (
            kind == "Cf" and point not in _PREPENDED
        ):
            wanted.add(point)
        if point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF:
            wanted.add(point)
    wanted -= {0x09, 0x0A, 0x20}
    # Characters that a later Unicode has are in the table, and not known to an older Python.
    assert not wanted - unseen
    assert {unicodedata.category(chr(point)) for point in unseen - wanted} <= {"Cn"}
    assert members(IGNORED) <= unseen


@pytest.mark.parametrize("name", files())
def test_the_extension_has_the_same_tables_and_cases(name: str) -> None:
    if not FOLDER.exists():
        pytest.skip("the extension is not in this distribution")
    assert (FOLDER / name).read_text() == files()[name], (
        "run python -m tests.unit.render.characters"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200bb", "a<U+200B>b"),
        ("<U+200B>", "<U+003C>U+200B>"),
        ("caf\u00e9 cafe\u0301", "caf\u00e9 cafe<U+0301>"),
        ("p\u0430ypal", "p<U+0430>ypal"),
        ("\U000e0041", "<U+E0041>"),
        ("x\xa0y", "x<U+00A0>y"),
    ],
)
def test_what_is_not_seen_is_named(text: str, shown: str) -> None:
    assert escape_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "plain\n\ttext",
        "größe = 'é' — “ok”",
        "сумма = 'привет'",
        "print('\\nсумма')",
        "α_max, ν, μ, Δx",
        "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 👍🏽 🙋🏽\u200d♀\ufe0f",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "می\u200cخواهم",
        "क\u094d\u200dष",
        "葛\U000e0100 日本\u3000語",
        "한글 ⠁⠀⠂",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert escape_text(text) == text


ALIKE = [
    ("total = а + 1", "total = a + 1"),
    ("total = а + 1", "total = a + 2"),
    ("café()", "cafe\u0301()"),
    ("x−1", "x-1"),
    ("a;b", "a\u037eb"),
    ("ﬁle", "file"),
    ("Ａ = 1", "A = 1"),
    ("می\u200cخواهم", "میخواهم"),
    ("❤\ufe0f ok", "❤ ok"),
    ("x = 1", "x = 1 "),
    ("\tx", "        x"),
    ("日本 語", "日本\u3000語"),
    ("한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"),
    ("x, y = а, a", "x, y = a, а"),
]


def drawn(text: str) -> str:
    """Return what a person sees of a text."""
    return look_of(re.sub(r"\s+", " ", text)).strip()


@pytest.mark.parametrize(("before", "after"), ALIKE)
def test_two_sides_that_look_the_same_are_told_apart(before: str, after: str) -> None:
    old, new = show_apart(before, after)
    assert drawn(old.text) != drawn(new.text)
    assert re.search(NAME, old.text + new.text)
    sides = [
        nbvc.Notebook.from_dict(notebook(code(text, [stream(f"{text}\n")])), name="n.ipynb")
        for text in (before, after)
    ]
    for lines in (
        TerminalRenderer(nbvc.diff(sides[0], sides[1]), Painter(on=False)).lines(),
        render_unified(sides[0], sides[1], nbvc.DiffPolicy().parts),
    ):
        changed = [line.strip() for line in lines if line.strip()[:1] in ("-", "+")]
        removed = [drawn(line[1:]) for line in changed if line[0] == "-"]
        assert not set(removed) & {drawn(line[1:]) for line in changed if line[0] == "+"} - {
            "-- n.ipynb",
            "++ n.ipynb",
        }


@pytest.mark.parametrize(
    ("before", "after"),
    [("дом и сад", "house and garden"), ("# 1 комментарий", "# 2 комментарий"), ("m2", "m²")],
)
def test_sides_that_look_different_keep_their_characters(before: str, after: str) -> None:
    words = find_changed_words(before, after)
    assert [side.text for side in show_apart(before, after, words)] == [before, after]


SIGNS = st.text(
    st.one_of(
        st.sampled_from("aаеoо -\u200b\u200d\u0301é\t\n<U+200B>👩❤\ufe0f😀\u3000日'\"\\"),
        st.characters(exclude_categories=()),
    ),
    max_size=30,
)


@given(SIGNS)
@settings(max_examples=500, deadline=None)
def test_nothing_is_unseen_and_nothing_is_lost(text: str) -> None:
    shown = escape_text(text)
    back = re.sub(NAME, lambda found: chr(int(found[0][3:-1], 16)), shown)
    assert back == text
    assert not re.search(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", shown
    )
    assert "\n" not in escape_line(text)
    mapped = Shown(text)
    assert mapped.text == shown
    assert [mapped.at(n) for n in range(len(text) + 1)] == sorted(
        mapped.at(n) for n in range(len(text) + 1)
    )
    assert mapped.at(len(text)) == len(shown)


@given(SIGNS, SIGNS)
@settings(max_examples=500, deadline=None)
def test_values_that_differ_are_shown_different(before: str, after: str) -> None:
    old, new = show_values_apart(before, after)
    assert (old == new) == (before == after)
    cut = shorten_values(before, after, 12)
    assert (cut[0] == cut[1]) == (before == after)


@pytest.mark.parametrize(
    ("value", "text"),
    [("python3", "python3"), (5, "5"), ("5", '"5"'), ("true", '"true"'), (True, "true"), ("", '""'),
     ("v ", '"v "'), ("a\nb", '"a\\nb"'), ("3.10.4", "3.10.4"), (None, "null"), ("[1", '"[1"')],
)  # fmt: skip
def test_a_string_does_not_look_like_another_value(value: object, text: str) -> None:
    assert value_text(value) == text


def test_no_name_is_cut_in_two() -> None:
    assert [cut_line("ab\u200bcd", room) for room in (4, 9, 12)] == ["ab…", "ab…", "ab<U+200B>cd"]


def test_names_stand_out_in_colour() -> None:
    lines = Painter(on=True).code("s = 'x\u200by'", "python")
    assert "\x1b[7m<U+200B>\x1b[27m" in lines[0]
    assert Painter(on=False).code("s = 'x\u200by'", "python") == ["s = 'x<U+200B>y'"]


def test_common_characters_are_no_suspects() -> None:
    for sign in map(chr, range(0x3000)):
        if naming._COMMON.fullmatch(sign):
            assert not naming._PRINTED.search(sign)
            assert not naming._MIXED.search(f"a{sign}")
            assert not naming._MIXED.search(f"{sign}a")
