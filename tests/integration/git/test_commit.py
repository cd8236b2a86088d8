from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest

from nbvc.errors import GitError
from nbvc.git.actions.commit import (
    CommitOutcome,
    CommitPolicy,
    CommitResult,
    Ignored,
    PartlyStaged,
    commit,
)
from nbvc.git.actions.finishing import finish_operation
from nbvc.git.state.operation import find_operation
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, notebook, write

QUICK = CommitPolicy(patience=0.3)


def committing(top: Path, *names: str, **options: object) -> CommitResult:
    repository = sandbox.opened(top)
    return commit(repository, names, "the message", **{"policy": QUICK, **options})  # type: ignore[arg-type]


def in_commit(top: Path, revision: str = "HEAD") -> list[str]:
    """The paths that a commit changed."""
    return git(top, "show", "--format=", "--no-renames", "--name-only", "-z", revision).split("\0")[
        :-1
    ]


def staged(top: Path) -> list[str]:
    return git(top, "diff", "--cached", "--name-only").splitlines()


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return sandbox.committed(tmp_path / "repo", "a.ipynb", "b.ipynb", "sub/c.ipynb")


def hook(top: Path, name: str, script: str) -> None:
    write(top / ".git" / "hooks" / name, f"#!/bin/sh\n{script}\n".encode()).chmod(0o755)


@pytest.mark.parametrize("is_new", [False, True], ids=["tracked", "new"])
def test_fault_37_what_others_staged_stays_staged(top: Path, is_new: bool) -> None:
    name = "new one.ipynb" if is_new else "a.ipynb"
    write(top / name, notebook("2"))
    write(top / "b.ipynb", notebook("b2"))
    write(top / "staged.py", b"1")
    git(top, "add", "b.ipynb", "staged.py")
    write(top / "sub" / "c.ipynb", notebook("c2"))
    before = (top / name).read_bytes()
    result = committing(top, name)
    assert result.outcome is CommitOutcome.COMMITTED
    assert result.oid == git(top, "rev-parse", "HEAD")
    assert (result.branch, result.names, result.edited) == ("main", (name,), ())
    assert in_commit(top) == [name]
    assert git(top, "log", "-1", "--format=%B").strip() == "the message"
    assert staged(top) == ["b.ipynb", "staged.py"]
    assert git(top, "diff", "--name-only") == "sub/c.ipynb"
    assert (top / name).read_bytes() == before


def test_several_at_once_and_unchanged_ones_among_them(top: Path) -> None:
    write(top / "a.ipynb", notebook("2"))
    write(top / "new.ipynb")
    (top / "b.ipynb").unlink()
    assert committing(top, "a.ipynb", "b.ipynb", "sub/c.ipynb", "new.ipynb").succeeded
    assert in_commit(top) == ["a.ipynb", "b.ipynb", "new.ipynb"]
    assert git(top, "status", "--porcelain") == ""


@pytest.mark.parametrize("policy", list(PartlyStaged))
def test_fault_38_a_partly_staged_notebook_is_asked_about(top: Path, policy: PartlyStaged) -> None:
    write(top / "a.ipynb", notebook("staged"))
    git(top, "add", ".")
    write(top / "a.ipynb", notebook("on disk"))
    before = sandbox.snapshot(top)
    result = committing(top, "a.ipynb", policy=CommitPolicy(partly_staged=policy))
    if policy is PartlyStaged.ASK:
        assert result.outcome is CommitOutcome.PARTLY_STAGED
        assert result.names == ("a.ipynb",)
        assert sandbox.snapshot(top) == before
    else:
        assert git(top, "show", "HEAD:a.ipynb").encode() + b"\n" == notebook("on disk")


@pytest.mark.parametrize("kind", ["deleted and there", "added and changed"])
def test_fault_38_other_ways_to_be_partly_staged(top: Path, kind: str) -> None:
    if kind == "deleted and there":
        git(top, "rm", "-q", "--cached", "a.ipynb")
    else:
        write(top / "n.ipynb")
        git(top, "add", "n.ipynb")
        write(top / "n.ipynb", notebook("2"))
    name = "a.ipynb" if kind == "deleted and there" else "n.ipynb"
    assert committing(top, name).outcome is CommitOutcome.PARTLY_STAGED


def test_staged_and_not_changed_since_is_committed(top: Path) -> None:
    write(top / "a.ipynb", notebook("2"))
    write(top / "n.ipynb")
    git(top, "add", "a.ipynb", "n.ipynb")
    git(top, "rm", "-q", "b.ipynb")
    assert committing(top, "a.ipynb", "n.ipynb", "b.ipynb").succeeded
    assert in_commit(top) == ["a.ipynb", "b.ipynb", "n.ipynb"]


def test_fault_39_the_first_commit(tmp_path: Path) -> None:
    top = sandbox.new(tmp_path / "repo")
    write(top / "a.ipynb")
    write(top / "b.ipynb")
    git(top, "add", "b.ipynb")
    assert committing(top, "a.ipynb").succeeded
    assert in_commit(top) == ["a.ipynb"]
    assert staged(top) == ["b.ipynb"]


def test_fault_40_a_detached_head(top: Path) -> None:
    git(top, "switch", "-q", "--detach")
    write(top / "a.ipynb", notebook("2"))
    result = committing(top, "a.ipynb")
    assert (result.succeeded, result.branch) == (True, None)


@pytest.mark.parametrize("begun", ["merge", "rebase", "cherry-pick", "revert", "bisect", "am"])
def test_fault_41_not_in_the_middle_of_something(top: Path, begun: str) -> None:
    git(top, "switch", "-qc", "side")
    write(top / "a.ipynb", notebook("side"))
    sandbox.commit_all(top, "side")
    patch = git(top, "format-patch", "-1", "--stdout") + "\n"
    git(top, "switch", "-q", "main")
    write(top / "a.ipynb", notebook("main"))
    sandbox.commit_all(top, "main")
    commands = {
        "merge": ["merge", "side"],
        "rebase": ["rebase", "side"],
        "cherry-pick": ["cherry-pick", "side"],
        "revert": ["revert", "--no-edit", "HEAD~1"],
        "bisect": ["bisect", "start"],
        "am": ["am"],
    }
    if begun == "revert":
        write(top / "a.ipynb", notebook("x"))
        sandbox.commit_all(top, "x")
    sandbox.try_git(top, *commands[begun], stdin=patch.encode())
    write(top / "b.ipynb", notebook("2"))
    before = sandbox.snapshot(top)
    result = committing(top, "b.ipynb")
    assert result.outcome is CommitOutcome.OPERATION_IN_PROGRESS, git(top, "status")
    assert begun in result.message
    assert sandbox.snapshot(top) == before


def _merging(top: Path) -> None:
    """Stop a merge at a conflict in one notebook; it brings another along."""
    git(top, "switch", "-qc", "side")
    write(top / "a.ipynb", notebook("side"))
    write(top / "b.ipynb", notebook("side"))
    sandbox.commit_all(top, "side")
    git(top, "switch", "-q", "main")
    write(top / "a.ipynb", notebook("main"))
    sandbox.commit_all(top, "main")
    assert sandbox.try_git(top, "merge", "-q", "side") == 1


def finishing(top: Path, *names: str, message: str = "the message") -> CommitResult:
    return finish_operation(sandbox.opened(top), names, message, policy=QUICK)


def test_a_merge_is_finished_once_its_conflicts_are_resolved(top: Path) -> None:
    _merging(top)
    before = sandbox.snapshot(top)
    refused = finishing(top, "a.ipynb")
    assert (refused.outcome, refused.names) == (CommitOutcome.UNMERGED, ("a.ipynb",))
    assert sandbox.snapshot(top) == before
    write(top / "a.ipynb", notebook("resolved"))
    git(top, "add", "a.ipynb")
    write(top / "a.ipynb", notebook("and looked over"))
    assert finishing(top, "a.ipynb", message=" ").outcome is CommitOutcome.NO_MESSAGE
    result = finishing(top, "a.ipynb")
    assert (result.succeeded, result.branch) == (True, "main")
    assert len(git(top, "rev-list", "--parents", "-1", "HEAD").split()) == 3
    for name, content in (("a", "and looked over"), ("b", "side")):
        assert git(top, "show", f"HEAD:{name}.ipynb").encode() == notebook(content).strip()
    assert git(top, "log", "-1", "--format=%s") == "the message"
    assert git(top, "status", "--porcelain") == ""


@pytest.mark.parametrize("what", ["cherry-pick", "revert"])
@pytest.mark.parametrize("more", ["", "c.ipynb", "b.ipynb"])
def test_a_pick_that_stopped_is_finished(top: Path, what: str, more: str) -> None:
    """Two commits are picked: the first conflicts, and so does the second if it changes `b.ipynb`."""

    def commit(name: str, content: str) -> str:
        write(top / name, notebook(content))
        return sandbox.commit_all(top, f"{name} {content}")

    commit("b.ipynb", "1")
    if what == "cherry-pick":
        git(top, "switch", "-qc", "side")
    picked = [commit("a.ipynb", "side"), *([commit(more, "side")] if more else [])]
    if what == "cherry-pick":
        git(top, "switch", "-q", "main")
    commit("a.ipynb", "main")
    commit("b.ipynb", "main")
    assert sandbox.try_git(top, what, *picked) == 1
    assert finishing(top, "a.ipynb").outcome is CommitOutcome.UNMERGED
    write(top / "a.ipynb", notebook("resolved"))
    git(top, "add", "a.ipynb")
    result = finishing(top, "a.ipynb")
    assert (result.succeeded, "b.ipynb" in result.message) == (True, more == "b.ipynb"), result
    if more == "b.ipynb":
        write(top / "b.ipynb", notebook("resolved"))
        git(top, "add", "b.ipynb")
        result = finishing(top, "b.ipynb")
    assert result.oid == git(top, "rev-parse", "HEAD")
    assert "the message" in git(top, "log", "-2", "--format=%s").splitlines()
    assert git(top, "status", "--porcelain") == ""
    assert find_operation(sandbox.opened(top)) is None


def test_where_nothing_is_merged_no_merge_is_finished(top: Path) -> None:
    write(top / "a.ipynb", notebook("2"))
    before = sandbox.snapshot(top)
    assert finishing(top, "a.ipynb").outcome is CommitOutcome.FAILED
    git(top, "bisect", "start")
    assert finishing(top, "a.ipynb").outcome is CommitOutcome.OPERATION_IN_PROGRESS
    git(top, "bisect", "reset")
    assert sandbox.snapshot(top) == before


def test_fault_43_in_a_worktree_and_a_submodule(tmp_path: Path, top: Path) -> None:
    git(top, "worktree", "add", "-q", "-b", "tree", "../tree")
    git(top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(top), "module")
    for place in (tmp_path / "tree", top / "module"):
        write(place / "a.ipynb", notebook("2"))
        write(place / "n.ipynb")
        assert committing(place, "a.ipynb", "n.ipynb").succeeded
        assert in_commit(place) == ["a.ipynb", "n.ipynb"]


@pytest.mark.parametrize("kind", ["sha256", "v4", "split", "sparse"])
def test_fault_44_any_kind_of_index(tmp_path: Path, kind: str) -> None:
    options = ("--object-format=sha256",) if kind == "sha256" else ()
    top = sandbox.committed(tmp_path / "repo", "a.ipynb", "x/b.ipynb", options=options)
    if kind == "v4":
        git(top, "update-index", "--index-version", "4")
    if kind == "split":
        git(top, "config", "core.splitIndex", "true")
        git(top, "update-index", "--split-index")
    if kind == "sparse":
        git(top, "sparse-checkout", "set", "--cone", "--sparse-index", "none")
    write(top / "a.ipynb", notebook("2"))
    write(top / "new.ipynb")
    assert committing(top, "a.ipynb", "new.ipynb").succeeded
    write(top / "a.ipynb", notebook("3"))
    assert committing(top, "a.ipynb", contents={"a.ipynb": notebook("clean")}).succeeded
    assert git(top, "ls-files").splitlines() == ["a.ipynb", "new.ipynb", "x/b.ipynb"]
    assert git(top, "show", "HEAD:x/b.ipynb").encode() + b"\n" == notebook()
    assert git(top, "fsck", "--no-dangling") == ""


@pytest.mark.parametrize("where", ["a.ipynb", "out/a.ipynb"])
def test_fault_45_an_ignored_notebook_is_refused_unless_forced(tmp_path: Path, where: str) -> None:
    top = sandbox.committed(tmp_path / "repo", "b.ipynb")
    write(top / ".gitignore", b"/a.ipynb\n/out/\n")
    write(top / where)
    before = sandbox.snapshot(top)
    result = committing(top, where)
    assert result.outcome is CommitOutcome.IGNORED
    assert sandbox.snapshot(top) == before
    assert committing(top, where, policy=CommitPolicy(ignored=Ignored.COMMIT)).succeeded
    assert in_commit(top) == [where]


@pytest.mark.parametrize("name", ["a.ipynb", "new.ipynb"])
def test_fault_46_no_name_says_what_to_do(top: Path, hermetic: Path, name: str) -> None:
    (hermetic / ".gitconfig").write_text("[user]\n\temail = ada@example.org\n")
    write(top / name, notebook("2"))
    before = sandbox.snapshot(top)
    result = committing(top, name)
    assert result.outcome is CommitOutcome.NO_IDENTITY
    assert "git config --global user.name" in (result.hint or "")
    assert sandbox.snapshot(top) == before


@pytest.mark.parametrize("name", ["a.ipynb", "new.ipynb"])
@pytest.mark.parametrize("which", ["pre-commit", "commit-msg", "prepare-commit-msg"])
@pytest.mark.parametrize("mode", ["files", "contents"])
def test_fault_47_a_failing_hook(top: Path, name: str, which: str, mode: str) -> None:
    write(top / name, notebook("2"))
    write(top / "b.ipynb", notebook("b2"))
    git(top, "add", "b.ipynb")
    hook(top, which, r"printf 'no \033[31mway\033[0m\nsecond\n' >&2; exit 1")
    before = sandbox.snapshot(top)
    contents = {name: notebook("clean")} if mode == "contents" else None
    result = committing(top, name, contents=contents, branch="topic")
    assert result.outcome is CommitOutcome.HOOK_REFUSED
    assert result.stderr == "no way\nsecond"
    assert result.branch == "main"
    assert sandbox.snapshot(top) == before
    assert git(top, "status", "--porcelain", name) != ""
    assert not list((top / ".git").glob("nbvc-index*"))


def test_fault_47_an_index_that_somebody_else_changed_keeps_the_change(top: Path) -> None:
    write(top / "new.ipynb")
    write(top / "b.ipynb", notebook("b2"))
    hook(top, "pre-commit", "rm .git/index.lock; unset GIT_INDEX_FILE; git add b.ipynb; exit 1")
    result = committing(top, "new.ipynb")
    assert result.outcome is CommitOutcome.HOOK_REFUSED
    assert staged(top) == ["b.ipynb"]
    assert git(top, "status", "--porcelain", "new.ipynb") == "?? new.ipynb"


def test_fault_48_a_hook_that_edits_is_reported(top: Path) -> None:
    edits = "printf '%s' edited > a.ipynb; "
    write(top / "a.ipynb", notebook("2"))
    hook(top, "pre-commit", edits)
    assert committing(top, "a.ipynb").edited == ("a.ipynb",)
    assert git(top, "diff", "--name-only") == "a.ipynb"
    write(top / "a.ipynb", notebook("3"))
    hook(top, "pre-commit", f"{edits}git add a.ipynb")
    result = committing(top, "a.ipynb")
    assert (result.outcome, result.edited) == (CommitOutcome.COMMITTED, ("a.ipynb",))
    assert git(top, "show", "HEAD:a.ipynb") == "edited"
    assert git(top, "status", "--porcelain") == ""


def test_hooks_see_paths_as_git_means_them(top: Path) -> None:
    write(top / "a.ipynb", notebook("2"))
    hook(top, "pre-commit", 'test "$(git ls-files \'a*.ipynb\')" = a.ipynb && test -z "$GIT_DIR"')
    assert committing(top, "a.ipynb").succeeded


def test_fault_49_no_unsigned_commit(top: Path) -> None:
    git(top, "config", "commit.gpgsign", "true")
    git(top, "config", "gpg.program", "false")
    write(top / "a.ipynb", notebook("2"))
    write(top / "new.ipynb")
    before = sandbox.snapshot(top)
    result = committing(top, "a.ipynb", "new.ipynb")
    assert result.outcome is CommitOutcome.SIGNING_FAILED
    assert sandbox.snapshot(top) == before


@pytest.mark.parametrize("names", [["a.ipynb"], ["new.ipynb"]])
def test_fault_50_a_lock_for_a_while(top: Path, names: list[str]) -> None:
    lock = write(top / ".git" / "index.lock", b"")
    write(top / names[0], notebook("2"))
    threading.Timer(0.5, lock.unlink).start()
    assert committing(top, *names, policy=CommitPolicy()).succeeded


@pytest.mark.parametrize("names", [["a.ipynb"], ["new.ipynb"]])
def test_fault_50_a_lock_for_ever(top: Path, names: list[str]) -> None:
    write(top / names[0], notebook("2"))
    lock = write(top / ".git" / "index.lock", b"theirs")
    before = sandbox.snapshot(top)
    started = time.monotonic()
    result = committing(top, *names)
    assert result.outcome is CommitOutcome.LOCKED
    assert time.monotonic() - started < 3
    assert lock.read_bytes() == b"theirs"
    assert sandbox.snapshot(top) == before


def test_a_hook_that_hangs(top: Path) -> None:
    write(top / "new.ipynb")
    hook(top, "pre-commit", "sleep 30")
    before = sandbox.snapshot(top)
    result = committing(top, "new.ipynb", policy=CommitPolicy(deadline=0.5))
    assert result.outcome is CommitOutcome.TIMEOUT
    assert sandbox.snapshot(top) == before
    assert not (top / ".git" / "index.lock").exists()


@pytest.mark.parametrize("name", ["a.ipynb", "new.ipynb"])
def test_a_git_that_is_stopped_at_once_leaves_its_lock_and_that_is_said(
    top: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nbvc.git.plumbing.process.ask_to_end", lambda _: None)
    write(top / name, notebook("2"))
    hook(top, "pre-commit", "sleep 30")
    result = committing(top, name, policy=CommitPolicy(deadline=0.5, patience=0.2))
    assert result.outcome is CommitOutcome.TIMEOUT
    assert result.hint == f"if no other git is at work, delete {top / '.git' / 'index.lock'}"
    assert (top / name).read_bytes() == notebook("2")
    (top / ".git" / "index.lock").unlink()
    (top / ".git" / "hooks" / "pre-commit").unlink()
    assert committing(top, name).succeeded


@pytest.mark.parametrize(
    "name", ["-rf.ipynb", "*.ipynb", ":(glob)*.ipynb", "a\nb.ipynb", "\udce9.ipynb", ":!x.ipynb"]
)
@pytest.mark.parametrize("mode", ["new", "tracked", "contents"])
def test_fault_60_only_that_file_is_touched(tmp_path: Path, name: str, mode: str) -> None:
    names = ("a.ipynb", "b.ipynb", *([] if mode == "new" else [name]))
    top = sandbox.committed(tmp_path / "repo", *names)
    for path in ("a.ipynb", "b.ipynb", name):
        write(top / path, notebook("2"))
    contents = {name: notebook("clean")} if mode == "contents" else None
    assert committing(top, name, contents=contents).succeeded
    assert in_commit(top) == [name]
    assert git(top, "diff", "--name-only", "a.ipynb", "b.ipynb").splitlines() == [
        "a.ipynb",
        "b.ipynb",
    ]


def test_filters_apply_as_in_git(top: Path) -> None:
    git(top, "config", "filter.x.clean", "sed s/secret/public/")
    git(top, "config", "filter.x.required", "true")
    write(top / ".gitattributes", b"*.ipynb filter=x\n")
    write(top / "new.ipynb", notebook("secret"))
    assert committing(top, "new.ipynb").succeeded
    assert git(top, "show", "HEAD:new.ipynb").encode() + b"\n" == notebook("public")
    assert (top / "new.ipynb").read_bytes() == notebook("secret")


def test_other_content_goes_through_the_filters_of_its_path(top: Path) -> None:
    git(top, "config", "filter.x.clean", "sed s/secret/hidden/")
    git(top, "config", "filter.x.required", "true")
    git(top, "config", "core.autocrlf", "input")
    write(top / ".gitattributes", b"*.ipynb filter=x\n")
    content = notebook("secret").replace(b"\n", b"\r\n")
    result = committing(top, "a.ipynb", contents={"a.ipynb": content})
    assert (result.outcome, result.edited) == (CommitOutcome.COMMITTED, ())
    assert git(top, "show", "HEAD:a.ipynb").encode() + b"\n" == notebook("hidden")
    git(top, "config", "filter.x.clean", "false")
    before = sandbox.snapshot(top)
    with pytest.raises(GitError):
        committing(top, "a.ipynb", contents={"a.ipynb": notebook("3")}, branch="topic")
    assert sandbox.snapshot(top) == before


def test_other_content_is_committed_and_the_file_left_alone(top: Path) -> None:
    write(top / "a.ipynb", notebook("with outputs")).chmod(0o755)
    write(top / "b.ipynb", notebook("staged"))
    git(top, "add", "b.ipynb")
    write(top / "new.ipynb", notebook("with outputs"))
    contents = {"a.ipynb": notebook("clean"), "new.ipynb": notebook("clean")}
    result = committing(top, "a.ipynb", "new.ipynb", contents=contents)
    assert result.succeeded, result
    assert git(top, "show", "HEAD:a.ipynb").encode() + b"\n" == notebook("clean")
    assert git(top, "ls-tree", "HEAD", "a.ipynb").startswith("100755")
    assert (top / "a.ipynb").read_bytes() == notebook("with outputs")
    assert in_commit(top) == ["a.ipynb", "new.ipynb"]
    assert staged(top) == ["b.ipynb"]
    assert git(top, "diff", "--name-only").splitlines() == ["a.ipynb", "new.ipynb"]
    again = committing(top, "a.ipynb", contents={"a.ipynb": notebook("clean")})
    assert again.outcome is CommitOutcome.NOTHING_TO_COMMIT


@pytest.mark.parametrize("start", ["born", "unborn", "detached"])
def test_a_new_branch_at_head(tmp_path: Path, start: str) -> None:
    top = (
        sandbox.new(tmp_path / "repo")
        if start == "unborn"
        else sandbox.committed(tmp_path / "repo")
    )
    if start == "detached":
        git(top, "switch", "-q", "--detach")
    write(top / "n.ipynb")
    write(top / "s.py", b"1")
    git(top, "add", "s.py")
    result = committing(top, "n.ipynb", branch="topic/one")
    assert (result.outcome, result.branch) == (CommitOutcome.COMMITTED, "topic/one"), result
    assert git(top, "symbolic-ref", "HEAD") == "refs/heads/topic/one"
    assert staged(top) == ["s.py"]
    assert in_commit(top) == ["n.ipynb"]
    write(top / "n.ipynb", notebook("2"))
    assert committing(top, "n.ipynb", branch="topic/one").branch == "topic/one"


@pytest.mark.parametrize("name", ["main/x", "-f", "--all", "a b", "a..b", "HEAD", "", "x.lock"])
def test_a_branch_that_cannot_be_made_is_refused(top: Path, name: str) -> None:
    write(top / "n.ipynb")
    before = sandbox.snapshot(top)
    result = committing(top, "n.ipynb", branch=name)
    assert result.outcome is CommitOutcome.BRANCH_REFUSED
    assert sandbox.snapshot(top) == before


@pytest.mark.parametrize("start", ["main", "detached"])
@pytest.mark.parametrize("where", ["here", "on a remote"])
@pytest.mark.parametrize("refused", [False, True])
def test_a_branch_that_exists_becomes_the_current_one(
    tmp_path: Path, start: str, where: str, refused: bool
) -> None:
    top = sandbox.committed(tmp_path / "repo")
    git(top, "switch", "-qc", "topic/one")
    write(top / "b.ipynb", notebook("theirs"))
    sandbox.commit_all(top, "theirs")
    theirs = git(top, "rev-parse", "HEAD")
    git(top, "switch", "-q", "main")
    if where == "on a remote":
        git(tmp_path, "clone", "-q", "--bare", "repo", "origin.git")
        git(top, "branch", "-qD", "topic/one")
        git(top, "remote", "add", "origin", "../origin.git")
        git(top, "fetch", "-q", "origin")
    if start == "detached":
        git(top, "switch", "-q", "--detach")
    write(top / "a.ipynb", notebook("mine"))
    write(top / "s.py", b"1")
    git(top, "add", "s.py")
    if refused:
        hook(top, "pre-commit", "exit 1")
    before = sandbox.snapshot(top)
    result = committing(top, "a.ipynb", branch="topic/one")
    if refused:
        assert result.outcome is CommitOutcome.HOOK_REFUSED
        assert sandbox.snapshot(top) == before
        return
    assert (result.outcome, result.branch) == (CommitOutcome.COMMITTED, "topic/one"), result
    assert git(top, "rev-parse", "HEAD~1") == theirs
    assert in_commit(top) == ["a.ipynb"]
    assert staged(top) == ["s.py"]
    assert (top / "b.ipynb").read_bytes() == notebook("theirs")


@pytest.mark.parametrize("where", ["here", "on a remote", "on two remotes"])
def test_a_branch_whose_notebook_is_another_is_refused(tmp_path: Path, where: str) -> None:
    top = sandbox.committed(tmp_path / "repo")
    git(top, "switch", "-qc", "topic")
    write(top / "a.ipynb", notebook("theirs"))
    sandbox.commit_all(top, "theirs")
    git(top, "switch", "-q", "main")
    if where != "here":
        git(tmp_path, "clone", "-q", "--bare", "repo", "origin.git")
        git(top, "branch", "-qD", "topic")
        for name in ("one", "two")[: 1 if where == "on a remote" else 2]:
            git(top, "remote", "add", name, "../origin.git")
            git(top, "fetch", "-q", name)
    write(top / "a.ipynb", notebook("mine"))
    before = sandbox.snapshot(top)
    result = committing(top, "a.ipynb", branch="topic")
    assert result.outcome is CommitOutcome.BRANCH_REFUSED
    assert ("one/topic and two/topic" in result.message) == (where == "on two remotes")
    assert sandbox.snapshot(top) == before


@pytest.mark.parametrize("start", ["unborn", "detached"])
def test_a_branch_is_unmade_where_the_commit_fails(tmp_path: Path, start: str) -> None:
    top = (
        sandbox.new(tmp_path / "repo")
        if start == "unborn"
        else sandbox.committed(tmp_path / "repo")
    )
    if start == "detached":
        git(top, "switch", "-q", "--detach")
    write(top / "n.ipynb")
    hook(top, "pre-commit", "exit 1")
    before = sandbox.snapshot(top)
    assert committing(top, "n.ipynb", branch="topic").outcome is CommitOutcome.HOOK_REFUSED
    assert sandbox.snapshot(top) == before


@pytest.mark.parametrize(
    ("name", "message", "outcome"),
    [
        ("a.ipynb", "m", CommitOutcome.NOTHING_TO_COMMIT),
        ("none.ipynb", "m", CommitOutcome.NO_FILE),
        ("sub", "m", CommitOutcome.NO_FILE),
        ("link.ipynb", "m", CommitOutcome.NO_FILE),
        ("b.ipynb", " \n", CommitOutcome.NO_MESSAGE),
        ("b.ipynb", "a\0b", CommitOutcome.NO_MESSAGE),
    ],
)
def test_what_is_refused(top: Path, name: str, message: str, outcome: CommitOutcome) -> None:
    (top / "link.ipynb").symlink_to("a.ipynb")
    write(top / "b.ipynb", notebook("2"))
    before = sandbox.snapshot(top)
    result = commit(sandbox.opened(top), [name], message)
    assert result.outcome is outcome
    assert not result.succeeded
    assert sandbox.snapshot(top) == before


def test_an_unmerged_notebook_outside_of_a_merge(top: Path) -> None:
    git(top, "switch", "-qc", "side")
    write(top / "a.ipynb", notebook("side"))
    sandbox.commit_all(top, "side")
    git(top, "switch", "-q", "main")
    write(top / "a.ipynb", notebook("main"))
    git(top, "stash")
    git(top, "switch", "-q", "side")
    sandbox.try_git(top, "stash", "pop")
    assert committing(top, "a.ipynb").outcome is CommitOutcome.UNMERGED


def test_a_message_is_kept_as_it_is(top: Path) -> None:
    write(top / "a.ipynb", notebook("2"))
    message = "# a title: ü 漢\n\n-F /etc/passwd\n# no comment"
    assert commit(sandbox.opened(top), ["a.ipynb"], message).succeeded
    assert git(top, "log", "-1", "--format=%B").rstrip("\n") == message


def test_signing_and_a_commit_template_of_the_user(top: Path) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen")
    key = top.parent / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for name, value in (
        *(("gpg.format", "ssh"), ("user.signingKey", str(key)), ("commit.gpgsign", "true")),
        *(("commit.template", "/none"), ("commit.verbose", "true"), ("core.editor", "false")),
    ):
        git(top, "config", name, value)
    write(top / "a.ipynb", notebook("2"))
    assert committing(top, "a.ipynb").succeeded
    assert "SSH SIGNATURE" in git(top, "cat-file", "-p", "HEAD")


def test_a_commit_takes_few_processes(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(top / "a.ipynb", notebook("2"))
    repository = sandbox.opened(top)
    started = sandbox.processes(monkeypatch)
    assert commit(repository, ["a.ipynb"], "m").succeeded
    assert len(started) <= 5, [os.fsdecode(b" ".join(argv)) for argv in started]
