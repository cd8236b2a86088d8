"""What differs from run to run and is left out of texts before they are compared.

Each mask puts one sign in the place of what it finds, so that `at 0x7f01` and `at 0x7f02` are the
same and the text around them still counts.

One call of `re` holds the interpreter's lock until it ends, so every pattern is linear. A pattern
begins with something rare or where a word begins, all its repetitions are bounded, and of two
neighboring ones only one accepts a given character: no stretch is divided in several ways.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nbvc.diffing.policy import REGEX, Mask
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

SIGN = "…"
"""What replaces something masked."""

_HEX = "[0-9a-fA-F]"
_NUMBER = r"(?<![\w.])\d{1,12}(?:\.\d{1,12})?(?:e[-+]?\d{1,3})?"
_UNIT = (
    r"(?:ns|us|[µμ]s|ms|s|secs?|seconds?|msecs?|milliseconds?|microseconds?|nanoseconds?"
    r"|mins?|minutes?|m|hours?|hrs?|h|days?)(?!\w)"
)
_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_CLOCK = r"\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?: ?[AaPp][Mm])?"
_ZONE = r"(?:Z|(?: ?(?:UTC|GMT))?[-+]\d{2}:?\d{2}| ?UTC| ?GMT)?"

_PATTERNS = {
    Mask.ADDRESSES: compile_lazily(rf"\b0x{_HEX}{{4,16}}\b"),
    Mask.TIMESTAMPS: compile_lazily(
        r"\b\d{4}[-/]\d{2}[-/]\d{2}"
        rf"(?:[T ]\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d{{1,9}})?)?{_ZONE})?"
        r"|\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?"
        rf"(?:\d{{1,2}} {_MONTH}|{_MONTH} {{1,2}}\d{{1,2}})"
        rf",? (?:\d{{4}},? {{0,2}}{_CLOCK}{_ZONE}|{_CLOCK}{_ZONE} \d{{4}})"
        rf"|\b{_CLOCK}{_ZONE}"
    ),
    Mask.UUIDS: compile_lazily(
        rf"(?<!{_HEX}){_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}(?!{_HEX})"
        rf"|(?<!{_HEX}){_HEX}{{32}}(?!{_HEX})"
    ),
    Mask.DURATIONS: compile_lazily(
        rf"\b(?:\d{{1,6}} days?, )?\d{{1,3}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,9}})?)?(?!\w)"
        rf"|{_NUMBER} ?{_UNIT}(?: ?{_NUMBER} ?{_UNIT}){{0,4}}"
        rf"(?: ?(?:±|\+-) ?{_NUMBER} ?{_UNIT})?"
    ),
    Mask.PATHS: compile_lazily(
        r"(?:/private)?/(?:var/folders|tmp|var/tmp|dev/shm|run/user/\d{1,9})/[^\s'\"<>|:*?(){}\[\],;]+"
        r"|\b[A-Za-z]:[\\/][^\s'\"<>|*?:]{0,200}?[\\/](?:Temp|TEMP|tmp)[\\/][^\s'\"<>|:*?(){}\[\],;]+"
    ),
}
# A date with a time is looked for before a duration finds the time in it, a path before its parts.
_ORDER = (Mask.PATHS, Mask.UUIDS, Mask.TIMESTAMPS, Mask.DURATIONS, Mask.ADDRESSES)


def mask_text(text: str, masks: Iterable[Mask | str]) -> str:
    """Return the text with a sign in the place of everything that the masks name or match."""
    wanted = frozenset(masks)
    for own in sorted([mask for mask in wanted if isinstance(mask, str)]):
        is_regex = own.startswith(REGEX)
        text = _regex(own).sub(SIGN, text) if is_regex else _mask_pattern(text, own)
    for mask in _ORDER:
        if mask in wanted:
            text = _PATTERNS[mask].sub(SIGN, text)
    return text


@lru_cache(16)
def _regex(mask: str) -> re.Pattern[str]:
    return re.compile(mask.removeprefix(REGEX), re.MULTILINE)  # noqa: TID251


_FAR = 200
"""`*` between two texts stands for at most so many characters, so that a search stays linear."""
_BETWEEN = compile_lazily(rf"\S{{0,{_FAR}}}")
_WORD = compile_lazily(r"\S*")


def _mask_pattern(text: str, pattern: str) -> str:
    """Return the text with a sign in all places that match a pattern; `*` matches no space."""
    first, *rest = pattern.strip("*").split("*")
    pieces: list[str] = []
    done = at = 0
    while (start := text.find(first, at)) >= 0:
        at = start + 1
        end = _find_end(text, start + len(first), rest)
        if end is None:
            continue
        if pattern.startswith("*"):
            start = _find_word(text, done, start)
        if pattern.endswith("*"):
            end += len(_WORD.match(text, end)[0])  # type: ignore[index]
        pieces += (text[done:start], SIGN)
        done = at = end
    return "".join((*pieces, text[done:]))


def _find_word(text: str, first: int, at: int) -> int:
    """Return where the word begins that ends at a place, not before `first`."""
    while at > first and not text[at - 1].isspace():
        at -= 1
    return at


def _find_end(text: str, end: int, rest: list[str]) -> int | None:
    """Return where the rest of a pattern ends behind its first text, None if it does not follow."""
    for part in rest:
        limit = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]
        start = text.find(part, end, limit + len(part))
        if start < 0:
            return None
        end = start + len(part)
    return end


# What is noise whatever is asked for

_PLOT_OBJECT = compile_lazily(
    r"(<(?:matplotlib|mpl_toolkits|seaborn|plotnine)[\w.]{0,200}(?: object)?)"
    r" at 0x[0-9a-fA-F]{4,16}>"
)
_ANY_OBJECT = compile_lazily(r"(<[\w.][^<>\n]{0,400}?) at 0x[0-9a-fA-F]{4,16}>")
_BAR = compile_lazily(r"\d{1,3}%\|[^|\n]{0,400}\||[━╸╺]{3}|\[[=>.#-]{5,200}\]|[█▓▒░]{4}")
_BAR_ENDS = ("%|", "=]", ">]", ".]", "#]", "-]")
_BAR_SIGNS = "━╸╺█▓▒░"
_BAR_TIMING = compile_lazily(
    r"\[(?:\d{1,4}:)?\d{1,4}:\d{2}[^\]\n]{0,200}\]"  # tqdm: [00:01<00:00, 9.1it/s]
    r"|(?:(?<= )|(?<=^))(?:eta )?-?:?\d{1,2}:\d{2}:\d{2}"  # rich, pip
    r"|\beta [-:\d]{1,12}"
    r"|\b\d{1,12}(?:\.\d{1,6})? ?(?:[kKMG]?i?[Bb](?:ytes)?|it|s|steps?)/(?:s|sec|it|step)\b"
    r"|\b\d{1,9}(?:\.\d{1,6})?(?:us|µs|ms|s|m|h)(?:/(?:step|epoch|sample|it))?(?!\w)"  # keras
)
# Tried only where a word begins, so that a long text without spaces is gone over once.
_CELL_FILE = compile_lazily(
    r"(?<![^\s'\"(<])[^\s'\"(<>|*?]{0,300}ipykernel_\d{1,12}[/\\]\d{1,20}\.py"
)


def plot_addresses(text: str) -> str:
    """Return the text without the addresses of axes and lines, which plotting leaves behind."""
    return _PLOT_OBJECT.sub(r"\1>", text) if " at 0x" in text else text


def object_addresses(text: str) -> str:
    """Return the text without the address of any object whose class is named beside it."""
    return _ANY_OBJECT.sub(r"\1>", text) if " at 0x" in text else text


def bar_timings(text: str) -> str:
    """Return the text with times and rates left out of the lines that are progress bars."""
    if not _may_have_bar(text):
        return text
    return "\n".join(
        _without_bar(_BAR_TIMING.sub(SIGN, line))
        if _may_have_bar(line) and _BAR.search(line)
        else line
        for line in text.split("\n")
    )


def _may_have_bar(text: str) -> bool:
    """Return whether a text contains what each bar contains: a search for these is quick."""
    if any(end in text for end in _BAR_ENDS):
        return True
    return not text.isascii() and any(sign in text for sign in _BAR_SIGNS)


def _without_bar(line: str) -> str:
    """Return a bar's line without the bar's own fill, whose width is that of the window."""
    line = re.sub(r"(\d{1,3}%\|)[^|\n]{0,400}\|", r"\1|", line)
    return re.sub(r" {2,}", " ", re.sub(r"[━╸╺█▓▒░]{3,}", SIGN, line)).rstrip()


def cell_files(text: str) -> str:
    """Return the text with one name for the files that a kernel keeps cells in."""
    return _CELL_FILE.sub("<cell>", text) if "ipykernel_" in text else text
