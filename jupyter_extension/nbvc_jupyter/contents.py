"""What is in the server's contents: files where it is the local disk, else its own answers.

A contents manager without files (S3, a database) is asked for the notebook, and what it says is
laid out as Jupyter writes. Its checkpoints are kept under a path that stands for the notebook.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import msgspec

from nbvc.errors import WriteRefusedError, make_visible
from nbvc.notebook.content import content_digest
from nbvc.notebook.saving import draft_file
from nbvc.platform import NO_WAIT, PRIVATE, change_time, cut_folder, replace
from nbvc_jupyter.places import NotebookPlace, parts_of, place_in
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.trust import as_sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.notebook.saving import Draft


class ContentsSetting(msgspec.Struct, frozen=True):
    """What a contents manager is: its folder (None if it has no files), and what it may show.

    `key` distinguishes its notebooks from those of another manager.
    """

    root: str | None
    hidden: bool
    key: str


class Manager(Protocol):
    """A contents manager without files, as a thread may ask it. Raises `RefusedError`."""

    def get(self, path: str) -> bytes:
        """Return a notebook's JSON."""

    def save(self, path: str, notebook: bytes) -> None:
        """Save a notebook, given as JSON."""


class ServerContents:
    """The notebooks that a contents manager has."""

    def __init__(self, setting: ContentsSetting, manager: Manager, data_folder: str) -> None:
        self.setting = setting
        self.is_local = setting.root is not None
        self.manager = manager
        self._mirror = os.path.join(data_folder, "contents", setting.key)
        self._digests: dict[str, tuple[tuple[int, ...], str]] = {}
        self._lock = threading.Lock()

    def place(self, path: str) -> NotebookPlace:
        """Return the place of a notebook, there or not. Raises `RefusedError`."""
        if self.setting.root is not None:
            return place_in(self.setting.root, path, hidden=self.setting.hidden)
        parts = parts_of(path, hidden=self.setting.hidden)
        return NotebookPlace("/".join(parts), os.path.join(self._mirror, *parts))

    def anything(self, path: str) -> NotebookPlace | None:
        """Return the place of a notebook or a folder, None for one that must not be reached."""
        parts = [part for part in path.split("/") if part]
        try:
            inside = self.place("/".join([*parts, "any.ipynb"]))
        except RefusedError:
            return None
        return NotebookPlace("/".join(parts), os.path.dirname(inside.file))

    def project(self, path: str) -> NotebookPlace:
        """Return a place in the folder that a path means, or that the file of the path is in.

        Raises `RefusedError`.
        """
        found = self.anything(path)
        file = found.file if found else ""
        folder = file if os.path.isdir(file) else os.path.dirname(file)
        if found is None or (self.is_local and not os.path.isdir(folder)):
            raise RefusedError(404, "not-found", f"there is nothing {make_visible(path)!r} here")
        return NotebookPlace(found.path, os.path.join(folder, "any.ipynb"))

    def path_of(self, file: str) -> str | None:
        """Return the path of a file in the contents API, None outside of the server's folder."""
        if self.setting.root is None:
            return None
        folder, last = os.path.split(file)
        real = os.path.join(os.path.realpath(folder), last)
        return cut_folder(real, os.path.realpath(self.setting.root)) or None

    def follow(self, before: NotebookPlace, after: NotebookPlace) -> None:
        """Let what stands for notebooks without files follow them to a new name."""
        if self.is_local or not os.path.lexists(before.file):
            return
        os.makedirs(os.path.dirname(after.file), mode=0o700, exist_ok=True)
        replace(before.file, after.file)

    def read(self, place: NotebookPlace) -> bytes:
        """Return a notebook's content as it is saved. Raises `RefusedError`."""
        if not self.is_local:
            return as_sent(self.manager.get(place.path))
        # Opening a pipe must not wait for somebody to write into it.
        try:
            handle = os.open(place.file, os.O_RDONLY | PRIVATE | NO_WAIT)
            with open(handle, "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            raise _make_missing_error(place) from None
        except OSError as error:
            text = f"{place.path} can't be read: {error.strerror}"
            raise RefusedError(403, "unreadable-file", text) from None

    def current(self, place: NotebookPlace) -> bytes | None:
        """Return a notebook's content, None if there is no such notebook."""
        try:
            return self.read(place)
        except RefusedError as error:
            if error.status == 404:
                return None
            raise

    def digest(self, place: NotebookPlace) -> str:
        """Return the digest of a notebook's content; a file that has not changed isn't read again."""
        if not self.is_local:
            return content_digest(self.read(place))
        try:
            found = os.stat(place.file)
        except OSError:
            raise _make_missing_error(place) from None
        stamp = (found.st_mtime_ns, change_time(found), found.st_size, found.st_ino)
        with self._lock:
            known = self._digests.get(place.file)
        if known is not None and known[0] == stamp:
            return known[1]
        digest = content_digest(self.read(place))
        with self._lock:
            if len(self._digests) > 1000:
                self._digests.clear()
            self._digests[place.file] = (stamp, digest)
        return digest

    def stand_in(self, place: NotebookPlace) -> str:
        """Return the file that checkpoints are kept under.

        For a notebook without one there is an empty file of its name in the data folder, or the
        store would take the notebook for one that is gone, and another for its new name.
        """
        if not self.is_local and not os.path.lexists(place.file):
            os.makedirs(os.path.dirname(place.file), mode=0o700, exist_ok=True)
            with open(place.file, "ab"):
                pass
        return place.file


class NotebookTarget:
    """A notebook whose content is replaced; see `nbvc.workflow.restoring`. Raises `RefusedError`."""

    def __init__(self, contents: ServerContents, place: NotebookPlace) -> None:
        self._contents = contents
        self._place = place
        self._draft: Draft | None = None
        self._content = b""

    @property
    def file(self) -> str:
        """The file that checkpoints are kept under."""
        return self._contents.stand_in(self._place)

    def read(self) -> bytes | None:
        """Return the content, None if there is no notebook."""
        return self._contents.current(self._place)

    def draft(self, content: bytes) -> NotebookTarget:
        """Write new content beside the file, if there is one."""
        self._content = content
        if self._contents.is_local:
            with _refuse_writing(self._place):
                os.makedirs(os.path.dirname(self._place.file), exist_ok=True)
                self._draft = draft_file(self._place.file, content)
        return self

    def save(self) -> None:
        """Publish the new content."""
        if self._draft is None:
            self._contents.manager.save(self._place.path, self._content)
            return
        with _refuse_writing(self._place):
            self._draft.save()

    def discard(self) -> None:
        """Remove the draft."""
        if self._draft is not None:
            self._draft.discard()


@contextmanager
def _refuse_writing(place: NotebookPlace) -> Iterator[None]:
    """Refuse a request for what the file cannot be."""
    try:
        yield
    except (OSError, WriteRefusedError) as error:
        reason = error.message if isinstance(error, WriteRefusedError) else error.strerror
        text = f"{place.path} can't be written: {reason}"
        raise RefusedError(403, "unwritable-file", text) from None


def _make_missing_error(place: NotebookPlace) -> RefusedError:
    return RefusedError(404, "not-found", f"no such notebook: {make_visible(place.path)!r}")
