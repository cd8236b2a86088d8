r"""The commits that made a notebook what it is: through merges, and under all its names.

A──B──────M──D     under the name b.ipynb: D, M, R, and on the other side what git knows as
 \       /         a.ipynb: B and A. At M one parent has the old name, at R the only one.
  C──R──┘

One `git log` walks over all commits that touched one name, merges included. Where the notebook
appears in a commit but not in its parent, `moves` finds what it was renamed from, for each parent by
itself, and the walk goes on from there under the old name. `git log --follow` knows but one name at
a time, and loses the other side of such a merge.
"""

from __future__ import annotations

import msgspec

from nbvc.errors import GitError
from nbvc.git.plumbing.objects import is_file
from nbvc.names import SUFFIX
from nbvc.versions.model import Graph, Node, key_of
from nbvc.versions.moves import NOTEBOOKS, Renames

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbvc.git.plumbing.objects import Objects
    from nbvc.git.plumbing.repository import Repository

_PATIENCE = 600.0
"""Seconds for a walk over a repository of any size."""

_LOG = (
    *("log", "--topo-order", "--full-history", "--parents", "-m", "--raw", "--no-abbrev", "-z"),
    *("--root", "--no-renames", "--no-notes", "--no-color", "--no-show-signature"),
    *("--encoding=UTF-8", "--format=%x01%H%x00%P%x00%aN%x00%aE%x00%at%x00%ct%x00%B%x00"),
)
_FIELDS = 7


class _Commit(msgspec.Struct):
    """A commit as `git log` prints it; `raw` has (old blob, new blob) for each parent that differs."""

    oid: str
    parents: list[str]
    author: str
    email: str
    seconds: int
    committed: int
    message: str
    raw: list[tuple[str | None, str | None]]


def walk(repository: Repository, objects: Objects, start: str, name: str) -> Graph:
    """Return the graph of a notebook's history, seen from a commit. Raises `GitError`."""
    found = _HistoryWalk(repository, objects)
    head = found.reach(start, name)
    while found.open:
        found.follow(found.open.pop())
    return Graph(_in_order(found.nodes, head), head)


def find_last_commit(repository: Repository, start: str, name: str) -> str | None:
    """Return the last commit that a walk from `start` finds for a name, None if there is none."""
    git = repository.git.literal.with_settings("log.follow=false", "core.quotePath=false")
    only = git.run(*_LOG, "-1", start, "--", name, deadline=_PATIENCE)
    first = next(_parse_commits(only.split(b"\0")), None)
    return first.oid if first is not None else None


class _HistoryWalk:
    """The nodes that were found so far, and the commits whose renames are still to be looked up."""

    def __init__(self, repository: Repository, objects: Objects) -> None:
        self.repository = repository
        self.objects = objects
        self.nodes: dict[str, Node] = {}
        self.open: list[list[Node]] = []
        self.renames = Renames(repository, objects)
        self.git = repository.git.literal.with_settings("log.follow=false", "core.quotePath=false")

    def reach(self, start: str, name: str) -> str:
        """Return the node where the history of `name` starts that `start` sees; empty for none."""
        if any(node.name == name for node in self.nodes.values()):
            first = find_last_commit(self.repository, start, name)
            if first is None or key_of(first, name) in self.nodes:
                return key_of(first, name) if first else ""
        commits = _join_merges(_parse_commits(self._run_log(start, name).split(b"\0")))
        self._take(commits, name)
        return key_of(commits[0].oid, name) if commits else ""

    def _run_log(self, start: str, name: str) -> bytes:
        return self.git.run(*_LOG, start, "--", name, deadline=_PATIENCE)

    def _take(self, commits: list[_Commit], name: str) -> None:
        """Add the commits of one walk, and note those in which the name is new."""
        born = []
        sides = self._count_true_parents(commits)
        for one in reversed(commits):
            key = key_of(one.oid, name)
            if key in self.nodes:
                continue
            parents = [key_of(parent, name) for parent in one.parents]
            blob = one.raw[0][1] if one.raw else self._blob_of(parents)
            node = Node(
                *(one.oid, name, blob, one.author, one.email),
                *(one.seconds, one.committed, one.message, parents),
            )
            self.nodes[key] = node
            new = any(old is None for old, _ in one.raw)
            if blob is not None and (new or sides[one.oid] > len(parents)):
                born.append(node)
        if born:
            self.open.append(born)

    def _count_true_parents(self, commits: list[_Commit]) -> dict[str, int]:
        """Return how many parents commits really have.

        The walk leaves out a side of a merge that never had this name. It may have another one.
        """
        asked = "".join(f"{one.oid}\n" for one in commits).encode()
        if not asked:
            return {}
        said = self.git.run("rev-list", "--no-walk", "--parents", "--stdin", stdin=asked)
        lines = [line.split() for line in said.decode().splitlines()]
        return {oid: len(parents) for oid, *parents in lines}

    def _blob_of(self, parents: list[str]) -> str | None:
        """Return the blob of a merge that is like all of its parents."""
        known = [self.nodes[key].blob for key in parents if key in self.nodes]
        return known[0] if known else None

    def follow(self, born: list[Node]) -> None:
        """Let the history of these nodes go on under the names that their parents have."""
        sides: list[tuple[Node, str, str, str]] = []
        for node in born:
            tree, parents = self._tree_and_parents(node.commit)
            sides += [(node, one, self._tree_and_parents(one)[0], tree) for one in parents]
        only = () if any(not node.name.endswith(SUFFIX) for node in born) else NOTEBOOKS
        found = self.renames.find({(old, new) for _, _, old, new in sides}, only)
        for node, parent, old, new in sides:
            former = found[old, new].find_former(node.name) if (old, new) in found else None
            if former is None:
                continue
            key = self.reach(parent, former)
            if key and key not in node.parents:
                node.parents = [one for one in node.parents if self._has_blob(one)] + [key]
        for node in born:
            node.parents = [one for one in node.parents if not self._was_renamed(one, only)]

    def _was_renamed(self, key: str, only: tuple[str, ...]) -> bool:
        """Return whether the notebook of a name went on under another one: this is not its heir."""
        gone = self.nodes.get(key)
        if gone is None or gone.blob is not None:
            return False
        tree, parents = self._tree_and_parents(gone.commit)
        pairs = {(self._tree_and_parents(one)[0], tree) for one in parents}
        return any(moves.find_heir(gone.name) for moves in self.renames.find(pairs, only).values())

    def _has_blob(self, key: str) -> bool:
        return key in self.nodes and self.nodes[key].blob is not None

    def _tree_and_parents(self, commit: str) -> tuple[str, list[str]]:
        found = self.objects.get(commit)
        if found is None:  # where a shallow clone ends
            return "", []
        lines = found.content.partition(b"\n\n")[0].decode(errors="replace").split("\n")
        parents = [line[7:] for line in lines if line.startswith("parent ")]
        return lines[0].removeprefix("tree "), parents


def _parse_commits(fields: list[bytes]) -> Iterator[_Commit]:
    """Yield commits; a merge comes once for each parent that it differs from."""
    at = 0
    while at < len(fields):
        if not fields[at].startswith(b"\x01"):
            at += 1
            continue
        head = [field.decode(errors="replace") for field in fields[at : at + _FIELDS]]
        if len(head) < _FIELDS:
            raise GitError("git log printed less than expected")
        at += _FIELDS
        raw: list[tuple[str | None, str | None]] = []
        while at < len(fields) and not fields[at].startswith(b"\x01"):
            about = fields[at].lstrip(b"\n")
            if about.startswith(b":"):
                raw.append(_parse_blobs(about))
                at += 1
            at += 1
        yield _Commit(
            *(head[0][1:], head[1].split(), head[2], head[3]),
            *(_parse_number(head[4]), _parse_number(head[5]), head[6], raw),
        )


def _parse_blobs(about: bytes) -> tuple[str | None, str | None]:
    """Return the blobs of a raw record, None for what is not a file: absent, a link, a submodule."""
    old_mode, new_mode, old, new, _ = about[1:].split(b" ")
    sides = ((old_mode, old), (new_mode, new))
    before, after = (oid.decode() if is_file(int(mode, 8)) else None for mode, oid in sides)
    return before, after


def _parse_number(text: str) -> int:
    """Return a time stamp; broken commits have none."""
    try:
        return int(text)
    except ValueError:
        return 0


def _join_merges(commits: Iterator[_Commit]) -> list[_Commit]:
    """Put the entries of a merge together."""
    found: list[_Commit] = []
    for one in commits:
        if found and found[-1].oid == one.oid:
            found[-1].raw += one.raw
        else:
            found.append(one)
    return found


def _in_order(nodes: dict[str, Node], head: str) -> list[Node]:
    """Return the nodes that `head` leads to, parents before children, else by the commits' time."""
    from heapq import heappop, heappush

    reached = _find_reached(nodes, head)
    waiting: dict[str, int] = {}
    children: dict[str, list[str]] = {}
    for key in reached:
        node = nodes[key]
        node.parents = [parent for parent in node.parents if parent in reached]
        waiting[key] = len(node.parents)
        for parent in node.parents:
            children.setdefault(parent, []).append(key)
    order = {key: number for number, key in enumerate(reached)}
    ready: list[tuple[int, int, str]] = []
    for key, count in waiting.items():
        if not count:
            heappush(ready, (nodes[key].committed, -order[key], key))
    found = []
    while ready:
        _, _, key = heappop(ready)
        found.append(nodes[key])
        for child in children.get(key, ()):
            waiting[child] -= 1
            if not waiting[child]:
                heappush(ready, (nodes[child].committed, -order[child], child))
    return found


def _find_reached(nodes: dict[str, Node], head: str) -> dict[str, None]:
    reached: dict[str, None] = {}
    open_ = [head] if head else []
    while open_:
        key = open_.pop()
        if key not in reached and key in nodes:
            reached[key] = None
            open_ += nodes[key].parents
    return reached
