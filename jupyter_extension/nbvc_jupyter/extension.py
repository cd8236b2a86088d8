"""The server extension: what a user may set, and what it puts into the server."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.services.contents.checkpoints import AsyncCheckpoints
from jupyter_server.services.contents.manager import AsyncContentsManager
from traitlets import Bool, Float

from nbvc.errors import GitError
from nbvc_jupyter.checkpoints import AsyncNbvcCheckpoints, NbvcCheckpoints
from nbvc_jupyter.handlers import make_routes
from nbvc_jupyter.outside import watch_rooms
from nbvc_jupyter.server import NbvcServer

_SOON = 0.5
"""Seconds after the start, when the server has answered the page that waits for it."""


class NbvcExtension(ExtensionApp):
    """nbvc in a Jupyter server."""

    name = "nbvc"

    checkpoints = Bool(
        default_value=True,
        help="""Whether nbvc keeps the checkpoints of notebooks: every one, on hidden refs of git,
        instead of Jupyter's single one in a folder beside each notebook.""",
    ).tag(config=True)

    network_seconds = Float(
        120.0, help="How many seconds a push or a fetch may take before it is stopped."
    ).tag(config=True)

    server: NbvcServer | None = None
    missing = ""

    def initialize_settings(self) -> None:
        """Find git, and let checkpoints be nbvc's."""
        assert self.serverapp is not None
        manager = self.serverapp.contents_manager
        try:
            self.server = NbvcServer(manager, os.environ, self.network_seconds)
        except GitError as error:
            self.missing = error.message
            self.log.warning("nbvc: %s; its buttons and checkpoints are off", error)
            return
        self.serverapp.io_loop.call_later(_SOON, self.server.work.warm)
        # When the loop starts, all extensions are there.
        self.serverapp.io_loop.add_callback(watch_rooms, self.serverapp, self.server.work)
        if self.checkpoints:
            self._take_over(self.server, manager)

    def _take_over(self, server: NbvcServer, manager: Any) -> None:
        other = manager.checkpoints
        if isinstance(other, (NbvcCheckpoints, AsyncNbvcCheckpoints)):
            return
        # A manager that doesn't block wants checkpoints that don't, and the other way round.
        asynchronous = isinstance(manager, AsyncContentsManager) or isinstance(
            other, AsyncCheckpoints
        )
        kind = AsyncNbvcCheckpoints if asynchronous else NbvcCheckpoints
        manager.checkpoints = kind.over(server, other, parent=manager, log=self.log)

    def initialize_handlers(self) -> None:
        """Add the endpoints."""
        self.handlers.extend(make_routes(self.server, self.missing))

    async def stop_extension(self) -> None:
        """Stop what runs."""
        if self.server is not None:
            await asyncio.to_thread(self.server.close)
