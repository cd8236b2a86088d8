"""The output store: what was stripped comes back, and only where it belongs."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbvc
from nbvc.errors import NotebookError
from nbvc.normalising import PRESETS, clean
from nbvc.store import collecting
from nbvc.store.collecting import clear, collect
from nbvc.store.entries import LARGE, OutputStore, StoreError
from nbvc.store.files import Job, clean_files, spans_in_file
from nbvc.store.home import Home
from nbvc.store.logs import STATE, _pack_mark, digest, read_log
from nbvc.store.restoring import Origins, Places, restore_outputs
from tests.generate.strategies import notebooks
from tests.making import code, file, markdown, stream
from tests.unit.normalising.test_clean import REAL

if TYPE_CHECKING:
    from collections.abc import Sequence

STRIP = PRESETS["strip"]


@pytest.fixture
def store(tmp_path: Path) -> OutputStore:
    return OutputStore(Home(str(tmp_path / "store")))


def strip(store: OutputStore, content: bytes, name: str = "a.ipynb") -> bytes:
    done = clean(nbvc.read(content), STRIP)
    after = done.after.to_bytes()
    store.put(name, content, after, spans_in_file(done))
    store.sync()
    return after


def ran(*sources: str, start: int = 1, **more: Any) -> bytes:
    cells = [
        code(source, [stream(f"out of {source}\n")], execution_count=number)
        for number, source in enumerate(sources, start)
    ]
    return file(*cells, **more)


def texts(content: bytes) -> list[str]:
    return ["".join(out["text"] for out in cell.outputs) for cell in nbvc.read(content).cells]


@pytest.mark.parametrize("path", REAL, ids=str)
@pytest.mark.parametrize("preset", PRESETS)
def test_real_bytes_come_back(store: OutputStore, path: Path, preset: str) -> None:
    content = path.read_bytes()
    try:
        done = clean(nbvc.read(content), PRESETS[preset])
    except NotebookError:
        pytest.skip("no notebook")
    after = done.after.to_bytes()
    store.put("a.ipynb", content, after, spans_in_file(done))
    found = restore_outputs(store, "a.ipynb", after)
    assert found.content == content
    assert found.exact


@settings(max_examples=40)
@given(notebooks())
def test_any_bytes_come_back(
    tmp_path_factory: pytest.TempPathFactory, value: dict[str, Any]
) -> None:
    store = OutputStore(Home(str(tmp_path_factory.mktemp("store"))))
    content = b"\xef\xbb\xbf" + nbvc.Notebook.from_dict(value).to_bytes()
    after = strip(store, content)
    assert restore_outputs(store, "a.ipynb", after).content == content


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (("x", "y", "z"), ["out of x\n", "out of y\n", "out of z\n"]),
        (("x", "y", "z", "new"), ["out of x\n", "out of y\n", "out of z\n", ""]),
        (("x", "Y", "z"), ["out of x\n", "", ""]),
        (("new", "x", "y", "z"), ["", "", "", ""]),
        (("x", "z"), ["out of x\n", ""]),
        (("x", " ", "y", "z"), ["out of x\n", "", "out of y\n", "out of z\n"]),
    ],
)
def test_results_come_back_where_all_code_above_is_the_same(
    store: OutputStore, now: Sequence[str], wanted: list[str]
) -> None:
    strip(store, ran("x", "y", "z"))
    current = file(markdown("words may change"), *map(code, now))
    found = restore_outputs(store, "a.ipynb", current)
    assert texts(found.content)[1:] == wanted
    assert found.cells == sum(map(bool, wanted))
    assert found.content.count(b"words may change") == 1


def test_the_newest_results_come_back(store: OutputStore) -> None:
    strip(store, ran("x", "y"))
    time.sleep(0.002)
    newer = ran("x").replace(b"out of", b"newer out of")
    strip(store, newer)
    found = restore_outputs(store, "a.ipynb", file(code("x"), code("y"), markdown("m")))
    assert texts(found.content)[:2] == ["newer out of x\n", "out of y\n"]


FAILURE = {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["E"]}


@pytest.mark.parametrize(
    ("tags", "there", "wanted"),
    [
        ([], True, [1, 1, 0]),
        ([], False, [1, 1, 0]),
        (["raises-exception"], True, [1, 1, 1]),
        (["raises-exception"], False, [1, 1, 0]),
    ],
    ids=["stops", "stops, stored", "goes on", "goes on, stored empty"],
)
def test_below_a_cell_that_failed_no_earlier_run_comes_back(
    store: OutputStore, tags: list[str], wanted: list[int], *, there: bool
) -> None:
    strip(store, ran("x", "y", "z"))
    time.sleep(0.002)
    failed = code("y", [FAILURE], metadata={"tags": tags})
    if not there:
        strip(store, file(code("x", [stream("newer")]), failed, code("z")))
    shown = failed if there else code("y")
    now = file(code("x"), shown, code("z"), markdown("edited since"))
    found = restore_outputs(store, "a.ipynb", now)
    cells = nbvc.read(found.content).cells[:3]
    assert [len(cell.outputs) for cell in cells] == wanted
    assert cells[1].outputs == [FAILURE]
    assert found.missing == 3 - sum(wanted)


def test_results_that_are_there_stay(store: OutputStore) -> None:
    strip(store, ran("x", "y"))
    now = file(code("x", [stream("mine")]), code("y"))
    assert texts(restore_outputs(store, "a.ipynb", now).content) == ["mine", "out of y\n"]


def places(*there: str, origins: tuple[str, ...] = (), is_final: bool = False) -> Places:
    return Places(lambda name: name in there, lambda _: Origins(frozenset(origins), is_final))


EDITED = file(code("x"), code("y"), markdown("a remark"))


@pytest.mark.parametrize(
    ("known", "same", "edited"),
    [
        (places(), True, False),
        (places("a.ipynb"), False, False),
        (places(origins=("a.ipynb",)), True, True),
        (places(origins=("a.ipynb",), is_final=True), True, True),
        (places(is_final=True), False, False),
        (places("a.ipynb", origins=("a.ipynb",)), False, False),
    ],
    ids=["gone", "exists", "moved", "renamed", "never renamed", "a copy"],
)
def test_a_renamed_notebook_finds_its_outputs_and_no_other_does(
    store: OutputStore, known: Places, same: bool, edited: bool
) -> None:
    content = ran("x", "y")
    after = strip(store, content)
    found = restore_outputs(store, "sub/b.ipynb", after, known)
    assert (found.content == content) is same
    found = restore_outputs(store, "sub/b.ipynb", EDITED, known)
    assert texts(found.content)[:2] == (["out of x\n", "out of y\n"] if edited else ["", ""])
    if not edited and "a.ipynb" not in (name for name in ("a.ipynb",) if known.exists(name)):
        assert len(found.maybe) == 1


def test_ids_tell_a_renamed_notebook_outside_of_git(store: OutputStore) -> None:
    cells = [code(source, [stream(source)], id=f"drawn-{source}") for source in "xy"]
    strip(store, file(*cells, minor=5))
    bare = [code(source, id=f"drawn-{source}") for source in "xy"]
    now = file(*bare, markdown("new", id="m"), minor=5)
    assert restore_outputs(store, "b.ipynb", now, places()).cells == 2
    others = [code(source, id=f"other-{source}") for source in "xy"]
    now = file(*others, markdown("new", id="m"), minor=5)
    assert restore_outputs(store, "b.ipynb", now, places()).cells == 0


def test_which_of_two_deleted_twins_was_renamed_is_not_guessed(store: OutputStore) -> None:
    after = strip(store, ran("x"), "north.ipynb")
    strip(store, ran("x").replace(b"out of", b"south"), "south.ipynb")
    found = restore_outputs(store, "new.ipynb", after, places())
    assert (found.cells, len(found.maybe)) == (0, 2)
    found = restore_outputs(store, "new.ipynb", after, places(origins=("south.ipynb",)))
    assert texts(found.content) == ["south x\n"]


def test_a_twin_gets_nothing(store: OutputStore) -> None:
    after = strip(store, ran("x"), "north/a.ipynb")
    assert restore_outputs(store, "south/a.ipynb", after, places("north/a.ipynb")).content == after
    assert restore_outputs(store, "south/a.ipynb", after).content == after


def test_fault_60_a_name_that_is_no_utf8(store: OutputStore) -> None:
    name, other = os.fsdecode(b"caf\xe9.ipynb"), "caf\\xe9.ipynb"
    for path, source in ((name, "x"), (other, "y")):
        strip(store, ran(source), path)
    for path, source in ((name, "x"), (other, "y")):
        (state,) = OutputStore(store.home).of(path)
        assert state.entry is not None
        assert store.content(state.entry) == ran(source)
        assert state.entry.name == other


def test_nothing_stored_nothing_restored(store: OutputStore) -> None:
    now = file(code("x"))
    found = restore_outputs(store, "a.ipynb", now)
    assert (found.content, found.cells, found.missing) == (now, 0, 1)


def test_a_damaged_value_is_not_restored(store: OutputStore, tmp_path: Path) -> None:
    after = strip(store, file(code("x", [stream("z" * 2 * LARGE)])))
    (log,) = (tmp_path / "store").iterdir()
    log.write_bytes(log.read_bytes().replace(b"zzzz", b"zzzy"))
    found = restore_outputs(OutputStore(store.home), "a.ipynb", after)
    assert (found.content, found.cells) == (after, 0)
    assert found.damaged


def test_a_value_is_kept_once_and_a_state_too(store: OutputStore, tmp_path: Path) -> None:
    content = file(code("x", [stream("z" * 200 * LARGE)]))
    for _ in range(3):
        strip(OutputStore(store.home), content)
    strip(OutputStore(store.home), content.replace(b'"x"', b'"y"'))
    assert sum(log.stat().st_size for log in (tmp_path / "store").iterdir()) < 210 * LARGE
    assert len(OutputStore(store.home).all()) == 2


def test_fault_66_a_log_that_was_cut_off_within_its_first_mark_is_named(store: OutputStore) -> None:
    after = strip(store, ran("x"), "a")
    (path,) = Path(store.folder).iterdir()
    whole = path.read_bytes()
    for cut in range(6):
        path.write_bytes(whole[:cut])
        again = OutputStore(store.home)
        assert restore_outputs(again, "a", after).content == after
        assert again.damages, cut


@given(st.data())
@settings(max_examples=30)
def test_fault_66_a_log_that_was_cut_off_is_whole_up_to_its_last_record(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    store = OutputStore(Home(str(tmp_path_factory.mktemp("store"))))
    contents = [ran(*(f"x{turn}" for _ in range(3))) for turn in range(3)]
    afters = [strip(store, content, f"{turn}") for turn, content in enumerate(contents)]
    whole = {path: path.read_bytes() for path in Path(store.folder).iterdir()}
    path = data.draw(st.sampled_from(sorted(whole)))
    cut = data.draw(st.integers(0, len(whole[path])))
    path.write_bytes(whole[path][:cut])
    again = OutputStore(store.home)
    for turn, (content, after) in enumerate(zip(contents, afters, strict=True)):
        found = restore_outputs(again, f"{turn}", after)
        assert found.content in (content, after)
        assert found.content == content or found.damaged or again.damages
    lost = [state for state in again.all() if state.entry is None]
    assert len(again.all()) - len(lost) == 3 - (cut < len(whole[path]))


def test_logs_are_collected_into_one(store: OutputStore, tmp_path: Path) -> None:
    contents = [ran(*("x" * (2 + turn))) for turn in range(5)]
    afters = [strip(OutputStore(store.home), one, f"{n}") for n, one in enumerate(contents)]
    assert len(list((tmp_path / "store").iterdir())) == 5
    assert collect(store).states == 0
    assert len(list((tmp_path / "store").iterdir())) == 5, "may still be written to"
    assert collect(store, grace=0).states == 0
    assert len(list((tmp_path / "store").iterdir())) == 1
    for turn, (content, after) in enumerate(zip(contents, afters, strict=True)):
        assert restore_outputs(OutputStore(store.home), f"{turn}", after).content == content


@pytest.mark.parametrize("later", ["state", "kind", "mark"])
def test_what_a_later_nbvc_has_stored_is_never_collected(
    later: str, store: OutputStore, tmp_path: Path
) -> None:
    for turn in range(3):
        strip(OutputStore(store.home), ran(f"x{turn}"), f"{turn}")
    folder = tmp_path / "store"
    log = max(folder.iterdir())
    (record,) = [one for one in read_log(str(log)).records if one.kind == STATE]
    content = log.read_bytes()
    if later == "mark":
        content += b"\xffnb3" + b"something new"
    elif later == "kind":
        fields = (b"N", bytes(20), 0, 3, digest(b"new"))
        content += _pack_mark(b"\xffnb2", *fields) + b"new" + _pack_mark(b"\xffnb.", *fields)
    else:
        text = record.content() or b""
        text = text[:1] + b"\x09" + text[2:]  # an array's length, and then the version
        fields = (STATE, record.key, record.number, record.length, digest(text))
        content = _pack_mark(b"\xffnb2", *fields) + text + _pack_mark(b"\xffnb.", *fields)
    log.write_bytes(content)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert collect(OutputStore(store.home), limit=0, grace=0).states == 0
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert len(OutputStore(store.home).all()) == (2 if later == "state" else 3)


def aged(folder: str) -> None:
    """Make all logs so old that they may be collected."""
    for name in os.listdir(folder):
        os.utime(os.path.join(folder, name), (1.7e9, 1.7e9))


PICTURE = stream("same picture" * LARGE)


def test_collecting_leaves_what_a_newer_state_has_in_common_with_an_old_one(
    store: OutputStore,
) -> None:
    strip(store, file(code("x", [PICTURE])))
    aged(store.folder)
    newest = file(code("x", [PICTURE]), code("y", [stream("and more")]))
    after = strip(OutputStore(store.home), newest)
    collect(OutputStore(store.home), limit=0, grace=60)
    assert restore_outputs(OutputStore(store.home), "a.ipynb", after).content == newest


@pytest.mark.parametrize("again", ["a.ipynb", "b.ipynb"])
def test_what_was_collected_since_it_was_read_is_stored_again(
    store: OutputStore, again: str
) -> None:
    content = file(code("x", [PICTURE]))
    strip(store, content)
    aged(store.folder)
    started = OutputStore(store.home)
    assert started.has_any()
    assert collect(OutputStore(store.home), limit=0, grace=60).states == 1
    after = strip(started, content, again)
    assert restore_outputs(OutputStore(store.home), again, after).content == content


def test_what_is_used_while_others_are_collected_stays(
    store: OutputStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = file(code("x", [PICTURE]))
    after = strip(OutputStore(store.home), content)
    strip(OutputStore(store.home), content, "b.ipynb")
    aged(store.folder)
    started = OutputStore(store.home)
    assert started.has_any()
    rewrite = collecting._rewrite

    def meanwhile(*args: Any) -> None:
        strip(started, content, "c.ipynb")
        rewrite(*args)

    monkeypatch.setattr(collecting, "_rewrite", meanwhile)
    collect(OutputStore(store.home), limit=0, grace=60)
    for name in ("a.ipynb", "c.ipynb"):
        found = OutputStore(store.home)
        assert restore_outputs(found, name, after).content == content
        assert len(found.of(name)) <= 1


def test_what_is_oldest_and_overtaken_goes_first(store: OutputStore) -> None:
    contents = [file(code("x", [stream(f"{turn}" * 3 * LARGE)])) for turn in range(4)]
    for content in contents:
        strip(store, content)
        time.sleep(0.002)
    other = ran("only state")
    after = strip(store, other, "b.ipynb")
    left = collect(store, limit=4 * LARGE, grace=0)
    assert left.states == 3
    assert left.left <= 4 * LARGE
    store = OutputStore(store.home)
    assert texts(restore_outputs(store, "a.ipynb", file(code("x"))).content) == ["3" * 3 * LARGE]
    assert restore_outputs(store, "b.ipynb", after).content == other
    assert clear(store).left == 0
    assert restore_outputs(OutputStore(store.home), "b.ipynb", after).cells == 0


def test_many_files_at_once(store: OutputStore, tmp_path: Path) -> None:
    jobs = []
    for number in range(40):
        path = tmp_path / f"{number}.ipynb"
        path.write_bytes(ran(f"x{number}"))
        jobs.append(Job(str(path), path.name, STRIP))
    (tmp_path / "7.ipynb").write_bytes(b"no notebook")
    done = clean_files(jobs, store)
    assert [one.path for one in done if one.error] == [str(tmp_path / "7.ipynb")]
    assert (tmp_path / "7.ipynb").read_bytes() == b"no notebook"
    for number in {*range(40)} - {7}:
        now = (tmp_path / f"{number}.ipynb").read_bytes()
        assert b"out of" not in now
        assert restore_outputs(store, f"{number}.ipynb", now).content == ran(f"x{number}")
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


def test_fault_67_where_nothing_can_be_stored_nothing_is_stripped(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    path = tmp_path / "a.ipynb"
    path.write_bytes(ran("x"))
    store = OutputStore(Home(str(tmp_path / "store")))
    (done,) = clean_files([Job(str(path), "a.ipynb", STRIP)], store)
    assert "can't be stored" in done.error
    assert path.read_bytes() == ran("x")
    with pytest.raises(StoreError):
        strip(store, ran("x"))
