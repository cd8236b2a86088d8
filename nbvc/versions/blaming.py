"""Who changed each cell last, who each line, and who made its outputs.

A replay from the first version to the last: a cell that is like its forerunner keeps the name that
is there, whatever it moved to, and every other one gets the name of this version.

split    x ─▶ x₁ x₂     no line is new: both keep the name of x
join     x₁ x₂ ─▶ x     no line is new: the later of both names
merge    x ∥ y ─▶ y     like one of the sides: the name it has there

A version that can't be read is passed over; what it changed is found in the next one that can be. What a
commit of `blame.ignoreRevsFile` changed keeps the name that it had before; what it added is its own.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from nbvc.errors import NoCellError, NotebookError
from nbvc.versions.ignoring import read_ignored
from nbvc.versions.links import OUTPUTS, SOURCE, lines_of, match_lines, steps_between
from nbvc.versions.model import WORK, Version, VersionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbvc.versions.links import Step
    from nbvc.versions.reading import Spot, Versions
    from nbvc.versions.records import CellRecord, Snapshot

NOT_COMMITTED = Version(VersionType.WORK_TREE, "", "", None, "", "", 0, "not committed yet")
"""The version that changes belong to which no commit has."""


class CellBlame(msgspec.Struct, frozen=True):
    """Which version last changed a cell: its source, its outputs (None without any), each line.

    `lines` is None if it was not asked for. `id`, `cell_type` and `text` are the cell's own.
    """

    index: int
    id: str | None
    cell_type: str
    text: str
    source: Version
    outputs: Version | None
    lines: tuple[Version, ...] | None = None


class Blame(msgspec.Struct, frozen=True):
    """Which versions last changed the cells of a notebook, in its order.

    `removed` is the version that removed them, None if they are there.
    """

    cells: tuple[CellBlame, ...]
    language: str = "python"
    removed: Version | None = None

    def list_versions(self) -> list[Version]:
        """Return the commits that are named, the one that removed the cells first."""
        named = [self.removed]
        for cell in self.cells:
            named += [cell.source, cell.outputs, *(cell.lines or ())]
        return [one for one in named if one and one.kind is not VersionType.WORK_TREE]


class _Outputs(msgspec.Struct):
    """Where outputs come from: a place in the replay, unless they show what older ones show.

    `older` are those that was in the cell before, with both cells; they are compared only where
    somebody asks: of a hundred reruns mostly the last one counts.
    """

    place: int
    older: list[tuple[_Outputs, Spot, Spot]] = []


class _Origins(msgspec.Struct):
    """Where one cell comes from, as places in the order of the replay, -1 where it is new.

    `outputs` is None for none, and for new ones; `older` are those that may show the same.
    """

    source: int
    outputs: _Outputs | None = None
    lines: list[int] | None = None
    older: list[tuple[_Outputs, Spot, Spot]] = []


class _State(msgspec.Struct):
    """A content with the origins of its cells."""

    key: str
    snapshot: Snapshot
    cells: list[_Origins]


def blame(history: Versions, *, lines: bool, work_tree: bytes | None) -> Blame:
    """Replay a history; see `History.blame`."""
    replay = _Replay(history, lines=lines)
    state = replay.run()
    found = replay.versions
    if state is None and (problem := _find_problem(history)):
        raise NotebookError(f"no version of it can be read: {problem}", where=history.name)
    if work_tree is not None:
        snapshot = history.adopt(work_tree)
        state = replay.child(WORK, snapshot, [state] if state else [], len(found))
        found = [*found, NOT_COMMITTED]
    if state is None:
        raise NotebookError("no version of it can be read", where=history.name)
    return replay.make_result(state, found)


def blame_cell(history: Versions, cell: str, *, lines: bool, work_tree: bytes | None) -> Blame:
    """Return who changed one cell last, also if it is gone; see `History.blame`."""
    from nbvc.versions.living import find_cell, find_end, find_last

    try:
        found = blame(history, lines=lines, work_tree=work_tree)
    except NotebookError:
        if work_tree is not None:
            raise
        found = Blame(())
    try:
        index = find_cell([one.id or "" for one in found.cells], cell, history.name)
    except NoCellError:
        if cell.isascii() and cell.isdigit():
            raise
    else:
        return replace(found, cells=(found.cells[index],))
    last, index = find_last(history, cell)
    replay = _Replay(history, lines=lines)
    state = replay.run(last.key)
    assert state is not None
    past = replay.make_result(state, replay.versions)
    removed = next(find_end(history, last, index), None)
    return replace(
        past,
        cells=(past.cells[index],),
        removed=removed.version if removed else NOT_COMMITTED,
    )


def _guess_lines(lines: list[int], source: int) -> list[int]:
    """Return lines of an ignored version: a new line has the name of the line above it."""
    found: list[int] = []
    for line in lines:
        found.append(line if line >= 0 else found[-1] if found else source)
    return found


def _find_problem(history: Versions) -> str:
    """Return why the latest version cannot be read; empty if the notebook was deleted, or is new."""
    nodes = {node.key: node for node in history.graph.nodes}
    last = nodes.get(history.graph.head)
    return history.snapshot(last.blob).problem if last is not None and last.blob else ""


class _Replay:
    """One run from the first version to the last."""

    def __init__(self, history: Versions, *, lines: bool) -> None:
        self.history = history
        self.lines = lines
        self.records = history.records.records
        self.versions: list[Version] = []
        self.ignored = read_ignored(history.repository)
        self.ignoring = False

    def run(self, until: str = "") -> _State | None:
        """Return the state of the last version that can be read, None if there is none.

        `until` is the key of the version that is taken for the last one.
        """
        history = self.history
        history.read_all()
        nodes = history.graph.nodes
        left = _count_keys(parent for node in nodes for parent in node.parents)
        states: dict[str, list[_State]] = {}
        last: list[_State] = []
        for place, node in enumerate(nodes):
            owner = history.owners[node.key]
            self.versions.append(owner or NOT_COMMITTED)
            self.ignoring = owner is not None and owner.commit in self.ignored
            parents = [state for key in node.parents for state in states[key]]
            for key in node.parents:
                left[key] -= 1
                if not left[key]:  # or memory would grow with the square of the history
                    del states[key]
            last = states[node.key] = self._pass_states(node.blob, parents, place)
            self.ignoring = False
            if node.key == until:
                break
        return last[0] if last else None

    def make_result(self, state: _State, found: Sequence[Version]) -> Blame:
        """Return what became of all cells of a content."""
        cells = zip(state.snapshot.cells, state.cells, strict=True)
        return Blame(
            tuple(
                self.make_blame(index, self.records[number], origins, found)
                for index, (number, origins) in enumerate(cells)
            ),
            state.snapshot.language,
        )

    def make_blame(
        self, index: int, record: CellRecord, origins: _Origins, found: Sequence[Version]
    ) -> CellBlame:
        """Return what became of a cell of the last content."""
        lines = None if origins.lines is None else tuple(found[at] for at in origins.lines)
        return CellBlame(
            *(index, record.id, record.kind, record.source, found[origins.source]),
            None if origins.outputs is None else found[self._find_shown_since(origins.outputs)],
            lines,
        )

    def _find_shown_since(self, outputs: _Outputs) -> int:
        """Return the place since when outputs show what they show."""
        while True:
            for older, before, after in outputs.older:
                if self._is_same(before, after):
                    outputs = older
                    break
            else:
                return outputs.place

    def _is_same(self, before: Spot, after: Spot) -> bool:
        try:
            return self.history.same_outputs(before, after)
        except NotebookError:
            return False

    def _pass_states(self, blob: str | None, parents: list[_State], place: int) -> list[_State]:
        """Return the states that the children of a node start from."""
        if blob is None:
            return []
        for parent in parents:
            if parent.key == blob:
                return [parent]
        snapshot = self.history.snapshot(blob)
        if snapshot.problem:
            return parents
        return [self.child(blob, snapshot, parents, place)]

    def child(self, key: str, snapshot: Snapshot, parents: list[_State], place: int) -> _State:
        """Return the state of a content that came from others."""
        cells: list[_Origins | None] = [None] * len(snapshot.cells)
        for parent in parents:
            self._inherit(parent, key, snapshot, cells)
        records, numbers = self.records, snapshot.cells
        full = [
            cell
            if cell is not None
            and cell.source >= 0
            and (cell.outputs is not None or not records[number].outputs)
            else self._settle_cell(cell, records[number], place)
            for cell, number in zip(cells, numbers, strict=True)
        ]
        return _State(key, snapshot, full)

    def _settle_cell(self, cell: _Origins | None, record: CellRecord, place: int) -> _Origins:
        """Give everything that no parent has to this version."""
        if cell is None:
            cell = _Origins(-1)
            if self.lines:
                cell.lines = [-1] * len(lines_of(record.source))
        if cell.source >= 0 and (cell.outputs is not None or not record.outputs):
            return cell
        lines = None
        if cell.lines is not None:
            lines = [place if at < 0 else at for at in cell.lines]
        outputs = cell.outputs
        if outputs is None and record.outputs:
            outputs = _Outputs(place, cell.older)
        return _Origins(place if cell.source < 0 else cell.source, outputs, lines)

    def _inherit(
        self, parent: _State, key: str, snapshot: Snapshot, cells: list[_Origins | None]
    ) -> None:
        """Take over what a parent knows of the cells, if no other parent knew it before."""
        if key != WORK:
            steps = self.history.steps(parent.key, key)
        else:
            steps = steps_between(self.history.records, parent.snapshot, snapshot)
        for step in steps:
            if not step.before or not step.after:
                continue
            if step.is_pair and not step.differs & (SOURCE | OUTPUTS):
                start, old = step.after[0], step.before[0]
                origins = parent.cells[old : old + step.run]
                for index, one in enumerate(cells[start : start + step.run]):
                    if one is not None:
                        origins[index] = _join_origins(one, origins[index])
                cells[start : start + step.run] = origins
            else:
                self._inherit_parts(step, (parent, key), snapshot, cells)

    def _inherit_parts(
        self,
        step: Step,
        parent_and_key: tuple[_State, str],
        snapshot: Snapshot,
        cells: list[_Origins | None],
    ) -> None:
        parent, key = parent_and_key
        olds = [self.records[parent.snapshot.cells[index]] for index in step.before]
        news = [self.records[snapshot.cells[index]] for index in step.after]
        origins = [parent.cells[index] for index in step.before]
        parts = self._find_sources(step, olds, news, origins)
        for index, record, part in zip(step.after, news, parts, strict=True):
            part.outputs = _same_outputs(record, olds, origins)
            if self.ignoring and record.outputs and part.outputs is None:
                part.outputs = next((one.outputs for one in origins if one.outputs), None)
            if part.outputs is None and record.outputs:
                part.older = [
                    (origin.outputs, (parent.key, at), (key, index))
                    for at, origin in zip(step.before, origins, strict=True)
                    if origin.outputs is not None
                ]
            one = cells[index]
            cells[index] = part if one is None else _join_origins(one, part)

    def _find_sources(
        self, step: Step, olds: list[CellRecord], news: list[CellRecord], origins: list[_Origins]
    ) -> list[_Origins]:
        """Return what the parts of a step have from the parent, -1 where it is new."""
        if step.is_pair and not step.differs & SOURCE:
            return [_Origins(origins[0].source, None, origins[0].lines)]
        if step.is_pair and not self.lines:
            return [_Origins(origins[0].source if self.ignoring else -1)]
        kept, texts = _match_lines(olds, news)
        found = []
        start = 0
        holders = [at for at, old in enumerate(olds) for _ in lines_of(old.source)]
        places = [
            (at, line) for at, old in enumerate(olds) for line in range(len(lines_of(old.source)))
        ]
        for record, text in zip(news, texts, strict=True):
            rows = [kept.get(start + line) for line in range(len(text))]
            start += len(text)
            whole = all(
                row is not None for row, line in zip(rows, text, strict=True) if line.strip()
            )
            source = max(one.source for one in origins) if self.ignoring else -1
            if not step.is_pair and whole and all(old.kind == record.kind for old in olds):
                used = {holders[row] for row in rows if row is not None} or {0}
                source = max(origins[at].source for at in used)
            lines = None
            if self.lines:
                if self.ignoring and len(news) == 1 and len(rows) == len(places):
                    rows = [at if row is None else row for at, row in enumerate(rows)]
                lines = [self._find_line(row, places, origins) for row in rows]
                if self.ignoring:
                    lines = _guess_lines(lines, source)
            found.append(_Origins(source, None, lines))
        return found

    @staticmethod
    def _find_line(row: int | None, places: list[tuple[int, int]], origins: list[_Origins]) -> int:
        if row is None:
            return -1
        cell, line = places[row]
        lines = origins[cell].lines
        return lines[line] if lines is not None else -1


def _match_lines(
    olds: list[CellRecord], news: list[CellRecord]
) -> tuple[dict[int, int], list[list[str]]]:
    """Return which lines of the new cells were which ones of the old cells, and the new lines."""
    before = [line for old in olds for line in lines_of(old.source)]
    texts = [lines_of(new.source) for new in news]
    after = [line for text in texts for line in text]
    return {j: i for i, j in match_lines(before, after)}, texts


def _same_outputs(
    record: CellRecord, olds: list[CellRecord], origins: list[_Origins]
) -> _Outputs | None:
    """Return where a cell's outputs come from, None for new ones and for none."""
    if record.outputs:
        for old, origin in zip(olds, origins, strict=True):
            if old.outputs == record.outputs:
                return origin.outputs
    return None


def _join_origins(one: _Origins, other: _Origins) -> _Origins:
    """Return what two parents know of a cell: the first one's word, where it has one."""
    # A cell that is the same in one parent is what it is there, line by line.
    if one.source < 0 <= other.source:
        lines = other.lines
    elif one.source < 0 and one.lines is not None and other.lines is not None:
        lines = [b if a < 0 else a for a, b in zip(one.lines, other.lines, strict=True)]
    else:
        lines = one.lines
    return _Origins(
        other.source if one.source < 0 else one.source,
        other.outputs if one.outputs is None else one.outputs,
        lines,
        [*one.older, *other.older],
    )


def _count_keys(keys: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts
