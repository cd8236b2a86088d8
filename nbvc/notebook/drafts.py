"""Places for new content until it replaces a file.

    analysis.ipynb
    .nbvc-4f21c9a07b3e/     beside the file, so that one rename publishes the draft
        .gitignore          "*": git neither lists nor adds this folder; locked while it is in use
        draft               the new content of analysis.ipynb

The names have the same length for every file. A killed process leaves its folder behind, without
the lock: the next one that writes in the same place removes it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time

import msgspec

from nbvc.lazy import compile_lazily
from nbvc.platform import NO_LINK, PRIVATE, lock

_PREFIX = ".nbvc-"
_ROOM = compile_lazily(r"\.nbvc-[0-9a-f]{12}")
_RULE, _DRAFT = ".gitignore", "draft"
_NEW_RULE = _RULE if sys.platform == "win32" else ".git"
"""What the rule is called while it is empty: git never lists a file of this name. Windows renames
no open file."""
_IGNORE_ALL = b"*\n"
_FLAGS = os.O_RDWR | PRIVATE | NO_LINK
_PAUSE = 60.0
"""Seconds until a folder is searched again: a command may write thousands of files in one folder."""

_searched: dict[str, float] = {}


class DraftRoom(msgspec.Struct):
    """A folder for one draft, and the open file whose lock shows that it is in use (-1: closed)."""

    path: str
    lock: int

    @property
    def draft(self) -> str:
        """The path of the draft."""
        return os.path.join(self.path, _DRAFT)

    def close(self) -> None:
        """Remove the folder, with the draft if it is still there; a second call does no harm."""
        with contextlib.suppress(OSError):
            os.unlink(self.draft)
        if self.lock >= 0:
            os.close(self.lock)
            self.lock = -1
        _remove(self.path)


def open_room(folder: str) -> DraftRoom:
    """Create a folder for a draft inside `folder`. Raises `OSError`."""
    while True:
        path = os.path.join(folder, _PREFIX + os.urandom(6).hex())
        os.mkdir(path, 0o755)
        room = _lock_room(path)
        if room is not None:
            return room


def _lock_room(path: str) -> DraftRoom | None:
    """Write and lock the ignore rule; return None if another process removed the folder meanwhile."""
    new, rule = os.path.join(path, _NEW_RULE), os.path.join(path, _RULE)
    try:
        room = DraftRoom(path, os.open(new, _FLAGS | os.O_CREAT | os.O_EXCL, 0o644))
    except FileNotFoundError:  # It was empty, as one that a killed process left behind may be.
        return None
    except OSError:
        _remove(path)
        raise
    try:
        if _is_kept(room):
            os.write(room.lock, _IGNORE_ALL)
            if new != rule:
                os.rename(new, rule)
            return room
    except FileNotFoundError:
        pass
    except BaseException:
        room.close()
        raise
    os.close(room.lock)
    return None


def _is_kept(room: DraftRoom) -> bool:
    """Lock a new folder; return whether no other process is removing it."""
    try:
        lock(room.lock)
    except BlockingIOError:
        return False
    except OSError:  # Some file systems can't lock, so that nothing is ever removed there.
        pass
    return True


def remove_leftovers(folder: str) -> None:
    """Remove the drafts that killed processes left in a folder; skip any that may be in use."""
    now = time.monotonic()
    if now < _searched.get(folder, 0.0):
        return
    if len(_searched) > 1000:
        _searched.clear()
    _searched[folder] = now + _PAUSE
    try:
        names = [name for name in os.listdir(folder or os.curdir) if _ROOM.fullmatch(name)]
    except OSError:
        return
    for name in names:
        with contextlib.suppress(OSError):
            _remove_leftover(os.path.join(folder, name))


def _remove_leftover(path: str) -> None:
    """Remove a folder that looks like one of ours, if it holds nothing else and has no lock."""
    if os.path.islink(path):
        return
    names = set(os.listdir(path))
    if not names:
        os.rmdir(path)
        return
    if not names <= {_NEW_RULE, _RULE, _DRAFT}:
        return
    handle = os.open(os.path.join(path, _RULE if _RULE in names else _NEW_RULE), _FLAGS)
    try:
        if not _IGNORE_ALL.startswith(os.read(handle, len(_IGNORE_ALL) + 1)):
            return
        lock(handle)
        if _DRAFT in names:
            os.unlink(os.path.join(path, _DRAFT))
    finally:
        os.close(handle)  # Windows removes no open file.
    _remove(path)


def _remove(path: str) -> None:
    """Remove a folder without a draft."""
    for name in (_RULE, _NEW_RULE):
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(path, name))
        with contextlib.suppress(OSError):
            os.rmdir(path)
            return
