"""Pull into a working tree in which notebooks have changes that are not committed.

    HEAD ──o        the upstream's commits are merged into HEAD by git, as ever;
     └─ your file   what you changed since HEAD is then merged, by cell, into what came of it

Your file becomes a checkpoint before anything happens. There is no stash: where the merge does not
come about, the file is put back at once.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.errors import ContentChangedError, NbvcError, NotebookError, make_visible
from nbvc.git.actions.merging import ByCell
from nbvc.git.actions.pull import (
    PullOutcome,
    PullResult,
    before_merge,
    fetch_upstream,
    merge_upstream,
)
from nbvc.git.actions.refreshing import refresh
from nbvc.git.plumbing.programs import own_program
from nbvc.git.setup.attributes import find_effective
from nbvc.git.state.changes import read_checkout, read_file
from nbvc.git.state.index import look_again
from nbvc.git.state.remotes import NETWORK
from nbvc.git.state.status import FileState, read_status
from nbvc.notebook.drafts import remove_leftovers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.git.plumbing.repository import Repository

_MESSAGE = "Before pulling"


class Pulled(msgspec.Struct, frozen=True):
    """What became of a pull.

    `kept` are checkpoints of the notebooks that had changes, as they were. `undecided` are those in
    which these changes and the upstream's are in conflict, `left_out` those that could not take
    them in: there, the changes are in the checkpoint alone.
    """

    result: PullResult
    kept: tuple[Checkpoint, ...] = ()
    undecided: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class _Aside(msgspec.Struct, frozen=True):
    """A notebook that is set aside: as HEAD has it, as it was on disk, and its checkpoint.

    `is_clean` says that nobody wrote what is different: a filter leaves it out of git, such as
    outputs, or it is noise, such as what a kernel writes into an open notebook when it starts.
    """

    name: str
    base: bytes
    local: bytes
    checkpoint: Checkpoint
    is_clean: bool


def pull_notebooks(store: Store, names: Collection[str], *, deadline: float = NETWORK) -> Pulled:
    """Fetch what the branch follows and merge it, notebooks by cell.

    `names` are the notebooks whose changes are merged with those of the upstream. What a filter hides
    from git, such as outputs, stays, and so do changes of files that the merge does not touch.
    Failures are results. Raises `GitError`, and `ContentChangedError` if
    another program writes a notebook at the same time.
    """
    repository = store.repository.acting
    for folder in {os.path.dirname(repository.path(name)) for name in names}:
        remove_leftovers(folder)
    refused = fetch_upstream(repository, deadline=deadline) or before_merge(repository)
    rerun = _refresh_reruns(repository, refused.names if refused else ())
    if rerun:
        refused = before_merge(repository)
    dirty = refused.names if refused else ()
    if refused and (
        refused.outcome is not PullOutcome.DIRTY or not _can_move(repository, names, dirty)
    ):
        return Pulled(refused)
    try:
        aside = [_save_checkpoint(store, name) for name in dirty]
    except NotebookError:
        assert refused is not None
        return Pulled(refused)
    hidden = dict.fromkeys((*names, *rerun))
    states = read_status(repository, hidden)
    aside += _hide_changes(
        store, [name for name in hidden if states.of(name) is FileState.UNCHANGED]
    )
    with ByCell(store.repository, own_program()) as settings:
        return _run_pull(store, aside, settings)


def _refresh_reruns(repository: Repository, names: Sequence[str]) -> tuple[str, ...]:
    """Let git see that mere reruns are not changes, and return them: it goes by the size of a file.

    Without a filter the index stays as it is.
    """
    filtered = [
        name for name, used in find_effective(repository, names).items() if "filter" in used
    ]
    return refresh(repository, filtered) if filtered else ()


def _can_move(repository: Repository, names: Collection[str], dirty: Sequence[str]) -> bool:
    """Return whether all that is dirty was named, and is a file changed since HEAD and not staged."""
    states = read_status(repository, dirty)
    return all(
        name in names
        and states.of(name) is FileState.CHANGED
        and os.path.isfile(repository.path(name))
        and not os.path.islink(repository.path(name))
        for name in dirty
    )


def _hide_changes(store: Store, names: Sequence[str]) -> list[_Aside]:
    """Set those notebooks aside that differ from what git would check out, though not to git."""
    repository = store.repository
    found = []
    for name in names:
        path = repository.path(name)
        wanted = read_checkout(repository, "HEAD", name)
        if wanted is None or os.path.islink(path) or not os.path.isfile(path):
            continue
        if read_file(path) == wanted:
            continue
        try:
            found.append(msgspec.structs.replace(_save_checkpoint(store, name), is_clean=True))
        except NotebookError:
            continue
    return found


def _save_checkpoint(store: Store, name: str) -> _Aside:
    """Save a notebook as a checkpoint. Raises `NotebookError` if a version can't be read."""
    from nbvc.diffing import diff
    from nbvc.notebook import read

    repository = store.repository.storing
    path = repository.path(name)
    local = read_file(path)
    base = repository.git.run("cat-file", "--filters", f"HEAD:{name}")
    before, after = read(base, name=name), read(local, name=name)
    checkpoint = store.create(path, _MESSAGE, local).checkpoint
    return _Aside(name, base, local, checkpoint, not diff(before, after).changed)


def _write(repository: Repository, one: _Aside, *, expected: bytes, content: bytes) -> None:
    """Replace a notebook on disk, if it is what it is thought to be."""
    from nbvc.notebook.saving import save

    path = repository.path(one.name)
    if _on_disk(path) != expected:
        raise ContentChangedError(
            "the file was changed by another program just now, and is left as that has it",
            where=make_visible(one.name),
            hint=f"the checkpoint {one.checkpoint.id} has the previous content",
        )
    if content != expected:
        save(path, content)


def _on_disk(path: str) -> bytes | None:
    return read_file(path) if os.path.lexists(path) else None


def _put_back(repository: Repository, aside: Sequence[_Aside]) -> None:
    for one in aside:
        if _on_disk(repository.path(one.name)) != one.local:
            _write(repository, one, expected=one.base, content=one.local)


def _run_pull(store: Store, aside: Sequence[_Aside], settings: Sequence[str]) -> Pulled:
    """Merge with a clean tree, and then what was set aside into what came of it."""
    repository = store.repository.acting
    kept = tuple(one.checkpoint for one in aside)
    names = [one.name for one in aside]
    try:
        for one in aside:
            _write(repository, one, expected=one.local, content=one.base)
        look_again(repository, names)
        result = merge_upstream(repository, settings=settings)
        if result.outcome is PullOutcome.CONFLICTS and all(one.is_clean for one in aside):
            return Pulled(result, kept)
        if result.outcome is PullOutcome.CONFLICTS:
            result = _withdraw_merge(repository, result, aside)
    except BaseException:
        _put_back(repository, aside)
        raise
    if not result.succeeded:
        _put_back(repository, aside)
        look_again(repository, names)
        return Pulled(result, kept)
    undecided, left_out = [], []
    for one in aside:
        try:
            if _take_in(repository, one):
                undecided.append(one.name)
        except NbvcError:
            left_out.append(one.name)
    look_again(repository, names)
    return Pulled(result, kept, tuple(undecided), tuple(left_out))


def _withdraw_merge(
    repository: Repository, result: PullResult, aside: Sequence[_Aside]
) -> PullResult:
    """Go back from a merge with conflicts, which only a person without other changes should see."""
    repository.git.run("merge", "--abort")
    changed = tuple(one.name for one in aside if not one.is_clean)
    names = ", ".join(map(make_visible, changed))
    return msgspec.structs.replace(
        result,
        outcome=PullOutcome.DIRTY,
        message="the upstream was fetched, but not merged: it conflicts with your commits, and "
        f"there are changes in {names} that are not committed",
        hint="commit them first, then pull again and resolve the conflicts",
        names=changed,
    )


def _take_in(repository: Repository, one: _Aside) -> bool:
    """Merge a notebook's changes into what the pull made of it; return whether conflicts are left."""
    from nbvc.merging import Strategy
    from nbvc.merging.files import merge_files

    path = repository.path(one.name)
    merged = _on_disk(path)
    if merged is None:
        raise NotebookError("the upstream has deleted it", where=one.name)
    strategy = Strategy(local_label="not committed", remote_label="pulled")
    content, result = merge_files(one.base, one.local, merged, strategy, one.name)
    _write(repository, one, expected=merged, content=content)
    return bool(result.conflicts)
