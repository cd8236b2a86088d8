"""Drafts are hidden from git, and go away with the process that wrote them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbvc.notebook import drafts
from nbvc.notebook.drafts import _NEW_RULE, open_room, remove_leftovers
from nbvc.notebook.saving import draft_file, read_stamped, save
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git

KILLED = """
import os, sys
from nbvc.notebook.saving import draft_file
draft_file(sys.argv[1], b"new")
os.kill(os.getpid(), 9)
"""


@pytest.fixture(autouse=True)
def _search_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "_PAUSE", 0.0)


def kill_at_draft(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert abs(done.returncode) == 9


def rooms(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.startswith(".nbvc-")]


def test_git_neither_lists_nor_adds_a_draft(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo", "a.ipynb")
    draft = draft_file(str(top / "a.ipynb"), b"new")
    assert git(top, "status", "--porcelain", "--untracked-files=all") == ""
    git(top, "add", "-A")
    assert git(top, "diff", "--cached", "--name-only") == ""
    assert git(top, "check-ignore", os.path.relpath(draft.temporary, top))
    draft.discard()
    assert rooms(top) == []


def test_a_draft_of_a_killed_process_goes_with_the_next_one(tmp_path: Path) -> None:
    target = tmp_path / "a.ipynb"
    target.write_bytes(b"old")
    kill_at_draft(target)
    assert len(rooms(tmp_path)) == 1
    assert read_stamped(str(target))[0] == b"old"
    assert rooms(tmp_path) == []
    kill_at_draft(target)
    save(str(target), b"newer")
    assert os.listdir(tmp_path) == ["a.ipynb"]


def test_a_draft_in_use_stays(tmp_path: Path) -> None:
    target = tmp_path / "a.ipynb"
    draft = draft_file(str(target), b"new")
    remove_leftovers(str(tmp_path))
    save(str(tmp_path / "b.ipynb"), b"b")
    draft.publish()
    assert target.read_bytes() == b"new"
    assert sorted(os.listdir(tmp_path)) == ["a.ipynb", "b.ipynb"]


FILES_OF_STEPS: tuple[dict[str, bytes], ...] = (
    {},
    {_NEW_RULE: b""},
    {_NEW_RULE: b"*\n"},
    {".gitignore": b"*\n"},
    {".gitignore": b"*\n", "draft": b"half"},
)


@pytest.mark.parametrize("files", FILES_OF_STEPS)
def test_git_lists_nothing_at_any_step(files: dict[str, bytes], tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo", "a.ipynb")
    room = top / ".nbvc-0123456789ab"
    room.mkdir()
    for name, content in files.items():
        (room / name).write_bytes(content)
    assert git(top, "status", "--porcelain", "--untracked-files=all") == ""
    git(top, "add", "-A")
    assert git(top, "diff", "--cached", "--name-only") == ""


def test_a_folder_is_removed_whatever_step_was_the_last(tmp_path: Path) -> None:
    for number, files in enumerate(FILES_OF_STEPS):
        room = tmp_path / f".nbvc-{number:012x}"
        room.mkdir()
        for name, content in files.items():
            (room / name).write_bytes(content)
    remove_leftovers(str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_only_what_is_surely_ours_is_removed(tmp_path: Path) -> None:
    mine = {".gitignore": b"*\n", "draft": b"x"}
    others: dict[str, dict[str, bytes]] = {
        ".nbvc-0123456789ab": {**mine, "results.csv": b"1"},
        ".nbvc-1123456789ab": {**mine, ".gitignore": b"*.log\n"},
        ".nbvc-2123456789ab": {"draft": b"x"},
        ".nbvc-short": mine,
        ".nbvc-0123456789abc": mine,
        "nbvc-0123456789ab": mine,
    }
    for room, files in others.items():
        (tmp_path / room).mkdir()
        for name, content in files.items():
            (tmp_path / room / name).write_bytes(content)
    (tmp_path / ".nbvc-3123456789ab").symlink_to("nbvc-0123456789ab")
    before = sorted(tmp_path.rglob("*"))
    remove_leftovers(str(tmp_path))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_another_process_removes_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkdir, made = os.mkdir, []

    def make(path: str, mode: int) -> None:
        mkdir(path, mode)
        made.append(path)
        if len(made) == 1:
            os.rmdir(path)

    monkeypatch.setattr(os, "mkdir", make)
    room = open_room(str(tmp_path))
    assert (len(made), room.path) == (2, made[1])
    room.close()


def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(drafts, "lock", refuse)
    save(str(tmp_path / "a.ipynb"), b"new")
    room = open_room(str(tmp_path))
    remove_leftovers(str(tmp_path))
    assert os.path.isdir(room.path)


def test_closing_twice_closes_no_file_of_another(tmp_path: Path) -> None:
    room = open_room(str(tmp_path))
    lock = room.lock
    room.close()
    other = os.open(tmp_path / "other", os.O_RDWR | os.O_CREAT)
    assert other == lock, "the number is used again"
    room.close()
    os.close(other)
