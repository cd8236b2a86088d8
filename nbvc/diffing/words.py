"""Which words of changed lines changed."""

from __future__ import annotations

import re
from itertools import accumulate

from nbvc.diffing.values import ChangedWords, Range
from nbvc.sequence import opcodes

_TOKEN = re.compile(r"\d+(?:\.\d+)?|\w+|\s+|[^\w\s]")
_LONGEST = 6000
_MOST = 1500
"""Beyond so many characters, or tokens, on a side the lines are shown as changed whole."""
_LEAST_COMMON = 0.3
"""Where less than this share stays, marking words would only confuse."""


def changed_words(removed: str, added: str) -> ChangedWords | None:
    """Return the changed spans of both texts, or None if they have too little in common.

    Neighbouring changes with nothing but a space between them are one.
    """
    if max(len(removed), len(added)) > _LONGEST:
        return None
    old, new = _TOKEN.findall(removed), _TOKEN.findall(added)
    if max(len(old), len(new)) > _MOST:
        return None
    codes = opcodes(old, new)
    kept = sum(len("".join(old[c.a0 : c.a1]).strip()) for c in codes if c.tag == "equal")
    if 2 * kept < _LEAST_COMMON * (len(removed.strip()) + len(added.strip())):
        return None
    changes = [code for code in codes if code.tag != "equal"]
    return ChangedWords(
        _spans(old, [(code.a0, code.a1) for code in changes]),
        _spans(new, [(code.b0, code.b1) for code in changes]),
    )


def _spans(tokens: list[str], ranges: list[Range]) -> tuple[Range, ...]:
    ends = [0, *accumulate(map(len, tokens))]
    spans: list[Range] = []
    for start, end in ranges:
        if start == end:
            continue
        if spans and "".join(tokens[_index(ends, spans[-1][1]) : start]) in ("", " "):
            spans[-1] = (spans[-1][0], ends[end])
        else:
            spans.append((ends[start], ends[end]))
    return tuple(spans)


def _index(ends: list[int], offset: int) -> int:
    from bisect import bisect_left

    return bisect_left(ends, offset)
