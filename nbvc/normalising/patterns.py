"""Patterns of files in .gitignore's language, without regular expressions.

    published/          a folder of this name, wherever it is
    /old, a/b           from the folder of the settings file
    **/x.ipynb, a/**    any folders between, everything below
    !keep.ipynb         not this one; a file in an excluded folder stays excluded

`*` and `?` match no slash, `[a-z]`, `[!a]` and `[[:digit:]]` match one character, a backslash takes the
next character literally. A path is walked once with the set of all places in the pattern that it can
be at, which takes time in proportion to the length of the path, whatever the pattern.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from nbvc.errors import NbvcError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Accepts = Callable[[str], bool]

_SPECIAL = "*?[\\"


class Pattern(msgspec.Struct, frozen=True):
    """One pattern: as it is written, and the folder that it is relative to."""

    text: str
    folder: str = ""

    @property
    def negates(self) -> bool:
        """Whether it includes what patterns before it exclude."""
        return self.text.startswith("!")

    def matches(self, path: str, *, is_folder: bool) -> bool:
        """Return whether it names a path from the top, apart from what is in folders."""
        below = _cut_folder(path, self.folder)
        if below is None:
            return False
        glob, is_anchored, only_folders = _split_pattern(self.text)
        if only_folders and not is_folder:
            return False
        if not is_anchored:
            return _make_machine(glob, 0).accepts(below[below.rfind("/") + 1 :])
        start = _literal_length(glob)
        # Git compares the text before the first wildcard first: `**` begins anew behind it.
        return below.startswith(glob[:start]) and _make_machine(glob, start).accepts(below[start:])


def check_pattern(text: str, where: str | None = None) -> None:
    """Raise `NbvcError` for a pattern that can never match anything."""
    glob, _, _ = _split_pattern(text)
    if text.startswith("#"):
        raise NbvcError(
            f"the pattern {text!r} is a comment and excludes nothing",
            where=where,
            hint=rf"write \{text} for a name that begins with #",
        )
    if not glob or _make_machine(glob, 0).is_dead:
        raise NbvcError(f"the pattern {text!r} matches nothing", where=where)


def find_excluding(patterns: tuple[Pattern, ...], path: str) -> Pattern | None:
    """Return the pattern that excludes a file, by itself or by a folder that it is in.

    The last pattern that matches decides, for the topmost folder first.
    """
    if not patterns:
        return None
    ends = [at for at, sign in enumerate(path) if sign == "/"]
    for end in ends:
        if found := _decide(patterns, path[:end], is_folder=True):
            return found
    return _decide(patterns, path, is_folder=False)


@lru_cache(4096)
def _decide(patterns: tuple[Pattern, ...], path: str, *, is_folder: bool) -> Pattern | None:
    for pattern in reversed(patterns):
        if pattern.matches(path, is_folder=is_folder):
            return None if pattern.negates else pattern
    return None


def _cut_folder(path: str, folder: str) -> str | None:
    if not folder:
        return path
    return path[len(folder) + 1 :] if path.startswith(f"{folder}/") else None


@lru_cache(1024)
def _split_pattern(text: str) -> tuple[str, bool, bool]:
    """Return a pattern without its signs, whether it is anchored, and whether it is for folders."""
    glob = _strip_spaces(text.removeprefix("!"))
    only_folders = glob.endswith("/")
    glob = glob.removesuffix("/")
    return glob.removeprefix("/"), "/" in glob, only_folders


def _strip_spaces(text: str) -> str:
    """Return a pattern without spaces at its end, but those behind a backslash."""
    end = at = 0
    while at < len(text):
        at += 2 if text[at] == "\\" else 1
        if text[at - 1 : at] != " " or text[at - 2 : at - 1] == "\\":
            end = at
    return text[:end]


def _literal_length(glob: str) -> int:
    return next((at for at, sign in enumerate(glob) if sign in _SPECIAL), len(glob))


class _Machine:
    """A pattern as bits: bit n stands for being in front of its nth step."""

    def __init__(self, steps: list[_Step] | None) -> None:
        self.is_dead = steps is None
        self._steps = steps or []
        self._end = 1 << len(self._steps)
        self._skips = [
            (1 << at, step.skips << at) for at, step in enumerate(self._steps) if step.skips
        ]
        self._moves: dict[str, tuple[int, int]] = {}

    def accepts(self, text: str) -> bool:
        """Return whether the whole text matches."""
        if self.is_dead:
            return False
        places = self._skip(1)
        for sign in text:
            if sign not in self._moves:
                self._moves[sign] = self._compile(sign)
            on, stay = self._moves[sign]
            places = self._skip((places & on) << 1 | places & stay)
            if not places:
                return False
        return bool(places & self._end)

    def _skip(self, places: int) -> int:
        for bit, targets in self._skips:
            if places & bit:
                places |= targets
        return places

    def _compile(self, sign: str) -> tuple[int, int]:
        on = stay = 0
        for at, step in enumerate(self._steps):
            if step.accepts(sign):
                if step.repeats:
                    stay |= 1 << at
                else:
                    on |= 1 << at
        return on, stay


class _Step(msgspec.Struct, frozen=True):
    """One step of a pattern: the characters it accepts, and which steps may come instead.

    `skips` is a set of bits: bit n stands for the nth step from this one.
    """

    accepts: Accepts
    repeats: bool = False
    skips: int = 0


def _no_slash(sign: str) -> bool:
    return sign != "/"


def _equal_to(wanted: str) -> Accepts:
    return lambda sign: sign == wanted


_STAR = _Step(_no_slash, repeats=True, skips=0b10)
_ANYTHING = _Step(lambda _: True, repeats=True, skips=0b10)
_FOLDERS = (_Step(lambda _: False, skips=0b1010), _ANYTHING, _Step(_equal_to("/")))
"""`**/`: nothing at all, or anything up to a slash."""


@lru_cache(1024)
def _make_machine(glob: str, start: int) -> _Machine:
    try:
        return _Machine([*_read_steps(glob, start)])
    except _NeverMatches:
        return _Machine(None)


class _NeverMatches(Exception):  # noqa: N818 (a signal within this module)
    """A bracket or a backslash that nothing ends: git's matcher gives up."""


def _read_steps(glob: str, start: int) -> Iterator[_Step]:
    at = start
    while at < len(glob):
        sign = glob[at]
        at += 1
        if sign == "\\":
            if at == len(glob):
                raise _NeverMatches
            yield _Step(_equal_to(glob[at]))
            at += 1
        elif sign == "?":
            yield _Step(_no_slash)
        elif sign == "[":
            accepts, at = _read_class(glob, at)
            yield _Step(accepts)
        elif sign == "*":
            first = at - 1
            while glob.startswith("*", at):
                at += 1
            begins = first == start or glob[first - 1] == "/"
            is_deep = at - first > 1 and begins and (at == len(glob) or glob[at] == "/")
            is_deep |= at - first > 1 and begins and glob.startswith("\\/", at)
            if is_deep and glob.startswith("/", at):
                yield from _FOLDERS
                at += 1
            else:
                yield _ANYTHING if is_deep else _STAR
        else:
            yield _Step(_equal_to(sign))


def _read_class(glob: str, at: int) -> tuple[Accepts, int]:
    """Return what a bracket accepts, and the place behind it; the first `]` in it is a character."""
    negated = glob[at : at + 1] in ("!", "^")
    at += negated
    tests: list[Accepts] = []
    before = ""
    first = at
    while at == first or glob[at : at + 1] != "]":
        sign = glob[at : at + 1]
        if not sign:
            raise _NeverMatches
        if sign == "-" and before and glob[at + 1 : at + 2] not in ("", "]"):
            sign, at = _read_literal(glob, at + 1)
            tests.append(_make_range(before, sign))
            before = ""
            continue
        if glob.startswith("[:", at):
            end = glob.find("]", at + 2)
            if end < 0:
                raise _NeverMatches
            if end > at + 2 and glob[end - 1] == ":":
                name = glob[at + 2 : end - 1]
                if name not in _CLASSES:
                    raise _NeverMatches
                tests.append(_CLASSES[name].__contains__)
                before, at = "", end + 1
                continue
        before, at = _read_literal(glob, at)
        tests.append(_equal_to(before))
    return lambda sign: sign != "/" and any(test(sign) for test in tests) != negated, at + 1


def _read_literal(glob: str, at: int) -> tuple[str, int]:
    if glob[at] == "\\":
        at += 1
        if at == len(glob):
            raise _NeverMatches
    return glob[at], at + 1


def _make_range(low: str, high: str) -> Accepts:
    return lambda sign: low <= sign <= high


# Without the module `string`, whose import git's filter would wait for.
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_UPPER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_PRINTED = frozenset(map(chr, range(32, 127)))
_CLASSES: dict[str, frozenset[str]] = {
    "alnum": _LOWER | _UPPER | _DIGITS,
    "alpha": _LOWER | _UPPER,
    "blank": frozenset(" \t"),
    "cntrl": frozenset(map(chr, (*range(32), 127))),
    "digit": _DIGITS,
    "graph": _PRINTED - {" "},
    "lower": _LOWER,
    "print": _PRINTED,
    "punct": _PRINTED - _LOWER - _UPPER - _DIGITS - {" "},
    "space": frozenset(" \t\n\r\v\f"),
    "upper": _UPPER,
    "xdigit": _DIGITS | frozenset("abcdefABCDEF"),
}
