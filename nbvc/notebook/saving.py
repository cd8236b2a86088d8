"""Writing files so that each is always wholly the old one or wholly the new one."""

from __future__ import annotations

import errno
import os
import stat
import sys

import msgspec

from nbvc.errors import ContentChangedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

Stamp = tuple[int, ...]
"""Which file it is, its size and its times: another one where somebody has written in between."""

MANY = 16
"""From so many files on, one call that syncs the whole system is faster than one for each."""


def read_stamped(path: str) -> tuple[bytes, Stamp]:
    """Return a file's content, and the stamp by which `save` knows that it still has that content.

    Raises `OSError`.
    """
    with open(path, "rb") as file:
        stamp = _stamp(os.fstat(file.fileno()))
        return file.read(), stamp


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


class Draft(msgspec.Struct, frozen=True):
    """New content that lies beside the file whose place it will take; `seen` is that file's stamp."""

    temporary: str
    target: str
    seen: Stamp | None = None

    def publish(self) -> None:
        """Let the new content take the file's place.

        Raises `OSError`, and `ContentChangedError` where the file is not the one that was seen;
        with nothing changed.
        """
        try:
            self._check()
            os.replace(self.temporary, self.target)
        except BaseException:
            self.discard()
            raise

    def _check(self) -> None:
        if self.seen is not None and _stamp(os.stat(self.target)) != self.seen:
            raise ContentChangedError(
                "another program has just written it: it is left as that has it",
                where=self.target,
                hint="try again",
            )

    def discard(self) -> None:
        """Take the draft away."""
        if os.path.exists(self.temporary):
            os.unlink(self.temporary)


def save(path: str, content: bytes, seen: Stamp | None = None) -> None:
    """Replace a file's content at once, or leave it as it was.

    The new content goes to a file beside it, is synced, and takes its place. Mode and link are
    kept: through a symbolic link the file it points to is replaced. A device or a pipe, such as
    /dev/null or /dev/stdout, is written to: in its place there must never be a file. Raises
    `OSError`, and `ContentChangedError` where the file is not the one whose stamp was `seen`.
    """
    if not _is_replaceable(path):
        with open(path, "ab") as stream:  # Where stdout was sent on to a file, what is there stays.
            stream.write(content)
        return
    draft = drafted(path, content, seen)
    try:
        sync_files([draft.temporary])
    except BaseException:
        draft.discard()
        raise
    draft.publish()
    _sync_folder(os.path.dirname(draft.target))


def _is_replaceable(path: str) -> bool:
    """Tell whether a path is a file of its own, or nothing yet."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return True
    return stat.S_ISREG(mode) and not _is_descriptor(path)


def _is_descriptor(path: str) -> bool:
    """Tell whether a path names what a process has open, as /dev/stdout and /dev/fd/1 do."""
    named = [path, os.readlink(path)] if os.path.islink(path) else [path]
    return any(os.path.realpath(os.path.dirname(one)).startswith("/proc/") for one in named)


def drafted(path: str, content: bytes, seen: Stamp | None = None) -> Draft:
    """Write new content beside a file, with the file's mode.

    Raises `OSError`, also where there is something else than a file.
    """
    if not _is_replaceable(path):
        raise OSError(errno.EINVAL, "not a regular file", path)
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    draft = Draft(os.path.join(folder, f".{name}.nbvc-{os.urandom(6).hex()}"), target, seen)
    mode = os.stat(target).st_mode & 0o7777 if os.path.exists(target) else None

    def private(name: str, flags: int) -> int:
        """Open a file that nobody may read meanwhile who may not read the other one."""
        return os.open(name, flags, 0o666 if mode is None else mode)

    try:
        with open(draft.temporary, "xb", opener=private) as file:
            file.write(content)
        if mode is not None:
            os.chmod(draft.temporary, mode)
    except BaseException:
        draft.discard()
        raise
    return draft


_TO_SYNC = os.O_RDWR if sys.platform == "win32" else os.O_RDONLY
"""Windows writes to the disk what was opened for writing, and nothing else."""


def sync_files(paths: Sequence[str]) -> None:
    """Wait until files that were written are on the disk. Raises `OSError`."""
    if len(paths) >= MANY and sys.platform == "linux":  # Elsewhere sync() doesn't wait.
        os.sync()
        return
    for path in paths:
        handle = os.open(path, _TO_SYNC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sync_folder(folder: str) -> None:
    """Make the new name last, where the system can do that for folders."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
