"""What a checkpoint is, and how a commit holds it.

tree     work/analysis.ipynb, and nothing else
parent   the checkpoint before
message  before the rewrite

         Nbvc-Path: work/analysis.ipynb
         Nbvc-Head: 3f2a…            (HEAD at that time, if there was one)
         Nbvc-Id: 91ab02c4d5e6       (where a checkpoint before it was deleted since)
         Nbvc-Blob: 77e0…
         Nbvc-Pinned: yes            (if no retention may let it go)
"""

from __future__ import annotations

import re
import time

import msgspec

from nbvc.checkpoint.names import quote_path, unquote_path
from nbvc.git.plumbing.objects import parse_commit
from nbvc.lazy import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

ID_LENGTH = 12
_UNTITLED = "Checkpoint"
_TRAILER = compile_lazily(r"^Nbvc-([A-Z][a-z]+): (.*)$", re.MULTILINE)
_NO_IDENT = compile_lazily("[<>\n\0]")


class Author(msgspec.Struct, frozen=True):
    """Who made a checkpoint."""

    name: str
    email: str

    @property
    def ident(self) -> str:
        """The author as a commit has it; characters that would end it early are left out."""
        name = _NO_IDENT.sub("", self.name).strip() or "nbvc"
        return f"{name} <{_NO_IDENT.sub('', self.email).strip()}>"


class Checkpoint(msgspec.Struct, frozen=True):
    """A save point of a notebook.

    `id` names it for ever; `commit` holds it now (deleting an older one rewrites the chain). `path`
    is where the notebook was, relative to the repository's top (outside of one: absolute). `head`
    is the commit that was checked out. `blob` is its content's id. `seconds` count since 1970. No
    retention lets a pinned one go.
    """

    id: str
    message: str
    author: str
    seconds: int
    path: str
    commit: str
    head: str | None
    blob: str
    machine: str
    pinned: bool = False

    @property
    def time(self) -> str:
        """The moment in UTC, as ISO 8601 has it: 2024-05-06T07:08:09Z."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.seconds))

    def to_dict(self) -> dict[str, str]:
        """Return what `nbvc checkpoint list --format json` prints."""
        return {
            "id": self.id,
            "message": self.message,
            "author": self.author,
            "time": self.time,
            "path": self.path,
            "commit": self.commit,
        }


def compose_commit(
    *,
    tree: str,
    parent: str | None,
    author: Author,
    seconds: int,
    message: str,
    trailers: Sequence[tuple[str, str]],
) -> bytes:
    """Return a checkpoint's commit object."""
    title = message.replace("\0", "\\x00").strip("\r\n") or _UNTITLED
    ends = "".join(f"Nbvc-{name}: {value}\n" for name, value in trailers)
    stamp = f"{author.ident} {max(seconds, 0)} +0000"
    parents = f"parent {parent}\n" if parent else ""
    text = f"tree {tree}\n{parents}author {stamp}\ncommitter {stamp}\n\n{title}\n\n{ends}"
    return text.encode(errors="backslashreplace")


def trailers_for(path: str, head: str | None, blob: str) -> list[tuple[str, str]]:
    """Return what a checkpoint's message says about it."""
    return [
        ("Path", quote_path(path)),
        *([("Head", head)] if head else []),
        ("Blob", blob),
    ]


def make_checkpoint(commit: str, ident: str, seconds: int, body: str, machine: str) -> Checkpoint:
    """Return the checkpoint that a commit's author, time and message describe."""
    message, _, ends = body.rstrip("\n").rpartition("\n\n")
    said = dict(_TRAILER.findall(ends))
    return Checkpoint(
        id=said.get("Id", commit[:ID_LENGTH]),
        message=message if said else body.rstrip("\n"),
        author=ident,
        seconds=seconds,
        path=unquote_path(said.get("Path", "")),
        commit=commit,
        head=said.get("Head"),
        blob=said.get("Blob", ""),
        machine=machine,
        pinned="Pinned" in said,
    )


def parse_checkpoint(commit: str, content: bytes, machine: str) -> Checkpoint:
    """Return the checkpoint of a commit object."""
    found = parse_commit(commit, content)
    return make_checkpoint(commit, found.author, found.seconds, found.message, machine)


def change_parent(content: bytes, checkpoint: Checkpoint, parent: str | None) -> bytes:
    """Return a checkpoint's commit object with another parent; it keeps its id by saying it."""
    head, gap, body = content.partition(b"\n\n")
    lines = [line for line in head.split(b"\n") if not line.startswith(b"parent ")]
    if parent:
        lines.insert(1, b"parent " + parent.encode())
    if b"\nNbvc-Id: " not in body:
        body = body.rstrip(b"\n") + f"\nNbvc-Id: {checkpoint.id}\n".encode()
    return b"\n".join(lines) + gap + body


def change_message(content: bytes, checkpoint: Checkpoint, message: str, *, pinned: bool) -> bytes:
    """Return a checkpoint's commit object with another message; it keeps its id by saying it."""
    head, gap, body = content.partition(b"\n\n")
    _, _, ends = body.rstrip(b"\n").rpartition(b"\n\n")
    trailers = [
        line for line in ends.split(b"\n") if not line.startswith((b"Nbvc-Id: ", b"Nbvc-Pinned: "))
    ]
    trailers.append(b"Nbvc-Id: " + checkpoint.id.encode())
    if pinned:
        trailers.append(b"Nbvc-Pinned: yes")
    title = message.replace("\0", "\\x00").strip("\r\n") or _UNTITLED
    new = title.encode(errors="backslashreplace") + b"\n\n" + b"\n".join(trailers) + b"\n"
    return head + gap + new
