from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc.checkpoint.opening import open_store
from nbvc.checkpoint.retention import Retention
from nbvc.checkpoint.sharing import fetch, push
from nbvc.errors import CheckpointError, ForeignCheckpointError, GitError
from nbvc.git.plumbing.command import Git
from nbvc.git.state.remotes import RemoteRefusedError
from tests.integration.git import sandbox, servers
from tests.integration.git.sandbox import git, notebook, write

if TYPE_CHECKING:
    from nbvc.checkpoint.store import Store

NAME = "a.ipynb"


@pytest.fixture
def laptop(tmp_path: Path) -> Store:
    return clone(tmp_path, "laptop")


@pytest.fixture
def desktop(tmp_path: Path, laptop: Store) -> Store:
    assert laptop.machine == "laptop"
    return clone(tmp_path, "desktop")


def clone(folder: Path, machine: str) -> Store:
    if not (folder / "origin.git").exists():
        sandbox.committed(folder / "first", NAME, "b.ipynb")
        git(folder, "clone", "-q", "--bare", "first", "origin.git")
    git(folder, "clone", "-q", "origin.git", machine)
    moments = iter(range(100, 10_000, 10))
    return open_store(
        Git.find(os.environ),
        str(folder / machine),
        machine=machine,
        data_folder=str(folder / "data"),
        clock=lambda: float(next(moments)),
    )


def reopened(folder: Path) -> Store:
    """Return the store of another folder on the laptop."""
    data = str(folder.parent / "data")
    return open_store(Git.find(os.environ), str(folder), machine="laptop", data_folder=data)


def path(store: Store, name: str = NAME) -> Path:
    return Path(store.repository.top, name)


def make(store: Store, *texts: str, name: str = NAME) -> None:
    for text in texts:
        store.create(str(path(store, name)), text, notebook(text))


def messages(store: Store, name: str = NAME) -> list[str]:
    return [one.message for one in store.list(str(path(store, name)))]


def remote_refs(store: Store) -> list[str]:
    origin = Path(store.repository.top).parent / "origin.git"
    return git(origin, "for-each-ref", "--format=%(refname)").splitlines()


def test_checkpoints_reach_the_other_machine(laptop: Store, desktop: Store) -> None:
    make(laptop, "1", "2")
    make(laptop, "b", name="b.ipynb")
    before = [sandbox.snapshot(path(store).parent) for store in (laptop, desktop)]
    pushed = push(laptop, "origin")
    assert pushed.pushed == (f"{laptop.writer}/a.ipynb", f"{laptop.writer}/b.ipynb")
    fetched = fetch(desktop, "origin")
    assert fetched.updated == pushed.pushed
    assert messages(desktop) == ["1", "2"]
    assert desktop.content(desktop.list(str(path(desktop)))[0]) == notebook("1")
    make(desktop, "3")
    push(desktop, "origin")
    fetch(laptop, "origin")
    assert messages(laptop) == messages(desktop)
    assert sorted(messages(laptop)) == ["1", "2", "3"]
    assert fetch(laptop, "origin").updated == ()
    assert [sandbox.snapshot(path(store).parent) for store in (laptop, desktop)] == before
    for store in (laptop, desktop):
        assert git(path(store).parent, "fsck", "--strict", "--no-dangling") == ""


def test_nothing_else_is_pushed(laptop: Store, desktop: Store) -> None:
    top = path(laptop).parent
    write(top / "secret.txt", b"s")
    sandbox.commit_all(top, "not to be pushed")
    git(top, "tag", "-m", "t", "v1")
    git(top, "config", "push.followTags", "true")
    make(laptop, "1")
    make(desktop, "2")
    push(desktop, "origin")
    fetch(laptop, "origin")
    push(laptop, "origin")
    ours = [f"refs/nbvc/checkpoints/{store.writer}/a.ipynb" for store in (desktop, laptop)]
    assert sorted(remote_refs(laptop)) == ["refs/heads/main", *sorted(ours)]
    head = git(top, "rev-parse", "HEAD")
    assert sandbox.try_git(top.parent / "origin.git", "cat-file", "-e", head)


def test_one_notebook_of_several(laptop: Store) -> None:
    make(laptop, "1")
    make(laptop, "b", name="b.ipynb")
    pushed = push(laptop, "origin", [str(path(laptop))])
    assert pushed.pushed == (f"{laptop.writer}/a.ipynb",)
    again = push(laptop, "origin")
    assert (len(again.pushed), len(again.unchanged)) == (1, 1)
    assert push(laptop, "origin").pushed == ()


def test_what_was_deleted_is_deleted_over_there(laptop: Store, desktop: Store) -> None:
    make(laptop, "1", "2", "3")
    push(laptop, "origin")
    fetch(desktop, "origin")
    laptop.retain(str(path(laptop)), Retention(1))
    push(laptop, "origin")
    fetch(desktop, "origin")
    assert messages(desktop) == ["3"]
    laptop.delete(str(path(laptop)), "latest")
    assert push(laptop, "origin").pushed == (f"{laptop.writer}/a.ipynb",)
    assert remote_refs(laptop) == ["refs/heads/main"]
    assert messages(desktop) == ["3"]


def test_no_checkpoint_that_is_deleted_comes_back_by_a_fetch(tmp_path: Path, laptop: Store) -> None:
    """Two clones on one machine share through a remote; a third place, which moved, never did."""
    git(tmp_path, "clone", "-q", "origin.git", "second")
    second = reopened(tmp_path / "second")
    make(laptop, "1")
    push(laptop, "origin")
    fetch(second, "origin")
    with pytest.raises(ForeignCheckpointError, match="another clone on this machine"):
        second.delete(str(path(second)), "latest")
    assert second.retain(str(path(second)), Retention(1)) == ()
    laptop.delete(str(path(laptop)), "latest")
    push(laptop, "origin")
    assert fetch(second, "origin").deleted == (f"{laptop.writer}/{NAME}",)
    assert messages(second) == []


def test_a_moved_folder_keeps_and_deletes_its_own_checkpoints(
    tmp_path: Path, laptop: Store
) -> None:
    make(laptop, "1")
    push(laptop, "origin")
    make(laptop, "2")
    make(laptop, "b", name="b.ipynb")
    (tmp_path / "laptop").rename(tmp_path / "moved")
    moved = reopened(tmp_path / "moved")
    fetch(moved, "origin")
    assert messages(moved) == ["1", "2"]
    moved.delete(str(path(moved, "b.ipynb")), "latest")
    assert messages(moved, "b.ipynb") == []


def test_what_somebody_else_wrote_to_our_ref_is_not_overwritten(laptop: Store) -> None:
    make(laptop, "1")
    push(laptop, "origin")
    origin = path(laptop).parent.parent / "origin.git"
    (ref,) = [ref for ref in remote_refs(laptop) if "nbvc" in ref]
    theirs = git(origin, "rev-parse", "main")
    git(origin, "update-ref", ref, theirs)
    make(laptop, "2")
    result = push(laptop, "origin")
    assert (result.pushed, result.refused) == ((), (f"{laptop.writer}/a.ipynb",))
    assert git(origin, "rev-parse", ref) == theirs
    fetch(laptop, "origin")
    assert messages(laptop) == ["1", "2"]


def test_two_clones_of_one_name_do_not_meet(tmp_path: Path, laptop: Store) -> None:
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "origin.git").symlink_to(tmp_path / "origin.git")
    other = clone(tmp_path / "else", "laptop")
    make(laptop, "1")
    make(other, "2")
    assert push(laptop, "origin").pushed
    assert push(other, "origin").pushed
    fetch(laptop, "origin")
    assert sorted(messages(laptop)) == ["1", "2"]


def test_a_rename_on_one_machine_finds_what_the_others_have(laptop: Store, desktop: Store) -> None:
    make(desktop, "theirs")
    push(desktop, "origin")
    make(laptop, "mine")
    fetch(laptop, "origin")
    path(laptop).rename(path(laptop, "new.ipynb"))
    laptop.rename(str(path(laptop)), str(path(laptop, "new.ipynb")))
    assert sorted(messages(laptop, "new.ipynb")) == ["mine", "theirs"]


def test_hooks_have_their_say(laptop: Store) -> None:
    make(laptop, "1")
    hook = write(path(laptop).parent / ".git" / "hooks" / "pre-push", b"#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GitError):
        push(laptop, "origin")
    assert remote_refs(laptop) == ["refs/heads/main"]


def test_remotes_that_are_none(laptop: Store) -> None:
    make(laptop, "1")
    for name in ("none", "--all", "ext::sh -c x"):
        with pytest.raises(RemoteRefusedError):
            push(laptop, name)
        with pytest.raises(RemoteRefusedError):
            fetch(laptop, name)
    git(path(laptop).parent, "remote", "set-url", "origin", "../gone.git")
    for share in (push, fetch):
        with pytest.raises(CheckpointError, match="can't be reached"):
            share(laptop, "origin")


def test_over_http_with_a_password_and_without(
    tmp_path: Path, laptop: Store, desktop: Store
) -> None:
    git(tmp_path / "origin.git", "config", "http.receivepack", "true")
    make(laptop, "1")
    with servers.git_over_http(tmp_path) as host:
        url = f"http://{servers.USER}:{servers.PASSWORD}@{host}/origin.git"
        for store in (laptop, desktop):
            git(path(store).parent, "remote", "set-url", "origin", url)
        assert push(laptop, "origin").pushed
        assert servers.PASSWORD not in repr(fetch(desktop, "origin"))
        assert messages(desktop) == ["1"]
        git(path(laptop).parent, "remote", "set-url", "origin", f"http://{host}/origin.git")
        with pytest.raises(CheckpointError, match="did not accept who you are"):
            fetch(laptop, "origin")


def test_a_server_that_hangs(laptop: Store) -> None:
    make(laptop, "1")
    with servers.silence() as host:
        git(path(laptop).parent, "remote", "set-url", "origin", f"http://{host}/origin.git")
        started = time.monotonic()
        with pytest.raises(CheckpointError, match="gave no answer within 1 seconds"):
            push(laptop, "origin", deadline=1)
        assert time.monotonic() - started < 5
