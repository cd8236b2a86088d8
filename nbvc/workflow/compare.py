"""Compare pairs of notebooks: one stream of comparisons, whatever is made of them.

    Selection ──select──▶ Pairs ──compare_all──▶ Comparison, Comparison, …   ──▶ lines, a page, JSON

A pair is two notebooks that nobody has read yet. A comparison is their diff, or the reason why there
is none: one notebook that cannot be read keeps no other from being compared.
"""

from __future__ import annotations

import os
from functools import partial

import msgspec

from nbvc.diffing.policy import DiffOverrides, DiffPolicy
from nbvc.errors import GitError, NotebookError, StoredFormError, describe_error
from nbvc.notebook import Notebook, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nbvc.diffing import NotebookDiff

    Parse = Callable[..., Notebook]


class Selection(msgspec.Struct, frozen=True):
    """What to compare, as `git diff` names it.

    Each word is a commit, a range of commits or a path; `paths` are only paths, None without `--`.
    """

    words: tuple[str, ...] = ()
    paths: tuple[str, ...] | None = None
    cached: bool = False
    untracked: bool = False


class Source(msgspec.Struct, frozen=True):
    """One notebook that is not read yet.

    `path` is for lists, `label` for headings, and `spec` is for programs, which version it is, as
    `nbvc show` takes it. `read` raises `OSError`, `GitError` or `StoredFormError`. `disk` is the path
    of a file on disk. `check_out` returns what git would write there for a version that it stores,
    None if it cannot.
    """

    path: str
    label: str
    spec: str
    read: Callable[[], bytes]
    disk: str = ""
    check_out: Callable[[], bytes | None] | None = None


class Pair(msgspec.Struct, frozen=True):
    """Two notebooks to compare; None for a side that has no such file.

    `note` says what happened to the file as a whole; `in_git` is for versions of one repository.
    `policy` is what counts as a change by the settings of the notebook's project.
    """

    before: Source | None
    after: Source | None
    in_git: bool = False
    note: str = ""
    policy: DiffPolicy = DiffPolicy()

    @property
    def path(self) -> str:
        """The path to call the pair by: the newer one."""
        side = self.before if _is_nothing(self.after) else self.after
        return side.path if side else ""

    @property
    def name(self) -> str:
        """The path, or both if they differ."""
        if self.is_one_sided:
            return self.path
        before, after = (side.path for side in (self.before, self.after) if side)
        return before if before == after else f"{before} → {after}"

    @property
    def is_one_sided(self) -> bool:
        """Whether the notebook was added or removed."""
        return _is_nothing(self.before) or _is_nothing(self.after)


def _is_nothing(side: Source | None) -> bool:
    """Return whether a side has no file; git names the empty device instead."""
    return side is None or side.path.lower() in ("/dev/null", os.devnull)


class Pairs(msgspec.Struct, frozen=True):
    """All pairs to compare; `many` says that there could be any number of them.

    `expect` is told which pairs will be read, in that order. After `close` they can still be read.
    """

    pairs: tuple[Pair, ...]
    many: bool
    close: Callable[[], None] = lambda: None
    expect: Callable[[Sequence[int]], None] = lambda _: None


class Comparison(msgspec.Struct, frozen=True):
    """A pair and its diff, or the reason why it has none.

    `error` says what is wrong with a side. If that side is not a notebook, `texts` are both files.
    Without an error and a diff both files have the same bytes.
    """

    pair: Pair
    diff: NotebookDiff | None = None
    error: Exception | None = None
    texts: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """The path of the notebook, or both paths."""
        return self.pair.name

    @property
    def is_change(self) -> bool:
        """Whether something changed that counts."""
        if self.diff is None:
            return self.texts is not None
        pair = self.pair
        return self.diff.changed or not (pair.before and pair.after) or bool(pair.note)

    @property
    def note(self) -> str:
        """What happened to the file as a whole; empty if it was edited."""
        pair = self.pair
        if pair.note or (pair.before and pair.after):
            return pair.note
        return "removed" if pair.before else "added"

    @property
    def problem(self) -> str:
        """What is wrong with a side, on one line; empty if nothing is."""
        return describe_error(self.error) if self.error else ""


def file_source(path: str) -> Source:
    """Return a file on disk."""
    from nbvc.notebook.content import read_content

    return Source(path, path, path, partial(read_content, path), disk=path)


def make_source(content: bytes, path: str, label: str, spec: str) -> Source:
    """Return a notebook whose content is known already."""
    return Source(path, label, spec, partial(bytes, content))


_NOTHING = DiffOverrides()


def compare_all(
    pairs: Pairs, asked: DiffOverrides = _NOTHING, *, for_programs: bool = False
) -> Iterator[Comparison]:
    """Yield the comparison of each pair, in order; see `compare`. Nothing is read ahead of its use."""
    pairs.expect(range(len(pairs.pairs)))
    for pair in pairs.pairs:
        yield compare(pair, asked, for_programs=for_programs)


def compare(
    pair: Pair,
    asked: DiffOverrides = _NOTHING,
    *,
    for_programs: bool = False,
    parse: Parse = read,
) -> Comparison:
    """Compare one pair by its project's settings, with what was asked on top.

    Equal files are not parsed, except for programs: they get every diff, of notebooks that are
    called by their spec. `parse` reads a notebook from bytes, given its `name`.
    """
    sides = (pair.before, pair.after)
    try:
        contents = [side.read() if side else None for side in sides]
    except (OSError, GitError, StoredFormError) as error:
        return Comparison(pair, error=error)
    if contents[0] == contents[1] and not pair.note and not for_programs:
        return Comparison(pair)
    from nbvc.diffing import diff

    try:
        before, after = (
            _parse_side(side, content, parse, for_programs=for_programs)
            for side, content in zip(sides, contents, strict=True)
        )
        return Comparison(pair, diff(before, after, asked.over(pair.policy)))
    except (NotebookError, RecursionError) as error:
        one, other = ((content or b"").decode(errors="backslashreplace") for content in contents)
        return Comparison(pair, error=error, texts=(one, other))


def _parse_side(
    side: Source | None, content: bytes | None, parse: Parse, *, for_programs: bool
) -> Notebook:
    """Read a side; a file that does not exist is an empty notebook."""
    if side is None or content is None or _is_nothing(side):
        return Notebook.empty(name=os.devnull)
    return parse(content, name=side.spec if for_programs else side.label)
