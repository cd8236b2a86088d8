"""Filters of other tools that nbvc's line in the attributes would put out of use.

    .gitattributes          secret/** filter=git-crypt
    .git/info/attributes    *.ipynb … filter=nbvc            stronger: secret/a.ipynb isn't encrypted

A filter that only strips loses nothing by that. One that stores something else than the file, such
as a cipher or a pointer to it, must go on: git has one filter for a file.
"""

from __future__ import annotations

import os
import re

from nbvc.errors import GitError, visible
from nbvc.git.plumbing.programs import DRIVER
from nbvc.git.setup.attributes import content_of, effective, info_file, without_lines
from nbvc.git.state.changes import SUFFIX, tracked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository

_STORING = frozenset(("lfs", "git-crypt", "crypt", "annex"))
"""Known by name, also in a clone where they aren't set up."""


_POINTING = "lfs"
"""Nothing gets out without it, so that it matters where there are notebooks, and nowhere else."""


def overruled(repository: Repository) -> dict[str, str]:
    """Return notebooks for which another tool's storing filter holds, but for nbvc's line.

    By path, with the filter's name. A path may be one that a notebook could have: what should be
    encrypted must be from the first commit on. Raises `GitError`.
    """
    there = dict.fromkeys(tracked(repository))
    names = [*there, *dict.fromkeys(name for name in _possible(repository) if name not in there)]
    roles = _without_ours(repository, names)
    used = {name: found.get("filter", "-") for name, found in roles.items()}
    storing = {one for one in set(used.values()) if one != "-" and _stores(repository.git, one)}
    return {
        name: driver
        for name, driver in used.items()
        if driver in storing and (driver != _POINTING or name in there)
    }


def check(repository: Repository) -> None:
    """Raise `GitError` where nbvc's filter would put another one out of use that must go on."""
    found = overruled(repository)
    if found:
        name, driver = next(iter(found.items()))
        raise GitError(
            f"notebooks such as {visible(name)} go through the filter {visible(driver)}, "
            "and git has room for one",
            hint="leave --filter out: nbvc clean and its pre-commit hook strip, too",
        )


def _stores(git: Git, driver: str) -> bool:
    """Tell whether a filter gives back something else than it got, so that git has another form."""
    if driver == DRIVER:
        return False
    pattern = rf"^filter\.{re.escape(driver)}\.(smudge|process)$"
    said = os.fsdecode(git.ask("config", "-z", "--get-regexp", pattern).stdout)
    values = [entry.partition("\n")[2] for entry in said.split("\0") if entry]
    return driver in _STORING or any(value not in {"", "cat"} for value in values)


def _without_ours(repository: Repository, names: list[str]) -> dict[str, dict[str, str]]:
    """Return what the attributes would be without nbvc's line in this clone's own file.

    Git is asked about the work tree from a git dir that has nothing but the rest of that file.
    """
    from tempfile import TemporaryDirectory

    import msgspec

    with TemporaryDirectory() as folder:
        for part in ("objects", "refs", "info"):
            os.mkdir(os.path.join(folder, part))
        rest = without_lines(content_of(info_file(repository)))
        for part, content in (("HEAD", b"ref: refs/heads/main\n"), ("info/attributes", rest)):
            with open(os.path.join(folder, part), "wb") as file:
                file.write(content)
        git = repository.git.knowing({"GIT_DIR": folder, "GIT_WORK_TREE": repository.top})
        return effective(msgspec.structs.replace(repository, git=git), names)


def _possible(repository: Repository) -> Iterator[str]:
    """Yield a path that a notebook could have for every pattern in the attributes."""
    listing = repository.git.reading.run(
        *("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"),
        *("--", ":(top,glob)**/.gitattributes"),
    )
    files = [os.fsdecode(name) for name in listing.split(b"\0") if name]
    for file in dict.fromkeys((".gitattributes", *files)):
        folder = os.path.dirname(file)
        for pattern in _patterns(content_of(repository.path(file))):
            yield os.path.join(folder, _example(pattern))
    for pattern in _patterns(content_of(info_file(repository))):
        yield _example(pattern)


def _patterns(content: bytes) -> Iterator[str]:
    for line in content.split(b"\n"):
        words = os.fsdecode(line).split()
        if len(words) > 1 and not words[0].startswith(("#", "[attr]", "!")):
            yield words[0].strip('"').lstrip("/")


def _example(pattern: str) -> str:
    """Return a notebook's path that a pattern may match: `secret/**` may match `secret/a.ipynb`."""
    path = re.sub(r"\*+|\?|\[[^]]*\]", "a", pattern).rstrip("/") or "a"
    return path if path.endswith(SUFFIX) else path + SUFFIX
