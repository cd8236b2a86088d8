"""What a diff consists of, as frozen values that encode to the JSON format (docs/FORMAT.md).

cells      CellHead and CellParts together
sources    SameLines and ChangedLines, in order and without gaps
outputs    OutputDiff, one for each output of both sides
the rest   Add, Remove, Replace, EditLines and Splice, each with the path of a JSON value

Strict JSON has no NaN. A value that contains one is written as text, under another name:
`{"value": 1}`, but `{"json": "NaN"}`. One of both members is set, `pack` and `unpack` know which.
"""

from __future__ import annotations

import enum
from functools import cache

import msgspec
from msgspec import UNSET, UnsetType

from nbvc.diffing.meaning.model import Meaning  # noqa: TC001 - msgspec reads annotations
from nbvc.errors import PatchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Path = tuple[str | int, ...]
Range = tuple[int, int]
"""Start and end, the end not included."""


class Change(enum.Enum):
    """What happened to a cell or an output."""

    UNCHANGED = "unchanged"
    MODIFIED = "modified"
    ADDED = "added"
    REMOVED = "removed"
    SPLIT = "split"
    JOINED = "joined"


class Value(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A part of a diff. Members that have their default are not written."""


class ChangedWords(Value, frozen=True):
    """The spans of changed lines that changed, as offsets in all lines of a side together."""

    before: tuple[Range, ...]
    after: tuple[Range, ...]


class SameLines(Value, frozen=True, tag_field="op", tag="equal"):
    """Lines that both sides have."""

    before: Range
    after: Range


class ChangedLines(Value, frozen=True, tag_field="op", tag="replace"):
    """Lines that were removed, and lines that were added in their place, with their line ends."""

    before: Range
    after: Range
    removed: tuple[str, ...]
    added: tuple[str, ...]
    words: ChangedWords | None = None


LineOp = SameLines | ChangedLines


class Add(Value, frozen=True, tag_field="op", tag="add"):
    """A new member of an object."""

    path: Path
    value: object = UNSET
    json: str | UnsetType = UNSET


class Remove(Value, frozen=True, tag_field="op", tag="remove"):
    """A member of an object that was removed."""

    path: Path


class Replace(Value, frozen=True, tag_field="op", tag="replace"):
    """Another value."""

    path: Path
    value: object = UNSET
    json: str | UnsetType = UNSET


class EditLines(Value, frozen=True, tag_field="op", tag="lines"):
    """A text that changed by lines."""

    path: Path
    lines: tuple[LineOp, ...]


class Splice(Value, frozen=True, tag_field="op", tag="splice"):
    """Items of a list: a range of the list before, and what replaces it."""

    path: Path
    before: Range
    after: Range
    value: object = UNSET
    json: str | UnsetType = UNSET


PathOp = Add | Remove | Replace | EditLines | Splice


class ScalarChange(Value, frozen=True):
    """A member of a cell before and after; a side that lacks it is UNSET."""

    before: object = UNSET
    before_json: str | UnsetType = UNSET
    after: object = UNSET
    after_json: str | UnsetType = UNSET


class OutputDiff(Value, frozen=True):
    """An output of either side, or one of each: their indices, None for a side that lacks it.

    `output` is an added one, `ops` turn the old one into the new one, and `meaning` says what
    changed if both could be compared by what they show.
    """

    change: Change
    before: int | None
    after: int | None
    ops: tuple[PathOp, ...] = ()
    output: object = UNSET
    output_json: str | UnsetType = UNSET
    meaning: Meaning | None = None

    @property
    def is_loud(self) -> bool:
        """Whether both sides show something else."""
        return self.change is not Change.UNCHANGED and not (self.meaning and self.meaning.same)


class CellHead(Value, frozen=True):
    """The cells of an entry, by index, and what happened to them."""

    change: Change
    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool = False


class CellParts(Value, frozen=True):
    """What differs between the cells of an entry; a part that does not differ has its default.

    `cell` is an added or removed one, as a whole. `cuts` and `pieces` are those of a split: where
    each cell but the first begins in the text after (characters), and what differs in each cell.
    """

    cell: object = UNSET
    cell_json: str | UnsetType = UNSET
    source: tuple[LineOp, ...] = ()
    cuts: tuple[int, ...] = ()
    pieces: tuple[CellParts, ...] = ()
    cell_type: ScalarChange | None = None
    id: ScalarChange | None = None
    execution_count: ScalarChange | None = None
    outputs: tuple[OutputDiff, ...] = ()
    metadata: tuple[PathOp, ...] = ()
    attachments: tuple[PathOp, ...] = ()
    other: tuple[PathOp, ...] = ()

    @property
    def lines(self) -> tuple[LineOp, ...]:
        """Line operations on the source; how people see them is not in the format."""
        return self.source

    def complete(self) -> CellParts:
        """Return all parts, which are known already."""
        return self


class NotebookSide(Value, frozen=True, omit_defaults=False):
    """One of the two notebooks: its name, its format and how many cells it has."""

    name: str | None = None
    nbformat: int = 4
    nbformat_minor: int = 5
    cells: int = 0


def pack(value: object) -> tuple[object, str | UnsetType]:
    """Return a value and UNSET, or UNSET and the text of a value that strict JSON can't hold."""
    if type(value) is str or _is_strict(value):
        return value, UNSET
    import json

    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return UNSET, json.dumps(value)
    return value, UNSET


def _is_strict(value: object) -> bool:
    """Return whether strict JSON surely holds a value; if not, it still may. This is quick."""
    try:
        # NaN is null there, and so is null.
        return b"null" not in msgspec.json.encode(value)
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError, OverflowError):
        return False


def unpack(value: object, text: str | UnsetType) -> Any:
    """Return the value that `pack` took. Raises `PatchError` if there is none."""
    import json

    if value is not UNSET:
        return value
    if text is UNSET:
        raise PatchError("a part of the diff has no value")
    return json.loads(text)


def to_builtins(value: object) -> Any:
    """Return what a value is in the JSON format: dictionaries, lists and plain values.

    The values of notebooks in it are not copied.
    """
    if isinstance(value, tuple):  # Its items are of one kind.
        return [*value] if not value or type(value[0]) in _PLAIN else [*map(to_builtins, value)]
    if isinstance(value, enum.Enum):
        return value.value
    if not isinstance(value, msgspec.Struct):
        return value
    tag, members = _describe(type(value))
    found = tag.copy()
    for name, default in members:
        member = getattr(value, name)
        if member is not default:
            found[name] = member if type(member) in _PLAIN else to_builtins(member)
    return found


_PLAIN = frozenset((str, int, bool, float, type(None), dict, list))
"""Types whose values are the same in the JSON format."""


@cache
def _describe(kind: type[msgspec.Struct]) -> tuple[dict[str, Any], list[tuple[str, object]]]:
    """Return the tag of a class, and its members with the defaults that are not written."""
    config, names = kind.__struct_config__, kind.__struct_fields__
    defaults = kind.__struct_defaults__ if config.omit_defaults else ()
    required = [msgspec.NODEFAULT] * (len(names) - len(defaults))
    tag = {config.tag_field: config.tag} if config.tag_field else {}
    return tag, [*zip(names, [*required, *defaults], strict=True)]
