"""What a version changed in cells.

A merge changed what differs from all of its sides: the rest came from one of them.
"""

from __future__ import annotations

import enum

import msgspec

from nbvc.versions.links import NOISE, OUTPUTS, REST, SOURCE, Step
from nbvc.versions.model import VersionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbvc.versions.model import Version
    from nbvc.versions.reading import Versions
    from nbvc.versions.records import Snapshot


class What(enum.Enum):
    """What happened to a cell, in the order in which it is shown."""

    ADDED = "added"
    REMOVED = "removed"
    EDITED = "edited"
    SPLIT = "split"
    JOINED = "joined"
    MOVED = "moved"
    OUTPUTS = "outputs"
    METADATA = "metadata"
    NOISE = "noise"


class CellChange(msgspec.Struct, frozen=True):
    """What happened to one cell, or to those that were split or joined.

    `before` and `after` are indices. `moved` and `outputs` may come with any change; `text` is the
    source's first line that says something.
    """

    what: What
    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool
    outputs: bool
    text: str

    def to_dict(self) -> dict[str, object]:
        """Return what `nbvc log --format json` prints."""
        return {
            "change": self.what.value,
            "before": list(self.before),
            "after": list(self.after),
            "moved": self.moved,
            "outputs": self.outputs,
            "text": self.text,
        }


class Changes(msgspec.Struct, frozen=True):
    """What a version changed.

    `metadata` returns whether the notebook's own did, `noise` whether nothing changed but noise.
    `renamed` is the path before, where it was another; `problem` is why nothing can be shown.
    """

    cells: tuple[CellChange, ...] = ()
    metadata: bool = False
    noise: bool = False
    first: bool = False
    deleted: bool = False
    merged: bool = False
    renamed: str | None = None
    problem: str = ""

    @property
    def is_rerun(self) -> bool:
        """Whether a version changed nothing but outputs and noise."""
        special = (self.first, self.deleted, self.merged, self.metadata, self.renamed, self.problem)
        quiet = (What.OUTPUTS, What.NOISE)
        return not any(special) and all(
            cell.what in quiet and not cell.moved for cell in self.cells
        )

    def to_dict(self) -> dict[str, object]:
        """Return what `nbvc log --format json` prints."""
        return {
            "cells": [cell.to_dict() for cell in self.cells],
            "metadata": self.metadata,
            "noise_only": self.noise,
            "first": self.first,
            "deleted": self.deleted,
            "merge": self.merged,
            "renamed_from": self.renamed,
            "problem": self.problem or None,
        }


def find_changes(history: Versions, version: Version, before: Version | None) -> Changes:
    """Return what a version changed; see `History.changes`."""
    blob = blob_of(history, version)
    if blob is None:
        return Changes(deleted=True)
    after = history.snapshot(blob)
    if after.problem:
        return Changes(problem=after.problem)
    sides, renamed, merged = _find_before(history, version, before)
    if not sides:
        return Changes(tuple(_list_added(history, after)), first=True, renamed=renamed)
    found = _compare_contents(history, sides, blob)
    metadata = all(history.snapshot(old).metadata != after.metadata for old in sides)
    loud = metadata or any(cell.what is not What.NOISE for cell in found)
    noise = not loud and not merged and blob not in sides
    return Changes(tuple(found), metadata, noise, merged=merged, renamed=renamed)


def blob_of(history: Versions, version: Version) -> str | None:
    """Return a version's content as a blob, also where a checkpoint does not say it."""
    if version.blob or version.kind is not VersionType.CHECKPOINT:
        return version.blob
    found = history.objects.get(f"{version.commit}:{version.name}")
    return found.oid if found else None


def _find_before(
    history: Versions, version: Version, before: Version | None
) -> tuple[list[str], str | None, bool]:
    """Return the contents that a version came from, its name before, and whether it is a merge."""
    if before is not None:
        old = _find_readable(history, before)
        return [old] if old else [], _find_old_name([before.name], version.name), False
    if version.kind is VersionType.CHECKPOINT:
        listed = history.versions()
        places = [at for at, one in enumerate(listed) if one.id == version.id]
        older = listed[places[0] + 1 :] if places else ()
        for one in older:
            old = _find_readable(history, one)
            if old is not None:
                return [old], _find_old_name([one.name], version.name), False
        return [], None, False
    node = history.nodes.get(f"{version.commit}:{version.name}")
    parents = history.sources(node) if node else []
    olds = [parent.blob for parent in parents if parent.blob]
    names = [parent.name for parent in parents]
    return olds, _find_old_name(names, version.name), node is not None and len(node.parents) > 1


def _find_readable(history: Versions, version: Version) -> str | None:
    blob = blob_of(history, version)
    return blob if blob and not history.snapshot(blob).problem else None


def _find_old_name(names: list[str], name: str) -> str | None:
    return names[0] if names and name not in names else None


def _list_added(history: Versions, after: Snapshot) -> Iterator[CellChange]:
    for index in range(len(after.cells)):
        yield _describe_change(history, Step((), (index,)), after, after)


def _compare_contents(history: Versions, olds: list[str], blob: str) -> list[CellChange]:
    """Return the changes that a content has against all of several others."""
    after = history.snapshot(blob)
    first, *others = (list(loud_steps(history.steps(old, blob))) for old in olds)
    for steps in others:
        touched = {index for step in steps for index in step.after}
        first = [step for step in first if touched.intersection(step.after)]
    before = history.snapshot(olds[0])
    return [_describe_change(history, step, before, after) for step in first]


def loud_steps(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the steps that change something, were it noise."""
    for step in steps:
        if step.moved or step.differs or not step.is_pair:
            yield step


def _describe_change(
    history: Versions, step: Step, before: Snapshot, after: Snapshot
) -> CellChange:
    records = history.records.records
    number = after.cells[step.after[0]] if step.after else before.cells[step.before[0]]
    outputs = bool(step.differs & OUTPUTS)
    text = first_line(records[number].source)
    return CellChange(what_of(step), step.before, step.after, step.moved, outputs, text)


def what_of(step: Step) -> What:
    """Return the one word for a step."""
    if not step.before or not step.after:
        return What.REMOVED if step.before else What.ADDED
    if not step.is_pair:
        return What.SPLIT if len(step.after) > 1 else What.JOINED
    if step.differs & SOURCE:
        return What.EDITED
    if step.moved:
        return What.MOVED
    if step.differs & OUTPUTS:
        return What.OUTPUTS
    return (
        What.METADATA if step.differs & REST else What.NOISE if step.differs & NOISE else What.MOVED
    )


def first_line(source: str) -> str:
    """Return the first line that is not blank."""
    return next((line.strip() for line in source.split("\n") if line.strip()), "")
