"""Jupyter's contents manager: what it is, and its notebooks if they are not files.

A manager is asked on the event loop, by threads that wait for its answer.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.services.contents.filemanager import FileContentsManager
from tornado.web import HTTPError

from nbvc.notebook import read
from nbvc_jupyter.contents import ContentsSetting
from nbvc_jupyter.refusals import RefusedError

_PATIENCE = 60.0
"""Seconds for an answer of the contents manager."""


def setting_of(manager: Any) -> ContentsSetting:
    """Return what a contents manager is now: its user may set its folder at any time."""
    kind = type(manager)
    root = getattr(manager, "root_dir", "")
    said = f"{kind.__module__}.{kind.__qualname__}\0{root}"
    key = hashlib.sha256(said.encode(errors="surrogateescape")).hexdigest()[:16]
    hidden = bool(getattr(manager, "allow_hidden", False))
    local = isinstance(manager, FileContentsManager)
    return ContentsSetting(str(manager.root_dir) if local else None, hidden, key)


class OnLoop:
    """A contents manager without files, for threads. Raises `RefusedError`."""

    def __init__(self, manager: Any) -> None:
        self.manager = manager
        self._loop: asyncio.AbstractEventLoop | None = None

    def listen(self) -> None:
        """Note the event loop, on which the manager is asked."""
        self._loop = self._loop or asyncio.get_running_loop()

    def get(self, path: str) -> bytes:
        """Return a notebook's JSON."""
        model = self._ask_loop(self.manager.get, path, content=True, type="notebook")
        return json.dumps(model["content"]).encode()

    def save(self, path: str, notebook: bytes) -> None:
        """Save a notebook, given as JSON. What it claims of trust is gone already."""
        content = read(notebook).to_dict()
        model = {"type": "notebook", "format": "json", "content": content}
        self._ask_loop(self.manager.save, model, path)

    def _ask_loop(self, method: Any, *args: Any, **kwargs: Any) -> Any:
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
