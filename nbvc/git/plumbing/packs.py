"""Objects written in bulk: handed to git as one pack, which git checks and stores.

A commit with its tree and its file is one process this way instead of four. Git works out the ids
of what it stores for itself, so that ours are right or lead nowhere.
"""

from __future__ import annotations

import os

import msgspec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbvc.git.plumbing.repository import Repository

_KINDS = {"commit": 1, "tree": 2, "blob": 3}
_DEADLINE = 300.0
"""Seconds for a hundred megabytes onto a slow disk."""


class NewObject(msgspec.Struct, frozen=True):
    """An object to be stored, and the id it will have."""

    kind: str
    content: bytes
    oid: str


def draft_object(repository: Repository, kind: str, content: bytes) -> NewObject:
    """Return an object with its id: the digest of kind, size and content."""
    import hashlib

    digest = hashlib.new(repository.hash_name, usedforsecurity=False)
    digest.update(f"{kind} {len(content)}\0".encode())
    digest.update(content)
    return NewObject(kind, content, digest.hexdigest())


def draft_trees(
    repository: Repository, name: str, blob: str, mode: int = 0o100644
) -> list[NewObject]:
    """Return the trees that hold one file at its path, the innermost first, the top one last."""
    trees: list[NewObject] = []
    bits, oid = f"{mode:o}", blob
    for part in reversed(os.fsencode(name).strip(b"/").split(b"/")):
        entry = bits.encode() + b" " + part + b"\0" + bytes.fromhex(oid)
        trees.append(draft_object(repository, "tree", entry))
        bits, oid = "40000", trees[-1].oid
    return trees


def store(repository: Repository, drafts: Sequence[NewObject]) -> None:
    """Store objects; those that exist stay as they are. Raises `GitError`."""
    if drafts:
        pack = _pack(repository, drafts)
        repository.git.run("unpack-objects", "-q", stdin=pack, deadline=_DEADLINE)


def _pack(repository: Repository, drafts: Sequence[NewObject]) -> bytes:
    """Return a pack: header, each object with its kind, size and content, digest of it all.

    The contents are stored, not compressed: git compresses them as it is set up to.
    """
    import hashlib
    import zlib

    parts = [b"PACK\0\0\0\2" + len(drafts).to_bytes(4, "big")]
    for draft in drafts:
        parts += (
            _make_head(_KINDS[draft.kind], len(draft.content)),
            zlib.compress(draft.content, 0),
        )
    digest = hashlib.new(repository.hash_name, usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return b"".join((*parts, digest.digest()))


def _make_head(kind: int, size: int) -> bytes:
    """Return kind and size as a pack has them: 4 bits of size, then 7 a byte, low ones first."""
    head, size = [kind << 4 | size & 15], size >> 4
    while size:
        head[-1] |= 0x80
        head.append(size & 0x7F)
        size >>= 7
    return bytes(head)
