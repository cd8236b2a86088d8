"""Texts: what is left when the noise is taken away, and how many lines or numbers differ."""

from __future__ import annotations

from nbvc.diffing.meaning.folding import fold_text
from nbvc.diffing.meaning.masks import bar_timings, mask_text, object_addresses, plot_addresses
from nbvc.diffing.meaning.model import Numbers, StreamMeaning, TextMeaning
from nbvc.diffing.meaning.numbers import pairs_of, same_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.diffing.policy import DiffPolicy


LONGEST = 4_000_000
"""Longer texts (characters) are the same only where they are equal."""
_LONGEST_OF_NUMBERS = 1_000_000


def compare_text(before: str, after: str, policy: DiffPolicy) -> TextMeaning:
    """Compare two texts of any type."""
    olds, news = (remove_noise(text, policy) for text in (before, after))
    return TextMeaning(**_find_differences(olds, news, policy))


def compare_streams(before: str, after: str, policy: DiffPolicy) -> StreamMeaning:
    """Compare what two runs printed."""
    return StreamMeaning(
        **_find_differences(clean_printed(before, policy), clean_printed(after, policy), policy)
    )


def clean_printed(text: str, policy: DiffPolicy) -> str:
    """Return what a program printed as it is compared: without the speed of progress bars."""
    return text if len(text) > LONGEST else bar_timings(remove_noise(text, policy))


def remove_noise(text: str, policy: DiffPolicy) -> str:
    """Return a text as it is seen, without what the policy masks and what is always noise."""
    if len(text) > LONGEST:
        return text
    text = plot_addresses(fold_text(text))
    text = mask_text(text, policy.masks) if policy.masks else text
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def settle_lines(before: str, after: str, policy: DiffPolicy) -> str:
    """Return the text before with the lines of `after` where both count as the same.

    What a policy masks or tolerates is not shown as changed then, and no address of an object is.
    """
    masks = policy.masks
    has_addresses = " at 0x" in before and " at 0x" in after
    if not (masks or policy.tolerant or has_addresses) or max(len(before), len(after)) > LONGEST:
        return before
    from nbvc.sequence import find_opcodes

    olds, news = before.split("\n"), after.split("\n")
    keys = [[mask_text(object_addresses(line), masks) for line in lines] for lines in (olds, news)]
    settled: list[str] = []
    for code in find_opcodes(*keys):
        old, new = olds[code.a0 : code.a1], news[code.b0 : code.b1]
        if code.tag == "equal":
            settled += new
        elif len(old) == len(new):
            pairs = zip(range(code.a0, code.a1), range(code.b0, code.b1), old, new, strict=True)
            settled += [
                y if _same_numbers(keys[0][i], keys[1][j], policy) else x for i, j, x, y in pairs
            ]
        else:
            settled += old
    return "\n".join(settled)


def _same_numbers(before: str, after: str, policy: DiffPolicy) -> bool:
    pairs = pairs_of(before, after)
    return pairs is not None and all(same_number(old, new, policy) for old, new in pairs)


def _find_differences(before: str, after: str, policy: DiffPolicy) -> Any:
    """Return the fields of a meaning for two texts that were made ready."""
    if before == after:
        return {"same": True, "summary": "shows the same"}
    if max(len(before), len(after)) > LONGEST:
        return {"same": False, "summary": "the text differs, and is too long to look into"}
    numbers = _compare_numbers(before, after, policy)
    if numbers and not numbers.changed:
        return {"same": True, "summary": _name_tolerance(numbers, policy), "numbers": numbers}
    removed, added = _count_lines(before, after)
    if numbers:
        summary = f"{format_count(numbers.changed, 'number', of=numbers.of)} changed"
    else:
        summary = describe_lines(removed, added)
    return {
        "same": False,
        "summary": summary,
        "numbers": numbers,
        "lines_removed": removed,
        "lines_added": added,
    }


def _compare_numbers(before: str, after: str, policy: DiffPolicy) -> Numbers | None:
    if max(len(before), len(after)) > _LONGEST_OF_NUMBERS:
        return None
    pairs = pairs_of(before, after)
    if not pairs:
        return None
    changed = sum(not same_number(old, new, policy) for old, new in pairs)
    # Where every number is the same and nothing is tolerated, it is the spaces that differ.
    return Numbers(changed, len(pairs)) if changed or policy.tolerant else None


def _name_tolerance(numbers: Numbers, policy: DiffPolicy) -> str:
    return f"{format_count(numbers.of, 'number')} within {describe_tolerance(policy)}"


def describe_tolerance(policy: DiffPolicy) -> str:
    """Return the tolerance in words."""
    named = (("rtol", policy.rtol), ("atol", policy.atol))
    return " and ".join(f"{name} {value:g}" for name, value in named if value)


def _count_lines(before: str, after: str) -> tuple[int, int]:
    """Return how many lines went and came."""
    from nbvc.sequence import find_opcodes

    codes = find_opcodes(before.split("\n"), after.split("\n"))
    changes = [code for code in codes if code.tag != "equal"]
    return sum(c.a1 - c.a0 for c in changes), sum(c.b1 - c.b0 for c in changes)


def describe_lines(removed: int, added: int) -> str:
    """Return `3 lines changed`, or how many went and came."""
    if removed == added:
        return f"{format_count(removed, 'line')} changed"
    said = [(added, "added"), (removed, "removed")]
    words = [f"{format_count(number, 'line')} {word}" for number, word in said if number]
    return ", ".join(words)


def format_count(number: int, noun: str, *, of: int | None = None) -> str:
    """Return `1 line`, `2,000 lines` or `3 of 2,000 lines`."""
    most = number if of is None else of
    share = "" if of is None else f"{number:,} of "
    return f"{share}{most:,} {noun}{'' if most == 1 else 's'}"
