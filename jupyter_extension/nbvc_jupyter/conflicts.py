"""Notebooks in conflict: what nbvc marked, or git left full of markers, opened and saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbvc
from nbvc.checkpoint.restoring import content_digest
from nbvc.errors import ContentChangedError, GitError, NbvcError
from nbvc.git.state.index import LOCK_PATIENCE, unlocked
from nbvc.git.state.sides import sides
from nbvc.git.state.status import FileState, literal, status
from nbvc.merge.files import merge_files
from nbvc.merge.markers import Take, find, settle, without_note
from nbvc.merge.model import Strategy
from nbvc.merge.textual import fixed, has_markers, labels_in
from nbvc_jupyter.encoding import encoded
from nbvc_jupyter.refusals import RefusedError
from nbvc_jupyter.trust import as_sent, untrusted

if TYPE_CHECKING:
    import msgspec

    from nbvc.git.plumbing.repository import Repository
    from nbvc.git.state.sides import Sides
    from nbvc.merge.markers import Marked
    from nbvc.notebook import Cell, Notebook
    from nbvc_jupyter.places import Place
    from nbvc_jupyter.requests import ResolveOpenRequest, ResolveSaveRequest
    from nbvc_jupyter.site import Site
    from nbvc_jupyter.stopping import Stop


def opened(site: Site, request: ResolveOpenRequest, stop: Stop) -> bytes:
    """Return a notebook with its conflicts, as JSON. Nothing is written. Raises `NbvcError`."""
    place = site.contents.place(request.path)
    content = site.contents.read(place)
    repository = _repository(site, place, stop)
    unmerged = repository is not None and _is_unmerged(repository, place)
    notebook, kind = _opened(content, repository if unmerged else None, place)
    bases = _bases(notebook, repository if unmerged else None, place)
    known = sides(repository) if unmerged and repository is not None else None
    found = [(i, cell, marked) for i, cell in enumerate(notebook.cells) if (marked := find(cell))]
    return encoded(
        {
            "kind": kind if found or kind == "git" else "none",
            "notebook": notebook.to_dict(),
            "digest": content_digest(content),
            "unmerged": unmerged,
            "conflicts": [_conflict(*one, bases.get(one[0]), known) for one in found],
        }
    )


def _opened(content: bytes, repository: Repository | None, place: Place) -> tuple[Notebook, str]:
    """Return a notebook that opens, and who left the conflicts: nbvc's markers, or git's text."""
    here = _read(content)
    if here is not None and any(find(cell) for cell in here.cells):
        return here, "nbvc"
    if repository is not None and (merged := _from_stages(content, here, repository, place)):
        return merged, "git"
    if here is not None:
        return here, "none"
    if not has_markers(content):
        return untrusted(content, place.path), "none"  # says what is wrong with it
    mended, _ = fixed(content, place.path)
    return untrusted(mended), "git"


def _read(content: bytes) -> Notebook | None:
    try:
        return untrusted(content)
    except NbvcError:
        return None


def _from_stages(
    content: bytes, here: Notebook | None, repository: Repository, place: Place
) -> Notebook | None:
    """Merge the three versions that git has by cell; None where somebody has worked on the file."""
    stages = _stages(repository, repository.name(place.file))
    if "2" not in stages or "3" not in stages or _is_decided(here, stages):
        return None
    ours, theirs = labels_in(content)
    labels = Strategy(local_label=ours or "local", remote_label=theirs or "remote")
    try:
        merged, _ = merge_files(stages.get("1", b""), stages["2"], stages["3"], labels, place.path)
        return untrusted(merged)
    except NbvcError:
        return None


def _is_decided(here: Notebook | None, stages: dict[str, bytes]) -> bool:
    """Tell whether a file opens and is no side's version: somebody has decided already."""
    if here is None:
        return False
    return all(_read(stage) != here for stage in stages.values() if stage.strip())


def _stages(repository: Repository, name: str) -> dict[str, bytes]:
    listed = repository.git.literal.run("ls-files", "-u", "-z", "--", name)
    found = {}
    for entry in filter(None, listed.split(b"\0")):
        _, oid, stage = entry.split(b"\t", 1)[0].decode().split(" ")
        found[stage] = repository.git.run("cat-file", "blob", oid)
    return found


def _conflict(
    index: int, cell: Cell, marked: Marked, base: list[dict[str, Any]] | None, known: Sides | None
) -> dict[str, Any]:
    """Return a cell's conflicts: as whole cells of each side, and its source in chunks.

    `known` says more of the sides than their labels, as in a rebase, where local is not yours. A side
    that deleted the cell has none. A chunk with a `remote` side is to be decided.
    """
    chunks = [
        {"lines": chunk.lines}
        if chunk.remote is None
        else {"local": chunk.lines, "remote": chunk.remote, "base": chunk.base or None}
        for chunk in marked.chunks
    ]
    return {
        "index": index,
        "span": 1,
        "id": cell.id,
        "hunks": marked.hunks,
        "labels": {
            "local": known.local if known else marked.local,
            "remote": known.remote if known else marked.remote,
        },
        "own": known.own if known else "local",
        "deleted_by": marked.deleted_by,
        "chunks": chunks,
        "local": _taken(cell, marked, Take.LOCAL),
        "base": base,
        "remote": _taken(cell, marked, Take.REMOTE),
        "reason": _reason(marked),
    }


def _taken(cell: Cell, marked: Marked, take: Take) -> list[dict[str, Any]]:
    settled = settle(cell, [take] * marked.hunks)
    return [] if settled is None else [settled.to_dict()]


def _reason(marked: Marked) -> str:
    if marked.deleted_by is None:
        return "both sides changed this cell"
    gone, kept = marked.local, marked.remote
    if marked.deleted_by == "remote":
        gone, kept = kept, gone
    return f"{gone} deleted this cell, {kept} changed it"


def _bases(
    notebook: Notebook, repository: Repository | None, place: Place
) -> dict[int, list[dict[str, Any]]]:
    """Return what each cell was before both sides changed it, where git still has that."""
    if repository is None:
        return {}
    content = _stages(repository, repository.name(place.file)).get("1", b"")
    base = _read(content) if content.strip() else None
    if base is None:
        return {}
    found: dict[int, list[dict[str, Any]]] = {}
    # A source full of markers looks like nothing that was there: each side by itself does.
    for take in (Take.REMOTE, Take.LOCAL):
        cells = [_settled(cell, take) for cell in notebook.cells]
        for entry in nbvc.diff(base, notebook.with_cells(cells)).cells:
            for index in entry.after:
                if entry.before or index not in found:
                    found[index] = [base.cells[one].to_dict() for one in entry.before]
    return found


def _settled(cell: Cell, take: Take) -> Cell:
    """Return a cell with all of one side; itself where that side deleted it."""
    marked = find(cell)
    return cell if marked is None else settle(cell, [take] * marked.hunks) or cell


def saved(site: Site, request: ResolveSaveRequest, stop: Stop) -> dict[str, Any]:
    """Save what was decided, and mark the path resolved if no conflict is left.

    The file's content becomes a checkpoint first. If the file changed since its conflicts were
    opened, the decisions are merged into it. Raises `ContentChangedError` if they can't be.
    """
    place = site.contents.place(request.path)
    current = site.contents.current(place)
    notebook = untrusted(as_sent(request.notebook))
    if content_digest(current) != request.expected:
        notebook = _merged(request.opened, current, notebook)
    # What the merge noted about a conflict goes with the conflict.
    notebook = notebook.with_cells(
        [cell if find(cell) else without_note(cell) for cell in notebook.cells]
    )
    content = notebook.to_bytes()
    if current is not None:
        site.store(place).create(site.contents.stand_in(place), "Before resolving", current)
    site.contents.write(place, content)
    left = sum(marked.hunks for cell in notebook.cells if (marked := find(cell)))
    repository = _repository(site, place, stop)
    unmerged = repository is not None and _is_unmerged(repository, place)
    if repository is not None and unmerged and not left:
        _add(repository, place)
        unmerged = False
    return {"digest": content_digest(content), "unmerged": unmerged, "left": left}


def _merged(opened: msgspec.Raw, current: bytes | None, decided: Notebook) -> Notebook:
    """Return the decisions merged into a file in which other cells have changed meanwhile.

    Raises `ContentChangedError` if the file has other conflicts than `opened`, which is null if the
    caller doesn't want a merge, or if the decisions and the changes concern the same text.
    """
    base = None if bytes(opened) == b"null" else untrusted(as_sent(opened))
    here = None if current is None else _read(current)
    if base is not None and here is not None and _marked(base) == _marked(here):
        result = nbvc.merge(base, here, decided)
        if not set(_marked(result.notebook)) - set(_marked(decided)):
            return result.notebook
    raise ContentChangedError(
        "the notebook on the disk is not the one that you have seen: nothing was saved",
        hint="open its conflicts again",
    )


def _marked(notebook: Notebook) -> list[str]:
    """Return the sources of the cells in conflict."""
    return [cell.source for cell in notebook.cells if find(cell)]


def _repository(site: Site, place: Place, stop: Stop) -> Repository | None:
    try:
        return site.repository(place, stop)
    except (GitError, RefusedError):
        return None


def _is_unmerged(repository: Repository, place: Place) -> bool:
    name = repository.name(place.file)
    return status(repository, [name]).of(name) is FileState.UNMERGED


def _add(repository: Repository, place: Place) -> None:
    from nbvc.git.plumbing.command import failure

    args = ("add", "--", literal(repository.name(place.file)))
    finished = unlocked(repository, *args, deadline=60, patience=LOCK_PATIENCE)
    if finished.code:
        raise failure(args, finished)
