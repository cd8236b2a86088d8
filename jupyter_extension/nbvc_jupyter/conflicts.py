"""Notebooks in conflict: what nbvc marked, or git left full of markers, opened and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbvc
from nbvc.errors import ContentChangedError, GitError, NbvcError
from nbvc.git.state.index import LOCK_PATIENCE, stage
from nbvc.git.state.sides import find_sides
from nbvc.merging.markers import Take, find, settle
from nbvc.merging.textual import fix_notebook, has_markers
from nbvc.notebook.content import content_digest
from nbvc.notebook.validity import check_result
from nbvc.workflow.conflicts import (
    Stages,
    count_conflicts,
    delete_notebook,
    drop_notes,
    merge_stages,
    read_stages,
)
from nbvc.workflow.restoring import replace_content
from nbvc_jupyter import answers as a
from nbvc_jupyter.contents import NotebookTarget
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.trust import as_sent, remove_trust

if TYPE_CHECKING:
    import msgspec

    from nbvc.git import Repository, Stop
    from nbvc.git.state.sides import ConflictSides
    from nbvc.merging.markers import Marked
    from nbvc.merging.model import MergeResult
    from nbvc.notebook import Cell, Notebook
    from nbvc_jupyter.places import NotebookPlace
    from nbvc_jupyter.requests import MergeRequest, NotebookRequest, ResolveSaveRequest
    from nbvc_jupyter.site import Site


def show_conflicts(site: Site, request: NotebookRequest, stop: Stop) -> a.Conflicts:
    """Return a notebook with its conflicts. Nothing is written. Raises `NbvcError`."""
    place = site.contents.place(request.path)
    content = site.contents.read(place)
    repository = _find_repository(site, place, stop)
    stages = _read_stages(repository, place)
    notebook, kind, merged = _open_notebook(content, stages, place)
    bases = _find_bases(notebook, stages)
    known = find_sides(repository) if repository is not None and stages.is_unmerged else None
    found = [(i, cell, marked) for i, cell in enumerate(notebook.cells) if (marked := find(cell))]
    deleted = _describe_deletion(stages, known)
    if deleted is not None:
        kind = "deleted"
    elif not found and kind != "git":
        kind = "none"
    return a.Conflicts(
        kind=kind,
        notebook=notebook.to_dict(),
        digest=content_digest(content),
        unmerged=stages.is_unmerged,
        deleted=deleted,
        conflicts=[_make_conflict(*one, bases.get(one[0]), known) for one in found],
        reruns=_find_reruns(merged or merge_stages(stages, None, place.path)),
    )


def _find_reruns(merged: tuple[bytes, MergeResult] | None) -> list[int]:
    """Return the cells whose outputs a merge took from one side, or dropped."""
    return [] if merged is None else [*merged[1].reruns]


def _describe_deletion(stages: Stages, known: ConflictSides | None) -> a.Deletion | None:
    by = stages.deleted_by
    if by is None:
        return None
    own = known.own if known else "local"
    names = (known.local, known.remote) if known else ("your branch", "the other branch")
    gone, kept = names if by == "local" else names[::-1]
    return a.Deletion(by, own, f"{gone} deleted this notebook, {kept} changed it")


def _open_notebook(
    content: bytes, stages: Stages, place: NotebookPlace
) -> tuple[Notebook, a.ConflictKind, tuple[bytes, MergeResult] | None]:
    """Return a notebook that opens, who left the conflicts, and the merge that it comes from.

    Conflicts are nbvc's markers, or git's text.
    """
    here = _read(content)
    if here is not None and any(find(cell) for cell in here.cells):
        return here, "nbvc", None
    merged = merge_stages(stages, content, place.path)
    if merged is not None:
        return remove_trust(merged[0]), "git", merged
    if here is not None:
        return here, "none", None
    if not has_markers(content):
        return remove_trust(content, place.path), "none", None  # says what is wrong with it
    fixed, _ = fix_notebook(content, place.path)
    return remove_trust(fixed), "git", None


def _read(content: bytes) -> Notebook | None:
    try:
        return remove_trust(content)
    except NbvcError:
        return None


def _read_stages(repository: Repository | None, place: NotebookPlace) -> Stages:
    return Stages() if repository is None else read_stages(repository, repository.name(place.file))


def _make_conflict(
    index: int,
    cell: Cell,
    marked: Marked,
    base: list[dict[str, Any]] | None,
    known: ConflictSides | None,
) -> a.Conflict:
    """Return a cell's conflicts: as whole cells of each side, and its source in chunks.

    `known` says more of the sides than their labels, as in a rebase, where local is not yours. A side
    that deleted the cell has none. A chunk with a `remote` side is to be decided.
    """
    chunks: list[a.Chunk] = [
        a.Settled(chunk.lines)
        if chunk.remote is None
        else a.Disputed(chunk.lines, chunk.remote, chunk.base or None)
        for chunk in marked.chunks
    ]
    names = known or marked
    return a.Conflict(
        index=index,
        span=1,
        id=cell.id,
        hunks=marked.hunks,
        labels=a.Labels(names.local, names.remote),
        own=known.own if known else "local",
        deleted_by=marked.deleted_by,
        chunks=chunks,
        local=_take_side(cell, marked, Take.LOCAL),
        base=base,
        remote=_take_side(cell, marked, Take.REMOTE),
        reason=_explain_conflict(marked),
    )


def _take_side(cell: Cell, marked: Marked, take: Take) -> list[dict[str, Any]]:
    settled = settle(cell, [take] * marked.hunks)
    return [] if settled is None else [settled.to_dict()]


def _explain_conflict(marked: Marked) -> str:
    if marked.deleted_by is None:
        return "both sides changed this cell"
    gone, kept = marked.local, marked.remote
    if marked.deleted_by == "remote":
        gone, kept = kept, gone
    return f"{gone} deleted this cell, {kept} changed it"


def _find_bases(notebook: Notebook, stages: Stages) -> dict[int, list[dict[str, Any]]]:
    """Return what each cell was before both sides changed it, if git still has that."""
    base = _read(stages.base) if stages.base is not None and stages.base.strip() else None
    if base is None:
        return {}
    found: dict[int, list[dict[str, Any]]] = {}
    # A source full of markers looks like nothing that was there: each side by itself does.
    for take in (Take.REMOTE, Take.LOCAL):
        cells = [_settle_cell(cell, take) for cell in notebook.cells]
        for entry in nbvc.diff(base, notebook.with_cells(cells)).cells:
            for index in entry.after:
                if entry.before or index not in found:
                    found[index] = [base.cells[one].to_dict() for one in entry.before]
    return found


def _settle_cell(cell: Cell, take: Take) -> Cell:
    """Return a cell with all of one side; itself if that side deleted it."""
    marked = find(cell)
    return cell if marked is None else settle(cell, [take] * marked.hunks) or cell


def save_resolved(site: Site, request: ResolveSaveRequest, stop: Stop) -> a.Resolved:
    """Save what was decided, and mark the path resolved if no conflict is left.

    The file's content becomes a checkpoint first. If the file changed since its conflicts were
    opened, the decisions are merged into it. Raises `ContentChangedError` if they can't be.
    """
    place = site.contents.place(request.path)
    target = NotebookTarget(site.contents, place)
    current = target.read()
    if bytes(request.notebook) == b"null":
        return _delete(site, place, current, request.expected, stop)
    notebook = remove_trust(as_sent(request.notebook))
    if content_digest(current) != request.expected:
        notebook = _merge_decisions(request.opened, current, notebook)
    notebook = drop_notes(notebook)
    content, left = notebook.to_bytes(), count_conflicts(notebook)
    replace_content(site.store(place), target, current, content, "Before resolving")
    repository = _find_repository(site, place, stop)
    unmerged = _read_stages(repository, place).is_unmerged
    if repository is not None and unmerged and not left:
        stage(repository, [repository.name(place.file)], patience=LOCK_PATIENCE)
        unmerged = False
    return a.Resolved(content_digest(content), unmerged, left)


def merge(site: Site, request: MergeRequest, _: Stop) -> a.Merged:
    """Merge what is saved into a notebook in an editor. Nothing is written. Raises `NbvcError`."""
    place = site.contents.place(request.path)
    disk = remove_trust(site.contents.read(place), place.path)
    base, mine = (remove_trust(as_sent(one)) for one in (request.base, request.notebook))
    result = nbvc.merge(base, mine, disk)
    check_result(result.notebook, (mine, disk))
    return a.Merged(result.notebook.to_dict(), len(result.conflicts), disk.to_dict())


def _delete(
    site: Site, place: NotebookPlace, current: bytes | None, expected: str, stop: Stop
) -> a.Resolved:
    """Delete a notebook that one side deleted. Raises `ContentChangedError`, `RefusedError`."""
    repository = site.repository(place, stop)
    if _read_stages(repository, place).deleted_by is None:
        raise RefusedError(409, "git", "no side of a merge has deleted this notebook")
    if current is None or content_digest(current) != expected:
        raise _make_changed_error("deleted")
    delete_notebook(site.store(place), repository.name(place.file), current)
    return a.Resolved(digest="", unmerged=False, left=0)


def _make_changed_error(undone: str) -> ContentChangedError:
    return ContentChangedError(
        f"the notebook on disk is not the one that you saw: nothing was {undone}",
        hint="open its conflicts again",
    )


def _merge_decisions(opened: msgspec.Raw, current: bytes | None, decided: Notebook) -> Notebook:
    """Return the decisions merged into a file in which other cells have changed meanwhile.

    Raises `ContentChangedError` if the file has other conflicts than `opened`, which is null if the
    caller doesn't want a merge, or if the decisions and the changes concern the same text, and
    `RewriteRefusedError` if the result would not be a valid notebook.
    """
    base = None if bytes(opened) == b"null" else remove_trust(as_sent(opened))
    here = None if current is None else _read(current)
    if base is not None and here is not None and _find_marked(base) == _find_marked(here):
        result = nbvc.merge(base, here, decided)
        if not set(_find_marked(result.notebook)) - set(_find_marked(decided)):
            check_result(result.notebook, (here, decided))
            return result.notebook
    raise _make_changed_error("saved")


def _find_marked(notebook: Notebook) -> list[str]:
    """Return the sources of the cells in conflict."""
    return [cell.source for cell in notebook.cells if find(cell)]


def _find_repository(site: Site, place: NotebookPlace, stop: Stop) -> Repository | None:
    try:
        return site.repository(place, stop)
    except (GitError, RefusedError):
        return None
