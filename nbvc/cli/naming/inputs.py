"""Which notebooks a command line names: files, folders, one against many, or versions in git."""

from __future__ import annotations

import os
from functools import partial

import click
import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_SKIPPED = {".git", ".ipynb_checkpoints", "node_modules", ".venv"}


class Input(msgspec.Struct, frozen=True):
    """One notebook, not read yet.

    `path` is for lists, `label` for headings, and `spec` says for programs where it comes from,
    as `nbvc show` takes it. Reading raises `OSError` or `GitError`.
    """

    path: str
    label: str
    spec: str
    read: Callable[[], bytes]


class Pair(msgspec.Struct, frozen=True):
    """Two notebooks to compare; None where a side has no such file.

    `note` says what happened to the file as a whole; `in_git` is for versions of one repository.
    """

    before: Input | None
    after: Input | None
    in_git: bool = False
    note: str = ""


class Comparison(msgspec.Struct, frozen=True):
    """All pairs that a command line means; `many` says that there could be any number of them.

    `expect` is told which pairs will be read, in that order. After `close` they can still be.
    """

    pairs: tuple[Pair, ...]
    many: bool
    close: Callable[[], None] = lambda: None
    expect: Callable[[Sequence[int]], None] = lambda _: None


def file_input(path: str) -> Input:
    """Return a file as an input."""
    from nbvc.notebook.content import read_content

    return Input(path, path, path, partial(read_content, path))


def named_input(spec: str) -> Input:
    """Return a file, or the version of one that `COMMIT:PATH` or `:PATH` names, as an input.

    Raises `click.UsageError`, `GitError`.
    """
    if os.path.lexists(spec) or ":" not in spec:
        return file_input(spec)
    from nbvc.cli.naming.revisions import version_input

    return version_input(spec)


def comparison(
    words: Sequence[str], paths: Sequence[str] | None, *, cached: bool, untracked: bool
) -> Comparison:
    """Return what the arguments of `nbvc diff` mean; `paths` are those behind `--`, if it is there.

    Two files or folders are compared with each other, and git isn't asked. Everything else is
    about versions in git. Raises `click.UsageError`, `GitError`.
    """
    plain = paths is None and not cached and not untracked
    if plain and len(words) == 2 and all(map(os.path.lexists, words)):
        return _on_disk(*words)
    from nbvc.cli.naming.revisions import compared

    return compared(words, paths, cached=cached, untracked=untracked)


def _on_disk(before: str, after: str) -> Comparison:
    """Compare two files, two folders by relative path, or a file with all of a folder."""
    folders = os.path.isdir(before), os.path.isdir(after)
    pairs: list[tuple[str | None, str | None]] = [(before, after)]
    if folders == (True, True):
        pairs = _matched(before, after)
    elif folders == (False, True):
        pairs = [(before, os.path.join(after, name)) for name in _in_folder(after)]
    elif folders == (True, False):
        pairs = [(os.path.join(before, name), after) for name in _in_folder(before)]
    inputs = (Pair(_file_or_none(one), _file_or_none(other)) for one, other in pairs)
    return Comparison(tuple(inputs), any(folders))


def _file_or_none(path: str | None) -> Input | None:
    return None if path is None else file_input(path)


def _matched(before: str, after: str) -> list[tuple[str | None, str | None]]:
    old, new = set(notebooks_below(before)), set(notebooks_below(after))
    return [
        (
            os.path.join(before, name) if name in old else None,
            os.path.join(after, name) if name in new else None,
        )
        for name in sorted(old | new)
    ]


def _in_folder(folder: str) -> list[str]:
    names = sorted(notebooks_below(folder))
    if not names:
        raise click.UsageError(f"There is no notebook in {folder!r}.")
    return names


def notebooks_below(folder: str, *, links: bool = True) -> Iterator[str]:
    """Yield the relative paths of all notebooks below a folder, hidden tool folders aside.

    `links` says whether links to notebooks count. What can't be listed is left out, and told.
    """
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            entries = os.scandir(os.path.join(folder, below))
        except OSError as error:
            _left_out(error)
            continue
        with entries:
            for entry in entries:
                name = f"{below}{entry.name}"
                if entry.is_dir():
                    if entry.name not in _SKIPPED and not entry.is_symlink():
                        waiting.append(f"{name}{os.sep}")
                elif name.endswith(".ipynb") and (links or not entry.is_symlink()):
                    yield name


def _left_out(error: OSError) -> None:
    from nbvc.cli.terminal.screen import notice

    notice(f"{error.filename}: {error.strerror}, so what is in it is left out")
