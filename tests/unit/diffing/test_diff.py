"""What a diff reports, and that it is complete."""

from __future__ import annotations

import json
import logging
import random
from pathlib import Path
from typing import Any

import pytest

import nbvc
from nbvc import DiffPolicy, NotebookDiff, Part
from nbvc.diffing import Change
from nbvc.diffing.jsonops import apply_lines
from nbvc.diffing.values import CellParts, ChangedLines, SameLines
from nbvc.errors import NbvcError, PatchError
from nbvc.notebook.jsontext import are_identical
from tests.making import code, markdown, notebook, result, stream
from tests.schema import check_schema

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def make(*cells: dict[str, Any], **more: Any) -> nbvc.Notebook:
    return nbvc.Notebook.from_dict(notebook(*cells, **more))


def reported(before: nbvc.Notebook, after: nbvc.Notebook) -> list[tuple[Any, ...]]:
    return [
        (c.change.value, *c.before, "→", *c.after, *(["moved"] if c.moved else []))
        for c in nbvc.diff(before, after).cells
    ]


A, B, C, D = (
    code("import numpy as np\nimport pandas as pd\ndata = pd.read_csv('rain.csv')"),
    code("total = data.rain.sum()\nprint(f'{total} mm in all')", [stream("1024 mm in all\n")]),
    markdown("# Rain in the valley\n\nEvery station since 1900."),
    code("fig, ax = plt.subplots()\nax.plot(data.year, data.rain)\nax.set_ylabel('mm')"),
)
B2 = code("total = data.rain.mean()\nprint(f'{total} mm in all')", [stream("12 mm in all\n")])
D1 = code("fig, ax = plt.subplots()")
D2 = code("ax.plot(data.year, data.rain)\nax.set_ylabel('mm')")
BA = code(f"{B['source']}\n\n{D['source']}")

TABLE: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], list[tuple[Any, ...]]]] = {
    "nothing": ([A, B], [A, B], [("unchanged", 0, "→", 0), ("unchanged", 1, "→", 1)]),
    "empty": ([], [], []),
    "all new": ([], [A], [("added", "→", 0)]),
    "all gone": ([A], [], [("removed", 0, "→")]),
    "edit": ([A, B], [A, B2], [("unchanged", 0, "→", 0), ("modified", 1, "→", 1)]),
    "insert": (
        [A, C],
        [A, B, C],
        [("unchanged", 0, "→", 0), ("added", "→", 1), ("unchanged", 1, "→", 2)],
    ),
    "delete": (
        [A, B, C],
        [A, C],
        [("unchanged", 0, "→", 0), ("removed", 1, "→"), ("unchanged", 2, "→", 1)],
    ),
    "move": (
        [A, B, C, D],
        [B, C, D, A],
        [
            ("unchanged", 1, "→", 0),
            ("unchanged", 2, "→", 1),
            ("unchanged", 3, "→", 2),
            ("unchanged", 0, "→", 3, "moved"),
        ],
    ),
    "move and edit": (
        [B, A, C, D],
        [A, C, D, B2],
        [
            ("unchanged", 1, "→", 0),
            ("unchanged", 2, "→", 1),
            ("unchanged", 3, "→", 2),
            ("modified", 0, "→", 3, "moved"),
        ],
    ),
    "split": (
        [A, D, C],
        [A, D1, D2, C],
        [("unchanged", 0, "→", 0), ("split", 1, "→", 1, 2), ("unchanged", 2, "→", 3)],
    ),
    "join": (
        [A, B, D, C],
        [A, BA, C],
        [("unchanged", 0, "→", 0), ("joined", 1, 2, "→", 1), ("unchanged", 3, "→", 2)],
    ),
    "unlike": (
        [A, C],
        [A, code("x = 1")],
        [("unchanged", 0, "→", 0), ("removed", 1, "→"), ("added", "→", 1)],
    ),
    "type": ([code("# Title")], [markdown("# Title")], [("modified", 0, "→", 0)]),
}


@pytest.mark.parametrize("name", TABLE)
def test_which_cell_became_which(name: str) -> None:
    before, after, wanted = TABLE[name]
    assert reported(make(*before), make(*after)) == wanted


def test_ids_help_where_they_can_be_trusted() -> None:
    before = make(code("a", id="1"), code("b", id="2"), code("xy = 1", id="3"), minor=5)
    after = make(code("a", id="1"), code("c", id="2"), code("xy = 1", id="3"), minor=5)
    assert reported(before, after)[1] == ("modified", 1, "→", 1)
    edited = D | {"source": D["source"] + "\nplt.show()", "id": "d"}
    rest = [B | {"id": "b"}, code("report(total)", id="r")]
    ran = [cell | {"execution_count": 5} for cell in rest]
    copied = make(D | {"id": "n"}, edited, *ran, minor=5)
    assert reported(make(D | {"id": "d"}, *rest, minor=5), copied)[:2] == [
        ("added", "→", 0),
        ("modified", 0, "→", 1),
    ]


def test_ids_do_not_rule_where_a_tool_renumbered_them() -> None:
    before = make(*(cell | {"id": str(n)} for n, cell in enumerate([A, B, C, D])), minor=5)
    cells = [code("print('new')"), A, B, C, D]
    after = make(*(cell | {"id": str(n)} for n, cell in enumerate(cells)), minor=5)
    assert [entry[0] for entry in reported(before, after)] == ["added", *["unchanged"] * 4]


def rerun(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            **cell,
            "execution_count": 9,
            "id": f"new{n}",
            "metadata": {
                "execution": {"iopub.status.busy": "2024"},
                "ExecuteTime": {"end_time": "2024"},
                "collapsed": False,
                "papermill": {"duration": 1.5},
            },
            "outputs": [
                {**out, "execution_count": 9} if "execution_count" in out else out
                for out in cell["outputs"]
            ],
        }
        for n, cell in enumerate(cells)
    ]


def test_noise_is_no_change_unless_asked_for() -> None:
    cells = [code(f"{n}", [result({"text/plain": f"{n}"}, n)], id=f"old{n}") for n in range(3)]
    before = make(*cells, minor=5, language_info={"version": "3.10"})
    after = make(*rerun(cells), minor=5, language_info={"version": "3.12"}, widgets={"x": 1})
    found = nbvc.diff(before, after)
    assert not found.changed
    assert all(cell.noisy for cell in found.cells)
    assert nbvc.patch(before, found) == after
    everything = DiffPolicy(frozenset(Part))
    for part in (Part.ID, Part.DETAILS):
        asked = nbvc.diff(before, after, DiffPolicy(frozenset([part])))
        assert asked.changed
        assert {cell.change.value for cell in asked.cells} == {"modified"}
    assert nbvc.diff(before, after, everything).changed


def test_policy_decides_which_part_counts() -> None:
    before = make(code("value = 1", [stream("1")], metadata={"tags": ["x"]}))
    after = make(code("value = 2", [stream("2")], metadata={"tags": ["y"]}))
    for part in (Part.SOURCES, Part.OUTPUTS, Part.METADATA):
        assert nbvc.diff(before, after, DiffPolicy(frozenset([part]))).changed
    assert not nbvc.diff(before, after, DiffPolicy(frozenset([Part.ATTACHMENTS]))).changed
    same = make(code("value = 1", [stream("2")], metadata={"tags": ["x"]}))
    assert not nbvc.diff(before, same, DiffPolicy(frozenset([Part.SOURCES]))).changed


def test_how_text_is_written_down_is_no_change() -> None:
    cell = code("a\nb", [result({"image/png": PNG, "text/html": "<b>\n</b>"})])
    lines = code("", [result({"image/png": [PNG], "text/html": ["<b>\n", "</b>"]})])
    lines["source"] = ["a\n", "b"]
    one = nbvc.read(json.dumps(notebook(cell)).encode())
    other = nbvc.read(json.dumps(notebook(lines), indent=3).replace("\\n", "\\u000a").encode())
    assert one == other
    assert not nbvc.diff(one, other, DiffPolicy(frozenset(Part))).changed


def pairs(folder: Path) -> list[tuple[nbvc.Notebook, nbvc.Notebook]]:
    found = []
    for before in sorted(folder.rglob("before.ipynb")):
        try:
            found.append((nbvc.read(before), nbvc.read(before.with_name("after.ipynb"))))
        except NbvcError:
            continue
    return found


def check_pair(before: nbvc.Notebook, after: nbvc.Notebook) -> None:
    found = nbvc.diff(before, after)
    for lean, whole in zip(nbvc.diff(before, after).cells, found.cells, strict=True):
        parts = whole.parts.complete()
        assert lean.noisy == (whole.change is Change.UNCHANGED and parts != CellParts())
        names = ("source", "cuts", "outputs", "metadata", "attachments", "cell_type", "id", "other")
        assert {n: getattr(lean.parts, n) for n in names} == {n: getattr(parts, n) for n in names}
    assert sorted(i for c in found.cells for i in c.before) == [*range(len(before.cells))]
    assert sorted(i for c in found.cells for i in c.after) == [*range(len(after.cells))]
    wire = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    check_schema(wire)
    assert nbvc.patch(before, NotebookDiff.from_dict(wire)) == after
    assert NotebookDiff.from_dict(wire).to_dict() == wire
    for same in (before, after):
        alone = nbvc.diff(same, nbvc.read(same.to_bytes()))
        assert not alone.changed
        assert not alone.metadata
        assert not alone.notebook
        assert all(cell.parts.complete() == CellParts() for cell in alone.cells)


def check_nbdime(before: nbvc.Notebook, after: nbvc.Notebook) -> tuple[int, int]:
    nbdime = pytest.importorskip("nbdime")
    nbformat = pytest.importorskip("nbformat")
    ops = nbvc.diff(before, after).to_nbdime()
    patched = nbdime.patch(nbformat.from_dict(before.to_dict()), ops)
    assert are_identical(json.loads(json.dumps(patched)), after.to_dict())
    assert are_identical(
        json.loads(json.dumps(nbdime.patch(before.to_dict(), ops))), after.to_dict()
    )
    theirs = nbdime.diff_notebooks(
        nbformat.from_dict(before.to_dict()), nbformat.from_dict(after.to_dict())
    )
    return len(json.dumps(ops)), len(json.dumps(theirs))


def test_fixture_pairs_are_complete(fixtures_dir: Path) -> None:
    found = pairs(fixtures_dir)
    assert len(found) > 3
    for pair in found:
        check_pair(*pair)
        check_pair(*reversed(pair))
        if pair[0].nbformat == 4:
            mine, theirs = check_nbdime(*pair)
            assert mine <= 1.1 * theirs + 200


def test_real_pairs_are_complete(corpus: Path) -> None:
    found = pairs(corpus / "pairs")[::6] + pairs(corpus / "tricky")
    for before, after in found:
        check_pair(before, after)
        check_pair(after, before)


def test_real_pairs_through_nbdime(corpus: Path) -> None:
    logging.disable(logging.CRITICAL)
    try:
        sizes = [check_nbdime(*pair) for pair in pairs(corpus / "pairs")[::15]]
    finally:
        logging.disable(logging.NOTSET)
    assert sum(mine for mine, _ in sizes) <= 1.1 * sum(theirs for _, theirs in sizes)


VALUES: list[Any] = [
    *(None, 1, 1.0, True, -0.0, "x\ny\n", "x\nz\n", [], {}, [1, {"a": 2}], 10**30, "é\u2028"),
]


def random_value(chance: random.Random, depth: int = 0) -> Any:
    if depth < 3 and chance.random() < 0.4:
        keys = [chance.choice("abc") for _ in range(chance.randrange(4))]
        return {key: random_value(chance, depth + 1) for key in keys}
    if depth < 3 and chance.random() < 0.3:
        return [random_value(chance, depth + 1) for _ in range(chance.randrange(5))]
    return chance.choice(VALUES)


def random_cell(chance: random.Random) -> dict[str, Any]:
    made = chance.choice([code, markdown])("\n".join(chance.choices("ab\u2028c\r ", k=5)))
    for key in ("metadata", "attachments", "odd", "execution_count", "id"):
        if chance.random() < 0.3:
            value = random_value(chance)
            made[key] = {"k": value} if key in ("metadata", "attachments") else value
    if "outputs" in made and chance.random() < 0.5:
        data = {"text/plain": "1", "application/json": random_value(chance)}
        odd = {"output_type": "odd", "v": random_value(chance)}
        made["outputs"] = [stream("a\nb"), result(data), odd]
    for key in ("metadata", "outputs", "source"):
        if chance.random() < 0.1:
            made.pop(key, None)
    return made


def test_random_edits_are_complete() -> None:
    chance = random.Random(5)
    for _ in range(150):
        before = [random_cell(chance) for _ in range(chance.randrange(6))]
        after = [c if chance.random() < 0.5 else random_cell(chance) for c in before]
        chance.shuffle(after)
        check_pair(make(*before, k=random_value(chance)), make(*after, k=random_value(chance)))


def test_a_line_below_the_last_one_is_one_line_added() -> None:
    before, after = make(code("a\nb")), make(code("a\nb\nc"))
    for one, other, lines in ((before, after, ((), ("c\n",))), (after, before, (("c\n",), ()))):
        (cell,) = nbvc.diff(one, other).cells
        same, changed = cell.parts.lines
        assert isinstance(same, SameLines)
        assert isinstance(changed, ChangedLines)
        assert (changed.removed, changed.added) == lines
        assert apply_lines(one.cells[0].source, cell.parts.source) == other.cells[0].source
    (cell,) = nbvc.diff(make(code("a")), make(code("a\n"))).cells
    last = cell.parts.lines[-1]
    assert isinstance(last, ChangedLines)
    assert last.added == ("\n",)
    (cell,) = nbvc.diff(make(code("a", execution_count=1)), make(code("a"))).cells
    assert not cell.parts.lines


def test_a_diff_of_another_notebook_is_refused() -> None:
    found = nbvc.diff(make(A, B), make(A, B2))
    for other in (make(A), make(A, C), make(A, B, C)):
        with pytest.raises(PatchError, match="another notebook"):
            nbvc.patch(other, found)
    for bad in ({}, {"format": "nbvc-diff", "version": 2}, {"format": "nbvc-diff", "version": 1}):
        with pytest.raises(PatchError):
            NotebookDiff.from_dict(bad)
    wire = found.to_dict()
    with pytest.raises(PatchError):
        NotebookDiff.from_dict({**wire, "cells": [{"change": "what"}]})


def test_the_package_can_be_called_before_and_after_it_was_imported() -> None:
    assert not nbvc.diff(make(A), make(A)).changed
    from nbvc import diff

    assert diff(make(A), make(B)).changed


@pytest.mark.parametrize(
    ("part", "path", "value"),
    [
        ("cells", (0, "before"), [[0]]),
        ("cells", (0, "before"), ["0"]),
        ("cells", (0, "after"), [None]),
        ("metadata", (0, "path"), [1]),
        ("notebook", (0, "path"), [None]),
        ("notebook", (0, "path"), [[]]),
    ],
)
def test_a_diff_that_was_spoilt_is_refused(part: str, path: tuple[Any, ...], value: Any) -> None:
    before = nbvc.Notebook.from_dict(notebook(code("a"), code("b"), z=1))
    after = nbvc.Notebook.from_dict({**notebook(code("c"), code("b"), t=2, z=1), "more": 1})
    spoilt = json.loads(json.dumps(nbvc.diff(before, after).to_dict()))
    place = spoilt[part]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(NbvcError):
        nbvc.patch(before, nbvc.NotebookDiff.from_dict(spoilt))
