"""What is stripped: one function for each rule, and the order in which they are asked.

A rule looks at one cell as it stands in its file and returns an edit where there is one: new text
for a member, or None where the member goes. It never looks at another cell, and of a cell that was
edited no rule wants anything.
"""

from __future__ import annotations

import msgspec

from nbvc.normalising.policy import Counts, Ids, Outputs, Policy
from nbvc.notebook.jsontext import Raw, decode, split_array, split_object
from nbvc.notebook.style import Style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from nbvc.notebook.notebook import Notebook

    Fields = Mapping[str, Raw]

_EMPTY = Raw(b"[]")
_NULL = Raw(b"null")
_NO_METADATA = Raw(b"{}")

PLAIN = Style()
"""Any style will do where items only go or get another value: the spacing is the file's own."""


class Edit(msgspec.Struct, gc=False):
    """New text for one member of a cell, or None where it goes, and what a user would call that."""

    key: str
    text: bytes | None
    what: str


class Setting(msgspec.Struct):
    """What a rule knows besides the cell: the policy, the file, and which cell it is."""

    policy: Policy
    notebook: Notebook
    keeps: bool
    """Whether outputs stay where the cell itself says nothing."""
    cell_metadata: MetadataRule
    output_metadata: MetadataRule
    ordinal: int = 0


class MetadataRule:
    """Which keys of a metadata object go: a deny list, and an allow list where there is one."""

    __slots__ = ("_allowed", "_denied", "_known")

    def __init__(self, denied: Iterable[str], allowed: Iterable[str] | None) -> None:
        """Take keys, or paths of keys with dots between them."""
        self._denied = tuple(denied)
        self._allowed = None if allowed is None else frozenset(allowed)
        self._known: dict[bytes, tuple[bytes, str] | None] = {}

    def apply(self, text: bytes, depth: int) -> tuple[bytes, str] | None:
        """Return the text that stays and the keys that go; None where none does."""
        if text == b"{}":
            return None
        if text not in self._known:
            self._known[text] = self._applied(text, depth)
        return self._known[text]

    def _applied(self, text: bytes, depth: int) -> tuple[bytes, str] | None:
        value = decode(text)
        if type(value) is not dict:
            return None
        gone = [path for path in (_found(value, key) for key in self._denied) if path]
        if self._allowed is not None:
            gone += [(key,) for key in value if key not in self._allowed and (key,) not in gone]
        if not gone:
            return None
        return _without(text, gone, depth), ", ".join(".".join(path) for path in gone)


def _found(value: dict[str, Any], key: str) -> tuple[str, ...] | None:
    """Return the path that a key with dots stands for in an object; the longest own key wins."""
    if key in value:
        return (key,)
    head, dot, rest = key.partition(".")
    inner = value.get(head)
    below = _found(inner, rest) if dot and type(inner) is dict else None
    return (head, *below) if below else None


def _without(text: bytes, paths: list[tuple[str, ...]], depth: int) -> bytes:
    from nbvc.notebook.jsonedit import edit_object

    edits: dict[str, bytes | None] = {path[0]: None for path in paths if len(path) == 1}
    for head in {path[0] for path in paths} - edits.keys():
        inner = [path[1:] for path in paths if path[0] == head]
        edits[head] = _without(bytes(split_object(text)[head]), inner, depth + 1)
    return edit_object(text, edits, PLAIN, depth)


def outputs(fields: Fields, setting: Setting) -> Edit | None:
    """Take outputs away, but those that a tag, a type or their size keeps."""
    raw = fields.get("outputs")
    if raw is None or raw == _EMPTY:
        return None
    keeps = _keeps(fields, setting)
    policy = setting.policy
    if not (keeps or policy.keep_types or policy.max_size):
        return None if _is_blank(raw) else Edit("outputs", b"[]", "outputs")
    text = bytes(raw)
    listed = split_array(text) if text.startswith(b"[") else []
    stays = [_stays(item, keeps=keeps, policy=policy) for item in listed]
    new = _kept(text, listed, stays, setting) if any(stays) else b"[]"
    if not listed or new == text:
        return None
    return Edit("outputs", new, "counts or metadata of outputs" if all(stays) else "outputs")


def _is_blank(raw: Raw) -> bool:
    """Tell whether a list is empty that is written with space in it, or no list at all."""
    return len(memoryview(raw)) < _SHORT and decode(raw) in ([], None)


_SHORT = 64


def _keeps(fields: Fields, setting: Setting) -> bool:
    """Tell whether the cell's own metadata keeps its outputs, as nbstripout's users write it."""
    raw = fields.get("metadata")
    if raw is None or raw == _NO_METADATA:
        return setting.keeps
    metadata = decode(raw)
    if type(metadata) is not dict:
        return setting.keeps
    if "init_cell" in metadata:
        return bool(metadata["init_cell"]) and not setting.policy.strip_init_cells
    if _tags(metadata).intersection(setting.policy.keep_tags):
        return True
    return bool(metadata.get("keep_output", setting.keeps))


def _tags(metadata: Any) -> set[str]:
    tags = metadata.get("tags") if type(metadata) is dict else None
    return {tag for tag in tags if type(tag) is str} if type(tags) is list else set()


def _stays(raw: Raw, *, keeps: bool, policy: Policy) -> bool:
    if keeps and not policy.drop_types:
        return True
    output = decode(raw)
    if _is_of(output, policy.drop_types):
        return False
    return keeps or _is_of(output, policy.keep_types) or _size(output) <= policy.max_size


def _is_of(output: Any, types: tuple[str, ...]) -> bool:
    """Tell whether an output is of one of these types: `stream`, or `stream:stderr`."""
    if not types or type(output) is not dict:
        return False
    kind = output.get("output_type")
    name = output.get("name", output.get("stream"))
    return kind in types or f"{kind}:{name}" in types


def _size(value: Any) -> int:
    """Return the characters in all strings of a value, and of its numbers as written."""
    if type(value) is str:
        return len(value)
    if type(value) is dict:
        return sum(map(_size, value.values()))
    return sum(map(_size, value)) if type(value) is list else len(str(value))


def _kept(text: bytes, listed: list[Raw], stays: list[bool], setting: Setting) -> bytes:
    """Return the list of the outputs that stay, each without counts and volatile metadata."""
    from nbvc.notebook.jsonedit import edit_array

    pieces: list[tuple[bytes, int | None]] = [
        (_cleaned(bytes(raw), setting), index) for index, raw in enumerate(listed) if stays[index]
    ]
    return edit_array(text, pieces, PLAIN, 3)


def _cleaned(text: bytes, setting: Setting) -> bytes:
    from nbvc.notebook.jsonedit import edit_object

    if not text.startswith(b"{"):
        return text
    edits: dict[str, bytes | None] = {}
    fields = split_object(text)
    if setting.policy.counts is Counts.STRIP:
        edits = {key: b"null" for key in _COUNTS if fields.get(key, _NULL) != _NULL}
    found = setting.output_metadata.apply(bytes(fields.get("metadata", b"{}")), 5)
    if found is not None:
        edits["metadata"] = found[0]
    return edit_object(text, edits, PLAIN, 4) if edits else text


_COUNTS = ("execution_count", "prompt_number")


def counts(fields: Fields, setting: Setting) -> Edit | None:
    """Take the execution count away (in formats 1 to 3 the prompt number)."""
    if setting.policy.counts is Counts.STRIP:
        for key in _COUNTS:
            raw = fields.get(key)
            if raw is not None and raw != _NULL:
                return Edit(key, b"null", "execution count")
    return None


def ids(fields: Fields, setting: Setting) -> Edit | None:
    """Replace ids by numbers, and give ids where format 4.5 wants them."""
    if setting.policy.ids is Ids.KEEP:
        return None
    old, new = fields.get("id"), b'"%d"' % setting.ordinal
    wanted = setting.notebook.file_format >= (4, 5) if old is None else bytes(old) != new
    return Edit("id", new, "cell id") if wanted else None


def metadata(fields: Fields, setting: Setting) -> Edit | None:
    """Take volatile metadata away."""
    raw = fields.get("metadata")
    if raw is None or raw == _NO_METADATA:
        return None
    found = setting.cell_metadata.apply(bytes(raw), 3)
    return Edit("metadata", found[0], f"metadata: {found[1]}") if found else None


def old_view_options(fields: Fields, setting: Setting) -> Edit | None:
    """Take away what formats 1 to 3 keep beside the metadata: whether a cell is folded."""
    folded = "collapsed" in fields and "collapsed" in setting.policy.cell_metadata
    if folded and setting.notebook.file_format[0] < 4:
        return Edit("collapsed", None, "metadata: collapsed")
    return None


RULES: tuple[Callable[[Fields, Setting], Edit | None], ...] = (
    outputs,
    counts,
    ids,
    metadata,
    old_view_options,
)
"""All rules in the order in which they are asked; each looks at the cell as it was read."""


def edits(fields: Fields, setting: Setting) -> list[Edit]:
    """Return what all rules want of one cell."""
    return [edit for rule in RULES if (edit := rule(fields, setting)) is not None]


def goes(fields: Fields, policy: Policy) -> str:
    """Return why a whole cell goes (it is empty, or has a tag), or nothing where it stays."""
    if policy.drop_tagged_cells:
        tags = _tags(decode(fields["metadata"])) if "metadata" in fields else set()
        for tag in policy.drop_tagged_cells:
            if tag in tags:
                return f"cell tagged {tag}"
    if policy.drop_empty_cells and not _source(fields).strip():
        return "empty cell"
    return ""


def _source(fields: Fields) -> str:
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
    return Setting(
        policy,
        notebook,
        keeps,
        MetadataRule(policy.cell_metadata, policy.keep_cell_metadata),
        MetadataRule(policy.output_metadata, None),
    )
