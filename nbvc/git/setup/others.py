"""Filters of other tools: git has room for one filter a file, and any of theirs wins.

    .git/info/nbvc-attributes    *.ipynb filter=nbvc             weakest
    .gitattributes               secret/** filter=git-crypt      secret/a.ipynb is encrypted
    old/.gitattributes           *.ipynb -filter                 old/a.ipynb keeps its outputs

Git is asked which filter holds for which notebook. Patterns are not read here.
"""

from __future__ import annotations

import os
import re

import msgspec

from nbvc.git.plumbing.programs import DRIVER
from nbvc.git.setup.attributes import find_effective
from nbvc.git.state.changes import list_tracked
from nbvc.names import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.repository import Repository

_STORING = frozenset(("lfs", "git-crypt", "crypt", "annex"))
"""Known by name, also in a clone where they aren't set up."""


class OtherFilter(msgspec.Struct, frozen=True):
    """A filter that holds for notebooks instead of nbvc's: its name, "-" for none, and where.

    `folders` are those whose notebooks it holds for, "" is the top. `stores`: git gets another form
    of the file, such as an encrypted one. `example` is one of the paths.
    """

    driver: str
    folders: tuple[str, ...]
    example: str
    stores: bool


def find_others(repository: Repository) -> list[OtherFilter]:
    """Return the filters that hold for notebooks here instead of nbvc's. Raises `GitError`."""
    names = [*list_tracked(repository), *_list_possible(repository)]
    found: dict[str, dict[str, str]] = {}
    for name, roles in find_effective(repository, names).items():
        driver = roles.get("filter", DRIVER)
        if driver != DRIVER:
            found.setdefault(driver, {}).setdefault(os.path.dirname(name), name)
    return [
        OtherFilter(
            driver, tuple(sorted(names)), min(names.values()), is_storing(repository.git, driver)
        )
        for driver, names in found.items()
    ]


def is_storing(git: Git, driver: str) -> bool:
    """Return whether a filter gives back something else than it got: git has another form then."""
    if driver in {DRIVER, "-"}:
        return False
    pattern = rf"^filter\.{re.escape(driver)}\.(smudge|process)$"
    said = os.fsdecode(git.ask("config", "-z", "--get-regexp", pattern).stdout)
    values = [entry.partition("\n")[2] for entry in said.split("\0") if entry]
    return driver in _STORING or any(value not in {"", "cat"} for value in values)


def _list_possible(repository: Repository) -> Iterable[str]:
    """Return a path that a new notebook could have for the top and each folder with attributes."""
    listing = repository.git.reading.run(
        *("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"),
        *("--", ":(top,glob)**/.gitattributes"),
    )
    files = [os.fsdecode(name) for name in listing.split(b"\0") if name]
    folders = dict.fromkeys(["", *map(os.path.dirname, files)])
    return [os.path.join(folder, f"a{SUFFIX}") for folder in folders]
