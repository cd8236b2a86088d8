"""`nbvc checkpoint` in whatever state git is, with hostile names, and killed."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.cli.points import assert_sound, listed, messages, save
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, notebook, write

if TYPE_CHECKING:
    from tests.integration.conftest import Cli


COMMANDS: dict[str, tuple[str, ...]] = {
    "list": ("list", "a.ipynb"),
    "list of all": ("list",),
    "show": ("show", "a.ipynb"),
    "diff": ("diff", "a.ipynb", "--no-pager"),
    "create": ("create", "a.ipynb"),
    "prune": ("prune", "a.ipynb", "--keep", "3"),
    "delete": ("delete", "a.ipynb", "latest"),
    "rename": ("rename", "a.ipynb", "new.ipynb"),
    "push": ("push", "--yes"),
    "fetch": ("fetch",),
}


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = sandbox.committed(tmp_path / "repo", "a.ipynb", "sub dir/b.ipynb")
    monkeypatch.chdir(folder)
    return folder


# Whatever state git is in

STATES: dict[str, Callable[[Path], Any]] = {
    "39_unborn": lambda top: git(top, "checkout", "-q", "--orphan", "new"),
    "40_detached": lambda top: git(top, "checkout", "-q", "--detach"),
    "41_merge": lambda top: sandbox.try_git(top, "merge", "-q", "side"),
    "41_rebase": lambda top: sandbox.try_git(top, "rebase", "-q", "side"),
    "41_cherry-pick": lambda top: sandbox.try_git(top, "cherry-pick", "side"),
    "41_bisect": lambda top: git(top, "bisect", "start"),
    "44_index v4": lambda top: git(top, "update-index", "--index-version", "4"),
    "44_split index": lambda top: git(top, "update-index", "--split-index"),
    "50_locked": lambda top: write(top / ".git" / "index.lock", b""),
    "46_nameless": lambda _: write(Path(os.environ["HOME"], ".gitconfig"), b""),
    "49_unsignable": lambda top: git(top, "config", "commit.gpgsign", "true"),
    "45_ignored": lambda top: write(top / ".gitignore", b"*.ipynb\n"),
    "37_staged": lambda top: [write(top / "staged.py", b"1"), git(top, "add", "-A")],
    "38_partly staged": lambda top: [git(top, "add", "-A"), write(top / "a.ipynb", b"more")],
    "31_gone": lambda top: (top / "a.ipynb").unlink(),
}


@pytest.mark.parametrize("state", STATES)
def test_faults_31_to_50_no_command_touches_what_is_the_users(
    top: Path, cli: Cli, state: str
) -> None:
    path = top / "a.ipynb"
    git(top, "switch", "-qc", "side")
    write(path, notebook("side"))
    sandbox.commit_all(top, "side")
    git(top, "switch", "-q", "main")
    write(path, notebook("main"))
    sandbox.commit_all(top, "main")
    git(top.parent, "init", "-q", "--bare", "origin.git")
    git(top, "remote", "add", "origin", "../origin.git")
    (old, _) = save(cli, path, "1", "2")
    git(top, "restore", "a.ipynb")
    STATES[state](top)
    before = sandbox.snapshot(top)
    for name, args in COMMANDS.items():
        expected = 2 if state == "31_gone" and name == "create" else 0
        called = cli("checkpoint", *args)
        assert called.code == expected, (name, called)
        assert sandbox.snapshot(top) == before, name
    assert cli("checkpoint", "restore", "new.ipynb", old).code == 0
    assert (top / "new.ipynb").read_bytes() == notebook("1")
    (top / "new.ipynb").unlink()
    assert sandbox.snapshot(top) == before
    if state != "50_locked":
        assert_sound(top)


def test_fault_42_a_bare_repository(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = sandbox.new(tmp_path / "x.git", "--bare")
    monkeypatch.chdir(bare)
    write(bare / "a.ipynb")
    for args in COMMANDS.values():
        called = cli("checkpoint", *args)
        assert called.code == 3, args
        assert "is a bare repository" in called.err


def test_fault_43_worktrees_and_submodules(tmp_path: Path, top: Path, cli: Cli) -> None:
    git(top, "worktree", "add", "-q", "-b", "tree", "../tree")
    save(cli, tmp_path / "tree" / "a.ipynb", "in the worktree")
    assert messages(cli, top / "a.ipynb") == ["in the worktree"]
    git(top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(top), "module")
    save(cli, top / "module" / "a.ipynb", "in the submodule")
    assert messages(cli, top / "a.ipynb") == ["in the worktree"]
    assert messages(cli, "module/a.ipynb") == ["in the submodule"]
    git(top, "config", "core.sparseCheckout", "true")
    git(top, "sparse-checkout", "set", "--cone", "sub dir")
    assert cli("checkpoint", "create", "sub dir/b.ipynb").code == 0


def test_fault_44_sha256(tmp_path: Path, cli: Cli) -> None:
    top = sandbox.committed(tmp_path / "repo", options=("--object-format=sha256",))
    (old, _) = save(cli, top / "a.ipynb", "1", "2")
    assert cli("checkpoint", "restore", top / "a.ipynb", old).code == 0
    assert len(listed(cli, top / "a.ipynb")[0]["commit"]) == 64
    assert_sound(top)


def test_fault_51_a_repository_of_somebody_else(
    top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = write(top / ".git" / "hooks" / "reference-transaction", b"#!/bin/sh\ntouch ran\n")
    hook.chmod(0o755)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    for args in COMMANDS.values():
        called = cli("checkpoint", *args)
        assert called.code == 3
        assert "safe.directory" in called.err
    assert not list(top.rglob("ran"))


# Hostile input


@pytest.mark.parametrize(
    "which",
    ["--output=x", "--all", "HEAD..x", "HEAD", "a\0b", "-", "main", "@{-1}", ":/x", "^HEAD"],
)
def test_fault_58_what_is_called_a_checkpoint(top: Path, cli: Cli, which: str) -> None:
    save(cli, top / "a.ipynb", "1")
    before = sandbox.snapshot(top)
    for verb in ("show", "diff", "restore", "delete"):
        assert cli("checkpoint", verb, "--", "a.ipynb", which).code == 3
    for verb in ("push", "fetch"):
        assert cli("checkpoint", verb, f"--remote={which}").code in (2, 3)
    assert sandbox.snapshot(top) == before
    assert len(listed(cli, "a.ipynb")) == 1


@pytest.mark.parametrize("path", [".git/config", ".GIT/config", ".git", ".git/hooks/x.ipynb"])
def test_fault_59_gits_own_files(top: Path, cli: Cli, path: str) -> None:
    before = (top / ".git" / "config").read_bytes()
    for verb in (("create",), ("list",), ("show",), ("restore", "latest")):
        called = cli("checkpoint", verb[0], path, *verb[1:])
        assert called.code in (2, 3), called
    assert (top / ".git" / "config").read_bytes() == before


def test_fault_59_a_link_out_of_the_repository(tmp_path: Path, top: Path, cli: Cli) -> None:
    outside = write(tmp_path / "outside.ipynb", notebook("outside"))
    (top / "link.ipynb").symlink_to(outside)
    assert cli("checkpoint", "create", "link.ipynb").code == 0
    assert listed(cli, "link.ipynb")[0]["path"] == str(outside)
    assert git(top, "for-each-ref", "refs/nbvc") == ""
    assert (top / "link.ipynb").is_symlink()


@pytest.mark.parametrize(
    "name",
    ["-rf.ipynb", "*.ipynb", ":(glob)*", "a\nb.ipynb", "\udce9.ipynb", "--help", "é\x1b[31m"],
)
def test_fault_60_only_that_file_is_touched(top: Path, cli: Cli, name: str) -> None:
    from nbvc.cli import run

    write(top / name, notebook("1"))
    args = [["create", "-m", "one", "--", name], ["list", "--", name], ["diff", "--", name]]
    for one in args:
        assert run(["checkpoint", *one]) == 0
    write(top / name, notebook("2"))
    before = sandbox.snapshot(top)
    called = cli("checkpoint", "restore", "--", name, "latest")
    assert called.code == 0
    assert called.out.isprintable() or called.out.replace("\n", "").isprintable()
    after = sandbox.snapshot(top)
    assert isinstance(before["files"], dict)
    assert isinstance(after["files"], dict)
    assert after["files"].pop(name) == notebook("1")
    assert before["files"].pop(name) == notebook("2")
    assert after == before
    assert [one["path"] for one in listed(cli)] == [name, name]


@pytest.mark.usefixtures("top")
def test_fault_63_messages_steer_no_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "\x1b]0;x\x07\u202eAda")
    evil = "\x1b[31m\x9b2J\u202e\r\nred"
    assert cli("checkpoint", "create", "a.ipynb", "-m", evil).code == 0
    monkeypatch.delenv("GIT_AUTHOR_NAME")
    for args in (["list", "a.ipynb"], ["show", "a.ipynb"], ["delete", "a.ipynb", "latest"]):
        out = cli("checkpoint", *args).out
        assert "<U+001B>[31m<U+009B>2J<U+202E>" in out
        assert out.replace("\n", "").isprintable()


# Crashes and crowds


def test_fault_67_a_disk_that_is_full(top: Path, cli: Cli) -> None:
    path = top / "a.ipynb"
    write(path, notebook("large", pad=20_000))
    cli("checkpoint", "create", "a.ipynb", "-m", "large")
    write(path, notebook("small"))
    cli("checkpoint", "create", "a.ipynb", "-m", "small")
    before, known = sandbox.snapshot(top), messages(cli, path)
    write(top / "new.ipynb", os.urandom(200_000))

    def little_space() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    for args in (["create", "new.ipynb"], ["restore", "a.ipynb", listed(cli, path)[0]["id"]]):
        command = [sys.executable, "-m", "nbvc", "checkpoint", *args]
        done = subprocess.run(
            command, preexec_fn=little_space, capture_output=True, text=True, check=False
        )
        assert done.returncode in (2, 3), done
        assert done.stderr.startswith("nbvc: ")
        assert len(done.stderr.splitlines()) == 1
    (top / "new.ipynb").unlink()
    assert sandbox.snapshot(top) == before
    assert messages(cli, path) == known
    assert_sound(top)


@pytest.mark.parametrize("count", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_faults_68_and_69_eight_commands_at_once(
    tmp_path: Path, top: Path, cli: Cli, count: int
) -> None:
    trees = [top, *(tmp_path / f"tree{number}" for number in range(3))]
    for tree in trees[1:]:
        git(top, "worktree", "add", "-q", "--detach", str(tree))
    loop = (
        "import sys\nfrom pathlib import Path\nfrom nbvc.cli import run\n"
        "name, path = sys.argv[1:]\n"
        f"for number in range({count}):\n"
        "    Path(path).write_text(f'{name} {number}')\n"
        "    run(['checkpoint', 'create', path, '-m', f'{name} {number}']) and sys.exit(1)\n"
    )
    places = [trees[n % 4] / ("a.ipynb" if n < 4 else "sub dir/b.ipynb") for n in range(8)]
    running = [
        subprocess.Popen([sys.executable, "-c", loop, f"p{n}", str(path)], stdout=subprocess.PIPE)
        for n, path in enumerate(places)
    ]
    for process in running:
        process.communicate(timeout=300)
        assert process.returncode == 0
    expected = sorted(f"p{n} {number}" for n in range(8) for number in range(count))
    assert sorted(messages(cli, ".")) == expected
    assert_sound(top)


@pytest.fixture
def slow_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that takes its time before it does anything."""
    real = subprocess.check_output(["which", "git"], text=True).strip()
    script = f'#!/bin/sh\nsleep 0.05\nexec {real} "$@"\n'
    write(tmp_path / "slow" / "git", script.encode()).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'slow'}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize("steps", range(8))
@pytest.mark.usefixtures("slow_git")
def test_fault_66_killed_between_any_two_steps(top: Path, cli: Cli, steps: int) -> None:
    path = top / "a.ipynb"
    ids = save(cli, path, "1", "2")
    write(path, notebook("3"))
    for args in (["create", "a.ipynb", "-m", "3"], ["restore", "a.ipynb", ids[0]]):
        command = [sys.executable, "-m", "nbvc", "checkpoint", *args]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
        time.sleep(0.06 + steps * 0.05)
        process.kill()
        process.communicate()
        time.sleep(0.1)
        assert path.read_bytes() in (notebook("3"), notebook("1"))
        known = messages(cli, path)
        assert known[:2] == ["1", "2"]
        if path.read_bytes() == notebook("1"):
            assert len(known) == 3
        write(path, notebook("3"))
    assert_sound(top)
    assert cli("checkpoint", "restore", "a.ipynb", ids[1]).code == 0
