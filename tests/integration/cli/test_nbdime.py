"""Comparisons and merges that are handed over to nbdime's pages."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.git.sandbox import commit_all, new
from tests.making import code, file, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")

ONE, TWO, THREE = (file(code(f"x = {n}")) for n in range(3))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository in which we are; `python` is in a folder where nbdime may be installed."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin/python"))
    monkeypatch.chdir(new(tmp_path / "work"))
    return tmp_path / "work"


def install(folder: Path, name: str, script: str) -> Path:
    """Install a program that notes its arguments, then runs a line of the shell."""
    path, seen = folder / name, folder / "seen"
    path.write_text(f'#!/bin/sh\nfor one; do echo "$one"; done >> {seen}\n{script}\n')
    path.chmod(0o755)
    return seen


def test_two_files(folder: Path, cli: Cli) -> None:
    seen = install(folder.parent / "bin", "nbdiff-web", 'cat "$1" "$2" > shown')
    (folder / "a.ipynb").write_bytes(ONE)
    (folder / "-b.ipynb").write_bytes(TWO)
    assert cli("diff", "a.ipynb", "./-b.ipynb", "--tool", "nbdime").code == 0
    assert (folder / "shown").read_bytes() == ONE + TWO
    names = seen.read_text().splitlines()
    assert [Path(name).name for name in names] == ["a.ipynb", "-b.ipynb"]
    assert not any(Path(name).exists() for name in names)


def test_versions_in_git_and_what_did_not_change(folder: Path, cli: Cli) -> None:
    install(folder.parent / "bin", "nbdiff-web", 'cat "$1" "$2" >> shown; exit 3')
    for name in ("a.ipynb", "b.ipynb"):
        (folder / name).write_bytes(ONE)
    commit_all(folder, "one")
    (folder / "b.ipynb").write_bytes(TWO)
    assert cli("diff", "HEAD", "--tool", "nbdime").code == 3
    assert (folder / "shown").read_bytes() == ONE + TWO


@pytest.mark.parametrize("saves", [True, False])
def test_a_merge_is_written_as_it_was_saved(folder: Path, cli: Cli, saves: bool) -> None:
    script = '[ "$1" = --out ] && cat "$5" > "$2"' if saves else "exit 0"
    install(folder.parent / "bin", "nbmerge-web", script)
    for name, content in {"base": b"", "mine": ONE, "theirs": TWO}.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    words = ("base.ipynb", "mine.ipynb", "theirs.ipynb", "-o", "merged.ipynb")
    called = cli("merge", *words, "--tool", "nbdime")
    assert called.code == (0 if saves else 1)
    assert (folder / "merged.ipynb").exists() is saves
    if saves:
        assert (folder / "merged.ipynb").read_bytes() == TWO
    else:
        assert "nothing was saved in nbdime's page" in called.err


@pytest.mark.parametrize("command", ["diff", "merge"])
def test_without_nbdime_one_line_says_so_and_no_program_of_the_folder_runs(
    folder: Path, cli: Cli, command: str
) -> None:
    for name in ("nbdiff-web", "nbmerge-web"):
        install(folder, name, "")
    for name, content in {"a": ONE, "b": TWO, "c": THREE}.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    words = ["a.ipynb", "b.ipynb", *(["c.ipynb"] if command == "merge" else [])]
    called = cli(command, *words, "--tool", "nbdime")
    assert called.code == 2
    (line,) = called.err.splitlines()
    assert "-web is not installed beside this Python (pip install 'nbvc[nbdime]')" in line
    assert not (folder / "seen").exists()


IGNORING = '{"Diff": {"Ignore": {"/metadata/one": true}, "outputs": false}}'


@pytest.mark.parametrize("place", ["work", "jupyter", "path"])
def test_its_settings_hold_below_those_of_the_project(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder.parent / "jupyter"))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(folder.parent / "path"))
    for name in ("jupyter", "path"):
        (folder.parent / name).mkdir()
    settings = folder.parent / place / "nbdime_config.json"
    settings.write_text(IGNORING)
    (folder / "a.ipynb").write_bytes(file(code("x", [stream("1")])))
    (folder / "b.ipynb").write_bytes(file(code("x", [stream("2")]), one=1))
    assert cli("diff", "a.ipynb", "b.ipynb", "--exit-code").code == 0
    assert "nbdime's settings hold below [tool.nbvc.diff] (ignore-notebook" in cli("doctor").out
    assert str(settings) in cli("doctor").out
    shown = json.loads(cli("config", "b.ipynb", "--format", "json").out)["diff"]
    assert shown["ignore"]["value"] == ["outputs"]
    assert shown["ignore"]["from"][0].endswith("nbdime_config.json")
    (folder / ".nbvc.toml").write_text('diff = {parts = ["outputs"]}')
    assert cli("diff", "a.ipynb", "b.ipynb", "--exit-code").code == 1


def test_broken_settings_hide_no_change_and_are_named(folder: Path, cli: Cli) -> None:
    (folder / "nbdime_config.json").write_text("{")
    (folder / "a.ipynb").write_bytes(ONE)
    (folder / "b.ipynb").write_bytes(TWO)
    called = cli("diff", "a.ipynb", "b.ipynb", "--exit-code")
    assert called.code == 1
    assert "nbdime_config.json: not settings of nbdime: it is not JSON, so its" in called.err
    assert "not settings of nbdime" in cli("doctor").out
