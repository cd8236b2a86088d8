"""Which notebooks a path means, and which ones nbvc never touches."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc.workflow.finding import FoundPath, find_files, find_notebooks
from tests.integration.git.sandbox import git, new, write
from tests.making import code, file, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

RAN = file(code("print(1)", [stream("printed text")], execution_count=1))


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository to work in."""
    monkeypatch.chdir(new(tmp_path / "repo"))
    return tmp_path / "repo"


def names_in(folder: Path, skipped: list[tuple[str, str]] | None = None) -> list[str]:
    told: list[tuple[str, str]] = [] if skipped is None else skipped
    return find_notebooks(str(folder), os.environ, lambda *one: told.append(one), links=False)


def test_a_folder_means_what_git_tracks_or_would_add(top: Path) -> None:
    write(top / ".gitignore", b"archive/\n*.old.ipynb\n")
    for name in ("a", "new/b", "archive/c", "archive/kept", "d.old", "gone"):
        write(top / f"{name}.ipynb", RAN)
    git(top, "add", "-f", "a.ipynb", "archive/kept.ipynb", "gone.ipynb")
    (top / "gone.ipynb").unlink()
    assert names_in(top) == ["a.ipynb", "archive/kept.ipynb", "new/b.ipynb"]
    assert names_in(top / "new") == ["b.ipynb"]


def test_what_is_named_is_meant_although_git_ignores_it(top: Path) -> None:
    write(top / ".gitignore", b"archive/\n")
    write(top / "archive/x/a.ipynb", RAN)
    assert names_in(top) == []
    assert names_in(top / "archive") == ["x/a.ipynb"]
    path = str(top / "archive/x/a.ipynb")
    assert [*find_files([path, path], os.environ, print)] == [FoundPath(path)]


@pytest.mark.parametrize("in_git", [False, True])
def test_what_belongs_to_others_is_not_in_a_folder(
    top: Path, tmp_path: Path, *, in_git: bool
) -> None:
    folder = top if in_git else tmp_path / "plain"
    write(folder / "a.ipynb", RAN)
    write(folder / "env/pyvenv.cfg", b"home = /usr/bin\n")
    others = ("env/lib", "node_modules/x", ".ipynb_checkpoints", "lib/site-packages", "inner/deep")
    for name in others:
        write(folder / name / "b.ipynb", RAN)
    git(folder / "inner", "init", "-q")
    assert names_in(folder) == ["a.ipynb"]
    assert names_in(folder / "env") == ["lib/b.ipynb"]


def test_a_submodule_is_another_project(top: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    write(inner / "b.ipynb", RAN)
    git(inner, "init", "-q")
    git(inner, "add", "-A")
    git(inner, "commit", "-q", "-m", "inner")
    git(top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "library")
    write(top / "a.ipynb", RAN)
    assert names_in(top) == ["a.ipynb"]


@pytest.mark.parametrize("in_git", [False, True])
def test_what_is_not_a_file_is_skipped_and_reported(
    top: Path, tmp_path: Path, *, in_git: bool
) -> None:
    folder = top if in_git else tmp_path / "plain"
    write(folder / "a.ipynb", RAN)
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "folder.ipynb").mkdir()
    (folder / "loop.ipynb").symlink_to("loop.ipynb")
    (folder / "nowhere.ipynb").symlink_to("missing.ipynb")
    (folder / "loop").symlink_to("loop")
    skipped: list[tuple[str, str]] = []
    assert names_in(folder, skipped) == ["a.ipynb"]
    told = {Path(path).name for path, _ in skipped}
    assert told - {"pipe.ipynb"} == {"loop.ipynb", "nowhere.ipynb"}


@pytest.mark.parametrize("name", ["pipe.ipynb", "loop.ipynb", "nowhere.ipynb"])
@pytest.mark.parametrize("command", ["clean", "check"])
def test_what_cannot_be_read_is_an_error_if_it_is_named(
    top: Path, cli: Cli, name: str, command: str
) -> None:
    os.mkfifo(top / "pipe.ipynb")
    (top / "loop.ipynb").symlink_to("loop.ipynb")
    (top / "nowhere.ipynb").symlink_to("missing.ipynb")
    write(top / "a.ipynb", RAN)
    done = cli(command, name, "a.ipynb")
    assert done.code == 2
    assert done.err.startswith(f"nbvc: {name}: ")
    assert "a.ipynb: 1 output" in done.out


def test_a_link_out_of_the_project_is_refused_unless_it_is_forced(
    top: Path, tmp_path: Path, cli: Cli
) -> None:
    outside = write(tmp_path / "elsewhere.ipynb", RAN)
    (top / "link.ipynb").symlink_to(outside)
    done = cli("clean", "link.ipynb")
    assert done.code == 2
    assert "link.ipynb: the link leads out of the project" in done.err
    assert outside.read_bytes() == RAN
    assert cli("clean", "link.ipynb", "--force").code == 0
    assert outside.read_bytes() != RAN


def test_a_link_is_excluded_by_its_own_name_and_by_its_target(top: Path, cli: Cli) -> None:
    write(top / ".nbvc.toml", b'exclude = ["published/", "own.ipynb"]\n')
    published = write(top / "published/a.ipynb", RAN)
    plain = write(top / "plain.ipynb", RAN)
    (top / "link.ipynb").symlink_to("published/a.ipynb")
    (top / "own.ipynb").symlink_to("plain.ipynb")
    done = cli("clean", "link.ipynb", "own.ipynb")
    assert "2 excluded" in done.err
    assert (published.read_bytes(), plain.read_bytes()) == (RAN, RAN)


def test_a_read_only_file_is_refused_unless_it_is_forced(top: Path, cli: Cli) -> None:
    path = write(top / "a.ipynb", RAN)
    path.chmod(0o444)
    assert cli("clean", "a.ipynb").code == 2
    assert path.read_bytes() == RAN
    assert cli("clean", "a.ipynb", "--force").code == 0
    assert path.read_bytes() != RAN
    assert path.stat().st_mode & 0o777 == 0o444
