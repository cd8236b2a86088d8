"""How nbvc looks at a repository without running any program that the repository names.

    .git/hooks, core.hooksPath, core.fsmonitor    switched off for every command that only looks
    [filter "x"] clean = …      in .git/config    switched off by its name
    [core] sshCommand = …       in .git/config    ssh, as without the setting

Settings of the user and the system hold: the user wrote them. Those in .git/config may have come
with the folder, in an archive or on a shared disk.
"""

from __future__ import annotations

import os

Settings = tuple[tuple[str, str], ...]
"""Settings by name, in the order that git reads them: a later one wins."""

LOOKING: Settings = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", ""),
    ("log.showSignature", "false"),
    ("safe.bareRepository", "explicit"),
)
"""No hook, no monitor of the file system, no program that checks signatures; and a bare repository
that is in a working tree is not taken for the repository around."""

_PROTOCOLS = ("file", "http", "https", "ssh")
"""By these a partial clone fetches what a look at it needs; others run programs by their name."""

NO_FILE = ("protocol.file.allow", "never")
"""Git takes the first of several `uploadpack`s, so that no other can be put in its place."""


def list_protocols(silenced: Settings) -> str:
    """Return the value of GIT_ALLOW_PROTOCOL, which is stronger than a repository's settings."""
    return ":".join(one for one in _PROTOCOLS if NO_FILE not in silenced or one != "file")


def guard_environ(environ: dict[str, str], settings: Settings) -> dict[str, str]:
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
