"""Take some changes of a notebook and leave the others: stage, unstage or put back by cell.

    stage       what the disk has        into the index
    unstage     what the commit has      into the index
    put back    what a version has       into the file, which becomes a checkpoint first

Each is an offer: the changes from what is there to what could be taken. What is taken is one diff,
narrowed to what was chosen. `read_uncommitted` returns the offers of one notebook for a view that
shows what a commit can take of it.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from nbvc.diffing.narrowing import WHOLE, Portion, can_divide, narrow
from nbvc.errors import (
    CheckpointError,
    ContentChangedError,
    GitError,
    NoCellError,
    SelectionError,
    UnknownRefError,
    make_visible,
)
from nbvc.names import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.diffing import CellDiff, DiffPolicy, NotebookDiff
    from nbvc.git.plumbing.repository import Repository
    from nbvc.notebook import Notebook
    from nbvc.workflow.compare import Pair, Source
    from nbvc.workflow.revisions import ChangedPairs


class Taking(Enum):
    """What happens to the changes that are chosen."""

    STAGE = "stage"
    UNSTAGE = "unstage"
    PUT_BACK = "put back"


class Offer(msgspec.Struct, frozen=True):
    """The changes of one notebook that can be taken.

    `name` is its path from the top of the repository, or on disk if it is put back. `there` and
    `other` are the contents that the diff is between. Of a stage, numbers of cells are those of
    `other`, else those of what is there: always of what a person works on.
    """

    taking: Taking
    name: str
    diff: NotebookDiff
    there: bytes
    other: bytes

    @property
    def has_notebook_changes(self) -> bool:
        """Whether metadata or the format of the notebook changed in a way that counts."""
        return any(self.diff.loud_rest)

    def list_changed(self) -> list[int]:
        """Return the numbers of the entries that changed in a way that counts."""
        return [number for number, entry in enumerate(self.diff.cells) if entry.is_loud]

    def number(self, entry: CellDiff, *, other: bool = False) -> tuple[int, ...]:
        """Return the cells of an entry in the notebook that a person works on, or in the other one."""
        return entry.after if (self.taking is Taking.STAGE) is not other else entry.before


class Picked(msgspec.Struct, frozen=True):
    """What was chosen of an offer: how much of which entries, and of the notebook itself."""

    cells: Mapping[int, Portion] = {}
    notebook: bool = False


class OpenChanges(msgspec.Struct, frozen=True):
    """What of a notebook is not committed.

    `changes` leads to the file: from the last commit, or from what is staged if that is neither. Only
    then `staged` is set: it leads from what is staged to the last commit. `former` is the name that
    the last commit has, `index` what is staged, None for nothing.
    """

    changes: Offer
    staged: Offer | None
    former: str
    index: bytes | None

    @property
    def state(self) -> str:
        """A name of the contents that are compared: numbers of entries hold as long as it."""
        from nbvc.notebook.content import content_digest

        return content_digest(b"\0".join((self.changes.there, self.changes.other)))


# Offers


def offer_staging(state: ChangedPairs) -> list[Offer]:
    """Return what can be staged. Raises `NbvcError` for a file that is not a notebook."""
    return [
        _offer(Taking.STAGE, pair, pair.before, pair.after)
        for pair in state.unstaged.pairs
        if pair.after is not None and _is_open(pair)
    ]


def offer_unstaging(state: ChangedPairs) -> list[Offer]:
    """Return what can be taken out of the index. Raises `NbvcError`."""
    return [
        _offer(Taking.UNSTAGE, pair, pair.after, pair.before)
        for pair in state.staged.pairs
        if pair.before is not None and pair.after is not None and _is_open(pair)
    ]


def offer_version(repository: Repository, store: Store, path: str, version: str) -> Offer:
    """Return what of a version can be put back into a file.

    The version is a commit, a checkpoint by its ID, or "" for what is staged. Outputs that the filter
    kept out of git come back. Raises `SelectionError` if there is no such version, `NbvcError`.
    """
    from nbvc.workflow.compare import Pair, file_source, make_source
    from nbvc.workflow.deciding import DiffDecider

    name = repository.name(path)
    label = f"{name} ({version or 'index'})"
    content = _read_version(repository, store, path, version)
    policy = DiffDecider(lambda *_: None, repository.git.environ).decide(path)
    pair = Pair(make_source(content, path, label, label), file_source(path), policy=policy)
    return _offer(Taking.PUT_BACK, pair, pair.after, pair.before)


def offer_pair(pair: Pair) -> Offer | None:
    """Return what of the older side of a pair can be put back into the file that is the newer side.

    None if the newer side is not a notebook on disk, or has conflicts. Raises `NbvcError`,
    `OSError`.
    """
    from nbvc.workflow.compare import file_source, make_source

    before, after = pair.before, pair.after
    if before is None or after is None or not can_put_back(pair):
        return None
    content = before.check_out() if before.check_out else before.read()
    if content is None:
        return None
    old = make_source(content, before.path, before.label, before.spec)
    return _offer(Taking.PUT_BACK, pair, file_source(after.disk), old)


def can_put_back(pair: Pair) -> bool:
    """Return whether the newer side of a pair is a notebook on disk, and not in conflict."""
    return bool(pair.before and pair.after and pair.after.disk) and _is_open(pair)


def read_uncommitted(
    repository: Repository,
    name: str,
    *,
    former: str | None = None,
    content: bytes | None = None,
    strip: Callable[[str, bytes], bytes] | None = None,
) -> OpenChanges:
    """Return what of a notebook is not committed, given its path from the top.

    Args:
        repository: Its repository.
        name: Its path from the top.
        former: The name that it has in the last commit, if that is another one.
        content: What counts as the file, such as unsaved edits, instead of what is on disk.
        strip: What a commit does to its content, such as removing outputs.

    Raises `GitError` for a notebook that is in conflict, or that does not exist; `NotebookError`.
    """
    from nbvc.git.plumbing.objects import Objects
    from nbvc.git.state.changes import read_file
    from nbvc.git.state.status import FileState, read_status
    from nbvc.workflow.deciding import DiffDecider
    from nbvc.workflow.filtered import make_filter

    if read_status(repository, [name]).of(name) is FileState.UNMERGED:
        raise GitError("its conflicts are not resolved", where=make_visible(name))
    if content is None:
        content = read_file(repository.path(name))
    file = make_filter(repository, [name], after_git=False)(name, content)
    file = file if strip is None else strip(name, file)
    then = former or name
    with Objects(repository) as objects:
        blobs = [
            objects.get(f"HEAD:{then}"),
            objects.get(f":0:{name}") or objects.get(f":0:{then}"),
        ]
    # `git add --intent-to-add` puts an empty file into the index.
    head, index = (blob.content if blob and blob.content else None for blob in blobs)
    policy = DiffDecider(lambda *_: None, repository.git.environ).decide(repository.path(name))
    if index is None or index in (head, file):
        changes = _compare(Taking.STAGE, name, head, file, policy)
        return OpenChanges(changes, None, then, index)
    staged = _compare(Taking.UNSTAGE, name, index, head or b"", policy)
    return OpenChanges(_compare(Taking.STAGE, name, index, file, policy), staged, then, index)


def _compare(
    taking: Taking, name: str, there: bytes | None, other: bytes, policy: DiffPolicy
) -> Offer:
    """Return an offer between two contents; without one of them there is no cell."""
    from nbvc.diffing import diff
    from nbvc.notebook import read

    old, new = (read(one, name=name) if one else None for one in (there, other))
    old = old or (new or read(_EMPTY)).with_cells(())
    return Offer(taking, name, diff(old, new or old.with_cells(()), policy), there or b"", other)


_EMPTY = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def _read_version(repository: Repository, store: Store, path: str, version: str) -> bytes:
    from nbvc.git.state.changes import read_checkout
    from nbvc.workflow.outputs import bring_outputs_back

    name = repository.name(path)
    found = read_checkout(repository, version, name)
    if found is not None:
        return bring_outputs_back(repository, name, found)
    if version:
        try:
            return store.content(store.find(path, version))
        except CheckpointError:
            _check_known(repository, version, path)
    where = f"the version {version}" if version else "the index"
    hint = f"nbvc log and nbvc checkpoint list {path} name versions"
    raise SelectionError(f"the notebook is not in {where}", where=path, hint=hint)


def _check_known(repository: Repository, version: str, path: str) -> None:
    """Raise `SelectionError` if a version is neither a commit nor a checkpoint."""
    from nbvc.git.plumbing.objects import Objects

    try:
        with Objects(repository) as objects:
            objects.commit(version)
    except UnknownRefError:
        hint = f"nbvc log and nbvc checkpoint list {path} name versions"
        problem = f"unknown version {make_visible(version)!r}"
        raise SelectionError(problem, where=path, hint=hint) from None


def _is_open(pair: Pair) -> bool:
    return pair.note != "in conflict" and pair.path.endswith(SUFFIX)


def _offer(taking: Taking, pair: Pair, there: Source | None, other: Source | None) -> Offer:
    assert other is not None
    name = other.path if there is None else there.path
    before = None if there is None else there.read()
    return _compare(taking, name, before, other.read(), pair.policy)


# Choices


def pick_all(offer: Offer) -> Picked:
    """Return a choice of everything that changed."""
    return Picked(dict.fromkeys(offer.list_changed(), WHOLE), notebook=True)


def pick_cells(offer: Offer, text: str, *, sources: bool = True, outputs: bool = True) -> Picked:
    """Return a choice of cells, given as `3,5-7,ID`: numbers from 1, ranges and cell IDs.

    Numbers are those of the notebook that a person works on; `-3` is cell 3 of the other side, such as
    one that is gone. Without `sources` or `outputs` these stay as they are. The choice is empty if none
    of the cells changed. Raises `NoCellError`, `SelectionError`.
    """
    portion = Portion(None if sources else frozenset(), outputs=outputs, rest=sources)
    found: dict[int, Portion] = {}
    for word in filter(None, map(str.strip, text.split(","))):
        for number in _find_entries(offer, word):
            entry = offer.diff.cells[number]
            if portion == WHOLE or not can_divide(entry):
                found[number] = WHOLE
            else:
                found[number] = portion
    if not found:
        raise SelectionError("--cells names no cell", hint="numbers, ranges or IDs: 3,5-7,f3a1")
    # A cell that did not change adds nothing; alone, it must not take noise along.
    return Picked(found if found.keys() & {*offer.list_changed()} else {})


def _find_entries(offer: Offer, word: str) -> list[int]:
    """Return the entries that a word names."""
    entries = offer.diff.cells
    named = [
        number
        for number, entry in enumerate(entries)
        if any(cell.id == word for cells in entry.get_cells() for cell in cells)
    ]
    if named:
        return named
    first, dash, last = word.removeprefix("-").partition("-")
    if not first.isascii() or not first.isdigit() or (dash and not last.isdigit()):
        raise NoCellError(f"no cell has the ID {word}", where=offer.name)
    wanted = range(int(first) - 1, int(last or first))
    there = word.startswith("-")
    found = find_numbered(offer, wanted, other=there)
    if not found or not wanted or int(first) < 1:
        side = "the other side" if there else "the notebook"
        raise NoCellError(f"{side} has no cell {word.removeprefix('-')}", where=offer.name)
    return found


def find_numbered(offer: Offer, wanted: Container[int], *, other: bool = False) -> list[int]:
    """Return the entries of some cells, by their indices on the side that a person works on."""
    return [
        number
        for number, entry in enumerate(offer.diff.cells)
        if any(at in wanted for at in offer.number(entry, other=other))
    ]


# Taking


def make_content(offer: Offer, picked: Picked) -> bytes:
    """Return what is there with the changes that were chosen.

    If these are all changes that count, it is the other content, noise and all. Raises
    `RewriteRefusedError` if the notebook would not be valid.
    """
    from nbvc.notebook.validity import check_result

    changed = offer.list_changed()
    if (picked.notebook or not offer.has_notebook_changes) and all(
        picked.cells.get(number) == WHOLE for number in changed
    ):
        return offer.other
    made = narrow(offer.diff, picked.cells, notebook=picked.notebook)
    assert made.before is not None
    assert made.after is not None
    check_result(made.after, (made.before,))
    return made.after.to_bytes()


def stage_picked(repository: Repository, offer: Offer, picked: Picked) -> bool:
    """Put what was chosen into the index; return whether that changes it.

    The file on disk stays as it is. Raises `ContentChangedError` if the index has changed since,
    `GitError`.
    """
    from nbvc.git.plumbing.objects import Objects
    from nbvc.git.state.index import LOCK_PATIENCE, stage_content, unstage

    content = make_content(offer, picked)
    if content == offer.there:
        return False
    with Objects(repository) as objects:
        found = objects.get(f":0:{offer.name}")
    if (found.content if found else b"") != offer.there:
        raise ContentChangedError(
            "the index has just changed: nothing was written", where=offer.name, hint="try again"
        )
    if content:
        stage_content(repository, offer.name, content, patience=LOCK_PATIENCE)
    else:  # the last commit does not have it
        unstage(repository, [offer.name], patience=LOCK_PATIENCE)
    return True


def discard_picked(
    store: Store,
    repository: Repository,
    found: OpenChanges,
    picked: Picked,
    prepare: Callable[[bytes, str], bytes],
) -> Checkpoint | None:
    """Make the file what it was before the changes that are chosen, each of them as a whole.

    Outputs that the filter kept out of git come back, and `prepare` gets the version that cells come
    from, with its name. If all of the file is staged, these changes are unstaged, too. Return the
    checkpoint of the file as it was, None for no change. Raises what `put_back` raises,
    `SelectionError` if git has no such notebook.
    """
    from nbvc.git.state.changes import read_checkout, read_file
    from nbvc.workflow.outputs import bring_outputs_back

    changes = found.changes
    revision, then = ("HEAD", found.former) if found.staged is None else ("", changes.name)
    version = read_checkout(repository, revision, then)
    if version is None:
        raise SelectionError("git has no earlier version of it", where=make_visible(changes.name))
    path = repository.path(changes.name)
    policy = changes.diff.policy
    version = prepare(bring_outputs_back(repository, then, version), then)
    back = _compare(Taking.PUT_BACK, path, read_file(path), version, policy)
    kept = put_back(store, back, _find_alike(back, changes, picked), which="the last commit")
    if found.staged is None and found.index is not None and found.index == changes.other:
        out = _compare(Taking.UNSTAGE, changes.name, found.index, changes.there, policy)
        stage_picked(repository, out, _find_alike(out, changes, picked))
    return kept


def _find_alike(back: Offer, changes: Offer, picked: Picked) -> Picked:
    """Return the changes of an offer that lead back from where the chosen changes lead to."""
    entries = [changes.diff.cells[number] for number in picked.cells]
    news = {at for entry in entries for at in entry.after}
    olds = {at for entry in entries for at in entry.before}
    numbers = [
        number
        for number, entry in enumerate(back.diff.cells)
        if not news.isdisjoint(entry.before) or not olds.isdisjoint(entry.after)
    ]
    return Picked(dict.fromkeys(numbers, WHOLE), notebook=picked.notebook)


def put_back(store: Store, offer: Offer, picked: Picked, which: str) -> Checkpoint | None:
    """Write what was chosen into the file; return the checkpoint of what it was, None for no change.

    Raises what `replace_content` raises.
    """
    from nbvc.workflow.restoring import FileTarget, restore_content

    target = FileTarget(offer.name)
    return restore_content(store, target, offer.there, make_content(offer, picked), which)


def take_cell(version: Notebook, current: Notebook, index: int) -> bytes:
    """Return the current notebook with one cell, given by its index, as it was in a version.

    Raises `NoCellError` if the version does not have the cell, `RewriteRefusedError` if the notebook
    would not be valid with it.
    """
    from nbvc.diffing import diff
    from nbvc.notebook.validity import check_result

    if not 0 <= index < len(version.cells):
        raise NoCellError(f"this version has no cell {index + 1}")
    whole = diff(current, version)
    number = next(at for at, entry in enumerate(whole.cells) if index in entry.after)
    taken = narrow(whole, {number: WHOLE}).after
    assert taken is not None
    check_result(taken, (version, current))
    return taken.to_bytes()
