"""Two sides of a change that look the same: show by name what differs.

    - total = а + 1        - total = <U+0430> + 1
    + total = a + 1        + total = a + 1

Words are compared by their looks: letters in the Latin form if they have one, without what is not
seen. Where words look the same and are not, the characters that differ are named. So are blanks at
the end of a changed line, and tabs among what changed. The work is linear in the length of the
texts. `src/shared/alike.ts` in the Jupyter extension is the same in TypeScript, also for timelines.
"""

from __future__ import annotations

import re

import msgspec

from nbvc.render.escape import Shown, escape_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.diffing.values import ChangedLines, ChangedWords, Range

    Pins = set[int]
    Spelling = tuple[str, int]

_LONGEST = 200
"""No person reads a longer word letter by letter."""
_ENOUGH = 0.5
"""Two words with so much in common at both ends are one word that was edited."""


class ShownSide(msgspec.Struct, frozen=True):
    """One side of a change as it is shown, and the spans in it that changed."""

    shown: Shown
    spans: list[tuple[int, int]]

    @property
    def text(self) -> str:
        """The text that is shown."""
        return self.shown.text


def show_apart(
    before: str, after: str, words: ChangedWords | None = None, *, done: bool = False
) -> tuple[Shown, Shown]:
    """Return both sides of a change as they are shown.

    `words` are the changed spans of each side, or None if all of it may have changed. Texts that
    were escaped before are `done`.
    """
    pins = pins_of(before, after, words)
    return Shown(before, pins[0], done=done), Shown(after, pins[1], done=done)


def pins_of(before: str, after: str, words: ChangedWords | None = None) -> tuple[Pins, Pins]:
    """Return the offsets in both sides of what is named because they look the same there."""
    pins: tuple[Pins, Pins] = (set(), set())
    _pin_blanks(before, after, words, pins)
    if not (before.isascii() and after.isascii()):
        _pin_letters(before, after, words, pins)
    return pins


def sides_of(op: ChangedLines, *, done: bool = False) -> tuple[ShownSide, ShownSide]:
    """Return both sides of an operation on lines, without their last line end."""
    texts = ["".join(lines).removesuffix("\n") for lines in (op.removed, op.added)]
    shown = show_apart(texts[0], texts[1], op.words, done=done)
    spans = (op.words.before, op.words.after) if op.words else ((), ())
    before, after = (
        ShownSide(side, [(side.at(start), side.at(end)) for start, end in marked])
        for side, marked in zip(shown, spans, strict=True)
    )
    return before, after


def show_values_apart(before: str, after: str) -> tuple[str, str]:
    """Return two values as they are shown, each on one line."""
    old, new = (
        side.text.replace("\n", "<U+000A>").replace("\t", "<U+0009>")
        for side in show_apart(before, after)
    )
    return old, new


def show_lines_apart(
    before: Sequence[str], after: Sequence[str], *, done: bool = False
) -> tuple[list[str], list[str]]:
    """Return the lines of both sides as they are shown."""
    if not before or not after:
        return (
            ([*before], [*after])
            if done
            else ([*map(escape_text, before)], [*map(escape_text, after)])
        )
    sides = show_apart("\n".join(before), "\n".join(after), done=done)
    return sides[0].text.split("\n"), sides[1].text.split("\n")


# Blanks


def _pin_blanks(
    before: str, after: str, words: ChangedWords | None, pins: tuple[Pins, Pins]
) -> None:
    if words is None:
        _pin_blanks_of_twins(before, after, pins)
        return
    for text, spans, found in zip((before, after), (words.before, words.after), pins, strict=True):
        for start, end in spans:
            _pin_blanks_between(text, start, min(end, len(text)), found)


def _pin_blanks_between(text: str, start: int, end: int, pins: Pins) -> None:
    """Pin tabs, rare blanks, and blanks at the end of a line, in a stretch of a text."""
    for found in re.finditer(r"\s", text[start:end]):
        place = start + found.start()
        if found[0] == "\n":
            continue
        if found[0] != " " or text[place + 1 : place + 2] in ("", "\n"):
            pins.add(place)


def _pin_blanks_of_twins(before: str, after: str, pins: tuple[Pins, Pins]) -> None:
    """Pin blanks in lines that are the same on both sides but for blanks."""
    lines: tuple[dict[str, set[str]], dict[str, set[str]]] = ({}, {})
    for text, known in zip((before, after), lines, strict=True):
        for line in text.split("\n"):
            known.setdefault(" ".join(line.split()), set()).add(line)
    old, new = lines
    twins = {key for key in old if key in new and (len(old[key]) > 1 or old[key] != new[key])}
    for text, found in zip((before, after), pins, strict=True):
        start = 0
        for line in text.split("\n") if twins else ():
            if " ".join(line.split()) in twins:
                _pin_blanks_between(text, start, start + len(line), found)
            start += len(line) + 1


# Letters


def _pin_letters(
    before: str, after: str, words: ChangedWords | None, pins: tuple[Pins, Pins]
) -> None:
    from nbvc.render.looks import find_spellings, look_of

    whole = ((0, len(before)),), ((0, len(after)),)
    spans: tuple[Sequence[Range], ...] = (words.before, words.after) if words else whole
    sides = (find_spellings(before, spans[0]), find_spellings(after, spans[1]))
    looks = {word: look_of(word) for side in sides for word, _ in side}
    known: dict[str, set[str]] = {}
    for word, look in looks.items():
        known.setdefault(look, set()).add(word)
    # Two of many spellings are enough: each word differs from one of them.
    rivals = {look: sorted(spelled)[:2] for look, spelled in known.items()}
    for side, found in zip(sides, pins, strict=True):
        for word, place in side:
            spelled = rivals[looks[word]]
            if not word.isascii() and (len(spelled) > 1 or not looks[word]):
                _pin_word(word, place, spelled, found)
    if words is not None and len(sides[0]) == len(sides[1]):
        for one, other in zip(*sides, strict=True):
            _pin_edited(one, other, pins)


def _pin_word(word: str, place: int, spelled: Sequence[str], pins: Pins) -> None:
    """Pin what distinguishes a word from the others that look like it."""
    other = next((each for each in spelled if each != word), "")
    head = _count_common(word, other)
    tail = _count_common(word[head:][::-1], other[head:][::-1])
    for at in range(head, len(word) - tail):
        if not word[at].isascii():
            pins.add(place + at)


def _count_common(one: str, other: str) -> int:
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _pin_edited(one: Spelling, other: Spelling, pins: tuple[Pins, Pins]) -> None:
    """Pin letters that only look the same, at the ends of a word that was edited in between."""
    from nbvc.render.looks import look_of

    (old, old_place), (new, new_place) = one, other
    if (old.isascii() and new.isascii()) or max(len(old), len(new)) > _LONGEST:
        return
    looks = [look_of(sign) for sign in old], [look_of(sign) for sign in new]
    least = min(len(old), len(new))
    head = next((at for at in range(least) if looks[0][at] != looks[1][at]), least)
    rest = least - head
    tail = next((at for at in range(rest) if looks[0][-1 - at] != looks[1][-1 - at]), rest)
    if head + tail < _ENOUGH * max(len(old), len(new)):
        return
    for at in (*range(head), *range(-tail, 0)):
        if old[at] != new[at]:
            for word, place, found in ((old, old_place, pins[0]), (new, new_place, pins[1])):
                if not word[at].isascii():
                    found.add(place + at % len(word))
