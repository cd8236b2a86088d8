"""`[tool.nbvc.diff]`: what counts as a change in which notebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.git.sandbox import git, new, write
from tests.making import code, file, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

OLD = file(
    code("x", [stream("loss 0.5000 in run-17 at 12:00:01")], id="a", execution_count=1), minor=5
)
NEW = file(
    code("x", [stream("loss 0.5001 in run-18 at 12:30:01")], id="b", execution_count=2), minor=5
)
TOLERANT = '[diff]\nrtol = 0.01\nmasks = ["run-*", "timestamps"]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, content in (("a/old.ipynb", OLD), ("b/new.ipynb", NEW)):
        write(tmp_path / name, content)
    return tmp_path


def is_change(cli: Cli, *words: str) -> bool:
    done = cli("diff", "--exit-code", *words)
    assert done.code in (0, 1), done.err
    return done.code == 1


def test_two_files_go_by_the_settings_nearest_to_the_second(folder: Path, cli: Cli) -> None:
    write(folder / "b/.nbvc.toml", TOLERANT.encode())
    assert not is_change(cli, "a/old.ipynb", "b/new.ipynb")
    assert is_change(cli, "b/new.ipynb", "a/old.ipynb")


def test_options_go_on_top(folder: Path, cli: Cli) -> None:
    pair = ("a/old.ipynb", "b/new.ipynb")
    write(folder / ".nbvc.toml", b'[diff]\nrtol = 0.01\nmasks = ["timestamps"]\n')
    assert is_change(cli, *pair)
    assert not is_change(cli, *pair, "--mask", "run-*")
    assert is_change(cli, *pair, "--mask", "run-*", "--rtol", "0")
    assert is_change(cli, *pair, "--mask", "run-*", "-i")
    write(folder / ".nbvc.toml", b'[diff]\nignore = ["outputs"]\n')
    assert not is_change(cli, *pair)
    assert is_change(cli, *pair, "-o")
    write(folder / ".nbvc.toml", b'[diff]\nparts = ["sources"]\nids = true\n')
    assert is_change(cli, *pair)
    assert not is_change(cli, *pair, "-I")


def test_versions_in_git_go_by_the_settings_of_the_working_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli
) -> None:
    top = new(tmp_path / "repo")
    monkeypatch.chdir(top)
    for name in ("papers/a.ipynb", "b.ipynb"):
        write(top / name, OLD)
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "old")
    for name in ("papers/a.ipynb", "b.ipynb"):
        write(top / name, NEW)
    write(top / "papers/.nbvc.toml", TOLERANT.encode())
    assert cli("diff", "--name-only").out == "b.ipynb\n"
    told = {one["path"]: one["change"] for one in json.loads(cli("status", "--format", "json").out)}
    assert told == {"papers/a.ipynb": "noise only", "b.ipynb": "outputs only"}
    git(top, "commit", "-q", "-a", "-m", "new")
    assert cli("diff", "HEAD~1", "HEAD", "--name-only").out == "b.ipynb\n"
    two = ("HEAD~1:papers/a.ipynb", "HEAD:papers/a.ipynb", "--stat")
    assert cli("diff", *two).out == ""
    (top / "deep").mkdir()
    monkeypatch.chdir(top / "deep")
    assert cli("diff", *two).out == ""


def test_keys_of_a_project_are_noise_for_clean_and_diff(folder: Path, cli: Cli) -> None:
    for name, value in (("a", 1), ("b", 2)):
        metadata = {"my_tool": {"state": value}, "theirs": value}
        write(folder / f"{name}.ipynb", file(code("x", metadata=metadata)))
    pair = ("a.ipynb", "b.ipynb")
    settings = '[clean]\ndrop-cell-metadata = ["my_tool.state"]\n'
    write(folder / ".nbvc.toml", settings.encode())
    assert is_change(cli, *pair)
    for key in ("ignore-cell-metadata", "ignore-metadata"):
        write(folder / ".nbvc.toml", f'{settings}[diff]\n{key} = ["theirs"]\n'.encode())
        assert not is_change(cli, *pair)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("words", [["--mask", "timestamp"], ["--mask", "*"]])
def test_a_mask_that_does_not_exist_is_an_error(cli: Cli, words: list[str]) -> None:
    done = cli("diff", "a/old.ipynb", "b/new.ipynb", *words)
    assert done.code == 2
    assert "timestamps" in done.err or "everything" in done.err


def test_wrong_settings_are_an_error_and_broken_ones_hide_nothing(folder: Path, cli: Cli) -> None:
    path = write(folder / "b/.nbvc.toml", b'[diff]\nignore = ["output"]\n')
    done = cli("diff", "a/old.ipynb", "b/new.ipynb")
    assert done.code == 2
    assert "did you mean 'outputs'" in done.err
    path.write_bytes(b"<<<<<<< HEAD\n")
    done = cli("diff", "a", "b", "--exit-code")
    assert done.code == 1
    assert done.err.count("so its settings do not hold") == 1
