"""What the page of a history holds: every cell and every output once, versions as lists of them.

versions  [[thread, cell], …] each, written as what it has from the version before and what is new
cells     type, source, outputs by number; of Markdown also its elements
outputs   text, an image by number, or HTML for a frame
images    type and base64, each once

A thread is one cell through all versions: two cells of one thread are what is compared.
"""

from __future__ import annotations

import msgspec

from nbvc.render.escape import escape_line, escape_text
from nbvc.render.timeline.pieces import Pieces
from nbvc.versions.changing import blob_of
from nbvc.versions.model import VersionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nbvc.versions.history import History
    from nbvc.versions.model import Version
    from nbvc.versions.records import Snapshot


class Story(msgspec.Struct):
    """The content of a page, as `timeline.js` reads it."""

    name: str
    language: str
    versions: list[dict[str, object]]
    cells: list[list[object]]
    outputs: list[dict[str, object]]


class DrawnStory(msgspec.Struct):
    """A story and its images, which are kept apart: they are as small as they get."""

    story: Story
    images: list[list[str]]


def make_story(
    history: History, versions: Sequence[Version], report: Callable[[int, int], None]
) -> DrawnStory:
    """Return the story of these versions, newest first. Raises `GitError`."""
    return _StoryMaker(history, versions).all(report)


class _StoryMaker:
    """A story that is being put together."""

    def __init__(self, history: History, versions: Sequence[Version]) -> None:
        self.history = history
        self.versions = list(reversed(versions))
        self.places = {one.id: place for place, one in enumerate(self.versions)}
        self.parents = {one.id: one.parents for one in history.versions()}
        self.blobs = [blob_of(history, one) for one in self.versions]
        self.pieces = Pieces()
        self.cells: dict[tuple[str, str, bytes], int] = {}
        self.rows: list[list[object]] = []
        self.threads: list[list[int]] = []
        self.fresh = 0

    def all(self, report: Callable[[int, int], None]) -> DrawnStory:
        history = self.history
        history.expect(blob for blob in self.blobs if blob)
        entries: list[dict[str, object]] = []
        before: list[list[int]] = []
        language = "python"
        for place, version in enumerate(self.versions):
            report(place, len(self.versions))
            blob = self.blobs[place]
            snapshot = history.snapshot(blob) if blob else None
            bases = self._find_bases(place)
            numbers: list[list[int]] = []
            if snapshot is None or snapshot.problem or blob is None:
                self.threads.append([])
            else:
                language = snapshot.language
                threads = self._find_threads(blob, snapshot, bases)
                self.threads.append(threads)
                cells = self._number_cells(blob, snapshot)
                numbers = [[a, b] for a, b in zip(threads, cells, strict=True)]
            problem = snapshot.problem if snapshot else "the notebook was deleted"
            base = bases[0] if bases else -1
            entries.append(_make_entry(version, base, problem, _make_delta(before, numbers)))
            before = numbers
        pieces = self.pieces
        story = Story(self.history.name, language, entries, self.rows, pieces.outputs)
        return DrawnStory(story, pieces.images)

    def _find_bases(self, place: int) -> list[int]:
        """Return the versions that one came from, those that can't be read passed over."""
        version = self.versions[place]
        if version.kind is not VersionType.COMMIT or not version.parents:
            older = range(place - 1, -1, -1) if version.kind is not VersionType.COMMIT else ()
            return next(([one] for one in older if self._is_usable(one)), [])
        found: list[int] = []
        open_ = list(reversed(version.parents))
        seen = set(open_)
        while open_:
            parent = open_.pop()
            at = self.places.get(parent)
            if at is not None and self._is_usable(at):
                found.append(at)
            else:  # It cannot be read, or is not on the page.
                before = self.parents.get(parent, ())
                more = [one for one in reversed(before) if one not in seen]
                seen.update(more)
                open_ += more
        return found

    def _is_usable(self, place: int) -> bool:
        blob = self.blobs[place]
        return blob is not None and not self.history.snapshot(blob).problem

    def _find_threads(self, blob: str, snapshot: Snapshot, bases: list[int]) -> list[int]:
        """Return for each cell the thread that it goes on with."""
        found = [-1] * len(snapshot.cells)
        taken: set[int] = set()
        for base in bases:
            old = self.blobs[base]
            assert old is not None
            for step in self.history.steps(old, blob):
                if not step.before or not step.after:
                    continue
                for at in range(step.run):
                    index, thread = step.after[0] + at, self.threads[base][step.before[0] + at]
                    if found[index] < 0 and thread not in taken:
                        found[index] = thread
                        taken.add(thread)
        for index, thread in enumerate(found):
            if thread < 0:
                found[index] = self.fresh
                self.fresh += 1
        return found

    def _number_cells(self, blob: str, snapshot: Snapshot) -> list[int]:
        """Return the numbers of a content's cells on the page; reads it where one has new outputs."""
        records = self.history.records.records
        keys = [
            (records[number].kind, records[number].source, records[number].outputs)
            for number in snapshot.cells
        ]
        new = [index for index, key in enumerate(keys) if key not in self.cells]
        wanted = {i: records[snapshot.cells[i]].shown for i in new if keys[i][2]}
        outputs = self._number_outputs(blob, wanted) if wanted else {}
        for index in new:
            if keys[index] not in self.cells:
                self.cells[keys[index]] = len(self.rows)
                kind, source, _ = keys[index]
                prose = [_render_markdown(source)] if kind == "markdown" else []
                shown: list[object] = [
                    kind,
                    self.pieces.safe(source),
                    outputs.get(index, []),
                    *prose,
                ]
                self.rows.append(shown)
        return [self.cells[key] for key in keys]

    def _number_outputs(self, blob: str, wanted: dict[int, bytes | None]) -> dict[int, list[int]]:
        cells = self.history.cells(blob)
        return {index: self.pieces.of_cell(cells[index]) for index in wanted}


def _render_markdown(source: str) -> str:
    """Return Markdown as elements of the page, empty if it is too long."""
    from nbvc.render.html.prose import render_prose

    return str(render_prose(source) or "")


def _make_delta(before: list[list[int]], now: list[list[int]]) -> list[list[int]]:
    """Write a version as runs `[start, count]` of the one before, and new pairs `[-1, thread, cell]`."""
    places = {(thread, cell): place for place, (thread, cell) in enumerate(before)}
    found: list[list[int]] = []
    for thread, cell in now:
        place = places.get((thread, cell))
        if place is None:
            found.append([-1, thread, cell])
        elif found and len(found[-1]) == 2 and sum(found[-1]) == place:
            found[-1][1] += 1
        else:
            found.append([place, 1])
    return found


def _make_entry(
    version: Version, base: int, problem: str, delta: list[list[int]]
) -> dict[str, object]:
    entry: dict[str, object] = {
        "kind": version.kind.value,
        "id": version.id,
        "author": escape_text(version.author),
        "time": version.time,
        "message": escape_text(version.message.strip()),
        "name": escape_line(version.name),
        "base": base,
        "cells": delta,
    }
    if problem:
        entry["problem"] = escape_text(problem)
    return entry
