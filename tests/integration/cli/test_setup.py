"""`nbvc install`, `nbvc uninstall` and `nbvc doctor`: what they say, and what they leave."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.git import sandbox
from tests.integration.git.installed import bare_path, program, set_up
from tests.integration.git.sandbox import git, notebook, write

if TYPE_CHECKING:
    from tests.integration.conftest import Called, Cli

NOW = "Now git diff, git log -p and git merge understand notebooks."


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, and an nbvc that starts by an absolute path only."""
    bare_path(monkeypatch)
    script = program(tmp_path)
    monkeypatch.setattr("sys.argv", [str(script)])
    top = sandbox.committed(tmp_path / "a repo", "a.ipynb", "sub dir/b.ipynb")
    monkeypatch.chdir(top)
    return top


SECTIONS = (
    "diff.nbvc",
    "merge.nbvc",
    "interactive.diffFilter",
    "mergetool.nbvc",
    "mergetool.nbvc-web",
)


def script_of(top: Path) -> Path:
    return top.parent / "100% a bin" / "nbvc"


def test_install_twice_and_uninstall_twice(top: Path, cli: Cli) -> None:
    before = (top / ".git/config").read_text()
    called = cli("install")
    assert called.code == 0
    assert called.out.splitlines() == [
        f"nbvc is set up for {top}:",
        f"  git's settings: {', '.join(SECTIONS)}",
        "  .git/info/attributes: *.ipynb diff=nbvc merge=nbvc",
        NOW,
        "To remove the setup: nbvc uninstall.",
    ]
    assert str(script_of(top)) in (top / ".git/config").read_text()
    assert "To remove the setup: nbvc uninstall --global" in cli("install", "--global").out
    assert cli("uninstall", "--global").code == 0
    assert " already." in cli("install").out
    assert "no longer set up" in cli("uninstall").out
    assert (top / ".git/config").read_text() == before
    assert "was not set up" in cli("uninstall").out
    assert "Your work stays" not in cli("uninstall").out
    assert cli("checkpoint", "create", "a.ipynb").code == 0
    (top / ".git/nbvc/outputs").mkdir(parents=True)
    said = cli("uninstall").out.splitlines()[-1]
    assert "checkpoints and stripped outputs" in said


def test_foreign_tools_are_named(top: Path, cli: Cli) -> None:
    write(top / ".gitattributes", b"*.ipynb diff=jupyternotebook filter=nbstripout\n")
    git(top, "config", "diff.jupyternotebook.command", "git-nbdiffdriver diff")
    said = cli("install").out
    assert "instead of diff=jupyternotebook of nbdime (.gitattributes:1)" in said
    assert "filter=nbstripout of nbstripout (.gitattributes:1) goes on as before" in said
    assert (top / ".gitattributes").read_text().count("\n") == 1


def test_globally_from_anywhere(
    top: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    called = cli("install")
    assert called.code == 3
    assert "--global" in called.err
    assert "all your repositories" in cli("install", "--global").out
    monkeypatch.chdir(top)
    assert cli("doctor").code == 0
    write(top / ".gitattributes", b"*.ipynb -diff\n")
    assert "-diff (.gitattributes:1) is stronger, as for a.ipynb" in cli("install", "--global").out
    assert "still set up by nbvc install --global" in cli("uninstall").out
    assert cli("uninstall", "--global").code == 0


@pytest.mark.parametrize("options", [("--global", "--local"), ("--global", "--in-repo")])
@pytest.mark.usefixtures("top")
def test_scopes_that_clash(cli: Cli, options: tuple[str, ...]) -> None:
    for command in ("install", "uninstall"):
        called = cli(command, *options)
        assert (called.code, called.out) == (2, "")


def test_a_locked_config_is_said_and_nothing_is_half_done(top: Path, cli: Cli) -> None:
    write(top / ".git/config.lock", b"")
    called = cli("install")
    assert called.code == 3
    assert "config" in called.err
    assert not (top / ".git/info/attributes").exists()


# Doctor


def problem(called: Called, what: str, fix: str) -> bool:
    """Whether the doctor found a problem, and named its fix in the line below."""
    lines = called.out.splitlines()
    at = [number for number, line in enumerate(lines) if what in line and line.startswith("✗")]
    return called.code == 1 and len(at) == 1 and fix in lines[at[0] + 1]


@pytest.fixture
def well(top: Path, cli: Cli) -> Path:
    """The same, set up, with nothing wrong."""
    set_up(top, script_of(top))
    called = cli("doctor")
    assert called.code == 0, called
    assert "✗" not in called.out
    return top


@pytest.mark.usefixtures("top")
def test_not_set_up(cli: Cli) -> None:
    assert problem(cli("doctor"), "git isn't set up", "nbvc install")


def test_fault_26_a_stale_interpreter(well: Path, cli: Cli) -> None:
    script_of(well).write_text("#!/no/such/python\n")
    called = cli("doctor")
    assert problem(called, "diff.nbvc.textconv names", "nbvc install")
    assert problem(called, "merge.nbvc.driver names", "nbvc install")
    assert str(script_of(well)) in called.out


def test_an_nbvc_on_path_that_does_not_start(
    well: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = write(
        well.parent / "broken" / "nbvc", b"#!/bin/sh\necho 'no module nbvc' >&2\nexit 1\n"
    )
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{broken.parent}{os.pathsep}{os.environ['PATH']}")
    assert problem(cli("doctor"), "does not start: no module nbvc", "install it again")


def test_missing_and_odd_settings(well: Path, cli: Cli) -> None:
    git(well, "config", "--unset", "merge.nbvc.driver")
    assert problem(cli("doctor"), "settings lack merge.nbvc.driver", "nbvc install")
    git(well, "config", "merge.nbvc.driver", "true")
    called = cli("doctor")
    assert "merge.nbvc.driver was written by another nbvc" in called.out
    assert "nbvc install" in called.out
    cli("install")
    assert cli("doctor").code == 0


def test_attributes_that_are_gone_or_somebody_elses(well: Path, cli: Cli) -> None:
    (well / ".git/info/attributes").unlink()
    assert problem(
        cli("doctor"), "2 notebooks, such as a.ipynb, lack the attribute diff", "nbvc install"
    )
    write(well / ".gitattributes", b"a.ipynb diff=nbvc\n")
    assert " lacks the attribute diff=nbvc" in cli("doctor").out
    write(well / "sub dir/.gitattributes", b"*.ipynb merge=nbdev-merge diff=nbvc\n")
    write(well / ".gitattributes", b"*.ipynb diff=nbvc merge=nbvc\n")
    called = cli("doctor")
    assert problem(called, "merge=nbdev-merge of nbdev", "nbvc install")
    assert "sub dir/.gitattributes:1" in called.out


def test_fault_26_a_filter_that_is_missing(well: Path, cli: Cli) -> None:
    write(well / ".gitattributes", b"*.ipynb filter=nbstripout\n")
    assert problem(cli("doctor"), "2 notebooks want the filter nbstripout", "filter=")


def test_fault_28_unclean_blobs(well: Path, cli: Cli) -> None:
    write(well / ".gitattributes", b"*.ipynb filter=f\n")
    git(well, "config", "filter.f.clean", "tr a-z A-Z")
    called = cli("doctor")
    assert "the filter f was not tried" in called.out, "the doctor runs no program of .git/config"
    git(well, "config", "--unset", "filter.f.clean")
    git(well, "config", "--global", "filter.f.clean", "tr a-z A-Z")
    assert problem(cli("doctor"), "the filter f would change", "git add --renormalize .")
    git(well, "add", "--renormalize", ".")
    assert cli("doctor").code == 0


def test_a_filter_that_fails_is_not_one_that_would_change_something(well: Path, cli: Cli) -> None:
    write(well / ".gitattributes", b"*.ipynb filter=f\n")
    for name, value in (("clean", "echo 'no key' >&2; false"), ("required", "true")):
        git(well, "config", "--global", f"filter.f.{name}", value)
    called = cli("doctor")
    assert problem(called, "the filter f fails on a.ipynb and 1 more: git hash-object:", "install")
    assert "would change" not in called.out


@pytest.mark.parametrize("count", [1, 7])
def test_fault_26_notebooks_that_went(well: Path, cli: Cli, count: int) -> None:
    names = [f"it's $n{number}.ipynb" for number in range(count)]
    for name in names:
        write(well / name, notebook(name))
    sandbox.commit_all(well, "more")
    for name in names:
        (well / name).unlink()
    write(well / "a.ipynb", notebook("mine"))
    called = cli("doctor")
    assert called.code == 0
    fix = next(line for line in called.out.splitlines() if "restores the file" in line)
    command = fix.partition("→ ")[2].partition(" restores the file")[0]
    subprocess.run(["sh", "-c", command], check=True, cwd="/", capture_output=True)
    assert all((well / name).read_bytes() == notebook(name) for name in names)
    assert (well / "a.ipynb").read_bytes() == notebook("mine")


def test_conflicts_and_external_diffs(well: Path, cli: Cli) -> None:
    git(well, "config", "diff.external", "difft")
    assert "diff.external is difft" in cli("doctor").out
    git(well, "config", "--unset", "diff.external")
    git(well, "checkout", "-q", "-b", "side")
    write(well / "a.ipynb", notebook("theirs"))
    sandbox.commit_all(well, "theirs")
    git(well, "checkout", "-q", "main")
    write(well / "a.ipynb", notebook("ours"))
    sandbox.commit_all(well, "ours")
    assert sandbox.try_git(well, "merge", "-q", "side") == 1
    assert problem(cli("doctor"), "a.ipynb is in conflict", "nbvc resolve")


def test_an_old_git(well: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    real = shutil.which("git")
    old = write(
        well.parent / "old" / "git",
        f'#!/bin/sh\n[ $3 = version ] && exec echo git version 2.20.1\nexec {real} "$@"\n'.encode(),
    )
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{old.parent}{os.pathsep}{os.environ['PATH']}")
    assert problem(cli("doctor"), "git version 2.20.1 is too old", "install git 2.31")


def test_no_git_and_no_repository(
    top: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    called = cli("doctor")
    assert "no repository here" in called.out
    assert problem(called, "git isn't set up", "nbvc install --global")
    bare = sandbox.new(tmp_path / "bare.git", "--bare")
    monkeypatch.chdir(bare)
    assert problem(cli("doctor"), "bare", "clone")
    monkeypatch.chdir(top)
    monkeypatch.setenv("PATH", str(tmp_path))
    called = cli("doctor")
    assert called.code == 3
    assert "install git" in called.err
