"""What is stripped: one function for each rule, and the order in which they are asked.

A rule looks at one cell as it is in its file and returns an edit if there is one: new text
for a member, or None if the member goes. It never looks at another cell, and of a cell that was
edited no rule wants anything.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from nbvc.normalising.metadata import compile_keys, find_gone, name_path
from nbvc.normalising.noise import Kind, Level, read_language
from nbvc.normalising.policy import Counts, Ids, Outputs, Policy
from nbvc.notebook.jsontext import Raw, decode, split_array, split_object
from nbvc.notebook.style import Style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from nbvc.normalising.findings import Finding
    from nbvc.normalising.metadata import Keys
    from nbvc.notebook.notebook import Notebook

    Fields = Mapping[str, Raw]

_EMPTY = Raw(b"[]")
_NULL = Raw(b"null")
_NO_METADATA = Raw(b"{}")

PLAIN = Style()
"""Any style will do where items only go or get another value: the spacing is the file's own."""


class Item(msgspec.Struct, frozen=True, gc=False):
    """Something that is removed, and its kind, by which such things are counted."""

    what: str
    kind: str
    count: int = 1


class Edit(msgspec.Struct, gc=False):
    """New text for one member of a cell, or None if the member is removed, and what is removed.

    The items of a removed list of outputs are not counted yet.
    """

    key: str
    text: bytes | None
    items: tuple[Item, ...]


class Setting(msgspec.Struct):
    """What a rule knows besides the cell: the policy, the file, and which cell it is."""

    policy: Policy
    notebook: Notebook
    keeps: bool
    """Whether outputs stay where the cell itself says nothing."""
    cell_metadata: MetadataRule
    marked_metadata: MetadataRule | None
    """For cells whose metadata keeps their outputs, if the other rule would remove what keeps them."""
    output_metadata: MetadataRule
    ordinal: int = 0


OUTPUT = "output"
COUNT = "execution count"
PERSON = "user name"

_KINDS = {
    None: "metadata key",
    Kind.SETTING: "default value",
    Kind.TRACE: "tool trace",
    Kind.TIMING: "timing",
    Kind.PERSON: PERSON,
    Kind.VIEW: "view state",
    Kind.IDENTITY: "tool ID",
    Kind.DATA: "output in metadata",
}


_PLURALS = {"output in metadata": "outputs in metadata"}


def count_kinds(findings: Iterable[Finding]) -> str:
    """Return how many there are of each kind: `12 outputs, 3 timings, 1 user name`."""
    counts = dict.fromkeys((OUTPUT, COUNT, _KINDS[Kind.TIMING], PERSON), 0)
    for one in findings:
        counts[one.kind] = counts.get(one.kind, 0) + one.count
    return ", ".join(
        [
            f"{count} {kind if count == 1 else _PLURALS.get(kind, kind + 's')}"
            for kind, count in counts.items()
            if count
        ]
    )


class Stripped(msgspec.Struct, frozen=True, gc=False):
    """The text of metadata that stays, what is removed, and whether outputs that stay would keep it."""

    text: bytes
    items: tuple[Item, ...]
    depends: bool


_NOTHING: frozenset[str] = frozenset()
_ANYTHING = frozenset(("",))


class MetadataRule:
    """Which keys of a metadata object are removed."""

    __slots__ = ("_known", "_language", "_root")

    def __init__(self, level: Level, keys: Keys, language: str) -> None:
        """Compile the keys of a level."""
        self._root = compile_keys(level, keys)
        self._language = language
        self._known: dict[tuple[bytes, frozenset[str]], Stripped | None] = {}

    def apply(self, text: bytes, depth: int, shown: frozenset[str] = _NOTHING) -> Stripped | None:
        """Return what stays and what is removed; None if nothing is removed.

        `shown` are the widgets that outputs which stay show (see `find_gone`).
        """
        if text == b"{}":
            return None
        known = self._known
        key = text, shown
        if key not in known:
            known[key] = self._apply_rule(text, depth, shown)
        return known[key]

    def removes(self, key: str) -> bool:
        """Return whether a key is removed whatever its value is."""
        node = self._root.find(key)
        return bool(self._root.removed if node is None else node.removed)

    def _apply_rule(self, text: bytes, depth: int, shown: frozenset[str]) -> Stripped | None:
        value = decode(text)
        if type(value) is not dict:
            return None
        gone = find_gone(value, self._root, self._language, shown)
        if not gone:
            return None
        named = dict.fromkeys((name_path(one.rule), one.kind) for one in gone)
        items = tuple([Item(f"metadata: {name}", _KINDS[kind]) for name, kind in named])
        paths = list(dict.fromkeys(one.path for one in gone))
        depends = any(one.kind is Kind.DATA for one in gone)
        return Stripped(_remove_paths(text, paths, depth), items, depends)


def _remove_paths(text: bytes, paths: list[tuple[str, ...]], depth: int) -> bytes:
    from nbvc.notebook.jsonedit import edit_object

    edits: dict[str, bytes | None] = {path[0]: None for path in paths if len(path) == 1}
    for head in {path[0] for path in paths} - edits.keys():
        inner = [path[1:] for path in paths if path[0] == head]
        edits[head] = _remove_paths(bytes(split_object(text)[head]), inner, depth + 1)
    return edit_object(text, edits, PLAIN, depth)


def strip_outputs(fields: Fields, setting: Setting) -> Edit | None:
    """Take outputs away, but those that a tag, a type or their size keeps."""
    raw = fields.get("outputs")
    if raw is None or raw == _EMPTY:
        return None
    keeps = _is_kept(fields, setting)
    policy = setting.policy
    if not (keeps or policy.keep_types or policy.max_size):
        return None if _is_blank(raw) else Edit("outputs", b"[]", ())
    text = bytes(raw)
    listed = split_array(text) if text.startswith(b"[") else []
    left = [_strip_output(item, keeps=keeps, setting=setting) for item in listed]
    if all(piece is not None and not piece[1] for piece in left):
        return None
    items = [item for piece in left if piece is not None for item in piece[1]]
    if gone := sum(piece is None for piece in left):
        items.insert(0, Item("outputs", OUTPUT, gone))
    return Edit(
        "outputs", _keep_outputs(text, [piece and piece[0] for piece in left]), tuple(items)
    )


def _is_blank(raw: Raw) -> bool:
    """Return whether a list is empty that is written with space in it, or no list at all."""
    return len(memoryview(raw)) < _SHORT and decode(raw) in ([], None)


_SHORT = 64


def _is_kept(fields: Fields, setting: Setting) -> bool:
    """Return whether the cell's own metadata keeps its outputs, as nbstripout's users write it."""
    raw = fields.get("metadata")
    if raw is None or raw == _NO_METADATA:
        return setting.keeps
    metadata = decode(raw)
    if type(metadata) is not dict:
        return setting.keeps
    if "init_cell" in metadata:
        return bool(metadata["init_cell"]) and not setting.policy.strip_init_cells
    if _read_tags(metadata).intersection(setting.policy.keep_tags):
        return True
    return bool(metadata.get("keep_output", setting.keeps))


def _read_tags(metadata: Any) -> set[str]:
    tags = metadata.get("tags") if type(metadata) is dict else None
    return {tag for tag in tags if type(tag) is str} if type(tags) is list else set()


def _strip_output(raw: Raw, *, keeps: bool, setting: Setting) -> tuple[bytes, list[Item]] | None:
    """Return the text of an output that stays, and what is removed from it; None if it is removed."""
    policy, gone = setting.policy, list[str]()
    if policy.drop_types or not keeps:
        output = decode(raw)
        if _is_of(output, policy.drop_types):
            return None
        data = output.get("data") if type(output) is dict else None
        types = set(data) if type(data) is dict else set()
        left = types.difference(policy.drop_types)
        if not (
            keeps or _is_of(output, policy.keep_types) or _measure_size(output) <= policy.max_size
        ):
            left &= set(policy.keep_types)
            if not left:
                return None
        if types and not left:
            return None
        gone = [mime for mime in types if mime not in left]
    return _clean_output(bytes(raw), gone, setting)


def _is_of(output: Any, types: tuple[str, ...]) -> bool:
    """Return whether an output is of one of these types: `stream`, or `stream:stderr`."""
    if not types or type(output) is not dict:
        return False
    kind = output.get("output_type")
    name = output.get("name", output.get("stream"))
    return kind in types or f"{kind}:{name}" in types


def _measure_size(value: Any) -> int:
    """Return the characters in all strings of a value, and of its numbers as written."""
    if type(value) is str:
        return len(value)
    if type(value) is dict:
        return sum(map(_measure_size, value.values()))
    return sum(map(_measure_size, value)) if type(value) is list else len(str(value))


def _keep_outputs(text: bytes, left: list[bytes | None]) -> bytes:
    from nbvc.notebook.jsonedit import edit_array

    pieces: list[tuple[bytes, int | None]] = [
        (piece, index) for index, piece in enumerate(left) if piece is not None
    ]
    return edit_array(text, pieces, PLAIN, 3) if pieces else b"[]"


def _clean_output(text: bytes, types: list[str], setting: Setting) -> tuple[bytes, list[Item]]:
    """Return an output without some MIME types, its count and its noise, and what is removed."""
    from nbvc.notebook.jsonedit import edit_object

    if not text.startswith(b"{"):
        return text, []
    edits: dict[str, bytes | None] = {}
    items: list[Item] = []
    fields = split_object(text)
    if types:
        gone: dict[str, bytes | None] = dict.fromkeys(types)
        edits["data"] = edit_object(bytes(fields["data"]), gone, PLAIN, 5)
        items += [Item(f"output: {mime}", "representation") for mime in sorted(types)]
    if setting.policy.counts is Counts.STRIP:
        for key in _COUNTS:
            if fields.get(key, _NULL) != _NULL:
                edits[key] = b"null"
                items.append(Item("execution count", COUNT))
    if "transient" in fields and setting.policy.metadata.output.table:
        edits["transient"] = None
        items.append(Item("output: transient", _KINDS[Kind.TRACE]))
    found = setting.output_metadata.apply(bytes(fields.get("metadata", b"{}")), 5)
    if found is not None:
        edits["metadata"] = found.text
        items += found.items
    return (edit_object(text, edits, PLAIN, 4) if edits else text), items


_COUNTS = ("execution_count", "prompt_number")


def strip_counts(fields: Fields, setting: Setting) -> Edit | None:
    """Take the execution count away (in formats 1 to 3 the prompt number)."""
    if setting.policy.counts is Counts.STRIP:
        for key in _COUNTS:
            raw = fields.get(key)
            if raw is not None and raw != _NULL:
                return Edit(key, b"null", (Item("execution count", COUNT),))
    return None


def normalise_ids(fields: Fields, setting: Setting) -> Edit | None:
    """Replace ids by numbers, and give ids where format 4.5 wants them."""
    if setting.policy.ids is Ids.KEEP:
        return None
    old, new = fields.get("id"), b'"%d"' % setting.ordinal
    wanted = setting.notebook.file_format >= (4, 5) if old is None else bytes(old) != new
    return Edit("id", new, (Item("cell ID", "cell ID"),)) if wanted else None


def strip_metadata(fields: Fields, setting: Setting) -> Edit | None:
    """Take noise in the metadata away."""
    raw = fields.get("metadata")
    if raw is None or raw == _NO_METADATA:
        return None
    text, rule = bytes(raw), setting.cell_metadata
    if setting.marked_metadata is not None and not setting.keeps and _is_kept(fields, setting):
        rule = setting.marked_metadata
    found = rule.apply(text, 3)
    if found is not None and found.depends and has_outputs(fields, strip_outputs(fields, setting)):
        found = rule.apply(text, 3, _ANYTHING)
    return Edit("metadata", found.text, found.items) if found else None


def has_outputs(fields: Fields, edit: Edit | None) -> bool:
    """Return whether a cell has outputs after an edit of its outputs."""
    raw = fields.get("outputs")
    if edit is not None:
        return edit.text != b"[]"
    return raw is not None and not _is_blank(raw)


def old_view_options(fields: Fields, setting: Setting) -> Edit | None:
    """Take away what formats 1 to 3 keep beside the metadata: whether a cell is folded."""
    old = "collapsed" in fields and setting.notebook.file_format[0] < 4
    if old and setting.cell_metadata.removes("collapsed"):
        return Edit("collapsed", None, (Item("metadata: collapsed", _KINDS[Kind.VIEW]),))
    return None


RULES: tuple[Callable[[Fields, Setting], Edit | None], ...] = (
    strip_outputs,
    strip_counts,
    normalise_ids,
    strip_metadata,
    old_view_options,
)
"""All rules in the order in which they are asked; each looks at the cell as it was read."""


def make_edits(fields: Fields, setting: Setting) -> list[Edit]:
    """Return what all rules want of one cell."""
    return [edit for rule in RULES if (edit := rule(fields, setting)) is not None]


def find_removal(fields: Fields, policy: Policy) -> Item | None:
    """Return why a whole cell is removed (it is empty, or has a tag), None if it stays."""
    if policy.drop_tagged_cells:
        tags = _read_tags(decode(fields["metadata"])) if "metadata" in fields else set()
        for tag in policy.drop_tagged_cells:
            if tag in tags:
                return Item(f"cell tagged {tag}", "tagged cell")
    if policy.drop_empty_cells and not _read_source(fields).strip():
        return Item("empty cell", "empty cell")
    return None


def _read_source(fields: Fields) -> str:
    for key in ("source", "input", "code", "text"):
        if key in fields:
            source = decode(fields[key])
            return "".join(map(str, source)) if type(source) is list else str(source)
    return ""


def setting_of(policy: Policy, notebook: Notebook, metadata: Any) -> Setting:
    """Return what the rules need to know about one notebook, whose metadata may keep all outputs."""
    keeps = policy.outputs is Outputs.KEEP
    if not keeps and type(metadata) is dict:
        keeps = bool(metadata.get("keep_output"))
    language = read_language(metadata)
    of_cell = MetadataRule(Level.CELL_METADATA, policy.metadata.cell, language)
    marked = None
    if any(map(of_cell.removes, _MARKS)):
        marked = MetadataRule(Level.CELL_METADATA, keep_marks(policy.metadata.cell), language)
    of_output = MetadataRule(Level.OUTPUT_METADATA, policy.metadata.output, language)
    return Setting(policy, notebook, keeps, of_cell, marked, of_output)


_MARKS = ("keep_output", "init_cell", "tags")


def keep_marks(keys: Keys) -> Keys:
    """Return keys that keep what keeps outputs: without it, the next run would remove them."""
    return replace(keys, keep=(*keys.keep, *_MARKS))
