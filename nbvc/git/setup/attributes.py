"""Git's attributes for notebooks: who owns them, and the lines that are nbvc's.

    *.ipynb diff=nbvc merge=nbvc       at the end of a file, where it is strongest
    *.ipynb filter=nbvc                see `filter_file`

Other lines are never touched: where ours goes, what was there before it holds again.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.git.plumbing.copied_attributes import read_own
from nbvc.git.plumbing.environment import config_folder
from nbvc.git.plumbing.programs import DRIVER
from nbvc.names import PATTERN, SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository

ROLES = ("diff", "merge", "filter")
"""The attributes that choose a driver."""

DRIVERS = ("diff", "merge")
"""Those that show and merge notebooks, and change nothing that git stores."""

LINE = f"{PATTERN} diff={DRIVER} merge={DRIVER}"
FILTER_LINE = f"{PATTERN} filter={DRIVER}"


class DriverSetting(msgspec.Struct, frozen=True):
    """A line of an attributes file that sets drivers; `values` are by role, "-" for none."""

    file: str
    line: int
    pattern: str
    values: dict[str, str]


def with_drivers(content: bytes) -> bytes:
    """Return an attributes file with the line for nbvc's drivers at its end, where it is strongest.

    A filter in that line is left out: see `without_old_filter`. A file without a final line end keeps
    to that, so that it can be had back as it was.
    """
    return _append_line(without_lines(without_old_filter(content), DRIVERS), LINE)


def with_filter(content: bytes, *, first: bool) -> bytes:
    """Return an attributes file with the line for nbvc's filter, as its first or its last one."""
    content = without_lines(content, ("filter",))
    return f"{FILTER_LINE}\n".encode() + content if first else _append_line(content, FILTER_LINE)


def _append_line(content: bytes, line: str) -> bytes:
    if content and not content.endswith(b"\n"):
        return content + b"\n" + line.encode()
    return content + line.encode() + b"\n"


def own_lines(content: bytes) -> list[bytes]:
    """Return the lines of an attributes file with something of nbvc's in them."""
    return [line for line in content.split(b"\n") if _our_words(line.split(), ROLES)]


def has_filter(content: bytes) -> bool:
    """Return whether an attributes file has a line for nbvc's filter."""
    return without_lines(content, ("filter",)) != content


def without_old_filter(content: bytes) -> bytes:
    """Return an attributes file without the filter that older versions wrote beside the drivers.

    A line of its own is the user's, who wants the filter to be stronger than all other attributes.
    """
    kept = []
    for line in content.split(b"\n"):
        is_old = len(_our_words(line.split(), ROLES)) == len(ROLES)
        kept.append(without_lines(line, ("filter",)) if is_old else line)
    return b"\n".join(kept)


def without_lines(content: bytes, roles: Sequence[str] = ROLES) -> bytes:
    """Return an attributes file without what nbvc wrote for these roles.

    What was beside it in a line stays.
    """
    kept = []
    for line in content.split(b"\n"):
        words = line.split()
        ours = _our_words(words, roles)
        if not ours:
            kept.append(line)
        elif theirs := [word for word in words[1:] if word not in ours]:
            kept.append(b" ".join([words[0], *theirs]))
    return b"\n".join(kept)


def _our_words(words: list[bytes], roles: Sequence[str]) -> list[bytes]:
    """Return what of a line's words nbvc wrote for these roles."""
    if words[:1] != [PATTERN.encode()]:
        return []
    return [word for word in words[1:] if word in {f"{role}={DRIVER}".encode() for role in roles}]


def read_settings(file: str, content: bytes) -> Iterator[DriverSetting]:
    """Yield the lines of an attributes file that choose drivers for notebooks."""
    for number, raw in enumerate(content.split(b"\n"), 1):
        words = os.fsdecode(raw).split()
        if not words or words[0].startswith("#") or not _means_notebooks(words[0]):
            continue
        values = dict(pair for word in words[1:] for pair in _read_word(word))
        if values:
            yield DriverSetting(file, number, words[0], values)


def _means_notebooks(pattern: str) -> bool:
    return SUFFIX in pattern or pattern in {"*", "**"}


def _read_word(word: str) -> Iterator[tuple[str, str]]:
    name, _, value = word.partition("=")
    if name in ROLES and value:
        yield name, value
    elif name in {"-diff", "binary"}:
        yield "diff", "-"
        if name == "binary":
            yield "merge", "-"
    elif name == "-merge":
        yield "merge", "-"


def find_effective(repository: Repository, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the drivers that git uses for files, by path and role; none if there is none.

    An attribute that is switched off is "-".
    """
    asked = b"".join(os.fsencode(name) + b"\0" for name in names)
    answer = repository.git.run("check-attr", "-z", "--stdin", *ROLES, stdin=asked)
    fields = list(map(os.fsdecode, answer.split(b"\0")))
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for name, role, value in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
        if value not in {"unspecified", "set"}:
            found[name][role] = "-" if value == "unset" else value
    return found


def find_filtered(repository: Repository, names: Sequence[str]) -> list[str]:
    """Return those of these files that go through nbvc's filter. Raises `GitError`."""
    used = find_effective(repository, names)
    return [name for name, roles in used.items() if roles.get("filter") == DRIVER]


def info_file(repository: Repository) -> str:
    """Return the attributes file of this clone alone; all its worktrees share it."""
    return os.path.join(repository.common_dir, "info", "attributes")


def shared_file(repository: Repository) -> str:
    """Return the attributes file at the top of the working tree, which is committed."""
    return os.path.join(repository.top, ".gitattributes")


def user_file(git: Git, *scope: str) -> str:
    """Return the user's attributes file, by the settings in a scope or by all that hold here.

    It need not exist.
    """
    finished = git.ask("config", *scope, "--type=path", "--get", "core.attributesFile")
    if finished.code == 0 and finished.lines:
        return os.path.join(git.folder, finished.lines[0])
    return os.path.join(config_folder(git.environ), "attributes")


def content_of(path: str) -> bytes:
    """Return a file's content, empty if there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def settings_around(repository: Repository, names: Iterable[str]) -> list[DriverSetting]:
    """Return what all attributes files say of these notebooks' drivers, strongest first."""
    folders = {os.path.dirname(name) for name in names} | {""}
    above = {folder[:end] for folder in folders for end in _find_ends(folder)}
    shared = [os.path.join(repository.top, folder, ".gitattributes") for folder in above]
    files = [info_file(repository), *sorted(shared, key=len, reverse=True)]
    files.append(user_file(repository.git, "--global"))
    return [found for file in files for found in read_settings(file, read_own(file) or b"")]


def _find_ends(folder: str) -> list[int]:
    """Return where each folder above, and the folder itself, ends in a path."""
    return [0, *(i for i, char in enumerate(folder) if char == "/"), len(folder)]
