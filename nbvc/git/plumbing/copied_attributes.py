"""The first lines of the attributes file that nbvc writes: what it copies, and as of when.

    # Written by nbvc from this file, and again when it changes:
    # /home/ada/.config/git/attributes
    # sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

The filter compares them each time that git starts it, which needs no process.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("nbvc-attributes", "nbvc-attributes-of-worktree")
"""The files in `info` in git's folder: for the whole clone, and for one working tree."""

_ABOUT = b"# Written by nbvc from this file, and again when it changes:\n"


def make_head(path: str, own: bytes) -> bytes:
    """Return the first lines of a copy of an attributes file."""
    name = os.fsencode(path).replace(b"\n", b" ")
    return b"%b# %b\n# sha256 %b\n" % (_ABOUT, name, _digest(own))


def find_changed(common_dir: str, git_dir: str) -> str | None:
    """Return an attributes file of the user that changed since it was copied, None for no change.

    In a repository of several users it may be another one's, which this user may not read.
    """
    for copy in _read_copies(common_dir, git_dir):
        name, _, rest = copy.removeprefix(_ABOUT).partition(b"\n")
        path = os.fsdecode(name.removeprefix(b"# "))
        digest = rest.partition(b"\n")[0].removeprefix(b"# sha256 ")
        if not copy.startswith(_ABOUT):
            continue
        own = read_own(path)
        if own is not None and digest != _digest(own):
            return path
    return None


def read_own(path: str) -> bytes | None:
    """Return a user's attributes file, empty if it does not exist; None if it is not to be read.

    A pipe, for example, would keep git waiting.
    """
    if not os.path.isfile(path):
        return None if os.path.lexists(path) else b""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def _read_copies(common_dir: str, git_dir: str) -> Iterator[bytes]:
    for folder, name in zip((common_dir, git_dir), NAMES, strict=True):
        yield read_own(os.path.join(folder, "info", name)) or b""


def _digest(own: bytes) -> bytes:
    from hashlib import sha256

    return sha256(own).hexdigest().encode()
