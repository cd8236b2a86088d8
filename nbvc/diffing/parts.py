"""Inside a pair: what differs, and whether that counts."""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict, replace

from nbvc.diffing.jsonops import compare, line_ops, seen_ops
from nbvc.diffing.outputs import diff_outputs, same_outputs, same_raw_outputs
from nbvc.diffing.policy import DiffPolicy, Part
from nbvc.diffing.values import CellParts, Change, ScalarChange, pack
from nbvc.normalising.metadata import find_noisy
from nbvc.normalising.noise import Level, read_language
from nbvc.notebook.cell import Cell
from nbvc.notebook.jsontext import are_identical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from nbvc.diffing.values import LineOp, OutputDiff, PathOp
    from nbvc.notebook import Notebook

    T = TypeVar("T")


def is_different(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    """Return whether two paired cells differ in a way that counts; the first difference is enough."""
    old, new = before.fields, after.fields
    if type(before) is not type(after):
        suspects = _KNOWN
    elif old == new:
        return False
    else:
        suspects = tuple([key for key in _KNOWN if old.get(key) != new.get(key)])
    if not suspects or not old.keys() == new.keys() <= _KNOWN_SET:
        suspects += ("other",)
    return any(_part_differs(key, before, after, policy) for key in suspects)


def differ_in(keys: Sequence[str], before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    """Return whether one of these members differs between two paired cells in a way that counts."""
    old, new = before.fields, after.fields
    alike = type(before) is type(after)
    return any(
        _part_differs(key, before, after, policy)
        for key in keys
        if not alike or old.get(key) != new.get(key)
    )


def _part_differs(key: str, before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    if key == "source" and policy.ignores_blanks and policy.counts(Part.SOURCES):
        from nbvc.diffing.blanks import are_same_without_blanks

        return not are_same_without_blanks(before.source, after.source, policy)
    if key in _PLAIN:
        return policy.counts(_PLAIN[key]) and getattr(before, key) != getattr(after, key)
    if key == "metadata":
        return bool(find_loud_cell_metadata(before, after, policy))
    if key == "other":
        return policy.counts(Part.METADATA) and bool(compare(before.extra, after.extra))
    if policy.counts(Part.OUTPUTS) and not _same_outputs(before, after, policy):
        return True
    return policy.counts(Part.DETAILS) and bool(compare(before.outputs, after.outputs))


def _same_outputs(before: Cell, after: Cell, policy: DiffPolicy) -> bool:
    old, new = before.fields.get("outputs"), after.fields.get("outputs")
    if type(before) is type(after) is Cell and old is not None and new is not None:
        return same_raw_outputs(old, new, policy)
    return same_outputs(before.outputs, after.outputs, policy)


_PLAIN = {
    "source": Part.SOURCES,
    "cell_type": Part.SOURCES,
    "attachments": Part.ATTACHMENTS,
    "id": Part.ID,
    "execution_count": Part.DETAILS,
}
_KNOWN: tuple[str, ...] = (*_PLAIN, "metadata", "outputs")
_KNOWN_SET = frozenset(_KNOWN)


def _is_written_alike(key: str, before: Cell, after: Cell) -> bool:
    """Return whether a member is the same to the last character, so that it need not be decoded."""
    return type(before) is type(after) and before.fields.get(key) == after.fields.get(key)


def _scalar_comparer(key: str) -> Callable[[Cell, Cell, DiffPolicy], ScalarChange | None]:
    def compare_scalars(before: Cell, after: Cell, _: DiffPolicy) -> ScalarChange | None:
        if _is_written_alike(key, before, after):
            return None
        same = (key in before.fields) == (key in after.fields)
        if same and are_identical(before.value(key), after.value(key)):
            return None
        return ScalarChange(*_pack_member(before, key), *_pack_member(after, key))

    return compare_scalars


def _pack_member(cell: Cell, key: str) -> tuple[object, str | UnsetType]:
    return pack(cell.value(key)) if key in cell.fields else (UNSET, UNSET)


def _compare_outputs(before: Cell, after: Cell, policy: DiffPolicy) -> tuple[OutputDiff, ...]:
    """Compare outputs; those of a cell that became text were removed, though it has no list of them."""
    if _is_written_alike("outputs", before, after) or not all(
        "outputs" not in cell.fields or _as_known(cell, "outputs") for cell in (before, after)
    ):
        return ()
    found = diff_outputs(before.outputs, after.outputs, policy)
    return found if any(one.change is not Change.UNCHANGED or one.ops for one in found) else ()


def _make_known_comparer(key: str) -> Callable[[Cell, Cell, DiffPolicy], tuple[PathOp, ...]]:
    def compare_known(before: Cell, after: Cell, _: DiffPolicy) -> tuple[PathOp, ...]:
        if _is_written_alike(key, before, after) or not _both_known(before, after, key):
            return ()
        return compare(getattr(before, key), getattr(after, key))

    return compare_known


def _compare_other(before: Cell, after: Cell, _: DiffPolicy) -> tuple[PathOp, ...]:
    """Compare unknown members, and known ones that a cell lacks or has in an unknown form."""
    odd = [key for key in _KINDS if not _both_known(before, after, key)]
    return compare(_odd_members(before, odd), _odd_members(after, odd))


_KINDS = {"source": b'"[', "outputs": b"[", "metadata": b"{", "attachments": b"{"}


def _both_known(before: Cell, after: Cell, key: str) -> bool:
    """Return whether both cells have a member, and in a form that the notebook format knows."""
    return _as_known(before, key) and _as_known(after, key)


def _as_known(cell: Cell, key: str) -> bool:
    raw = cell.fields.get(key)
    # What it begins with tells enough, and decodes nothing.
    return raw is not None and bytes(memoryview(raw)[:1]) in _KINDS[key]


def _odd_members(cell: Cell, odd: Sequence[str]) -> dict[str, Any]:
    """Return unknown members, and known ones that a cell lacks or has in an unknown form."""
    return cell.to_dict([key for key in cell.fields if key in odd or key not in _KNOWN_SET])


def _find_lazily(find: Callable[[Cell, Cell, DiffPolicy], T], default: Any) -> cached_property[T]:
    """Return an attribute that is found when it is first asked for."""

    def find_part(parts: LinkedParts) -> T:
        pair = parts._pair  # noqa: SLF001 - this is one of its attributes
        found: T = find(*pair, parts._policy) if pair else default  # noqa: SLF001
        return found

    return cached_property(find_part)


class LinkedParts:
    """What differs between linked cells; each part is found when first asked for.

    The parts have the names and types that they have in `CellParts`.
    """

    def __init__(
        self, change: Change, olds: Sequence[Cell], news: Sequence[Cell], policy: DiffPolicy
    ) -> None:
        """Take the cells of one entry on both sides."""
        self._change = change
        self._olds = olds
        self._news = news
        self._policy = policy
        pair = (olds[0], news[0]) if olds and news else None
        alone = len(olds) == len(news) == 1
        self._differ = pair is not None and not (alone and _same_text(*pair))
        # A joined cell is compared with the first one before.
        self._pair = pair if self._differ and change is not Change.SPLIT else None

    @cached_property
    def _texts(self) -> tuple[str, str] | None:
        if not self._differ:
            return None
        old, new = ("\n".join([c.source for c in cells]) for cells in (self._olds, self._news))
        return (old, new) if old != new else None

    @cached_property
    def source(self) -> tuple[LineOp, ...]:
        """Line operations on the source."""
        return line_ops(*self._texts) if self._texts else ()

    @cached_property
    def lines(self) -> tuple[LineOp, ...]:
        """Line operations on the source as people see them; the format's are in `source`."""
        if not self._texts:
            return ()
        if self._policy.ignores_blanks:
            from nbvc.diffing.blanks import seen_ops_without_blanks

            return seen_ops_without_blanks(*self._texts, self._policy)
        return seen_ops(*self._texts)

    @cached_property
    def cuts(self) -> tuple[int, ...]:
        """Where in the text after each cell of a split but the first begins (characters)."""
        if self._change is not Change.SPLIT:
            return ()
        return tuple(accumulate(len(cell.source) + 1 for cell in self._news[:-1]))

    cell_type = _find_lazily(_scalar_comparer("cell_type"), None)
    id = _find_lazily(_scalar_comparer("id"), None)
    execution_count = _find_lazily(_scalar_comparer("execution_count"), None)
    outputs = _find_lazily(_compare_outputs, ())
    metadata = _find_lazily(_make_known_comparer("metadata"), ())
    attachments = _find_lazily(_make_known_comparer("attachments"), ())
    other = _find_lazily(_compare_other, ())

    def complete(self) -> CellParts:
        """Return all parts."""
        olds, news = self._olds, self._news
        if not self._differ:
            whole = (*olds, *news)[0] if not (olds and news) else None
            return CellParts(*pack(whole.to_dict())) if whole else CellParts()
        if self._change is Change.UNCHANGED and are_alike(olds[0], news[0]):
            return CellParts()
        if self._change is not Change.SPLIT:
            return self._collect(self.source)
        beside = (LinkedParts(Change.MODIFIED, olds, [new], self._policy) for new in news)
        pieces = tuple(piece._collect(()) for piece in beside)  # noqa: SLF001 - this class
        return CellParts(source=self.source, cuts=self.cuts, pieces=pieces)

    def _collect(self, source: tuple[LineOp, ...]) -> CellParts:
        return CellParts(
            source=source,
            cell_type=self.cell_type,
            id=self.id,
            execution_count=self.execution_count,
            outputs=self.outputs,
            metadata=self.metadata,
            attachments=self.attachments,
            other=self.other,
        )


def _same_text(before: Cell, after: Cell) -> bool:
    """Return whether two cells are written alike to the last character, so that nothing is decoded."""
    return type(before) is type(after) is Cell and before.fields == after.fields


def are_alike(before: Cell, after: Cell) -> bool:
    """Return whether two cells have the same content in every part, noise and all."""
    if before.fields.keys() != after.fields.keys():
        return False
    if type(before) is type(after) is Cell:
        suspects = [key for key, raw in before.fields.items() if raw != after.fields[key]]
    else:
        suspects = [*before.fields]
    return not suspects or are_identical(before.to_dict(suspects), after.to_dict(suspects))


def compare_metadata(before: Notebook, after: Notebook) -> tuple[PathOp, ...]:
    """Compare the notebooks' metadata."""
    if before.fields.get("metadata") == after.fields.get("metadata"):
        return ()
    return compare(before.metadata, after.metadata)


def compare_top(before: Notebook, after: Notebook) -> tuple[PathOp, ...]:
    """Compare formats and unknown top-level members, and whether there is metadata at all."""
    return compare(top_members(before), top_members(after))


def top_members(notebook: Notebook) -> dict[str, Any]:
    """Return the top-level members; metadata that is an object is compared by itself."""
    top = {key: notebook.value(key) for key in notebook.fields}
    if type(top.get("metadata")) is dict:
        top["metadata"] = {}
    return top


# What counts


def find_loud_cell_metadata(before: Cell, after: Cell, policy: DiffPolicy) -> tuple[PathOp, ...]:
    """Return the operations on the metadata of a pair that a policy counts."""
    old, new = before.metadata, after.metadata
    find = policy.metadata.find_meant_cell
    meant = find(old, policy.languages[0]), find(new, policy.languages[1])
    return _find_loud((old, new), meant, policy)


def find_loud_metadata(before: Notebook, after: Notebook, policy: DiffPolicy) -> tuple[PathOp, ...]:
    """Return the operations on the metadata of notebooks that a policy counts.

    Their language is under `language`, wherever the metadata names it.
    """
    old, new = before.metadata, after.metadata
    find = policy.metadata.find_meant_notebook
    return _find_loud((old, new), (find(old), find(new)), policy)


def find_loud_members(before: Notebook, after: Notebook, policy: DiffPolicy) -> tuple[PathOp, ...]:
    """Return the operations on the other members of notebooks that a policy counts."""
    old, new = top_members(before), top_members(after)
    noisy = find_noisy(Level.NOTEBOOK)
    one, other = ({k: v for k, v in side.items() if k not in noisy} for side in (old, new))
    return _find_loud((old, new), (one, other), policy)


def _find_loud(
    whole: tuple[Any, Any], meant: tuple[Any, Any], policy: DiffPolicy
) -> tuple[PathOp, ...]:
    """Return the operations that count; `meant` are both sides without noise."""
    if policy.counts(Part.METADATA):
        return compare(*whole) if policy.counts(Part.DETAILS) else compare(*meant)
    if not policy.counts(Part.DETAILS):
        return ()
    loud = compare(*meant)
    return tuple(op for op in compare(*whole) if op not in loud)


def find_languages(before: Notebook, after: Notebook, policy: DiffPolicy) -> DiffPolicy:
    """Return the policy with the languages of two notebooks."""
    languages = _read_language(before), _read_language(after)
    return policy if languages == policy.languages else replace(policy, languages=languages)


class _Places(msgspec.Struct):
    """Where the metadata of a notebook names its language."""

    kernelspec: Any = None
    language_info: Any = None
    language: Any = None


_PLACES = msgspec.json.Decoder(_Places)


def _read_language(notebook: Notebook) -> str:
    """Return the language of a notebook, decoding nothing else of its metadata."""
    try:
        found = _PLACES.decode(notebook.fields.get("metadata", b"{}"))
    except (msgspec.DecodeError, RecursionError):
        return read_language(notebook.metadata)
    return read_language(asdict(found))
