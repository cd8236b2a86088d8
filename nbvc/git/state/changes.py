"""Which notebooks changed between two of: a commit, the index, the working tree.

    changes(repository, commit_side(objects, "HEAD~20"), WORK_TREE)
    → (FileChange(MODIFIED, before=FileVersion(oid=…), after=FileVersion(oid=None)), …)

One git process finds them all; `Contents` reads both sides, blobs through the one object reader
through the filters of git's settings, and the working tree from disk, as it is there.
"""

from __future__ import annotations

import os
from enum import Enum
from functools import partial

import msgspec

from nbvc.errors import GitError, make_visible
from nbvc.git.plumbing.objects import check_revision, empty_tree, is_file, merge_base
from nbvc.names import SUFFIX
from nbvc.platform import NO_LINK, NO_WAIT, PRIVATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from nbvc.git.plumbing.objects import Objects
    from nbvc.git.plumbing.repository import Repository

    _Both = tuple[list["FileChange"], list["FileChange"]]
    """What is staged, and what is not."""


class Place(Enum):
    """Where one side of a comparison is."""

    COMMIT = "commit"
    INDEX = "index"
    WORK_TREE = "working tree"


class Side(msgspec.Struct, frozen=True):
    """One side of a comparison; `oid` is the commit's, `label` is for people."""

    place: Place
    label: str
    oid: str = ""


_HEAD = Side(Place.COMMIT, "HEAD")
INDEX = Side(Place.INDEX, "index")
WORK_TREE = Side(Place.WORK_TREE, "working tree")


def commit_side(objects: Objects, revision: str) -> Side:
    """Return the side that a revision means. Raises `UnknownRefError`."""
    return Side(Place.COMMIT, revision, objects.commit(revision))


def head_side(repository: Repository, objects: Objects) -> Side:
    """Return the current commit as a side, which holds no files before the first commit."""
    return Side(Place.COMMIT, "HEAD", objects.head() or empty_tree(repository))


def range_sides(repository: Repository, objects: Objects, text: str) -> tuple[Side, Side] | None:
    """Return the two sides of `A..B` or `A...B`, None for what is not a range.

    An end left out is HEAD. With three dots, the first side is where the two branches parted.
    """
    for dots in ("...", ".."):
        before, found, after = text.partition(dots)
        if not found:
            continue
        check_revision(text)
        sides = [commit_side(objects, end or "HEAD") for end in (before, after)]
        if dots == "...":
            base = merge_base(repository, sides[0].oid, sides[1].oid)
            sides[0] = Side(Place.COMMIT, f"{before or 'HEAD'}...", base)
        return sides[0], sides[1]
    return None


class Status(Enum):
    """What happened to a file, in git's letters."""

    ADDED = "A"
    COPIED = "C"
    DELETED = "D"
    MODIFIED = "M"
    RENAMED = "R"
    TYPE_CHANGED = "T"
    UNMERGED = "U"
    UNTRACKED = "?"


class FileVersion(msgspec.Struct, frozen=True):
    """A regular file on one side: its path from the top, its mode, its blob.

    `oid` is None for a file of the working tree, whose content is what is on disk.
    """

    name: str
    mode: int
    oid: str | None


class FileChange(msgspec.Struct, frozen=True):
    """One changed file; a side where it isn't a regular file is None.

    `similarity` is git's, in percent, for what was renamed or copied.
    """

    status: Status
    before: FileVersion | None
    after: FileVersion | None
    similarity: int | None = None

    @property
    def name(self) -> str:
        """The path to call it by: the newer one."""
        version = self.after or self.before
        assert version is not None
        return version.name


def find_changes(
    repository: Repository,
    before: Side,
    after: Side,
    names: Sequence[str] = (),
    *,
    untracked: bool = False,
) -> tuple[FileChange, ...]:
    """Return the notebooks that differ between two sides, in the order of their paths.

    `names` are files or folders by their path from the top; none of them means everything. Renames
    are followed, also from outside of `names`. Files that git doesn't track are looked for on
    request, where `after` is the working tree. At most three processes, however many notebooks.
    """
    found = _compare_sides(repository, before, after, _make_pathspecs(names))
    if names and any(change.before is None for change in found):
        everywhere = _compare_sides(repository, before, after, _make_pathspecs(()))
        found = _follow_renames(found, everywhere)
    if untracked and after.place is Place.WORK_TREE:
        found += _find_untracked(repository, names)
    return _choose(found, names)


class Uncommitted(msgspec.Struct, frozen=True):
    """The notebooks that changed since the last commit: what is staged, and what is not."""

    head: Side
    staged: tuple[FileChange, ...]
    unstaged: tuple[FileChange, ...]


def find_uncommitted(repository: Repository, names: Sequence[str] = ()) -> Uncommitted:
    """Return what changed from the last commit to the index, and from it to the working tree.

    These are the changes that `find_changes` finds, with untracked files, from one process of git (two
    if `names` may have been renamed).
    """
    found = _ask_status(repository, _make_pathspecs(names))
    sides = [found.staged, found.unstaged]
    if names and any(change.status is Status.ADDED for side in sides for change in side):
        everywhere = _ask_status(repository, _make_pathspecs(()))
        pairs = zip(sides, (everywhere.staged, everywhere.unstaged), strict=True)
        sides = [tuple(_follow_renames(side, others)) for side, others in pairs]
    return Uncommitted(found.head, *[_choose(side, names) for side in sides])


def _follow_renames(
    found: Iterable[FileChange], everywhere: Iterable[FileChange]
) -> list[FileChange]:
    """Return changes, those of files that were renamed from elsewhere with both sides."""
    renamed = {change.name: change for change in everywhere if change.before and change.after}
    return [renamed.get(change.name, change) for change in found]


def _ask_status(repository: Repository, specs: list[str]) -> Uncommitted:
    options = ("--porcelain=v2", "-z", "--branch", "--no-ahead-behind", "--find-renames")
    extent = ("--untracked-files=all", "--ignore-submodules=all")
    git = repository.git.reading.with_settings(_LENIENT)
    walk = iter(git.run("status", *options, *extent, "--", *specs).split(b"\0"))
    head = empty_tree(repository)
    staged: list[FileChange] = []
    unstaged: list[FileChange] = []
    for entry in walk:
        kind, _, rest = entry.partition(b" ")
        if kind == b"#" and rest.startswith(b"branch.oid ") and rest != b"branch.oid (initial)":
            head = rest.split(b" ")[1].decode()
        elif kind == b"?":
            unstaged += _list_untracked(repository, [rest])
        elif kind:
            one, other = _ENTRIES[kind](rest, walk)
            staged += one
            unstaged += other
    usable = [
        tuple([change for change in side if change.before or change.after])
        for side in (staged, unstaged)
    ]
    return Uncommitted(Side(Place.COMMIT, "HEAD", head), *usable)


def _skip_entry(_: bytes, __: Iterator[bytes]) -> _Both:
    return [], []


def _parse_unmerged(rest: bytes, _: Iterator[bytes]) -> _Both:
    """Return the changes of a file in conflict, whose side before is ours."""
    fields = rest.split(b" ", 9)
    ours, on_disk, oid, path = (fields[at] for at in (3, 5, 7, 9))
    name = os.fsdecode(path)
    before = _make_version(INDEX, name, int(ours, 8), oid.decode())
    after = _make_version(WORK_TREE, name, int(on_disk, 8), "")
    staged = FileChange(Status.UNMERGED, before, None)
    if after is not None:
        return [staged], [FileChange(Status.UNMERGED, None, after)]
    status = Status.TYPE_CHANGED if int(on_disk, 8) else Status.DELETED
    return [staged], [FileChange(status, before, None)]


def _parse_tracked(rest: bytes, more: Iterator[bytes], *, renamed: bool = False) -> _Both:
    """Return what is staged of a file, and what is not."""
    fields = rest.split(b" ", 8 if renamed else 7)
    letters = fields[0].decode()
    name = former = os.fsdecode(fields[-1])
    score = None
    if renamed:
        former, score = os.fsdecode(next(more)), int(fields[7][1:])
    # One letter of both is that of the rename.
    names = (former, name if letters[0] in "RC" else former, name)
    in_head, in_index, on_disk = (
        _make_version(side, named, int(mode, 8), oid.decode())
        for side, named, mode, oid in zip(
            (_HEAD, INDEX, WORK_TREE), names, fields[2:5], (*fields[5:7], b""), strict=True
        )
    )
    found: list[list[FileChange]] = []
    for letter, before, after in zip(
        letters, (in_head, in_index), (in_index, on_disk), strict=True
    ):
        similarity = score if letter in "RC" else None
        change = FileChange(_read_status(letter), before, after, similarity)
        found.append([] if letter == "." else [change])
    return found[0], found[1]


_ENTRIES: dict[bytes, Callable[[bytes, Iterator[bytes]], _Both]] = {
    b"#": _skip_entry,
    b"1": _parse_tracked,
    b"2": partial(_parse_tracked, renamed=True),
    b"u": _parse_unmerged,
}
"""What reads an entry of `git status`, by its kind."""


def _choose(found: Iterable[FileChange], names: Sequence[str]) -> tuple[FileChange, ...]:
    """Return the changes that were asked for, in the order of their paths."""
    chosen = [change for change in found if _is_chosen(change, names)]
    return tuple(sorted(chosen, key=lambda change: change.name))


def _is_chosen(change: FileChange, names: Sequence[str]) -> bool:
    """Return whether a change is one of a notebook, or of a file that was named."""
    versions = [version for version in (change.before, change.after) if version is not None]
    return any(version.name.endswith(SUFFIX) or version.name in names for version in versions)


def _make_pathspecs(names: Sequence[str]) -> list[str]:
    """Return git's way to say: these files, and the notebooks below these folders."""
    if not names or "" in names:
        return [f":(top,glob)**/*{SUFFIX}"]
    specs = []
    for name in names:
        specs.append(f":(top,literal){name}")
        if not name.endswith(SUFFIX):
            specs.append(f":(top,glob){_escape_name(name)}/**/*{SUFFIX}")
    return specs


def _escape_name(name: str) -> str:
    return "".join(f"\\{char}" if char in "*?[\\" else char for char in name)


_LENIENT = "filter.nbvc.required=false"
"""One notebook that the filter refuses, as in a conflict, must not hide what changed in others."""


def _compare_sides(
    repository: Repository, before: Side, after: Side, specs: list[str]
) -> list[FileChange]:
    command = _make_command(before, after)
    if command is None:
        return []
    options = ("--raw", "-z", "-M", "--no-abbrev", "--ignore-submodules=all")
    git = repository.git.reading.with_settings(_LENIENT)
    listing = git.run(*command[:1], *options, *command[1:], "--", *specs)
    records = _parse_records(listing.split(b"\0"), before, after)
    usable = [change for change in records if change.before or change.after]
    unmerged = {change.name for change in usable if change.status is Status.UNMERGED}
    return [
        change
        for change in usable
        if change.status is Status.UNMERGED or change.name not in unmerged
    ]


def _make_command(before: Side, after: Side) -> list[str] | None:
    """Return the git command that compares two sides, None if they are the same place.

    Where files of the working tree take part it is `git diff`: only that looks into files whose time
    stamp alone is new.
    """
    places = (before.place, after.place)
    if places == (Place.COMMIT, Place.COMMIT):
        return ["diff-tree", "-r", before.oid, after.oid]
    if before.place is after.place:
        return None
    if places in ((Place.INDEX, Place.COMMIT), (Place.WORK_TREE, Place.COMMIT), _BACKWARDS):
        forward = _make_command(after, before)
        assert forward is not None
        return [forward[0], "-R", *forward[1:]]
    if places == (Place.COMMIT, Place.INDEX):
        return ["diff-index", "--cached", "--ita-invisible-in-index", before.oid]
    plain = ["diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative"]
    return [*plain, before.oid] if before.place is Place.COMMIT else plain


_BACKWARDS = (Place.WORK_TREE, Place.INDEX)


def _parse_records(fields: list[bytes], before: Side, after: Side) -> Iterator[FileChange]:
    """Yield the changes of a raw diff: `:MODE MODE OID OID STATUS`, one path or two."""
    walk = iter(fields)
    for about in walk:
        if not about:
            continue
        modes_and_oids = about[1:].split(b" ")
        old_mode, new_mode = (int(mode, 8) for mode in modes_and_oids[:2])
        old_oid, new_oid = (oid.decode() for oid in modes_and_oids[2:4])
        letter, score = modes_and_oids[4][:1].decode(), modes_and_oids[4][1:]
        old_name = os.fsdecode(next(walk))
        new_name = os.fsdecode(next(walk)) if letter in "RC" else old_name
        yield FileChange(
            _read_status(letter),
            _make_version(before, old_name, old_mode, old_oid),
            _make_version(after, new_name, new_mode, new_oid),
            int(score) if score and letter in "RC" else None,
        )


def _read_status(letter: str) -> Status:
    return Status(letter) if letter in Status._value2member_map_ else Status.MODIFIED


def _make_version(side: Side, name: str, mode: int, oid: str) -> FileVersion | None:
    """Return a side's file, None if it has none or what it has is a link or a submodule."""
    if not is_file(mode):
        return None
    return FileVersion(name, mode, None if side.place is Place.WORK_TREE else oid)


def _find_untracked(repository: Repository, names: Sequence[str]) -> list[FileChange]:
    listing = repository.git.reading.run(
        "ls-files", "--others", "--exclude-standard", "-z", "--", *_make_pathspecs(names)
    )
    return _list_untracked(repository, listing.split(b"\0"))


def _list_untracked(repository: Repository, names: Iterable[bytes]) -> list[FileChange]:
    return [
        FileChange(Status.UNTRACKED, None, FileVersion(name, mode, None))
        for name in map(os.fsdecode, filter(None, names))
        if is_file(mode := _mode_on_disk(repository.path(name)))
    ]


def _mode_on_disk(path: str) -> int:
    try:
        return os.lstat(path).st_mode
    except OSError:
        return 0


def count_lines(repository: Repository, before: Side) -> dict[str, tuple[int, int]]:
    """Return how many lines of each tracked text file were added and removed since a commit."""
    options = ("--numstat", "-z", "--no-ext-diff", "--no-textconv", "--no-color", "--no-relative")
    args = ("diff", *options, "--no-renames", "--ignore-submodules=all", before.oid)
    found = {}
    for entry in repository.git.reading.with_settings(_LENIENT).run(*args).split(b"\0"):
        added, removed, name = [*entry.split(b"\t", 2), b"", b""][:3]
        if added.isdigit() and removed.isdigit():  # a dash for what is not text
            found[os.fsdecode(name)] = (int(added), int(removed))
    return found


class Contents:
    """The bytes of versions."""

    __slots__ = ("_objects", "_repository")

    def __init__(self, repository: Repository, objects: Objects) -> None:
        self._repository = repository
        self._objects = objects

    def read(self, version: FileVersion) -> bytes:
        """Return a version's content. Raises `GitError` if it is gone or can't be read."""
        if version.oid is not None:
            return self._objects.blob(version.oid, version.name)
        return read_file(self._repository.path(version.name))

    def both(self, change: FileChange) -> tuple[bytes | None, bytes | None]:
        """Return what a change leads from and to; None if there is no file."""
        return (
            None if change.before is None else self.read(change.before),
            None if change.after is None else self.read(change.after),
        )


def read_file(path: str) -> bytes:
    """Return the content of a file that is not a link. Raises `GitError`."""
    # Opening a pipe must not wait for somebody to write into it.
    try:
        with open(os.open(path, os.O_RDONLY | PRIVATE | NO_LINK | NO_WAIT), "rb") as file:
            return file.read()
    except OSError as error:
        raise GitError(f"it can't be read: {error.strerror}", where=make_visible(path)) from error


def read_checkout(repository: Repository, revision: str, name: str) -> bytes | None:
    """Return what git would write into the working tree for a version, None if there is no such file.

    All filters of the path run. "" stands for the index.
    """
    found = repository.storing.git.ask("cat-file", "--filters", f"{revision}:{name}")
    return None if found.code else found.stdout


def check_out_blob(repository: Repository, oid: str, name: str) -> bytes | None:
    """Return what git would write into the working tree for a blob, None if it cannot be read."""
    found = repository.storing.git.ask("cat-file", "--filters", f"--path={name}", oid)
    return None if found.code else found.stdout


def list_tracked(repository: Repository, names: Iterable[str] = ()) -> list[str]:
    """Return the paths of all notebooks that the index holds, in its order."""
    listing = repository.git.reading.run(
        "ls-files", "--cached", "-z", "--deduplicate", "--", *_make_pathspecs(tuple(names))
    )
    return [os.fsdecode(name) for name in listing.split(b"\0") if name]
