"""A file is wholly the old one or wholly the new one."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nbvc.errors import ContentChangedError, WriteRefusedError
from nbvc.notebook.saving import MANY, draft_file, read_stamped, save, sync_files
from tests.conftest import IS_ROOT

if TYPE_CHECKING:
    from collections.abc import Callable


def test_content_mode_and_link_are_kept(tmp_path: Path) -> None:
    target, link = tmp_path / "a.ipynb", tmp_path / "link.ipynb"
    target.write_bytes(b"old")
    target.chmod(0o640)
    link.symlink_to(target)
    save(str(link), b"new")
    assert target.read_bytes() == b"new"
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    save(str(tmp_path / "made.ipynb"), b"x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.ipynb", "link.ipynb", "made.ipynb"]


@pytest.mark.parametrize("step", ["mkdir", "open", "write", "chmod", "fsync", "replace"])
def test_fault_67_a_failing_write_leaves_the_old_file(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="No space") as caught:
        save(str(target), b"new")
    assert caught.value.filename == str(target)
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]


def test_threads_that_save_one_file_do_not_meet(tmp_path: Path) -> None:
    target = tmp_path / "a.ipynb"
    contents = [bytes([n]) * 10_000 for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: save(str(target), content), contents))
    assert target.read_bytes() in contents
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]


def test_what_another_program_has_written_since_stays(tmp_path: Path) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"old")
    content, seen = read_stamped(str(target))
    target.write_bytes(b"new")
    with pytest.raises(ContentChangedError, match="another program"):
        save(str(target), content.upper(), seen)
    assert target.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]
    save(str(target), b"seen", read_stamped(str(target))[1])
    assert target.read_bytes() == b"seen"


def test_fault_67_no_file_can_be_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        save(str(tmp_path / "gone" / "a.ipynb"), b"new")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("step", ["open", "fsync"])
def test_a_system_that_syncs_no_folders_saves_all_the_same(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(os, step)

    def only_files(which: Any, *rest: int) -> int:
        if os.path.isdir(which):
            raise OSError(22, "Invalid argument")
        done: int = real(which, *rest)
        return done

    monkeypatch.setattr(os, step, only_files)
    save(str(tmp_path / "a.ipynb"), b"new")
    monkeypatch.undo()
    assert (tmp_path / "a.ipynb").read_bytes() == b"new"


@pytest.mark.parametrize("platform", ["linux", "darwin"])
@pytest.mark.parametrize("count", [1, MANY - 1, MANY])
def test_many_files_are_synced_by_one_call_where_that_waits(
    count: int, platform: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = [draft_file(str(tmp_path / f"{number}"), b"x") for number in range(count)]
    calls: list[str] = []
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(os, "sync", lambda: calls.append("all"), raising=False)
    monkeypatch.setattr(os, "fsync", lambda _: calls.append("one"))
    sync_files([draft.temporary for draft in drafts])
    assert calls == (["all"] if count == MANY and platform == "linux" else ["one"] * count)


def test_a_pipe_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        with ThreadPoolExecutor(1) as pool:
            read = pool.submit(pipe.read_bytes)
            save(str(path), b"new")
            assert read.result(timeout=10) == b"new"
    assert pipe.is_fifo()
    with pytest.raises(WriteRefusedError, match="not a regular file"):
        draft_file(str(pipe), b"new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "pipe"]


def test_nobody_else_can_read_a_private_file_while_it_is_written(tmp_path: Path) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"old")
    target.chmod(0o640)
    modes: list[int] = []
    chmod = os.chmod

    def look(path: str, mode: int) -> None:
        modes.append(os.stat(path).st_mode & 0o777)
        chmod(path, mode)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "chmod", look)
        save(str(target), b"new")
    assert modes == [0o600]
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["a" * 255, "\u6570" * 85, "e\u0301" * 85, "\u00e9" * 127])
def test_a_name_may_be_as_long_as_the_file_system_allows(name: str, tmp_path: Path) -> None:
    for content in (b"made", b"replaced"):
        save(str(tmp_path / name), content)
        assert (tmp_path / name).read_bytes() == content
    assert os.listdir(tmp_path) == [name]


def test_a_file_with_this_content_is_not_written(tmp_path: Path) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"same")
    target.chmod(0o444)
    before = target.stat().st_mtime_ns, target.stat().st_ino
    save(str(target), b"same")
    assert (target.stat().st_mtime_ns, target.stat().st_ino) == before


def test_the_time_is_kept_on_request(tmp_path: Path) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"old")
    os.utime(target, (1e9, 1e9))
    save(str(target), b"new", keep_time=True)
    assert target.stat().st_mtime == 1e9
    save(str(target), b"newer")
    assert target.stat().st_mtime > 1e9


def _protected(target: Path) -> None:
    target.chmod(0o444)


def _linked(target: Path) -> None:
    os.link(target, target.with_name("b.ipynb"))


@pytest.mark.parametrize(
    ("protect", "said", "hint"),
    [(_protected, "read-only", "chmod u+w"), (_linked, "2 hard links", "cp -p")],
)
def test_what_its_user_protected_is_refused(
    protect: Callable[[Path], None], said: str, hint: str, tmp_path: Path
) -> None:
    target = tmp_path / "a b.ipynb"
    target.write_bytes(b"old")
    protect(target)
    before = target.stat().st_mtime_ns, target.stat().st_ino
    with pytest.raises(WriteRefusedError, match=said) as caught:
        save(str(target), b"new")
    assert str(caught.value).startswith(f"{target}: ")
    assert hint in str(caught.value.hint)
    assert f"'{target}'" in str(caught.value.hint)
    assert (target.stat().st_mtime_ns, target.stat().st_ino) == before
    assert not [one for one in os.listdir(tmp_path) if one.startswith(".")]


@pytest.mark.skipif(not IS_ROOT, reason="only root can give files away")
def test_the_owner_is_kept_or_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"old")
    os.chown(target, 1234, 2345)
    target.chmod(0o664)
    save(str(target), b"new")
    found = target.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (1234, 2345, 0o664)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    with pytest.raises(WriteRefusedError, match="belongs to another user"):
        save(str(target), b"newer")
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.ipynb"]
    draft_file(str(target), b"a cache", is_ours=True).publish()
    assert target.read_bytes() == b"a cache"
    assert target.stat().st_mode & 0o777 == 0o664


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Python has no such call here")
def test_attributes_are_kept(tmp_path: Path) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"old")
    try:
        os.setxattr(target, "user.course", b"physics")
    except OSError:
        pytest.skip("the file system has no attributes")
    save(str(target), b"new")
    assert os.getxattr(target, "user.course") == b"physics"


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    dangling, loop, lost = (tmp_path / name for name in ("dangling", "loop", "lost"))
    dangling.symlink_to("a.ipynb")
    loop.symlink_to("loop")
    lost.symlink_to("none/a.ipynb")
    save(str(dangling), b"new")
    assert dangling.is_symlink()
    assert (tmp_path / "a.ipynb").read_bytes() == b"new"
    with pytest.raises(OSError, match="Too many levels") as caught:
        save(str(loop), b"new")
    assert caught.value.filename == str(loop)
    with pytest.raises(FileNotFoundError, match="its folder does not exist") as missing:
        save(str(lost), b"new")
    assert missing.value.filename == str(lost)
