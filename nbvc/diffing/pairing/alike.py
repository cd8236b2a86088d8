"""How alike two cells are, cheaply enough to ask for many pairs."""

from __future__ import annotations

from nbvc.sequence import common_length, measure_ratio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    Sign = str | bytes
    """A line or a word."""

_SEPARATORS = bytes(
    code if code > 127 or chr(code).isalnum() or code == ord("_") else ord(" ")
    for code in range(256)
)
"""Turns what is not a letter, digit or underscore into space; beyond ASCII everything is a letter."""
_SPACE = bytes(code for code in range(128) if chr(code).isspace())
_WHOLE = 0.7
"""How alike cells at least are of which one has all lines of the other, and more."""
LONG = 30
"""A shorter line may be in two cells by chance, and so may a cell with a shorter source."""
_SEVERAL = 3
"""A line of fewer words may be all that a cell has, or has of its own, by chance."""
_FEW_LINES = 3
"""Cells of at most so many lines are found by their words as well."""
_FEW_WORDS = 6
"""Below this, words say too little and characters are compared as well."""
_ENOUGH = 0.8
"""So alike by lines, words aren't compared any more; nor characters, if alike by words."""
_FEW_CHARACTERS = 400
"""So long a source of few words is data, and isn't compared by characters."""
_DIFFERENCE = 500
"""A longer difference is counted by words instead of characters."""


def squeeze(source: str) -> str:
    """Return a source without white space."""
    if source.isascii():  # several times as fast
        return source.encode().translate(None, _SPACE).decode()
    return "".join(source.split())


class Profile:
    """What is compared of one cell."""

    __slots__ = ("_lines", "_signs", "_squeezed", "_words", "kind", "source")

    def __init__(self, kind: str, source: str) -> None:
        """Profile a source of the given cell type by its different lines and words."""
        self.kind = kind
        self.source = source
        self._lines: set[str] | None = None
        self._words: set[bytes] | None = None
        self._squeezed: str | None = None
        self._signs: AbstractSet[Sign] | None = None

    @property
    def lines(self) -> set[str]:
        """The different lines."""
        lines = self._lines
        if lines is None:
            lines = self._lines = set(self.source.split("\n"))
        return lines

    @property
    def words(self) -> set[bytes]:
        """The different words."""
        words = self._words
        if words is None:
            text = self.source.encode(errors="surrogatepass")
            words = self._words = set(text.translate(_SEPARATORS).split())
        return words

    @property
    def signs(self) -> AbstractSet[Sign]:
        """What a cell is found by: its lines, and its words if it has few lines."""
        signs = self._signs
        if signs is None:
            few = len(self.lines) <= _FEW_LINES
            signs = self._signs = self.lines | self.words if few else self.lines
        return signs

    def shares_line(self, other: Profile) -> bool:
        """Return whether lines of both, or all lines of one, are too telling to be there by chance."""
        shared = self.lines & other.lines
        if not shared:
            return False
        telling = [line for line in shared if says_enough(line)]
        whole = len(shared) == min(len(self.lines), len(other.lines))
        return (whole and bool(telling)) or sum(map(len, telling)) >= LONG

    @property
    def squeezed(self) -> str:
        """The source without white space."""
        squeezed = self._squeezed
        if squeezed is None:
            squeezed = self._squeezed = squeeze(self.source)
        return squeezed


def compare_profiles(one: Profile, other: Profile, *, at_least: float) -> float:
    """Return how alike two sources are, from 0 to 1; below `at_least` it may be 0.

    The greater of the shares of different words, and of different lines, that both have (Dice's
    coefficient, lines a little less): words see an edited line, lines a stretch that stays. Where there
    are only few words, characters in order.
    """
    if one.source == other.source:
        return 1.0
    lines, others = one.lines, other.lines
    common = len(lines & others)
    best = 1.9 * common / (len(lines) + len(others)) if common else 0.0
    if common and common == min(len(lines), len(others)) and _is_telling(lines & others):
        best = max(best, _WHOLE)
    if best > _ENOUGH:
        return best
    words, other_words = one.words, other.words
    few, total = min(len(words), len(other_words)), len(words) + len(other_words)
    # No more can be in common than the shorter one has.
    common = len(words & other_words) if 2 * few >= at_least * total else 0
    if common:
        best = max(best, 2 * common / total)
    if best < _ENOUGH and few < _FEW_WORDS:
        best = max(best, _by_characters(one, other, at_least))
    return min(best, 0.99)


def _is_telling(lines: set[str]) -> bool:
    """Return whether no other cell is likely to have all of these lines by chance."""
    return len(lines) > 1 or any(says_enough(line) for line in lines)


def says_enough(line: str) -> bool:
    """Return whether a line says more than `plt.show()`: it is long, or has several words."""
    if len(line) >= LONG:  # Not all languages put spaces between words.
        return True
    return len(line.encode(errors="surrogatepass").translate(_SEPARATORS).split()) >= _SEVERAL


def _by_characters(one: Profile, other: Profile, at_least: float) -> float:
    if one.squeezed == other.squeezed:
        return 1.0
    if max(len(one.squeezed), len(other.squeezed)) > _FEW_CHARACTERS:
        return 0.0
    return measure_ratio(one.squeezed, other.squeezed, at_least=at_least + 0.15) - 0.15


def count_difference(one: Profile, other: Profile) -> int:
    """Return how many characters differ in the lines that two sources do not share.

    Fine enough to tell look-alikes apart: of two cells, the one with the smaller difference is closer.
    """
    if one.source == other.source:
        return 0
    shared = one.lines & other.lines
    rest, others = (_join_lines(profile, shared) for profile in (one, other))
    if len(rest) + len(others) <= _DIFFERENCE:
        # Words that differ count twice, so that letters in common by chance weigh less.
        same = common_length(rest, others)
        return len(rest) + len(others) - 2 * same + _weigh_words(one, other)
    return 2 * _weigh_words(one, other)


def _join_lines(profile: Profile, without: set[str]) -> str:
    return "\n".join(line for line in profile.source.split("\n") if line not in without)


def _weigh_words(one: Profile, other: Profile) -> int:
    return sum(map(len, one.words ^ other.words))
