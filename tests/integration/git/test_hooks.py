"""Hooks of the user, of other tools, and nbvc's lines in them: in any order nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nbvc.errors import GitError, WriteRefusedError
from nbvc.git.setup.hooks import NAMES, install_hooks, uninstall_hooks
from tests.integration.git import sandbox
from tests.integration.git.sandbox import git, opened, write

PYTHON = f"#!{sys.executable}\nimport os\nopen(os.environ['RAN'], 'a').write('mine\\n')\n"
KINDS = {
    "shell": '#!/bin/sh\necho mine >>"$RAN"\n',
    "bash, strict": '#!/usr/bin/env bash\nset -euo pipefail\necho mine >>"$RAN"\nexit 0\n',
    "options": '#!/bin/sh -eu\necho mine >>"$RAN"\n',
    "leaves by exec": '#!/bin/sh\necho mine >>"$RAN"\nexec true\n',
    "no first line": 'echo mine >>"$RAN"\n',
    "no line end": '#!/bin/sh\necho mine >>"$RAN"',
    "python": PYTHON,
    "by its name": '#!/bin/sh\n[ "$(basename "$0")" = post-checkout ] && echo mine >>"$RAN"\n',
}


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAN", str(tmp_path / "ran"))
    return sandbox.committed(tmp_path / "a repo")


def hook(top: Path, content: str, name: str = "post-checkout") -> Path:
    path = write(top / ".git/hooks" / name, content.encode())
    path.chmod(0o755)
    return path


def runs(top: Path) -> int:
    """How often the user's hook runs in one checkout."""
    ran = Path(os.environ["RAN"])
    ran.unlink(missing_ok=True)
    git(top, "checkout", "-q", "HEAD")
    return ran.read_text().count("mine\n") if ran.exists() else 0


def times_ours(top: Path) -> int:
    """How often nbvc is called in one checkout."""
    ran = Path(os.environ["RAN"])
    ran.unlink(missing_ok=True)
    git(top, "checkout", "-q", "HEAD")
    return ran.read_text().count("ours\n") if ran.exists() else 0


def ours(tmp_path: Path) -> list[str]:
    """A program in nbvc's place that notes its calls."""
    path = write(tmp_path / "bin" / "nbvc", b'#!/bin/sh\necho ours >>"$RAN"\n')
    path.chmod(0o755)
    return [str(path)]


def state(top: Path) -> dict[str, object]:
    """Every hook: where it is, what it holds or leads to, and its mode."""
    folder = top / ".git/hooks"
    return {
        str(path.relative_to(folder)): (
            os.readlink(path) if path.is_symlink() else path.read_bytes(),
            path.lstat().st_mode,
        )
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
        if path.suffix != ".sample"
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_hook_of_any_kind_runs_once_and_comes_back(top: Path, tmp_path: Path, kind: str) -> None:
    hook(top, KINDS[kind])
    before = state(top)
    written = install_hooks(opened(top), ours(tmp_path))
    assert {Path(path).name for path in written} == set(NAMES)
    assert (runs(top), times_ours(top)) == (1, 1)
    assert install_hooks(opened(top), ours(tmp_path)) == ()
    uninstall_hooks(opened(top))
    assert state(top) == before


@pytest.mark.parametrize("link", ["../../tools/hook", "{top}/tools/hook"])
def test_a_link_runs_once_and_comes_back(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: str
) -> None:
    monkeypatch.chdir("/")
    script = write(top / "tools/hook", KINDS["by its name"].encode())
    script.chmod(0o755)
    (top / ".git/hooks").mkdir(exist_ok=True)
    (top / ".git/hooks/post-checkout").symlink_to(link.format(top=top))
    before = state(top)
    install_hooks(opened(top), ours(tmp_path))
    assert (runs(top), times_ours(top)) == (1, 1)
    assert script.read_bytes() == KINDS["by its name"].encode(), "the project's file is untouched"
    uninstall_hooks(opened(top))
    assert state(top) == before


def test_a_hook_that_may_not_run_still_does_not(top: Path, tmp_path: Path) -> None:
    hook(top, KINDS["shell"]).chmod(0o644)
    before = state(top)
    install_hooks(opened(top), ours(tmp_path))
    assert (runs(top), times_ours(top)) == (0, 1)
    uninstall_hooks(opened(top))
    assert state(top) == before


def test_a_protected_hook_is_refused_before_any_is_written(top: Path, tmp_path: Path) -> None:
    hook(top, KINDS["shell"], "post-rewrite").chmod(0o555)
    before = state(top)
    with pytest.raises(WriteRefusedError, match="read-only"):
        install_hooks(opened(top), ours(tmp_path))
    assert state(top) == before


def test_its_exit_code_and_input_are_its_own(top: Path, tmp_path: Path) -> None:
    hook(top, '#!/bin/sh\ncat >"$RAN"\nexit 3\n', "post-rewrite")
    install_hooks(opened(top), ours(tmp_path))
    path = top / ".git/hooks/post-rewrite"
    done = subprocess.run(["sh", path, "rebase"], cwd=top, input=b"old new\n", check=False)
    assert done.returncode == 3
    assert Path(os.environ["RAN"]).read_bytes().endswith(b"old new\n")


@pytest.mark.parametrize("kind", ["shell", "python"])
def test_what_was_moved_aside_before_is_not_overwritten(
    top: Path, tmp_path: Path, kind: str
) -> None:
    hook(top, "an older one", "before-nbvc/post-checkout")
    hook(top, "another tool's", "post-checkout.legacy")
    hook(top, KINDS[kind])
    before = state(top)
    install_hooks(opened(top), ours(tmp_path))
    assert runs(top) == 1
    uninstall_hooks(opened(top))
    assert state(top) == before


def test_lines_that_a_person_adds_stay(top: Path, tmp_path: Path) -> None:
    path = hook(top, KINDS["python"])
    install_hooks(opened(top), ours(tmp_path))
    first, rest = path.read_bytes().split(b"\n", 1)
    path.write_bytes(first + b'\necho added >>"$RAN"\n' + rest)
    uninstall_hooks(opened(top))
    assert runs(top) == 1
    assert "added" in Path(os.environ["RAN"]).read_text()
    assert times_ours(top) == 0


@pytest.mark.parametrize("how", ["user", "repository", "project", "link"])
def test_hooks_of_several_repositories_are_left_alone(top: Path, tmp_path: Path, how: str) -> None:
    shared = tmp_path / "shared hooks" if how != "project" else top / "hooks"
    write(shared / "post-checkout", KINDS["shell"].encode()).chmod(0o755)
    if how == "link":
        shutil.rmtree(top / ".git/hooks", ignore_errors=True)
        (top / ".git/hooks").symlink_to(shared)
    else:
        git(
            top, "config", "--global" if how == "user" else "--local", "core.hooksPath", str(shared)
        )
    before = {path.name: path.read_bytes() for path in shared.iterdir()}
    with pytest.raises(GitError, match="not this repository's alone") as refused:
        install_hooks(opened(top), ours(tmp_path))
    assert "nbvc git-hook" in str(refused.value)
    uninstall_hooks(opened(top))
    assert {path.name: path.read_bytes() for path in shared.iterdir()} == before
    assert runs(top) == 1


def test_lines_are_removed_when_other_hooks_have_come_into_use(top: Path, tmp_path: Path) -> None:
    hook(top, KINDS["shell"])
    before = state(top)
    install_hooks(opened(top), ours(tmp_path))
    git(top, "config", "core.hooksPath", str(tmp_path / "elsewhere"))
    uninstall_hooks(opened(top))
    assert state(top) == before


def pre_commit(top: Path, *args: str) -> None:
    command = [sys.executable, "-m", "pre_commit", *args, "--hook-type", "post-checkout"]
    subprocess.run(command, cwd=top, check=True, capture_output=True)


@pytest.mark.parametrize(
    "order",
    ["NPnp", "NPpn", "PNnp", "PNpn", "NPNnp", "NPNpn", "PNPnp"],
    ids=lambda order: order,
)
@pytest.mark.parametrize("kind", ["shell", None])
def test_with_pre_commit_in_any_order(
    top: Path, tmp_path: Path, order: str, kind: str | None
) -> None:
    """N and n: nbvc's hooks are installed and removed; P and p: those of pre-commit."""
    pytest.importorskip("pre_commit")
    write(top / ".pre-commit-config.yaml", b"repos: []\n")
    if kind:
        hook(top, KINDS[kind])
    before = state(top)
    for step in order:
        if step == "N":
            install_hooks(opened(top), ours(tmp_path))
        elif step == "n":
            uninstall_hooks(opened(top))
        else:
            pre_commit(top, "install" if step == "P" else "uninstall")
        assert runs(top) == (1 if kind else 0), step
        assert times_ours(top) <= 1, step
    if set("np") <= set(order):
        assert state(top) == before


class Orders(RuleBasedStateMachine):
    """Installs and removals by nbvc and by tools that move hooks aside, in any order.

    The user's own hook holds what the user wrote, and runs exactly once in each checkout.
    """

    @initialize(kind=st.sampled_from(["shell", "bash, strict", "python", "leaves by exec", None]))
    def begin(self, kind: str | None) -> None:
        import tempfile

        self.root = Path(tempfile.mkdtemp(dir=os.environ["HOME"]))
        os.environ["RAN"] = str(self.root / "ran")
        self.top = sandbox.committed(self.root / "repo")
        self.kind = kind
        self.program = ours(self.root)
        self.elsewhere = False
        if kind:
            hook(self.top, KINDS[kind])
        self.before = state(self.top)
        self.disturbed = False

    @property
    def path(self) -> Path:
        return self.top / ".git/hooks/post-checkout"

    @property
    def managed(self) -> bool:
        return self.path.exists() and b"# a tool's" in self.path.read_bytes()

    @rule()
    def install(self) -> None:
        try:
            install_hooks(opened(self.top), self.program)
        except GitError:
            assert self.elsewhere

    @rule()
    def uninstall(self) -> None:
        uninstall_hooks(opened(self.top))

    @precondition(lambda self: not self.managed and not self.elsewhere)
    @rule()
    def tool_comes(self) -> None:
        """As pre-commit does: what is there gets another name, and is called by it."""
        legacy = self.path.with_name("post-checkout.legacy")
        if self.path.exists():
            os.replace(self.path, legacy)
        hook(
            self.top,
            '#!/bin/sh\n# a tool\'s\nhere="$(cd "$(dirname "$0")" && pwd)"\n'
            'if [ -x "$here/post-checkout.legacy" ]; then "$here/post-checkout.legacy" "$@"; fi\n',
        )

    @precondition(lambda self: self.managed)
    @rule()
    def tool_goes(self) -> None:
        self.path.unlink()
        legacy = self.path.with_name("post-checkout.legacy")
        if legacy.exists():
            os.replace(legacy, self.path)

    @precondition(lambda self: self.kind == "shell" and self.path.exists())
    @rule(at_end=st.booleans())
    def user_edits(self, at_end: bool) -> None:
        content = self.path.read_bytes()
        first, rest = content.split(b"\n", 1)
        added = b"# a remark\n"
        self.path.write_bytes(content + added if at_end else first + b"\n" + added + rest)
        self.disturbed = True

    @rule(there=st.booleans())
    def hooks_path(self, there: bool) -> None:
        self.elsewhere = there
        if there:
            git(self.top, "config", "core.hooksPath", str(self.root / "shared"))
        else:
            sandbox.try_git(self.top, "config", "--unset", "core.hooksPath")

    @invariant()
    def the_users_hook_runs_once(self) -> None:
        expected = 1 if self.kind and not self.elsewhere else 0
        assert runs(self.top) == expected
        assert times_ours(self.top) <= 1
        assert not (self.root / "shared").exists()

    def teardown(self) -> None:
        if not hasattr(self, "top"):
            return
        uninstall_hooks(opened(self.top))
        if self.managed:
            self.tool_goes()
        uninstall_hooks(opened(self.top))
        if not self.disturbed:
            assert state(self.top) == self.before
        shutil.rmtree(self.root, ignore_errors=True)  # Windows removes no file that is read-only.


TestOrders = Orders.TestCase
TestOrders.settings = settings(
    max_examples=10,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
