"""The rules applied to a whole notebook as one splice of its text, and proof that it was no more.

before   … "outputs": [{"name": …}], … "execution_count": 7, …
spans                 ^^^^^^^^^^^^^^                     ^
after    … "outputs": [], …            "execution_count": null, …
"""

from __future__ import annotations

import msgspec

from nbvc.errors import NbvcError
from nbvc.lazy import compile_lazily
from nbvc.normalising.findings import Finding
from nbvc.normalising.noise import Level, read_language
from nbvc.normalising.policy import Outputs
from nbvc.normalising.rules import (
    OUTPUT,
    Edit,
    Item,
    MetadataRule,
    Stripped,
    find_removal,
    has_outputs,
    keep_marks,
    make_edits,
    setting_of,
)
from nbvc.notebook.jsontext import Raw, decode, split_array, split_object
from nbvc.notebook.notebook import Notebook
from nbvc.notebook.places import cell_places, read_members, splice, top_places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from nbvc.normalising.policy import Policy
    from nbvc.normalising.rules import Setting
    from nbvc.notebook.places import CellPlace, Place, Span


class NormaliseError(NbvcError):
    """A result that isn't what was promised; nothing was written."""


class Cleaned(msgspec.Struct, frozen=True):
    """A notebook as it was and as the policy has it; the same object if nothing goes.

    `spans` is how the text of one becomes that of the other.
    """

    before: Notebook
    after: Notebook
    spans: tuple[Span, ...] = ()
    edits: dict[int, list[Edit]] = {}
    gone: dict[int, Item] = {}
    metadata: tuple[Item, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything goes."""
        return self.after is not self.before

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What goes, in the order of the cells."""
        found = [Finding(None, item.what, item.kind, item.count) for item in self.metadata]
        for index in sorted({*self.edits, *self.gone}):
            items = [self.gone[index]] if index in self.gone else []
            for edit in self.edits.get(index, ()):
                items += edit.items or [self._all_outputs(index)]
            found += [Finding(index, item.what, item.kind, item.count) for item in items]
        return tuple(found)

    def _all_outputs(self, index: int) -> Item:
        return Item(
            "outputs", OUTPUT, len(split_array(read_members(self.before.cells[index])["outputs"]))
        )


class _Work(msgspec.Struct):
    """One notebook while it is looked through."""

    notebook: Notebook
    policy: Policy
    setting: Setting
    top: Mapping[str, Place]
    cells: list[CellPlace]
    edits: dict[int, list[Edit]]
    gone: dict[int, Item]
    metadata: Stripped | None = None


def clean(notebook: Notebook, policy: Policy) -> Cleaned:
    """Take away what the policy names and nothing else; formats 1 to 3 stay what they are.

    The result is read again: everything else must be there byte for byte, and a second pass must
    find nothing. Raises `RewriteRefusedError` if a key appears twice, `NormaliseError` otherwise.
    """
    work = _find_work(notebook, policy)
    spans = [*_list_cell_spans(work), *_list_gone_spans(work)]
    if work.metadata is not None:
        spans.append((*work.top["metadata"], work.metadata.text))
    if not spans:
        return Cleaned(notebook, notebook)
    spans.sort()
    after = Notebook.parse(splice(notebook.text, spans), notebook.name, bom=notebook.bom)
    _check(work, after)
    items = work.metadata.items if work.metadata else ()
    return Cleaned(notebook, after, tuple(spans), work.edits, work.gone, items)


def _find_work(notebook: Notebook, policy: Policy) -> _Work:
    top = top_places(notebook.text)
    cells = cell_places(notebook, top)
    setting = setting_of(policy, notebook, _read_metadata(notebook.text, top))
    work = _Work(notebook, policy, setting, top, cells, {}, {})
    may_go = policy.drop_empty_cells or policy.drop_tagged_cells
    for index, cell in enumerate(cells):
        if may_go and (reason := find_removal(cell.fields, policy)):
            work.gone[index] = reason
            continue
        wanted = make_edits(cell.fields, setting)
        if wanted:
            work.edits[index] = wanted
        setting.ordinal += 1
    if "metadata" in top:
        place = top["metadata"]
        stayed = (
            _outputs_left(cell.fields, work.edits.get(index, ()))
            for index, cell in enumerate(cells)
            if index not in work.gone
        )
        text = notebook.text[place[0] : place[1]]
        work.metadata = _strip_metadata(text, notebook, policy, stayed)
    return work


def _read_metadata(text: bytes, top: Mapping[str, Place]) -> object:
    place = top.get("metadata")
    return decode(text[place[0] : place[1]]) if place else None


def _outputs_left(fields: Mapping[str, Raw], wanted: Iterable[Edit]) -> Raw | bytes:
    """Return the text of a cell's outputs after its edits, empty if it has none."""
    edit = next((edit for edit in wanted if edit.key == "outputs"), None)
    if not has_outputs(fields, edit):
        return b""
    return fields["outputs"] if edit is None else edit.text or b""


def _strip_metadata(
    text: bytes, notebook: Notebook, policy: Policy, outputs: Iterable[Raw | bytes]
) -> Stripped | None:
    """Return the notebook's metadata as it stays, and what is removed; None if nothing is.

    `outputs` are the texts of the outputs that stay.
    """
    metadata, keys = decode(text), policy.metadata.notebook
    if policy.outputs is Outputs.STRIP and type(metadata) is dict and metadata.get("keep_output"):
        keys = keep_marks(keys)
    rule = MetadataRule(Level.NOTEBOOK_METADATA, keys, read_language(metadata))
    found = rule.apply(text, 1)
    if found is not None and found.depends:
        from nbvc.normalising.widgets import find_shown

        shown = find_shown(metadata, outputs)
        if shown:
            found = rule.apply(text, 1, shown)
    if policy.kernel is None:
        return found
    from nbvc.normalising.kernels import set_kernel

    new = set_kernel(found.text if found else text, policy.kernel, notebook.style)
    if new is None:
        return found
    items = (*(found.items if found else ()), Item("metadata: kernelspec", "kernel name"))
    return Stripped(new, items, depends=False)


def _list_cell_spans(work: _Work) -> Iterator[Span]:
    for index, wanted in work.edits.items():
        cell = work.cells[index]
        if any(edit.text is None or edit.key not in cell.places for edit in wanted):
            yield cell.start, cell.end, _rewrite_cell(work, cell, wanted)
            continue
        for edit in wanted:
            if edit.text is not None:
                yield (*cell.places[edit.key], edit.text)


def _rewrite_cell(work: _Work, cell: CellPlace, wanted: list[Edit]) -> bytes:
    from nbvc.notebook.jsonedit import edit_object

    text = work.notebook.text[cell.start : cell.end]
    return edit_object(text, {edit.key: edit.text for edit in wanted}, work.notebook.style, 2)


def _list_gone_spans(work: _Work) -> Iterator[Span]:
    """Yield the text of cells that go, with the comma that goes with each."""
    text, behind_last, one_stays = work.notebook.text, 0, False
    for index, cell in enumerate(work.cells):
        between = text[behind_last : cell.start]
        if between.strip() != b",":
            one_stays = False  # the first of its list
        if index not in work.gone:
            one_stays = True
        elif one_stays:
            yield behind_last + between.index(b","), cell.end, b""
        else:
            comma = _COMMA.match(text, cell.end)
            yield cell.start, comma.end() if comma else cell.end, b""
        behind_last = cell.end


_COMMA = compile_lazily(rb"\s*,\s*")


def _check(work: _Work, after: Notebook) -> None:
    """Read the result as a stranger would: what no rule named is there, and nothing is left to do."""
    top = {key: bytes(raw) for key, raw in split_object(after.text).items()}
    if not (_same_top(work, top) and _same_cells(work, after) and _is_finished(work, after, top)):
        raise NormaliseError(
            "cleaning would change more than was asked, or not be finished at once",
            where=work.notebook.name or None,
            hint="nothing was written; please report this notebook",
        )


def _same_top(work: _Work, top: Mapping[str, bytes]) -> bool:
    """Return whether all members of the notebook but its cells are what they should be."""
    text = work.notebook.text
    wanted = {key: text[place[0] : place[1]] for key, place in work.top.items()}
    if work.metadata is not None:
        wanted["metadata"] = work.metadata.text
    lists = ("cells", "worksheets")
    return wanted.keys() == top.keys() and all(
        wanted[key] == top[key] for key in wanted if key not in lists
    )


def _same_cells(work: _Work, after: Notebook) -> bool:
    """Return whether all cells are what they should be, member for member."""
    cells = [read_members(cell) for cell in after.cells]
    stayed = [index for index in range(len(work.cells)) if index not in work.gone]
    if len(cells) != len(stayed):
        return False
    for index, new in zip(stayed, cells, strict=True):
        wanted = work.cells[index].fields
        if index in work.edits:
            wanted = dict(wanted)
            for edit in work.edits[index]:
                if edit.text is None:
                    del wanted[edit.key]
                else:
                    wanted[edit.key] = Raw(edit.text)
        if new != wanted:
            return False
    return True


def _is_finished(work: _Work, after: Notebook, top: Mapping[str, bytes]) -> bool:
    """Return whether a second pass would find nothing (in what was edited; the rest is as it was)."""
    if work.metadata is not None:
        outputs = (_outputs_left(read_members(cell), ()) for cell in after.cells)
        if _strip_metadata(bytes(top["metadata"]), after, work.policy, outputs) is not None:
            return False
    metadata = decode(top["metadata"]) if "metadata" in top else None
    setting = setting_of(work.policy, after, metadata)
    stayed = (index for index in range(len(work.cells)) if index not in work.gone)
    for setting.ordinal, index in enumerate(stayed):
        if index in work.edits and make_edits(read_members(after.cells[setting.ordinal]), setting):
            return False
    return True
