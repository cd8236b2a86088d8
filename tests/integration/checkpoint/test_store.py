from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nbvc.checkpoint import creating
from nbvc.checkpoint import writer as writer_module
from nbvc.checkpoint.opening import open_store
from nbvc.checkpoint.record import Author
from nbvc.checkpoint.retention import Retention
from nbvc.checkpoint.store import Store
from nbvc.errors import CheckpointError, ContentChangedError, GitError
from nbvc.git.plumbing import refs
from nbvc.git.plumbing.command import Git
from nbvc.notebook.content import content_digest
from nbvc.workflow.restoring import restore_checkpoint
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, notebook, write

Opener = Callable[..., Store]
START = 1_700_000_000


class Clock:
    """A clock that goes on by a minute whenever somebody looks."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        self.now += 60
        return float(self.now)


@pytest.fixture
def opener(tmp_path: Path) -> Iterator[Opener]:
    stores = []

    def open_(path: Path, machine: str = "laptop", **options: object) -> Store:
        options = {"data_folder": str(tmp_path / "data"), "clock": Clock(), **options}
        store = open_store(Git.find(os.environ), str(path), machine=machine, **options)  # type: ignore[arg-type]
        stores.append(store)
        return store

    yield open_
    for store in stores:
        store.close()


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return sandbox.committed(tmp_path / "repo", "a.ipynb", "sub dir/b.ipynb")


def messages(store: Store, path: Path) -> list[str]:
    return [one.message for one in store.list(str(path))]


def make(store: Store, path: Path, *texts: str) -> list[str]:
    """Write and save these versions; the ids."""
    ids = []
    for text in texts:
        write(path, notebook(text))
        ids.append(store.create(str(path), text).checkpoint.id)
    return ids


def contents(store: Store, path: Path) -> list[bytes]:
    return [store.content(one) for one in store.list(str(path))]


def assert_sound(top: Path) -> None:
    assert git(top, "fsck", "--no-dangling", "--strict") == ""


def test_a_checkpoint_tells_what_it_is(top: Path, opener: Opener) -> None:
    path = top / "sub dir" / "b.ipynb"
    store = opener(top)
    created = store.create(str(path), "before the rewrite\n\nwith a body: ü\n\nNbvc-Path: trap")
    (one,) = store.list(str(path))
    assert created.is_new
    assert created.checkpoint == one
    assert one.to_dict() == {
        "id": one.commit[:12],
        "message": "before the rewrite\n\nwith a body: ü\n\nNbvc-Path: trap",
        "author": "Ada Example <ada@example.org>",
        "time": "2023-11-14T22:14:20Z",
        "path": "sub dir/b.ipynb",
        "commit": git(top, "for-each-ref", "--format=%(objectname)", "refs/nbvc"),
    }
    assert one.head == git(top, "rev-parse", "HEAD")
    shown = git(top, "show", f"{one.commit}:sub dir/b.ipynb").encode() + b"\n"
    assert shown == store.content(one) == path.read_bytes()
    ref = git(top, "for-each-ref", "--format=%(refname)", "refs/nbvc")
    assert ref == f"refs/nbvc/checkpoints/{store.writer}/sub%20dir%2Fb.ipynb"
    assert store.writer.startswith("laptop-")
    assert store.notebooks() == ("sub dir/b.ipynb",)
    assert_sound(top)


def test_oldest_first_and_byte_exact(top: Path, opener: Opener) -> None:
    store, path = opener(top), top / "a.ipynb"
    versions = [b"", b"{}", b"\r\n\xff\x00" * 1000, os.urandom(200_000), notebook("é")]
    for number, content in enumerate(versions):
        write(path, content)
        store.create(str(path), f"{number}")
    assert messages(store, path) == ["0", "1", "2", "3", "4"]
    assert contents(store, path) == versions
    assert contents(opener(top), path) == versions
    assert_sound(top)


def test_the_same_content_is_the_latest_checkpoint(top: Path, opener: Opener) -> None:
    store, path = opener(top), top / "a.ipynb"
    first = store.create(str(path), "one")
    again = store.create(str(path), "two")
    assert (again.is_new, again.checkpoint) == (False, first.checkpoint)
    assert not opener(top).create(str(path)).is_new
    make(store, path, "2")
    write(path, notebook())
    assert store.create(str(path), "back").is_new
    assert len(store.list(str(path))) == 3


def test_content_that_is_not_on_the_disk(top: Path, opener: Opener) -> None:
    store = opener(top)
    store.create(str(top / "a.ipynb"), "m", b"from an editor")
    assert contents(store, top / "a.ipynb") == [b"from an editor"]


@pytest.mark.parametrize(
    "message",
    ["", "\n", "a\0b", "\x1b[31m", "x" * 100_000, "\ud800", "# no comment", "Nbvc-Id: abc\n"],
)
def test_any_message(top: Path, opener: Opener, message: str) -> None:
    store = opener(top)
    store.create(str(top / "a.ipynb"), message)
    (one,) = opener(top).list(str(top / "a.ipynb"))
    expected = message.replace("\0", "\\x00").replace("\ud800", "\\ud800").strip("\n")
    assert one.message == (expected or "Checkpoint")
    assert one.path == "a.ipynb"


@pytest.mark.parametrize(
    "state", ["unborn", "detached", "merge", "worktree", "sha256", "submodule"]
)
def test_any_state_of_the_repository(tmp_path: Path, opener: Opener, state: str) -> None:
    top = tmp_path / "repo"
    if state == "unborn":
        write(sandbox.new(top) / "a.ipynb")
    else:
        sandbox.committed(top, options=("--object-format=sha256",) if state == "sha256" else ())
    if state == "detached":
        git(top, "switch", "-q", "--detach")
    if state == "merge":
        git(top, "switch", "-qc", "side")
        write(top / "a.ipynb", notebook("side"))
        sandbox.commit_all(top, "side")
        git(top, "switch", "-q", "main")
        write(top / "a.ipynb", notebook("main"))
        sandbox.commit_all(top, "main")
        assert sandbox.try_git(top, "merge", "side")
    if state == "worktree":
        git(top, "worktree", "add", "-q", "--detach", "../tree")
        top = tmp_path / "tree"
    if state == "submodule":
        inner = sandbox.committed(tmp_path / "inner")
        git(top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
        top /= "sub"
    write(top / "a.ipynb", notebook("now"))
    before = sandbox.snapshot(top)
    store = opener(top)
    created = store.create(str(top / "a.ipynb"), "m")
    assert contents(store, top / "a.ipynb") == [notebook("now")]
    assert (created.checkpoint.head is None) == (state == "unborn")
    assert sandbox.snapshot(top) == before
    assert_sound(top)


def test_all_worktrees_see_the_same(tmp_path: Path, top: Path, opener: Opener) -> None:
    git(top, "worktree", "add", "-q", "--detach", "../tree")
    make(opener(top), top / "a.ipynb", "1")
    make(opener(tmp_path / "tree"), tmp_path / "tree" / "a.ipynb", "2")
    assert messages(opener(top), top / "a.ipynb") == ["1", "2"]
    assert git(top, "for-each-ref", "refs/nbvc").count("\n") == 0


def test_no_identity_is_no_reason_to_fail(top: Path, hermetic: Path, opener: Opener) -> None:
    (hermetic / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    assert opener(top).create(str(top / "a.ipynb")).checkpoint.author == "nbvc <nbvc@laptop>"
    evil = Author("E\nvil <x>", "a@b>\n")
    store = opener(top, author=evil)
    assert store.create(str(top / "a.ipynb"), "m", b"x").checkpoint.author == "Evil x <a@b>"
    assert_sound(top)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "-rf.ipynb",
            "*.ipynb",
            ":(glob)*.ipynb",
            "two\nlines.ipynb",
            "\udce9\udcff.ipynb",
            "é.ipynb",
        ),
        *(
            ".hidden.ipynb",
            "a..b.ipynb",
            "x.lock",
            "x.ipynb.",
            "a@{1}.ipynb",
            "%2F.ipynb",
            "a b~^:?[\\",
        ),
        *("deep/" * 30 + "x.ipynb", "x" * 240 + ".ipynb", "漢" * 80 + ".ipynb", "\x1b[2J.ipynb"),
    ],
)
def test_fault_60_any_name(tmp_path: Path, opener: Opener, name: str) -> None:
    top = sandbox.committed(tmp_path / "repo", name, "other.ipynb")
    before = sandbox.snapshot(top)
    store = opener(top)
    store.create(str(top / name), "m")
    (one,) = opener(top).list(str(top / name))
    assert one.path == name
    assert store.notebooks() == (name,)
    assert store.list(str(top / "other.ipynb")) == ()
    assert sandbox.snapshot(top) == before
    assert_sound(top)


def test_names_that_contain_each_other(tmp_path: Path, opener: Opener) -> None:
    top = sandbox.committed(tmp_path / "repo", "x.ipynb", "y/x.ipynb")
    store = opener(top)
    make(store, top / "x.ipynb", "1")
    (top / "x.ipynb").unlink()
    make(store, top / "x.ipynb" / "x.ipynb", "2")
    assert messages(store, top / "x.ipynb" / "x.ipynb") == ["2"]


def test_links_count_as_what_they_lead_to(top: Path, opener: Opener) -> None:
    (top / "link.ipynb").symlink_to("a.ipynb")
    store = opener(top)
    make(store, top / "a.ipynb", "1")
    assert messages(store, top / "link.ipynb") == ["1"]
    restore_checkpoint(store, str(top / "link.ipynb"), "latest")
    assert (top / "link.ipynb").is_symlink()


@pytest.mark.parametrize("which", ["nope", "abc", "", "--all", "HEAD", "0" * 40, "\x1b"])
def test_what_is_no_checkpoint(top: Path, opener: Opener, which: str) -> None:
    store = opener(top)
    make(store, top / "a.ipynb", "1")
    with pytest.raises(CheckpointError, match="unknown checkpoint") as caught:
        store.find(str(top / "a.ipynb"), which)
    assert str(caught.value).isprintable()


def test_a_notebook_without_checkpoints(top: Path, opener: Opener) -> None:
    for which in ("latest", "91ab"):
        with pytest.raises(CheckpointError, match="no checkpoints"):
            opener(top).find(str(top / "a.ipynb"), which)


def test_a_checkpoint_is_found_by_any_of_its_names(top: Path, opener: Opener) -> None:
    store, path = opener(top), top / "a.ipynb"
    first, second = make(store, path, "1", "2")
    for which in (first, first[:4], store.list(str(path))[0].commit):
        assert store.find(str(path), which).message == "1"
    assert store.find(str(path), "latest").id == second


def test_files_that_cannot_be_saved(top: Path, opener: Opener) -> None:
    store = opener(top)
    for name in ("none.ipynb", "sub dir"):
        with pytest.raises(GitError):
            store.create(str(top / name))
    with pytest.raises(GitError):
        store.create(str(top / ".git" / "config"))
    assert store.notebooks() == ()


def test_restore_saves_what_was_there(top: Path, opener: Opener) -> None:
    store, path = opener(top), top / "a.ipynb"
    first, _ = make(store, path, "1", "2")
    path.chmod(0o640)
    write(path, notebook("unsaved"))
    restored = restore_checkpoint(store, str(path), first)
    assert path.read_bytes() == notebook("1")
    assert path.stat().st_mode & 0o777 == 0o640
    assert restored.before is not None
    assert store.content(restored.before) == notebook("unsaved")
    assert messages(store, path) == ["1", "2", f"Before restoring {first}"]
    stamp = path.stat().st_mtime_ns
    assert restore_checkpoint(store, str(path), first).before is None
    assert path.stat().st_mtime_ns == stamp


def test_fault_70_restore_over_what_the_caller_has_not_seen(top: Path, opener: Opener) -> None:
    store, path = opener(top), top / "a.ipynb"
    (first,) = make(store, path, "1")
    seen = content_digest(path.read_bytes())
    write(path, notebook("by another program"))
    with pytest.raises(ContentChangedError, match="nothing was restored"):
        restore_checkpoint(store, str(path), first, seen)
    assert path.read_bytes() == notebook("by another program")
    with pytest.raises(ContentChangedError):
        restore_checkpoint(store, str(path), first, content_digest(None))
    restore_checkpoint(store, str(path), first, content_digest(path.read_bytes()))
    assert path.read_bytes() == notebook("1")


def test_fault_70_a_change_at_the_last_moment(
    top: Path, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, path = opener(top), top / "a.ipynb"
    (first,) = make(store, path, "1")
    write(path, notebook("seen"))
    create = store.create

    def interrupted(*args: str, **options: bytes) -> object:
        created = create(*args, **options)  # type: ignore[arg-type]
        write(path, notebook("written in between"))
        return created

    monkeypatch.setattr(store, "create", interrupted)
    with pytest.raises(ContentChangedError, match="has just changed"):
        restore_checkpoint(store, str(path), first)
    assert path.read_bytes() == notebook("written in between")


def test_fault_67_a_folder_that_cannot_be_written(
    top: Path, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, path = opener(top), top / "a.ipynb"
    first, _ = make(store, path, "1", "2")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        restore_checkpoint(store, str(path), first)
    assert path.read_bytes() == notebook("2")
    assert sorted(item.name for item in top.iterdir()) == [".git", "a.ipynb", "sub dir"]


def test_a_deleted_notebook_keeps_its_checkpoints(top: Path, opener: Opener) -> None:
    store, path = opener(top), top / "sub dir" / "b.ipynb"
    (first,) = make(store, path, "1")
    path.unlink()
    path.parent.rmdir()
    store = opener(path)
    assert messages(store, path) == ["1"]
    assert restore_checkpoint(store, str(path), first).before is None
    assert path.read_bytes() == notebook("1")


def test_deleting_keeps_the_others_as_they_are(top: Path, opener: Opener) -> None:
    store, path = opener(top), top / "a.ipynb"
    ids = make(store, path, "1", "2", "3", "4")
    before = store.list(str(path))
    commits = [one.commit for one in before]
    assert store.delete(str(path), ids[1]).message == "2"
    after = store.list(str(path))
    assert [one.id for one in after] == [ids[0], ids[2], ids[3]]
    assert [one.time for one in after] == [before[i].time for i in (0, 2, 3)]
    assert contents(store, path) == [notebook(text) for text in "134"]
    assert after[0].commit == commits[0]
    assert opener(top).list(str(path)) == after
    for one in list(after):
        store.delete(str(path), one.id)
    assert store.list(str(path)) == ()
    assert git(top, "for-each-ref", "refs/nbvc") == ""
    assert_sound(top)
    git(top, "-c", "gc.reflogExpire=now", "gc", "-q", "--prune=now")
    assert sandbox.try_git(top, "cat-file", "-e", commits[1])


def test_the_id_survives_deletion_again_and_again(top: Path, opener: Opener) -> None:
    store, path = opener(top), top / "a.ipynb"
    ids = make(store, path, "1", "2", "3", "4")
    for gone in (ids[0], ids[1], ids[2]):
        store.delete(str(path), gone)
        assert store.find(str(path), ids[3]).message == "4"
    make(store, path, "5")
    assert messages(store, path) == ["4", "5"]


@pytest.mark.parametrize(
    ("retention", "kept"),
    [
        (Retention(3), [7, 8, 9]),
        (Retention(0), [9]),
        (Retention(100), list(range(10))),
        (Retention(1, thin=True), [0, 2, 3, 5, 6, 7, 8, 9]),
        (Retention(9, thin=True), list(range(10))),
    ],
)
def test_retention(top: Path, opener: Opener, retention: Retention, kept: list[int]) -> None:
    # Two on one day and two within one hour: the newer one of each stays.
    day, hour = 86_400, 3600
    now = START - START % (7 * day) + 3 * day + 30
    ages = [
        40 * day,
        3 * day + 600,
        3 * day + 300,
        3 * day,
        5 * hour + 20,
        5 * hour,
        120,
        60,
        20,
        10,
    ]
    moments = iter([*(now - age for age in ages), now])
    store, path = opener(top, clock=lambda: float(next(moments))), top / "a.ipynb"
    make(store, path, *map(str, range(10)))
    gone = store.retain(str(path), retention)
    assert messages(store, path) == list(map(str, kept))
    assert sorted([*messages(store, path), *(one.message for one in gone)]) == list("0123456789")
    assert_sound(top)


def test_rename_on_request(top: Path, opener: Opener) -> None:
    store, old, new = opener(top), top / "a.ipynb", top / "sub dir" / "new.ipynb"
    make(store, old, "1", "2")
    old.rename(new)
    assert store.rename(str(old), str(new)) == ("sub dir/new.ipynb",)
    assert messages(store, new) == ["1", "2"]
    assert messages(store, old) == []
    make(store, new, "3")
    make(store, old, "another notebook")
    assert messages(opener(top), new) == ["1", "2", "3"]
    assert messages(opener(top), old) == ["another notebook"]


def test_rename_of_a_folder(top: Path, opener: Opener) -> None:
    store = opener(top)
    make(store, top / "sub dir" / "b.ipynb", "1")
    make(store, top / "sub dir" / "deep" / "c.ipynb", "2")
    make(store, top / "sub dirt.ipynb", "3")
    (top / "sub dir").rename(top / "moved")
    renamed = store.rename(str(top / "sub dir"), str(top / "moved"))
    assert renamed == ("moved/b.ipynb", "moved/deep/c.ipynb")
    assert messages(store, top / "moved" / "deep" / "c.ipynb") == ["2"]
    assert messages(store, top / "sub dirt.ipynb") == ["3"]


def test_rename_onto_a_notebook_that_has_checkpoints(top: Path, opener: Opener) -> None:
    clock = Clock()
    store, one, two = opener(top, clock=clock), top / "a.ipynb", top / "sub dir" / "b.ipynb"
    make(store, one, "1")
    make(store, two, "2")
    ids = [store.list(str(path))[0].id for path in (one, two)]
    make(store, one, "3")
    store.rename(str(one), str(two))
    assert messages(store, two) == ["1", "2", "3"]
    assert [item.id for item in store.list(str(two))][:2] == ids
    assert_sound(top)


def test_a_rename_is_seen_by_its_content(top: Path, opener: Opener) -> None:
    store, old, new = opener(top), top / "a.ipynb", top / "new.ipynb"
    write(old, notebook("first", pad=100))
    store.create(str(old), "1")
    old.rename(new)
    assert messages(store, new) == ["1"]
    write(new, notebook("a little different", pad=100))
    assert messages(opener(top), new) == ["1"]
    store.create(str(new), "2")
    assert messages(store, new) == ["1", "2"]
    assert messages(store, old) == ["1"]
    write(new, b"something else altogether")
    assert messages(opener(top), new) == ["1", "2"]
    assert_sound(top)


def test_a_renamed_notebook_that_was_not_changed_is_followed_later(
    top: Path, opener: Opener
) -> None:
    store, old, new = opener(top), top / "a.ipynb", top / "new.ipynb"
    make(store, old, "1")
    old.rename(new)
    assert not store.create(str(new), "same content").is_new
    write(new, b"something else altogether")
    store.create(str(new), "2")
    assert messages(store, new) == ["1", "2"]


def test_a_copy_is_no_rename(top: Path, opener: Opener) -> None:
    store, path = opener(top), top / "a.ipynb"
    make(store, path, "1")
    write(top / "copy.ipynb", path.read_bytes())
    assert messages(store, top / "copy.ipynb") == []
    assert store.create(str(top / "copy.ipynb"), "own").is_new


def test_deleting_reaches_what_a_rename_has_taken_along(top: Path, opener: Opener) -> None:
    store, old, new = opener(top), top / "a.ipynb", top / "new.ipynb"
    (first,) = make(store, old, "1")
    old.rename(new)
    make(store, new, "1")
    store.create(str(new), "2", b"2")
    store.delete(str(old), first)
    assert messages(store, new) == ["2"]
    assert messages(store, old) == []


def test_writers_are_merged_and_do_not_touch_each_others(top: Path, opener: Opener) -> None:
    clock, path = Clock(), top / "a.ipynb"
    one, two = opener(top, "one", clock=clock), opener(top, "two", clock=clock)
    for number, store in enumerate([one, two, one, two, two]):
        make(store, path, str(number))
    assert messages(one, path) == messages(two, path) == ["0", "1", "2", "3", "4"]
    assert [item.machine[:3] for item in one.list(str(path))] == ["one", "two", "one", "two", "two"]
    theirs = one.list(str(path))[1]
    with pytest.raises(CheckpointError, match="was made on two"):
        one.delete(str(path), theirs.id)
    gone = one.retain(str(path), Retention(1))
    assert [item.message for item in gone] == ["0", "2"]
    assert messages(one, path) == ["1", "3", "4"]


def test_a_clock_that_goes_back_keeps_the_order(top: Path, opener: Opener) -> None:
    moments = iter([500.0, 100.0, 300.0, -5.0])
    store, path = opener(top, clock=lambda: next(moments)), top / "a.ipynb"
    make(store, path, "1", "2", "3", "4")
    other = opener(top, "other", clock=lambda: 50.0)
    make(other, path, "0")
    assert messages(store, path) == ["0", "1", "2", "3", "4"]


def test_a_copied_repository_writes_under_another_name(top: Path, opener: Opener) -> None:
    first = opener(top).writer
    assert opener(top / "a.ipynb").writer == first
    git(top.parent, "clone", "-q", "repo", "clone")
    copy = top.parent / "copy"
    os.system(f"cp -r {top} {copy}")  # noqa: S605
    writers = {opener(place).writer for place in (top, top.parent / "clone", copy)}
    assert len(writers) == 3
    assert opener(copy).writer in writers


def test_of_programs_that_begin_at_once_the_first_names_the_writer(
    top: Path, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = writer_module._read_number
    first: list[str] = []

    def read_late(*_: str) -> None:
        """Find no number, while another program draws one."""
        monkeypatch.setattr(writer_module, "_read_number", read)
        first.append(opener(top).writer)

    monkeypatch.setattr(writer_module, "_read_number", read_late)
    assert opener(top).writer == first[0] == opener(top).writer


def test_a_damaged_number_of_a_writer_is_named(top: Path, opener: Opener) -> None:
    assert opener(top).writer
    (number,) = (top / ".git" / "nbvc").glob("writer-*")
    number.write_bytes(b"\xff torn")
    with pytest.raises(GitError, match=r"writer-.*can't be read"):
        _ = opener(top).writer


def test_outside_of_a_repository(tmp_path: Path, opener: Opener) -> None:
    path = tmp_path / "plain" / "x.ipynb"
    store = opener(path)
    make(store, path, "1", "2")
    assert messages(opener(path), path) == ["1", "2"]
    assert store.list(str(path))[0].path == str(path)
    assert sorted(item.name for item in path.parent.iterdir()) == ["x.ipynb"]
    assert (tmp_path / "data" / "checkpoints.git").is_dir()
    restore_checkpoint(store, str(path), store.list(str(path))[0].id)
    assert path.read_bytes() == notebook("1")
    moved = path.parent / "y.ipynb"
    path.rename(moved)
    store.rename(str(path), str(moved))
    assert messages(store, moved) == ["1", "2"]
    assert store.notebooks() == (str(moved),)


def test_fault_42_a_bare_repository_is_refused(tmp_path: Path, opener: Opener) -> None:
    bare = sandbox.new(tmp_path / "x.git", "--bare")
    with pytest.raises(GitError, match="bare"):
        opener(write(bare / "x.ipynb"))
    assert not (tmp_path / "data").exists()


def test_fault_65_a_hooks_environment_does_not_lead_astray(
    tmp_path: Path, top: Path, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sandbox.committed(tmp_path / "other")
    monkeypatch.chdir(other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index.lock")
    store = opener(top)
    store.create(str(top / "a.ipynb"))
    for name in ("GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    assert git(other, "for-each-ref", "refs/nbvc") == ""
    assert len(store.list(str(top / "a.ipynb"))) == 1


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
def test_packing_and_collecting_garbage_lose_nothing(
    top: Path, opener: Opener, *, packed: bool
) -> None:
    store, path = opener(top), top / "a.ipynb"
    ids = make(store, path, "1", "2", "3")
    if packed:
        git(top, "gc", "-q", "--prune=now")
        assert not list((top / ".git" / "refs" / "nbvc").rglob("a.ipynb"))
    assert messages(opener(top), path) == messages(store, path) == ["1", "2", "3"]
    make(store, path, "4")
    store.delete(str(path), ids[1])
    git(top, "pack-refs", "--all")
    assert messages(opener(top), path) == messages(store, path) == ["1", "3", "4"]
    for one in store.list(str(path)):
        store.delete(str(path), one.id)
    assert messages(opener(top), path) == []


def test_what_is_kept_in_files_can_be_torn_or_gone(top: Path, opener: Opener) -> None:
    store, path = opener(top), top / "a.ipynb"
    make(store, path, "1", "2", "3")
    expected = store.list(str(path))
    (kept,) = (top / ".git" / "nbvc" / "checkpoints").glob("*/*")
    lines = kept.read_bytes().splitlines(keepends=True)
    for content in (
        b"",
        lines[0],
        lines[1] + lines[1],
        lines[2][:50],
        b"\0\xff\n" + lines[0],
        None,
    ):
        kept.unlink(missing_ok=True)
        if content is not None:
            kept.write_bytes(content)
        assert opener(top).list(str(path)) == expected
        assert opener(top).list(str(path)) == expected


def test_a_lock_left_by_a_crash_loses_nothing(top: Path, opener: Opener) -> None:
    store, path = opener(top), top / "a.ipynb"
    make(store, path, "1")
    ref = git(top, "for-each-ref", "--format=%(refname)", "refs/nbvc")
    lock = write(top / ".git" / f"{ref}.lock", b"")
    started = time.monotonic()
    make(store, path, "2")
    assert time.monotonic() - started < 10
    assert lock.exists()
    assert messages(store, path) == ["1", "2"]
    lock.unlink()
    make(store, path, "3")
    assert messages(opener(top), path) == ["1", "2", "3"]


def test_waits_while_others_get_on(
    top: Path, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other, path = opener(top), opener(top), top / "a.ipynb"
    real, rivals = refs.swap, iter(range(6))

    def slow_swap(*args: Any) -> bool:
        for number in rivals:
            monkeypatch.setattr(creating, "swap", real)
            make(other, path, f"other {number}")
            monkeypatch.setattr(creating, "swap", slow_swap)
            time.sleep(0.1)
            break
        return real(*args)

    monkeypatch.setattr(creating, "PATIENCE", 0.2)
    monkeypatch.setattr(creating, "swap", slow_swap)
    make(store, path, "own")
    assert messages(store, path)[-1] == "own"
    assert len(git(top, "for-each-ref", "refs/nbvc").splitlines()) == 1


def test_a_repository_that_cannot_be_written(
    top: Path, opener: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opener(top)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(GitError, match="Permission denied"):
        store.create(str(top / "a.ipynb"))


def test_few_processes(top: Path, opener: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    path = top / "a.ipynb"
    store = opener(top)
    make(store, path, "0")
    started = sandbox.processes(monkeypatch)
    make(store, path, "1")
    assert len(started) == 2, started
    del started[:]
    assert len(store.list(str(path))) == 2
    assert not started
    assert len(opener(top).list(str(path))) == 2
    assert len(started) == 1


def test_a_checkpoint_gets_another_message_and_is_pinned(opener: Opener, top: Path) -> None:
    path = top / "a.ipynb"
    store = opener(path)
    for number in range(4):
        write(path, notebook(f"x = {number}"))
        store.create(str(path), f"m{number}")
    before = store.list(str(path))
    edited = store.edit(str(path), before[1].id, "Before the rewrite\n\nIt was good.")
    assert (edited.id, edited.pinned) == (before[1].id, False)
    assert store.edit(str(path), before[1].id, pinned=True).pinned
    after = store.list(str(path))
    kept = [(one.id, one.seconds, one.blob, one.head, one.path) for one in before]
    assert [(one.id, one.seconds, one.blob, one.head, one.path) for one in after] == kept
    assert messages(store, path) == ["m0", "Before the rewrite\n\nIt was good.", "m2", "m3"]
    assert opener(path, "another").list(str(path)) == after  # as another process reads it
    store.retain(str(path), Retention(1))
    assert messages(store, path) == ["Before the rewrite\n\nIt was good.", "m3"]
    assert not store.edit(str(path), before[1].id, "", pinned=False).pinned
    assert messages(store, path) == ["Checkpoint", "m3"]
    assert "error" not in git(top, "fsck", "--strict")
