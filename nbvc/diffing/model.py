"""What a diff says: one entry for every cell, and the rest of the notebook."""

from __future__ import annotations

import enum

import msgspec

from nbvc.diffing.policy import DiffPolicy
from nbvc.errors import PatchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from nbvc.notebook import Cell, Notebook

    Op = dict[str, Any]
    Parts = dict[str, Any]

FORMAT = "nbvc-diff"
VERSION = 1


class Change(enum.Enum):
    """What happened to a cell."""

    UNCHANGED = "unchanged"
    MODIFIED = "modified"
    ADDED = "added"
    REMOVED = "removed"
    SPLIT = "split"
    JOINED = "joined"


class CellDiff(msgspec.Struct, gc=False, eq=False):
    """What became of one cell, of the two that were joined, or of one that was split.

    `before` and `after` are indices of cells. `parts` is a dictionary of what differs, under the
    names that the JSON format has; it is worked out when first asked for. It lists every
    difference: an unchanged cell may have parts, which are then noise.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool = False
    _change: Change | None = None
    _parts: Parts | None = None
    _cells: tuple[Sequence[Cell], Sequence[Cell]] | None = None
    _policy: DiffPolicy | None = None
    _found: Parts | None = None

    @property
    def change(self) -> Change:
        """What happened; whether a pair differs in a way that counts is found when asked for."""
        change = self._change
        if change is None:
            change = self._change = self._find_change()
        return change

    def _find_change(self) -> Change:
        shape = _SHAPES.get((len(self.before), len(self.after)))
        if shape is not None:
            return shape
        if len(self.before) != len(self.after):
            return Change.SPLIT if len(self.after) > 1 else Change.JOINED
        olds, news = self._cells or ((), ())
        old, new = olds[self.before[0]], news[self.after[0]]
        if old.fields == new.fields and type(old) is type(new):
            return Change.UNCHANGED
        from nbvc.diffing.parts import differs

        changed = differs(old, new, self._known_policy)
        return Change.MODIFIED if changed else Change.UNCHANGED

    @property
    def parts(self) -> Parts:
        """What differs, by name; see docs/FORMAT.md."""
        parts = self._parts
        if parts is None:
            from nbvc.diffing.parts import parts_of

            parts = self._parts = parts_of(self.change, *self._linked(), self._known_policy)
        return parts

    def part(self, name: str) -> Any:
        """Return one of the parts, None where it is the same; no other is looked for."""
        if self._parts is not None:
            return self._parts.get(name)
        found = self._found
        if found is None:
            found = self._found = {}
        if name not in found:
            from nbvc.diffing.parts import part_of

            found[name] = part_of(name, self.change, *self._linked(), self._known_policy)
        return found[name]

    @property
    def noisy(self) -> bool:
        """Whether a cell that is unchanged differs nevertheless, in what doesn't count."""
        if self.change is not Change.UNCHANGED:
            return False
        if self._parts is not None:
            return bool(self._parts)
        from nbvc.diffing.parts import alike

        olds, news = self._linked()
        return not alike(olds[0], news[0])

    def _linked(self) -> tuple[list[Cell], list[Cell]]:
        cells = self._cells or ((), ())
        return [cells[0][index] for index in self.before], [cells[1][index] for index in self.after]

    @property
    def _known_policy(self) -> DiffPolicy:
        return self._policy or DiffPolicy()

    @property
    def source(self) -> list[Op] | None:
        """Line operations on the source, or None where it is the same."""
        found: list[Op] | None = self.part("source")
        return found

    @property
    def lines(self) -> list[Op] | None:
        """Line operations on the source as people see them; the format's are in `source`."""
        found: list[Op] | None = self.part("lines") if self._cells else self.source
        return found

    @property
    def cuts(self) -> list[int]:
        """Where in the joined source every cell of a split but the first begins (characters)."""
        return self.part("cuts") or []

    @property
    def outputs(self) -> list[Op] | None:
        """One entry for every output, or None where they are the same."""
        found: list[Op] | None = self.part("outputs")
        return found

    @property
    def metadata(self) -> list[Op]:
        """Path operations on the metadata."""
        return self.part("metadata") or []

    @property
    def shown_metadata(self) -> list[Op]:
        """Path operations on the metadata that count."""
        if not self.metadata or not self._cells:
            return self.metadata
        from nbvc.diffing.parts import shown_cell_metadata

        olds, news = self._linked()
        return shown_cell_metadata(olds[0], news[0], self._known_policy)

    @property
    def attachments(self) -> list[Op]:
        """Path operations on the attachments."""
        return self.part("attachments") or []

    @property
    def cell_type(self) -> Op | None:
        """`{"before": …, "after": …}` where the type changed."""
        found: Op | None = self.part("cell_type")
        return found

    @property
    def id(self) -> Op | None:
        """`{"before": …, "after": …}` where the id changed."""
        found: Op | None = self.part("id")
        return found

    @property
    def execution_count(self) -> Op | None:
        """`{"before": …, "after": …}` where the count changed."""
        found: Op | None = self.part("execution_count")
        return found

    @property
    def other(self) -> list[Op]:
        """Path operations on members that the notebook format doesn't know.

        Those that come and go with the type of a cell are no change of their own.
        """
        ops: list[Op] = self.part("other") or []
        if self.cell_type is None:
            return ops
        return [op for op in ops if op["path"][0] not in _OF_TYPE]

    def to_dict(self) -> dict[str, Any]:
        """Return the entry in the JSON format."""
        return {
            "change": self.change.value,
            "before": [*self.before],
            "after": [*self.after],
            "moved": self.moved,
            **self.parts,
        }

    @classmethod
    def from_dict(cls, entry: dict[str, Any]) -> CellDiff:
        """Read an entry of the JSON format; raises `PatchError` where it is none."""
        try:
            parts = {k: v for k, v in entry.items() if k not in _HEAD}
            indices = tuple(entry["before"]), tuple(entry["after"])
            change = Change(entry["change"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise PatchError(f"a cell of the diff can't be read: {error!r}") from None
        return cls(*indices, bool(entry.get("moved")), change, parts)

    def __repr__(self) -> str:
        """Return what happened to which cells."""
        moved = " moved" if self.moved else ""
        return f"<CellDiff {self.change.value} {self.before} → {self.after}{moved}>"


_SHAPES = {(0, 1): Change.ADDED, (1, 0): Change.REMOVED}

_OF_TYPE = ("outputs", "execution_count")
"""What code cells have, and others do not."""

_HEAD = ("change", "before", "after", "moved")


class NotebookDiff:
    """The difference between two notebooks.

    It is always complete (`patch` makes the one from the other); the policy decides only what
    counts as a change. A diff that was read from JSON has no `before` and `after`.
    """

    __slots__ = ("_metadata", "_notebook", "after", "before", "cells", "policy", "sides")

    def __init__(
        self,
        cells: Sequence[CellDiff],
        policy: DiffPolicy,
        *,
        notebooks: tuple[Notebook, Notebook] | None = None,
        metadata: list[Op] | None = None,
        notebook: list[Op] | None = None,
        sides: tuple[Op, Op] | None = None,
    ) -> None:
        """Make a diff from notebooks, or from parts that were read."""
        self.cells = tuple(cells)
        self.policy = policy
        self.before: Notebook | None = notebooks[0] if notebooks else None
        self.after: Notebook | None = notebooks[1] if notebooks else None
        self._metadata = metadata
        self._notebook = notebook
        self.sides = sides or (_side(self.before), _side(self.after))

    @property
    def metadata(self) -> list[Op]:
        """Path operations on the notebook's metadata."""
        found = self._metadata
        if found is None:
            from nbvc.diffing.parts import metadata_ops

            found = self._metadata = metadata_ops(*self._both())
        return found

    @property
    def notebook(self) -> list[Op]:
        """Path operations on the format's version and on top-level members it doesn't know."""
        found = self._notebook
        if found is None:
            from nbvc.diffing.parts import notebook_ops

            found = self._notebook = notebook_ops(*self._both())
        return found

    @property
    def changed(self) -> bool:
        """Whether anything changed that counts."""
        return self.cells_changed or self.rest_changed

    @property
    def cells_changed(self) -> bool:
        """Whether a cell changed or moved."""
        return any(cell.moved or cell.change is not Change.UNCHANGED for cell in self.cells)

    @property
    def rest_changed(self) -> bool:
        """Whether the notebook's metadata, format or other members changed."""
        return bool(self.shown_metadata or self.shown_notebook)

    @property
    def shown_metadata(self) -> list[Op]:
        """The operations on the notebook's metadata that count; the language is under `language`."""
        from nbvc.diffing.parts import shown_metadata

        if not self.metadata or self.before is None or self.after is None:
            return self.metadata
        return shown_metadata(self.before, self.after, self.policy)

    @property
    def shown_notebook(self) -> list[Op]:
        """The operations on the notebook's other members that count."""
        from nbvc.diffing.parts import shown_members

        if not self.notebook or self.before is None or self.after is None:
            return self.notebook
        return shown_members(self.before, self.after, self.policy)

    def _both(self) -> tuple[Notebook, Notebook]:
        if self.before is None or self.after is None:
            raise PatchError("this diff was read without its notebooks")
        return self.before, self.after

    def to_dict(self) -> dict[str, Any]:
        """Return the diff in nbvc's JSON format (docs/FORMAT.md)."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "before": self.sides[0],
            "after": self.sides[1],
            "notebook": self.notebook,
            "metadata": self.metadata,
            "cells": [cell.to_dict() for cell in self.cells],
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any], policy: DiffPolicy | None = None) -> NotebookDiff:
        """Read a diff in nbvc's JSON format; raises `PatchError` where it is none."""
        if type(value) is not dict or value.get("format") != FORMAT:
            raise PatchError(
                "this is no diff of nbvc", hint="make one with `nbvc diff --format json`"
            )
        if value.get("version") != VERSION:
            raise PatchError(
                f"the diff has version {value.get('version')}, this nbvc reads {VERSION}",
                hint="use the nbvc that made it, or a newer one",
            )
        missing = [key for key in ("before", "after", "cells", "metadata") if key not in value]
        if missing or type(value["cells"]) is not list:
            raise PatchError(f"the diff lacks {missing[0] if missing else 'a list of cells'}")
        return cls(
            [CellDiff.from_dict(cell) for cell in value["cells"]],
            policy or DiffPolicy(),
            metadata=value["metadata"],
            notebook=value.get("notebook", []),
            sides=(value["before"], value["after"]),
        )

    def to_nbdime(self) -> list[dict[str, Any]]:
        """Return the diff in nbdime's format: what `nbdime.patch` applies."""
        from nbvc.diffing.nbdime import to_nbdime

        return [*to_nbdime(*self._both(), self.cells)]

    @classmethod
    def from_nbdime(
        cls, before: Notebook, ops: Sequence[Any], policy: DiffPolicy | None = None
    ) -> NotebookDiff:
        """Read a diff in nbdime's format, which was made from `before`.

        Raises `PatchError` if it can't be applied to that.
        """
        from nbvc.diffing import diff
        from nbvc.diffing.nbdime import applied
        from nbvc.notebook import Notebook

        after = Notebook.from_dict(applied(before.to_dict(), ops))
        return diff(before, after, policy or DiffPolicy())

    def __repr__(self) -> str:
        """Return how many cells there are of each kind."""
        from collections import Counter

        counts = Counter(cell.change.value for cell in self.cells)
        return f"<NotebookDiff {dict(counts)}>"


def _side(notebook: Notebook | None) -> Op:
    if notebook is None:
        return {}
    major, minor = notebook.file_format
    return {
        "name": notebook.name or None,
        "nbformat": major,
        "nbformat_minor": minor,
        "cells": len(notebook.cells),
    }
