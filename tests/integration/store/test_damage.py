"""A damaged store: what comes back is right, or nothing, and a damaged place costs one record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbvc
from nbvc.normalising import PRESETS, clean
from nbvc.store.collecting import collect
from nbvc.store.entries import LARGE, OutputStore
from nbvc.store.files import spans_in_file
from nbvc.store.home import Home
from nbvc.store.logs import OLD_HEAD, OLD_MARK, STATE, VALUE, digest, read_log
from nbvc.store.restoring import restore_outputs
from tests.making import code, file, stream

if TYPE_CHECKING:
    from collections.abc import Callable

PICTURE = stream("same picture" * LARGE)


def notebook(mark: str) -> bytes:
    return file(code("x", [stream(f"{mark} nbv1 \\u00ff")]), code("y", [PICTURE]))


def old_put(folder: Path, name: str, content: bytes, after: bytes, stored: int) -> None:
    """Store a state as nbvc 0.1 did: a short head, no digest, no working tree."""
    import msgspec

    at = content.index(b'"same picture')
    end = content.index(b'"', at + 1) + 1
    value, pieces = content[at:end], (content[:at], content[end:])
    entry = (1, name, stored, digest(after).hex(), pieces, (digest(value),))
    key = digest(name.encode())[:8] + digest(*pieces, digest(value))[:12]
    folder.mkdir(exist_ok=True)
    with (folder / f"{stored}-abcdef.log").open("ab") as log:
        for kind, name_, text in (
            (VALUE, digest(value), value),
            (STATE, key, msgspec.msgpack.encode(entry)),
        ):
            log.write(OLD_HEAD.pack(OLD_MARK, kind, name_, len(text)) + text)


def new_put(folder: Path, name: str, content: bytes, after: bytes, stored: int) -> None:
    del stored
    store = OutputStore(Home(str(folder)))
    done = clean(nbvc.read(content), PRESETS["strip"])
    assert done.after.to_bytes() == after
    store.put(name, content, after, spans_in_file(done))
    store.sync()


def stripped(content: bytes) -> bytes:
    return clean(nbvc.read(content), PRESETS["strip"]).after.to_bytes()


NAMES = ("a.ipynb", "b.ipynb", "c.ipynb")


def laid(folder: Path, put: Callable[..., None]) -> dict[str, tuple[bytes, bytes]]:
    """Store an older and the latest state of three notebooks; return the latest and what was left."""
    found = {}
    for turn, mark in enumerate(("older", "latest")):
        for number, name in enumerate(NAMES):
            content = notebook(f"{mark} of {name}")
            put(folder, name, content, stripped(content), 10 + 3 * turn + number)
            found[name] = content, stripped(content)
    return found


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_flipped_byte_costs_one_notebook_and_brings_back_nothing_wrong(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("store")
    wanted = laid(folder, new_put)
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = bytearray(path.read_bytes())
    heads = [at for one in read_log(str(path)).records for at in range(one.head, one.start)]
    at = data.draw(st.one_of(st.integers(0, len(content) - 1), st.sampled_from(heads)))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    lost = 0
    store = OutputStore(Home(str(folder)))
    for name, (before, after) in wanted.items():
        found = restore_outputs(store, name, after)
        assert found.content in (before, after), "an older run, or something else"
        lost += found.content != before
        assert found.content == before or found.damaged
    holds_picture = any(one.kind == VALUE for one in read_log(str(path)).records)
    assert lost <= (3 if holds_picture else 1)
    if at in heads:
        assert not lost, "the tail has what is in the head"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_flipped_byte_in_a_store_of_nbvc_01_brings_back_nothing_made_up(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("store")
    wanted = laid(folder, old_put)
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    store = OutputStore(Home(str(folder)))
    for name, (before, after) in wanted.items():
        found = restore_outputs(store, name, after)
        older = before.replace(b"latest", b"older")
        assert found.content in (before, older, after)


def test_a_store_of_nbvc_01_is_read_and_written_anew(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    wanted = laid(folder, old_put)
    store = OutputStore(Home(str(folder)))
    ids = [state.id for state in store.all()]
    for again in (store, OutputStore(store.home)):
        for name, (before, after) in wanted.items():
            assert restore_outputs(again, name, after).content == before
        collect(again, grace=0)
    assert len(list(folder.iterdir())) == 1
    assert sorted(state.id for state in OutputStore(store.home).all()) == sorted(ids)
    new_put(folder, "a.ipynb", notebook("newer"), stripped(notebook("newer")), 0)
    found = restore_outputs(OutputStore(store.home), "a.ipynb", wanted["a.ipynb"][1])
    assert found.content == notebook("newer"), "whatever the clock says"


def test_states_of_nbvc_01_belong_to_nobody_if_there_are_several_working_trees(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "store"
    wanted = laid(folder, old_put)
    (tmp_path / "worktrees" / "side").mkdir(parents=True)
    home = Home(str(folder), str(tmp_path), str(tmp_path))
    store = OutputStore(home)
    assert store.of("a.ipynb") == []
    assert len(store.list_unclear("a.ipynb")) == 2
    assert restore_outputs(store, "a.ipynb", wanted["a.ipynb"][1]).cells == 0


@pytest.mark.parametrize("cut", [0, 1, 4, 20, 30, 64, 70, 400])
def test_a_log_that_was_cut_short_is_told_from_an_empty_store(tmp_path: Path, cut: int) -> None:
    folder = tmp_path / "store"
    content = file(code("x", [stream("1")]))
    new_put(folder, "a.ipynb", content, stripped(content), 0)
    (log,) = folder.iterdir()
    log.write_bytes(log.read_bytes()[:cut])
    store = OutputStore(Home(str(folder)))
    found = restore_outputs(store, "a.ipynb", stripped(content))
    assert found.content == stripped(content)
    assert found.damaged or store.damages


def test_damage_is_never_collected(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    laid(folder, new_put)
    first = min(folder.iterdir())
    first.write_bytes(first.read_bytes().replace(b"older", b"oldex"))
    before = first.read_bytes()
    collect(OutputStore(Home(str(folder))), grace=0)
    assert first.read_bytes() == before
    assert len(list(folder.iterdir())) == 2


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    laid(folder, new_put)
    (folder / "notes.log").write_text("mine")
    (folder / "1-abcdeg.log").write_text("mine, too")
    store = OutputStore(Home(str(folder)))
    assert store.damages == []
    collect(store, limit=0, grace=0)
    assert {path.name for path in folder.iterdir()} == {"notes.log", "1-abcdeg.log"}


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    wanted = laid(folder, new_put)
    (folder / "9-abcdef.log").mkdir()  # what root can't read as a file either
    store = OutputStore(Home(str(folder)))
    assert [damage.reason for damage in store.damages] == ["Is a directory"]
    for name, (before, after) in wanted.items():
        assert restore_outputs(store, name, after).content == before
