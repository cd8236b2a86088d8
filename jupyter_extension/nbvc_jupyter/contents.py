"""What lies in the server's contents: files where it is the local disk, else its own answers.

A contents manager without files (S3, a database) is asked for the notebook, and what it says is
laid out as Jupyter writes. Its checkpoints are kept under a path that stands for the notebook.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from typing import Any

import msgspec
from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.filemanager import FileContentsManager
from tornado.web import HTTPError

from nbvc.checkpoint.restoring import content_digest
from nbvc.errors import NbvcError, WriteRefusedError
from nbvc.notebook import Notebook
from nbvc_jupyter.places import Place, parts_of, place_in
from nbvc_jupyter.refusals import RefusedError

_PATIENCE = 60.0
"""Seconds for an answer of the contents manager."""


class Contents:
    """The notebooks that a contents manager has. Everything but `place` is for threads."""

    def __init__(self, manager: Any, data_folder: str) -> None:
        self.manager = manager
        self.is_local = isinstance(manager, FileContentsManager)
        self._mirror = os.path.join(data_folder, "contents", _signature(manager))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._digests: dict[str, tuple[tuple[int, ...], str]] = {}
        self._lock = threading.Lock()

    def listen(self) -> None:
        """Note the event loop, which a contents manager without files is asked on."""
        self._loop = self._loop or asyncio.get_running_loop()

    def place(self, path: str) -> Place:
        """Return the place of a notebook, there or not. Raises `RefusedError`."""
        hidden = bool(getattr(self.manager, "allow_hidden", False))
        if self.is_local:
            return place_in(self.manager.root_dir, path, hidden=hidden)
        parts = parts_of(path, hidden=hidden)
        return Place("/".join(parts), os.path.join(self._mirror, *parts))

    def anything(self, path: str) -> Place | None:
        """Return the place of a notebook or a folder, None for one that must not be reached."""
        parts = [part for part in path.split("/") if part]
        try:
            inside = self.place("/".join([*parts, "any.ipynb"]))
        except RefusedError:
            return None
        return Place("/".join(parts), os.path.dirname(inside.file))

    def follow(self, before: Place, after: Place) -> None:
        """Let what stands for notebooks without files follow them to a new name."""
        if self.is_local or not os.path.lexists(before.file):
            return
        os.makedirs(os.path.dirname(after.file), mode=0o700, exist_ok=True)
        os.replace(before.file, after.file)

    def read(self, place: Place) -> bytes:
        """Return a notebook's content as it is saved. Raises `RefusedError`."""
        if not self.is_local:
            return self._asked(place)
        # Opening a pipe must not wait for somebody to write into it.
        try:
            handle = os.open(place.file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(handle, "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            raise _missing(place) from None
        except OSError as error:
            text = f"{place.path} can't be read: {error.strerror}"
            raise RefusedError(403, "unreadable-file", text) from None

    def current(self, place: Place) -> bytes | None:
        """Return a notebook's content, None where there is no such notebook."""
        try:
            return self.read(place)
        except RefusedError as error:
            if error.status == 404:
                return None
            raise

    def write(self, place: Place, content: bytes) -> None:
        """Replace a notebook's content, wholly or not at all. Raises `RefusedError`."""
        if not self.is_local:
            model = {"type": "notebook", "format": "json", "content": _model(content)}
            self._on_loop(self.manager.save, model, place.path)
            return
        from nbvc.notebook.saving import save

        try:
            os.makedirs(os.path.dirname(place.file), exist_ok=True)
            save(place.file, content)
        except OSError as error:
            text = f"{place.path} can't be written: {error.strerror}"
            raise RefusedError(403, "unwritable-file", text) from None
        except WriteRefusedError as error:
            text = f"{place.path} can't be written: {error.message}"
            raise RefusedError(403, "unwritable-file", text) from None

    def digest(self, place: Place) -> str:
        """Return the digest of a notebook's content; a file that has not changed isn't read again."""
        if not self.is_local:
            return content_digest(self.read(place))
        try:
            found = os.stat(place.file)
        except OSError:
            raise _missing(place) from None
        stamp = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
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

    def stand_in(self, place: Place) -> str:
        """Return the file that checkpoints are kept under.

        For a notebook without one there is an empty file of its name in the data folder, or the
        store would take the notebook for one that is gone, and another for its new name.
        """
        if not self.is_local and not os.path.lexists(place.file):
            os.makedirs(os.path.dirname(place.file), mode=0o700, exist_ok=True)
            with open(place.file, "ab"):
                pass
        return place.file

    def _asked(self, place: Place) -> bytes:
        model = self._on_loop(self.manager.get, place.path, content=True, type="notebook")
        return as_written(model["content"])

    def _on_loop(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        assert self._loop is not None

        async def ask() -> Any:
            return await ensure_async(method(*args, **kwargs))

        try:
            return asyncio.run_coroutine_threadsafe(ask(), self._loop).result(_PATIENCE)
        except TimeoutError:
            raise RefusedError(504, "timeout", "the contents manager gave no answer") from None
        except HTTPError as error:
            text = str(error.log_message or error.reason or "the contents manager refused")
            raise RefusedError(error.status_code, "contents", text) from None


def as_written(model: Any) -> bytes:
    """Return a notebook from the contents API as Jupyter writes it to a file.

    Marks of trust belong to the server that set them. Raises `NotebookError`.
    """
    for cell in model.get("cells", []) if isinstance(model, dict) else []:
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        if isinstance(metadata, dict):
            metadata.pop("trusted", None)
    try:
        return Notebook.from_dict(model).to_bytes()
    except NbvcError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        text = f"this is no notebook ({type(error).__name__})"
        raise RefusedError(422, "unreadable-notebook", text) from None


def as_edited(notebook: bytes) -> bytes:
    """Return a notebook that the browser sent, without the marks of trust that are its own.

    Cells without such a mark are not looked into. Raises `RefusedError`.
    """
    try:
        top = msgspec.json.decode(notebook, type=dict[str, msgspec.Raw])
        cells = msgspec.json.decode(top["cells"], type=list[dict[str, msgspec.Raw]])
        for cell in cells:
            raw = bytes(cell.get("metadata", b""))
            if b'"trusted"' in raw:
                metadata = msgspec.json.decode(raw)
                metadata.pop("trusted", None)
                cell["metadata"] = msgspec.Raw(msgspec.json.encode(metadata))
    except (msgspec.DecodeError, KeyError, AttributeError, UnicodeError):
        return notebook  # reading it says what is wrong
    return msgspec.json.encode({**top, "cells": cells})


def _model(content: bytes) -> dict[str, Any]:
    from nbvc.notebook import read

    return read(content).to_dict()


def _missing(place: Place) -> RefusedError:
    from nbvc.git.messages import visible

    return RefusedError(404, "not-found", f"there is no notebook {visible(place.path)!r} here")


def _signature(manager: Any) -> str:
    """Return what tells this manager's notebooks from those of another."""
    kind = type(manager)
    root = getattr(manager, "root_dir", "")
    said = f"{kind.__module__}.{kind.__qualname__}\0{root}"
    return hashlib.sha256(said.encode(errors="surrogateescape")).hexdigest()[:16]
