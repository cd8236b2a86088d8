"""The changed cells of a notebook, of which single ones are committed, unstaged or discarded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from nbvc.diffing import Change
from nbvc.diffing.narrowing import WHOLE
from nbvc.diffing.values import ChangedLines
from nbvc.errors import ContentChangedError, make_visible
from nbvc.normalising.policy import Outputs
from nbvc.notebook.content import content_digest
from nbvc.versions.changing import first_line
from nbvc.workflow.commit import Stripper, find_renames, read_outputs
from nbvc.workflow.picking import (
    Picked,
    Taking,
    discard_picked,
    make_content,
    read_uncommitted,
    stage_picked,
)
from nbvc_jupyter import answers as a
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.restoring import show_checkpoint
from nbvc_jupyter.trust import as_sent, make_restorable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbvc.checkpoint.store import Store
    from nbvc.diffing import CellDiff
    from nbvc.git import Repository, Stop
    from nbvc.workflow.picking import Offer, OpenChanges
    from nbvc_jupyter.requests import CellsRequest, PickedCells, PickRequest
    from nbvc_jupyter.site import Site

_LINE = 120
"""Characters of a line that are sent."""


def list_cells(site: Site, request: CellsRequest, stop: Stop) -> a.ChangedCells:
    """Return the changed cells of a notebook, and those that are staged beside. Raises `NbvcError`."""
    place = site.contents.project(request.path)
    repository = site.repository(place, stop).unasked
    site.find_file(repository, request.name)
    is_sent = bytes(request.notebook) != b"null"
    found = _read(
        repository,
        site.commits(place),
        request.name,
        _find_outputs(repository, request),
        content=as_sent(request.notebook) if is_sent else None,
    )
    staged = found.staged
    return a.ChangedCells(
        state=found.state,
        is_new=not found.changes.there,
        partly_staged=staged is not None,
        cells=_show_offer(found.changes),
        notebook=found.changes.has_notebook_changes,
        staged=_show_offer(staged) if staged else [],
        staged_notebook=staged is not None and staged.has_notebook_changes,
    )


def make_contents(
    repository: Repository,
    commits: Store,
    picked: Sequence[PickedCells],
    outputs: Mapping[str, Outputs],
) -> dict[str, bytes]:
    """Return what is committed of notebooks of which some cells are chosen, by name.

    That is what is staged and the chosen changes on top of it. `outputs` says what becomes of the
    outputs of each. Raises `ContentChangedError`.
    """
    contents: dict[str, bytes] = {}
    if not picked:
        return contents
    strip = Stripper(repository)
    for one in picked:
        found = _read(repository, commits, one.name, outputs[one.name], strip=strip)
        if one.state is not None or one.cells:
            _check_state(found, one.state, one.name)
        chosen = _choose(found.changes, one.cells, notebook=one.notebook)
        contents[one.name] = make_content(found.changes, chosen)
    strip.sync()
    return contents


def unstage(site: Site, request: PickRequest, stop: Stop) -> a.Done:
    """Take cells out of the index; the file stays as it is. Raises `NbvcError`."""
    _, repository, found = _find_picked(site, request, stop)
    if found.staged is None:
        raise ContentChangedError("the staged version equals the file on disk")
    chosen = _choose(found.staged, request.cells, notebook=request.notebook)
    stage_picked(repository, found.staged, chosen)
    return a.Done()


def discard(site: Site, request: PickRequest, stop: Stop) -> a.Kept:
    """Make what is chosen of the file what git has; the file becomes a checkpoint first.

    Raises `NbvcError`.
    """
    store, repository, found = _find_picked(site, request, stop)
    chosen = _choose(found.changes, request.cells, notebook=request.notebook)
    kept = discard_picked(store, repository, found, chosen, make_restorable)
    return a.Kept([show_checkpoint(kept)] if kept else [])


def _find_picked(
    site: Site, request: PickRequest, stop: Stop
) -> tuple[Store, Repository, OpenChanges]:
    """Return what a request chooses from. Raises `ContentChangedError` if that has changed since."""
    place = site.contents.project(request.path)
    repository = site.repository(place, stop)
    site.find_file(repository, request.name)
    outputs = _find_outputs(repository, request)
    found = _read(repository, site.commits(place), request.name, outputs)
    _check_state(found, request.state, request.name)
    return site.store(place), repository, found


def _find_outputs(repository: Repository, request: CellsRequest | PickRequest) -> Outputs:
    if request.overrides:
        return request.outputs
    return read_outputs(repository, [request.name]).get(request.name, request.outputs)


def _read(
    repository: Repository,
    commits: Store,
    name: str,
    outputs: Outputs,
    *,
    content: bytes | None = None,
    strip: Stripper | None = None,
) -> OpenChanges:
    """Return what of a notebook a commit can take, with or without outputs as was chosen for it."""
    strip = strip or Stripper(repository, stores=False)
    return read_uncommitted(
        repository,
        name,
        former=find_renames(repository, commits, [name], filters=False).get(name),
        content=content,
        strip=strip.strip if outputs is Outputs.STRIP else None,
    )


def _check_state(found: OpenChanges, state: str | None, name: str) -> None:
    if found.state != state:
        raise ContentChangedError(
            "it has changed since its cells were listed: nothing was done",
            where=make_visible(name),
            hint="look at its cells, then try again",
        )


def _choose(offer: Offer, numbers: Sequence[int], *, notebook: bool) -> Picked:
    """Return a choice of changed cells. Raises `RefusedError`."""
    if not {*numbers} <= {*offer.list_changed()}:
        raise RefusedError(400, "no-cell", "no changed cell has this number")
    return Picked(dict.fromkeys(numbers, WHOLE), notebook=notebook)


def _show_offer(offer: Offer) -> list[a.CellChange]:
    base = content_digest(offer.there if offer.taking is Taking.STAGE else offer.other)
    seen: Counter[str] = Counter()
    shown = []
    for number in offer.list_changed():
        key = _make_key(offer, offer.diff.cells[number])
        seen[key] += 1
        shown.append(_show_entry(offer, number, content_digest(f"{base}{key}{seen[key]}".encode())))
    return shown


def _make_key(offer: Offer, entry: CellDiff) -> str:
    """Return a name that a change keeps while a person goes on with the cell.

    What it is compared with stays: its place there is the name, and of a new cell its ID or source.
    """
    old = offer.number(entry, other=True)
    if old:
        return f"was {old}"
    cells = entry.get_cells()[0 if offer.taking is Taking.UNSTAGE else 1]
    return f"new {[cell.id or cell.source for cell in cells]}"


def _show_entry(offer: Offer, number: int, key: str) -> a.CellChange:
    entry = offer.diff.cells[number]
    change = entry.change
    old, new = entry.get_cells()
    edits = [op for op in entry.parts.lines if isinstance(op, ChangedLines)]
    removed, added = sum(len(op.removed) for op in edits), sum(len(op.added) for op in edits)
    if offer.taking is Taking.UNSTAGE:
        change = _BACKWARDS.get(change, change)
        old, new, removed, added = new, old, added, removed
    here = offer.number(entry) or offer.number(entry, other=True)
    return a.CellChange(
        key=key[:16],
        entry=number,
        change=change,
        moved=entry.moved,
        numbers=tuple(at + 1 for at in here),
        text=first_line((new or old)[0].source)[:_LINE],
        added=added,
        removed=removed,
        outputs=change is Change.MODIFIED and bool(entry.parts.outputs),
    )


_BACKWARDS = {
    Change.ADDED: Change.REMOVED,
    Change.REMOVED: Change.ADDED,
    Change.SPLIT: Change.JOINED,
    Change.JOINED: Change.SPLIT,
}
