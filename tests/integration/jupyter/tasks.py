"""The tasks of the server's workers, done in this process: the law tests ask for thousands."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from nbvc.git import Stop
from nbvc_jupyter.contents import ContentsSetting, ServerContents
from nbvc_jupyter.encoding import encode_json
from nbvc_jupyter.site import Site
from nbvc_jupyter.tasks import TASKS

if TYPE_CHECKING:
    from pathlib import Path


class NoManager:
    """Stands for a contents manager that nobody asks: notebooks are files."""

    def get(self, path: str) -> bytes:
        raise AssertionError(path)

    def save(self, path: str, notebook: bytes) -> None:
        raise AssertionError(path, notebook)


def site_of(root: Path, data: Path) -> Site:
    """Return the site of a server for a folder."""
    contents = ServerContents(
        ContentsSetting(str(root), hidden=False, key="test"), NoManager(), str(data)
    )
    return Site(contents, os.environ)


def asked(site: Site, name: str, body: Any = None, **query: str) -> bytes:
    """Do a task; its answer as JSON."""
    content = b"" if body is None else json.dumps(body).encode()
    return encode_json(TASKS[name](site, query, content, Stop()))
