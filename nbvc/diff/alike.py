"""How alike two cells are, cheaply enough to ask for many pairs."""

from __future__ import annotations

import re

from nbvc.sequence import ratio

_SEPARATORS = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
_WORD = re.compile(r"\w+")
_FEW_WORDS = 6
"""Below this, words say too little and characters are compared as well."""
_ENOUGH = 0.8
"""So alike by lines, words aren't compared any more."""
_FEW_CHARACTERS = 400
"""So long a source of few words is data, and isn't compared by characters."""


class Profile:
    """What is compared of one cell, each part worked out when first needed."""

    __slots__ = ("_lines", "_squeezed", "_words", "kind", "source")

    def __init__(self, kind: str, source: str) -> None:
        """Profile a source of the given cell type."""
        self.kind = kind
        self.source = source
        self._words: set[str] | None = None
        self._lines: set[str] | None = None
        self._squeezed: str | None = None

    @property
    def words(self) -> set[str]:
        """The different words."""
        words = self._words
        if words is None:
            ascii_only = self.source.isascii()
            found = self.source.translate(_SEPARATORS).split() if ascii_only else None
            words = self._words = set(_WORD.findall(self.source) if found is None else found)
        return words

    @property
    def lines(self) -> set[str]:
        """The different lines."""
        lines = self._lines
        if lines is None:
            lines = self._lines = set(self.source.split("\n"))
        return lines

    @property
    def squeezed(self) -> str:
        """The source without white space."""
        squeezed = self._squeezed
        if squeezed is None:
            squeezed = self._squeezed = "".join(self.source.split())
        return squeezed


def alike(one: Profile, other: Profile, *, at_least: float) -> float:
    """Return how alike two sources are, from 0 to 1; below `at_least` it may be 0.

    The greater of the shares of different words, and of different lines, that both have (Dice's
    coefficient): words see an edited line, lines a stretch that stays beside a new one. Where there
    are only few words, characters in order.
    """
    if one.source == other.source:
        return 1.0
    best = 0.95 * _shared(one.lines, other.lines)
    if best > _ENOUGH:
        return best
    best = max(best, _shared(one.words, other.words))
    if best < 1.0 and min(len(one.words), len(other.words)) < _FEW_WORDS:
        best = max(best, _by_characters(one, other, at_least))
    return min(best, 0.99)


def _shared(one: set[str], other: set[str]) -> float:
    common = len(one & other)
    return 2 * common / (len(one) + len(other)) if common else 0.0


def _by_characters(one: Profile, other: Profile, at_least: float) -> float:
    if one.squeezed == other.squeezed:
        return 1.0
    if max(len(one.squeezed), len(other.squeezed)) > _FEW_CHARACTERS:
        return 0.0
    return ratio(one.squeezed, other.squeezed, at_least=at_least) - 0.15
