"""Many writers at once, and writers that are killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc.checkpoint.opening import open_store
from nbvc.git.plumbing.command import Git
from nbvc.workflow.restoring import restore_checkpoint
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, notebook, write

if TYPE_CHECKING:
    from nbvc.checkpoint.store import Store

WRITER = """
import os, sys
from nbvc.checkpoint.opening import open_store
from nbvc.git.plumbing.command import Git
machine, folder, count, *paths = sys.argv[1:]
for number in range(int(count)):
    path = paths[number % len(paths)]
    store = open_store(Git.find(os.environ), path, machine=machine, data_folder=folder)
    text = f"{os.getpid()} {number}"
    store.create(path, text, text.encode())
    store.close()
    print(text, flush=True)
"""

RESTORER = """
import os, sys
from nbvc.checkpoint.opening import open_store
from nbvc.git.plumbing.command import Git
from nbvc.workflow.restoring import restore_checkpoint
folder, path = sys.argv[1:]
store = open_store(Git.find(os.environ), path, machine="laptop", data_folder=folder)
ids = [one.id for one in store.list(path)]
print("ready", flush=True)
while True:
    for which in ids[:2]:
        restore_checkpoint(store, path, which)
"""


def opened(path: Path) -> Store:
    git_ = Git.find(os.environ)
    folder = str(path.parent / "data")
    return open_store(git_, str(path), machine="laptop", data_folder=folder)


def start(program: str, *args: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def crowd(places: list[list[Path]], processes: int, count: int, machines: int = 1) -> set[str]:
    """Let processes write to places, each with a few paths, at once; what they have written."""
    running = [
        start(WRITER, f"m{n % machines}", places[0][0].parent, count, *places[n % len(places)])
        for n in range(processes)
    ]
    written: set[str] = set()
    for process in running:
        out, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        written.update(out.splitlines())
    assert len(written) == processes * count
    return written


def kept(top: Path, *names: str) -> list[str]:
    with opened(top) as store:
        return [one.message for name in names for one in store.list(str(top / name))]


@pytest.mark.parametrize(
    "count", [6, pytest.param(50, marks=pytest.mark.slow)], ids=["short", "long"]
)
@pytest.mark.parametrize("many", [False, True], ids=["one notebook", "several"])
@pytest.mark.parametrize("machines", [1, 3])
def test_fault_68_eight_at_once_lose_none(
    tmp_path: Path, *, count: int, many: bool, machines: int
) -> None:
    names = ["a.ipynb", "b.ipynb", "c d.ipynb"] if many else ["a.ipynb"]
    top = sandbox.committed(tmp_path / "repo", *names)
    trees = [top, *(tmp_path / f"tree{number}" for number in range(3))]
    for tree in trees[1:]:
        git(top, "worktree", "add", "-q", "--detach", str(tree))
    before = [sandbox.snapshot(tree) for tree in trees]
    written = crowd([[tree / name for name in names] for tree in trees], 8, count, machines)
    assert sorted(kept(top, *names)) == sorted(written)
    assert [sandbox.snapshot(tree) for tree in trees] == before
    assert git(top, "fsck", "--strict", "--no-dangling") == ""
    assert not list((top / ".git" / "refs").rglob("*.lock"))


def test_each_writers_checkpoints_stay_in_their_order(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    crowd([[top / "a.ipynb"]], 3, 5)
    by_writer: dict[str, list[int]] = {}
    for message in kept(top, "a.ipynb"):
        writer, number = message.split()
        by_writer.setdefault(writer, []).append(int(number))
    assert all(numbers == [0, 1, 2, 3, 4] for numbers in by_writer.values())


def test_fault_69_threads_of_two_servers_lose_none(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    path = str(top / "a.ipynb")
    stores = [opened(top), opened(top)]

    def work(store: Store, thread: int) -> None:
        for number in range(5):
            store.create(path, f"{thread} {number}", f"{thread} {number}".encode())
            store.list(path)

    threads = [threading.Thread(target=work, args=(stores[n % 2], n)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(kept(top, "a.ipynb"))) == 20
    for store in stores:
        assert len(store.list(path)) == 20
        store.close()


def test_deleting_and_creating_at_once(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    path = str(top / "a.ipynb")
    with opened(top) as store:
        ids = [store.create(path, f"{n}", b"%d" % n).checkpoint.id for n in range(10)]
        writer = start(WRITER, "laptop", tmp_path, 10, top / "a.ipynb")
        for which in ids:
            store.delete(path, which)
        out, _ = writer.communicate(timeout=60)
        assert [one.message for one in store.list(path)] == out.splitlines()
    assert git(top, "fsck", "--strict", "--no-dangling") == ""


def killed_after(process: subprocess.Popen[str], seconds: float) -> None:
    """Kill a program and whatever git it runs, with no chance to clean up."""
    time.sleep(seconds)
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    for pid in [process.pid, *map(int, children.stdout.split())]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


@pytest.mark.parametrize(
    "rounds", [6, pytest.param(100, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_fault_66_killed_while_creating(tmp_path: Path, rounds: int) -> None:
    top = sandbox.committed(tmp_path / "repo")
    choose = random.Random(rounds)
    said: list[str] = []
    for _ in range(rounds):
        process = start(WRITER, "laptop", tmp_path, 1000, top / "a.ipynb")
        assert process.stdout is not None
        said.append(process.stdout.readline().strip())
        killed_after(process, choose.random() * 0.05)
        said += process.stdout.read().split("\n")[:-1]
        process.stdout.close()
    found = kept(top, "a.ipynb")
    # What was reported is there; at most the one being made at the end is there unreported.
    assert set(said) <= set(found)
    assert len(found) <= len(said) + rounds
    assert len(found) == len(set(found))
    assert git(top, "fsck", "--strict", "--no-dangling") == ""
    with opened(top) as store:
        assert store.create(str(top / "a.ipynb"), "after").is_new


@pytest.mark.parametrize(
    "rounds", [6, pytest.param(100, marks=pytest.mark.slow)], ids=["short", "long"]
)
def test_fault_66_killed_while_restoring(tmp_path: Path, rounds: int) -> None:
    top = sandbox.committed(tmp_path / "repo")
    path = top / "a.ipynb"
    versions = [notebook(text, pad=5000) for text in "12"]
    with opened(top) as store:
        for number, content in enumerate(versions):
            store.create(str(path), f"{number}", content)
    choose = random.Random(rounds)
    write(path, versions[0])
    for _ in range(rounds):
        process = start(RESTORER, tmp_path, path)
        assert process.stdout is not None
        process.stdout.readline()
        killed_after(process, choose.random() * 0.05)
        process.stdout.close()
        assert path.read_bytes() in versions
    assert kept(top, "a.ipynb")[:2] == ["0", "1"]
    assert git(top, "fsck", "--strict", "--no-dangling") == ""
    with opened(top) as store:
        restore_checkpoint(store, str(path), store.list(str(path))[0].id)
    assert path.read_bytes() == versions[0]
