"""What a version of a notebook is, and what is between versions."""

from __future__ import annotations

import enum
import time

import msgspec

WORK = "working tree"
"""Stands for the blob of a content that is not in git."""


class VersionType(enum.Enum):
    """Where a version is kept."""

    COMMIT = "commit"
    CHECKPOINT = "checkpoint"
    WORK_TREE = "working tree"


class Version(msgspec.Struct, frozen=True):
    """A notebook as it was at one moment.

    `id` is the commit's or the checkpoint's, empty for the working tree; `commit` is the commit that
    holds it. `name` is the path from the top at that time. `blob` is the content's id, None if
    the notebook was deleted. `seconds` count since 1970, by the author's clock. `parents` are the
    ids of the versions before: none for the first one, several for a merge.
    """

    kind: VersionType
    id: str
    name: str
    blob: str | None
    author: str
    email: str
    seconds: int
    message: str
    commit: str = ""
    parents: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The start of the id, which people write."""
        return self.id[:10]

    @property
    def title(self) -> str:
        """The message's first line."""
        return self.message.strip().partition("\n")[0]

    @property
    def time(self) -> str:
        """The moment in UTC, as ISO 8601 has it: 2024-05-06T07:08:09Z."""
        try:
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.seconds))
        except (OverflowError, ValueError, OSError):  # a commit may claim any year
            return ""

    def to_dict(self) -> dict[str, object]:
        """Return what the commands print with `--format json`."""
        return {
            "kind": self.kind.value,
            "id": self.id,
            "short": self.short,
            "author": self.author,
            "email": self.email,
            "time": self.time,
            "message": self.message.strip(),
            "path": self.name,
            "commit": self.commit,
            "parents": list(self.parents),
            "blob": self.blob,
        }


class Node(msgspec.Struct, array_like=True, gc=False):
    """A commit in the graph of a notebook's history, under the name that the notebook had there.

    Commits that left the notebook alone are left out, merges aside. `parents` are keys of nodes.
    """

    commit: str
    name: str
    blob: str | None
    author: str
    email: str
    seconds: int
    committed: int
    message: str
    parents: list[str]

    @property
    def key(self) -> str:
        """What the node is called in a `Graph`."""
        return key_of(self.commit, self.name)


def key_of(commit: str, name: str) -> str:
    """Return the key of a node."""
    return f"{commit}:{name}"


class Graph(msgspec.Struct, array_like=True, gc=False):
    """The history of a notebook as git has it: nodes with parents before children, and the last one.

    `head` is empty if git never had the notebook.
    """

    nodes: list[Node]
    head: str
