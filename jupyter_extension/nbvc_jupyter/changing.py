"""What changed in each version of a notebook since the version that it was made from."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from nbvc.diffing import Change
from nbvc.diffing.values import ChangedLines
from nbvc.errors import NbvcError
from nbvc.render.words import count_cells
from nbvc.versions.model import VersionType
from nbvc.workflow.compare import Pair, compare, make_source
from nbvc.workflow.deciding import Decider
from nbvc.workflow.nbdime_config import settings_below
from nbvc_jupyter import answers as a
from nbvc_jupyter.sides import EMPTY
from nbvc_jupyter.trust import remove_trust

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.diffing import CellDiff, DiffPolicy, NotebookDiff
    from nbvc.git import Stop
    from nbvc.versions.model import Version
    from nbvc_jupyter.requests import ChangesRequest
    from nbvc_jupyter.site import Site

_SECONDS = 0.4
"""How long one request may compare: the browser asks again for what is left."""
_LINE = 120
"""Characters of a line that are sent."""


def list_changes(site: Site, request: ChangesRequest, stop: Stop) -> a.VersionChanges:
    """Return what changed in some versions; those that take too long are left out."""
    place = site.contents.place(request.path)
    commits, saved = site.commits(place), site.store(place)
    with site.open_history(place, stop) as history:
        versions = history.versions()
    parents = find_parents(versions, saved.list(place.file))
    known = {one.id: one for one in versions}
    policy = Decider(below=settings_below(os.environ, lambda *_: None)).decide(place.file).diff
    end = time.monotonic() + _SECONDS
    found: dict[str, a.VersionChange] = {}
    for which in request.ids:
        if which not in known:
            continue
        before = next((known[one] for one in parents[which] if one in known), None)
        contents = [read_content(commits, saved, one) for one in (before, known[which])]
        change = _compare(contents, policy, is_first=before is None)
        if change is not None:
            found[which] = change
        if time.monotonic() > end:
            break
    return a.VersionChanges(found)


def find_parents(
    versions: Sequence[Version], checkpoints: Iterable[Checkpoint]
) -> dict[str, tuple[str, ...]]:
    """Return what each version was made from, by their ids: a merge was made from several.

    A commit was made from its parents. A checkpoint was made from the one before, or from the commit
    that was checked out since.

    Args:
        versions: All versions, newest first.
        checkpoints: The checkpoints among them.
    """
    heads = {one.id: one.head for one in checkpoints}
    ids = {one.id for one in versions}
    found: dict[str, tuple[str, ...]] = {}
    older: str | None = None
    saved: str | None = None
    for one in reversed(versions):
        if one.kind is VersionType.COMMIT:
            found[one.id] = one.parents
        else:
            head = heads.get(one.id)
            base = saved
            if saved is None or heads.get(saved) != head:
                base = head if head in ids else saved or older
            found[one.id] = (base,) if base else ()
            saved = one.id
        older = one.id
    return found


def find_repeated(versions: Sequence[Version], parents: dict[str, tuple[str, ...]]) -> set[str]:
    """Return the ids of the checkpoints that have the content of their parent or of a commit beside."""
    blobs = {one.id: one.blob for one in versions}
    found = set()
    for at, one in enumerate(versions):
        if one.kind is VersionType.CHECKPOINT:
            # A save and the commit of it may have the same second, and then any order.
            beside = [*versions[max(at - 1, 0) : at], *versions[at + 1 : at + 2]]
            commits = [other.id for other in beside if other.kind is VersionType.COMMIT]
            near = [blobs[other] for other in (*parents[one.id], *commits) if other in blobs]
            if one.blob in near:
                found.add(one.id)
    return found


def read_content(commits: Store, saved: Store, version: Version | None) -> bytes | None:
    """Return a version's content; None if there is no version, or no notebook in it."""
    if version is None or version.blob is None:
        return None
    store = saved if version.kind is VersionType.CHECKPOINT else commits
    found = store.objects.get(version.blob)
    return None if found is None else found.content


def _compare(
    contents: Sequence[bytes | None], policy: DiffPolicy, *, is_first: bool
) -> a.VersionChange | None:
    """Return what changed between two contents; None if they can't be compared."""
    if contents[0] == contents[1]:
        return a.VersionChange(is_same=True)
    before, after = (make_source(one or EMPTY, "", "", "") for one in contents)
    try:
        found = compare(Pair(before, after, policy=policy), for_programs=True, parse=remove_trust)
    except NbvcError:
        return None
    if found.diff is None:
        return None
    return _summarize(found.diff, is_first=is_first)


def _summarize(diff: NotebookDiff, *, is_first: bool) -> a.VersionChange:
    counts = count_cells(diff)
    loud = [cell for cell in diff.cells if cell.is_loud]
    before, after = _find_lines(loud[0]) if len(loud) == 1 else (None, None)
    return a.VersionChange(
        is_first=is_first,
        changed=counts["modified"],
        split=counts["split"],
        joined=counts["joined"],
        added=counts["added"],
        removed=counts["removed"],
        moved=counts["moved"],
        outputs=sum(_is_output_only(cell) for cell in loud),
        before=before,
        after=after,
    )


def _is_output_only(cell: CellDiff) -> bool:
    return cell.change is Change.MODIFIED and bool(cell.parts.outputs) and not cell.parts.lines


def _find_lines(cell: CellDiff) -> tuple[str | None, str | None]:
    """Return the line of the only changed cell that was replaced, came or went."""
    olds, news = cell.get_cells()
    if cell.change is Change.MODIFIED:
        edits = [op for op in cell.parts.lines if isinstance(op, ChangedLines)]
        if len(edits) == 1 and len(edits[0].removed) <= 1 and len(edits[0].added) <= 1:
            return _cut([*edits[0].removed]), _cut([*edits[0].added])
    elif cell.change in (Change.ADDED, Change.REMOVED):
        return _cut(olds[0].source.split("\n") if olds else []), _cut(
            news[0].source.split("\n") if news else []
        )
    return None, None


def _cut(lines: list[str]) -> str | None:
    """Return the first line that says something."""
    said = next((line.strip() for line in lines if line.strip()), None)
    return said if said is None or len(said) <= _LINE else f"{said[:_LINE]}…"
