"""Whose outputs come back: the latest by number, never what a user cleared, and what is forgotten."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

import nbvc
from nbvc.errors import NotebookError
from nbvc.normalising import PRESETS, clean
from nbvc.store.choosing import restore_from
from nbvc.store.collecting import clear_notebooks, collect
from nbvc.store.entries import LARGE, OutputStore
from nbvc.store.files import spans_in_file
from nbvc.store.home import Home
from nbvc.store.keys import code_digests
from nbvc.store.restoring import Asked, restore_outputs
from tests.making import code, file, markdown, stream

PICTURE = stream("same picture" * LARGE)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(str(tmp_path / "store"))


def strip(home: Home, content: bytes, name: str = "a.ipynb") -> bytes:
    """Store a notebook as a process of its own would."""
    store = OutputStore(home)
    done = clean(nbvc.read(content), PRESETS["strip"])
    after = done.after.to_bytes()
    store.put(name, content, after, spans_in_file(done))
    store.sync()
    return after


def see_cleared(home: Home, content: bytes, name: str = "a.ipynb") -> None:
    store = OutputStore(home)
    store.put_cleared(name, content, [key for _, key in code_digests(nbvc.read(content))])
    store.sync()


def cells(**outputs: str) -> bytes:
    return file(*(code(key, [stream(text)] if text else []) for key, text in outputs.items()))


def texts(content: bytes) -> list[str]:
    return ["".join(out["text"] for out in cell.outputs) for cell in nbvc.read(content).cells]


@pytest.mark.parametrize("clock", ["back", "same", "forward"])
def test_the_latest_run_comes_back_whatever_the_clock_said(
    home: Home, clock: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = {"back": -1, "same": 0, "forward": 1}[clock] * 10**15
    after = b""
    for turn in range(5):
        monkeypatch.setattr(time, "time_ns", lambda turn=turn: 10**18 + turn * step)
        after = strip(home, cells(x=f"run {turn}"))
    assert texts(restore_outputs(OutputStore(home), "a.ipynb", after).content) == ["run 4"]
    assert len({state.id for state in OutputStore(home).of("a.ipynb")}) == 5
    collect(OutputStore(home), grace=-(10**9))
    assert texts(restore_outputs(OutputStore(home), "a.ipynb", after).content) == ["run 4"]


def test_working_trees_do_not_share_outputs(tmp_path: Path) -> None:
    trees = []
    for name in ("one", "two"):
        git_dir = tmp_path / "worktrees" / name
        git_dir.mkdir(parents=True)
        trees.append(Home(str(tmp_path / "store"), str(git_dir), str(tmp_path)))
    main = Home(str(tmp_path / "store"), str(tmp_path), str(tmp_path))
    after = strip(trees[0], cells(x="of one"))
    assert restore_outputs(OutputStore(trees[1]), "a.ipynb", after).content == after
    assert restore_outputs(OutputStore(main), "a.ipynb", after).content == after
    strip(main, cells(x="of main"))
    strip(trees[1], cells(x="of two"))
    for home, mark in zip((*trees, main), ("of one", "of two", "of main"), strict=True):
        assert texts(restore_outputs(OutputStore(home), "a.ipynb", after).content) == [mark]
    os.unlink(tmp_path / "worktrees" / "one" / "nbvc-tree")  # removed, and another one made
    assert restore_outputs(OutputStore(trees[0]), "a.ipynb", after).content == after
    assert len(OutputStore(main).all()) == 3


@pytest.mark.parametrize("asked", Asked)
def test_a_cell_that_was_empty_in_the_latest_state_stays_empty(home: Home, asked: Asked) -> None:
    strip(home, cells(x="kept", y="a name"))
    after = strip(home, cells(x="kept", y=""))
    assert texts(restore_outputs(OutputStore(home), "a.ipynb", after, asked=asked).content) == [
        "kept",
        "",
    ]
    now = file(markdown("a remark"), code("x"), code("y"))
    found = restore_outputs(OutputStore(home), "a.ipynb", now, asked=asked)
    assert (texts(found.content), found.cleared) == (["", "kept", ""], 1)


def test_what_was_cleared_wholly_comes_back_for_a_person_and_not_by_a_hook(home: Home) -> None:
    content = cells(x="a name", y="2")
    after = strip(home, content)
    see_cleared(home, after)
    remark = file(code("x"), code("y"), markdown("a remark"))
    for now in (after, remark):
        assert (
            restore_outputs(OutputStore(home), "a.ipynb", now, asked=Asked.BY_HOOK).content == now
        )
    assert restore_outputs(OutputStore(home), "a.ipynb", after).content == content
    strip(home, cells(x="", y="a rerun"))
    found = restore_outputs(OutputStore(home), "a.ipynb", remark, asked=Asked.BY_HOOK)
    assert texts(found.content) == ["", "a rerun", ""]


def test_a_hook_does_not_bring_back_in_an_older_version_what_was_cleared_in_a_newer(
    home: Home,
) -> None:
    after = strip(home, cells(x="a name", y="2"))
    see_cleared(home, file(code("x"), code("other")))
    found = restore_outputs(OutputStore(home), "a.ipynb", after, asked=Asked.BY_HOOK)
    assert texts(found.content) == ["", "2"]


def test_one_notebook_is_forgotten_and_the_others_are_not(home: Home) -> None:
    shared = file(code("x", [PICTURE]), code("y", [stream("a password")]))
    own = shared.replace(b"same picture", b"mine picture")
    strip(home, shared)
    strip(home, own)
    kept = file(code("x", [PICTURE]), code("z", [stream("kept")]))
    after = strip(home, kept, "b.ipynb")
    assert clear_notebooks(OutputStore(home), ["a.ipynb"]).states == 2
    left = b"".join(path.read_bytes() for path in Path(home.folder).iterdir())
    assert b"a password" not in left
    assert b"mine picture" not in left
    assert b"same picture" in left
    store = OutputStore(home)
    assert (store.of("a.ipynb"), store.damages) == ([], [])
    assert restore_outputs(store, "b.ipynb", after).content == kept
    assert clear_notebooks(store, ["a.ipynb"]).states == 0


def test_what_was_forgotten_is_stored_again_by_a_process_that_had_seen_it(home: Home) -> None:
    content = file(code("x", [PICTURE]))
    after = strip(home, content)
    started = OutputStore(home)
    assert started.has_any()
    clear_notebooks(OutputStore(home), ["a.ipynb"])
    done = clean(nbvc.read(content), PRESETS["strip"])
    started.put("b.ipynb", content, after, spans_in_file(done))
    assert restore_outputs(OutputStore(home), "b.ipynb", after).content == content


@pytest.mark.parametrize(
    ("old", "new", "is_back"),
    [
        ("x=[1,2]", "x = [1, 2]", True),
        ("print('a')", 'print(\n    "a",\n)', True),
        ("%%sh\nls  -l", "%%sh\nls -l", True),
        ("x = 'a b'", "x = 'ab'", False),
        ("x = 1", "x = 2", False),
    ],
)
def test_a_chosen_state_goes_to_the_same_code_although_code_above_changed(
    home: Home, old: str, new: str, is_back: bool
) -> None:
    strip(home, file(code("above"), code(old, [stream("1")]), code("below()", [stream("2")])))
    now = file(code("above, edited"), code(new), code("below()"))
    store = OutputStore(home)
    (state,) = store.of("a.ipynb")
    assert restore_outputs(store, "a.ipynb", now).cells == 0
    found = restore_from(store, state, now)
    assert texts(found.content) == ["", "1" if is_back else "", "2"]
    assert [cell.source for cell in nbvc.read(found.content).cells][1] == new
    mine = file(code("above"), code(old, [stream("mine")]), code("below()"))
    assert texts(restore_from(store, state, mine).content) == ["", "mine", "2"]


def test_a_chosen_state_of_another_format_is_refused(home: Home) -> None:
    strip(home, cells(x="1"))
    store = OutputStore(home)
    (state,) = store.of("a.ipynb")
    cell = b'{"cell_type": "code", "input": "x", "outputs": [], "language": "python"}'
    old = b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": [%b]}]}'
    with pytest.raises(NotebookError, match="format differs"):
        restore_from(store, state, old % cell)
