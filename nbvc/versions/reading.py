"""The versions of one notebook, what they contain, and what became of cells between two of them.

One git process reads all contents. Results are kept in an index beside git's own files.
"""

from __future__ import annotations

from nbvc.errors import GitError, NotebookError, StoredFormError, describe_reason
from nbvc.git.plumbing.objects import Objects
from nbvc.versions.index import keep, load
from nbvc.versions.links import steps_between
from nbvc.versions.listing import find_owners, list_versions, version_of
from nbvc.versions.model import WORK, Graph, Node, Version, VersionType
from nbvc.versions.records import Records, Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from typing_extensions import Self

    from nbvc.git.plumbing.repository import Repository
    from nbvc.notebook import Cell
    from nbvc.versions.links import Step
    from nbvc.versions.listing import Shelf
    from nbvc.versions.records import CellRecord

    Spot = tuple[str, int]
    """A content's blob, and the index of a cell in it."""

_HELD = 1 << 27
"""Bytes of contents that are kept while a history is open."""


class Versions:
    """The versions of a notebook, given by its path from the top of its repository.

    `store` adds its checkpoints; with `commits` false there is nothing else. `start` is the commit
    that the history is seen from, HEAD by default. `told` is called with how many contents were
    read and how many there are. Every method raises `GitError`. Close it after use.
    """

    def __init__(
        self,
        repository: Repository,
        name: str,
        store: Shelf | None = None,
        *,
        objects: Objects | None = None,
        commits: bool = True,
        start: str | None = None,
        told: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> None:
        self.repository = repository
        self.name = name
        self.objects = objects or Objects(repository)
        self._own = objects is None
        self._store = store
        self._commits = commits
        self._start = start
        self._follows = start is None
        self._told = told
        self._index = load(repository, name)
        self._changed = False
        self._graph: Graph | None = None
        self.records = Records(self._index.records)
        self._owners: dict[str, Version | None] | None = None
        self._nodes: dict[str, Node] | None = None
        self._names: dict[str, str] | None = None
        self._held: dict[str, tuple[Sequence[Cell], int]] = {}
        self._weight = 0
        self._work: tuple[Snapshot, Sequence[Cell]] | None = None
        self._checkpoints: tuple[Version, ...] | None = None

    # The versions

    @property
    def graph(self) -> Graph:
        """The commits, parents before children."""
        if self._graph is None:
            self._graph = self._walk()
        return self._graph

    @property
    def start(self) -> str | None:
        """The commit that the history is seen from, None before the first one."""
        if self._start is None and self._commits:
            self._start = self.objects.head()
        return self._start

    def _walk(self) -> Graph:
        from nbvc.versions.walk import walk

        start = self.start
        if not start:
            return Graph([], "")
        if self._index.graph is not None and self._index.start == start:
            return self._index.graph
        found = walk(self.repository, self.objects, start, self.name)
        last = next((node for node in found.nodes if node.key == found.head), None)
        if self._follows and (last is None or last.blob is None):
            from nbvc.versions.renaming import ALIKE

            former = self.renamed_from(alike=ALIKE)
            # What the working tree says may change at any time, and is not kept.
            return walk(self.repository, self.objects, start, former) if former else found
        self._index.graph, self._index.start, self._index.name = found, start, self.name
        self._changed = True
        return found

    def renamed_from(self, *, alike: float = 1.0, filters: bool = True) -> str | None:
        """Return the name that the last commit has for a notebook that was renamed since.

        Without a checkpoint that knows it, a share `alike` of the source lines has to be equal. With
        `filters` git runs those by which it stores notebooks in another form.
        """
        from nbvc.versions.renaming import find_former_name

        former = self._list_former()
        places = self.repository, self.objects, self.name
        return find_former_name(*places, former, alike=alike, filters=filters)

    def _list_former(self) -> Iterator[tuple[str, bytes]]:
        """Yield the other names that the notebook's checkpoints know and the latest of each."""
        latest = {one.name: one for one in self.checkpoints()}
        for one in sorted(latest.values(), key=self.checkpoints().index, reverse=True):
            if one.name != self.name:
                yield one.name, self.content(one)

    @property
    def nodes(self) -> dict[str, Node]:
        """The commits by key."""
        if self._nodes is None:
            self._nodes = {node.key: node for node in self.graph.nodes}
        return self._nodes

    @property
    def owners(self) -> dict[str, Version | None]:
        """For every node of the graph the version that its content is: its own, or an older one.

        A merge that is like one of its sides is not a version of its own.
        """
        if self._owners is None:
            self._owners = find_owners(self.graph)
        return self._owners

    def versions(self, limit: int | None = None) -> tuple[Version, ...]:
        """Return all versions, commits and checkpoints by time, newest first."""
        return list_versions(self.owners, self.checkpoints())[:limit]

    def checkpoints(self) -> tuple[Version, ...]:
        """Return the notebook's checkpoints as versions, oldest first."""
        if self._checkpoints is None:
            path = self.repository.path(self.name)
            saved = () if self._store is None else self._store.list(path)
            self._checkpoints = tuple(map(version_of, saved))
        return self._checkpoints

    def content(self, version: Version) -> bytes:
        """Return a version's bytes. Raises `GitError` if the notebook was deleted in it."""
        is_saved = version.kind is VersionType.CHECKPOINT
        if version.blob:
            return self.objects.blob(version.blob, None if is_saved else version.name)
        found = None
        if version.commit:
            found = self.objects.at(version.commit, version.name, filters=not is_saved)
        if found is None:
            raise GitError(f"there is no {version.name} in {version.short}")
        return found

    # Contents and what is between them

    def expect(self, blobs: Iterable[str]) -> list[str]:
        """Announce which contents will be asked for, in this order; return those that must be read."""
        known = self._index.snapshots
        missing = [blob for blob in dict.fromkeys(blobs) if blob not in known]
        self.objects.expect(missing)
        return missing

    def read(self, blobs: Iterable[str]) -> None:
        """Read the contents that aren't known yet, in this order."""
        missing = self.expect(blobs)
        for number, blob in enumerate(missing):
            self._told(number, len(missing))
            self.snapshot(blob)

    def snapshot(self, blob: str) -> Snapshot:
        """Return what a content consists of; its cells are at hand for a while then."""
        if blob == WORK and self._work is not None:
            return self._work[0]
        found = self._index.snapshots.get(blob)
        if found is None:
            try:
                content = self.read_blob(blob)
            except StoredFormError as error:
                found = self._index.snapshots[blob] = Snapshot([], problem=describe_reason(error))
                return found
            found = self._index.snapshots[blob] = self.records.snapshot(content)
            self._hold(blob, self.records.last, len(content))
            self._changed = self._changed or not found.problem  # A problem is not kept.
        return found

    def read_blob(self, blob: str) -> bytes:
        """Return a content of the history as its file had it; that of a checkpoint as it is saved.

        Raises `StoredFormError` if what a filter stores cannot be read.
        """
        if self._names is None:
            self._names = {node.blob: node.name for node in self.graph.nodes if node.blob}
        return self.objects.blob(blob, self._names.get(blob))

    def adopt(self, content: bytes) -> Snapshot:
        """Take in the notebook of the working tree, as the content `WORK`. Raises `NotebookError`."""
        snapshot = self.check_readable(self.records.snapshot(content), self.name)
        self._work = snapshot, self.records.last
        return snapshot

    def cells(self, blob: str) -> Sequence[Cell]:
        """Return the cells of a content, whole. Raises `NbvcError`."""
        if blob == WORK and self._work is not None:
            return self._work[1]
        held = self._held.get(blob)
        if held is None:
            from nbvc.notebook import read

            content = self.read_blob(blob)
            held = read(content).cells, len(content)
            self._hold(blob, *held)
        return held[0]

    def _hold(self, blob: str, cells: Sequence[Cell], size: int) -> None:
        """Keep the cells that were read last: they may be asked for again."""
        self._held[blob] = cells, size
        self._weight += size
        while self._weight > _HELD and len(self._held) > 1:
            self._weight -= self._held.pop(next(iter(self._held)))[1]

    def same_outputs(self, before: Spot, after: Spot) -> bool:
        """Return whether the outputs of two cells show the same, as `nbvc.diff` says.

        A verdict may take long, and is kept.
        """
        one, other = (self._record(spot) for spot in (before, after))
        if one.outputs == other.outputs:
            return True
        key = (one.outputs + other.outputs).hex()
        verdict = self._index.verdicts.get(key)
        if verdict is None:
            from nbvc.diffing.parts import is_different
            from nbvc.diffing.policy import DiffPolicy, Part

            old, new = (self.cells(blob)[index] for blob, index in (before, after))
            verdict = not is_different(old, new, DiffPolicy(frozenset((Part.OUTPUTS,))))
            self._index.verdicts[key] = verdict
            self._changed = True
        return verdict

    def _record(self, spot: Spot) -> CellRecord:
        return self.records.records[self.snapshot(spot[0]).cells[spot[1]]]

    def steps(self, before: str, after: str) -> list[Step]:
        """Return what became of the cells between two contents."""
        key = f"{before} {after}"
        found = self._index.steps.get(key)
        if found is None:
            sides = self.snapshot(before), self.snapshot(after)
            found = self._index.steps[key] = steps_between(self.records, *sides)
            self._changed = True
        return found

    def read_all(self) -> None:
        """Read every content of the graph that isn't known yet, and fetch those of checkpoints."""
        committed = [node.blob for node in self.graph.nodes if node.blob]
        self.objects.fetch([*committed, *(one.blob for one in self.checkpoints() if one.blob)])
        self.read(committed)

    def sources(self, node: Node) -> list[Node]:
        """Return the nearest nodes before a node whose content can be read.

        What can't be read is passed over; where the notebook was deleted there is nothing before.
        """
        found: dict[str, Node] = {}
        open_ = list(reversed(node.parents))
        seen = set(open_)
        while open_:
            parent = self.nodes[open_.pop()]
            if parent.blob is None:
                continue
            if not self.snapshot(parent.blob).problem:
                found[parent.key] = parent
                continue
            more = [key for key in reversed(parent.parents) if key not in seen]
            seen.update(more)
            open_ += more
        return list(found.values())

    def check_readable(self, snapshot: Snapshot, where: str) -> Snapshot:
        """Return a snapshot that could be read. Raises `NotebookError`."""
        if snapshot.problem:
            raise NotebookError(snapshot.problem, where=where)
        return snapshot

    # The end

    def keep(self) -> None:
        """Write down what was found out, where anything is new."""
        if self._changed:
            self._index.records = self.records.records
            self._index.name = self.name
            keep(self.repository, self._index)
            self._changed = False

    def close(self) -> None:
        """Write down what was found out, and end the git process."""
        self.keep()
        if self._own:
            self.objects.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
