"""What commands say of notebooks that are not valid, and what they refuse to write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nbvc.notebook.notebook import Notebook
from tests.integration.git.sandbox import commit_all, git, new
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

ODD: dict[str, Any] = {"metadata": {"collapsed": "yes"}}
SAID = "cell 2: metadata.collapsed: 'yes' is not of type 'boolean'"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(new(tmp_path / "work"))
    return tmp_path / "work"


def put(path: Path, *cells: dict[str, Any]) -> Path:
    path.write_bytes(file(*cells))
    return path


def test_check_lists_it_by_cell(folder: Path, cli: Cli) -> None:
    put(folder / "a.ipynb", markdown("a"), code("b", **ODD))
    called = cli("check", ".", "--keep-metadata-keys", "cell.metadata.collapsed")
    assert called.code == 1
    assert called.out == f"a.ipynb: {SAID.replace('2: ', '2: not valid: ')}\n"
    (told,) = json.loads(cli("check", ".", "--format", "json").out)
    assert {"cell": 1, "kind": "invalid"}.items() <= told["findings"][-1].items()


def test_doctor_names_one(folder: Path, cli: Cli) -> None:
    put(folder / "a.ipynb", markdown("a"), code("b", **ODD))
    put(folder / "b.ipynb", markdown("a"), code("c", **ODD))
    put(folder / "c.ipynb", markdown("a"))
    assert "not a valid notebook" not in cli("doctor").out
    git(folder, "add", ".")
    said = f"· a.ipynb: not a valid notebook: {SAID} (and 1 more)"
    assert said in cli("doctor").out


def test_what_was_invalid_before_is_merged_and_said(folder: Path, cli: Cli) -> None:
    put(folder / "base.ipynb", markdown("a"), code("b", **ODD))
    put(folder / "mine.ipynb", markdown("a1"), code("b", **ODD))
    put(folder / "theirs.ipynb", markdown("a"), code("b", **ODD), code("c"))
    called = cli("merge", "base.ipynb", "mine.ipynb", "theirs.ipynb", "-o", "m.ipynb")
    assert called.code == 0
    assert f"m.ipynb: not a valid notebook: {SAID}" in called.err


def test_a_result_that_is_not_valid_by_itself_is_not_written(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder / "base.ipynb", markdown("a"), code("b"))
    put(folder / "mine.ipynb", markdown("a1"), code("b"))
    put(folder / "theirs.ipynb", markdown("a"), code("b"), code("c"))
    write = Notebook.with_cells

    def odd(self: Notebook, cells: Any) -> Notebook:
        return write(self, [cells[0], cells[1].replace(**ODD), *cells[2:]])

    monkeypatch.setattr(Notebook, "with_cells", odd)
    called = cli("merge", "base.ipynb", "mine.ipynb", "theirs.ipynb", "-o", "m.ipynb")
    assert called.code == 2
    assert f"mine.ipynb: the result would not be a valid notebook: {SAID}" in called.err
    assert not (folder / "m.ipynb").exists()


def test_restored_outputs_and_checkpoints_say_it(folder: Path, cli: Cli) -> None:
    put(folder / "a.ipynb", markdown("a"), code("b", [stream("1\n")], **ODD))
    commit_all(folder, "a")
    cli("checkpoint", "create", "a.ipynb")
    keep = ("--keep-metadata-keys", "cell.metadata.collapsed")
    assert cli("clean", "a.ipynb", *keep).code == 0
    put(folder / "a.ipynb", markdown("edited"), code("b", **ODD))
    restored = cli("outputs", "restore", "a.ipynb")
    assert restored.code == 0
    assert f"a.ipynb: not a valid notebook: {SAID}" in restored.err
    assert SAID in cli("checkpoint", "restore", "a.ipynb", "latest").err
