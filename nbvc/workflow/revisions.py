"""Commits, ranges, the index and the working tree, as `git diff` and `git show` name them."""

from __future__ import annotations

import os
from functools import partial

import msgspec

from nbvc.errors import NoRepositoryError, OutsideError, SelectionError, UnknownRefError
from nbvc.git import Git, discover
from nbvc.git.plumbing.objects import REGULAR, Objects
from nbvc.git.state.changes import (
    INDEX,
    WORK_TREE,
    Contents,
    FileChange,
    FileVersion,
    Place,
    Side,
    Status,
    check_out_blob,
    commit_side,
    find_changes,
    find_uncommitted,
    head_side,
    range_sides,
)
from nbvc.names import SUFFIX, may_be_version
from nbvc.workflow.compare import Pair, Pairs, Selection, Source, file_source
from nbvc.workflow.deciding import DiffDecider

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from nbvc.diffing.policy import DiffPolicy
    from nbvc.git.plumbing.repository import Repository
    from nbvc.workflow.finding import Skip

_OURS = 2
"""The stage in the index that holds our side of a conflict."""


def select_versions(selection: Selection, environ: Mapping[str, str], skip: Skip) -> Pairs:
    """Return what differs between the versions that a selection names.

    No commit: index to working tree; with `cached` the current commit to the index. One: it to the
    working tree, or to the index. Two or a range: the first to the second. An existing path is not a
    commit. The settings of the working tree hold, and `skip` gets a settings file that cannot be read.
    Raises `SelectionError`, `NbvcError`.
    """
    repository = _find_repository(environ, selection.words, selection.paths or ())
    return _select_in(repository, Objects(repository), DiffDecider(skip, environ), selection)


class ChangedPairs(msgspec.Struct, frozen=True):
    """What changed in a working tree: what is staged, and what is not, with untracked files."""

    repository: Repository
    staged: Pairs
    unstaged: Pairs


def select_changed(paths: tuple[str, ...], environ: Mapping[str, str], skip: Skip) -> ChangedPairs:
    """Return what changed in some files and folders. Raises as `select_versions` does."""
    repository = _find_repository(environ, (), paths)
    objects, decider = Objects(repository), DiffDecider(skip, environ)
    names = [repository.name_path(path) for path in paths]
    found = find_uncommitted(repository, names)
    new = {change.name for change in found.unstaged if change.status is Status.UNTRACKED}
    known = tuple(path for path, name in zip(paths, names, strict=True) if name not in new)
    staged, unstaged = (
        _pair_sides(repository, objects, decider, sides, named, changes)
        for sides, named, changes in (
            ((found.head, INDEX), known, found.staged),
            ((INDEX, WORK_TREE), paths, found.unstaged),
        )
    )
    return ChangedPairs(repository, staged, unstaged)


def _select_in(
    repository: Repository, objects: Objects, decider: DiffDecider, selection: Selection
) -> Pairs:
    words, paths = selection.words, selection.paths
    if paths is None and (pair := _two_versions(repository, objects, words, decider)):
        return Pairs((pair,), many=False, close=objects.close)
    sides, rest = _split_sides(repository, objects, words)
    before, after = _choose_sides(repository, objects, sides, cached=selection.cached)
    if selection.untracked and after is not WORK_TREE:
        raise SelectionError("--untracked requires a comparison with the working tree")
    named = (*rest, *(paths or ()))
    names = _name_paths(repository, named)
    # One file that is named is meant, whether git tracks it or not.
    single = len(named) == 1 and os.path.isfile(named[0]) and after is WORK_TREE
    untracked = selection.untracked or single
    found = find_changes(repository, before, after, names, untracked=untracked)
    return _pair_sides(repository, objects, decider, (before, after), named, found)


def _name_paths(repository: Repository, paths: Sequence[str]) -> list[str]:
    """Return the names of paths in a repository. Raises `SelectionError` for one that does not exist."""
    try:
        return [repository.name_path(path) for path in paths]
    except OutsideError:
        missing = [path for path in paths if not os.path.lexists(path)]
        if not missing:
            raise
        raise SelectionError(f"no such file, folder or commit: {missing[0]}") from None


def _pair_sides(
    repository: Repository,
    objects: Objects,
    decider: DiffDecider,
    sides: tuple[Side, Side],
    named: Sequence[str],
    found: tuple[FileChange, ...],
) -> Pairs:
    """Return the pairs of two sides; `found` are the changes of the paths that were named."""
    _check(repository, objects, named, sides)
    names = [repository.name_path(path) for path in named]
    found = _follow(repository, objects, sides, names, found)
    one = len(named) == 1 and not os.path.isdir(named[0])
    return _make_pairs(repository, objects, sides, found, decider, many=not one)


def select_uncommitted(repository: Repository, environ: Mapping[str, str], skip: Skip) -> Pairs:
    """Return the notebooks that differ from the last commit, with those that git does not track."""
    objects = Objects(repository)
    sides = (head_side(repository, objects), WORK_TREE)
    found = find_changes(repository, *sides, untracked=True)
    return _make_pairs(repository, objects, sides, found, DiffDecider(skip, environ), many=True)


def _make_pairs(
    repository: Repository,
    objects: Objects,
    sides: tuple[Side, Side],
    found: Sequence[FileChange],
    decider: DiffDecider,
    *,
    many: bool,
) -> Pairs:
    if not found:
        return Pairs((), many=many, close=objects.close)
    from nbvc.workflow.filtered import make_filter

    objects.fetch(_list_oids(found))
    in_work_tree = [change.after.name for change in found if change.after and not change.after.oid]
    keep = make_filter(repository, in_work_tree)
    maker = _PairMaker(repository, objects, *sides, keep)
    return Pairs(
        tuple([maker.pair(one, decider.decide(repository.path(one.name))) for one in found]),
        many=many,
        close=objects.close,
        expect=partial(_expect, objects, found),
    )


def _follow(
    repository: Repository,
    objects: Objects,
    sides: tuple[Side, Side],
    names: Sequence[str],
    found: tuple[FileChange, ...],
) -> tuple[FileChange, ...]:
    """Return the changes, those of notebooks that were named under the name that each side has.

    Raises `SelectionError` if neither side has a notebook that was named.
    """
    both = {change.name for change in found if change.before and change.after}
    changed = {change.name: change for change in found}
    for name in names:
        if not name.endswith(SUFFIX) or name in both:
            continue
        before, after = (_version_on(repository, objects, side, name) for side in sides)
        if before is None and after is None and name not in changed:
            where = " or ".join(dict.fromkeys(side.label for side in sides))
            raise SelectionError(f"no such file in {where}: {name}")
        if before is None or after is None or (before.name == name == after.name):
            continue
        if before.name != after.name and _has_name(repository, objects, sides[1], before.name):
            continue
        changed.pop(before.name, None)
        if before.name != after.name:
            changed[name] = FileChange(Status.RENAMED, before, after)
        elif before.oid != after.oid:
            changed[name] = FileChange(Status.MODIFIED, before, after)
    return tuple(sorted(changed.values(), key=lambda change: change.name))


def _has_name(repository: Repository, objects: Objects, side: Side, name: str) -> bool:
    """Return whether a side still has a name: then nothing was renamed from it there."""
    if side.place is Place.WORK_TREE:
        return os.path.lexists(repository.path(name))
    revision = side.oid if side.place is Place.COMMIT else ""
    return objects.get(f"{revision}:{name}") is not None


def _version_on(
    repository: Repository, objects: Objects, side: Side, name: str
) -> FileVersion | None:
    """Return a notebook on one side, in a commit under the name that it had there."""
    path = repository.path(name)
    if side.place is Place.WORK_TREE:
        return FileVersion(name, os.lstat(path).st_mode, None) if os.path.isfile(path) else None
    then: str | None = name
    revision = side.oid if side.place is Place.COMMIT else ""
    blob = objects.get(f"{revision}:{name}")
    if blob is None and side.place is Place.COMMIT and objects.head() is not None:
        from nbvc.checkpoint.store import Store
        from nbvc.platform import host_name
        from nbvc.versions.history import History

        with Store(repository, host_name()) as store:
            then = History(repository, name, store, objects=objects).name_in(side.oid)
        blob = objects.get(f"{revision}:{then}") if then else None
    if blob is None or blob.kind != "blob" or then is None:
        return None
    return FileVersion(then, REGULAR, blob.oid)


def _expect(objects: Objects, found: Sequence[FileChange], numbers: Iterable[int]) -> None:
    objects.expect(_list_oids(found[number] for number in numbers))


def _list_oids(found: Iterable[FileChange]) -> Iterator[str]:
    """Yield what will be read of changes, in that order."""
    for change in found:
        for version in (change.before, change.after):
            if version and version.oid and change.status is not Status.UNMERGED:
                yield version.oid


def _find_repository(
    environ: Mapping[str, str], words: Sequence[str], paths: Sequence[str]
) -> Repository:
    """Return the repository that the paths are in, else the one around."""
    existing = [path for path in (*words, *paths) if os.path.lexists(path)]
    missing = [word for word in words if not os.path.lexists(word)]
    try:
        return discover(Git.find(environ), existing[0] if existing else ".")
    except NoRepositoryError as error:
        if missing:
            raise SelectionError(f"no such file or folder: {missing[0]}") from None
        hint = "name two notebooks, or run git init"
        raise NoRepositoryError(error.message, hint=hint) from None


def _split_sides(
    repository: Repository, objects: Objects, words: Sequence[str]
) -> tuple[list[Side], list[str]]:
    """Split words into the commits they begin with, two at most, and the rest."""
    sides: list[Side] = []
    for number, word in enumerate(words):
        if len(sides) == 2 or os.path.lexists(word):
            return sides, [*words[number:]]
        try:
            found = range_sides(repository, objects, word)
            if found and sides:
                raise SelectionError(f"range {word!r} cannot be combined with another commit")
            sides += found or (commit_side(objects, word),)
        except UnknownRefError:
            return sides, [*words[number:]]
    return sides, []


def _choose_sides(
    repository: Repository, objects: Objects, sides: list[Side], *, cached: bool
) -> tuple[Side, Side]:
    if len(sides) == 2:
        if cached:
            raise SelectionError("--cached compares the index with one commit, not two")
        return sides[0], sides[1]
    if cached:
        return (sides[0] if sides else head_side(repository, objects)), INDEX
    return (sides[0] if sides else INDEX), WORK_TREE


def _check(
    repository: Repository, objects: Objects, words: Sequence[str], sides: tuple[Side, Side]
) -> None:
    """Refuse words that are not path, neither now nor in a version that takes part."""
    revisions = {"HEAD", *(side.oid or ":0" for side in sides)}
    for word in words:
        if os.path.lexists(word) or _isknown_source(repository, objects, revisions, word):
            continue
        try:
            objects.commit(word)
        except UnknownRefError:
            raise SelectionError(_explain_word(objects, word)) from None
        raise SelectionError(f"commit {word!r} must come before the paths (at most two commits)")


def _explain_word(objects: Objects, word: str) -> str:
    """Return what to say of a word that names nothing: of a range, which end of it."""
    if objects.get("HEAD") is None:
        return f"no such file or folder: {word} (the repository has no commits yet)"
    if ".." not in word:
        return f"no such file, folder or commit: {word}"
    ends = word.partition("..." if "..." in word else "..")[::2]
    if any(end.startswith("/") or end.endswith("/") for end in ends):  # ../a is not a range
        return f"no such file, folder or commit: {word}"
    for end in filter(None, ends):
        try:
            objects.commit(end)
        except UnknownRefError:
            return f"unknown commit {end!r} in {word!r}"
    return f"no such file or folder: {word}"


def _isknown_source(
    repository: Repository, objects: Objects, revisions: Iterable[str], path: str
) -> bool:
    try:
        name = repository.name_path(path)
    except OutsideError:
        return False
    return any(objects.get(f"{revision}:{name}") for revision in revisions)


class _PairMaker(msgspec.Struct, frozen=True):
    """Makes pairs of changes between two sides."""

    repository: Repository
    objects: Objects
    before: Side
    after: Side
    keep: Callable[[str, bytes], bytes]

    def pair(self, change: FileChange, policy: DiffPolicy) -> Pair:
        """Return both versions of a change; of a file in conflict, ours and the working tree's."""
        before = self._make_source(change.before, self.before)
        after = self._make_source(change.after, self.after)
        if change.status is Status.UNMERGED:
            before, note = self._find_ours(change.name), "in conflict"
        else:
            note = change.status.name.lower() if change.status in _NOTED else ""
        return Pair(before, after, in_git=True, note=note, policy=policy)

    def _make_source(self, version: FileVersion | None, side: Side) -> Source | None:
        if version is None:
            return None
        name = version.name
        label = f"{name} ({side.label})"
        read = partial(self.read, version)
        if version.oid is None:
            return Source(name, label, name, read, disk=self.repository.path(name))
        revision = side.oid[:10] if side.label.endswith("...") else side.label
        spec = f"{'' if side.place is Place.INDEX else revision}:{name}"
        check_out = partial(check_out_blob, self.repository, version.oid, name)
        return Source(name, label, spec, read, check_out=check_out)

    def read(self, version: FileVersion) -> bytes:
        """Return the content of a version, as git has it or would keep it. Raises `GitError`."""
        content = Contents(self.repository, self.objects).read(version)
        return content if version.oid is not None else self.keep(version.name, content)

    def _find_ours(self, name: str) -> Source | None:
        spec = f":{_OURS}:{name}"
        found = self.objects.get(spec)
        if found is None:
            return None
        return Source(name, f"{name} (ours)", spec, partial(self.objects.blob, found.oid, name))


_NOTED = (Status.RENAMED, Status.COPIED, Status.UNTRACKED)


def _two_versions(
    repository: Repository, objects: Objects, words: Sequence[str], decider: DiffDecider
) -> Pair | None:
    """Return the pair if both words are files, at least one of them as `COMMIT:PATH`."""
    if len(words) != 2:
        return None
    before, after = (
        _read_filtered(repository, word)
        if os.path.lexists(word)
        else _find_source(repository, objects, word)
        for word in words
    )
    if not (before and after):
        return None
    named = None if os.path.lexists(words[1]) else _find_version(repository, objects, words[1])
    path = words[1] if named is None else repository.path(named[0])
    return Pair(before, after, policy=decider.decide(path))


def _read_filtered(repository: Repository, path: str) -> Source:
    """Return a file as git would keep it, since a version in git is compared with it."""
    source = file_source(path)
    try:
        name = repository.name(path)
    except OutsideError:
        return source
    from nbvc.workflow.filtered import make_filter

    keep = make_filter(repository, [name], after_git=False)
    return msgspec.structs.replace(source, read=lambda: keep(name, source.read()))


def read_version(spec: str, environ: Mapping[str, str]) -> bytes:
    """Return the file that `COMMIT:PATH` or `:PATH`, in the index, names.

    The path counts from the top of the repository, or from the current folder if there is no such
    file, or if it begins with a dot. Raises `SelectionError`, `GitError`.
    """
    try:
        repository = discover(Git.find(environ), ".")
    except NoRepositoryError:
        raise SelectionError(f"no such file: {spec}") from None
    with Objects(repository) as objects:
        found = _find_source(repository, objects, spec)
        if found is not None:
            return found.read()
        revision, _, path = spec.partition(":")
        former = None
        if revision and may_be_version(spec):
            former = _find_former(repository, objects, objects.commit(revision), path)
    if not may_be_version(spec):
        raise SelectionError(f"no such file: {spec} (a version in git is COMMIT:PATH)")
    hint = f" (it was called {former} there: use {revision}:{former})" if former else ""
    raise SelectionError(f"no such file in {revision or 'the index'}: {path}{hint}")


def read_committed(repository: Repository, name: str) -> bytes | None:
    """Return a file as the last commit has it, None if it is not in there. Raises `GitError`."""
    with Objects(repository) as objects:
        return objects.at("HEAD", name)


def _find_former(repository: Repository, objects: Objects, commit: str, path: str) -> str | None:
    """Return the name that a notebook of now had in a commit, None if it was not there."""
    side = Side(Place.COMMIT, commit, commit)
    found = (
        _version_on(repository, objects, side, name)
        for name in _list_candidates(repository, path)
        if name.endswith(SUFFIX) and os.path.isfile(repository.path(name))
    )
    return next((version.name for version in found if version is not None), None)


def _find_source(repository: Repository, objects: Objects, spec: str) -> Source | None:
    found = _find_version(repository, objects, spec)
    if found is None:
        return None
    name, oid = found
    check_out = partial(check_out_blob, repository, oid, name)
    return Source(spec, spec, spec, partial(objects.blob, oid, name), check_out=check_out)


def _find_version(repository: Repository, objects: Objects, spec: str) -> tuple[str, str] | None:
    """Return the path from the top and the blob of the file that `COMMIT:PATH` names."""
    revision, _, path = spec.partition(":")
    if revision.startswith("-") or not may_be_version(spec):
        return None
    for name in _list_candidates(repository, path):
        found = objects.get(f"{revision}:{name}")
        if found is not None and found.kind == "blob":
            return name, found.oid
    return None


def _list_candidates(repository: Repository, path: str) -> list[str]:
    here = repository.name_path(os.path.join(os.getcwd(), path))
    dotted = path.replace(os.sep, "/").startswith(("./", "../"))
    return [here] if dotted else [path, here]
