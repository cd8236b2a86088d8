"""A file is wholly the old one or wholly the new one."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from nbvc.errors import ContentChangedError
from nbvc.notebook.saving import MANY, drafted, read_stamped, save, sync_files


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


@pytest.mark.parametrize("step", ["chmod", "fsync", "replace"])
def test_fault_67_a_failing_write_leaves_the_old_file(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="No space"):
        save(str(target), b"new")
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
    drafts = [drafted(str(tmp_path / f"{number}"), b"x") for number in range(count)]
    calls: list[str] = []
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(os, "sync", lambda: calls.append("all"))
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
    with pytest.raises(OSError, match="not a regular file"):
        drafted(str(pipe), b"new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "pipe"]


def test_nobody_else_can_read_a_private_file_while_it_is_written(tmp_path: Path) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"old")
    target.chmod(0o600)
    modes: list[int] = []

    def look(path: str, mode: int) -> None:
        modes.append(os.stat(path).st_mode & 0o777)
        assert mode == 0o600

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "chmod", look)
        save(str(target), b"new")
    assert modes == [0o600]
    assert target.read_bytes() == b"new"
