"""Lines that both sides changed, merged by words if no value comes out that nobody wrote.

base    x = fit(a, 1)      at = '2021-03-01'
local   x = fit(b, 1)      at = '2022-03-01'
remote  x = fit(a, 2)      at = '2021-04-01'
        x = fit(b, 2)      None: a date is one value, and so is a path, a version, a dotted name
"""

from __future__ import annotations

from nbvc.lazy import compile_lazily
from nbvc.merging.lines import BOUNDARY, weigh
from nbvc.sequence import common_length
from nbvc.sequence.columns import Column, find_columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Tokens = list[str]

_COARSE = compile_lazily(
    r"'[^'\s\\]*'|\"[^\"\s\\]*\"|(?P<quantity>"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d+(?:,? \d+)?"
    r"|\d(?:[\d.,]*\d)? [^\W\d]\w*(?: \d+)?)"
    r"|\d+(?:,\d{3})+|[\w+:/@%?&=#~\\.-]+|[^\S\n]+|\n|."
)
"""Short quoted strings, numbers with what they count (5 kg, Mar 3 2021), and runs of values' signs."""
_FINE = compile_lazily(r"\d+|[^\W\d_]+|_|[^\S\n]+|\n|[^\w\s]")
"""Numbers, words, white space and signs, each by itself."""
_WORD = compile_lazily(r"\w+|[^\S\n]+|\n|[^\w\s]")
_JOINT = compile_lazily(r"\w[.:/@\\-]+\w")
"""What makes one value of the words around it."""
_SIGNS = "+:@%?&=#~\\.-"
"""Signs at the end of a run are not part of its value."""
_MOST_TOKENS = 4000
_REWRITTEN = 0.5
"""If no more of the words than this stayed on a side, the lines were rewritten."""
_SHORT = 8
"""A longer run of tokens is more than one value."""


def merge_words(base: list[str], local: list[str], remote: list[str]) -> list[str] | None:
    """Return the lines with the words of both sides, None if those touch or little stayed."""
    texts = ["\n".join(lines) for lines in (base, local, remote)]
    if not base or any(BOUNDARY in lines for lines in (base, local, remote)):
        return None
    fine = [_FINE.findall(text) for text in texts]
    if max(map(len, fine)) > _MOST_TOKENS:
        return None
    if not (_is_akin(fine[0], fine[1]) and _is_akin(fine[0], fine[2])):
        return None
    old, mine, theirs = ([*split_values(text)] for text in texts)
    found = _merge_tokens(old, mine, theirs)
    return None if found is None else "".join(found).split("\n")


def split_values(text: str) -> Iterator[str]:
    """Split a text into tokens, of which each is one value, word, sign or white space."""
    for found in _COARSE.finditer(text):
        run = found[0]
        value = run.rstrip(_SIGNS)
        if found.lastgroup:
            yield run
        elif run[0] in "'\"" or "," in run[1:] or _JOINT.search(value):
            yield value
            yield from run[len(value) :]
        else:
            yield from _WORD.findall(run)


def _is_akin(old: Tokens, new: Tokens) -> bool:
    """Return whether most of the old words are still there (signs and white space do not count)."""
    before, after = ([token for token in side if token[0].isalnum()] for side in (old, new))
    return bool(before) and common_length(before, after) > _REWRITTEN * len(before)


def _merge_tokens(old: Tokens, mine: Tokens, theirs: Tokens) -> Tokens | None:
    """Return the tokens of both sides, None if no token stayed between what the two changed."""
    found: Tokens = []
    b = x = y = 0
    columns = [column for column in find_columns(old, mine, theirs, weigh) if column.is_held]
    for column in [*columns, Column(len(old), len(mine), len(theirs))]:
        versions = old[b : column.base], mine[x : column.local], theirs[y : column.remote]
        taken = _choose(*versions, starts=not found or found[-1] == "\n")
        if taken is None:
            return None
        found += [*taken, *old[column.base : column.base + 1]]
        b, x, y = column.base + 1, column.local + 1, column.remote + 1
    return found


def _choose(old: Tokens, mine: Tokens, theirs: Tokens, *, starts: bool) -> Tokens | None:
    """Return the tokens of the side that alone changed them; `starts`: a line starts here."""
    if theirs in (mine, old):
        return mine
    if mine == old:
        return theirs
    for one, other, third in _find_views((old, mine, theirs), starts=starts):
        columns = find_columns(one, other, third, weigh)
        if not any(column.is_remote for column in columns):
            return mine
        if not any(column.is_local for column in columns):
            return theirs
    return None


def _find_views(versions: tuple[Tokens, ...], *, starts: bool) -> Iterator[Iterator[Tokens]]:
    """Return the versions as they are, without white space, and as parts of one value."""
    yield iter(versions)
    indents = {side[0] if side and side[0].isspace() else "" for side in versions}
    if not any("\n" in side for side in versions) and not (starts and len(indents) > 1):
        yield ([token for token in side if not token.isspace()] for side in versions)
    if all(len(side) < _SHORT and any(map(str.isalnum, "".join(side))) for side in versions):
        # One change to a value may hold the other one: 1.2 to 1.3 and to 1.3.1.
        yield (_FINE.findall("".join(side)) for side in versions)
