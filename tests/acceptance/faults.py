"""What users, disks, networks and attackers do to a notebook: seventy faults, by number.

A test shows one of them when its name holds the number: `test_fault_37_…`. A range in a name
(`test_fault_01_to_13_…`) means that the number stands at the start of the test's parameter; several
are joined by `_and_`.
"""

from __future__ import annotations

import re

FAULTS = {
    1: "an empty file",
    2: "null, or a list, where a notebook should be",
    3: "JSON that is cut off",
    4: "git's conflict markers in the JSON",
    5: "a pointer of git-lfs instead of the file",
    6: "bytes that are no UTF-8",
    7: "UTF-16",
    8: "JSON nested 1,100 and 100,000 deep",
    9: "an integer of 5,000 digits",
    10: "a key twice in one object: read with a warning, never rewritten",
    11: "NaN, Infinity, 1e400: kept as found",
    12: "a lone surrogate: stays escaped",
    13: 'nbformat 5, "4", true',
    14: "a byte order mark stays",
    15: "an integer of 30 digits stays exact",
    16: "-0, 1E2 and 1.0 are not rewritten",
    17: "CRLF, and no line end at the end, stay",
    18: "U+2028, a carriage return, a form feed in a source",
    19: "a source list whose items lack line ends",
    20: "format 3, minor version 99, unknown fields",
    21: "cell ids that stand twice or are missing",
    22: "an output of 100 MB",
    23: "ten thousand cells",
    24: "cleaning twice is cleaning once, byte for byte",
    25: "a broken notebook is not staged through the filter",
    26: "nbvc is removed after git was set up",
    27: "the filter never answers content with nothing",
    28: "installed over blobs with outputs, then renormalised: status is clean",
    29: "a notebook that is a symbolic link is left alone",
    30: "core.autocrlf=true, there and back",
    31: "renamed, deleted, added on both sides, no base",
    32: "merge, rebase, cherry-pick, stash pop; driver missing, failing, killed",
    33: "a criss-cross merge",
    34: "one bad notebook of ten in git diff: nine are shown",
    35: "log -p, add -p and format-patch work",
    36: "the filter protocol: long packets, no content, refusals, a sudden end",
    37: "other files that are staged stay staged and uncommitted",
    38: "the same notebook is partly staged: asked",
    39: "a branch without a commit",
    40: "a detached HEAD: checkpoints work, a push is refused with advice",
    41: "in the middle of a merge, rebase, cherry-pick, bisect: no commit, but checkpoints",
    42: "a bare repository is refused",
    43: "worktrees, submodules, sparse checkouts",
    44: "index version 4, split, sparse; sha256",
    45: "an ignored file is refused unless forced",
    46: "no user.name: says what to do, the index stays",
    47: "a failing hook: the index comes back, its words are shown",
    48: "a hook that edits files is reported",
    49: "a broken gpg: no unsigned commit",
    50: "index.lock held for a second, and for ever",
    51: "a repository of somebody else: no hook runs",
    52: "no remote, no upstream: advice",
    53: "a diverged branch: the commit stays, nothing is forced",
    54: "a 401 while GIT_ASKPASS is set: fails in time",
    55: "a server that accepts and then hangs: fails in time",
    56: "a pre-push hook that refuses is reported",
    57: "ext:: and ssh://-o addresses are refused",
    58: "refs like --output=x, --all, HEAD..x, with NUL",
    59: "paths that lead out of the folder or into .git",
    60: "names like -rf.ipynb, *.ipynb, :(glob)*, with line ends, no UTF-8",
    61: "HTML in names, authors, messages and keys is inert in a browser",
    62: "HTML that attacks: no script runs, nothing is requested",
    63: "escape sequences and bidirectional marks are visible and inert",
    64: "a POST without a token, or one that the authorizer denies",
    65: "GIT_DIR inherited from a hook",
    66: "killed at every write, sync and rename: wholly old or wholly new",
    67: "a full disk, an I/O error, a read-only folder: the file is intact",
    68: "eight checkpoints at once: none lost",
    69: "two servers on one repository: none lost",
    70: "restoring over changes that were not seen is refused",
}

_NAMED = re.compile(r"test_faults?_(\d+)(?:_to_(\d+)|((?:_and_\d+)*))(?=_|\[|$)")
_PARAMETER = re.compile(r"\[(?:\D*-)?(\d{2})_")


def numbers(test: str) -> list[int]:
    """Return the faults that a test shows, by its name and its parameter."""
    named = _NAMED.search(test)
    if not named:
        return []
    if named[2]:
        parameter = _PARAMETER.search(test)
        return [int(parameter[1])] if parameter else []
    return [int(named[1]), *map(int, re.findall(r"\d+", named[3]))]
