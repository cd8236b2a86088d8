"""What another program writes to the file of a notebook in a room loses nothing that was typed."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("jupyter_server_ydoc")
from jupyter_server_ydoc.utils import OutOfBandChanges

import nbvc
from nbvc_jupyter import outside
from tests.integration.jupyter.test_rooms import cell, content, opened, sources


class Place:
    """A room of one notebook, its loader, the contents manager and the workers."""

    def __init__(self, notebook: Any) -> None:
        self.document = opened(notebook)
        self.file = self.document.get()
        self.time = self.seen = 0
        self.kept: list[Any] = []
        self.told: list[str] = []
        self.saves = 0
        self.fails = False
        loader = SimpleNamespace(
            path="a.ipynb", observe=lambda *_: None, last_modified=0, other="as the loader"
        )
        loader.maybe_save_content = self.save
        self.loader = loader
        self.room = SimpleNamespace(
            _document=self.document,
            _file=loader,
            _update_lock=asyncio.Lock(),
            _on_document_change=lambda *_: setattr(self, "saves", self.saves + 1),
            _on_filepath_change=None,
            room_id="json:notebook:1",
        )
        server = SimpleNamespace(contents_manager=self, event_logger=self)
        self.watched: Any = outside.RoomFile(self.room, server, self)  # type: ignore[arg-type]

    def get(self, _path: str, **_more: Any) -> Any:
        return {"content": self.file, "last_modified": self.time, "hash": "h"}

    def emit(self, *, schema_id: str, data: Any) -> None:
        assert schema_id == outside.SCHEMA
        self.told.append(data["outcome"])

    def write(self, notebook: Any) -> None:
        self.file, self.time = notebook, self.time + 1

    async def save(self, model: Any) -> Any:
        if self.loader.last_modified != self.time:
            raise OutOfBandChanges
        self.write(model["content"])
        self.loader.last_modified = self.time
        return {"hash": "h"}

    async def look(self, call: Any, _wanted: Any) -> Any:
        asked = json.loads(call.body)
        base, mine, disk = (
            nbvc.Notebook.from_dict(one) for one in (asked["base"], asked["notebook"], self.file)
        )
        merged = nbvc.merge(base, mine, disk)
        answer = {"notebook": merged.notebook.to_dict(), "conflicts": len(merged.conflicts)}
        return SimpleNamespace(content=json.dumps(answer))

    async def keep(self, call: Any, _wanted: Any) -> Any:
        if self.fails:
            raise OSError("disk full")
        self.kept.append(json.loads(call.body)["notebook"])
        return SimpleNamespace(content=json.dumps({"checkpoint": {"id": "1"}}))

    def type(self, at: int, text: str) -> None:
        source = self.document.ycells[at]["source"]
        source.insert(len(str(source).encode()), text)

    def shown(self) -> list[str]:
        return sources(self.document.get())

    def saved(self) -> Any:
        return self.watched.maybe_save_content({"content": self.document.get()})


TWO = content(cell("x = 1"), cell("y = 2"))


def changed(**lines: str) -> Any:
    return content(
        *(cell(lines.get(one["source"][0], one["source"]), key=one["id"]) for one in TWO["cells"])
    )


def test_the_room_becomes_the_file_where_nobody_typed() -> None:
    place = Place(TWO)

    async def act() -> None:
        await place.watched.take_over()
        place.write(changed(y="y = 22"))
        await place.watched.follow()
        await place.watched.follow()

    asyncio.run(act())
    assert place.shown() == ["x = 1", "y = 22"]
    assert place.told == ["loaded"]
    assert place.saves == 0
    assert place.room._file is place.watched
    assert place.watched.other == "as the loader"


def test_what_was_typed_is_merged_and_saved() -> None:
    place = Place(TWO)

    async def act() -> None:
        await place.watched.take_over()
        place.type(0, "0")
        place.write(changed(y="y = 22"))
        await place.watched.follow()

    asyncio.run(act())
    assert place.shown() == ["x = 10", "y = 22"]
    assert place.told == ["merged"]
    assert [sources(one) for one in place.kept] == [["x = 10", "y = 2"]]
    assert place.saves == 1


def test_a_save_merges_first() -> None:
    place = Place(TWO)

    async def act() -> None:
        await place.watched.take_over()
        place.type(0, "0")
        place.write(changed(y="y = 22"))
        assert await place.saved()

    asyncio.run(act())
    assert sources(place.file) == place.shown() == ["x = 10", "y = 22"]


def test_the_same_lines_become_those_of_the_file_and_the_others_a_checkpoint() -> None:
    place = Place(TWO)

    async def act() -> None:
        await place.watched.take_over()
        place.type(0, "0")
        place.write(changed(x="x = 9"))
        assert await place.saved()

    asyncio.run(act())
    assert place.shown() == ["x = 9", "y = 2"]
    assert place.time == 1  # The file is not written again.
    assert place.told == ["replaced"]
    assert [sources(one) for one in place.kept] == [["x = 10", "y = 2"]]


def test_nothing_is_replaced_without_a_checkpoint() -> None:
    place = Place(TWO)
    place.fails = True

    async def act() -> None:
        await place.watched.take_over()
        place.type(0, "0")
        place.write(changed(x="x = 9"))
        with pytest.raises(OSError, match="disk full"):
            await place.watched.follow()
        place.loader.last_modified = place.time  # as the loader does when it has told of the change
        with pytest.raises(OSError, match="disk full"):
            await place.saved()
        place.fails = False
        await place.saved()

    asyncio.run(act())
    assert place.told == ["replaced"]
    assert sources(place.file) == ["x = 9", "y = 2"]


def test_a_file_that_is_only_touched_changes_nothing() -> None:
    place = Place(TWO)

    async def act() -> None:
        await place.watched.take_over()
        place.type(0, "0")
        place.write(place.file)
        assert await place.saved()

    asyncio.run(act())
    assert place.told == []
    assert sources(place.file) == ["x = 10", "y = 2"]
