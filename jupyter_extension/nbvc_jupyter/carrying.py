"""Trust that survives a merge: a signed notebook stays signed if it got no outputs from elsewhere.

Jupyter signs what this user saved, and takes a file that anybody else wrote for a stranger's: after a
merge the user's own tables and charts would be gone until they trust the notebook or run it again.

    signed    cells with the outputs A, B      what the user trusts
    written   cells with the outputs B, A      signed: nothing in it can run that was not trusted
    written   cells with the outputs A, B, C   not signed: nobody here has seen C
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from jupyter_server.services.contents.filemanager import FileContentsManager

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_RICH = {"display_data", "execute_result"}
"""Outputs that may run code. Jupyter shows others as text."""


@asynccontextmanager
async def carry_trust(serverapp: Any, path: str) -> AsyncIterator[None]:
    """Sign what the block makes of a signed notebook's file, if all its outputs were there before."""
    manager = serverapp.contents_manager
    if not isinstance(manager, FileContentsManager):
        yield
        return
    file = manager._get_os_path(path)  # noqa: SLF001 -- As Jupyter's own extensions do.
    before = await asyncio.to_thread(_read_file, file)
    try:
        yield
    finally:
        after = await asyncio.to_thread(_read_file, file)
        if before is not None and after is not None and before != after:
            _sign(manager.notary, before, after)


def _read_file(file: str) -> bytes | None:
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError:
        return None


def _sign(notary: Any, before: bytes, after: bytes) -> None:
    import nbformat

    try:
        was, now = (nbformat.reads(one, as_version=4) for one in (before, after))
    except (ValueError, nbformat.ValidationError):
        return  # Conflicts of git's, or no notebook.
    if not notary.check_signature(was):
        return
    known = {text for cell in was.cells for text in _list_rich(cell)}
    # The state of widgets is drawn with the outputs, and may have scripts, too.
    if now.metadata.get("widgets") == was.metadata.get("widgets") and all(
        text in known for cell in now.cells for text in _list_rich(cell)
    ):
        notary.sign(now)


def _list_rich(cell: Any) -> list[str]:
    """Return the outputs of a cell that may run code, as texts that can be compared."""
    return [
        json.dumps({**output, "execution_count": None}, sort_keys=True)
        for output in cell.get("outputs", ())
        if output.output_type in _RICH
    ]
