"""Which words of changed lines changed."""

from __future__ import annotations

from itertools import accumulate

from nbvc.diffing.values import ChangedWords, Range
from nbvc.lazy import compile_lazily
from nbvc.sequence import find_opcodes

_TOKEN = compile_lazily(r"\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?|\w+|\s+|[^\w\s]")
"""Numbers are whole, with their decimals, thousands and exponent."""
_LONGEST = 6000
_MOST = 1500
"""Beyond so many characters, or tokens, on a side the lines are shown as changed whole."""
_LONG_LINE = 2000
"""Of a longer line, what is between its equal ends is shown as changed."""
_LEAST_COMMON = 0.3
"""Where less than this share stays, marking words would only confuse."""


def find_changed_words(removed: str, added: str) -> ChangedWords | None:
    """Return the changed spans of both texts, or None if they have too little in common.

    Neighbouring changes with nothing but a space between them are one.
    """
    if max(len(removed), len(added)) > _LONGEST:
        return _find_ends(removed, added)
    old, new = _TOKEN.findall(removed), _TOKEN.findall(added)
    if max(len(old), len(new)) > _MOST:
        return None
    codes = find_opcodes(old, new)
    kept = sum(len("".join(old[c.a0 : c.a1]).strip()) for c in codes if c.tag == "equal")
    if 2 * kept < _LEAST_COMMON * (len(removed.strip()) + len(added.strip())):
        return None
    changes = [code for code in codes if code.tag != "equal"]
    return ChangedWords(
        _find_spans(old, [(code.a0, code.a1) for code in changes]),
        _find_spans(new, [(code.b0, code.b1) for code in changes]),
    )


def _find_ends(removed: str, added: str) -> ChangedWords | None:
    """Return what is between the equal ends of two lines each; None if they have little in common."""
    olds, news = removed.split("\n"), added.split("\n")
    if len(olds) != len(news) or max(map(len, olds + news)) <= _LONG_LINE:
        return None
    spans: tuple[list[Range], list[Range]] = ([], [])
    starts = [0, 0]
    equal = 0
    for pair in zip(olds, news, strict=True):
        least = min(map(len, pair))
        head = _count_equal(*(line[:least] for line in pair))
        tail = _count_equal(*(line[len(line) - least + head :][::-1] for line in pair))
        equal += head + tail
        for side, line in enumerate(pair):
            if head < len(line) - tail:
                spans[side].append((starts[side] + head, starts[side] + len(line) - tail))
            starts[side] += len(line) + 1
    if 2 * equal < _LEAST_COMMON * (len(removed) + len(added)):
        return None
    return ChangedWords(tuple(spans[0]), tuple(spans[1]))


def _count_equal(one: str, other: str) -> int:
    """Return how many characters two texts of one length begin with in common."""
    low, high = 0, len(one)
    if one == other:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _find_spans(tokens: list[str], ranges: list[Range]) -> tuple[Range, ...]:
    ends = [0, *accumulate(map(len, tokens))]
    spans: list[Range] = []
    last = 0
    for start, end in ranges:
        if start == end:
            continue
        if spans and (start == last or tokens[last:start] == [" "]):
            spans[-1] = (spans[-1][0], ends[end])
        else:
            spans.append((ends[start], ends[end]))
        last = end
    return tuple(spans)
