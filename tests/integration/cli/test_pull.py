"""`nbvc pull` on real repositories."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc import read
from tests.integration.cli.points import listed
from tests.integration.git import sandbox, servers
from tests.integration.git.sandbox import git, write
from tests.making import code, file, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

SAID = ("-m", "the message")


def cells(*sources: str) -> bytes:
    return file(*map(code, sources))


BASE = cells("a = 1", "b = 1", "c = 1")
MINE = cells("a = 2", "b = 1", "c = 1")
THEIRS = cells("a = 1", "b = 1", "c = 3")
ALSO_MINE = cells("a = 1", "b = 1", "c = 4")


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone whose branch follows one that somebody else has pushed to since."""
    sandbox.new(tmp_path / "first")
    for name in ("a.ipynb", "b.ipynb", "sub dir/c.ipynb"):
        write(tmp_path / "first" / name, BASE)
    sandbox.commit_all(tmp_path / "first", "base")
    git(tmp_path, "clone", "-q", "--bare", "first", "origin.git")
    git(tmp_path, "clone", "-q", "origin.git", "repo")
    git(tmp_path, "clone", "-q", "origin.git", "other")
    monkeypatch.chdir(tmp_path / "repo")
    return tmp_path / "repo"


def theirs(top: Path, content: bytes | None = THEIRS, name: str = "a.ipynb") -> None:
    """Somebody else commits and pushes; no content deletes the file."""
    other = top.parent / "other"
    if content is None:
        (other / name).unlink()
    else:
        write(other / name, content)
    sandbox.commit_all(other, "theirs")
    git(other, "push", "-q")


def sources(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells]


def test_after_a_rejected_push(top: Path, cli: Cli) -> None:
    theirs(top)
    write(top / "a.ipynb", MINE)
    assert cli("commit", "a.ipynb", "--push", *SAID).code == 3
    called = cli("pull", "a.ipynb")
    assert (called.code, called.out.startswith("Merged: main is at ")) == (0, True)
    assert sources(top / "a.ipynb") == ["a = 2", "b = 1", "c = 3"]
    assert git(top, "log", "-1", "--format=%s") == "Merge remote-tracking branch 'origin/main'"
    assert cli("commit", "a.ipynb", "--push", *SAID).code == 0
    assert cli("pull").out.startswith("Up to date: ")
    assert git(top, "status", "--porcelain") == ""
    assert git(top, "config", "--list").count("merge.nbvc") == 0
    assert not list((top / ".git").glob("nbvc-*"))


def test_code_with_words_of_both_sides_is_told(top: Path, cli: Cli) -> None:
    def long(name: str, column: str) -> bytes:
        return cells("a = 1", f"{name} = read_table(folder, sheet, header, {column})", "c = 1")

    theirs(top, long("year", "first"))
    assert cli("pull").code == 0
    theirs(top, long("year", "second"))
    write(top / "a.ipynb", long("month", "first"))
    assert cli("commit", "a.ipynb", *SAID).code == 0
    called = cli("pull")
    assert called.code == 0
    assert sources(top / "a.ipynb")[1] == "month = read_table(folder, sheet, header, second)"
    assert called.err.startswith("nbvc: a.ipynb: both sides changed one line in cell 2, ")


def test_a_pull_that_fast_forwards(top: Path, cli: Cli) -> None:
    theirs(top)
    assert cli("pull").out.startswith("Fast-forwarded: ")
    assert (top / "a.ipynb").read_bytes() == THEIRS


def test_the_users_own_attributes_hold(
    top: Path, cli: Cli, hermetic: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(hermetic / ".config" / "git" / "attributes", b"*.ipynb filter=x")
    git(top, "config", "filter.x.smudge", "sed s/secret/smudged/")
    git(top, "config", "filter.x.clean", "sed s/smudged/secret/")
    theirs(top, cells("secret = 1"), "new.ipynb")
    monkeypatch.chdir(top / "sub dir")
    assert cli("pull", "c.ipynb").code == 0
    assert sources(top / "new.ipynb") == ["smudged = 1"]
    assert git(top, "status", "--porcelain") == ""


def test_a_conflict_opens_and_is_named(top: Path, cli: Cli) -> None:
    theirs(top)
    write(top / "a.ipynb", ALSO_MINE)
    cli("commit", "a.ipynb", *SAID)
    called = cli("pull", "a.ipynb")
    assert called.code == 1
    assert "nbvc resolve a.ipynb" in called.err.splitlines()[-1]
    assert cli("pull", "a.ipynb").code == 3
    assert cli("resolve", "a.ipynb", "--local").code == 0
    assert sources(top / "a.ipynb")[2] == "c = 4"


def test_noise_that_a_kernel_wrote_does_not_stand_in_the_way_of_a_conflict(
    top: Path, cli: Cli
) -> None:
    theirs(top)
    write(top / "a.ipynb", ALSO_MINE)
    cli("commit", "a.ipynb", *SAID)
    noise = ALSO_MINE.replace(
        b'\n "metadata": {}', b'\n "metadata": {"language_info": {"name": "python"}}'
    )
    assert noise != ALSO_MINE
    write(top / "a.ipynb", noise)
    called = cli("pull", "a.ipynb")
    assert called.code == 1, called.err
    assert "nbvc resolve a.ipynb" in called.err


@pytest.mark.parametrize("diverged", [False, True])
def test_changes_that_are_not_committed_are_carried_over(
    top: Path, cli: Cli, *, diverged: bool
) -> None:
    theirs(top)
    path = top / "a.ipynb"
    if diverged:
        write(top / "b.ipynb", MINE)
        cli("commit", "b.ipynb", *SAID)
    write(path, MINE)
    refused = cli("pull")
    assert refused.code == 3
    assert "nbvc pull a.ipynb" in refused.err
    assert path.read_bytes() == MINE
    called = cli("pull", "a.ipynb")
    assert called.code == 0, called
    assert sources(path) == ["a = 2", "b = 1", "c = 3"]
    (saved,) = listed(cli, path)
    assert saved["message"] == "Before pulling"
    assert saved["id"] in called.out
    assert git(top, "show", f"{saved['commit']}:a.ipynb").encode() + b"\n" == MINE
    assert git(top, "show", "HEAD:a.ipynb").encode() + b"\n" == THEIRS
    assert git(top, "status", "--porcelain") == " M a.ipynb"


def test_after_a_clean_commit_outputs_stay(top: Path, cli: Cli) -> None:
    theirs(top)
    path = write(
        top / "a.ipynb", file(code("a = 2", [stream("printed text")]), code("b = 1"), code("c = 1"))
    )
    assert cli("commit", "a.ipynb", "--clean", "--push", *SAID).code == 3
    assert cli("pull", "a.ipynb").code == 0
    assert sources(path) == ["a = 2", "b = 1", "c = 3"]
    assert "printed text" in path.read_text()
    assert cli("commit", "a.ipynb", "--clean", "--push", *SAID).code == 0
    assert "printed text" not in git(top, "show", "origin/main:a.ipynb")


@pytest.fixture
def stripping(top: Path) -> Path:
    """The same with a filter that keeps outputs out of git, and a notebook that has some."""
    program = (
        "import json, sys; nb = json.load(sys.stdin)\n"
        "for cell in nb['cells']: cell['outputs'] = []\n"
        "json.dump(nb, sys.stdout, indent=1); print()"
    )
    git(top, "config", "filter.x.clean", f'"{sys.executable}" -c "{program}"')
    git(top, "config", "filter.x.smudge", "cat")
    git(top, "config", "filter.x.required", "true")
    write(top / ".git" / "info" / "attributes", b"*.ipynb filter=x\n")
    content = file(code("a = 1", [stream("printed text")]), code("b = 1"), code("c = 1"))
    write(top / "a.ipynb", content)
    git(top, "add", "a.ipynb")
    git(top, "commit", "-q", "--allow-empty", "-m", "as filtered")
    assert git(top, "status", "--porcelain") == ""
    return top


def test_outputs_that_a_filter_hides_from_git_stay(stripping: Path, cli: Cli) -> None:
    theirs(stripping)
    called = cli("pull", "a.ipynb")
    assert called.code == 0, called
    assert sources(stripping / "a.ipynb") == ["a = 1", "b = 1", "c = 3"]
    assert "printed text" in (stripping / "a.ipynb").read_text()
    assert git(stripping, "status", "--porcelain") == ""


def test_a_conflict_under_a_filter_is_left_to_resolve(stripping: Path, cli: Cli) -> None:
    theirs(stripping)
    write(stripping / "a.ipynb", file(code("a", [stream("seen")]), code("b = 1"), code("c = 4")))
    assert cli("commit", "a.ipynb", *SAID).code == 0
    called = cli("pull", "a.ipynb")
    assert called.code == 1
    (saved,) = listed(cli, "a.ipynb")
    assert saved["id"] in called.err
    assert git(stripping, "ls-files", "-u") != ""


def test_line_ends_are_carried_over(top: Path, cli: Cli) -> None:
    git(top, "config", "core.autocrlf", "true")
    (top / "a.ipynb").unlink()
    git(top, "checkout", "-q", "--", "a.ipynb")
    theirs(top)
    path = write(top / "a.ipynb", MINE.replace(b"\n", b"\r\n"))
    assert cli("pull", "a.ipynb").code == 0
    assert sources(path) == ["a = 2", "b = 1", "c = 3"]
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")


def test_what_only_others_did_not_touch_stays(top: Path, cli: Cli) -> None:
    theirs(top, name="b.ipynb")
    write(top / "a.ipynb", MINE)
    assert cli("pull", "a.ipynb").code == 0
    assert (top / "a.ipynb").read_bytes() == MINE
    assert (top / "b.ipynb").read_bytes() == THEIRS


def test_changes_in_conflict_with_what_is_pulled(top: Path, cli: Cli) -> None:
    theirs(top)
    write(top / "a.ipynb", ALSO_MINE)
    called = cli("pull", "a.ipynb")
    assert called.code == 1
    assert "nbvc resolve a.ipynb" in called.err
    text = sources(top / "a.ipynb")[2]
    assert "c = 3" in text
    assert "c = 4" in text
    assert git(top, "ls-files", "-u") == ""
    assert cli("resolve", "a.ipynb", "--local").code == 0
    assert sources(top / "a.ipynb") == ["a = 1", "b = 1", "c = 4"]


def test_a_conflict_of_commits_waits_for_a_clean_tree(top: Path, cli: Cli) -> None:
    theirs(top)
    write(top / "a.ipynb", ALSO_MINE)
    cli("commit", "a.ipynb", *SAID)
    write(top / "a.ipynb", cells("a = 9", "b = 1", "c = 4"))
    before = sandbox.snapshot(top)
    called = cli("pull", "a.ipynb")
    assert called.code == 3
    assert "commit them first" in called.err
    after = sandbox.snapshot(top)
    assert (after["files"], after["HEAD"]) == (before["files"], before["HEAD"])
    assert git(top, "status", "--porcelain") == " M a.ipynb"
    assert not (top / ".git" / "MERGE_HEAD").exists()


@pytest.mark.parametrize("kind", ["staged", "partly staged", "broken", "deleted", "link"])
def test_what_is_not_carried_over(top: Path, cli: Cli, kind: str) -> None:
    theirs(top)
    path = write(top / "a.ipynb", MINE)
    if kind in ("staged", "partly staged"):
        git(top, "add", "a.ipynb")
    if kind == "partly staged":
        write(path, ALSO_MINE)
    if kind == "broken":
        write(path, b"{")
    if kind in ("deleted", "link"):
        path.unlink()
    if kind == "link":
        path.symlink_to("b.ipynb")
    before = sandbox.snapshot(top)
    called = cli("pull", "a.ipynb")
    assert called.code == 3
    assert "not merged" in called.err
    after = sandbox.snapshot(top)
    for part in ("files", "HEAD", "index"):
        assert after[part] == before[part]


def test_a_notebook_that_others_deleted(top: Path, cli: Cli) -> None:
    theirs(top, None)
    write(top / "a.ipynb", MINE)
    called = cli("pull", "a.ipynb")
    assert (called.code, "in that checkpoint alone" in called.err) == (1, True)
    assert not (top / "a.ipynb").exists()
    assert cli("checkpoint", "restore", "a.ipynb", "latest").code == 0
    assert (top / "a.ipynb").read_bytes() == MINE


def test_a_file_that_changes_meanwhile_is_left_alone(
    top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbvc.git.actions import pull
    from nbvc.workflow import pull as pulling

    theirs(top)
    path = write(top / "a.ipynb", MINE)
    merge = pull.merge_upstream
    calls = []

    def with_an_editor(*args: object, **options: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            write(path, cells("typed just now"))
        return merge(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(pulling, "merge_upstream", with_an_editor)
    called = cli("pull", "a.ipynb")
    assert called.code == 3
    assert path.read_bytes() == cells("typed just now")
    (saved,) = listed(cli, path)
    assert saved["id"] in called.err


def test_pulls_that_lead_nowhere(top: Path, cli: Cli) -> None:
    before = sandbox.snapshot(top)
    git(top, "switch", "-q", "--detach")
    assert "HEAD is detached" in cli("pull").err
    git(top, "switch", "-qc", "topic")
    called = cli("pull", "a.ipynb")
    assert (called.code, "has no upstream" in called.err) == (3, True)
    git(top, "switch", "-q", "main")
    git(top, "branch", "-qD", "topic")
    git(top, "config", "branch.main.merge", "refs/heads/gone")
    called = cli("pull")
    assert called.code == 3
    git(top, "config", "branch.main.merge", "refs/heads/main")
    git(top, "remote", "set-url", "origin", "ext::sh -c touch% ran")
    assert "nbvc won't use it" in cli("pull").err
    assert sandbox.snapshot(top) == before


def test_faults_54_and_55_servers(tmp_path: Path, top: Path, cli: Cli) -> None:
    theirs(top)
    with servers.git_over_http(tmp_path) as host:
        git(top, "remote", "set-url", "origin", f"http://{host}/origin.git")
        called = cli("pull")
        assert (called.code, "credential helper" in called.err) == (3, True)
        url = f"http://{servers.USER}:{servers.PASSWORD}@{host}/origin.git"
        git(top, "remote", "set-url", "origin", url)
        assert cli("pull").code == 0
    with servers.silence() as host:
        git(top, "remote", "set-url", "origin", f"http://{host}/origin.git")
        started = time.monotonic()
        called = cli("pull", "--timeout", "0.5")
        assert (called.code, "no answer within 0.5 seconds" in called.err) == (3, True)
        assert time.monotonic() - started < 5


# From the 18th of git's processes to the 25th the file is HEAD's, or what was pulled.
@pytest.mark.parametrize("step", [12, 17, 19, 23, 24, 25])
def test_fault_66_killed_on_the_way(tmp_path: Path, top: Path, cli: Cli, step: int) -> None:
    """The changes are in the file or in a checkpoint, whichever of git's processes is the last."""
    theirs(top)
    path = write(top / "a.ipynb", MINE)
    real = subprocess.check_output(["which", "git"], text=True).strip()
    count = tmp_path / "count"
    script = f"""#!/bin/sh
echo x >> '{count}'
if [ -n "$NBVC_VICTIM" ] && [ "$(wc -l < '{count}')" -eq {step} ]; then kill -9 $PPID; fi
exec {real} "$@"
"""
    write(tmp_path / "bin" / "git", script.encode()).chmod(0o755)
    environ = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "NBVC_VICTIM": "1",
    }
    command = [sys.executable, "-m", "nbvc", "pull", "a.ipynb"]
    killed = subprocess.run(command, env=environ, capture_output=True, check=False)
    assert killed.returncode == -9
    time.sleep(0.3)  # for what git was at
    on_disk = path.read_bytes()
    saved = [git(top, "show", f"{one['commit']}:a.ipynb").encode() for one in listed(cli, path)]
    assert on_disk == MINE or sources(path)[0] == "a = 2" or MINE.rstrip() in saved
    read(on_disk)
    assert git(top, "fsck", "--strict", "--no-dangling") == ""


@pytest.mark.parametrize("named", [(), ("a.ipynb",)])
def test_a_mere_rerun_does_not_stand_in_the_way(
    stripping: Path, cli: Cli, named: tuple[str, ...]
) -> None:
    theirs(stripping)
    rerun = [stream("printed text of the second run")]
    write(stripping / "a.ipynb", file(code("a = 1", rerun), code("b = 1"), code("c = 1")))
    assert git(stripping, "status", "--porcelain") == " M a.ipynb"
    called = cli("pull", *named)
    assert called.code == 0, called
    assert sources(stripping / "a.ipynb") == ["a = 1", "b = 1", "c = 3"]
    assert "second run" in (stripping / "a.ipynb").read_text()
    assert git(stripping, "status", "--porcelain") == ""
