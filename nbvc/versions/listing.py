r"""Which nodes of a history are versions, and all versions in one line.

A──B───M──N      M is like B or like C: no version, the content has its owner there
 \    /          M is like neither: a version of its own
  C──┘
"""

from __future__ import annotations

from nbvc.versions.model import Version, VersionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    from nbvc.versions.model import Graph, Node

    class SavePoint(Protocol):
        """What is needed of a checkpoint: `nbvc.checkpoint.Checkpoint` has it."""

        @property
        def id(self) -> str: ...
        @property
        def message(self) -> str: ...
        @property
        def author(self) -> str: ...
        @property
        def seconds(self) -> int: ...
        @property
        def path(self) -> str: ...
        @property
        def commit(self) -> str: ...
        @property
        def blob(self) -> str: ...

    class Shelf(Protocol):
        """What is needed of a store of checkpoints: `nbvc.checkpoint.Store` has it."""

        def list(self, path: str) -> tuple[SavePoint, ...]: ...


__all__ = ["find_owners", "list_versions", "version_of"]


def find_owners(graph: Graph) -> dict[str, Version | None]:
    """Return for every node, by its key, the version that its content is; None for no content."""
    nodes = {node.key: node for node in graph.nodes}
    owners: dict[str, Version | None] = {}
    for node in graph.nodes:
        parents = [nodes[key] for key in node.parents]
        same = _like(node, parents)
        if same is not None:
            owners[node.key] = owners[same.key]
        elif node.blob is None and not any(parent.blob for parent in parents):
            owners[node.key] = None
        else:
            found = (owners[parent.key] for parent in parents)
            before = dict.fromkeys(one.id for one in found if one is not None)
            owners[node.key] = _make_version(node, tuple(before))
    return owners


def _like(node: Node, parents: list[Node]) -> Node | None:
    """Return the parent that has the same content under the same name."""
    for parent in parents:
        if parent.blob == node.blob and (parent.name == node.name or node.blob is None):
            return parent
    return None


def _make_version(node: Node, parents: tuple[str, ...]) -> Version:
    return Version(
        *(VersionType.COMMIT, node.commit, node.name, node.blob, node.author, node.email),
        *(node.seconds, node.message, node.commit, parents),
    )


def version_of(one: SavePoint) -> Version:
    """Return a checkpoint as a version."""
    author, _, email = one.author.rpartition(" <")
    return Version(
        *(VersionType.CHECKPOINT, one.id, one.path, one.blob or None, author, email.rstrip(">")),
        *(one.seconds, one.message, one.commit),
    )


def list_versions(
    owners: dict[str, Version | None], checkpoints: Iterable[Version]
) -> tuple[Version, ...]:
    """Return versions newest first: commits in git's order, checkpoints between them by time."""
    commits = list({one.id: one for one in owners.values() if one is not None}.values())
    saved = list(checkpoints)
    merged: list[Version] = []
    now = 0
    for one in commits:
        # A clock that was set back must not take a version before its forerunner.
        now = max(now, one.seconds)
        while saved and saved[0].seconds < now:
            merged.append(saved.pop(0))
        merged.append(one)
    return tuple(reversed([*merged, *saved]))
