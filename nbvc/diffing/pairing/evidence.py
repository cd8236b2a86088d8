"""What is known about any two cells: how alike they are, and what their names say.

Everything is worked out when a step first asks for it, and kept. Equal cells share what is known.
"""

from __future__ import annotations

from nbvc.diffing.pairing.alike import LONG, Profile, compare_profiles, count_difference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.diffing.pairing.names import Naming
    from nbvc.notebook import Cell

STRONG = 0.75
"""Similar enough to be the same cell wherever it is, and of whatever type."""
MOVED = 0.6
"""Similar enough to be the same cell in another gap."""
LIKELY = 0.4
"""Similar enough to be the same cell at the same place."""
PLAUSIBLE = 0.15
"""Similar enough to be the same cell if the names say so."""
_OTHER_TYPE = 0.65
"""Cells of two types are less alike than their texts, unless these are the same."""
_OTHER_TYPE_ALONE = 0.9
"""How alike cells of two types are whose text is the same."""
_BRIEF = 4
"""A source of fewer words may change altogether and still be the cell that its name says."""


class Evidence:
    """Answers about cells before (by `i`) and after (by `j`)."""

    __slots__ = ("_differences", "_profiles", "_scores", "_shared", "cells", "naming")

    def __init__(self, before: Sequence[Cell], after: Sequence[Cell], naming: Naming) -> None:
        """Take the cells and their names."""
        self.cells = (before, after)
        self.naming = naming
        self._profiles: tuple[dict[int, Profile], dict[int, Profile]] = ({}, {})
        self._shared: dict[tuple[str, str], Profile] = {}
        self._scores: dict[tuple[Profile, Profile], float] = {}
        self._differences: dict[tuple[Profile, Profile], int] = {}

    def profile(self, side: int, index: int) -> Profile:
        """Return what is compared of a cell; side 0 is before."""
        known = self._profiles[side]
        profile = known.get(index)
        if profile is None:
            cell = self.cells[side][index]
            key = cell.cell_type, cell.source
            profile = self._shared.get(key)
            if profile is None:
                profile = self._shared[key] = Profile(*key)
            known[index] = profile
        return profile

    def score(self, i: int, j: int) -> float:
        """Return how alike two cells are, from 0 to 1; less than `LIKELY` may be 0."""
        one = self._profiles[0].get(i) or self.profile(0, i)
        other = self._profiles[1].get(j) or self.profile(1, j)
        score = self._scores.get((one, other))
        if score is None:
            if one.kind == other.kind:
                score = compare_profiles(one, other, at_least=LIKELY)
            else:
                score = _score_types(one, other)
            self._scores[one, other] = score
        return score

    def difference(self, i: int, j: int) -> int:
        """Return how much differs between two cells, fine enough to tell look-alikes apart."""
        pair = self.profile(0, i), self.profile(1, j)
        found = self._differences.get(pair)
        if found is None:
            found = self._differences[pair] = count_difference(*pair)
        return found

    def share_line(self, i: int, j: int) -> bool:
        """Return whether two cells have a line that is too long to be there by chance."""
        return self.profile(0, i).shares_line(self.profile(1, j))

    def closeness(self, i: int, j: int) -> float:
        """Return how small the difference of two cells is beside their size, up to 1 for none."""
        size = len(self.profile(0, i).source) + len(self.profile(1, j).source)
        return size / (size + self.difference(i, j)) if size else 1.0

    def is_blank(self, side: int, index: int) -> bool:
        """Return whether a source is nothing but white space."""
        source = self.cells[side][index].source
        return not source or source.isspace()

    def is_short(self, i: int) -> bool:
        """Return whether a cell may equal another one by chance."""
        return len(self.cells[0][i].source) < LONG

    def is_telling(self, i: int, j: int) -> bool:
        """Return whether similar cells are so for a reason: not blank, nor short with other names."""
        if self.is_blank(0, i):
            return False
        return not (self.is_short(i) and self.naming.differ(i, j))

    def is_plausible(self, i: int, j: int) -> bool:
        """Return whether the text of two cells does not contradict that they are the same."""
        one, other = self.profile(0, i), self.profile(1, j)
        if one.source == other.source:
            return True
        if one.kind != other.kind:
            return self.score(i, j) >= LIKELY
        brief = min(len(one.words), len(other.words)) < _BRIEF
        return brief or compare_profiles(one, other, at_least=PLAUSIBLE) >= PLAUSIBLE

    def same_outputs(self, i: int, j: int) -> bool:
        """Return whether two cells have the same outputs, and any."""
        one = self.cells[0][i].fields.get("outputs")
        if one is None or len(memoryview(one)) <= 2:
            return False
        return one == self.cells[1][j].fields.get("outputs")


def _score_types(one: Profile, other: Profile) -> float:
    """Return how alike cells of two types are: somebody turned code into text, or text into code."""
    if one.squeezed == other.squeezed:
        return _OTHER_TYPE_ALONE if one.squeezed else 0.0
    score = compare_profiles(one, other, at_least=STRONG)
    return score * _OTHER_TYPE if score >= STRONG else 0.0
