"""`nbvc commit` on real repositories."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import IS_ROOT
from tests.integration.git import sandbox, servers
from tests.integration.git.sandbox import git, notebook, write
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Called, Cli

SAID = ("-m", "the message")


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = sandbox.committed(tmp_path / "repo", "a.ipynb", "b.ipynb", "sub dir/c.ipynb")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def shared(tmp_path: Path, top: Path) -> Path:
    """The same with a remote that its branch follows, and a change to commit."""
    git(tmp_path, "clone", "-q", "--bare", "repo", "origin.git")
    git(top, "remote", "add", "origin", "../origin.git")
    git(top, "fetch", "-q")
    git(top, "branch", "-q", "--set-upstream-to=origin/main")
    write(top / "a.ipynb", notebook("mine"))
    return top


def hook(folder: Path, name: str, script: str) -> None:
    write(folder / "hooks" / name, f"#!/bin/sh\n{script}\n".encode()).chmod(0o755)


def in_commit(top: Path) -> list[str]:
    """The paths that the last commit changed."""
    return git(top, "show", "--format=", "--name-only", "-z", "HEAD").split("\0")[:-1]


def unchanged(top: Path, called: Called, before: dict[str, object]) -> bool:
    """Whether a command was refused and nothing is another than before."""
    assert called.code == 3, called
    assert called.err.splitlines()[-1].startswith("nbvc: ")
    assert called.out == ""
    return sandbox.snapshot(top) == before


@pytest.mark.parametrize("name", ["a.ipynb", "new one.ipynb"])
def test_fault_37_this_notebook_and_nothing_else(top: Path, cli: Cli, name: str) -> None:
    for path in (name, "b.ipynb", "sub dir/c.ipynb"):
        write(top / path, notebook("2"))
    write(top / "staged.py", b"1")
    git(top, "add", "b.ipynb", "staged.py")
    called = cli("commit", name, "-m", "title", "-m", "text")
    oid = git(top, "rev-parse", "HEAD")
    assert called == (0, f"Committed {name} as {oid[:10]} on main.\n", "")
    assert in_commit(top) == [name]
    assert git(top, "log", "-1", "--format=%B").strip() == "title\n\ntext"
    assert git(top, "diff", "--cached", "--name-only").split() == ["b.ipynb", "staged.py"]
    assert git(top, "diff", "--name-only", "-z") == "sub dir/c.ipynb\0"


def conflict() -> bytes:
    """A notebook as a merge leaves it."""
    note = {"hunks": 1, "marker": 7, "local": "main", "remote": "topic"}
    source = "<<<<<<< main\nx = 1\n=======\nx = 2\n>>>>>>> topic"
    return file(code("y"), code(source, metadata={"nbvc": {"conflict": note}}))


def test_conflicts_that_nobody_decided_are_not_committed(top: Path, cli: Cli) -> None:
    write(top / "sub dir" / "c.ipynb", conflict())
    before = sandbox.snapshot(top)
    for options in ((), ("--clean",), ("--push",)):
        called = cli("commit", "a.ipynb", "sub dir/c.ipynb", *options, *SAID)
        assert unchanged(top, called, before)
        said = "sub dir/c.ipynb: its conflicts are not resolved (nbvc resolve 'sub dir/c.ipynb')"
        assert said in called.err
    assert cli("resolve", "sub dir/c.ipynb", "--remote").code == 0
    assert cli("commit", "sub dir/c.ipynb", *SAID).code == 0
    write(top / "a.ipynb", conflict())
    assert cli("commit", "a.ipynb", "--as-on-disk", *SAID).code == 0


def test_markers_that_are_the_authors_text_are_committed(top: Path, cli: Cli) -> None:
    write(top / "a.ipynb", file(markdown("```\n<<<<<<< a\n1\n=======\n2\n>>>>>>> b\n```")))
    assert cli("commit", "a.ipynb", *SAID).code == 0


def test_a_hook_that_mends_files_wants_another_commit(top: Path, cli: Cli) -> None:
    write(top / "a.ipynb", notebook("mine"))
    write(top / "mended", notebook("mended"))
    script = "cmp -s mended a.ipynb || { cp mended a.ipynb; echo 1 file mended >&2; exit 1; }"
    hook(top, "pre-commit", script)
    git(top, "config", "core.hooksPath", "hooks")
    said = "nbvc: a hook changed a.ipynb, and refused the commit (look at that, and commit again)"
    called = cli("commit", "a.ipynb", *SAID)
    assert (called.code, called.err.splitlines()) == (3, ["1 file mended", said])
    assert cli("commit", "a.ipynb", *SAID).code == 0


@pytest.mark.usefixtures("top")
def test_a_folder_is_named_as_one(cli: Cli) -> None:
    for folder, shown in ((".", "the whole repository"), ("sub dir", "sub dir")):
        called = cli("commit", folder, *SAID)
        said = f"nbvc: {shown} is a folder (name the notebooks in it)\n"
        assert called == (2, "", said)


def test_from_another_folder(top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    write(top / "sub dir" / "c.ipynb", notebook("2"))
    write(top / "a.ipynb", notebook("2"))
    monkeypatch.chdir(top / "sub dir")
    assert cli("commit", "c.ipynb", "../a.ipynb", *SAID).code == 0
    assert in_commit(top) == ["a.ipynb", "sub dir/c.ipynb"]
    monkeypatch.chdir(top.parent)
    (top / "b.ipynb").unlink()
    assert cli("commit", top / "b.ipynb", *SAID).code == 0
    assert git(top, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (["a.ipynb", *SAID], 1, "nothing to commit"),
        (["none.ipynb", *SAID], 2, "no such file"),
        (["sub dir", *SAID], 2, "is a folder"),
        (["b.ipynb"], 2, "--message"),
        (["b.ipynb", "-m", " "], 2, "needs a message"),
        (["b.ipynb", "-m", "a\0b"], 2, "NUL"),
        (["b.ipynb", "--remote", "x", *SAID], 2, "--push"),
        (list(SAID), 2, "PATH"),
    ],
)
def test_exit_codes(top: Path, cli: Cli, args: list[str], status: int, said: str) -> None:
    write(top / "b.ipynb", notebook("2"))
    before = sandbox.snapshot(top)
    called = cli("commit", *args)
    assert called.code == status
    assert said in called.err
    assert sandbox.snapshot(top) == before


def test_fault_38_a_partly_staged_notebook_is_asked_about(
    top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(top / "a.ipynb", notebook("staged"))
    git(top, "add", ".")
    write(top / "a.ipynb", notebook("on disk"))
    before = sandbox.snapshot(top)
    called = cli("commit", "a.ipynb", *SAID)
    assert unchanged(top, called, before)
    assert "--as-on-disk" in called.err
    for stream_ in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream_, "isatty", lambda: True)
    answers = iter([False, True])
    monkeypatch.setattr("click.confirm", lambda *_, **__: next(answers))
    assert cli("commit", "a.ipynb", *SAID).code == 3
    assert sandbox.snapshot(top) == before
    assert cli("commit", "a.ipynb", *SAID).code == 0
    assert git(top, "show", "HEAD:a.ipynb").encode() + b"\n" == notebook("on disk")
    git(top, "reset", "-q", "--soft", "HEAD^")
    assert cli("commit", "a.ipynb", "--as-on-disk", *SAID).code == 0


def test_fault_39_the_first_commit(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = sandbox.new(tmp_path / "repo")
    monkeypatch.chdir(top)
    write(top / "a.ipynb")
    assert cli("commit", "a.ipynb", "--branch", "topic", *SAID).out.endswith("on topic.\n")
    assert git(top, "symbolic-ref", "HEAD") == "refs/heads/topic"


def test_fault_40_a_detached_head_is_not_pushed(shared: Path, cli: Cli) -> None:
    git(shared, "switch", "-q", "--detach")
    called = cli("commit", "a.ipynb", "--push", *SAID)
    assert called.code == 3
    assert called.out.endswith(", on no branch.\n")
    assert "git switch -c NAME" in called.err


@pytest.mark.parametrize("begun", ["merge", "rebase", "cherry-pick", "bisect"])
def test_fault_41_not_in_the_middle_of_something(top: Path, cli: Cli, begun: str) -> None:
    git(top, "switch", "-qc", "side")
    write(top / "a.ipynb", notebook("side"))
    sandbox.commit_all(top, "side")
    git(top, "switch", "-q", "main")
    write(top / "a.ipynb", notebook("main"))
    sandbox.commit_all(top, "main")
    sandbox.try_git(top, begun, "start" if begun == "bisect" else "side")
    write(top / "b.ipynb", notebook("2"))
    before = sandbox.snapshot(top)
    called = cli("commit", "b.ipynb", *SAID)
    assert unchanged(top, called, before)
    is_finished_by_commit = begun in ("merge", "cherry-pick")
    said = "a.ipynb: its conflicts are not resolved" if is_finished_by_commit else f"git {begun}"
    assert said in called.err
    called = cli("pull", "b.ipynb")
    assert called.code == 3
    assert sandbox.snapshot(top) == before


@pytest.mark.parametrize("begun", ["merge", "cherry-pick", "rebase"])
def test_a_resolved_operation_goes_on_without_git(top: Path, cli: Cli, begun: str) -> None:
    git(top, "switch", "-qc", "side")
    write(top / "a.ipynb", notebook("side"))
    sandbox.commit_all(top, "side")
    git(top, "switch", "-q", "main")
    write(top / "a.ipynb", notebook("main"))
    sandbox.commit_all(top, "main")
    sandbox.try_git(top, begun, "side")
    assert cli("fix", "a.ipynb").code == 1
    assert cli("resolve", "--continue").code == 3
    called = cli("resolve", "--remote")
    assert called.err.endswith("Staged a.ipynb.\nNow: nbvc resolve --continue.\n")
    if begun == "rebase":
        assert "nbvc resolve --continue goes on" in cli("commit", "a.ipynb", *SAID).err
        assert cli("resolve", "--continue").code == 0
    else:
        assert cli("commit", "a.ipynb", *SAID).code == 0
    assert "in progress" not in git(top, "status")
    assert git(top, "status", "--short", "-uno") == ""
    parents = git(top, "show", "-s", "--format=%P").split()
    assert len(parents) == (2 if begun == "merge" else 1)
    assert cli("resolve", "--continue").code == 2


def test_fault_42_no_work_tree(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = sandbox.new(tmp_path / "x.git", "--bare")
    for folder, said in ((bare, "is a bare repository"), (tmp_path, "git init")):
        monkeypatch.chdir(folder)
        write(folder / "a.ipynb")
        for args in (["commit", "a.ipynb", *SAID], ["pull", "a.ipynb"], ["pull"]):
            called = cli(*args)
            assert (called.code, said in called.err) == (3, True), called


def test_fault_43_in_a_worktree_and_a_submodule(tmp_path: Path, top: Path, cli: Cli) -> None:
    git(top, "worktree", "add", "-q", "-b", "tree", "../tree")
    git(top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(top), "module")
    for place in (tmp_path / "tree", top / "module"):
        write(place / "a.ipynb", notebook("2"))
        write(place / "n.ipynb")
        assert cli("commit", place / "a.ipynb", place / "n.ipynb", *SAID).code == 0
        assert in_commit(place) == ["a.ipynb", "n.ipynb"]
    other = cli("commit", tmp_path / "tree" / "a.ipynb", top / "a.ipynb", *SAID)
    assert (other.code, "not in the repository" in other.err) == (3, True)


@pytest.mark.parametrize("kind", ["sha256", "v4", "split", "sparse"])
@pytest.mark.parametrize("clean", [False, True], ids=["as it is", "clean"])
def test_fault_44_any_kind_of_index(tmp_path: Path, cli: Cli, kind: str, *, clean: bool) -> None:
    options = ("--object-format=sha256",) if kind == "sha256" else ()
    top = sandbox.committed(tmp_path / "repo", "a.ipynb", "x/b.ipynb", options=options)
    if kind == "v4":
        git(top, "update-index", "--index-version", "4")
    if kind == "split":
        git(top, "update-index", "--split-index")
    if kind == "sparse":
        git(top, "sparse-checkout", "set", "--cone", "--sparse-index", "none")
    write(top / "a.ipynb", notebook("2"))
    args = ["--clean"] if clean else []
    assert cli("commit", top / "a.ipynb", *args, *SAID).code == 0
    assert git(top, "ls-files").splitlines() == ["a.ipynb", "x/b.ipynb"]
    assert in_commit(top) == ["a.ipynb"]
    assert git(top, "fsck", "--no-dangling") == ""


def test_fault_45_an_ignored_notebook(top: Path, cli: Cli) -> None:
    write(top / ".gitignore", b"/out/\n")
    write(top / "out" / "x.ipynb")
    before = sandbox.snapshot(top)
    called = cli("commit", "out/x.ipynb", *SAID)
    assert unchanged(top, called, before)
    assert "--force" in called.err
    assert cli("commit", "out/x.ipynb", "--force", *SAID).code == 0
    assert in_commit(top) == ["out/x.ipynb"]


def test_fault_46_no_name_says_what_to_do(top: Path, hermetic: Path, cli: Cli) -> None:
    (hermetic / ".gitconfig").write_text("")
    write(top / "new.ipynb")
    before = sandbox.snapshot(top)
    called = cli("commit", "new.ipynb", *SAID)
    assert unchanged(top, called, before)
    assert "git config --global user.name" in called.err


@pytest.mark.parametrize("options", [[], ["--clean"], ["--branch", "topic"]], ids=" ".join)
def test_fault_47_a_failing_hook(top: Path, cli: Cli, options: list[str]) -> None:
    write(top / "new.ipynb")
    write(top / "b.ipynb", notebook("b2"))
    git(top, "add", "b.ipynb")
    hook(top / ".git", "pre-commit", r"printf 'no \033[31mway\033[0m\nsecond\n' >&2; exit 1")
    before = sandbox.snapshot(top)
    called = cli("commit", "new.ipynb", *options, *SAID)
    assert unchanged(top, called, before)
    assert called.err.startswith("no way\nsecond\nnbvc: a hook refused the commit")


def test_fault_48_a_hook_that_edits(top: Path, cli: Cli) -> None:
    write(top / "a.ipynb", notebook("2"))
    hook(top / ".git", "pre-commit", "printf edited > a.ipynb; git add a.ipynb")
    called = cli("commit", "a.ipynb", *SAID)
    assert called.code == 0
    assert "A hook edited a.ipynb." in called.out
    assert git(top, "status", "--porcelain") == ""


def test_fault_49_no_unsigned_commit(top: Path, cli: Cli) -> None:
    git(top, "config", "commit.gpgsign", "true")
    git(top, "config", "gpg.program", "false")
    write(top / "new.ipynb")
    before = sandbox.snapshot(top)
    called = cli("commit", "new.ipynb", *SAID)
    assert unchanged(top, called, before)
    assert "could not be signed" in called.err


def test_fault_50_a_lock_for_a_while_and_for_ever(
    top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbvc.git.actions import outcome

    lock = write(top / ".git" / "index.lock", b"theirs")
    write(top / "new.ipynb")
    threading.Timer(1, lock.unlink).start()
    assert cli("commit", "new.ipynb", *SAID).code == 0
    write(lock, b"theirs")
    write(top / "a.ipynb", notebook("2"))
    before = sandbox.snapshot(top)
    policy = partial(outcome.CommitPolicy, patience=0.3)
    monkeypatch.setattr(outcome, "CommitPolicy", policy)
    called = cli("commit", "a.ipynb", *SAID)
    assert unchanged(top, called, before)
    assert "delete that lock file" in called.err
    assert lock.read_bytes() == b"theirs"


def test_fault_51_a_repository_of_somebody_else(
    top: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(top / "a.ipynb", notebook("2"))
    hook(top / ".git", "pre-commit", "touch ran")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    for args in (["commit", "a.ipynb", *SAID], ["pull", "a.ipynb"]):
        called = cli(*args)
        assert (called.code, "safe.directory" in called.err) == (3, True)
    assert not (top / "ran").exists()


@pytest.mark.parametrize("name", ["-f", "--all", "a b", "a..b", "HEAD", "", "x\0y"])
def test_fault_58_a_branch_that_cannot_be(top: Path, cli: Cli, name: str) -> None:
    write(top / "new.ipynb")
    before = sandbox.snapshot(top)
    assert unchanged(top, cli("commit", "new.ipynb", f"--branch={name}", *SAID), before)


@pytest.mark.parametrize("path", ["../outside.ipynb", ".git/config", ".GIT/config", ".git"])
def test_fault_59_paths_that_lead_out(top: Path, cli: Cli, path: str) -> None:
    write(top.parent / "outside.ipynb")
    (top / "link.ipynb").symlink_to("../outside.ipynb")
    write(top / "b.ipynb", notebook("2"))
    before = sandbox.snapshot(top)
    for paths in ([path], ["b.ipynb", path]):
        assert unchanged(top, cli("commit", *paths, *SAID), before)
    assert cli("commit", "link.ipynb", *SAID).code == 2
    assert sandbox.snapshot(top) == before


@pytest.mark.parametrize(
    "name", ["-rf.ipynb", "*.ipynb", ":(glob)*", "a\nb.ipynb", "\udce9.ipynb", "--push"]
)
@pytest.mark.parametrize("clean", [False, True], ids=["as it is", "clean"])
def test_fault_60_only_that_file_is_touched(top: Path, cli: Cli, name: str, *, clean: bool) -> None:
    for path in ("a.ipynb", "b.ipynb", name):
        write(top / path, notebook("2"))
    called = cli("commit", *(["--clean"] if clean else []), *SAID, "--", name)
    assert called.code == 0, called
    assert called.out.replace("\n", "").isprintable()
    assert in_commit(top) == [name]
    assert git(top, "diff", "--name-only").splitlines() == ["a.ipynb", "b.ipynb"]


def with_output(text: str, source: str = "print(1)") -> bytes:
    return file(code(source, [stream(text)]))


def test_clean_leaves_the_file_alone(top: Path, cli: Cli) -> None:
    path = write(top / "a.ipynb", with_output("1\n"))
    write(top / "b.ipynb", notebook("staged"))
    git(top, "add", "b.ipynb")
    assert cli("commit", "a.ipynb", "--clean", *SAID).code == 0
    assert path.read_bytes() == with_output("1\n")
    committed = git(top, "show", "HEAD:a.ipynb")
    assert "print(1)" in committed
    assert "stream" not in committed
    assert in_commit(top) == ["a.ipynb"]
    assert git(top, "diff", "--cached", "--name-only") == "b.ipynb"
    write(path, with_output("2\n"))
    assert cli("commit", "a.ipynb", "--clean", *SAID).code == 1
    write(top / "broken.ipynb", b"{")
    head = git(top, "rev-parse", "HEAD")
    assert cli("commit", "a.ipynb", "broken.ipynb", "--clean", *SAID).code == 2
    assert cli("commit", "none.ipynb", "--clean", *SAID).code == 2
    assert git(top, "rev-parse", "HEAD") == head


def test_clean_is_what_the_project_says(top: Path, cli: Cli) -> None:
    write(top / ".nbvc.toml", b'clean = {keep-tags = ["figure"]}\n')
    cells = [
        code("a", [stream("kept")], metadata={"tags": ["figure"]}),
        code("b", [stream("dropped")]),
    ]
    write(top / "sub dir" / "c.ipynb", file(*cells))
    assert cli("commit", "sub dir/c.ipynb", "--clean", *SAID).code == 0
    committed = git(top, "show", "HEAD:sub dir/c.ipynb")
    assert "kept" in committed
    assert "dropped" not in committed
    write(top / ".nbvc.toml", b"wrong = 1\n")
    assert cli("commit", "sub dir/c.ipynb", "--clean", *SAID).code == 2


def test_what_clean_leaves_out_comes_back_from_the_store(top: Path, cli: Cli) -> None:
    path = write(top / "a.ipynb", with_output("printed text"))
    assert cli("commit", "a.ipynb", "--clean", *SAID).code == 0
    git(top, "checkout", "-q", "--", "a.ipynb")
    assert "printed text" not in path.read_text()
    assert cli("outputs", "restore", "a.ipynb").code == 0
    assert "printed text" in path.read_text()


def test_filters_of_git_apply_by_themselves(top: Path, cli: Cli) -> None:
    git(top, "config", "filter.x.clean", "sed s/secret/public/")
    git(top, "config", "filter.x.required", "true")
    write(top / ".gitattributes", b"*.ipynb filter=x\n")
    for name, options in (("a.ipynb", []), ("b.ipynb", ["--clean"])):
        write(top / name, notebook("secret"))
        assert cli("commit", name, *options, *SAID).code == 0
        assert "public" in git(top, "show", f"HEAD:{name}")
        assert (top / name).read_bytes() == notebook("secret")


# Pushing


def on_remote(top: Path) -> str:
    return git(top.parent / "origin.git", "rev-parse", "main")


def theirs(top: Path, name: str = "a.ipynb") -> str:
    """Somebody else commits and pushes; the commit."""
    other = top.parent / "other"
    if not other.exists():
        git(top.parent, "clone", "-q", "origin.git", "other")
    write(other / name, notebook("theirs"))
    oid = sandbox.commit_all(other, "theirs")
    git(other, "push", "-q")
    return oid


def test_commit_and_push(shared: Path, cli: Cli) -> None:
    called = cli("commit", "a.ipynb", "--push", *SAID)
    assert called.code == 0
    assert called.out.endswith("on main.\nPushed main to ../origin.git.\n")
    assert on_remote(shared) == git(shared, "rev-parse", "HEAD")
    assert cli("commit", "a.ipynb", "--push", *SAID).code == 1
    write(shared / "a.ipynb", notebook("3"))
    cli("commit", "a.ipynb", *SAID)
    later = cli("commit", "a.ipynb", "--push", *SAID)
    assert (later.code, "Pushed main" in later.out) == (0, True)


def test_pages_of_a_commit(shared: Path, cli: Cli) -> None:
    origin = shared.parent / "origin.git"
    script = f"#!/bin/sh\nexec git receive-pack '{origin}'\n"
    write(shared.parent / "ssh", script.encode()).chmod(0o755)
    git(shared, "config", "core.sshCommand", str(shared.parent / "ssh"))
    git(shared, "remote", "set-url", "--push", "origin", "git@github.com:team/repo.git")
    called = cli("commit", "a.ipynb", "--push", *SAID)
    assert called.code == 0, called
    oid = git(shared, "rev-parse", "HEAD")
    assert on_remote(shared) == oid
    assert f"https://github.com/team/repo/commit/{oid}\n" in called.out
    assert f"https://nbviewer.org/github/team/repo/blob/{oid}/a.ipynb\n" in called.out


def test_fault_52_no_remote_and_no_upstream(top: Path, cli: Cli) -> None:
    write(top / "a.ipynb", notebook("2"))
    called = cli("commit", "a.ipynb", "--push", *SAID)
    assert (called.code, "git remote add" in called.err) == (3, True)
    assert called.out.startswith("Committed a.ipynb")
    git(top.parent, "clone", "-q", "--bare", "repo", "origin.git")
    git(top, "remote", "add", "origin", "../origin.git")
    write(top / "a.ipynb", notebook("3"))
    called = cli("commit", "a.ipynb", "--push", "--branch", "topic", *SAID)
    assert (called.code, "add --set-upstream, or run git push" in called.err) == (3, True)
    called = cli("commit", "a.ipynb", "--push", "-u", *SAID)
    assert (called.code, "Pushed topic" in called.out) == (0, True)
    assert git(top, "rev-parse", "--abbrev-ref", "@{u}") == "origin/topic"
    assert cli("commit", "a.ipynb", "--push", "--remote", "none", *SAID).code == 3


def test_fault_53_a_diverged_branch(shared: Path, cli: Cli) -> None:
    remote = theirs(shared)
    called = cli("commit", "a.ipynb", "--push", *SAID)
    assert called.code == 3
    assert called.out.startswith("Committed a.ipynb")
    assert len(called.err.splitlines()) == 1
    assert "nbvc pull" in called.err
    assert on_remote(shared) == remote
    assert in_commit(shared) == ["a.ipynb"]


def test_fault_54_and_pushing_over_http(
    tmp_path: Path, shared: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path / "origin.git", "config", "http.receivepack", "true")
    askpass = write(tmp_path / "askpass", b"#!/bin/sh\nsleep 60\n")
    askpass.chmod(0o755)
    monkeypatch.setenv("GIT_ASKPASS", str(askpass))
    with servers.git_over_http(tmp_path) as host:
        git(shared, "remote", "set-url", "origin", f"http://{host}/origin.git")
        started = time.monotonic()
        called = cli("commit", "a.ipynb", "--push", *SAID)
        assert time.monotonic() - started < 10
        assert (called.code, "credential helper" in called.err) == (3, True)
        helper = f"!f() {{ echo username={servers.USER}; echo password={servers.PASSWORD}; }}; f"
        git(shared, "config", "credential.helper", helper)
        assert cli("commit", "a.ipynb", "--push", *SAID).code == 0
        assert on_remote(shared) == git(shared, "rev-parse", "HEAD")
        git(shared, "config", "--unset", "credential.helper")
        wrong = f"http://{servers.USER}:wr0ng@{host}/origin.git"
        git(shared, "remote", "set-url", "origin", wrong)
        write(shared / "a.ipynb", notebook("more"))
        called = cli("commit", "a.ipynb", "--push", *SAID)
        assert called.code == 3
        assert "wr0ng" not in called.out + called.err


@pytest.mark.parametrize("scheme", ["http", "git", "ssh"])
def test_fault_55_a_server_that_hangs(shared: Path, cli: Cli, scheme: str) -> None:
    git(shared, "config", "core.sshCommand", "sh -c 'sleep 60'")
    with servers.silence() as host:
        git(shared, "remote", "set-url", "origin", f"{scheme}://{host}/origin.git")
        started = time.monotonic()
        called = cli("commit", "a.ipynb", "--push", "--timeout", "0.7", *SAID)
        assert time.monotonic() - started < 5
    assert called.code == 3
    assert "no answer within 0.7 seconds" in called.err
    assert in_commit(shared) == ["a.ipynb"]


def test_fault_56_hooks_that_reject(shared: Path, cli: Cli) -> None:
    before = on_remote(shared)
    hook(shared / ".git", "pre-push", "echo not today >&2; exit 1")
    called = cli("commit", "a.ipynb", "--push", *SAID)
    assert (called.code, "not today" in called.err) == (3, True)
    assert "the hook pre-push refused" in called.err
    (shared / ".git" / "hooks" / "pre-push").unlink()
    hook(shared.parent / "origin.git", "pre-receive", r"printf 'policy \033]0;x\007\n' >&2; exit 1")
    called = cli("commit", "a.ipynb", "--push", *SAID)
    assert called.code == 3
    assert r"policy \x1b]0;x\x07" in called.err
    assert on_remote(shared) == before


@pytest.mark.parametrize("url", ["ext::sh -c touch% ran", "ssh://-oProxyCommand=touch ran/x"])
def test_fault_57_urls_that_run_programs(shared: Path, cli: Cli, url: str) -> None:
    git(shared, "config", "protocol.ext.allow", "always")
    git(shared, "config", "remote.origin.url", url)
    called = cli("commit", "a.ipynb", "--push", *SAID)
    assert (called.code, "nbvc won't use it" in called.err) == (3, True)
    assert not list(shared.rglob("ran*"))


def test_fault_65_inside_a_hook(shared: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sandbox.committed(shared.parent / "third")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    called = cli("commit", "a.ipynb", *SAID)
    for name in ("GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    assert called.code == 0, called
    assert in_commit(shared) == ["a.ipynb"]
    assert git(other, "log", "--format=%s") == "one"


def test_fault_67_a_repository_that_cannot_be_written(top: Path, cli: Cli) -> None:
    if IS_ROOT or shutil.which("git") is None:
        pytest.skip("root may write everything")
    write(top / "a.ipynb", notebook("2"))
    before = sandbox.snapshot(top)
    (top / ".git" / "objects").chmod(0o500)
    called = cli("commit", "a.ipynb", *SAID)
    (top / ".git" / "objects").chmod(0o700)
    assert unchanged(top, called, before)
