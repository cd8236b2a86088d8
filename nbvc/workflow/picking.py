"""Take some changes of a notebook and leave the others: stage, unstage or put back by cell.

    stage       what the disk has        into the index
    unstage     what the commit has      into the index
    put back    what a version has       into the file, which becomes a checkpoint first

Each is an offer: the changes from what is there to what could be taken. What is taken is one diff,
narrowed to what was chosen.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from nbvc.diffing.narrowing import WHOLE, Portion, can_divide, narrow
from nbvc.errors import CheckpointError, ContentChangedError, NoCellError, SelectionError
from nbvc.names import SUFFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.store import Store
    from nbvc.diffing import CellDiff, NotebookDiff
    from nbvc.git.plumbing.repository import Repository
    from nbvc.workflow.compare import Pair, Source
    from nbvc.workflow.revisions import ChangedPairs


class Taking(Enum):
    """What happens to the changes that are chosen."""

    STAGE = "stage"
    UNSTAGE = "unstage"
    PUT_BACK = "put back"


class Offer(msgspec.Struct, frozen=True):
    """The changes of one notebook that can be taken.

    `name` is its path from the top of the repository, or on the disk if it is put back. `there` and
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

    The version is a commit, a checkpoint by its ID, or "" for what is staged. Filters bring back what
    they stored. Raises `SelectionError` if there is no such version, `NbvcError`.
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

    None if the newer side is not a notebook on the disk, or has conflicts. Raises `NbvcError`,
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
    """Tell whether the newer side of a pair is a notebook on the disk, and not in conflict."""
    return bool(pair.before and pair.after and pair.after.disk) and _is_open(pair)


def _read_version(repository: Repository, store: Store, path: str, version: str) -> bytes:
    from nbvc.git.state.changes import read_checkout

    found = read_checkout(repository, version, repository.name(path))
    if found is not None:
        return found
    if version:
        try:
            return store.content(store.find(path, version))
        except CheckpointError:
            pass
    where = f"the version {version}" if version else "the index"
    hint = f"nbvc log and nbvc checkpoint list {path} name versions"
    raise SelectionError(f"the notebook is not in {where}", where=path, hint=hint)


def _is_open(pair: Pair) -> bool:
    return pair.note != "in conflict" and pair.path.endswith(SUFFIX)


def _offer(taking: Taking, pair: Pair, there: Source | None, other: Source | None) -> Offer:
    from nbvc.diffing import diff
    from nbvc.notebook import read

    assert other is not None
    content = other.read()
    new = read(content, name=other.label)
    if there is None:
        # A new notebook: it is there without any cell.
        old = new.with_cells(())
        return Offer(taking, other.path, diff(old, new, pair.policy), b"", content)
    before = there.read()
    old = read(before, name=there.label)
    return Offer(taking, there.path, diff(old, new, pair.policy), before, content)


# Choices


def pick_all(offer: Offer) -> Picked:
    """Return a choice of everything that changed."""
    return Picked(dict.fromkeys(offer.list_changed(), WHOLE), notebook=True)


def pick_cells(offer: Offer, text: str, *, sources: bool = True, outputs: bool = True) -> Picked:
    """Return a choice of cells, given as `3,5-7,ID`: numbers from 1, ranges and cell IDs.

    Numbers are those of the notebook that a person works on; `-3` is cell 3 of the other side, such as
    one that is gone. Without `sources` or `outputs` these stay as they are. Raises `NoCellError`,
    `SelectionError`.
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
    if not any(number in found for number in offer.list_changed()):
        raise SelectionError(f"none of the cells {text} has changed", where=offer.name)
    return Picked(found)


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
    """Put what was chosen into the index; tell whether that changes it.

    The file on the disk stays as it is. Raises `ContentChangedError` if the index has changed since,
    `GitError`.
    """
    from nbvc.git.plumbing.objects import Objects
    from nbvc.git.state.index import LOCK_PATIENCE, stage_content

    content = make_content(offer, picked)
    if content == offer.there:
        return False
    with Objects(repository) as objects:
        found = objects.get(f":0:{offer.name}")
    if (found.content if found else b"") != offer.there:
        raise ContentChangedError(
            "the index has just changed: nothing was written", where=offer.name, hint="try again"
        )
    stage_content(repository, offer.name, content, patience=LOCK_PATIENCE)
    return True


def put_back(store: Store, offer: Offer, picked: Picked, which: str) -> Checkpoint | None:
    """Write what was chosen into the file; return the checkpoint of what it was, None for no change.

    Raises what `replace_content` raises.
    """
    from nbvc.workflow.restoring import FileTarget, restore_content

    target = FileTarget(offer.name)
    return restore_content(store, target, offer.there, make_content(offer, picked), which)
