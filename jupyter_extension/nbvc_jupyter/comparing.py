"""Comparing two versions of a notebook: both, and nbvc's diff of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec

from nbvc.diffing import Change, DiffPolicy, NotebookDiff
from nbvc.diffing.values import to_builtins
from nbvc.errors import GitError
from nbvc.normalising.metadata import find_noisy
from nbvc.normalising.noise import Level
from nbvc.normalising.policy import Outputs
from nbvc.render.words import count_noisy
from nbvc.store.files import strip_content
from nbvc.versions.model import VersionType
from nbvc.workflow.compare import Pair, make_source
from nbvc.workflow.compare import compare as compare_pair
from nbvc.workflow.deciding import Decider
from nbvc.workflow.filtered import make_filter
from nbvc.workflow.nbdime_config import settings_below
from nbvc_jupyter import answers as a
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.requests import (
    CheckpointSide,
    CommitSide,
    ContentSide,
    DiffRequest,
    DiskSide,
    HeadSide,
)
from nbvc_jupyter.sides import EMPTY, read_side, with_cells
from nbvc_jupyter.trust import remove_trust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nbvc.diffing import CellDiff
    from nbvc.diffing.values import PathOp
    from nbvc.git import Stop
    from nbvc.notebook import Notebook
    from nbvc_jupyter.places import NotebookPlace
    from nbvc_jupyter.requests import MarksRequest, Side
    from nbvc_jupyter.sides import SideVersion
    from nbvc_jupyter.site import Site


def compare(site: Site, request: DiffRequest, stop: Stop) -> a.Comparison:
    """Return both sides of a comparison, and their diff. Raises `NbvcError`."""
    versions, (before, after), found = _find_diff(site, request, stop)
    said = found.to_dict()
    alike: list[CellDiff] = []
    if request.lean:
        alike = _find_alike(found)
        _show_lines(found, said)
    quiet = {cell.before[0] for cell in alike}
    is_known = isinstance(request.after, DiskSide) and request.after.known
    known = {cell.after[0] for cell in alike} if is_known else set[int]()
    return a.Comparison(
        before=_make_side(versions[0], before, quiet, lean=request.lean),
        after=_make_side(versions[1], after, known, lean=request.lean),
        diff=said,
        noise=a.Noise(count_noisy(found), _find_noise(found)),
        digests=a.Digests(versions[0].digest, versions[1].digest),
    )


def list_marks(site: Site, request: MarksRequest, stop: Stop) -> a.Marks:
    """Return what changed in the cells on disk since a version, in a few words for each.

    There are no marks if the version does not have the notebook, or if there is no last commit.
    """
    place = site.contents.place(request.path)
    site.contents.read(place)  # says what is wrong with the notebook
    none = a.Marks(is_known=False, marks=[], gone=[])
    before: Side = HeadSide()
    if request.kind is VersionType.CHECKPOINT:
        before = CheckpointSide(request.id)
    elif request.kind is VersionType.COMMIT:
        before = CommitSide(request.id)
    else:
        try:
            site.repository(place, stop)
        except (GitError, RefusedError):
            return none
    versions, _, found = _find_diff(site, DiffRequest(before, DiskSide(), request.path), stop)
    if versions[0].content is None:
        return none
    marks: list[a.Mark] = []
    gone: list[a.Gone] = []
    at = 0
    for cell in found.cells:
        if cell.change is Change.REMOVED:
            gone.append(a.Gone(at))
        elif cell.is_loud:
            marks += [_make_mark(cell, index) for index in cell.after]
        at = cell.after[-1] + 1 if cell.after else at
    return a.Marks(is_known=True, marks=marks, gone=gone)


def _make_mark(cell: CellDiff, at: int) -> a.Mark:
    source: str | None = None
    kind: a.MarkKind = "changed"
    if cell.change is Change.ADDED:
        kind = "added"
    elif cell.change is Change.UNCHANGED:
        kind = "moved"
    elif cell.change is Change.MODIFIED:
        source = cell.get_cells()[0][0].source
        if cell.parts.outputs and not cell.parts.lines:
            kind = "outputs"
    return a.Mark(at, kind, source)


def _find_diff(
    site: Site, request: DiffRequest, stop: Stop
) -> tuple[list[SideVersion], tuple[Notebook, Notebook], NotebookDiff]:
    """Return both versions, both notebooks as they are drawn, and the diff. Raises `NbvcError`."""
    place = site.contents.place(request.path)
    versions = [read_side(site, place, side, stop) for side in (request.before, request.after)]
    contents = [one.content for one in versions]
    below = settings_below(os.environ, lambda *_: None)
    policy = Decider(below=below).decide(place.file).diff
    found = _compare(versions, contents, policy)
    before, after = found.before, found.after
    assert before is not None
    assert after is not None
    stored = _list_stored(site, place, request, versions, stop)
    if stored != contents:
        found = _count_stored(_compare(versions, stored, policy), found)
    return versions, (before, after), found


def _list_stored(
    site: Site,
    place: NotebookPlace,
    request: DiffRequest,
    versions: list[SideVersion],
    stop: Stop,
) -> list[bytes | None]:
    """Return what git has of both sides, or would keep; the contents if neither side is in git.

    Then outputs that the filter keeps out of git are not a change, as for `nbvc diff`.
    """
    sides = (request.before, request.after)
    if not any(isinstance(side, HeadSide | CommitSide) for side in sides):
        return [one.content for one in versions]
    stored = []
    for side, one in zip(sides, versions, strict=True):
        content = one.content if one.stored is None else one.stored
        if isinstance(side, DiskSide | ContentSide) and content is not None:
            path = side.path if isinstance(side, DiskSide) else None
            there = place if path is None else site.contents.place(path)
            content = _keep(site, there, _strip(there, content, request.outputs), stop)
        stored.append(content)
    return stored


def _strip(place: NotebookPlace, content: bytes, outputs: Outputs) -> bytes:
    """Return what a commit would take of a file's content. Raises `NbvcError`."""
    decision = Decider().decide(place.file)
    if outputs is Outputs.KEEP or decision.excluded:
        return content
    return strip_content(content, decision.storing)


def _keep(site: Site, place: NotebookPlace, content: bytes, stop: Stop) -> bytes:
    """Return what git would keep of a file's content; all of it outside a repository."""
    try:
        repository = site.repository(place, stop)
        name = repository.name(place.file)
        return make_filter(repository, [name], after_git=False)(name, content)
    except (GitError, RefusedError):
        return content


def _compare(
    versions: list[SideVersion], contents: list[bytes | None], policy: DiffPolicy
) -> NotebookDiff:
    """Return the diff of two versions, given the contents to compare. Raises `NbvcError`."""
    before, after = (
        make_source(EMPTY if content is None else content, name, name, name)
        for name, content in zip((one.name or one.label for one in versions), contents, strict=True)
    )
    pair = Pair(before, after, policy=policy)
    found = compare_pair(pair, for_programs=True, parse=remove_trust)
    if found.diff is None:
        assert found.error is not None
        raise found.error
    return found.diff


def _count_stored(stored: NotebookDiff, drawn: NotebookDiff) -> NotebookDiff:
    """Return the diff of what git stores, with all that a view draws of the cells that it changes.

    If both pair the cells differently, it is the diff of what is drawn.
    """
    pairs = [*zip(stored.cells, drawn.cells, strict=False)]
    if len(stored.cells) != len(drawn.cells) or any(
        (one.before, one.after, one.moved) != (other.before, other.after, other.moved)
        for one, other in pairs
    ):
        return drawn
    assert stored.before is not None
    assert stored.after is not None
    cells = [
        other if one.change is other.change and one.change is not Change.UNCHANGED else one
        for one, other in pairs
    ]
    return NotebookDiff(cells, stored.policy, notebooks=(stored.before, stored.after))


def _make_side(
    found: SideVersion,
    notebook: Notebook,
    left_out: set[int],
    *,
    lean: bool,
) -> a.ComparedSide:
    """Return a side; cells that are left out are null.

    A lean one has no notebook if the browser has sent it: half of what travels is that.
    """
    shown: dict[str, Any] | msgspec.UnsetType | None = None
    if lean and not found.is_saved:
        shown = msgspec.UNSET
    elif found.content is not None:
        cells = [
            None if index in left_out else cell.to_dict()
            for index, cell in enumerate(notebook.cells)
        ]
        shown = with_cells(notebook, cells)
    return a.ComparedSide(found.label, shown, found.time, found.author, found.message, found.id)


def _find_alike(found: NotebookDiff) -> list[CellDiff]:
    """Return the entries of cells that are alike to the last detail."""
    return [cell for cell in found.cells if cell.change is Change.UNCHANGED and not cell.noisy]


def _show_lines(found: NotebookDiff, said: dict[str, Any]) -> None:
    """Let sources change by lines as people see them: nobody applies this diff."""
    for cell, entry in zip(found.cells, said["cells"], strict=True):
        if "source" in entry:
            entry["source"] = to_builtins(cell.parts.lines)


def _find_noise(found: NotebookDiff) -> dict[Level, list[str]]:
    """Return the keys of each level that the diff ignores wherever they changed in it.

    The view ignores them in single parts, too. A key of metadata that counts somewhere is not among
    them.
    """
    metadata, _ = found.loud_rest
    of_cells = [(cell.parts.metadata, cell.loud_metadata) for cell in found.cells]
    keys: dict[Level, Iterable[str]] = {level: find_noisy(level) for level in Level}
    keys[Level.NOTEBOOK_METADATA] = _find_quiet([(found.metadata, metadata)])
    keys[Level.CELL_METADATA] = _find_quiet(of_cells)
    return {level: sorted(names) for level, names in keys.items()}


def _find_quiet(pairs: list[tuple[tuple[PathOp, ...], tuple[PathOp, ...]]]) -> set[str]:
    changed = {str(op.path[0]) for ops, _ in pairs for op in ops if op.path}
    loud = {str(op.path[0]) for _, ops in pairs for op in ops if op.path}
    # The language is compared apart from its place.
    return changed - loud - (_LANGUAGES if "language" in loud else set())


_LANGUAGES = {"kernelspec", "language_info"}
