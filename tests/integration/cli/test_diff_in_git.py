"""`nbvc diff`, `nbvc show` and `nbvc status` over versions in git."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import IS_ROOT
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, write
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli


def book(name: str, *, output: str = "1\n", count: int = 1, **metadata: str) -> bytes:
    """A notebook whose source is its name, and enough besides for git to follow a rename."""
    text = markdown("\n".join(f"line {number} of the text" for number in range(20)))
    return file(text, code(name, [stream(output)], execution_count=count), **metadata)


_MADE: list[Path] = []


@pytest.fixture
def top(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy of the repository that is made once."""
    if not _MADE:
        _MADE.append(made(tmp_path_factory.mktemp("made") / "a repo"))
    top = tmp_path / "a repo"
    shutil.copytree(_MADE[0], top, symlinks=True)
    monkeypatch.chdir(top)
    return top


def made(top: Path) -> Path:
    """Three commits, a branch beside them, and something different in the index and on the disk."""
    sandbox.new(top)
    for name in ("a", "b", "moves", "sub dir/c", "sub dir/d"):
        write(top / f"{name}.ipynb", book(name))
    write(top / "notes.txt", b"1")
    sandbox.commit_all(top, "one")
    git(top, "branch", "side")
    write(top / "a.ipynb", book("a2"))
    git(top, "mv", "moves.ipynb", "sub dir/moved.ipynb")
    sandbox.commit_all(top, "two")
    write(top / "sub dir/c.ipynb", book("c3"))
    write(top / "notes.txt", b"2")
    sandbox.commit_all(top, "three")
    git(top, "checkout", "-q", "side")
    write(top / "b.ipynb", book("on the side"))
    sandbox.commit_all(top, "beside")
    git(top, "checkout", "-q", "main")
    write(top / "b.ipynb", book("staged"))
    git(top, "add", "b.ipynb")
    write(top / "sub dir/d.ipynb", book("on the disk"))
    write(top / "new.ipynb", book("new"))
    return top


A, B, C, D = "a.ipynb", "b.ipynb", "sub dir/c.ipynb", "sub dir/d.ipynb"
MOVED = "sub dir/moved.ipynb"


@pytest.mark.parametrize(
    ("args", "names"),
    [
        ([], [D]),
        (["--cached"], [B]),
        (["--staged"], [B]),
        (["HEAD"], [B, D]),
        (["HEAD~1"], [B, C, D]),
        (["--cached", "HEAD~1"], [B, C]),
        (["HEAD~2", "HEAD"], [A, C, MOVED]),
        (["HEAD", "HEAD~2"], [A, "moves.ipynb", C]),
        (["HEAD~2..HEAD~1"], [A, MOVED]),
        (["HEAD~1.."], [C]),
        (["..HEAD~1"], [C]),
        (["main..side"], [A, B, "moves.ipynb", C]),
        (["main...side"], [B]),
        (["side..."], [A, C, MOVED]),
        (["HEAD~2", "HEAD", "--", A, C], [A, C]),
        (["HEAD~2", "HEAD", A], [A]),
        (["HEAD~2", "HEAD", "sub dir"], [C, MOVED]),
        (["HEAD~2..", "--", "sub dir/"], [C, MOVED]),
        (["HEAD~2..", "--", "moves.ipynb"], ["moves.ipynb"]),
        (["HEAD~2..", "."], [A, C, MOVED]),
        (["HEAD~2..", "notes.txt"], ["notes.txt"]),
        (["--", "sub dir"], [D]),
        (["--untracked"], ["new.ipynb", D]),
        (["--untracked", "--", "sub dir"], [D]),
        (["--untracked", "HEAD"], [B, "new.ipynb", D]),
        (["HEAD", "HEAD"], []),
        ([A], []),
    ],
)
@pytest.mark.usefixtures("top")
def test_which_notebooks(cli: Cli, args: list[str], names: list[str]) -> None:
    called = cli("diff", "--name-only", *args)
    assert called.code == 0
    assert called.out.splitlines() == names
    assert cli("diff", "--exit-code", *args).code == (1 if names else 0)


@pytest.mark.parametrize("args", [["HEAD~2", "HEAD", "--"], ["HEAD~2..", "--"]])
def test_the_same_from_a_subfolder(
    top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, args: list[str]
) -> None:
    monkeypatch.chdir(top / "sub dir")
    assert cli("diff", "--name-only", *args).out.splitlines() == [A, C, MOVED]
    assert cli("diff", "--name-only", *args, ".").out.splitlines() == [C, MOVED]
    assert cli("diff", "--name-only", *args, "../a.ipynb").out.splitlines() == [A]
    monkeypatch.chdir("/")
    assert cli("diff", "--name-only", top / D).out.splitlines() == [D]


@pytest.mark.usefixtures("top")
def test_what_a_change_looks_like(cli: Cli) -> None:
    lines = cli("diff", "HEAD~2", "HEAD", "--", A).out.splitlines()
    assert lines[:2] == ["--- a.ipynb (HEAD~2)", "+++ a.ipynb (HEAD)"]
    assert "    - a" in lines
    assert "    + a2" in lines
    patch = cli("diff", "--format", "unified", "-U0", "HEAD~1", "HEAD").out.splitlines()
    assert patch[:2] == ["--- a/sub dir/c.ipynb", "+++ b/sub dir/c.ipynb"]
    assert patch[-2:] == ["-sub dir/c", "+c3"]
    assert f"moves.ipynb → {MOVED}: renamed" in cli("diff", "HEAD~2", "HEAD").out
    assert cli("diff", "--stat", "HEAD~2", "HEAD", "--", "sub dir").out.splitlines() == [
        f"{C} | 1 cell changed, 1 unchanged",
        f"moves.ipynb → {MOVED} | renamed, 2 cells unchanged",
    ]


def test_a_new_and_a_deleted_notebook(top: Path, cli: Cli) -> None:
    (top / A).unlink()
    assert cli("diff", "--format", "unified", "--", A).out.splitlines()[:2] == [
        "--- a/a.ipynb",
        "+++ /dev/null",
    ]
    assert "2 cells removed" in cli("diff", "--", A).out
    git(top, "add", "new.ipynb")
    called = cli("diff", "--cached", "--", "new.ipynb")
    assert called.out.splitlines()[0] == "--- /dev/null"
    assert "2 cells added" in called.out


@pytest.mark.usefixtures("top")
def test_json_of_one_and_of_many(cli: Cli) -> None:
    one = json.loads(cli("diff", "--format", "json", "HEAD~2", "HEAD", "--", A).out)
    assert one["format"] == "nbvc-diff"
    assert (one["before"]["name"], one["after"]["name"]) == ("HEAD~2:a.ipynb", "HEAD:a.ipynb")
    many = json.loads(cli("diff", "--format", "json", "HEAD~2", "HEAD").out)
    assert [found["after"]["name"] for found in many] == [f"HEAD:{name}" for name in (A, C, MOVED)]
    assert json.loads(cli("diff", "--format", "json", "HEAD", "HEAD").out) == []
    called = cli("diff", "--format", "nbdime", "HEAD~2", "HEAD")
    assert (called.code, called.out) == (2, "")


def test_a_path_beats_a_commit_of_that_name(top: Path, cli: Cli) -> None:
    git(top, "branch", "notes.txt", "HEAD~2")
    git(top, "branch", "gone", "HEAD~2")
    assert cli("diff", "--name-only", "notes.txt").out == ""
    assert cli("diff", "--name-only", "gone").out.splitlines() == [A, B, C, D, MOVED]
    assert cli("diff", "--name-only", "gone", "--", "sub dir").out.splitlines() == [C, D, MOVED]
    called = cli("diff", "--", "gone")
    assert called.code == 2
    assert "'gone'" in called.err


def test_versions_of_one_file(top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "    + a2" in cli("diff", f"HEAD~2:{A}", f"HEAD:{A}").out
    assert "    + staged" in cli("diff", f"HEAD:{B}", f":{B}").out
    assert "    + on the disk" in cli("diff", f"HEAD:{D}", D).out
    assert "    - a2" in cli("diff", f"HEAD:{A}", f"HEAD~2:{A}").out
    assert cli("show", f"HEAD~2:{A}").out.endswith("# %% [code]\na\n#> 1\n")
    assert cli("show", f":{B}").out.endswith("staged\n#> 1\n")
    monkeypatch.chdir(top / "sub dir")
    for spec in (
        "HEAD:sub dir/c.ipynb",
        "HEAD:c.ipynb",
        "HEAD:./c.ipynb",
        "HEAD:../sub dir/c.ipynb",
    ):
        assert "c3" in cli("show", spec).out, spec


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["diff", "nowhere"], "nowhere"),
        (["diff", "HEAD", "nowhere"], "nowhere"),
        (["diff", "HEAD", "HEAD~1", "HEAD~2"], "'HEAD~2'"),
        (["diff", "HEAD~2..HEAD", "HEAD"], "'HEAD'"),
        (["diff", "--cached", "HEAD", "HEAD~1"], "one commit, not two"),
        (["diff", "--untracked", "--cached"], "with the working tree"),
        (["diff", "HEAD..nowhere"], "'HEAD..nowhere'"),
        (["show", "HEAD:nothing.ipynb"], "nothing.ipynb"),
        (["show", "nowhere:a.ipynb"], "nowhere"),
        (["show", ":nothing.ipynb"], "the index"),
        (["diff", "--", "/elsewhere/a.ipynb"], "elsewhere"),
        (["diff", "--", "--output=x"], "--output=x"),
        (["show", "--", "--output=x:a.ipynb"], "--output=x"),
    ],
)
def test_what_cannot_be_is_said(top: Path, cli: Cli, args: list[str], said: str) -> None:
    before = sandbox.snapshot(top)
    called = cli(*args)
    assert called.code in (2, 3), called
    assert called.out == ""
    assert said in called.err
    assert sandbox.snapshot(top) == before


def test_outside_of_any_repository(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / A, book("a"))
    for args in ([], [A], ["HEAD"], ["--cached"]):
        called = cli("diff", *args)
        assert called.code in (2, 3), called
        assert called.err
        assert "Traceback" not in called.err
    called = cli("status")
    assert called.code == 3
    assert "repository" in called.err


def test_before_the_first_commit(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    top = sandbox.new(tmp_path)
    monkeypatch.chdir(top)
    write(top / A, book("a"))
    git(top, "add", A)
    assert cli("diff").out == ""
    assert cli("diff", "--cached", "--name-only").out.splitlines() == [A]
    assert cli("status").out.splitlines() == [
        "Staged, which a commit would record:",
        "  added         a.ipynb  2 cells",
    ]
    for word in ("HEAD", "main...topic"):
        called = cli("diff", word)
        assert called.code == 2
        assert f"no such file or folder: {word} (the repository has no commits yet)" in called.err


@pytest.mark.usefixtures("top")
def test_the_end_of_a_range_that_is_nowhere_is_named(cli: Cli) -> None:
    for word, end in (("HEAD...nope", "nope"), ("side..gone~3", "gone~3"), ("nope..HEAD", "nope")):
        called = cli("diff", word)
        assert called.code == 2
        assert f"unknown commit {end!r} in {word!r}" in called.err
    assert "no such file, folder or commit: nope" in cli("diff", "nope").err


def test_fault_34_one_bad_notebook_of_ten(top: Path, cli: Cli) -> None:
    names = [f"n{number}.ipynb" for number in range(10)]
    for name in names:
        write(top / name, book("old"))
    sandbox.commit_all(top, "ten")
    for name in names:
        write(top / name, book("new"))
    (top / "n4.ipynb").write_bytes(b'{"cells": [\n  "half')
    called = cli("diff")
    assert called.code == 0
    assert called.out.count("    + new") == 9
    assert "n4.ipynb (working tree): not a notebook: line 2" in called.err
    assert '+  "half' in called.out
    assert cli("diff", "--name-only").out.splitlines() == names
    assert cli("diff", "--format", "json").code == 2
    (top / "n4.ipynb").unlink()
    (top / "n4.ipynb").symlink_to("n5.ipynb")
    assert cli("diff", "--name-only").out.splitlines() == names


def test_fault_43_worktree_submodule_and_sparse_checkout(
    top: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(top, "worktree", "add", "-q", "--detach", str(tmp_path / "other tree"))
    monkeypatch.chdir(tmp_path / "other tree")
    write(tmp_path / "other tree" / A, book("elsewhere"))
    assert cli("diff", "--name-only").out.splitlines() == [A]
    allow = ("-c", "protocol.file.allow=always")
    git(top, *allow, "submodule", "--quiet", "add", str(tmp_path / "a repo"), "module")
    monkeypatch.chdir(top / "module")
    write(top / "module" / A, book("inner"))
    assert cli("diff", "--name-only").out.splitlines() == [A]
    monkeypatch.chdir(top)
    assert cli("diff", "--name-only").out.splitlines() == [D]
    git(top, "checkout", "-q", "--", D)
    git(top, "sparse-checkout", "set", "no such folder")
    assert not (top / C).exists()
    assert cli("diff", "--name-only", "HEAD~2", "HEAD").out.splitlines() == [A, C, MOVED]
    assert cli("diff", "--name-only").out == ""


def test_fault_60_names_that_look_like_something_else(top: Path, cli: Cli) -> None:
    for name in ("-rf.ipynb", ":(glob)*.ipynb", "HEAD~1.ipynb", "ä\nb.ipynb"):
        write(top / name, book("old"))
        git(top, "--literal-pathspecs", "add", "--", name)
        git(top, "commit", "-q", "-m", name)
        write(top / name, book("new"))
        called = cli("diff", "--name-only", "--", name)
        assert called.out == name.replace("\n", "<U+000A>") + "\n"
        assert "\n" not in cli("diff", "--stat", "--", name).out.rstrip("\n")


def test_fault_63_nothing_steers_the_terminal(top: Path, cli: Cli) -> None:
    write(top / A, file(code("x = '\x1b]0;owned\x07\u202e'")))
    write(top / B, b"\x1b]0;owned\x07 is no notebook")
    for args in (["diff"], ["diff", "--format", "unified"], ["status"], ["show", A], ["show", B]):
        called = cli(*args)
        assert not {"\x1b", "\x07", "\u202e"} & set(called.out + called.err), args


def test_fault_65_a_hook_sees_its_own_index(
    top: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In `git commit -- PATH`, git's hooks get the index that will be committed."""
    other = sandbox.committed(tmp_path / "other")
    write(other / A, book("changed"))
    index = tmp_path / "index"
    index.write_bytes((top / ".git/index").read_bytes())
    git(top, "add", D, env={"GIT_INDEX_FILE": str(index)})
    monkeypatch.setenv("GIT_DIR", str(top / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(index))
    assert cli("diff", "--cached", "--name-only").out.splitlines() == [B, D]
    monkeypatch.chdir(other)
    assert cli("diff", "--name-only").out.splitlines() == [A]
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.chdir(top)
    assert cli("diff", "--cached", "--name-only").out.splitlines() == [B, D]


def test_fault_65_a_hook_that_goes_elsewhere(top: Path, tmp_path: Path) -> None:
    """`git commit` says GIT_INDEX_FILE to its hooks, and in a subfolder no GIT_DIR."""
    other = sandbox.committed(tmp_path / "other")
    write(other / A, book("changed"))
    said = tmp_path / "said"
    nbvc = f"{sys.executable} -m nbvc"
    write(
        top / ".git/hooks/pre-commit",
        f"#!/bin/sh\n{{ {nbvc} diff --cached --name-only; cd '{other}'; {nbvc} diff --name-only;"
        f" {nbvc} diff --cached --name-only; }} >'{said}' 2>&1\n".encode(),
    ).chmod(0o755)
    git(top / "sub dir", "commit", "-q", "-m", "one of them", "--", "d.ipynb")
    assert said.read_text().splitlines() == [D, A]


@pytest.mark.skipif(not IS_ROOT, reason="only root can give a file away")
def test_fault_51_a_repository_of_somebody_else(top: Path, cli: Cli) -> None:
    for path in (top, top / ".git"):
        os.chown(path, 12345, 12345)
    for command in ("diff", "status"):
        called = cli(command)
        assert called.code == 3
        assert "dubious ownership" in called.err
        assert "safe.directory" in called.err


# Status


def test_status_tells_how_far_a_change_goes(top: Path, cli: Cli) -> None:
    for name in ("out", "noise", "meta", "same"):
        write(top / f"{name}.ipynb", book(name))
    sandbox.commit_all(top, "more")
    write(top / "out.ipynb", book("out", output="2\n", count=2))
    write(top / "noise.ipynb", book("noise", count=7))
    write(top / "meta.ipynb", book("meta", title="Rain"))
    write(top / "same.ipynb", book("same"))
    write(top / A, book("a4"))
    git(top, "add", A)
    write(top / A, b"broken")
    (top / B).unlink()
    git(top, "mv", MOVED, "moves again.ipynb")
    write(top / "fresh.ipynb", book("fresh"))
    called = cli("status")
    assert called.out.splitlines() == [
        "Staged, which a commit would record:",
        "  sources       a.ipynb                                  1 cell changed, 1 unchanged",
        "  renamed only  sub dir/moved.ipynb → moves again.ipynb",
        "",
        "Changed since the last git add:",
        f"  no notebook   a.ipynb{'':34}not a notebook",
        "  removed       b.ipynb",
        "  metadata only meta.ipynb                               of the notebook",
        "  noise only    noise.ipynb",
        "  outputs only  out.ipynb                                1 cell changed, 1 unchanged",
        "",
        "Untracked:",
        "  fresh.ipynb",
    ]
    found = json.loads(cli("status", "--format", "json", "out.ipynb").out)
    assert found == [
        {
            "where": "unstaged",
            "change": "outputs only",
            "path": "out.ipynb",
            "old_path": None,
            "summary": "1 cell changed, 1 unchanged",
        }
    ]


def test_status_names_files_from_the_folder_that_we_are_in(
    top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(top / "sub dir")
    write(top / "b.ipynb", book("b9"))
    for path in ("d.ipynb", "../b.ipynb"):
        assert f" {path} " in cli("status").out
    assert cli("status", "../sub dir").out.splitlines() == [
        "Changed since the last git add:",
        "  sources       d.ipynb  1 cell changed, 1 unchanged",
    ]


def test_status_of_conflicts_of_a_clean_tree_and_of_a_folder(top: Path, cli: Cli) -> None:
    assert cli("status", "sub dir").out.splitlines() == [
        "Changed since the last git add:",
        "  sources       sub dir/d.ipynb  1 cell changed, 1 unchanged",
    ]
    git(top, "checkout", "-q", "-f", "HEAD")
    (top / "new.ipynb").unlink()
    assert cli("status").out == "No notebook changed.\n"
    write(top / B, book("here"))
    sandbox.commit_all(top, "here")
    assert sandbox.try_git(top, "merge", "-q", "side") == 1
    assert "  in conflict   b.ipynb  not a valid notebook: nbvc fix" in cli("status").out
    assert cli("fix", "b.ipynb").code == 1
    for command in ("status", "add"):  # as git advises: it takes the file for resolved then
        assert sandbox.try_git(top, command, "b.ipynb") == 0
        assert "  in conflict   b.ipynb  1 conflict: nbvc resolve" in cli("status").out
    assert "Now: nbvc resolve --continue." in cli("resolve", "b.ipynb", "--both").err
    assert "in conflict" not in cli("status").out


def test_status_without_a_repository_says_how_to_make_one(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    called = cli("status")
    assert called.code == 3
    assert "run git init" in called.err


def test_a_name_that_is_nowhere_is_no_file(
    top: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = next(top.rglob("*.ipynb"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    called = cli("diff", "nope.ipynb", str(notebook))
    assert called.code == 2
    assert "no such file, folder or commit: nope.ipynb" in called.err


@pytest.mark.usefixtures("top")
def test_show_of_a_folder_says_what_to_name(cli: Cli) -> None:
    called = cli("show", ".")
    assert called.code == 2
    assert ".: is a folder, not a notebook (name a notebook in it)" in called.err
