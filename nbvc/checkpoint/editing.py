"""Deleting, thinning, editing, renaming: a chain is written anew above a change, then swapped in.

o──A──B──C      delete A      o──B'──C'      B' and C' keep the ids, times and files of B and C
"""

from __future__ import annotations

from functools import partial

import msgspec

from nbvc.checkpoint.creating import iterate_attempts
from nbvc.checkpoint.lineage import find_lineage, in_order, notebook_of
from nbvc.checkpoint.names import PREFIX, ref_part
from nbvc.checkpoint.record import change_message, change_parent
from nbvc.checkpoint.sharing import is_deletable
from nbvc.errors import CheckpointError, ForeignCheckpointError, make_visible
from nbvc.git.plumbing.packs import draft_object, store
from nbvc.git.plumbing.refs import Swap, swap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.checkpoint.base import StoreBase
    from nbvc.checkpoint.record import Checkpoint
    from nbvc.checkpoint.retention import Retention
    from nbvc.git.plumbing.packs import NewObject


def delete(store_: StoreBase, name: str, checkpoint: Checkpoint) -> Checkpoint:
    """Delete a checkpoint of a notebook; see `Store.delete`."""
    check_deletable(store_, name, checkpoint)
    for ref in _find_refs(store_, name, checkpoint):
        _drop(store_, ref, {checkpoint.id})
    return checkpoint


def edit(
    store_: StoreBase, name: str, checkpoint: Checkpoint, message: str, *, pinned: bool
) -> None:
    """Give a checkpoint another message, and pin it or not; see `Store.edit`."""
    check_deletable(store_, name, checkpoint)
    for ref in _find_refs(store_, name, checkpoint):
        _edit(store_, ref, checkpoint, message, pinned=pinned)


def check_deletable(store_: StoreBase, name: str, checkpoint: Checkpoint) -> None:
    """Refuse to delete what the next fetch would bring back; see `Store.check_deletable`."""
    import shlex

    for ref in _find_refs(store_, name, checkpoint):
        if not is_deletable(store_, ref):
            machine = make_visible(ref.partition("/")[0].rpartition("-")[0])
            is_here = store_.is_own(ref)
            place = f"another clone on this machine ({machine})" if is_here else machine
            command = shlex.join(["nbvc", "checkpoint", "delete", name, checkpoint.id])
            raise ForeignCheckpointError(
                f"the checkpoint {checkpoint.id} was made {'in' if is_here else 'on'} {place}, and "
                "can be changed or deleted only there",
                where=make_visible(name),
                hint=f"there, run {make_visible(command)} and nbvc checkpoint push; then run nbvc "
                "checkpoint fetch here",
            )


def _find_refs(store_: StoreBase, name: str, checkpoint: Checkpoint) -> list[str]:
    """Return all refs that a checkpoint is in."""
    chains = find_lineage(store_, name).chains
    found = {ref for ref, chain in chains.items() if any(one.id == checkpoint.id for one in chain)}
    return sorted({*found, *_find_leading(store_, checkpoint)})


def _find_leading(store_: StoreBase, checkpoint: Checkpoint) -> list[str]:
    """Return all refs that lead to a checkpoint, such as those of the notebook's later names."""
    options = ("--format=%(refname)", f"--contains={checkpoint.commit}", PREFIX.rstrip("/"))
    listing = store_.repository.git.run("for-each-ref", *options)
    return [ref.removeprefix(PREFIX) for ref in listing.decode().splitlines()]


class Expendable(msgspec.Struct, frozen=True):
    """What a retention lets go: checkpoints that can be deleted here, and those that can't."""

    own: tuple[Checkpoint, ...]
    foreign: tuple[Checkpoint, ...]


def find_expendable(store_: StoreBase, name: str, retention: Retention) -> Expendable:
    """Return what a retention lets go; see `Store.expendable` and `Store.foreign`."""
    from nbvc.checkpoint.retention import find_expired

    found = find_lineage(store_, name)
    kept = {
        one.id
        for ref, chain in found.chains.items()
        if not is_deletable(store_, ref)
        for one in chain
    }
    gone = find_expired(found.merge_chains(), retention, store_.clock())
    own = tuple(one for one in gone if one.id not in kept)
    return Expendable(own, tuple(one for one in gone if one.id in kept))


def retain(store_: StoreBase, name: str, retention: Retention) -> tuple[Checkpoint, ...]:
    """Delete what a retention lets go; see `Store.retain`."""
    dropped = find_expendable(store_, name, retention).own
    for ref in find_lineage(store_, name).chains:
        if is_deletable(store_, ref):
            _drop(store_, ref, {one.id for one in dropped})
    return dropped


def rename(store_: StoreBase, old: str, new: str) -> tuple[str, ...]:
    """Move the refs of a notebook, or of all in a folder; see `Store.rename`."""
    renamed = set()
    for folder in store_.refs.folders():
        if not store_.is_own(f"{folder}/"):
            continue
        for ref, oid in store_.refs.below(folder).items():
            name = notebook_of(store_, ref, oid)
            if name == old or name.startswith(f"{old}/"):
                target = new + name.removeprefix(old)
                _move(store_, ref, f"{folder}/{ref_part(target)}")
                renamed.add(target)
    return tuple(sorted(renamed))


def _drop(store_: StoreBase, ref: str, ids: set[str]) -> None:
    """Write a chain without some of its checkpoints."""
    for _ in iterate_attempts(partial(store_.refs.get, ref)):
        tip = store_.refs.get(ref)
        chain = store_.chains.read(ref, tip) if tip else ()
        kept = [one for one in chain if one.id not in ids]
        if len(kept) == len(chain):
            return
        if swap(store_.repository, [Swap(PREFIX + ref, tip, _rewrite_chain(store_, kept))]):
            store_.chains.forget(ref)
            return
    raise _make_busy_error(ref)


def _edit(
    store_: StoreBase, ref: str, checkpoint: Checkpoint, message: str, *, pinned: bool
) -> None:
    """Write a chain with another message of one checkpoint."""
    for _ in iterate_attempts(partial(store_.refs.get, ref)):
        tip = store_.refs.get(ref)
        chain = store_.chains.read(ref, tip) if tip else ()
        place = next((at for at, one in enumerate(chain) if one.id == checkpoint.id), None)
        if place is None:
            return
        (content,) = _read_contents(store_, chain[place : place + 1])
        changed = change_message(content, chain[place], message, pinned=pinned)
        draft = draft_object(store_.repository, "commit", changed)
        store(store_.repository, [draft])
        one = msgspec.structs.replace(chain[place], commit=draft.oid)
        edited = (*chain[:place], one, *chain[place + 1 :])
        if swap(store_.repository, [Swap(PREFIX + ref, tip, _rewrite_chain(store_, edited))]):
            store_.chains.forget(ref)
            return
    raise _make_busy_error(ref)


def _move(store_: StoreBase, ref: str, target: str) -> None:
    """Give a ref another name; where that one has checkpoints too, the chains become one."""
    for _ in iterate_attempts(partial(store_.refs.get, ref)):
        tip, other = store_.refs.get(ref), store_.refs.get(target)
        if tip is None or ref == target:
            return
        both = tip if other is None else _join_chains(store_, (ref, tip), (target, other))
        swaps = [Swap(PREFIX + target, other, both), Swap(PREFIX + ref, tip, None)]
        if swap(store_.repository, swaps):
            store_.chains.forget(ref)
            return
    raise _make_busy_error(ref)


def _join_chains(store_: StoreBase, *refs: tuple[str, str]) -> str | None:
    return _rewrite_chain(store_, in_order([store_.chains.read(ref, oid) for ref, oid in refs]))


def _rewrite_chain(store_: StoreBase, chain: Sequence[Checkpoint]) -> str | None:
    """Store a chain with each checkpoint on top of the one before; its tip, None for an empty one."""
    drafts: list[NewObject] = []
    parent: str | None = None
    for one, content in zip(chain, _read_contents(store_, chain), strict=True):
        changed = change_parent(content, one, parent)
        if not drafts and _read_parent(content) == parent:
            parent = one.commit
            continue
        drafts.append(draft_object(store_.repository, "commit", changed))
        parent = drafts[-1].oid
    store(store_.repository, drafts)
    return parent


def _read_contents(store_: StoreBase, chain: Iterable[Checkpoint]) -> Iterable[bytes]:
    for one in chain:
        found = store_.objects.get(one.commit)
        if found is None:
            raise CheckpointError(f"the checkpoint {one.id} is missing", hint="run git fsck")
        yield found.content


def _read_parent(commit: bytes) -> str | None:
    """Return the first parent that a commit object names."""
    for line in commit.partition(b"\n\n")[0].split(b"\n"):
        if line.startswith(b"parent "):
            return line.removeprefix(b"parent ").decode()
    return None


def _make_busy_error(ref: str) -> CheckpointError:
    return CheckpointError(f"the ref {PREFIX}{ref} is locked by another program")
