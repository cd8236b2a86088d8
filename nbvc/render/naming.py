"""Which characters of a text must be shown by their names. docs/CHARACTERS.md has the rules.

Loaded for texts beyond printable ASCII alone: its patterns take milliseconds to compile.
"""

from __future__ import annotations

import re

from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f"
    "\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ud800-\uf8ff\ufdd0-\ufdef"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xD0001, 0x10000)
    )
    + "\U000dfffe-\U000e0fff\U000efffe-\U0010ffff"
)
"""What has no look of its own, as the inside of a character class.

Controls, formats, separators, surrogates, private use and noncharacters (`General_Category` Cc, Cf,
Zl, Zp, Zs, Cs, Co), all of `Default_Ignorable_Code_Point`, and the blank Braille pattern; without
the space, tab and line feed, and without the signs that are seen although they are Cf
(`Prepended_Concatenation_Mark`). Source: the Unicode Character Database, 15.0.
"""
MARKS = "\u0300-\u036f"
_LETTERS = {
    "аеорсухіјѕԁһԛԝӏАВЕКМНОРСТХІЈЅԚԜҮѴ": "aeopcyxijsdhqwlABEKMHOPCTXIJSQWYV",
    "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳ": "oABEZHIKMNOPTYXCj",
    "օոսհցյզՕՍՏԼ": "onuhgjqOUSL",
    "ᎪᏴᏟᎠᎬᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᏔᏃᎥᏀᎳ": "ABCDEHJKLMPRSTVWZiGW",
}
LETTERS = {
    sign: to for signs, plain in _LETTERS.items() for sign, to in zip(signs, plain, strict=True)
}
"""Letters of Cyrillic, Greek, Armenian and Cherokee that are drawn as a Latin letter is."""
_ALIKE = "".join(LETTERS)
SINGLETONS = (
    "\u0374\u037e\u0387\u1fef\u2126\u212a\u212b\u2329\u232a\uf900-\ufad9\U0002f800-\U0002fa1d"
)
"""Characters that `NFC` turns into another one which looks the same."""
JAMO = "\u1161-\u11a7\u11a8-\u11ff"
BRACKETS = "<‹˂ᐸ＜﹤〈⟨❮"
CLOSING = ">›˃ᐳ＞﹥〉⟩❯"

_NAME = f"U\\+[0-9A-Fa-f]{{4,6}}[{CLOSING}]"
_SUSPECTS = (
    f"(?P<unseen>[{UNSEEN}]+[{MARKS}]*)|(?P<marks>[{MARKS}]+)|(?P<other>[{SINGLETONS}{JAMO}])"
    f"|(?P<bracket>[{BRACKETS}](?={_NAME}))"
    # The second one looks at a run of letters once, from its beginning.
    f"|(?P<latin>(?<=[A-Za-z])[{_ALIKE}]+|(?<![{_ALIKE}])[{_ALIKE}]+(?=[A-Za-z]))"
)
_PRINTED = compile_lazily(
    f"[{MARKS}{SINGLETONS}{JAMO}\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164"
    "\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Suspects that Python calls printable: a short pattern is quick to compile and to match."""
_MIXED = compile_lazily(f"[A-Za-z][{_ALIKE}]|[{_ALIKE}][A-Za-z]")
_COMMON = compile_lazily("[\0-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u2328\u232b-\u27ff]*")
"""Latin, punctuation, arrows, signs and frames: the two find none of them, and need not be compiled."""

JOINING = (
    "\u0600\u08ff\u0900\u0dff\u0f00\u109f\u1780\u18af\ua840\ua87f\ua8e0\ua8ff\ua980\ua9df"
    "\uaa60\uaa7f\uabc0\uabff\ufb50\ufdcf\ufdf0\ufdff\ufe70\ufefc\U00011000\U000114df"
)
"""Scripts whose spelling needs joiners, from first to last (RFC 5892, A.1 and A.2)."""
WIDE = (
    "\u2e80\u2fff\u3001\u303e\u3041\u9fff\uac00\ud7a3\uf900\ufaff\ufe30\ufe4f\uff01\uff60"
    "\U00020000\U0003fffd"
)
IDEOGRAPHS = "\u3400\u4dbf\u4e00\u9fff\uf900\ufaff\U00020000\U0003fffd"
MONGOLIAN = "\u1800\u18aa"
BRAILLE = "\u2801\u28ff"
TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
EMOJI = "‼⁉〰〽ℹ"
FLAGS = tuple(
    "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
"""The flags that are spelled with tags, as Emoji 15 has them."""


def find_unclear(text: str) -> Iterator[int]:
    """Yield the places of the characters that must be named, in order."""
    if _is_clear(text):
        return
    # `re` keeps what it compiled.
    for found in re.finditer(_SUSPECTS, text):
        yield from _PLACES[found.lastgroup or ""](text, found.start(), found.end())


def _is_clear(text: str) -> bool:
    printable = text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable()
    if not printable or "U+" in text:
        return False
    return bool(_COMMON.fullmatch(text)) or not (_PRINTED.search(text) or _MIXED.search(text))


def _find_unseen(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the places of a run that are not part of how a script or an emoji is spelled.

    Once one is named, all that follow in the run are: a mark would be drawn upon the name.
    """
    named = False
    place = start
    while place < end:
        length = 0 if named else _count_spelled(text, place)
        named = not length
        if named:
            yield place
        place += length or 1


def _count_spelled(text: str, place: int) -> int:  # noqa: PLR0911 - one for each rule
    """Return how many characters from here on belong to the spelling of an emoji or a word."""
    sign = text[place]
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if sign in "\u200c\u200d" and _is_in(JOINING, before):
        # At the end of a word a joiner shows the form that a letter has within words.
        return _is_in(JOINING, after) or (sign == "\u200d" and bool(re.match(r"[\s\d)]", after)))
    if sign == "\u200d":
        return (before in (*TONES, "\ufe0f") or _is_symbol(before)) and _is_symbol(after)
    if sign in "\ufe0e\ufe0f":
        return _is_symbol(before) or (before in tuple("#*0123456789") and after == "\u20e3")
    if sign == "\u3000":
        return _is_in(WIDE, before) or _is_in(WIDE, after)
    if sign == "\u2800":
        return _is_in(BRAILLE, before) or _is_in(BRAILLE, after)
    if "\u180b" <= sign <= "\u180f":
        return _is_in(MONGOLIAN, before)
    if "\U000e0100" <= sign <= "\U000e01ef" or "\ufe00" <= sign <= "\ufe02":
        return _is_in(IDEOGRAPHS, before)
    if before == "\U0001f3f4" and sign == "\U000e0067":
        return next((len(tags) for tags in FLAGS if text.startswith(tags, place)), 0)
    return 0


def _is_in(ranges: str, sign: str) -> bool:
    """Return whether a character is in one of the ranges, which are pairs of first and last."""
    return any(first <= sign <= last for first, last in zip(ranges[::2], ranges[1::2], strict=True))


def _is_symbol(sign: str) -> bool:
    import unicodedata

    return sign > "\x7f" and (sign in EMOJI or unicodedata.category(sign) in ("So", "Sm"))


def _find_latin(text: str, start: int, end: int) -> Iterable[int]:
    """Return the places of letters beside a Latin one in a word; `\\n` before a word is none of it."""
    after = text[end : end + 1]
    if after.isascii() and after.isalpha():
        return range(start, end)
    return range(start, end) if text[start - 2 : start - 1] != "\\" else ()


def _find_marks(text: str, start: int, end: int) -> Iterable[int]:
    """Return the places of marks on no letter, or on one that has a form together with the first."""
    before = text[start - 1 : start]
    if not before or before.isspace() or _is_composed(before, text[start]):
        return range(start, end)
    return ()


def _find_other(text: str, start: int, _: int) -> Iterable[int]:
    """Return the place of a character that has another form, alone or with the one before."""
    import unicodedata

    sign = text[start]
    if "\u1161" <= sign <= "\u11ff":
        return (start,) if _is_composed(text[start - 1 : start], sign) else ()
    return (start,) if unicodedata.normalize("NFC", sign) != sign else ()


def _is_composed(before: str, sign: str) -> bool:
    import unicodedata

    return bool(before) and len(unicodedata.normalize("NFC", before + sign)) == 1


_PLACES: dict[str, Callable[[str, int, int], Iterable[int]]] = {
    "unseen": _find_unseen,
    "marks": _find_marks,
    "other": _find_other,
    "latin": _find_latin,
    "bracket": lambda _, start, end: range(start, end),
}
