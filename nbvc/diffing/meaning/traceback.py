"""Tracebacks by exception and frame.

Which run it was, where the kernel keeps its cells, colors and the lines around the one that
failed are not compared.
"""

from __future__ import annotations

from nbvc.diffing.meaning.masks import cell_files
from nbvc.diffing.meaning.model import TracebackMeaning
from nbvc.diffing.meaning.numbers import pairs_of, same_number
from nbvc.diffing.meaning.text import LONGEST, format_count, remove_noise
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nbvc.diffing.policy import DiffPolicy

_RUN = compile_lazily(
    r"\b(?:Cell |Input )?In ?\[[\d ]{1,9}\]|<ipython-input-\d{1,9}-[0-9a-f]{1,64}>|<cell>"
)
"""Which cell of which run a frame is in."""
_HEADINGS = compile_lazily(
    r"cell(?:, | in |:|$)"  # a cell, its run left out already
    r"|(?:File )?[^\s:][^\n:]{0,400}(?::[^\n:]{0,400})?:\d+(?:, in |\(|$)"  # IPython 8
    r"|[^\s:]{1,400}\.\w{1,5} in \S"  # IPython 7
    r"|\s{0,8}File \"[^\"\n]{1,400}\", line \d+"  # Python's own
)
_INSTALLED = compile_lazily(
    r"(?<![^\s'\"])[^\s'\"]{0,1000}(?:site-packages|dist-packages|lib/python\d\.\d+)/"
)
_ARROW = compile_lazily(r"-{2,}> ?(?P<line>\d+) ?(?P<code>.*)$")
_MOST_FRAMES = 200


def compare_tracebacks(
    before: dict[str, Any], after: dict[str, Any], policy: DiffPolicy
) -> TracebackMeaning:
    """Compare two outputs of type `error`."""
    olds, news = find_frames(before, policy), find_frames(after, policy)
    names = [str(output.get("ename", "")) for output in (before, after)]
    messages = [
        remove_noise(cell_files(_make_text(output.get("evalue", ""))), policy)
        for output in (before, after)
    ]
    removed, added = _find_changes(olds, news)
    renamed, reworded = names[0] != names[1], not _is_same(messages[0], messages[1], policy)
    said = []
    if renamed:
        said.append(f"{names[0]} → {names[1]}")
    if reworded:
        said.append("another message" if said else "the message changed")
    if removed or added:
        said.append(f"{format_count(max(len(removed), len(added)), 'frame')} changed")
    return TracebackMeaning(
        same=not said,
        summary=", ".join(said) or "the same exception at the same place",
        before_exception=names[0] if renamed else None,
        after_exception=names[1] if renamed else None,
        before_message=messages[0] if reworded else None,
        after_message=messages[1] if reworded else None,
        frames_removed=tuple(removed[:_MOST_FRAMES]),
        frames_added=tuple(added[:_MOST_FRAMES]),
    )


def _make_text(value: Any) -> str:
    return value if type(value) is str else repr(value)


def _is_same(before: str, after: str, policy: DiffPolicy) -> bool:
    if before == after:
        return True
    pairs = pairs_of(before, after) if policy.tolerant else None
    return bool(pairs) and all(same_number(old, new, policy) for old, new in pairs or ())


def find_frames(output: dict[str, Any], policy: DiffPolicy) -> list[str]:
    """Return a line for every frame of a traceback: place, line, function and the code there."""
    parts = output.get("traceback")
    lines = "\n".join(map(_make_text, parts)) if type(parts) is list else _make_text(parts or "")
    if len(lines) > LONGEST:
        return [lines]
    text = _RUN.sub("cell", cell_files(remove_noise(lines, policy)))
    return _find_headings(text.split("\n")) or [
        line for line in map(str.strip, text.split("\n")) if line.strip("-")
    ]


def _find_headings(lines: list[str]) -> list[str]:
    """Return the headings of frames, each with the line of code that its arrow points at."""
    found: list[list[str]] = []
    for line in lines:
        arrow = _ARROW.match(line)
        if arrow and found:
            found[-1].append(" ".join(arrow["code"].split()))
        elif _HEADINGS.match(line):
            found.append([_INSTALLED.sub("", line).strip().removeprefix("File ")])
    return [": ".join(pieces) for pieces in found]


def _find_changes(olds: list[str], news: list[str]) -> tuple[list[str], list[str]]:
    from nbvc.sequence import find_opcodes

    codes = [code for code in find_opcodes(olds, news) if code.tag != "equal"]
    removed = [line for code in codes for line in olds[code.a0 : code.a1]]
    return removed, [line for code in codes for line in news[code.b0 : code.b1]]
