"""Which refs hold a notebook's checkpoints: of all writers, and under the names it had before.

a.ipynb   o──o──o              renamed to b.ipynb; the chain goes on from the old one's tip
b.ipynb         └──o──o        list(b) = all five; list(a) = the first three
"""

from __future__ import annotations

import os

import msgspec

from nbvc.checkpoint.names import path_of, ref_part
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.checkpoint.base import StoreBase
    from nbvc.checkpoint.record import Checkpoint
    from nbvc.git.plumbing.packs import NewObject

    Chain = tuple[Checkpoint, ...]

_ALIKE = 0.8
"""The share of bytes in common pieces that makes a new notebook the old one under another name."""
_LOOKED_INTO = 50
"""So many notebooks that are gone are compared with a new one, the latest first."""
_SMALL = 600
"""Bytes: below, notebooks are alike because they are notebooks."""

_PIECES = compile_lazily(rb"[\n,]")
"""Where a notebook is cut for that: some are written on one line."""


class Lineage(msgspec.Struct, frozen=True):
    """The refs (`machine/notebook`) that lead to a notebook's checkpoints, with what each holds."""

    chains: dict[str, Chain]

    def merge_chains(self) -> Chain:
        """Return all checkpoints by time, each chain in its own order."""
        if len(self.chains) == 1:
            return next(iter(self.chains.values()))
        timed: list[tuple[int, Checkpoint]] = []
        seen: set[str] = set()
        for chain in self.chains.values():
            now = 0
            for one in chain:
                # A clock that was set back must not take a checkpoint before its forerunner.
                now = max(now, one.seconds)
                if one.id not in seen:
                    seen.add(one.id)
                    timed.append((now, one))
        timed.sort(key=lambda pair: pair[0])
        return tuple(one for _, one in timed)


def merge_chains(store: StoreBase, name: str) -> Chain:
    """Return a notebook's checkpoints by all writers, oldest first."""
    return find_lineage(store, name).merge_chains()


def find_lineage(store: StoreBase, name: str) -> Lineage:
    """Find the chains of a notebook, given by its path from the top."""
    chains = _read_chains(store, name)
    if not chains:
        old = _find_origin(store, name)
        chains = {} if old is None else _read_chains(store, old.path)
    former = {one.path for chain in chains.values() for one in chain} - {name}
    for old_name in former:
        until = _find_parting(store, name, old_name, chains.values())
        for ref, chain in _read_chains(store, old_name).items():
            older = tuple(one for one in chain if one.seconds <= until)
            if ref not in chains and older:
                chains[ref] = older
    return Lineage(chains)


def _read_chains(store: StoreBase, name: str) -> dict[str, Chain]:
    """Return the chains under exactly this name, by their refs."""
    part = ref_part(name)
    refs = {f"{folder}/{part}": None for folder in store.refs.folders()}
    found = {ref: store.refs.get(ref) for ref in refs}
    return {ref: store.chains.read(ref, oid) for ref, oid in found.items() if oid}


def _find_parting(store: StoreBase, name: str, old_name: str, chains: Iterable[Chain]) -> float:
    """Return until when the old name meant this notebook: for ever, if nothing has it now."""
    if not os.path.lexists(store.repository.path(old_name)):
        return float("inf")
    moments = [one.seconds for chain in chains for one in chain if one.path == name]
    last = [one.seconds for chain in chains for one in chain if one.path == old_name]
    return min(moments) if moments else max(last)


def notebook_of(store: StoreBase, ref: str, oid: str) -> str:
    """Return the path that a ref (`machine/notebook`) is named after."""
    return path_of(ref.partition("/")[2]) or store.chains.tip(ref, oid).path


def find_forerunner(store: StoreBase, name: str, blob: NewObject) -> Checkpoint | None:
    """Return the latest checkpoint of a notebook that is gone, and that this new one looks like.

    The same content is a sure sign, most of the content a good one.
    """
    gone = sorted(_find_orphans(store, name), key=lambda one: one.seconds, reverse=True)
    for one in gone:
        if one.blob == blob.oid:
            return one
    rated = [
        (_measure_likeness(blob.content, store.content(one)), one) for one in gone[:_LOOKED_INTO]
    ]
    best = max(rated, key=lambda rating: rating[0], default=None)
    return best[1] if best and best[0] >= _ALIKE else None


def _find_origin(store: StoreBase, name: str) -> Checkpoint | None:
    """Return the checkpoint that the next one of a notebook without any would go on from."""
    path = store.repository.path(name)
    if not os.path.isfile(path):
        return None
    from nbvc.git.plumbing.packs import draft_object
    from nbvc.git.state.changes import read_file

    return find_forerunner(store, name, draft_object(store.repository, "blob", read_file(path)))


def _find_orphans(store: StoreBase, name: str) -> list[Checkpoint]:
    """Return the latest checkpoints of this machine's notebooks that are nowhere any more."""
    found = []
    for folder in store.refs.folders():
        if not store.is_own(f"{folder}/"):
            continue
        for ref, oid in store.refs.below(folder).items():
            old = notebook_of(store, ref, oid)
            if old != name and not os.path.lexists(store.repository.path(old)):
                found.append(store.chains.tip(ref, oid))
    return found


def _measure_likeness(one: bytes, other: bytes) -> float:
    """Return the share of bytes in pieces that both have: 1 for equal, 0 for nothing in common."""
    if one == other:
        return 1.0
    longer = max(len(one), len(other))
    if longer < _SMALL or min(len(one), len(other)) < longer * _ALIKE / 2:
        return 0.0
    counts: dict[bytes, int] = {}
    for piece in _PIECES.split(one):
        counts[piece] = counts.get(piece, 0) + 1
    common = 0
    for piece in _PIECES.split(other):
        if counts.get(piece, 0):
            counts[piece] -= 1
            common += len(piece) + 1
    return common / (longer + 1)


def in_order(chains: Sequence[Chain]) -> Chain:
    """Return the checkpoints of several chains as one, by time."""
    return Lineage({str(number): chain for number, chain in enumerate(chains)}).merge_chains()
