"""Notebooks that several people have open: what changes a file reaches them as edits.

With jupyter-collaboration, the server keeps each open notebook in a room and saves it. A room whose
file changes puts the content of the file in place of its own, and what was typed since is lost. So a
task that changes the file runs while the room neither saves nor loads, and what the file became is
merged into the room:

    room     x = 1, y = 2     copy of the room as the task finds it
    typed    x = 1, y = 2 + 1
    file     x = 9, y = 2     the copy is edited to be like the file
    room     x = 9, y = 2 + 1 the edits of the copy join those of everybody else
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from jupyter_core.utils import ensure_async
from tornado.web import HTTPError

from nbvc.sequence import find_opcodes, heaviest_increasing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Json = dict[str, Any]

COMMON: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
"""What each shared notebook and its file had in common last, as `normalize` writes it."""


@asynccontextmanager
async def edit_together(serverapp: Any, path: str) -> AsyncIterator[None]:
    """Take what the block makes of a notebook's file into the room that has it open, if any."""
    extension = find_collaboration(serverapp)
    kind = {"content_type": "notebook", "file_format": "json"}
    room = extension and await extension.get_document(path=path, copy=False, **kind)
    if not room:
        yield
        return
    manager = serverapp.contents_manager
    index = serverapp.web_app.settings["file_id_manager"].index(path)
    loader = extension.file_loaders[index]
    async with getattr(loader, "_lock", nullcontext()):
        copy = copy_room(room)
        await _save(manager, loader, path, copy.get())
        try:
            yield
        finally:
            await _bring_in(manager, loader, path, room, copy)


def find_collaboration(serverapp: Any) -> Any:
    """Return the extension that has the rooms; None without jupyter-collaboration."""
    apps = serverapp.extension_manager.extension_apps.get("jupyter_server_ydoc", ())
    found = next(iter(apps), None)
    return found if hasattr(found, "get_document") and hasattr(found, "file_loaders") else None


async def _save(manager: Any, loader: Any, path: str, content: Json) -> None:
    """Write what the room has, as it does itself a second after a key."""
    if (await read_model(manager, path))["content"] != content:
        model = {"type": "notebook", "format": "json", "content": content}
        saved = await ensure_async(manager.save(model, path))
        loader.last_modified = saved["last_modified"]


async def read_model(manager: Any, path: str) -> Json:
    """Return the notebook of a path as plain dicts and lists."""
    model: Json = await ensure_async(
        manager.get(path, content=True, type="notebook", format="json")
    )
    # nbformat's own kind of dict is none to others.
    return {**model, "content": json.loads(json.dumps(model["content"]))}


def copy_room(room: Any) -> Any:
    """Return a copy of a shared notebook, whose edits the notebook can take."""
    from pycrdt import Doc

    document: Any = Doc()
    document.apply_update(room.ydoc.get_update())
    return type(room)(document)


async def _bring_in(manager: Any, loader: Any, path: str, room: Any, copy: Any) -> None:
    try:
        model = await read_model(manager, path)
    except HTTPError:
        return  # deleted, or not a notebook any more: the room finds that itself
    before = copy.get()
    if model["content"] != before:
        await apply_content(room, copy, before, model["content"])
    await note_common(room, model["content"])
    loader.last_modified = model["last_modified"]


async def note_common(room: Any, content: Json) -> None:
    """Note what a room and its file have in common, for a merge if another program writes the file."""
    COMMON[room] = await asyncio.to_thread(normalize, content)


def normalize(content: Json) -> str:
    """Return a notebook as text to compare, without trust: that is each reader's own."""
    cells = [
        {**cell, "metadata": {k: v for k, v in cell["metadata"].items() if k != "trusted"}}
        for cell in content["cells"]
    ]
    return json.dumps({**content, "cells": cells}, sort_keys=True)


async def apply_content(room: Any, copy: Any, before: Json, after: Json) -> None:
    """Edit `copy`, a copy of the room that contains `before`, and let these edits join the room's."""
    plan = await asyncio.to_thread(_plan_cells, before, after)
    start = copy.ydoc.get_state()
    with copy.ydoc.transaction():
        edit(copy, after, plan, _find_typed(room, copy))
    room.ydoc.apply_update(copy.ydoc.get_update(start))


def _plan_cells(before: Json, after: Json) -> list[int | None]:
    """Return for each cell after which cell before it is; None for a new one."""
    from nbvc import Notebook, diff

    plan: list[int | None] = [None] * len(after["cells"])
    for entry in diff(Notebook.from_dict(before), Notebook.from_dict(after)).cells:
        if len(entry.before) == len(entry.after) == 1:
            plan[entry.after[0]] = entry.before[0]
    return plan


def _find_typed(room: Any, copy: Any) -> frozenset[str]:
    """Return the IDs of the cells in which somebody has typed since the copy was made."""
    then = {cell["id"]: str(cell["source"]) for cell in copy.ycells}
    now = {cell["id"]: str(cell["source"]) for cell in room.ycells}
    return frozenset(key for key, source in then.items() if now.get(key, source) != source)


def edit(room: Any, content: Json, plan: list[int | None], typed: frozenset[str]) -> None:
    """Edit a room's cells to be those of `content`, with as few edits as possible.

    A cell with other outputs or attachments becomes a new cell: a page would join a stream that is
    put into a cell with the one that it has, and show outputs as trusted that were not computed
    there. Whoever types in that cell would lose the cursor, so there the outputs are cleared instead.

    Args:
        room: The shared notebook.
        plan: For each cell of `content`, the index of its cell in the room.
        typed: IDs of the cells in which somebody types.
    """
    cells, old = content["cells"], [room.get_cell(i) for i in range(len(room.ycells))]
    ids = [str(cell["id"]) for cell in room.ycells]

    def stays(before: int, after: int) -> bool:
        a, b = old[before], cells[after]
        same = all(a.get(key) == b.get(key) for key in ("outputs", "attachments"))
        same = same and b.get("id", ids[before]) == ids[before]
        return bool(a["cell_type"] == b["cell_type"] and (same or ids[before] in typed))

    pairs = [(i, j, 1.0) for j, i in enumerate(plan) if i is not None and stays(i, j)]
    staying = heaviest_increasing(pairs)
    taken = {ids[i] for i, _ in staying}
    end, ends = len(old), len(cells)
    for before, after in [*reversed(staying), (-1, -1)]:
        del room.ycells[before + 1 : end]
        for offset, cell in enumerate(cells[after + 1 : ends]):
            room.ycells.insert(before + 1 + offset, room.create_ycell(_prepare_cell(cell, taken)))
        if before >= 0:
            _edit_cell(room.ycells[before], old[before], cells[after])
        end, ends = before, after
    _edit_map(_get_metadata(room), content["metadata"])


def _prepare_cell(cell: Json, taken: set[str]) -> Json:
    """Return a cell as it may enter a room: untrusted, and with an ID that no other cell has."""
    metadata = {key: value for key, value in cell["metadata"].items() if key != "trusted"}
    copy = {**cell, "metadata": metadata}
    if copy.get("id") in taken:
        del copy["id"]
    taken.add(copy.get("id", ""))
    return copy


def _edit_cell(shared: Any, old: Json, new: Json) -> None:
    _edit_text(shared["source"], old["source"], new["source"])
    _edit_map(shared["metadata"], new["metadata"])
    if old["cell_type"] == "code":
        count = new["execution_count"]
        if old["outputs"] != new["outputs"]:
            shared["outputs"].clear()
            count = None
        if old["execution_count"] != count:
            shared["execution_count"] = count
    elif old.get("attachments") != new.get("attachments"):
        shared["attachments"] = new.get("attachments", {})


def _edit_map(shared: Any, wanted: Json) -> None:
    """Make the metadata what is wanted, apart from trust, which the file does not decide."""
    found = shared.to_py()
    for key in found.keys() - wanted.keys() - {"trusted"}:
        del shared[key]
    for key, value in wanted.items():
        if key != "trusted" and (key not in found or found[key] != value):
            shared[key] = value


def _edit_text(shared: Any, old: str, new: str) -> None:
    """Replace what differs, line by line. A shared text counts in bytes of UTF-8."""
    a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    steps = [step for step in find_opcodes(a, b) if step.tag != "equal"]
    starts = [0]
    for line in a:
        starts.append(starts[-1] + len(line.encode()))
    for step in reversed(steps):
        was, now = "".join(a[step.a0 : step.a1]), "".join(b[step.b0 : step.b1])
        head = _count_common(was, now)
        tail = _count_common(was[head:][::-1], now[head:][::-1])
        start = starts[step.a0] + len(was[:head].encode())
        stop = starts[step.a1] - len(was[len(was) - tail :].encode())
        if stop > start:
            del shared[start:stop]
        if len(now) > head + tail:
            shared.insert(start, now[head : len(now) - tail])


def _count_common(a: str, b: str) -> int:
    """Return how many characters two texts begin with alike."""
    least = min(len(a), len(b))
    return next((at for at in range(least) if a[at] != b[at]), least)


def _get_metadata(room: Any) -> Any:
    from pycrdt import Map

    return room.ydoc.get("meta", type=Map)["metadata"]
