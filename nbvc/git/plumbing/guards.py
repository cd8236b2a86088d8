"""How nbvc looks at a repository without running any program that the repository names.

    .git/hooks, core.hooksPath, core.fsmonitor    switched off for every command that only looks
    [filter "x"] clean = …      in .git/config    switched off by its name
    [core] sshCommand = …       in .git/config    ssh, as without the setting

Settings of the user and the system hold: the user wrote them. Those in .git/config may have come
with the folder, in an archive or on a shared disk.
"""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.git.plumbing.command import Git

Settings = tuple[tuple[str, str], ...]
"""Settings by name, in the order that git reads them: a later one wins."""

LOOKING: Settings = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", ""),
    ("log.showSignature", "false"),
    ("safe.bareRepository", "explicit"),
)
"""No hook, no monitor of the file system, no program that checks signatures; and a bare repository
that lies in a work tree is not taken for the repository around."""

_PROTOCOLS = ("file", "http", "https", "ssh")
"""By these a partial clone fetches what a look at it needs; others run programs by their name."""

_NO_FILE = ("protocol.file.allow", "never")
"""Git takes the first of several `uploadpack`s, so that no other can be put in its place."""

_SUSPICIOUS = re.compile(
    rb"filter|include|uploadpack|sshcommand|helper|alternaterefscommand|recentobjectshook",
    re.IGNORECASE,
)
_NAMES = (
    r"^(filter\..*\.(clean|smudge|process)|remote\..*\.uploadpack|core\.sshcommand"
    r"|credential\.(.*\.)?helper|core\.alternaterefscommand|gc\.recentobjectshook)$"
)
_OWN_SCOPES = ("local", "worktree")


def allowed_protocols(silenced: Settings) -> str:
    """Return the value of GIT_ALLOW_PROTOCOL, which is stronger than a repository's settings."""
    return ":".join(one for one in _PROTOCOLS if _NO_FILE not in silenced or one != "file")


def guarded(environ: dict[str, str], settings: Settings) -> dict[str, str]:
    """Return the environment with settings for git's commands, behind those that it has.

    Not `-c`: there a name can't hold an equals sign, and a filter's name can.
    """
    count = environ.get("GIT_CONFIG_COUNT", "")
    first = int(count) if count.isdigit() else 0
    added = {"GIT_CONFIG_COUNT": str(first + len(settings))}
    for number, (name, value) in enumerate(settings, first):
        added[f"GIT_CONFIG_KEY_{number}"] = name
        added[f"GIT_CONFIG_VALUE_{number}"] = value
    return {**environ, **added}


def silenced(git: Git, git_dir: str, common_dir: str) -> Settings:
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
    return tuple(pair for name, value in names.items() for pair in _harmless(name, value))


def _is_suspicious(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return _SUSPICIOUS.search(file.read()) is not None
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _harmless(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield the settings that make up for one of a repository's own that runs a program."""
    section, _, key = name.rpartition(".")
    if section.startswith("filter."):
        yield from _without_filter(section, key, value)
    elif key == "recentobjectshook":
        yield "gc.auto", "0"  # Others of its values would still run.
    elif key == "uploadpack":
        yield _NO_FILE
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
