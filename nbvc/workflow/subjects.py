"""Which notebooks to check: files, what is staged, the notebooks of a commit, or stdin.

files on disk      as the filter would store them, if it is set up; or as they are
the index          by the settings of the index
a commit           by the settings of the commit
"""

from __future__ import annotations

import os
from functools import partial

import msgspec

from nbvc.errors import GitError, NbvcError, UnknownRefError
from nbvc.workflow.deciding import Decider, Resolver

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from nbvc.git.plumbing.objects import Objects
    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.state.changes import FileVersion, Side
    from nbvc.normalising.policy import Policy
    from nbvc.workflow.deciding import PathDecision, PathOverrides
    from nbvc.workflow.finding import FoundPath, Skip

    Keep = Callable[[str, bytes], bytes]


class Subject(msgspec.Struct, frozen=True):
    """A notebook to check: what it is called, how it is read, and what `nbvc clean` would remove.

    `read_former` returns the version of the last commit before it, None if there is none. `in_git` is
    for versions of the index or of a commit.
    """

    path: str
    read: Callable[[], bytes]
    policy: Policy
    read_former: Callable[[], bytes | None] | None = None
    in_git: bool = False


class Subjects(msgspec.Struct, frozen=True):
    """All notebooks to check, those that are not files, and how many are excluded.

    After `close` they can still be read.
    """

    subjects: list[Subject]
    excluded: int = 0
    unreadable: tuple[FoundPath, ...] = ()
    close: Callable[[], None] = lambda: None


class Choice(msgspec.Struct, frozen=True):
    """What a command line names: words as `nbvc diff` takes them, and paths behind `--`."""

    words: tuple[str, ...]
    paths: tuple[str, ...] | None = None
    cached: bool = False
    raw: bool = False


class DecidedFiles(msgspec.Struct, frozen=True):
    """The notebooks on disk that paths mean, each with what holds for it.

    `excluded` counts the others; those that are not files are `unreadable`.
    """

    files: list[tuple[str, PathDecision]]
    excluded: int
    unreadable: tuple[FoundPath, ...]


def decide_files(
    paths: Sequence[str], asked: PathOverrides, environ: Mapping[str, str], skip: Skip
) -> DecidedFiles:
    """Return the notebooks that paths mean. Raises `NbvcError`."""
    from nbvc.workflow.finding import find_files

    decider = Decider(asked)
    found = [(one, decider.decide(one.path)) for one in find_files(paths, environ, skip)]
    kept = [(one, decision) for one, decision in found if not decision.excluded]
    return DecidedFiles(
        [(one.path, decision) for one, decision in kept if not one.problem],
        len(found) - len(kept),
        tuple([one for one, _ in kept if one.problem]),
    )


def select(
    choice: Choice, asked: PathOverrides, environ: Mapping[str, str], skip: Skip
) -> Subjects:
    """Return the notebooks that a choice means. A word that is not an existing path is a commit.

    Raises `NbvcError`.
    """
    words, paths = choice.words, choice.paths or ()
    is_commit = bool(words) and not choice.cached and not os.path.lexists(words[0])
    if not (choice.cached or is_commit):
        return _select_files((*words, *paths), asked, environ, skip, raw=choice.raw)
    from nbvc.git.plumbing.objects import Objects

    repository = _find_repository(words, paths, environ)
    objects = Objects(repository)
    if choice.cached:
        return _select_index(repository, objects, (*words, *paths), asked)
    return _select_commit(repository, objects, words, paths, asked)


def select_content(content: bytes, name: str, asked: PathOverrides) -> Subjects:
    """Return one notebook that is given as bytes, and to be judged as a file of that name."""
    decision = Decider(asked).decide(name)
    if decision.excluded:
        return Subjects([], 1)
    return Subjects([Subject(name, partial(bytes, content), decision.policy)])


def _select_files(
    paths: Sequence[str],
    asked: PathOverrides,
    environ: Mapping[str, str],
    skip: Skip,
    *,
    raw: bool,
) -> Subjects:
    decided = decide_files(paths, asked, environ, skip)
    readers = {path: partial(_read_file, path) for path, _ in decided.files}
    formers: dict[str, Callable[[], bytes | None]] = {}
    closers = []
    for repository, names in _group(list(readers), environ):
        from nbvc.git.plumbing.objects import Objects
        from nbvc.workflow.filtered import keep_whole, make_filter

        objects = Objects(repository)
        closers.append(objects.close)
        keep = keep_whole if raw else make_filter(repository, list(names.values()), after_git=False)
        for path, name in names.items():
            readers[path] = partial(_read_kept, path, name, keep)
            formers[path] = partial(objects.at, "HEAD", name)
    return Subjects(
        [
            Subject(path, readers[path], decision.policy, formers.get(path))
            for path, decision in decided.files
        ],
        decided.excluded,
        decided.unreadable,
        partial(_close_all, closers),
    )


def _close_all(closers: Sequence[Callable[[], None]]) -> None:
    for close in closers:
        close()


def _group(
    paths: Sequence[str], environ: Mapping[str, str]
) -> Iterator[tuple[Repository, dict[str, str]]]:
    """Yield each repository that files are in, with the names that they have there, by path."""
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import discover
    from nbvc.workflow.places import Locator

    locator = Locator()
    tops: dict[str, dict[str, str]] = {}
    for path in paths:
        top, name = locator.locate(path)
        if top is not None and not os.path.islink(path):
            tops.setdefault(top, {})[path] = name
    for top, names in tops.items():
        try:
            yield discover(Git.find(environ), top), names
        except GitError:
            continue


def _read_file(path: str) -> bytes:
    from nbvc.notebook.content import read_content

    return read_content(path)


def _read_kept(path: str, name: str, keep: Keep) -> bytes:
    return keep(name, _read_file(path))


def _find_repository(
    words: Sequence[str], paths: Sequence[str], environ: Mapping[str, str]
) -> Repository:
    from nbvc.errors import NoRepositoryError
    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import discover

    existing = [path for path in (*words, *paths) if os.path.lexists(path)]
    try:
        return discover(Git.find(environ), existing[0] if existing else ".")
    except NoRepositoryError:
        missing = [word for word in words if not os.path.lexists(word)]
        if missing:
            raise NbvcError("no such file or folder", where=missing[0]) from None
        raise


def _select_index(
    repository: Repository, objects: Objects, paths: Sequence[str], asked: PathOverrides
) -> Subjects:
    from nbvc.git.state.changes import INDEX

    resolver = Resolver.of_version(objects, "", asked)
    return _select_version(repository, objects, INDEX, paths, resolver, "HEAD")


def _select_commit(
    repository: Repository,
    objects: Objects,
    words: Sequence[str],
    paths: Sequence[str],
    asked: PathOverrides,
) -> Subjects:
    from nbvc.git.state.changes import commit_side

    try:
        side = commit_side(objects, words[0])
    except UnknownRefError:
        raise NbvcError("no such file, folder or commit", where=words[0]) from None
    resolver = Resolver.of_version(objects, side.oid, asked)
    named = (*words[1:], *paths)
    return _select_version(repository, objects, side, named, resolver, f"{side.oid}^")


def _select_version(
    repository: Repository,
    objects: Objects,
    side: Side,
    paths: Sequence[str],
    resolver: Resolver,
    former: str,
) -> Subjects:
    """Return the notebooks of the index or a commit, judged by its own settings."""
    from nbvc.workflow.finding import FoundPath

    versions, in_conflict = _list_versions(repository, side, paths)
    decided = [(version, resolver.decide(version.name)) for version in versions]
    kept = [(version, decision) for version, decision in decided if not decision.excluded]
    objects.expect([version.oid for version, _ in kept if version.oid])
    subjects = [
        Subject(
            repository.path_from_here(version.name),
            partial(_read_version, objects, version),
            decision.policy,
            partial(objects.at, former, version.name),
            in_git=True,
        )
        for version, decision in kept
    ]
    problem = "its conflicts are not resolved, so nothing is staged"
    unreadable = tuple(
        [FoundPath(repository.path_from_here(name), problem) for name in in_conflict]
    )
    return Subjects(subjects, len(decided) - len(kept), unreadable, objects.close)


def _read_version(objects: Objects, version: FileVersion) -> bytes:
    """Return a file as git would write it; what git stores elsewhere or encrypted, as it is stored."""
    from nbvc.git.plumbing.stored import POINTERS

    assert version.oid is not None
    stored = objects.blob(version.oid, None)
    if stored.startswith(tuple(start for start, _ in POINTERS)):
        return stored
    return objects.blob(version.oid, version.name)


def _list_versions(
    repository: Repository, side: Side, paths: Sequence[str]
) -> tuple[list[FileVersion], list[str]]:
    """Return the notebooks of a side, and the names of those in conflict.

    Raises `NbvcError` for a path that the side does not have.
    """
    from nbvc.git.plumbing.objects import empty_tree
    from nbvc.git.state.changes import INDEX, Place, Side, find_changes
    from nbvc.git.state.operation import find_unmerged
    from nbvc.names import SUFFIX

    nothing = Side(Place.COMMIT, "", empty_tree(repository))
    names = [repository.name_path(path) for path in paths]
    found = [one.after or one.before for one in find_changes(repository, nothing, side, names)]
    versions = [version for version in found if version is not None]
    in_conflict = [
        name
        for name in (find_unmerged(repository.git) if side is INDEX else ())
        if name.endswith(SUFFIX) and (not names or any(_is_in(name, one) for one in names))
    ]
    there = [*(version.name for version in versions), *in_conflict]
    for path, name in zip(paths, names, strict=True):
        if not os.path.isdir(path) and not any(_is_in(one, name) for one in there):
            raise NbvcError(f"no such notebook in {side.label}", where=path)
    return versions, in_conflict


def _is_in(name: str, folder: str) -> bool:
    return not folder or name == folder or name.startswith(f"{folder}/")
