"""Cells that a script inserted, deleted, moved, edited, split and joined are reported so."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import nbvc
from tests.generate.planted import CHANGES, ID_MODES, KINDS, Entry, Ids, measure, plant, total
from tests.generate.real import plant_from
from tests.generate.scoring import score

SEEDS = range(60)


@pytest.mark.parametrize("ids", ID_MODES)
def test_what_was_planted_is_reported(ids: Ids) -> None:
    scores = measure(SEEDS, ids)
    whole = total(scores.values())
    missed = {seed: one.misses for seed, one in scores.items() if one.misses}
    assert whole.overall >= 0.99, missed
    assert {kind: whole.share(kind) for kind in KINDS if whole.share(kind) < 0.95} == {}, missed


@pytest.mark.parametrize("ids", ID_MODES)
def test_a_long_notebook(ids: Ids) -> None:
    whole = total(measure(range(2), ids, 400).values())
    assert whole.overall >= 0.99, whole.misses


def test_nothing_else_is_reported_as_moved() -> None:
    found = [(ids, measure(SEEDS, ids)) for ids in ID_MODES]
    found += [(ids, measure(range(2), ids, 400)) for ids in ID_MODES]
    moves = {(ids, s): one.false_moves for ids, scores in found for s, one in scores.items()}
    assert {where: false for where, false in moves.items() if false} == {}


@pytest.mark.parametrize("ids", ID_MODES)
def test_the_script_plants_every_kind_and_names_every_cell_once(ids: Ids) -> None:
    kinds: Counter[str] = Counter()
    for seed in SEEDS:
        made = plant(seed, ids)
        for side, cells in enumerate((made.before["cells"], made.after["cells"])):
            sides = [(entry.before, entry.after)[side] for entry in made.truth]
            named = [index for indices in sides for index in indices]
            assert sorted(named) == [*range(len(cells))]
        kinds.update(entry.kind for entry in made.truth)
    assert all(kinds[kind] >= 20 for kind in CHANGES), kinds


def test_a_seed_is_one_pair() -> None:
    assert plant(3, "kept") == plant(3, "kept")
    assert plant(3, "kept").before != plant(4, "kept").before


def test_ids() -> None:
    def named(ids: Ids) -> tuple[set[str | None], set[str | None]]:
        made = plant(5, ids, 40)
        one, other = ({c.get("id") for c in side["cells"]} for side in (made.before, made.after))
        return one, other

    one, other = named("kept")
    assert len(one & other) > 20
    one, other = named("new")
    assert not one & other
    assert named("removed")[1] == {None}


TRUTH = [
    Entry("keep", "unchanged", (0,), (1,), moved=False),
    Entry("move", "unchanged", (1,), (0,), moved=True),
    Entry("split", "split", (2,), (2, 3), moved=False),
]


def entry(change: str, before: list[int], after: list[int], *, moved: bool) -> dict[str, Any]:
    return {"change": change, "before": before, "after": after, "moved": moved}


def test_the_score_counts_only_what_agrees_wholly() -> None:
    right = [entry(e.change, [*e.before], [*e.after], moved=e.moved) for e in TRUTH]
    assert score(right, TRUTH).overall == 1
    assert not score(right, TRUTH).false_moves
    wrong = [
        entry("unchanged", [0], [1], moved=True),
        entry("unchanged", [1], [0], moved=True),
        entry("modified", [2], [2], moved=False),
        entry("added", [], [3], moved=False),
    ]
    found = score(wrong, TRUTH)
    assert (found.cells_right, found.cells) == (2, 7)
    assert [miss.planted.kind for miss in found.misses] == ["keep", "split"]
    assert found.misses[1].reported == wrong[2:]
    assert found.false_moves == wrong[:1]
    assert (found.share("move"), found.share("split"), found.share("join")) == (1, 0, 1)


def test_what_was_planted_in_real_notebooks_is_reported(corpus: Path) -> None:
    scores = {}
    for number, path in enumerate(sorted(corpus.glob("pairs/*/before.ipynb"))[::3]):
        one = nbvc.read(path)
        if one.file_format[0] == 4 and 5 <= len(one.cells) <= 150:
            made = plant_from(one.to_dict(), number, ID_MODES[number % 3])
            before, after = map(nbvc.Notebook.from_dict, (made.before, made.after))
            found = nbvc.diff(before, after).to_dict()["cells"]
            scores[path.parent.name] = score(found, made.truth)
    whole = total(scores.values())
    missed = {name: one.misses for name, one in scores.items() if one.misses}
    assert len(scores) > 20
    assert whole.overall >= 0.99, missed
    assert {kind: whole.share(kind) for kind in KINDS if whole.share(kind) < 0.95} == {}, missed
