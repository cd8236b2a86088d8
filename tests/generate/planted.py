"""Notebooks edited by a script, so that it is known which cell became which.

    python -m tests.generate.planted --seeds 0:100 --show-misses 10

compares what `nbvc.diff` reports with what was planted, in a table by kind of edit and by what
became of the ids. Only what a reader could tell is planted: a cell that stands several times is
deleted or inserted only between cells that stay, and of two blocks that changed places the larger
one stays.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from tests.generate.content import (
    IDIOMS,
    Cell,
    alike,
    code_cell,
    code_source,
    edited,
    markdown_cell,
    markdown_source,
    outputs,
    words_of,
)
from tests.generate.scoring import Miss, Score, score

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Ids = Literal["removed", "kept", "new"]
"""What becomes of the cells' ids."""
ID_MODES: tuple[Ids, ...] = get_args(Ids)

CHANGES = {
    "keep": "unchanged",
    "rerun": "modified",
    "edit": "modified",
    "insert": "added",
    "delete": "removed",
    "split": "split",
    "join": "joined",
    "move": "unchanged",
}
"""The kinds of edit, and what a diff calls each; a cell that moved may have been rerun as well."""
KINDS = (*CHANGES,)


class Entry(NamedTuple):
    """What was done to one cell, or to the cells of one split or join."""

    kind: str
    change: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    moved: bool


class Planted(NamedTuple):
    """Two notebooks as nbformat 4 dictionaries, and what became of each cell."""

    before: dict[str, Any]
    after: dict[str, Any]
    truth: list[Entry]


class _Slot:
    """One edit: the cells it found and the cells it leaves, in the result's order."""

    __slots__ = ("after", "before", "change", "kind")

    def __init__(self, kind: str, before: tuple[int, ...], after: list[Cell]) -> None:
        self.kind = kind
        self.change = CHANGES[kind]
        self.before = before
        self.after = after


def plant(seed: int, ids: Ids, cells: int | None = None) -> Planted:
    """Return a notebook of so many cells, or 12 to 80, and what a script made of it.

    The same arguments give the same notebooks. Every cell of both sides is in one entry.
    """
    rng = random.Random(f"{seed} {ids} {cells}")
    before = _cells(rng, rng.randint(12, 80) if cells is None else cells)
    slots = _Script(rng, before).run()
    _count(rng, slots)
    after = [cell for slot in slots for cell in slot.after]
    _name(rng, ids, before, after)
    minors = (4 if "id" not in side[0] else 5 for side in (before, after or before))
    one, other = (_notebook(*pair) for pair in zip((before, after), minors, strict=True))
    return Planted(one, other, _truth(slots))


def _cells(rng: random.Random, count: int) -> list[Cell]:
    idioms = rng.sample(IDIOMS, 5)
    made = []
    for _ in range(count):
        chance = rng.random()
        if chance < 0.3:
            made.append(markdown_cell(markdown_source(rng)))
        else:
            source = rng.choice(idioms) if chance < 0.4 else code_source(rng)
            made.append(code_cell(rng, source))
    for cell in made:
        cell["id"] = _new_id(rng)
    return made


def _new_id(rng: random.Random) -> str:
    return f"{rng.getrandbits(32):08x}"


def _notebook(cells: list[Cell], minor: int) -> dict[str, Any]:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python", "version": "3.11.4"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}


def _count(rng: random.Random, slots: list[_Slot]) -> None:
    """Count as the kernel does: every cell after a full run, else only those that ran."""
    full, count = rng.random() < 0.3, rng.randint(1, 300)
    for slot in slots:
        for cell in slot.after:
            ran = slot.change == "modified" or (full and cell.get("execution_count") is not None)
            if cell["cell_type"] == "code" and ran:
                count += 1
                cell["execution_count"] = count


def _name(rng: random.Random, ids: Ids, before: list[Cell], after: list[Cell]) -> None:
    """Say what the ids are; old notebooks had none to begin with."""
    if ids == "removed":
        for cell in (*after, *(before if rng.random() < 0.3 else ())):
            cell.pop("id", None)
    for cell in after if ids == "new" else ():
        cell["id"] = _new_id(rng)


def _truth(slots: list[_Slot]) -> list[Entry]:
    truth, count = [], 0
    for slot in slots:
        after = tuple(range(count, count + len(slot.after)))
        count += len(slot.after)
        truth.append(Entry(slot.kind, slot.change, slot.before, after, slot.kind == "move"))
    return truth


class _Script:
    """The edits of one notebook."""

    def __init__(self, rng: random.Random, before: list[Cell]) -> None:
        self.rng = rng
        self.before = before
        self.times = Counter(cell["source"] for cell in before)
        self.busy = rng.choice((0.1, 0.25, 0.4))
        self.deleted: list[int] = []

    def run(self) -> list[_Slot]:
        """Return the edits, in the result's order."""
        slots = [slot for slot in self._changed() if slot.before]
        self._insert(slots)
        for _ in range(self.rng.randint(0, 1 + len(slots) // 12)):
            self._move(slots)
        return slots

    def _changed(self) -> Iterator[_Slot]:
        """Yield what becomes of each cell in turn, nothing inserted and nothing moved yet."""
        index = 0
        while index < len(self.before):
            kind = "keep"
            if self.rng.random() < self.busy:
                kind = self.rng.choice(("rerun", "edit", "edit", "delete", "split", "join"))
            slot = self._slot(kind, index)
            yield slot
            index += len(slot.before)

    def _slot(self, kind: str, index: int) -> _Slot:
        cell = copy.deepcopy(self.before[index])
        if kind == "join":
            return self._join(index) or _Slot("keep", (index,), [cell])
        alone = self.times[cell["source"]] == 1
        if kind == "rerun" and cell.get("outputs"):
            cell["outputs"] = outputs(self.rng)
        elif kind == "edit" and alone and len(words_of(cell["source"])) > 1:
            cell["source"] = self._edited(cell)
        elif kind == "split" and alone and "\n" in cell["source"]:
            parts = self._split(cell)
            return _Slot("split", (index,), parts) if parts else _Slot("keep", (index,), [cell])
        elif kind == "delete" and alone:
            self.deleted.append(index)
        else:
            kind = "keep"
        return _Slot(kind, (index,), [] if kind == "delete" else [cell])

    def _edited(self, cell: Cell) -> str:
        source = str(cell["source"])
        while source in self.times:
            source = edited(self.rng, cell["source"], prose=cell["cell_type"] == "markdown")
        if cell.get("outputs") and self.rng.random() < 0.6:
            cell["outputs"] = outputs(self.rng)
        self.times[source] += 1
        return source

    def _split(self, cell: Cell) -> list[Cell]:
        """Return the parts of a cell as JupyterLab's Split Cell leaves them; the last has outputs."""
        lines = cell["source"].split("\n")
        cuts = self.rng.sample(
            range(1, len(lines)), 2 if len(lines) > 3 and self.rng.random() < 0.25 else 1
        )
        bounds = [0, *sorted(cuts), len(lines)]
        texts = ["\n".join(lines[a:b]).strip("\n") for a, b in pairwise(bounds)]
        if not all(text.strip() for text in texts):
            return []
        keeps = self.rng.choice((0, len(texts) - 1))
        parts = []
        for number, text in enumerate(texts):
            part = {**copy.deepcopy(cell), "source": text}
            if number != keeps:
                part["id"] = _new_id(self.rng)
            if number < len(texts) - 1 and "outputs" in part:
                part.update(outputs=[], execution_count=None)
            parts.append(part)
        return parts

    def _join(self, index: int) -> _Slot | None:
        """Join two or three cells of one type, the last one's outputs kept or dropped."""
        cells = self.before[index : index + (3 if self.rng.random() < 0.2 else 2)]
        if len(cells) < 2 or len({cell["cell_type"] for cell in cells}) > 1:
            return None
        if any(not cell["source"].strip() for cell in cells) or self._repeated(cells) > 1:
            return None
        joined = copy.deepcopy(self.rng.choice((cells[0], cells[-1])))
        joined["source"] = self.rng.choice(("\n", "\n\n")).join(cell["source"] for cell in cells)
        if "outputs" in joined:
            kept = copy.deepcopy(cells[-1]["outputs"]) if self.rng.random() < 0.5 else []
            joined.update(outputs=kept, execution_count=None)
        return _Slot("join", tuple(range(index, index + len(cells))), [joined])

    def _repeated(self, cells: Sequence[Cell]) -> int:
        return sum(self.times[cell["source"]] > 1 for cell in cells)

    # Cells that come, go and wander

    def _stays(self, slot: _Slot) -> bool:
        """Tell whether a cell holds its place so that others can be told by it."""
        return slot.change in ("unchanged", "modified") and (
            slot.kind != "edit" and self.times[slot.after[0]["source"]] == 1
        )

    def _insert(self, slots: list[_Slot]) -> None:
        idioms = self._idioms(slots)
        for _ in range(round(self.busy * len(slots) / 5) + self.rng.randint(0, 2)):
            at = self.rng.randint(0, len(slots))
            beside = slots[max(0, at - 1) : at + 1]
            chosen = idioms if all(map(self._stays, beside)) and self.rng.random() < 0.15 else []
            chosen = [one for one in chosen if all(one != s.after[0]["source"] for s in beside)]
            cell = self._new(self.rng.choice(chosen) if chosen else None)
            self.times[cell["source"]] += 1
            slots.insert(at, _Slot("insert", (), [cell]))

    def _idioms(self, slots: list[_Slot]) -> list[str]:
        """Return the idioms that can come without seeming to have come from elsewhere."""
        gone = {
            self.before[index]["source"]
            for slot in slots
            if slot.kind not in {"keep", "rerun"}
            for index in slot.before
        }
        return [idiom for idiom in IDIOMS if idiom not in gone]

    def _new(self, idiom: str | None) -> Cell:
        """Return a cell like no other, or an idiom's."""
        rng = self.rng
        if idiom or rng.random() < 0.7:
            cell = code_cell(rng, idiom or code_source(rng))
        else:
            cell = markdown_cell(markdown_source(rng))
        cell["id"] = _new_id(rng)
        known = cell["source"] in self.times or any(
            alike(cell["source"], self.before[index]["source"]) for index in self.deleted
        )
        return self._new(None) if known and not idiom else cell

    def _move(self, slots: list[_Slot]) -> None:
        """Move one cell past two or more that stay, or leave all where it is."""
        free = [at for at, slot in enumerate(slots) if slot.kind == "keep" and self._stays(slot)]
        if not free:
            return
        source = self.rng.choice(free)
        reach = self.rng.choice((4, 12, len(slots)))
        low, high = max(0, source - reach), min(len(slots) - 1, source + reach)
        slot = slots.pop(source)
        target = self.rng.randint(low, high)
        slots.insert(target, slot)
        slot.kind = "move"
        if not _unmistakable(slots):
            slots.insert(source, slots.pop(target))
            slot.kind = "keep"
        elif slot.after[0].get("outputs") and self.rng.random() < 0.3:
            slot.after[0]["outputs"] = outputs(self.rng)
            slot.change = "modified"


def _unmistakable(slots: list[_Slot]) -> bool:
    """Tell whether those that moved must have: any order that one is in is two shorter."""
    paired = [slot for slot in slots if slot.before and slot.after]
    order = [slot.before[0] for slot in paired]
    up = _lengths(order)
    down = _lengths([-index for index in reversed(order)])[::-1]
    stay = sum(slot.kind != "move" for slot in paired)
    rows = zip(paired, up, down, strict=True)
    return all(slot.kind != "move" or a + b - 1 < stay for slot, a, b in rows)


def _lengths(order: Iterable[int]) -> list[int]:
    """Return how long the longest increasing run of items up to each item is."""
    ends: list[int] = []
    lengths = []
    for item in order:
        at = bisect_left(ends, item)
        ends[at : at + 1] = [item]
        lengths.append(at + 1)
    return lengths


# The table


def measure(seeds: Iterable[int], ids: Ids, cells: int | None = None) -> dict[int, Score]:
    """Return how well `nbvc.diff` finds what was planted, by seed."""
    import nbvc

    scores = {}
    for seed in seeds:
        made = plant(seed, ids, cells)
        one, other = (nbvc.Notebook.from_dict(side) for side in (made.before, made.after))
        scores[seed] = score(nbvc.diff(one, other).to_dict()["cells"], made.truth)
    return scores


def total(scores: Iterable[Score]) -> Score:
    """Return one score of many notebooks."""
    whole = Score()
    for one in scores:
        whole.add(one)
    return whole


def _row(name: str, one: Score) -> str:
    kinds = (f"{one.share(k):7.2%} /{one.planted[k]:>5}" for k in KINDS)
    return f"{name:8}{one.overall:8.3%}{len(one.false_moves):6}  " + " ".join(kinds)


def _show(seed: int, ids: Ids, miss: Miss, made: Planted) -> None:
    print(f"\n--- seed {seed}, ids {ids}: planted {tuple(miss.planted)}")
    for one in miss.reported:
        moved = " moved" if one["moved"] else ""
        print(f"    reported {one['change']} {one['before']} -> {one['after']}{moved}")
    touched = [{"before": miss.planted.before, "after": miss.planted.after}, *miss.reported]
    for side, cells in (("before", made.before["cells"]), ("after", made.after["cells"])):
        for index in sorted({index for one in touched for index in one[side]}):
            print(f"  {side} {index}: {cells[index]['source'][:300]!r}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.generate.planted")
    parser.add_argument("--seeds", default="0:100", help="first:end")
    parser.add_argument("--cells", type=int, help="how many cells, instead of 12 to 80")
    parser.add_argument("--show-misses", type=int, default=0, metavar="N")
    asked = parser.parse_args(arguments)
    seeds = range(*map(int, asked.seeds.split(":")))
    print(f"{'ids':8}{'cells':>8}{'false':>6}  " + " ".join(f"{kind:>14}" for kind in KINDS))
    found = {ids: measure(seeds, ids, asked.cells) for ids in ID_MODES}
    for ids, scores in found.items():
        print(_row(ids, total(scores.values())))
    print(_row("all", total(one for scores in found.values() for one in scores.values())))
    misses = [(s, ids, m) for ids, by in found.items() for s, one in by.items() for m in one.misses]
    for seed, ids, miss in misses[: asked.show_misses]:
        _show(seed, ids, miss, plant(seed, ids, asked.cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
