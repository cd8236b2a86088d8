"""What words look like. Loaded for changes beyond ASCII alone."""

from __future__ import annotations

import re
import unicodedata

from nbvc.lazy import compile_lazily
from nbvc.render.naming import LETTERS, MARKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

IGNORED = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
"""`Default_Ignorable_Code_Point` of the Unicode Character Database, as the inside of a class."""
FIGURES = (
    "\xaa\xb2\xb3\xb9\xba\xbc-\xbe\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1dbf\u2070-\u209c\u2120\u2122"
    "\u2150-\u215f\u2460-\u24ff\u3190-\u33ff\ufe10-\ufe19\ufe30-\ufe48\U0001f100-\U0001f2ff"
)
"""Superscripts, fractions and the like: `NFKD` makes plain characters of them, which look different."""
SIGNS = {
    "-": "‐‑‒–—―−⁃➖", "'": "’‘ʼʹ′´՚ʻ‛", '"': "“”„″ʺ‟", "/": "∕⁄╱⧸", "\\": "∖⧵", "*": "∗⁎✱",
    ":": "։׃ː∶꞉", ",": "‚،", ".": "․ꓸ", "!": "ǃ", "|": "∣ǀ", "<": "‹˂ᐸ〈⟨❮", ">": "›˃ᐳ〉⟩❯",
    "~": "∼˜", "_": "ˍ", "·": "•∙⋅‧・", "x": "×✕", "+": "➕", "Δ": "∆", "Σ": "∑", "Π": "∏",
    "a": "αɑ", "b": "вʙ", "g": "ɡ", "h": "нʜ", "i": "ιıɩ", "k": "κкᴋ", "m": "мᴍ", "o": "σ", "p": "ρ",
    "t": "τтᴛ", "u": "υ", "v": "ν", "w": "ω", "y": "γʏ", "l": "Ӏ", "3": "З", "6": "б",
}  # fmt: skip
_PLAIN = str.maketrans({sign: plain for plain, signs in SIGNS.items() for sign in signs} | LETTERS)
_WORD = compile_lazily(
    f"(?:\\w[{MARKS}{IGNORED}]*)+|[{MARKS}{IGNORED}]+|[^\\w\\s][{MARKS}{IGNORED}]*"
)


def find_spellings(text: str, spans: Iterable[Sequence[int]]) -> list[tuple[str, int]]:
    """Return the words and signs in these stretches of a text, each with its place."""
    return [
        (found[0], found.start())
        for start, end in spans
        for found in _WORD.finditer(text, start, end)
    ]


def look_of(word: str) -> str:
    """Return what a word looks like: two that look the same have the same."""
    if word.isascii():
        return word
    if not re.search(f"[{FIGURES}]", word):
        word = unicodedata.normalize("NFKD", word)
    return re.sub(f"[{IGNORED}]+", "", word).translate(_PLAIN)
