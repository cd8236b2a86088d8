"""Find cells that were split, and cells that were joined.

    before        after
    A             A
    B₁            B₁          B was split, and a heading put between its halves: the texts of
    B₂            ## title    both parts, one after the other, are the text of the whole
    C             B₂
                  C

`link_exact_parts` compares whole texts, white space aside, and is beyond doubt. `link_rough_parts`
adds a free neighbor to a pair if both together are much more alike than one: parts that were edited.
A join is a split read from the other side, so that both run the same code.
"""

from __future__ import annotations

from bisect import bisect_right

from nbvc.diffing.pairing.alike import Profile, compare_profiles, says_enough
from nbvc.diffing.pairing.evidence import STRONG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Iterator, Mapping

    from nbvc.diffing.pairing.evidence import Evidence
    from nbvc.diffing.pairing.model import Pairing

    Keys = Mapping[int, Hashable]

_TRIES = 64
"""So many texts that begin a text are tried as its next part, and so many cells as its first."""
_REACH = 3
"""So many cells may be between a part that was edited and the next one."""
_STEPS = [step * way for way in (-1, 1) for step in range(1, _REACH + 2)]
"""How far the cells are that may be parts together with a free one."""
_LEAST = 8
"""A shorter text is not recognized as a part that was edited."""
_GAIN = 0.1
"""So much more alike must a cell be to its parts together than to the first alone."""


class _Side:
    """The free cells of one side, found by the texts that begin another text, white space aside.

    Cells that are not `whole` may be parts: their own text is not on the other side.
    `order` lists the different texts; `shorter` gives for each the longest other one that begins it.
    """

    def __init__(
        self,
        evidence: Evidence,
        side: int,
        free: dict[int, None],
        keys: Keys,
        standing: set[Hashable],
    ) -> None:
        self.cells = evidence.cells[side]
        self.free = free
        own = [i for i in free if i in keys]
        self.whole = {i for i in own if keys[i] in standing} if standing else set()
        self.texts = {i: evidence.profile(side, i).squeezed for i in own}
        self.places: dict[str, list[int]] = {}
        for index, text in self.texts.items():
            self.places.setdefault(text, []).append(index)
        self.order = sorted(self.places)
        self.longest = max(map(len, self.order), default=0)
        self.shorter = _find_beginnings(self.order)

    def is_part(self, index: int) -> bool:
        """Return whether a cell is not a whole one, and says enough to be a part wherever it is."""
        source = self.cells[index].source
        return index not in self.whole and any(map(says_enough, source.split("\n")))

    def find_starting(self, text: str) -> Iterator[list[int]]:
        """Yield lists of cells of one text with which a text begins, longer ones first."""
        # Every text that begins this one also begins the last text that does not sort behind it.
        at = bisect_right(self.order, text) - 1
        for _ in range(_TRIES):
            if at < 0:
                break
            if text.startswith(self.order[at]):
                yield self.places[self.order[at]]
            at = self.shorter[at]


def _find_beginnings(texts: list[str]) -> list[int]:
    """Return for each of the sorted texts the position of the longest other that begins it, or -1."""
    found: list[int] = []
    for at, text in enumerate(texts):
        last = at - 1
        while last >= 0 and not text.startswith(texts[last]):
            last = found[last]
        found.append(last)
    return found


def link_exact_parts(pairing: Pairing, evidence: Evidence, before: Keys, after: Keys) -> None:
    """Link cells whose text is that of several free cells together.

    Cells may be between the parts. A cell whose own text is on the other side is whole.
    """
    if not pairing.is_open or len(pairing.free_before) == len(pairing.free_after) == 1:
        return
    standing = set(before.values()) & set(after.values())
    olds = _Side(evidence, 0, pairing.free_before, before, standing)
    news = _Side(evidence, 1, pairing.free_after, after, standing)
    for i, run in _find_runs(olds, news):
        pairing.split(i, run)
    for j, run in _find_runs(news, olds):
        pairing.join(run, j)


def _find_runs(wholes: _Side, parts: _Side) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield cells and the free cells of the other side that make them up, in order."""
    order, shorter = parts.order, parts.shorter
    for whole, text in wholes.texts.items() if len(parts.texts) > 1 else ():
        at = bisect_right(order, text) - 1
        begun = at >= 0 and (shorter[at] >= 0 or text.startswith(order[at]))
        if begun and whole in wholes.free and whole not in wholes.whole:
            run = _find_run(text, wholes.cells[whole].cell_type, parts)
            if run:
                yield whole, run


def _find_run(text: str, kind: str, parts: _Side) -> tuple[int, ...]:
    """Return the parts of a text that are closest together, or nothing."""
    best: tuple[int, ...] = ()
    for found in parts.find_starting(text):
        for first in found[:_TRIES]:
            run = _follow(text, kind, first, parts)
            if run and (not best or run[-1] - run[0] < best[-1] - best[0]):
                best = run
    return best


def _follow(text: str, kind: str, first: int, parts: _Side) -> tuple[int, ...]:
    """Return the run of parts that begins with a cell and ends where the text ends, or nothing."""
    run: list[int] = []
    position, index = 0, first
    while index >= 0:
        if index not in parts.free or parts.cells[index].cell_type != kind:
            return ()
        run.append(index)
        position += len(parts.texts[index])
        if position == len(text):
            return tuple(run) if len(run) > 1 else ()
        index = _find_next(text, position, index, parts)
    return ()


def _find_next(text: str, position: int, last: int, parts: _Side) -> int:
    """Return the nearest free cell behind the last part with which the text goes on, or -1.

    Cells that may be whole, or be there by chance, are parts only if they are together.
    """
    nearest = -1
    for found in parts.find_starting(text[position : position + parts.longest]):
        at = bisect_right(found, last)
        for index in found[at : at + _REACH]:
            if 0 <= nearest <= index:
                break
            together = index == last + 1 or (parts.is_part(index) and parts.is_part(last))
            if together and index in parts.free:
                nearest = index
    return nearest


def link_rough_parts(pairing: Pairing, evidence: Evidence) -> None:
    """Add free neighbors to a pair if all together are much more alike."""
    if not pairing.free_before and not pairing.free_after:
        return
    heirs = dict(pairing.pairs)
    pasts = {j: i for i, j in heirs.items()}
    _extend(evidence, 0, pairing.free_after, pasts, pairing.splits, pairing.joins, pairing.split)
    _extend(
        evidence,
        1,
        pairing.free_before,
        heirs,
        pairing.joins,
        pairing.splits,
        lambda j, run: pairing.join(run, j),
    )


def _extend(
    evidence: Evidence,
    side: int,
    free: dict[int, None],
    wholes: dict[int, int],
    grown: dict[int, tuple[int, ...]],
    others: Container[int],
    link: Callable[[int, tuple[int, ...]], None],
) -> None:
    """Let the cells of one side, which are `wholes` of parts, take free neighbors of their parts."""
    for extra in list(free) if wholes else ():
        for part in _find_near(extra, wholes):
            whole = wholes[part]
            run = grown.get(whole, (part,))
            if part in others or extra not in free or extra in run:
                continue
            longer = tuple(sorted((*run, extra)))
            if _is_explained(evidence, side, whole, run, extra, longer):
                link(whole, longer)
                wholes[extra] = whole


def _find_near(extra: int, linked: Container[int]) -> list[int]:
    """Return the nearest linked cells, at most `_REACH` cells away on either side."""
    return [extra + step for step in _STEPS if extra + step in linked]


def _is_explained(
    evidence: Evidence,
    side: int,
    whole: int,
    run: tuple[int, ...],
    extra: int,
    longer: tuple[int, ...],
) -> bool:
    """Return whether a cell is much more alike to parts with one more than without it."""
    cells = evidence.cells[1 - side]
    if cells[run[0]].fields.get("source") == evidence.cells[side][whole].fields.get("source"):
        return False
    target, more = evidence.profile(side, whole), evidence.profile(1 - side, extra)
    telling = bool({extra - 1, extra + 1}.intersection(run)) or any(map(says_enough, more.lines))
    if target.kind != more.kind or not telling or not _share_something(target, more):
        return False
    known = _join(evidence, 1 - side, run)
    new = more.words - known.words
    if len(new & target.words) < max(1, len(new) / 2) or len(more.squeezed) < _LEAST:
        return False
    if any(cells[index].cell_type != target.kind for index in run):
        return False
    if target.squeezed == known.squeezed:
        return False
    score = compare_profiles(target, _join(evidence, 1 - side, longer), at_least=STRONG)
    alone = max(compare_profiles(target, part, at_least=0) for part in (known, more))
    return score >= max(STRONG, alone + _GAIN)


def _share_something(target: Profile, more: Profile) -> bool:
    """Return whether two cells have a line in common, or a word if one is a single line."""
    if len(more.lines) == 1:
        return not target.words.isdisjoint(more.words)
    return not target.lines.isdisjoint(more.lines)


def _join(evidence: Evidence, side: int, run: tuple[int, ...]) -> Profile:
    profiles = [evidence.profile(side, index) for index in run]
    if len(profiles) == 1:
        return profiles[0]
    return Profile(profiles[0].kind, "\n".join(profile.source for profile in profiles))
