"""Which notebooks to compare: files, folders, one against many, or versions in git."""

from __future__ import annotations

import os

from nbvc.errors import SelectionError
from nbvc.workflow.compare import Pair, Pairs, Selection, file_source
from nbvc.workflow.places import folder_with_git

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbvc.workflow.compare import Source
    from nbvc.workflow.finding import Skip


def select(selection: Selection, environ: Mapping[str, str], skip: Skip) -> Pairs:
    """Return what a selection means.

    Two files or folders are compared with each other, and git isn't asked. Outside of a repository
    the first of several files is compared with each other one. Everything else is about versions in
    git. `skip` gets what cannot be read. Raises `SelectionError`, `GitError`.
    """
    words = selection.words
    if selection == Selection(words) and len(words) > 1 and all(map(os.path.lexists, words)):
        if len(words) == 2:
            return _select_on_disk(*words, environ, skip)
        folder = os.path.dirname(os.path.abspath(words[0]))
        if all(map(os.path.isfile, words)) and folder_with_git(folder) is None:
            return _make_pairs([(words[0], word) for word in words[1:]], environ, skip, many=True)
    from nbvc.workflow.revisions import select_versions

    return select_versions(selection, environ, skip)


def _select_on_disk(before: str, after: str, environ: Mapping[str, str], skip: Skip) -> Pairs:
    """Compare two files, two folders by relative path, or a file with all of a folder."""
    folders = os.path.isdir(before), os.path.isdir(after)
    pairs: list[tuple[str | None, str | None]] = [(before, after)]
    if folders == (True, True):
        pairs = _match(before, after, environ, skip)
    elif folders == (False, True):
        pairs = [(before, os.path.join(after, name)) for name in _list(after, environ, skip)]
    elif folders == (True, False):
        pairs = [(os.path.join(before, name), after) for name in _list(before, environ, skip)]
    return _make_pairs(pairs, environ, skip, many=any(folders))


def _make_pairs(
    paths: Sequence[tuple[str | None, str | None]],
    environ: Mapping[str, str],
    skip: Skip,
    *,
    many: bool,
) -> Pairs:
    """Return pairs of files, given by their paths, None for a side that does not exist."""
    from nbvc.workflow.deciding import DiffDecider

    decider = DiffDecider(skip, environ)
    made = [
        Pair(*_sources(one, other), policy=decider.decide(other or one or ""))
        for one, other in paths
    ]
    return Pairs(tuple(made), many)


def _sources(before: str | None, after: str | None) -> tuple[Source | None, Source | None]:
    """Return two files; a text that Jupytext reads is the notebook that it stands for."""
    old, new = (None if path is None else file_source(path) for path in (before, after))
    if old is not None and new is not None and old.path[-6:] != new.path[-6:]:
        from nbvc.workflow.texts import is_text, text_source

        if is_text(old.path, new.path):
            return text_source(old.path, new.read), new
        if is_text(new.path, old.path):
            return old, text_source(new.path, old.read)
    return old, new


def _match(
    before: str, after: str, environ: Mapping[str, str], skip: Skip
) -> list[tuple[str | None, str | None]]:
    from nbvc.workflow.finding import find_notebooks

    old, new = (set(find_notebooks(folder, environ, skip)) for folder in (before, after))
    return [
        (
            os.path.join(before, name) if name in old else None,
            os.path.join(after, name) if name in new else None,
        )
        for name in sorted(old | new)
    ]


def _list(folder: str, environ: Mapping[str, str], skip: Skip) -> list[str]:
    from nbvc.workflow.finding import find_notebooks

    names = find_notebooks(folder, environ, skip)
    if not names:
        raise SelectionError(f"no notebooks in {folder}")
    return names
