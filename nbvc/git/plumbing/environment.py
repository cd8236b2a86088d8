"""The environment that git runs in: it never waits for a person, and never strays.

what a user, editor or hook has set        what git gets
GIT_DIR=/elsewhere GIT_INDEX_FILE=…        nothing, unless it is the hook's own repository
PATH=.:/usr/bin                            PATH=/usr/bin: no program out of the current folder
GIT_ASKPASS=/opt/editor/askpass            GIT_ASKPASS= (nobody is there to answer a dialog)
LANG=de_DE.UTF-8                           the same, with LANGUAGE=en: messages can be told apart
"""

from __future__ import annotations

import os

from nbvc.git.plumbing.programs import lookup_path
from nbvc.platform import home_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

PLACES = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE"),
)
"""Variables that say where a repository is: true for one repository, wrong for every other."""

_UNWANTED = (
    *PLACES,
    *("GIT_PREFIX", "GIT_CONFIG", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE"),
    *("GIT_INTERNAL_SUPER_PREFIX", "GIT_REPLACE_REF_BASE", "GIT_NO_REPLACE_OBJECTS"),
    *("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS"),
    *("GIT_ICASE_PATHSPECS", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_CONFIG_NOGLOBAL"),
    *("SSH_ASKPASS", "GIT_ASKPASS", "GIT_REDIRECT_STDIN"),
)

_SET = {
    # Nobody is there to answer: fail at once, say why.
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "SSH_ASKPASS_REQUIRE": "never",
    # Set and empty, so that git doesn't look for core.askPass or SSH_ASKPASS either. Credential
    # helpers are asked before any of them, and stay.
    "GIT_ASKPASS": "",
    "GIT_EDITOR": ":",
    "GIT_SEQUENCE_EDITOR": ":",
    "GIT_MERGE_AUTOEDIT": "no",
    # Git's messages in the one language we can read; LC_* are left to the hooks.
    "LANGUAGE": "en",
}

LITERAL = {"GIT_LITERAL_PATHSPECS": "1"}
"""For commands that run no hook: a hook's own git commands would inherit it."""

UNLOCKED = {"GIT_OPTIONAL_LOCKS": "0"}
"""For commands that only read."""


def make_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for git commands in any repository."""
    kept = {name: value for name, value in inherited.items() if name not in _UNWANTED}
    if not kept.get("GIT_EXEC_PATH", "/").startswith("/"):
        del kept["GIT_EXEC_PATH"]  # git's own programs would come out of the current folder
    return {**kept, **_SET, "PATH": lookup_path(inherited)}


def find_places(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment says about where the repository is."""
    return {name: inherited[name] for name in PLACES if inherited.get(name)}


def config_folder(environ: Mapping[str, str]) -> str:
    """Return the folder in which git looks for the user's settings and attributes."""
    base = environ.get("XDG_CONFIG_HOME") or os.path.join(home_folder(environ), ".config")
    return os.path.join(base, "git")
