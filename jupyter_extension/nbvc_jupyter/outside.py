"""What other programs write to the file of a notebook that several people have open.

When git or another program writes the file, jupyter-collaboration puts its content in place of the
room's, and what was typed since the last save is lost. Here it is merged into the room instead:

    known   x = 1, y = 2      what the file and the room had in common
    room    x = 10, y = 2     somebody types
    file    x = 1, y = 22     somebody pulls in a terminal
    room    x = 10, y = 22

If both changed the same lines, the room gets the file. What the room had becomes a checkpoint first,
and an event reports all of it to every page.
"""

# ruff: noqa: SLF001 -- Rooms offer no public way to take part in this.

from __future__ import annotations

import asyncio
import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Literal

from jupyter_core.utils import ensure_async

from nbvc_jupyter.rooms import (
    COMMON,
    apply_content,
    copy_room,
    find_collaboration,
    normalize,
    note_common,
    read_model,
)
from nbvc_jupyter.work import Call, Wanted

if TYPE_CHECKING:
    from nbvc_jupyter.rooms import Json
    from nbvc_jupyter.work import Work

    Outcome = Literal["loaded", "merged", "replaced"]

SCHEMA = "urn:nbvc:outside:v1"
"""The kind of the event. `outside.ts` knows it, too."""

_EVENT = {
    "$id": SCHEMA,
    "version": "1",
    "title": "Another program wrote the file of an open notebook",
    "personal-data": True,
    "type": "object",
    "required": ["path", "outcome", "checkpoint"],
    "properties": {
        "path": {"type": "string"},
        "outcome": {"enum": ["loaded", "merged", "replaced"]},
        "checkpoint": {"type": "string", "description": "What the notebook was before."},
    },
}
_KIND = "json:notebook:"
"""How the IDs of rooms of notebooks begin."""


def watch_rooms(serverapp: Any, work: Work) -> None:
    """Watch every room of a notebook from now on, if there is jupyter-collaboration."""
    extension = find_collaboration(serverapp)
    if extension is None or not hasattr(extension, "ywebsocket_server"):
        return
    from jupyter_server_ydoc.utils import JUPYTER_COLLABORATION_EVENTS_URI

    serverapp.event_logger.register_event_schema(_EVENT)

    async def watch(logger: Any, schema_id: str, data: Json) -> None:  # noqa: ARG001
        if data.get("action") != "initialize" or not data["room"].startswith(_KIND):
            return
        room = await extension.ywebsocket_server.get_room(data["room"])
        if not isinstance(room._file, RoomFile):
            await RoomFile(room, serverapp, work).take_over()

    serverapp.event_logger.add_listener(schema_id=JUPYTER_COLLABORATION_EVENTS_URI, listener=watch)


class RoomFile:
    """The file of a room, in place of the room's own `FileLoader`, which other rooms share."""

    def __init__(self, room: Any, serverapp: Any, work: Work) -> None:
        """Change nothing yet."""
        self._room = room
        self._loader = room._file
        self._serverapp = serverapp
        self._work = work
        self._is_behind = False

    def __getattr__(self, name: str) -> Any:
        """Be the loader in everything else."""
        return getattr(self._loader, name)

    async def take_over(self) -> None:
        """Note what the file contains, and bring later changes into the room."""
        room = self._room
        room._file = self
        self._loader.observe(room.room_id, self.follow, room._on_filepath_change)
        model = await read_model(self._serverapp.contents_manager, self._loader.path)
        await note_common(room._document, model["content"])

    async def follow(self) -> None:
        """Take a change of the file into the room, and save what the room has more than the file."""
        if await self._bring_in():
            self._room._on_document_change("cells", None)
        else:
            self._room._document.dirty = False

    async def maybe_save_content(self, model: Json) -> Json | None:
        """Save the room, after what another program wrote was brought into it."""
        from jupyter_server_ydoc.utils import OutOfBandChanges

        loader = self._loader
        saved: Json | None = None
        if not self._is_behind:
            try:
                saved = await loader.maybe_save_content(model)
            except OutOfBandChanges:
                self._is_behind = True
        if self._is_behind:
            if not await self._bring_in():
                return await self._describe()
            model = {**model, "content": self._room._document.get()}
            saved = await loader.maybe_save_content(model)
        if saved is not None:
            await note_common(self._room._document, model["content"])
        return saved

    async def _describe(self) -> Json:
        """Return what the contents API knows about the file, with its hash."""
        manager = self._serverapp.contents_manager
        found = manager.get(self._loader.path, content=False, require_hash=True)
        model: Json = await ensure_async(found)
        return model

    async def _bring_in(self) -> bool:
        """Take what the file contains into the room; return whether the room has more than that."""
        loader, room = self._loader, self._room
        async with getattr(loader, "_lock", nullcontext()):
            # If this fails, such as for a file full of conflict markers, no save may replace it.
            self._is_behind = True
            path = loader.path
            model = await read_model(self._serverapp.contents_manager, path)
            copy = copy_room(room._document)
            before, disk = copy.get(), model["content"]
            mine, theirs = await asyncio.to_thread(lambda: (normalize(before), normalize(disk)))
            if theirs not in (mine, COMMON.get(room._document)):
                wanted, outcome = await self._choose(path, before, mine, disk)
                made = await self._keep(path, before)
                async with room._update_lock:  # or the room would begin another save
                    await apply_content(room._document, copy, before, wanted)
                self._report(path, outcome, made)
                mine = await asyncio.to_thread(normalize, wanted)
            COMMON[room._document] = theirs
            loader.last_modified = model["last_modified"]
            self._is_behind = False
            return mine != theirs

    async def _choose(self, path: str, before: Json, mine: str, disk: Json) -> tuple[Json, Outcome]:
        """Return what the room becomes: the file, or both merged if somebody typed since."""
        known = COMMON.get(self._room._document, mine)
        if mine == known:
            return disk, "loaded"
        merged = await self._ask("merge", path, base=json.loads(known), notebook=before)
        return (disk, "replaced") if merged["conflicts"] else (merged["notebook"], "merged")

    async def _keep(self, path: str, notebook: Json) -> str:
        """Make a checkpoint of what the room has, and return its ID."""
        message = "Before the change on disk"
        made = await self._ask("checkpoints/make", path, message=message, notebook=notebook)
        return str(made["checkpoint"]["id"])

    async def _ask(self, name: str, path: str, **request: Any) -> Json:
        body = await asyncio.to_thread(json.dumps, {"path": path, **request})
        call = Call(name, {}, body.encode())
        work = self._work.look if name == "merge" else self._work.keep
        answer: Json = json.loads((await work(call, Wanted())).content)
        return answer

    def _report(self, path: str, outcome: Outcome, checkpoint: str) -> None:
        data = {"path": path, "outcome": outcome, "checkpoint": checkpoint}
        self._serverapp.event_logger.emit(schema_id=SCHEMA, data=data)
