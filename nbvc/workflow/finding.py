"""Which notebooks paths mean: a file is the file itself, a folder is what a project has in it.

In a repository a folder means what git tracks, or would add. It never means repositories inside it,
Python environments and folders of tools. What is named is meant, also if git ignores it.
"""

from __future__ import annotations

import os
import stat

import msgspec

from nbvc.errors import GitError, NbvcError
from nbvc.names import SUFFIX
from nbvc.workflow.places import folder_with_git

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Skip = Callable[[str, str], None]
    """Reports a path that is skipped, and why."""

_OF_TOOLS = {".git", ".ipynb_checkpoints", ".venv", "node_modules", "site-packages"}
_OF_OTHERS = (".git", "pyvenv.cfg")
"""What a folder contains that is a repository or environment of its own."""


class FoundPath(msgspec.Struct, frozen=True):
    """A notebook that paths mean; `problem` says why it cannot be read, if it is not a file."""

    path: str
    problem: str = ""


def find_files(paths: Sequence[str], environ: Mapping[str, str], skip: Skip) -> Iterator[FoundPath]:
    """Yield the notebooks that paths mean, each once; links in folders are left out.

    Raises `NbvcError` for a path that does not exist.
    """
    seen: set[str] = set()
    for path in paths:
        if not os.path.lexists(path):
            raise NbvcError("no such file or folder", where=path)
        found = [path]
        if os.path.isdir(path):
            folder = os.path.normpath(path)
            above = "" if folder == os.curdir else os.path.join(folder, "")
            names = find_notebooks(path, environ, skip, links=False)
            found = [f"{above}{name}" for name in names]
        for one in found:
            if one not in seen:
                seen.add(one)
                yield FoundPath(one, describe_problem(one))


def find_notebooks(
    folder: str, environ: Mapping[str, str], skip: Skip, *, links: bool = True
) -> list[str]:
    """Return the relative paths of the notebooks in a folder, in order.

    `links` says whether links to notebooks count, also those that lead nowhere.
    """
    in_git = _list_in_git(folder, environ)
    names = _walk(folder, skip) if in_git is None else in_git
    others: dict[str, bool] = {"": False}
    found = []
    for name in sorted({*names}):
        if _is_of_others(folder, os.path.dirname(name), others):
            continue
        path = os.path.join(folder, name)
        is_link, problem = os.path.islink(path), describe_problem(path)
        if problem in (_MISSING, _FOLDER):
            continue
        # A side of a comparison that is a link to nothing is an error there, and not left out.
        if links and is_link and problem != _OTHER:
            found.append(name)
        elif problem:
            skip(path, problem)
        elif not is_link or links:
            found.append(name)
    return found


_MISSING = "no such file"
_FOLDER = "is a folder"
_OTHER = "not a regular file"


def describe_problem(path: str) -> str:
    """Return why a path is not a file that can be read, empty if it is one."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return "is a link to a file that does not exist" if os.path.islink(path) else _MISSING
    except OSError as error:
        return error.strerror or str(error)
    if stat.S_ISDIR(mode):
        return _FOLDER
    return "" if stat.S_ISREG(mode) else _OTHER


def leads_out(path: str) -> bool:
    """Return whether a path is a link to a file outside its project: its repository, or its folder."""
    if not os.path.islink(path):
        return False
    folder, target = os.path.realpath(os.path.dirname(path)), os.path.realpath(path)
    top = folder_with_git(folder)
    if top is not None:
        return folder_with_git(os.path.dirname(target)) != top
    return os.path.commonpath((folder, target)) != folder


def _list_in_git(folder: str, environ: Mapping[str, str]) -> list[str] | None:
    """Return what git tracks or would add in a folder.

    None outside a repository, and for a folder that git ignores.
    """
    if folder_with_git(os.path.realpath(folder)) is None:
        return None
    from nbvc.git.plumbing.command import Git

    try:
        git = Git.find(environ).at(folder)
        kinds = ("--cached", "--others", "--exclude-standard", "--deduplicate")
        listing = git.reading.run("ls-files", *kinds, "-z", "--", f"*{SUFFIX}")
        names = [os.fsdecode(name) for name in listing.split(b"\0")]
        names = [name for name in names if name.endswith(SUFFIX)]
        if not names and git.ask("check-ignore", "-q", ".").code == 0:
            return None
    except GitError:
        return None
    return names


def _walk(folder: str, skip: Skip) -> Iterator[str]:
    """Yield everything in a folder that is named as a notebook; a link to a folder is not followed."""
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            entries = os.scandir(os.path.join(folder, below))
        except OSError as error:
            skip(os.path.join(folder, below), f"{error.strerror}, so its content is skipped")
            continue
        with entries:
            for entry in entries:
                name = f"{below}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _OF_TOOLS:
                        waiting.append(f"{name}{os.sep}")
                elif name.endswith(SUFFIX):
                    yield name


def _is_of_others(top: str, folder: str, known: dict[str, bool]) -> bool:
    """Return whether a folder belongs to a tool, an environment or a repository inside another."""
    if folder not in known:
        above, last = os.path.split(folder)
        known[folder] = (
            _is_of_others(top, above, known)
            or last in _OF_TOOLS
            or any(os.path.lexists(os.path.join(top, folder, name)) for name in _OF_OTHERS)
        )
    return known[folder]
