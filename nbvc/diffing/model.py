"""What a diff says: one entry for every cell, and the rest of the notebook."""

from __future__ import annotations

import msgspec

from nbvc.diffing.policy import DiffPolicy
from nbvc.diffing.values import CellHead, CellParts, Change, NotebookSide, PathOp, to_builtins
from nbvc.errors import PatchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeVar

    from nbvc.diffing.nbdime import NbdimeOp
    from nbvc.diffing.parts import LinkedParts
    from nbvc.notebook import Cell, Notebook

    T = TypeVar("T")

FORMAT = "nbvc-diff"
VERSION = 1


class CellDiff(msgspec.Struct, gc=False, eq=False):
    """What became of one cell, of the two that were joined, or of one that was split.

    `before` and `after` are indices of cells.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool = False
    _change: Change | None = None
    _parts: CellParts | LinkedParts | None = None
    _cells: tuple[Sequence[Cell], Sequence[Cell]] = ((), ())
    _policy: DiffPolicy = DiffPolicy()

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
        (old,), (new,) = self.get_cells()
        if old.fields == new.fields and type(old) is type(new):
            self._parts = _NO_PARTS
            return Change.UNCHANGED
        from nbvc.diffing.parts import is_different

        return Change.MODIFIED if is_different(old, new, self._policy) else Change.UNCHANGED

    @property
    def parts(self) -> CellParts | LinkedParts:
        """Every difference: an unchanged cell may have parts, which are then noise.

        Those of a diff that has its notebooks are found when they are asked for.
        """
        change = self.change
        parts = self._parts
        if parts is None:
            from nbvc.diffing.parts import LinkedParts

            parts = self._parts = LinkedParts(change, *self.get_cells(), self._policy)
        return parts

    @property
    def noisy(self) -> bool:
        """Whether a cell that is unchanged differs nevertheless, in what doesn't count."""
        if self.change is not Change.UNCHANGED:
            return False
        if isinstance(self._parts, CellParts):
            return self._parts != CellParts()
        from nbvc.diffing.parts import are_alike

        olds, news = self.get_cells()
        return not are_alike(olds[0], news[0])

    @property
    def lost(self) -> list[str]:
        """The tags and attachments that a split or join lost, such as `tag hide`."""
        if self.change not in (Change.SPLIT, Change.JOINED) or not self._cells[0]:
            return []
        from nbvc.diffing.lost import name_lost

        return name_lost(*self.get_cells(), self._policy)

    @property
    def is_loud(self) -> bool:
        """Whether the cell moved, or changed in a way that counts."""
        return self.moved or self.change is not Change.UNCHANGED

    def get_cells(self) -> tuple[list[Cell], list[Cell]]:
        """Return the cells on both sides. A diff that was read from JSON has none."""
        olds, news = self._cells
        return [olds[index] for index in self.before], [news[index] for index in self.after]

    @property
    def loud_metadata(self) -> tuple[PathOp, ...]:
        """The operations on the metadata that count."""
        olds, news = self._cells
        if not self.parts.metadata or not olds or not news:
            return self.parts.metadata
        from nbvc.diffing.parts import find_loud_cell_metadata

        return find_loud_cell_metadata(olds[self.before[0]], news[self.after[0]], self._policy)

    @property
    def other(self) -> tuple[PathOp, ...]:
        """Operations on members that the notebook format doesn't know.

        Those that come and go with the type of a cell are not a change of their own.
        """
        ops = self.parts.other
        if not ops or self.parts.cell_type is None:
            return ops
        return tuple(op for op in ops if op.path[0] not in _OF_TYPE)

    def to_dict(self) -> dict[str, Any]:
        """Return the entry in the JSON format."""
        entry = {
            "change": self.change.value,
            "before": [*self.before],
            "after": [*self.after],
            "moved": self.moved,
        }
        parts = self.parts.complete()
        return entry if parts is _NO_PARTS else {**entry, **to_builtins(parts)}

    @classmethod
    def from_dict(cls, entry: dict[str, Any]) -> CellDiff:
        """Read an entry of the JSON format. Raises `PatchError` if it is not one."""
        head, parts = _convert(entry, CellHead), _convert(entry, CellParts)
        return cls(head.before, head.after, head.moved, head.change, parts)

    def __repr__(self) -> str:
        """Return what happened to which cells."""
        moved = " moved" if self.moved else ""
        return f"<CellDiff {self.change.value} {self.before} → {self.after}{moved}>"


_NO_PARTS = CellParts()
_SHAPES = {(0, 1): Change.ADDED, (1, 0): Change.REMOVED}

_OF_TYPE = ("outputs", "execution_count")
"""What code cells have, and others do not."""


def _convert(value: object, kind: type[T]) -> T:
    """Read a value of the JSON format. Raises `PatchError` if it is not one."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise PatchError(f"a part of the diff can't be read: {error}") from None


class NotebookDiff:
    """The difference between two notebooks.

    It is always complete (`patch` makes the one from the other); the policy decides only what
    counts as a change. A diff that was read from JSON has no `before` and `after`.
    """

    __slots__ = (
        "_by_place", "_cells", "_metadata", "_notebook", "after", "before", "policy", "sides",
    )  # fmt: skip

    def __init__(
        self,
        cells: Sequence[CellDiff] | None,
        policy: DiffPolicy,
        *,
        notebooks: tuple[Notebook, Notebook] | None = None,
        metadata: tuple[PathOp, ...] | None = None,
        notebook: tuple[PathOp, ...] | None = None,
        sides: tuple[NotebookSide, NotebookSide] | None = None,
    ) -> None:
        """Make a diff from notebooks, or from parts that were read.

        Without `cells`, those of the notebooks are paired when they are asked for.
        """
        self._cells = None if cells is None else tuple(cells)
        self._by_place: dict[int, CellDiff] = {}
        self.policy = policy
        self.before: Notebook | None = notebooks[0] if notebooks else None
        self.after: Notebook | None = notebooks[1] if notebooks else None
        self._metadata = metadata
        self._notebook = notebook
        self.sides = sides or (_describe(self.before), _describe(self.after))

    @property
    def cells(self) -> tuple[CellDiff, ...]:
        """Every cell of both sides, in reading order of the result; `align` says which became which."""
        cells = self._cells
        if cells is None:
            from nbvc.diffing.pairing import align

            links = align(*(side.cells for side in self._get_sides()))
            cells = self._cells = tuple(
                self._make_entry(link.before, link.after, moved=link.moved) for link in links
            )
        return cells

    def _make_entry(
        self, before: tuple[int, ...], after: tuple[int, ...], *, moved: bool = False
    ) -> CellDiff:
        if before == after and not moved and before[0] in self._by_place:
            return self._by_place[before[0]]
        old, new = self._get_sides()
        return CellDiff(before, after, moved, None, None, (old.cells, new.cells), self.policy)

    @property
    def metadata(self) -> tuple[PathOp, ...]:
        """Operations on the notebook's metadata."""
        found = self._metadata
        if found is None:
            from nbvc.diffing.parts import compare_metadata

            found = self._metadata = compare_metadata(*self._get_sides())
        return found

    @property
    def notebook(self) -> tuple[PathOp, ...]:
        """Operations on the format's version and on top-level members it doesn't know."""
        found = self._notebook
        if found is None:
            from nbvc.diffing.parts import compare_top

            found = self._notebook = compare_top(*self._get_sides())
        return found

    @property
    def changed(self) -> bool:
        """Whether anything changed that counts."""
        return self.cells_changed or any(self.loud_rest)

    @property
    def cells_changed(self) -> bool:
        """Whether a cell changed or moved."""
        if self._cells is None and self._differs_by_place():
            return True
        return any(cell.is_loud for cell in self.cells)

    def _differs_by_place(self) -> bool:
        """Return whether cells at the same place differ: then something changed, however they pair."""
        before, after = (side.cells for side in self._get_sides())
        if len(before) != len(after):
            return True
        for at in range(len(before)):
            entry = self._by_place[at] = self._make_entry((at,), (at,))
            if entry.is_loud:
                return True
        return False

    @property
    def loud_rest(self) -> tuple[tuple[PathOp, ...], tuple[PathOp, ...]]:
        """The operations that count: on the notebook's metadata, and on its other members."""
        if self.before is None or self.after is None:
            return self.metadata, self.notebook
        from nbvc.diffing.parts import find_loud_members, find_loud_metadata

        both = self.before, self.after, self.policy
        metadata = find_loud_metadata(*both) if self.metadata else ()
        return metadata, find_loud_members(*both) if self.notebook else ()

    def _get_sides(self) -> tuple[Notebook, Notebook]:
        if self.before is None or self.after is None:
            raise PatchError("this diff was read without its notebooks")
        return self.before, self.after

    def to_dict(self) -> dict[str, Any]:
        """Return the diff in nbvc's JSON format (docs/FORMAT.md)."""
        rest = {"notebook": self.notebook, "metadata": self.metadata}
        return {
            "format": FORMAT,
            "version": VERSION,
            "before": to_builtins(self.sides[0]),
            "after": to_builtins(self.sides[1]),
            **{name: to_builtins(ops) for name, ops in rest.items()},
            "cells": [cell.to_dict() for cell in self.cells],
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any], policy: DiffPolicy | None = None) -> NotebookDiff:
        """Read a diff in nbvc's JSON format; raises `PatchError` where it is none."""
        if type(value) is not dict or value.get("format") != FORMAT:
            raise PatchError("not an nbvc diff", hint="make one with `nbvc diff --format json`")
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
            metadata=_convert(value["metadata"], tuple[PathOp, ...]),
            notebook=_convert(value.get("notebook", ()), tuple[PathOp, ...]),
            sides=(_convert(value["before"], NotebookSide), _convert(value["after"], NotebookSide)),
        )

    def to_nbdime(self) -> list[NbdimeOp]:
        """Return the diff in nbdime's format: what `nbdime.patch` applies."""
        from nbvc.diffing.nbdime import to_nbdime

        pairs = [(one.before[0], one.after[0]) for one in self.cells if one.before and one.after]
        return to_nbdime(*self._get_sides(), pairs)

    @classmethod
    def from_nbdime(
        cls, before: Notebook, ops: Sequence[Any], policy: DiffPolicy | None = None
    ) -> NotebookDiff:
        """Read a diff in nbdime's format, which was made from `before`.

        Raises `PatchError` if it can't be applied to that.
        """
        from nbvc.diffing import diff
        from nbvc.diffing.nbdime import apply_ops
        from nbvc.notebook import Notebook

        after = Notebook.from_dict(apply_ops(before.to_dict(), ops))
        return diff(before, after, policy or DiffPolicy())

    def __repr__(self) -> str:
        """Return how many cells there are of each kind."""
        from collections import Counter

        counts = Counter(cell.change.value for cell in self.cells)
        return f"<NotebookDiff {dict(counts)}>"


def _describe(notebook: Notebook | None) -> NotebookSide:
    if notebook is None:
        return NotebookSide()
    return NotebookSide(notebook.name or None, *notebook.file_format, len(notebook.cells))
