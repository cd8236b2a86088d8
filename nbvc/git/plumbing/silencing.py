"""What takes the place of the programs that a repository's own settings name."""

from __future__ import annotations

import os
import re

from nbvc.git.plumbing.guards import NO_FILE
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.git.plumbing.command import Git
    from nbvc.git.plumbing.guards import Settings

_SUSPICIOUS = compile_lazily(
    rb"filter|include|uploadpack|sshcommand|helper|alternaterefscommand|recentobjectshook",
    re.IGNORECASE,
)
_NAMES = (
    r"^(filter\..*\.(clean|smudge|process)|remote\..*\.uploadpack|core\.sshcommand"
    r"|credential\.(.*\.)?helper|core\.alternaterefscommand|gc\.recentobjectshook)$"
)
_OWN_SCOPES = ("local", "worktree")


def silence(git: Git, git_dir: str, common_dir: str) -> Settings:
    """Return what takes the place of the programs that a repository's own settings name.

    Git is asked only if the text of these settings gives a reason. Raises `GitError`.
    """
    files = {os.path.join(common_dir, "config"), os.path.join(git_dir, "config.worktree")}
    if not any(map(_is_suspicious, files)):
        return ()
    listing = os.fsdecode(git.ask("config", "--show-scope", "-z", "--get-regexp", _NAMES).stdout)
    fields = listing.split("\0")
    names = {}
    for scope, entry in zip(fields[::2], fields[1::2], strict=False):
        if scope in _OWN_SCOPES:
            name, _, value = entry.partition("\n")
            names[name] = value
    return tuple(pair for name, value in names.items() for pair in _silence_setting(name, value))


def _is_suspicious(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return _SUSPICIOUS.search(file.read()) is not None
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _silence_setting(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield the settings that make up for one of a repository's own that runs a program."""
    section, _, key = name.rpartition(".")
    if section.startswith("filter."):
        yield from _without_filter(section, key, value)
    elif key == "recentobjectshook":
        yield "gc.auto", "0"  # Others of its values would still run.
    elif key == "uploadpack":
        yield NO_FILE
    else:
        yield name, {"sshcommand": "ssh", "alternaterefscommand": "true"}.get(key, "")


def _without_filter(section: str, key: str, value: str) -> Iterator[tuple[str, str]]:
    """Switch a filter off; nbvc's own goes on, by the command that this nbvc writes.

    Of that setting only the policy counts, which is data.
    """
    from nbvc.git.plumbing.filter_settings import filter_settings, filter_words
    from nbvc.git.plumbing.programs import DRIVER, own_program

    if section == f"filter.{DRIVER}" and key == "process":
        words = filter_words({f"{section}.{key}": [value]})
        own = filter_settings(own_program(), words) if words is not None else {}
        yield f"{section}.{key}", own.get(f"{section}.{key}", "")
    else:
        yield f"{section}.{key}", ""
    yield f"{section}.required", "false"
