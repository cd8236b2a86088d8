"""Making a checkpoint: file, trees and commit in one pack, then the ref by compare and swap.

Killed before the swap, it leaves objects that nothing leads to, which git collects; after it, the
checkpoint is there. Nothing else is ever written.
"""

from __future__ import annotations

import os
import time
from functools import partial

import msgspec

from nbvc.checkpoint.base import StorePlace
from nbvc.checkpoint.lineage import find_forerunner
from nbvc.checkpoint.names import PREFIX, ref_part
from nbvc.checkpoint.record import compose_commit, parse_checkpoint, trailers_for
from nbvc.errors import CheckpointError, make_visible
from nbvc.git.plumbing.packs import draft_object, draft_trees, store
from nbvc.git.plumbing.refs import Swap, swap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbvc.checkpoint.base import StoreBase
    from nbvc.checkpoint.record import Checkpoint
    from nbvc.git.plumbing.packs import NewObject

PATIENCE = 3.0
"""Seconds to try a ref that does not change and stays locked, as by a crash."""
_SPARES = 3


class Created(msgspec.Struct, frozen=True):
    """A checkpoint, and whether it was made now or is the latest one, of the same content."""

    checkpoint: Checkpoint
    is_new: bool


def create(store_: StoreBase, name: str, message: str, content: bytes) -> Created:
    """Save a notebook's content under its path from the top; see `Store.create`.

    Where the ref stays locked, as after a crash, a spare one takes the checkpoint: lists merge all.
    """
    repository = store_.repository
    blob = draft_object(repository, "blob", content)
    drafts = [blob, *draft_trees(repository, name, blob.oid)]
    head = store_.objects.head()
    for ref in _choose_refs(store_, name):
        for _ in iterate_attempts(partial(store_.refs.get, ref)):
            tip = store_.refs.get(ref)
            latest = store_.chains.tip(ref, tip) if tip else find_forerunner(store_, name, blob)
            if latest is not None and latest.blob == blob.oid:
                # A new name takes the old one's chain over, or later content might not show it.
                if tip or swap(repository, [Swap(PREFIX + ref, None, latest.commit)]):
                    return Created(latest, is_new=False)
                continue
            commit = _commit(store_, name, message, drafts, latest, head)
            store(repository, [*drafts, commit])
            if swap(repository, [Swap(PREFIX + ref, tip, commit.oid)]):
                made = parse_checkpoint(commit.oid, commit.content, ref.partition("/")[0])
                store_.chains.note(ref, latest.commit if latest else None, made)
                _maintain_repository(store_, made)
                return Created(made, is_new=True)
    lock = os.path.join(repository.common_dir, f"{PREFIX}{ref}.lock")
    raise CheckpointError(
        "its checkpoints are locked by another program",
        where=make_visible(name),
        hint=f"if none is running, delete {make_visible(lock)}",
    )


def _maintain_repository(store_: StoreBase, made: Checkpoint) -> None:
    """Let git look now and then whether our own repository needs packing: nobody else ever does."""
    if store_.home is StorePlace.OUTSIDE and made.commit.startswith("00"):
        store_.repository.git.ask("gc", "--auto", "--quiet")


def _commit(
    store_: StoreBase,
    name: str,
    message: str,
    drafts: list[NewObject],
    latest: Checkpoint | None,
    head: str | None,
) -> NewObject:
    """Return the commit of a checkpoint whose objects are the blob first and the top tree last."""
    content = compose_commit(
        tree=drafts[-1].oid,
        parent=latest.commit if latest else None,
        author=store_.author,
        seconds=int(store_.clock()),
        message=message,
        trailers=trailers_for(name, head, drafts[0].oid),
    )
    return draft_object(store_.repository, "commit", content)


def _choose_refs(store_: StoreBase, name: str) -> list[str]:
    """Return the ref to write a notebook's checkpoints to, and those to turn to after it."""
    part = ref_part(name)
    writers = [store_.writer, *(f"{store_.writer}x{number}" for number in range(_SPARES))]
    return [f"{writer}/{part}" for writer in writers]


def iterate_attempts(position: Callable[[], object]) -> Iterator[None]:
    """Yield, with growing, uneven pauses, until `position` has stayed the same for `PATIENCE`.

    While it changes, others get on, and so shall we; a lock that a crash has left behind stays.
    """
    last, until, pause = position(), time.monotonic() + PATIENCE, 0.001
    while True:
        yield
        if position() != last:
            last, until = position(), time.monotonic() + PATIENCE
        if time.monotonic() >= until:
            return
        time.sleep(pause * (1 + os.urandom(1)[0] / 128))
        pause = min(pause * 2, 0.1)
