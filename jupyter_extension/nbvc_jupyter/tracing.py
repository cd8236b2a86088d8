"""The cells of a notebook through all its versions: where one changed, and which are gone."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from nbvc.errors import NoCellError
from nbvc.versions.changing import What, blob_of, loud_steps, what_of
from nbvc_jupyter import answers as a
from nbvc_jupyter.changing import find_parents, read_content
from nbvc_jupyter.trust import remove_trust

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.git import Stop
    from nbvc.notebook import Cell
    from nbvc.versions.history import History
    from nbvc.versions.links import Step
    from nbvc_jupyter.requests import CellRequest, NotebookRequest
    from nbvc_jupyter.site import Site

_MOST = 200
"""Deleted cells that are sent."""


class _Line:
    """The readable versions of a notebook, newest first, and what each was made from."""

    def __init__(self, history: History, checkpoints: Sequence[Checkpoint]) -> None:
        self.history = history
        every = history.versions()
        parents = find_parents(every, checkpoints)
        blobs = {one.id: blob_of(history, one) for one in every}
        self.blobs = {
            key: blob for key, blob in blobs.items() if blob and not history.snapshot(blob).problem
        }
        self.versions = [one for one in every if one.id in self.blobs]
        self.parents = {
            one.id: [other for other in parents[one.id] if other in self.blobs]
            for one in self.versions
        }

    def steps(self, before: str, after: str) -> list[Step]:
        """Return what became of the cells from one version to another, given by their ids."""
        return self.history.steps(self.blobs[before], self.blobs[after])

    def cells(self, version: str) -> list[int]:
        """Return the records of a version's cells."""
        return self.history.snapshot(self.blobs[version]).cells

    def ids(self, version: str) -> list[str]:
        """Return the ids of a version's cells, empty for a cell without one."""
        records = self.history.records.records
        return [records[number].id or "" for number in self.cells(version)]

    def source(self, version: str, index: int) -> str:
        """Return the source of a cell."""
        return self.history.records.records[self.cells(version)[index]].source


def trace_cell(site: Site, request: CellRequest, stop: Stop) -> a.CellVersions:
    """Return the versions that changed a cell, and its place in them. Raises `NoCellError`."""
    place = site.contents.place(request.path)
    with site.open_history(place, stop) as history:
        line = _Line(history, site.store(place).list(place.file))
        places: dict[str, set[int]] = {}
        found = []
        newer = ""
        for one in line.versions:
            places.setdefault(one.id, set()).update(
                _find_here(line, one.id, newer, places, request)
            )
            here = places[one.id]
            if here and _is_changed(line, one.id, here):
                found.append(a.CellVersion(one.id, min(here)))
            for parent in line.parents[one.id] if here else ():
                steps = line.steps(parent, one.id)
                places.setdefault(parent, set()).update(_go_back(steps, here))
            newer = one.id
    if not any(places.values()):
        raise NoCellError("no version contains this cell", hint="save the notebook first")
    return a.CellVersions(found)


def _find_here(
    line: _Line, version: str, newer: str, places: dict[str, set[int]], request: CellRequest
) -> set[int]:
    """Return where a cell is in a version to which no parent led: by its id or a newer version."""
    if places.get(version):
        return set()
    ids = line.ids(version)
    if request.id and ids.count(request.id) == 1:
        return {ids.index(request.id)}
    if not newer:
        return {request.cell} if not request.id and request.cell < len(ids) else set()
    return _go_back(line.steps(version, newer), places.get(newer, ()))


def _is_changed(line: _Line, version: str, here: Collection[int]) -> bool:
    """Whether a version changed a cell against all that it was made from."""
    return all(
        any(
            not {*step.after}.isdisjoint(here) and what_of(step) is not What.NOISE
            for step in loud_steps(line.steps(parent, version))
        )
        for parent in line.parents[version]
    )


def _go_back(steps: Sequence[Step], here: Collection[int]) -> set[int]:
    """Return the cells of one version that became those of another."""
    found: set[int] = set()
    for step in steps:
        if step.run > 1:
            found.update(
                step.before[0] + at for at in range(step.run) if step.after[0] + at in here
            )
        elif not {*step.after}.isdisjoint(here):
            found.update(step.before)
    return found


def list_deleted(site: Site, request: NotebookRequest, stop: Stop) -> a.DeletedCells:
    """Return the cells that are in old versions and not in the last one, newest first."""
    place = site.contents.place(request.path)
    commits, saved = site.commits(place), site.store(place)
    with site.open_history(place, stop) as history:
        line = _Line(history, saved.list(place.file))
        by_id = {one.id: one for one in line.versions}
        gone = list(islice(_find_deleted(line), _MOST))
    read: dict[str, Sequence[Cell]] = {}
    for _, parent, _ in gone:
        if parent not in read:
            content = read_content(commits, saved, by_id[parent])
            read[parent] = () if content is None else remove_trust(content).cells
    return a.DeletedCells(
        [
            a.DeletedCell(version, parent, read[parent][index].to_dict())
            for version, parent, index in gone
            if index < len(read[parent])
        ]
    )


def _find_deleted(line: _Line) -> Iterator[tuple[str, str, int]]:
    """Yield the version that deleted a cell, the one before it, and the cell's index there."""
    if not line.versions:
        return
    last = line.versions[0].id
    sources = [line.source(last, index).strip() for index in range(len(line.cells(last)))]
    known = set(sources)
    named = {key: source for key, source in zip(line.ids(last), sources, strict=True) if key}
    for one in line.versions:
        if len(line.parents[one.id]) != 1:
            continue
        (parent,) = line.parents[one.id]
        ids = line.ids(parent)
        for index in (i for s in line.steps(parent, one.id) if not s.after for i in s.before):
            source = line.source(parent, index).strip()
            # Some tools give the IDs of deleted cells to others.
            is_here = source in known or _shares_words(source, named.get(ids[index], ""))
            if source and not is_here:
                known.add(source)
                yield one.id, parent, index


def _shares_words(one: str, other: str) -> bool:
    return not {*re.findall(r"\w+", one)}.isdisjoint(re.findall(r"\w+", other))
