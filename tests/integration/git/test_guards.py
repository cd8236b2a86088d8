"""Looking at a repository runs no program that it names: each trap would leave a file behind."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbvc.errors import GitError
from nbvc.git.plumbing.command import Git
from nbvc.git.plumbing.guards import guard_environ
from nbvc.git.plumbing.repository import discover
from tests.integration.git import sandbox
from tests.integration.git.sandbox import commit_all, git, notebook, opened, write

HOOKS = (
    *("applypatch-msg", "commit-msg", "fsmonitor-watchman", "post-applypatch", "post-checkout"),
    *("post-commit", "post-index-change", "post-merge", "post-rewrite", "post-update"),
    *("pre-applypatch", "pre-auto-gc", "pre-commit", "pre-merge-commit", "pre-push", "pre-rebase"),
    *("pre-receive", "prepare-commit-msg", "proc-receive", "push-to-checkout"),
    *("reference-transaction", "sendemail-validate", "update"),
)

SETTINGS = (
    *("core.fsmonitor", "core.hooksPath", "core.editor", "core.pager", "core.askPass"),
    *("core.sshCommand", "core.gitProxy", "core.alternateRefsCommand", "sequence.editor"),
    *("diff.external", "diff.trap.textconv", "diff.trap.command", "merge.trap.driver"),
    *("filter.trap.clean", "filter.trap.smudge", "filter.trap.process"),
    *("filter.a=b.clean", "filter.nbvc.clean", "filter.nbvc.process", "filter.nbvc.smudge"),
    *("gpg.program", "gpg.ssh.program", "gpg.x509.program", "credential.helper"),
    *("credential.https://example.org.helper", "interactive.diffFilter", "pager.diff"),
    *("pager.log", "pager.status", "uploadpack.packObjectsHook", "gc.recentObjectsHook"),
    *("diff.nbvc.textconv", "diff.nbvc.command", "merge.nbvc.driver", "help.browser"),
    *("alias.status", "alias.diff", "alias.log", "remote.origin.uploadpack"),
    *("remote.origin.receivepack", "browser.trap.cmd", "difftool.trap.cmd", "gui.trap.cmd"),
)

READERS = ("filter.trap.smudge", "filter.trap.process")
"""What git reads a file with that it stores in another form: runs where the user asks for that file."""

LOOKS = (
    ["status"],
    ["status", "--format", "json"],
    ["diff", "--no-pager"],
    ["diff", "--cached"],
    ["diff", "HEAD~1", "HEAD"],
    ["diff", "--untracked", "--stat"],
    ["log", "--no-pager", "a.ipynb"],
    ["blame", "--no-pager", "a.ipynb"],
    ["search", "a", "a.ipynb"],
    ["show", "--no-pager", "HEAD:a.ipynb"],
    ["timeline", "a.ipynb", "-o", "page.html"],
    ["check", "a.ipynb"],
    ["doctor"],
    ["checkpoint", "create", "b.ipynb", "-m", "x"],
    ["checkpoint", "list", "a.ipynb"],
    ["checkpoint", "diff", "a.ipynb"],
    ["outputs", "list"],
    ["report", "HEAD~1..HEAD", "-o", "report"],
    ["clean", "a.ipynb"],
)


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A repository of a stranger: every setting and hook that names a program names a trap."""
    top = sandbox.committed(tmp_path / "theirs", "a.ipynb", "b.ipynb", "sub/c.ipynb")
    write(top / "a.ipynb", notebook("two"))
    commit_all(top, "two")
    write(top / "a.ipynb", notebook("three"))
    nbvc = [sys.executable, "-m", "nbvc"]
    subprocess.run(
        [*nbvc, "checkpoint", "create", "a.ipynb"], cwd=top, check=True, capture_output=True
    )
    inner = sandbox.committed(top / "module")
    git(
        top,
        "update-index",
        "--add",
        "--cacheinfo",
        f"160000,{git(inner, 'rev-parse', 'HEAD')},module",
    )
    attributes = (
        b"a.ipynb filter=trap diff=trap merge=trap\nb.ipynb filter=a=b\nsub/* filter=nbvc\n"
    )
    write(top / ".gitattributes", attributes)
    for folder in (top, inner):
        spring(folder, top.parent / "ran")
    for name in ("b.ipynb", "sub/c.ipynb"):  # other times: git has to look into them
        os.utime(top / name, (1, 1))
    return top


def make_trap(path: Path, ran: Path) -> Path:
    trap = write(path, f"#!/bin/sh\necho \"$0 $*\" >>'{ran}'\ncat\nexit 1\n".encode())
    trap.chmod(0o755)
    return trap


def spring(folder: Path, ran: Path) -> None:
    trap = make_trap(folder / "trap.sh", ran)
    reader = make_trap(folder / "reader.sh", ran.with_name("read"))
    for name in HOOKS:
        hook = write(folder / ".git/hooks" / name, trap.read_bytes().replace(b"cat\n", b""))
        hook.chmod(0o755)
    more = folder / ".git/more"
    for name in SETTINGS:
        value = f"'{reader if name in READERS else trap}'"
        if name == "core.hooksPath":
            value = str(folder / ".git/hooks")
        git(folder, "config", "--file", str(more), name, value)
    git(folder, "config", "log.showSignature", "true")
    git(folder, "config", "include.path", "more")


@pytest.mark.parametrize("args", LOOKS, ids=" ".join)
def test_looking_runs_no_program_of_the_repository(trapped: Path, args: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nbvc", *args], cwd=trapped, capture_output=True, check=False
    )
    ran = trapped.parent / "ran"
    assert not ran.exists(), ran.read_text()
    assert done.returncode in (0, 1), done.stderr


@pytest.mark.parametrize(
    "args", [["doctor"], ["outputs", "list"], ["clean", "b.ipynb"]], ids=" ".join
)
def test_no_filter_runs_where_nothing_that_it_stores_is_read(
    trapped: Path, args: list[str]
) -> None:
    subprocess.run(
        [sys.executable, "-m", "nbvc", *args], cwd=trapped, capture_output=True, check=False
    )
    assert not (trapped.parent / "read").exists()


def test_the_traps_are_real(trapped: Path) -> None:
    sandbox.try_git(trapped, "status")
    ran = (trapped.parent / "ran").read_text()
    assert "trap.sh" in ran


def test_what_the_user_asked_for_runs_hooks(trapped: Path) -> None:
    command = [sys.executable, "-m", "nbvc", "commit", "b.ipynb", "-m", "x"]
    write(trapped / "b.ipynb", notebook("new"))
    subprocess.run(command, cwd=trapped, capture_output=True, check=False)
    assert (trapped.parent / "ran").exists()


def test_the_users_own_filter_goes_on(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    git(top, "config", "--global", "filter.mine.clean", f"cat >'{tmp_path}/ran'")
    write(top / ".gitattributes", b"*.ipynb filter=mine\n")
    os.utime(top / "a.ipynb", (1, 1))
    opened(top).git.run("status")
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize("how", ["include", "includeIf", "worktree"])
def test_settings_are_found_wherever_a_repository_keeps_them(tmp_path: Path, how: str) -> None:
    top = sandbox.committed(tmp_path / "repo")
    ran = tmp_path / "ran"
    write(top / ".gitattributes", b"*.ipynb filter=trap\n")
    os.utime(top / "a.ipynb", (1, 1))
    if how == "worktree":
        git(top, "config", "extensions.worktreeConfig", "true")
        git(top, "config", "--worktree", "filter.trap.clean", f"cat >'{ran}'")
    else:
        path = "include.path" if how == "include" else f"includeIf.gitdir:{top.as_posix()}/.path"
        git(top, "config", path, "../settings")
        git(top, "config", "--file", "settings", "filter.trap.clean", f"cat >'{ran}'")
    opened(top).git.run("status")
    assert not ran.exists()
    opened(top).storing.git.run("status")
    assert ran.exists()


def test_settings_of_the_caller_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Caller")
    top = sandbox.committed(tmp_path)
    assert opened(top).git.line("var", "GIT_AUTHOR_IDENT").startswith("Caller ")
    assert guard_environ({"GIT_CONFIG_COUNT": "x"}, (("a.b", "c"),))["GIT_CONFIG_KEY_0"] == "a.b"


def test_a_bare_repository_in_a_work_tree_is_not_taken_for_the_repository(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    planted = sandbox.new(top / "data", "--bare")
    with pytest.raises(GitError, match="bare repository"):
        discover(Git.find(os.environ), str(planted))


def test_a_bare_repository_that_claims_a_work_tree_runs_nothing(tmp_path: Path) -> None:
    top = sandbox.committed(tmp_path / "repo")
    planted = sandbox.new(top / "data", "--bare")
    git(planted, "config", "core.bare", "false")
    git(planted, "config", "core.worktree", str(top))
    git(planted, "config", "core.fsmonitor", f"touch '{tmp_path}/ran'")
    with pytest.raises(GitError):
        discover(Git.find(os.environ), str(planted))
    assert not (tmp_path / "ran").exists()


def test_looking_at_a_conflict_asks_no_submodule(trapped: Path) -> None:
    listing = "".join(
        f"100644 {git(trapped, 'hash-object', '-w', name)} {stage}\tc.ipynb\n"
        for stage, name in ((1, "a.ipynb"), (2, "b.ipynb"), (3, "sub/c.ipynb"))
    )
    command = ["-c", "core.fsmonitor=", "-c", "core.hooksPath=/dev/null", "update-index"]
    git(trapped, *command, "--index-info", stdin=listing.encode())
    ran = trapped.parent / "ran"
    ran.unlink(missing_ok=True)
    for args in (["status"], ["doctor"], ["resolve", "c.ipynb"], ["diff", "--no-pager"]):
        subprocess.run(
            [sys.executable, "-m", "nbvc", *args], cwd=trapped, capture_output=True, check=False
        )
        assert not ran.exists(), (args, ran.read_text())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("remote.origin.uploadpack", "{trap}"),
        ("remote.origin.url", "ext::{trap}"),
        ("core.sshCommand", "{trap}"),
        ("remote.origin.vcs", "trap"),
        ("core.alternateRefsCommand", "{trap}"),
    ],
)
def test_what_a_partial_clone_lacks_is_fetched_by_no_program_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    source = sandbox.committed(tmp_path / "source")
    write(source / "a.ipynb", notebook("two"))
    commit_all(source, "two")
    git(source, "config", "uploadpack.allowFilter", "true")
    git(source, "config", "uploadpack.allowAnySHA1InWant", "true")
    top = tmp_path / "theirs"
    url = f"file://{source.as_posix()}"
    git(tmp_path, "clone", "-q", "--filter=blob:none", url, str(top))
    ran = tmp_path / "ran"
    trap = write(tmp_path / "trap.sh", f"#!/bin/sh\necho ran >>'{ran}'\nexit 1\n".encode())
    trap.chmod(0o755)
    write(tmp_path / "bin/git-remote-trap", trap.read_bytes()).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    if name == "core.sshCommand":
        git(top, "config", "remote.origin.url", "ssh://localhost/x")
    git(top, "config", "protocol.allow", "always")
    git(top, "config", name, value.format(trap=trap))
    with contextlib.suppress(GitError):
        opened(top).git.run("cat-file", "blob", "HEAD~1:a.ipynb")
    assert not ran.exists()


def test_a_partial_clone_fetches_what_it_lacks(tmp_path: Path) -> None:
    source = sandbox.committed(tmp_path / "source")
    write(source / "a.ipynb", notebook("two"))
    commit_all(source, "two")
    git(source, "config", "uploadpack.allowFilter", "true")
    git(source, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(
        tmp_path,
        "clone",
        "-q",
        "--filter=blob:none",
        f"file://{source.as_posix()}",
        str(tmp_path / "clone"),
    )
    found = opened(tmp_path / "clone").git.run("cat-file", "blob", "HEAD~1:a.ipynb")
    assert found == notebook()
