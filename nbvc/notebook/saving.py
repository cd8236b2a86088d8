"""Writing files so that each is always wholly the old one or wholly the new one.

The new content is a draft that takes the file's place. The file keeps its owner, group, mode and
attributes. If it can't, nothing is written: a file with several names, or one that is read-only or
belongs to somebody else, is a decision of its user.
"""

from __future__ import annotations

import os
import stat
import sys

import msgspec

from nbvc.errors import ContentChangedError, NbvcError, WriteRefusedError
from nbvc.notebook.content import name_errors
from nbvc.notebook.drafts import DraftRoom, open_room, remove_leftovers
from nbvc.platform import change_owner, change_time, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

Stamp = tuple[int, ...]
"""Which file it is, its size and its times: another one if somebody has written in between."""

MANY = 16
"""From so many files on, one call that syncs the whole system is faster than one for each."""

_ACL = "system.posix_acl_access"
_BY_SYSTEM = ("security.", "trusted.")
"""Attributes that the system sets, and that most users may not."""


def read_stamped(path: str) -> tuple[bytes, Stamp]:
    """Return a file's content, and the stamp by which `save` knows that it still has that content.

    Drafts that a killed process left beside it are removed. Raises `OSError`.
    """
    remove_leftovers(os.path.dirname(os.path.realpath(path)))
    with name_errors(path), open(path, "rb") as file:
        stamp = _stamp(os.fstat(file.fileno()))
        return file.read(), stamp


def _stamp(found: os.stat_result) -> Stamp:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, change_time(found)


class Draft(msgspec.Struct, frozen=True):
    """New content for a file; `seen` is the stamp of the file that it replaces.

    `path` is what the user calls the file. `room` holds the draft.
    """

    target: str
    room: DraftRoom
    seen: Stamp | None = None
    path: str = ""

    @property
    def temporary(self) -> str:
        """The path of the new content until then."""
        return self.room.draft

    def publish(self) -> None:
        """Put the new content in the file's place.

        Raises `OSError`, and `ContentChangedError` if the file is not the one that was seen; with
        nothing changed.
        """
        try:
            with name_errors(self.path or self.target):
                self._check()
                replace(self.temporary, self.target)
        finally:
            self.discard()

    def save(self) -> None:
        """Publish the new content after it is on disk. Raises what `publish` raises."""
        try:
            with name_errors(self.path):
                sync_files([self.temporary])
        except BaseException:
            self.discard()
            raise
        self.publish()
        _sync_folder(os.path.dirname(self.target))

    def _check(self) -> None:
        if self.seen is not None and _stamp(os.stat(self.target)) != self.seen:
            raise ContentChangedError(
                "another program has just written it: it is left as that has it",
                where=self.path or self.target,
                hint="try again",
            )

    def discard(self) -> None:
        """Remove the draft."""
        self.room.close()


def save(path: str, content: bytes, seen: Stamp | None = None, *, keep_time: bool = False) -> None:
    """Replace a file's content at once, or leave it as it was.

    A file that has this content already is not written. Owner, group, mode, attributes and links
    are kept: through a symbolic link the file it points to is replaced. With `keep_time` the time
    of the last change is kept, too. A device or a pipe, such as /dev/null or /dev/stdout, is
    written to: in its place there must never be a file.

    Raises `OSError`, `WriteRefusedError`, and `ContentChangedError` if the file is not the one
    whose stamp was `seen`.
    """
    with name_errors(path):
        replaceable = _is_replaceable(path)
        if not replaceable:
            with open(path, "ab") as stream:  # If stdout is a file, what is in it stays.
                stream.write(content)
            return
        if _has(path, content):
            remove_leftovers(os.path.dirname(os.path.realpath(path)))
            return
    draft_file(path, content, seen, keep_time=keep_time).save()


def save_all(drafts: Sequence[Draft]) -> list[Exception | None]:
    """Publish drafts after all of them are on disk; return the error of each that was not.

    What waiting for the disk costs is paid once. Raises `OSError`, with no file touched.
    """
    left = [*drafts]
    try:
        sync_files([draft.temporary for draft in drafts])
        return [_try_publishing(left.pop(0)) for _ in drafts]
    finally:
        for draft in left:
            draft.discard()


def _try_publishing(draft: Draft) -> Exception | None:
    try:
        draft.publish()
    except (NbvcError, OSError) as error:
        return error
    return None


def _is_replaceable(path: str) -> bool:
    """Return whether a path is a file of its own, or nothing yet."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return True
    return stat.S_ISREG(mode) and not _is_descriptor(path)


def _is_descriptor(path: str) -> bool:
    """Return whether a path names what a process has open, as /dev/stdout and /dev/fd/1 do."""
    named = [path, os.readlink(path)] if os.path.islink(path) else [path]
    return any(os.path.realpath(os.path.dirname(one)).startswith("/proc/") for one in named)


def _has(path: str, content: bytes) -> bool:
    """Return whether a file has this content."""
    try:
        if os.stat(path).st_size != len(content):
            return False
        with open(path, "rb") as file:
            return file.read() == content
    except OSError:  # It may be writable all the same.
        return False


def draft_file(
    path: str,
    content: bytes,
    seen: Stamp | None = None,
    *,
    keep_time: bool = False,
    is_ours: bool = False,
    force: bool = False,
) -> Draft:
    """Write new content beside a file, as a file of the same owner, group, mode and attributes.

    `is_ours` is for files of nbvc's own, such as a cache in a repository that several users share:
    whoever replaces one may become its owner. With `force` a read-only file is replaced, and stays
    read-only. Raises `OSError`, and `WriteRefusedError` for what
    must not be replaced.
    """
    target = os.path.realpath(path)
    with name_errors(path):
        if not _is_replaceable(path):
            raise WriteRefusedError("not a regular file", where=path)
        old = os.stat(target) if os.path.exists(target) else None
        if old is not None and not is_ours:
            check_replaceable(path, old, force=force)
        folder = os.path.dirname(target)
        remove_leftovers(folder)
        room = _room_in(folder)
    draft = Draft(target, room, seen, path)
    try:
        with name_errors(path):
            _write(draft, content, old)
            if old is not None:
                _make_alike(draft, old, is_ours=is_ours)
                if keep_time:
                    os.utime(draft.temporary, ns=(old.st_atime_ns, old.st_mtime_ns))
    except BaseException:
        draft.discard()
        raise
    return draft


def check_replaceable(path: str, old: os.stat_result, *, force: bool = False) -> None:
    """Refuse a file that is protected, or that has several names. Raises `OSError`, too."""
    from shlex import quote

    if not force and not old.st_mode & 0o222:
        hint = f"chmod u+w {quote(path)}"
        raise WriteRefusedError("the file is read-only", where=path, hint=hint)
    if not force and not os.access(path, os.W_OK):
        os.close(os.open(path, os.O_WRONLY))  # The system has the reason.
    if old.st_nlink > 1:
        raise WriteRefusedError(
            f"the file has {old.st_nlink} hard links, and nbvc would replace only one of them",
            where=path,
            hint=f"cp -p {quote(path)} copy.ipynb && mv copy.ipynb {quote(path)} makes it a file "
            "of its own",
        )


def _room_in(folder: str) -> DraftRoom:
    """Return a folder for a draft. Raises `OSError`."""
    try:
        return open_room(folder)
    except FileNotFoundError as error:
        raise FileNotFoundError(error.errno, "its folder does not exist") from error
    except PermissionError as error:
        text = f"no file can be created in its folder: {error.strerror}"
        raise PermissionError(error.errno, text) from error


def _write(draft: Draft, content: bytes, old: os.stat_result | None) -> None:
    """Write a draft; nobody may read it meanwhile who may not read the old file."""

    def open_private(name: str, flags: int) -> int:
        return os.open(name, flags, 0o666 if old is None else 0o600)

    with open(draft.temporary, "xb", opener=open_private) as file:
        file.write(content)


def _make_alike(draft: Draft, old: os.stat_result, *, is_ours: bool) -> None:
    """Give a draft the owner, group, attributes and mode of the file that it replaces."""
    try:
        _give(draft, old)
    except WriteRefusedError:
        if not is_ours:
            raise
    _copy_attributes(draft)
    mode = stat.S_IMODE(old.st_mode)
    if stat.S_IMODE(os.stat(draft.temporary).st_mode) != mode:
        os.chmod(draft.temporary, mode)


def _give(draft: Draft, old: os.stat_result) -> None:
    """Give a draft the owner and group of a file. Raises `WriteRefusedError` if that can't be."""
    made = os.stat(draft.temporary)
    if (made.st_uid, made.st_gid) == (old.st_uid, old.st_gid):
        return
    owner = -1 if made.st_uid == old.st_uid else old.st_uid
    try:
        change_owner(draft.temporary, owner, old.st_gid)
    except OSError as error:
        whose = "a group that you are not in" if owner == -1 else "another user"
        raise WriteRefusedError(
            f"the file belongs to {whose}, and nbvc would make it yours",
            where=draft.path,
            hint="let its owner run nbvc, or replace it by a copy of your own",
        ) from error


def _copy_attributes(draft: Draft) -> None:
    """Copy access control lists and other extended attributes, on systems that let Python do so."""
    if sys.platform != "linux":
        return
    try:
        wanted, made = os.listxattr(draft.target), os.listxattr(draft.temporary)
    except OSError:  # The file system has none.
        return
    if _ACL in made and _ACL not in wanted:  # The folder gives one to new files.
        os.removexattr(draft.temporary, _ACL)
    for name in wanted:
        value = os.getxattr(draft.target, name)
        if name in made and os.getxattr(draft.temporary, name) == value:
            continue
        try:
            os.setxattr(draft.temporary, name, value)
        except OSError as error:
            if name.startswith(_BY_SYSTEM):
                continue
            raise WriteRefusedError(
                f"the file's attribute {name} can't be kept", where=draft.path
            ) from error


_TO_SYNC = os.O_RDWR if sys.platform == "win32" else os.O_RDONLY
"""Windows writes to the disk what was opened for writing, and nothing else."""


def sync_files(paths: Sequence[str]) -> None:
    """Wait until files that were written are on disk. Raises `OSError`."""
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
    """Make the new name last, if the system can do that for folders."""
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
