"""`nbvc add`, `reset`, `restore` and `commit` by cell, on real repositories."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nbvc import Notebook
from nbvc.cli.naming.stores import store_at
from nbvc.diffing.narrowing import WHOLE
from nbvc.workflow.compare import Selection
from nbvc.workflow.picking import (
    Offer,
    Picked,
    find_numbered,
    make_content,
    offer_pair,
    offer_staging,
    offer_version,
    pick_all,
    put_back,
    stage_picked,
)
from nbvc.workflow.revisions import select_changed
from nbvc.workflow.selecting import select
from tests.generate.planted import ID_MODES, plant
from tests.integration.cli.terminals import in_terminal
from tests.integration.git.installed import use_program
from tests.integration.git.sandbox import commit_all, git, new, opened
from tests.making import code, file, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

SOURCE = "x{0} = {0}\ny = x{0} + 1\nprint(y)\nz = 3\nw = 4"
LINES = [SOURCE.format(number) for number in range(5)]


def cells(*sources: str, outputs: str = "") -> list[dict[str, Any]]:
    shown = [stream(outputs)] if outputs else []
    return [code(source, shown, id=f"cell-{source[:2]}") for source in sources]


def edited(source: str) -> str:
    """Change the first and the last line."""
    return f"{source[:2]}{source[2:].replace('= ', '= 10 + ', 1)} + 7"


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = new(tmp_path / "repo")
    monkeypatch.chdir(folder)
    (folder / "a.ipynb").write_bytes(file(*cells(*LINES), minor=5))
    commit_all(folder, "first")
    # Cells 1 and 2 are edited, 4 is gone, and one is new behind the last.
    now = [*map(edited, LINES[:2]), LINES[2], LINES[4], "n0 = 1"]
    (folder / "a.ipynb").write_bytes(file(*cells(*now), minor=5))
    return folder


def read_sources(folder: Path, spec: str) -> list[str]:
    stored = json.loads(git(folder, "show", "--no-textconv", spec))
    return ["".join(cell["source"]) for cell in stored["cells"]]


def on_disk(folder: Path) -> list[str]:
    return [
        "".join(cell["source"]) for cell in json.loads((folder / "a.ipynb").read_bytes())["cells"]
    ]


def test_cells_are_staged_by_number_range_and_id(top: Path, cli: Cli) -> None:
    before = (top / "a.ipynb").read_bytes()
    assert cli("add", "--cells", "2,5", "a.ipynb").out == "Staged 2 cells of a.ipynb.\n"
    assert read_sources(top, ":a.ipynb") == [LINES[0], edited(LINES[1]), *LINES[2:], "n0 = 1"]
    assert cli("add", "--cells", "cell-x3", "a.ipynb").code == 0  # which is gone
    assert LINES[3] not in read_sources(top, ":a.ipynb")
    assert cli("add", "--cells", "1-3").out == "Staged 1 cell of a.ipynb.\n"
    assert read_sources(top, ":a.ipynb") == on_disk(top)
    assert git(top, "status", "--short") == "M  a.ipynb"
    assert (top / "a.ipynb").read_bytes() == before


def test_cells_of_a_new_notebook_that_is_named_are_staged(top: Path, cli: Cli) -> None:
    (top / "new.ipynb").write_bytes(file(*cells(*LINES), minor=5))
    assert cli("add", "--cells", "2-3", "new.ipynb").out == "Staged 2 cells of new.ipynb.\n"
    assert read_sources(top, ":new.ipynb") == LINES[1:3]
    git(top, "reset", "-q")
    assert cli("status", "new.ipynb").out.splitlines() == ["Untracked:", "  new.ipynb"]


def test_a_cell_is_taken_out_of_the_index(top: Path, cli: Cli) -> None:
    git(top, "add", ".")
    assert cli("reset", "--cells", "1").out == "Unstaged 1 cell of a.ipynb.\n"
    assert read_sources(top, ":a.ipynb") == [LINES[0], *on_disk(top)[1:]]
    assert cli("reset", "--cells", "-4").code == 0
    assert LINES[3] in read_sources(top, ":a.ipynb")


def test_cells_come_back_from_a_version(top: Path, cli: Cli) -> None:
    called = cli("restore", "--cell", "cell-x3", "a.ipynb")
    assert called.out == "Restored 1 cell of a.ipynb.\n"
    assert "checkpoint" in called.err
    assert on_disk(top) == [*map(edited, LINES[:2]), *LINES[2:], "n0 = 1"]
    commit_all(top, "second")
    assert cli("restore", "--source", "HEAD~", "--cells", "2", "a.ipynb").code == 0
    assert on_disk(top)[:2] == [edited(LINES[0]), LINES[1]]
    kept = cli("checkpoint", "list", "--format", "json", "a.ipynb").out
    which = json.loads(kept)[0]["id"]
    assert cli("restore", "--source", which, "--cells", "2", "a.ipynb").code == 0
    assert on_disk(top)[1] == edited(LINES[1])


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("04", "024"),
        ("4", "24"),
        ("0", "02"),
        ("0n4", "0n24"),
        ("40", "402"),
        ("", "2"),
        ("n", "n2"),
    ],
)
def test_a_cell_comes_back_at_its_place_without_its_neighbours(
    top: Path, cli: Cli, now: str, wanted: str
) -> None:
    sources = {**{str(at): line for at, line in enumerate(LINES)}, "n": "n0 = 1"}
    (top / "a.ipynb").write_bytes(file(*cells(*(sources[one] for one in now)), minor=5))
    assert cli("restore", "--cell", "cell-x2", "--source", "HEAD", "a.ipynb").code == 0
    assert on_disk(top) == [sources[one] for one in wanted]


def test_a_commit_has_the_chosen_cells_and_nothing_else(top: Path, cli: Cli) -> None:
    before = (top / "a.ipynb").read_bytes()
    assert cli("commit", "--cells", "1", "-m", "one cell", "a.ipynb").code == 0
    assert read_sources(top, "HEAD:a.ipynb") == [edited(LINES[0]), *LINES[1:]]
    assert git(top, "diff", "--cached", "--name-only") == ""
    assert (top / "a.ipynb").read_bytes() == before


@pytest.mark.parametrize("kept", [True, False], ids=["modes count", "modes do not count"])
@pytest.mark.parametrize("executable", [True, False])
def test_the_mode_is_the_one_that_git_would_give(
    top: Path, cli: Cli, kept: bool, executable: bool
) -> None:
    """On Windows and on many mounted disks, every file looks as if it could be executed, or none."""
    git(top, "config", "core.fileMode", "true")
    if executable:
        blob = git(top, "rev-parse", "HEAD:a.ipynb")
        git(top, "update-index", "--cacheinfo", f"100755,{blob},a.ipynb")
        git(top, "commit", "-qm", "a program")
    git(top, "config", "core.fileMode", str(kept).lower())
    (top / "a.ipynb").chmod(0o644 if executable and not kept else 0o755)
    mode = "100755" if executable or kept else "100644"
    assert cli("add", "--cells", "2", "a.ipynb").code == 0
    assert git(top, "ls-files", "--stage").startswith(f"{mode} ")
    assert cli("commit", "--cells", "1", "-m", "one cell", "a.ipynb").code == 0
    assert git(top, "ls-tree", "HEAD").startswith(f"{mode} ")
    git(top, "rm", "-q", "--cached", "a.ipynb")
    assert cli("add", "--cells", "1", "a.ipynb").code == 0
    new_mode = "100755" if kept else "100644"
    assert git(top, "ls-files", "--stage").startswith(f"{new_mode} ")


def test_only_sources_or_only_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    folder = new(tmp_path / "repo")
    monkeypatch.chdir(folder)
    (folder / "a.ipynb").write_bytes(file(*cells("x0 = 1", outputs="1\n"), minor=5))
    commit_all(folder, "first")
    (folder / "a.ipynb").write_bytes(file(*cells("x0 = 2", outputs="2\n"), minor=5))
    for option, source, output in (("--sources", "x0 = 2", "1\n"), ("--outputs", "x0 = 1", "2\n")):
        git(folder, "reset", "-q")
        assert cli("add", "--cells", "1", option).code == 0
        (cell,) = json.loads(git(folder, "show", "--no-textconv", ":a.ipynb"))["cells"]
        assert "".join(cell["source"]) == source
        assert "".join(cell["outputs"][0]["text"]) == output


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("add",), 2, "choose cells with --patch or --cells"),
        (("add", "--cells", "9"), 2, "the notebook has no cell 9"),
        (("add", "--cells", "zz"), 2, "no cell has the ID zz"),
        (("add", "-p"), 2, "--patch needs a terminal"),
        (("add", "-p", "--cells", "1"), 2, "cannot be combined"),
        (("restore", "--source", "nowhere", "--cells", "1", "a.ipynb"), 2, "unknown version"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    top: Path, cli: Cli, args: tuple[str, ...], code: int, said: str
) -> None:
    called = cli(*args)
    assert called.code == code
    assert said in called.err
    assert git(top, "diff", "--cached", "--name-only") == ""


@pytest.mark.parametrize("by_keys", [False, True])
def test_under_the_filter_git_and_nbvc_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli, by_keys: bool
) -> None:
    use_program(tmp_path, monkeypatch)
    folder = new(tmp_path / "repo")
    monkeypatch.chdir(folder)
    assert cli("install", "--filter").code == 0
    (folder / "a.ipynb").write_bytes(file(*cells(*LINES, outputs="1\n"), minor=5))
    commit_all(folder, "first")
    now = file(*cells(*map(edited, LINES), outputs="2\n"), minor=5)
    (folder / "a.ipynb").write_bytes(now)
    if by_keys:
        status, seen = in_terminal("add", "-p", types=b"n\ny\nn\ny\nn\n")
        assert status == 0
        assert "(5/5) Stage this cell" in seen
    else:
        assert cli("add", "--cells", "2,4").code == 0
    assert (folder / "a.ipynb").read_bytes() == now
    staged = git(folder, "diff", "--cached", "--no-ext-diff", "--no-textconv", "-U0").splitlines()
    added = [line for line in staged if line.startswith("+") and not line.startswith("+++")]
    assert [line.split('"')[3][:2] for line in added] == ["x1", "x3"]
    assert '"text"' not in git(folder, "show", "--no-textconv", ":a.ipynb")
    wanted = [edited(line) if at in (1, 3) else line for at, line in enumerate(LINES)]
    assert read_sources(folder, ":a.ipynb") == wanted
    assert git(folder, "status", "--short") == "MM a.ipynb"
    state = json.loads(cli("status", "--format", "json").out)
    assert [one["summary"] for one in state] == [
        "2 cells changed, 3 unchanged",
        "3 cells changed, 2 unchanged",
    ]
    git(folder, "stash")
    assert read_sources(folder, ":a.ipynb") == LINES
    git(folder, "stash", "pop", "--index")
    assert read_sources(folder, ":a.ipynb") == wanted
    assert on_disk(folder) == [*map(edited, LINES)]
    git(folder, "commit", "-q", "-m", "two cells")
    assert read_sources(folder, "HEAD:a.ipynb") == wanted
    assert cli("restore", "--cells", "1", "a.ipynb").code == 0
    assert on_disk(folder) == [LINES[0], *map(edited, LINES[1:])]


def test_a_person_answers_for_each_cell(top: Path) -> None:
    status, seen = in_terminal("add", "-p", types=b"y\nn\nj\ny\nn\n")
    assert status == 0
    assert "(1/4) Stage this cell [y,n,a,d,q,s,e,j,/,?]?" in seen
    assert "Staged 2 cells of a.ipynb." in seen
    assert read_sources(top, ":a.ipynb") == [edited(LINES[0]), *LINES[1:], "n0 = 1"]


def test_a_cell_is_split_into_lines(top: Path) -> None:
    status, _ = in_terminal("add", "-p", types=b"s\nn\ny\nq\n")
    assert status == 0
    first = LINES[0].replace("w = 4", "w = 4 + 7")
    assert read_sources(top, ":a.ipynb") == [first, *LINES[1:]]


def test_what_is_only_noise_is_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = new(tmp_path / "repo")
    monkeypatch.chdir(folder)
    cell = code("x0 = 1", [stream("1\n")], id="cell-x0", execution_count=1)
    (folder / "a.ipynb").write_bytes(file(cell, minor=5))
    commit_all(folder, "first")
    timed = {"execution": {"iopub.execute_input": "2024-05-06T07:08:09Z"}}
    again = {**cell, "outputs": [stream("2\n")], "execution_count": 2, "metadata": timed}
    (folder / "a.ipynb").write_bytes(file(again, minor=5))
    status, seen = in_terminal("add", "-p", types=b"y\n")
    assert status == 0
    assert "(1/1) Stage this cell [y,n,q,e,/,?]?" in seen


def test_a_source_is_edited_before_it_is_taken(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_EDITOR", "sed -i s/10/11/")
    status, _ = in_terminal("add", "-p", types=b"e\nd\n")
    assert status == 0
    assert read_sources(top, ":a.ipynb")[0] == edited(LINES[0]).replace("10", "11")
    assert on_disk(top)[0] == edited(LINES[0])


@pytest.mark.parametrize("types", ["q\n", "d\n", "\x04"])
def test_whoever_leaves_has_staged_nothing(top: Path, types: str) -> None:
    status, _ = in_terminal("add", "-p", types=types.encode())
    assert status != 0
    assert git(top, "diff", "--cached", "--name-only") == ""


def test_a_pair_is_put_back_into_the_file_with_its_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    """What is compared is what git would store. What is written keeps the outputs of the file."""
    use_program(tmp_path, monkeypatch)
    folder = new(tmp_path / "repo")
    monkeypatch.chdir(folder)
    assert cli("install", "--filter").code == 0
    (folder / "a.ipynb").write_bytes(file(*cells(*LINES, outputs="1\n"), minor=5))
    commit_all(folder, "first")
    now = cells(edited(LINES[0]), LINES[1], edited(LINES[2]), outputs="2\n")
    (folder / "a.ipynb").write_bytes(file(*now, minor=5))
    pairs = select(Selection(("HEAD",)), os.environ, lambda *_: None)
    (pair,) = pairs.pairs
    offer = offer_pair(pair)
    assert offer is not None
    chosen = dict.fromkeys(find_numbered(offer, {3}, other=True), WHOLE)
    content = make_content(offer, Picked(chosen))
    pairs.close()
    back = json.loads(content)["cells"]
    assert ["".join(cell["source"]) for cell in back] == [
        *(edited(LINES[0]), LINES[1], edited(LINES[2])),
        LINES[3],
    ]
    shown = ["".join(one["text"]) for cell in back for one in cell["outputs"]]
    assert shown == ["2\n"] * 3  # what was stripped of the other is not in git


@pytest.mark.parametrize("seed", range(8))
def test_a_choice_changes_the_index_or_the_file_and_the_rest_makes_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    folder = new(tmp_path / "repo")
    monkeypatch.chdir(folder)
    path, rng = folder / "a.ipynb", random.Random(seed)
    before, after, _ = plant(seed, ID_MODES[seed % len(ID_MODES)], 8)
    old, now = (Notebook.from_dict(one).to_bytes() for one in (before, after))
    path.write_bytes(old)
    commit_all(folder, "first")
    path.write_bytes(now)

    def read_index() -> str:
        return git(folder, "cat-file", "blob", ":a.ipynb")

    def choose(offer: Offer) -> Picked:
        return Picked({n: WHOLE for n in offer.list_changed() if rng.random() < 0.5})

    (offer,) = offer_staging(select_changed((), os.environ, lambda *_: None))
    stage_picked(opened(folder), offer, choose(offer))
    assert path.read_bytes() == now
    staged = read_index()
    with store_at("a.ipynb") as store:
        offer = offer_version(store.repository, store, "a.ipynb", "HEAD")
        put_back(store, offer, choose(offer), "cells")
    assert read_index() == staged
    path.write_bytes(now)
    for offer in offer_staging(select_changed((), os.environ, lambda *_: None)):
        stage_picked(opened(folder), offer, pick_all(offer))
    assert Notebook.from_bytes(read_index().encode()) == Notebook.from_bytes(now)
