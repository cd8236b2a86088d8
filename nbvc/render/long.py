"""Long lines, folded: a chart or a dump of one line would fill the whole terminal.

    data = [1, 2, 3, 4, … 198,412 characters … 7, 8, 9 … 1,400 characters …

What changed in a line stays in sight, with some characters around it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Span = tuple[int, int]

WIDEST = 2000
"""Longer lines are folded."""
_SHOWN = 200
"""So many characters are shown at the start of a folded line, and of what changed in it."""
_AROUND = 60
"""So many characters are shown on either side of what changed."""
_LONGEST_NAME = 10
"""How long the name of a character is at most: `<U+10FFFF>`."""


def fold_line(text: str, spans: Sequence[Span] = ()) -> tuple[str, list[Span]]:
    """Return a line that was escaped, folded if it is long, and these spans of it as they are then."""
    if len(text) <= WIDEST:
        return text, [*spans]
    shown = ""
    found: list[Span] = []
    end = 0
    for window in _find_windows(text, spans):
        if window[0] > end:
            shown += _name_gap(window[0] - end)
        by = len(shown) - window[0]
        inside = [(max(a, window[0]), min(b, window[1])) for a, b in spans]
        found += [(a + by, b + by) for a, b in inside if a < b]
        shown += text[window[0] : window[1]]
        end = window[1]
    return shown + (_name_gap(len(text) - end) if end < len(text) else ""), found


def fold_lines(text: str) -> str:
    """Return a text that was escaped with its long lines folded."""
    if len(text) <= WIDEST:
        return text
    return "\n".join(fold_line(line)[0] for line in text.split("\n"))


def _name_gap(size: int) -> str:
    return f" … {size:,} characters … "


def _find_windows(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return the stretches to show, in order and apart, half of `WIDEST` in all."""
    edges = [(a, min(b, a + _SHOWN)) for a, b in spans]
    edges += [(b, b) for a, b in spans if b > a + _SHOWN]
    windows = [(0, _SHOWN)]
    left = WIDEST // 2 - _SHOWN
    for a, b in sorted(edges):
        start, end = max(0, a - _AROUND), min(len(text), b + _AROUND)
        left -= end - start
        if left < 0:
            break
        if start <= windows[-1][1] + _AROUND:
            windows[-1] = windows[-1][0], max(end, windows[-1][1])
        else:
            windows.append((start, end))
    return [(_skip_name(text, a, -1), _skip_name(text, b, 1)) for a, b in windows]


def _skip_name(text: str, at: int, way: int) -> int:
    """Return a place that is not inside the name of a character: before it, or behind it."""
    start = text.rfind("<U+", max(0, at - _LONGEST_NAME), at + 2)
    end = text.find(">", start, start + _LONGEST_NAME) + 1 if 0 <= start < at else 0
    if end <= at:
        return at
    return start if way < 0 else end
