"""Numbers in text, compared with a tolerance."""

from __future__ import annotations

import re

from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.diffing.policy import DiffPolicy

NUMBER = compile_lazily(
    r"(?<![\w.])[-+\u2212]?(?:\d{1,3}(?:,\d{3}){1,20}(?![\d,])(?:\.\d{1,400})?|\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})"
    r"(?:[eE][-+]?\d{1,5})?(?![\w])"
    r"|(?<![\w.])[-+\u2212]?(?:nan|NaN|inf|Infinity)(?!\w)"
)
"""Decimal numbers, with `,` between thousands or without; no digits of a name such as `x1`."""


def close(before: float, after: float, policy: DiffPolicy) -> bool:
    """Return whether two numbers are the same within the tolerance: PEP 485's test, both ways alike."""
    if before == after or (before != before and after != after):  # noqa: PLR0124 - NaN is NaN
        return True
    size = max(abs(before), abs(after))
    if size == float("inf"):
        return False
    return abs(before - after) <= max(policy.rtol * size, policy.atol)


def value_of(text: str) -> float | None:
    """Return the number that a text is, or None; one too large for a float is none."""
    text = text.strip()
    if not NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "").replace("\u2212", "-"))
    return None if abs(value) == float("inf") and "inf" not in text.lower() else value


def same_number(before: str, after: str, policy: DiffPolicy) -> bool:
    """Return whether two texts are equal, or numbers within the tolerance."""
    if before == after:
        return True
    if not policy.tolerant:
        return False
    one, other = value_of(before), value_of(after)
    return one is not None and other is not None and close(one, other, policy)


def pairs_of(before: str, after: str) -> list[tuple[str, str]] | None:
    """Return the numbers of two texts pair by pair, or None if they differ in more than numbers.

    Runs of spaces count as one: a longer number pushes columns aside. So do runs of dashes.
    """
    if before.translate(_NO_NUMBERS) != after.translate(_NO_NUMBERS):
        return None
    olds, news = before.split("\n"), after.split("\n")
    if len(olds) != len(news):
        return None
    found: list[tuple[str, str]] = []
    for old, new in zip(olds, news, strict=True):
        if old == new:
            found += [(number, number) for number in NUMBER.findall(old)]
            continue
        (one, numbers), (other, others) = _take_numbers(old), _take_numbers(new)
        if one != other or len(numbers) != len(others):
            return None
        found += zip(numbers, others, strict=True)
    return found


_NO_NUMBERS = dict.fromkeys(map(ord, "0123456789.,eE+-\u2212nanNaNinfInfinity \t\0"))
"""Takes away every character that a number or a frame's space can be of."""


def _take_numbers(line: str) -> tuple[str, list[str]]:
    """Return what is left of a line without its numbers, and these."""
    rest, numbers = [], []
    last = 0
    for found in NUMBER.finditer(line):
        rest.append(line[last : found.start()])
        numbers.append(found[0])
        last = found.end()
    text = " \0 ".join((*rest, line[last:]))
    return re.sub(r"-{2,}", "--", re.sub(r"[ \t]+", " ", text)), numbers
