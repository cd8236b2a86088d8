"""What was found out about a history, kept so that the next question about it is answered at once.

One file for each notebook in git's common folder: `nbvc/versions/NAME`. Its start says which version
of nbvc's format it is, and a digest returns whether it is whole. Anything else than a whole file of
this version counts as none. It may be deleted at any time.
"""

from __future__ import annotations

import os

import msgspec

from nbvc.errors import GitError
from nbvc.git.plumbing.sharing import sharing_of
from nbvc.versions.links import Step  # noqa: TC001 - msgspec looks at the types
from nbvc.versions.model import Graph  # noqa: TC001
from nbvc.versions.records import CellRecord, Snapshot  # noqa: TC001

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository

FORMAT = b"nbvc history 5\n"
"""To be counted up whenever what is kept, or how it is found out, changes."""
_SIZE = 16
_LARGEST = 1 << 28
"""Bytes: a larger one would cost more than it saves."""


class Index(msgspec.Struct, array_like=True):
    """What is kept.

    The graph as it was seen from `start`, records, contents by blob, and the links between two
    contents. `verdicts` are whether two digests of outputs show the same.
    """

    start: str = ""
    name: str = ""
    graph: Graph | None = None
    records: list[CellRecord] = []
    snapshots: dict[str, Snapshot] = {}
    steps: dict[str, list[Step]] = {}
    verdicts: dict[str, bool] = {}


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Index)


def load(repository: Repository, name: str) -> Index:
    """Return what is known of a notebook, given by its path from the top; nothing on any doubt."""
    body = _read_whole(_make_path(repository, name), FORMAT)
    if body is None:
        return Index()
    try:
        found = _DECODER.decode(body)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return Index()
    return found if found.name == name else Index()


def keep(repository: Repository, index: Index) -> None:
    """Write down what is known; where that can't be done, the next call finds it out again.

    What could not be read may be readable by then: the filter that git stores it through is set up.
    """
    readable = {blob: one for blob, one in index.snapshots.items() if not one.problem}
    try:
        body = _ENCODER.encode(msgspec.structs.replace(index, snapshots=readable))
    except (UnicodeEncodeError, msgspec.MsgspecError):
        return
    _write(repository, _make_path(repository, index.name), FORMAT, body)


def read_kept(repository: Repository, name: str, kind: str, key: bytes) -> bytes | None:
    """Return what was kept of a kind, if it is whole and was kept under this key (of 16 bytes)."""
    content = _read_whole(f"{_make_path(repository, name)}.{kind}", FORMAT)
    return None if content is None or content[:_SIZE] != key else bytes(content[_SIZE:])


def keep_also(repository: Repository, name: str, kind: str, key: bytes, content: bytes) -> None:
    """Keep something that takes long to make, instead of what was kept of its kind before."""
    _write(repository, f"{_make_path(repository, name)}.{kind}", FORMAT, key + content)


def _read_whole(path: str, start: bytes) -> memoryview | None:
    """Return what a file of ours holds, None if it isn't there, isn't whole, or is of old."""
    try:
        with open(path, "rb") as file:
            content = file.read(_LARGEST)
    except OSError:
        return None
    body = memoryview(content)[len(start) + _SIZE :]
    if not content.startswith(start) or content[len(start) : len(start) + _SIZE] != _digest(body):
        return None
    return body


def _write(repository: Repository, path: str, start: bytes, body: bytes) -> None:
    from nbvc.notebook.saving import draft_file

    if len(body) > _LARGEST - 64:
        return
    try:
        sharing = None if os.path.exists(path) else sharing_of(repository.git)
        if sharing is not None:
            sharing.make_folder(os.path.dirname(path))
        # Not synced: after a crash the digest tells, and nothing is lost.
        draft_file(path, start + _digest(body) + body, is_ours=True).publish()
        if sharing is not None:
            sharing.adjust(path)
    except (OSError, GitError):
        return


def _make_path(repository: Repository, name: str) -> str:
    file = _digest(os.fsencode(name)).hex()
    return os.path.join(repository.common_dir, "nbvc", "history", file)


def _digest(content: bytes | memoryview) -> bytes:
    from hashlib import blake2b

    return blake2b(content, digest_size=_SIZE).digest()
