"""`nbvc checkpoint push` and `fetch`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.cli.points import messages, save
from tests.integration.cli.terminals import in_terminal
from tests.integration.git import sandbox, servers
from tests.integration.git.sandbox import git, write

if TYPE_CHECKING:
    from tests.integration.conftest import Cli


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = sandbox.committed(tmp_path / "repo", "a.ipynb", "sub dir/b.ipynb")
    monkeypatch.chdir(folder)
    return folder


# Sharing


@pytest.fixture
def shared(tmp_path: Path, top: Path) -> Path:
    """A clone with a remote, in which somebody works with checkpoints."""
    git(tmp_path, "clone", "-q", "--bare", "repo", "origin.git")
    git(top, "remote", "add", "origin", "../origin.git")
    return top


def refs_of(repository: Path) -> list[str]:
    return git(repository, "for-each-ref", "--format=%(refname)", "refs/nbvc/").splitlines()


def test_push_asks_first(
    shared: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    save(cli, shared / "a.ipynb", "1")
    refused = cli("checkpoint", "push")
    assert refused.code == 2
    assert "contain outputs" in refused.err
    assert "--yes" in refused.err
    wrong = cli("checkpoint", "push", "origin", "--yes")
    assert (wrong.code, "--remote origin" in wrong.err) == (2, True)
    assert refs_of(tmp_path / "origin.git") == []
    git(shared, "config", "nbvc.origin.shareCheckpoints", "false")
    git(shared, "config", "nbvc.shareCheckpoints", "true")
    assert cli("checkpoint", "push").code == 2
    git(shared, "config", "--unset", "nbvc.origin.shareCheckpoints")
    assert cli("checkpoint", "push").out == "Pushed to ../origin.git: checkpoints of a.ipynb.\n"
    assert len(refs_of(tmp_path / "origin.git")) == 1
    assert "has all of them already" in cli("checkpoint", "push").out
    # A person is asked once.
    git(shared, "config", "--unset", "nbvc.shareCheckpoints")
    save(cli, shared / "a.ipynb", "2")
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    answers = iter([False, True])
    monkeypatch.setattr("click.confirm", lambda *_, **__: next(answers))
    assert cli("checkpoint", "push").code == 2
    assert cli("checkpoint", "push").code == 0
    save(cli, shared / "a.ipynb", "3")
    assert cli("checkpoint", "push").code == 0
    assert git(shared, "config", "--get", "nbvc.origin.shareCheckpoints") == "true"


def test_in_a_terminal_a_person_answers_and_waits(shared: Path, cli: Cli) -> None:
    save(cli, shared / "a.ipynb", "1")
    status, seen = in_terminal("checkpoint", "push", types=b"y\n")
    assert status == 0
    assert "Checkpoints contain outputs" in seen
    assert "Pushed to ../origin.git" in seen
    with servers.silence() as host:
        git(shared, "remote", "set-url", "origin", f"http://{host}/origin.git")
        status, seen = in_terminal("checkpoint", "fetch", "--timeout", "1.5")
    assert status == 3
    assert "fetching from origin … 1 s" in seen
    assert "no answer within 1.5 seconds" in seen


def test_checkpoints_travel(
    tmp_path: Path, shared: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(cli, shared / "a.ipynb", "mine")
    save(cli, shared / "sub dir" / "b.ipynb", "b")
    monkeypatch.chdir(shared / "sub dir")
    pushed = cli("checkpoint", "push", "--yes", "b.ipynb")
    assert pushed.out == "Pushed to ../origin.git: checkpoints of b.ipynb.\n"
    assert cli("checkpoint", "push", "--yes").code == 0
    git(tmp_path, "clone", "-q", "origin.git", "other")
    monkeypatch.setattr("nbvc.cli.naming.stores.host_name", lambda: "desktop")
    monkeypatch.chdir(tmp_path / "other")
    here = os.uname().nodename
    fetched = cli("checkpoint", "fetch").out
    assert fetched.endswith(": 2 new checkpoints of a.ipynb, sub dir/b.ipynb.\n")
    assert fetched.startswith(f"From {here[:40].strip('-')}, on ")
    assert messages(cli, "a.ipynb") == ["mine"]
    assert f"(on {here[:40]}" in cli("checkpoint", "list", "a.ipynb").out
    assert "Nothing new" in cli("checkpoint", "fetch").out
    refused = cli("checkpoint", "delete", "a.ipynb", "latest")
    assert (refused.code, "was made on" in refused.err) == (3, True)
    assert "nothing to delete" in cli("checkpoint", "prune", "--all", "--keep", "1").out


def test_a_checkpoint_of_another_machine_goes_as_the_message_says(
    tmp_path: Path, shared: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = save(cli, shared / "a.ipynb", "1", "2")
    cli("checkpoint", "push", "--yes")
    git(tmp_path, "clone", "-q", "origin.git", "other")

    def on(machine: str, folder: Path, *words: str) -> str:
        monkeypatch.setattr("nbvc.cli.naming.stores.host_name", lambda: machine)
        monkeypatch.chdir(folder)
        called = cli(*words)
        return called.out + called.err

    other, here = tmp_path / "other", os.uname().nodename
    on("desktop", other, "checkpoint", "fetch")
    time.sleep(1.1)  # Checkpoints of two clones are in order by the second.
    mine = save(cli, other / "a.ipynb", "3")[-1]
    refused = on("desktop", other, "checkpoint", "delete", "a.ipynb", mine, first)
    command = f"nbvc checkpoint delete a.ipynb {first}"
    assert f"there, run {command} and nbvc checkpoint push" in refused
    assert messages(cli, "a.ipynb") == ["1", "2", "3"]
    pruned = on("desktop", other, "checkpoint", "prune", "a.ipynb", "--keep", "1")
    assert "2 checkpoints stay: prune them where they were made" in pruned
    for one, left in ((first, ["2", "3"]), (second, ["3"])):
        assert "origin still has it" in on(
            here, shared, *f"checkpoint delete a.ipynb {one}".split()
        )
        on(here, shared, "checkpoint", "push", "--yes")
        fetched = on("desktop", other, "checkpoint", "fetch")
        assert ("deleted the checkpoints of a.ipynb" in fetched) is (one == second)
        assert messages(cli, "a.ipynb") == left
    assert "Nothing new" in on("desktop", other, "checkpoint", "fetch")


def test_a_push_never_overwrites(tmp_path: Path, shared: Path, cli: Cli) -> None:
    save(cli, shared / "a.ipynb", "1")
    cli("checkpoint", "push", "--yes")
    (ref,) = refs_of(tmp_path / "origin.git")
    theirs = git(tmp_path / "origin.git", "rev-parse", "main")
    git(tmp_path / "origin.git", "update-ref", ref, theirs)
    save(cli, shared / "a.ipynb", "2")
    called = cli("checkpoint", "push", "--yes")
    assert (called.code, "nothing was overwritten" in called.err) == (3, True)
    assert git(tmp_path / "origin.git", "rev-parse", ref) == theirs


def test_what_a_filter_hides_is_not_pushed(tmp_path: Path, shared: Path, cli: Cli) -> None:
    save(cli, shared / "a.ipynb", "1")
    save(cli, shared / "sub dir/b.ipynb", "1")
    write(shared / "sub dir/.gitattributes", b"*.ipynb filter=git-crypt\n")
    pushed = cli("checkpoint", "push", "--yes")
    assert pushed.out == "Pushed to ../origin.git: checkpoints of a.ipynb.\n"
    assert "Not pushed: checkpoints of sub dir/b.ipynb." in pushed.err
    assert len(refs_of(tmp_path / "origin.git")) == 1
    (shared / "sub dir/.gitattributes").unlink()
    assert cli("checkpoint", "push", "--yes").code == 0
    write(shared / "sub dir/.gitattributes", b"*.ipynb filter=git-crypt\n")
    assert "Not pushed" in cli("checkpoint", "push", "--yes").err
    assert len(refs_of(tmp_path / "origin.git")) == 2


@pytest.mark.parametrize("verb", [("push", "--yes"), ("fetch",)])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        (None, "git remote add"),
        ("../none.git", "can't be reached"),
        ("http://127.0.0.1:1/x.git", "can't be reached"),
        ("ext::sh -c touch% ran", "nbvc won't use it"),
        ("ssh://-oProxyCommand=touch ran/x", "nbvc won't use it"),
    ],
)
def test_faults_52_and_57_remotes_that_are_none(
    top: Path, cli: Cli, verb: tuple[str, ...], url: str | None, said: str
) -> None:
    save(cli, top / "a.ipynb", "1")
    if url:
        git(top, "config", "protocol.ext.allow", "always")
        git(top, "config", "remote.origin.url", url)
    called = cli("checkpoint", *verb)
    assert called.code == 3
    assert said in called.err
    assert not list(top.rglob("ran*"))


def test_fault_54_and_sharing_over_http(
    tmp_path: Path, shared: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(cli, shared / "a.ipynb", "1")
    git(tmp_path / "origin.git", "config", "http.receivepack", "true")
    askpass = write(tmp_path / "askpass", b"#!/bin/sh\nsleep 60\n")
    askpass.chmod(0o755)
    monkeypatch.setenv("GIT_ASKPASS", str(askpass))
    with servers.git_over_http(tmp_path) as host:
        git(shared, "remote", "set-url", "origin", f"http://{host}/origin.git")
        for verb in (("push", "--yes"), ("fetch",)):
            called = cli("checkpoint", *verb)
            assert called.code == 3
            assert "credential helper" in called.err
        url = f"http://{servers.USER}:{servers.PASSWORD}@{host}/origin.git"
        git(shared, "remote", "set-url", "origin", url)
        called = cli("checkpoint", "push", "--yes")
        assert called.code == 0
        assert servers.PASSWORD not in called.out + called.err
        assert cli("checkpoint", "fetch").code == 0
    assert len(refs_of(tmp_path / "origin.git")) == 1


def test_fault_55_a_server_that_hangs(shared: Path, cli: Cli) -> None:
    save(cli, shared / "a.ipynb", "1")
    with servers.silence() as host:
        git(shared, "remote", "set-url", "origin", f"http://{host}/origin.git")
        for verb in (("push", "--yes"), ("fetch",)):
            started = time.monotonic()
            called = cli("checkpoint", *verb, "--timeout", "0.5")
            assert called.code == 3
            assert "no answer within 0.5 seconds" in called.err
            assert time.monotonic() - started < 5


def test_fault_56_hooks_have_their_say(tmp_path: Path, shared: Path, cli: Cli) -> None:
    save(cli, shared / "a.ipynb", "1")
    origin = tmp_path / "origin.git"
    for folder, name in ((shared / ".git", "pre-push"), (origin, "pre-receive")):
        hook = write(folder / "hooks" / name, b"#!/bin/sh\necho not today >&2; exit 1\n")
        hook.chmod(0o755)
        assert cli("checkpoint", "push", "--yes").code == 3
        hook.unlink()
    assert refs_of(origin) == []
