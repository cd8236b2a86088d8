"""Lines of three texts, and stretches of them that are decided on together.

How much a line says, from the least to the most:

    has_word      more than brackets and blanks: worth to keep its place
    is_telling    four letters: says where it belongs in its cell
    tells_cell    eight letters and digits, unlike `plt.show()`: says which cell it is of
    says_enough   several words, or long: not in two cells by chance (`nbvc.diffing.pairing.alike`)
"""

from __future__ import annotations

import msgspec

from nbvc.merging.counting import explain_count
from nbvc.sequence.columns import HEAVY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.sequence.columns import Column

    Lines = list[str]

BOUNDARY = "\n"
"""Stands between two cells as a line does. No line of a source can be it."""
_FEW_LETTERS = 4
"""A line with fewer letters says nothing about where it belongs."""
_MANY_LETTERS = 8
"""A line with fewer letters and digits may be in any cell."""


class Chunk(msgspec.Struct, frozen=True):
    """Lines of the result; in a conflict (`remote` is not None) those of both sides and the base."""

    lines: list[str]
    remote: list[str] | None = None
    base: list[str] = []


class Merged(msgspec.Struct, frozen=True):
    """A merged text: its chunks, and whether words of one line came from both sides."""

    chunks: list[Chunk]
    words: bool = False

    @property
    def conflicts(self) -> int:
        """How many chunks are conflicts."""
        return sum(chunk.remote is not None for chunk in self.chunks)

    @property
    def lines(self) -> list[str]:
        """The lines of all chunks, in conflicts those of local."""
        return [line for chunk in self.chunks for line in chunk.lines]


class LinePlace(msgspec.Struct, frozen=True, gc=False):
    """A column with its lines."""

    column: Column
    local: str | None
    remote: str | None

    @property
    def line(self) -> str:
        """The line, as one of the sides has it."""
        found = self.remote if self.local is None else self.local
        assert found is not None
        return found


class Stretch(msgspec.Struct, frozen=True):
    """Lines `start` to `stop` of base, and the places where both sides have them or others."""

    base: Lines
    start: int
    stop: int
    places: list[LinePlace]

    @property
    def old(self) -> Lines:
        """The lines of base."""
        return self.base[self.start : self.stop]

    @property
    def local(self) -> Lines:
        """The lines of local."""
        return [place.local for place in self.places if place.local is not None]

    @property
    def remote(self) -> Lines:
        """The lines of remote."""
        return [place.remote for place in self.places if place.remote is not None]


def make_key(line: str) -> str:
    """Return what lines are compared by: white space at a line's end is nothing."""
    return line if line == BOUNDARY else line.rstrip()


def weigh(line: str) -> float:
    """Return how much it is worth that a line keeps its place: more than any number of brackets."""
    return HEAVY if has_word(line) else 1.0


def has_word(line: str) -> bool:
    """Return whether a line is more than brackets and blanks."""
    return line == BOUNDARY or any(map(str.isalnum, line))


def tells_cell(line: str) -> bool:
    """Return whether a line says which cell it is of, as `plt.show()` does not."""
    return len(line) >= _MANY_LETTERS and sum(map(str.isalnum, line)) >= _MANY_LETTERS


def explain_line(line: str, base: int, local: int, remote: int) -> range:
    """Return how often a line may come in a result, by how often it is in the versions.

    One that is once in each is known by a value in it, such as `x = 1` and unlike `plt.show()`.
    """
    telling = tells_cell(line)
    known = telling or "=" in line or any(map(str.isdigit, line))
    return explain_count(base, local, remote, telling=telling, known=known)


def is_blank(line: str) -> bool:
    """Return whether a line is empty or white space."""
    return line != BOUNDARY and not line.strip()


def is_telling(line: str) -> bool:
    """Return whether a line says where it belongs, as a bracket does not."""
    return line == BOUNDARY or sum(map(str.isalpha, line)) >= _FEW_LETTERS
