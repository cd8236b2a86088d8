"""Commands that name a notebook that was renamed: they follow it, or say what it was called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.git.sandbox import commit_all, git, new
from tests.making import code, file

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

ONE = file(code("import os"), code("x = 1"), code("y = 2"), code("z = 3"))
TWO = file(code("import os"), code("x = 11"), code("y = 2"), code("z = 3"))


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """a.ipynb in two commits, then b.ipynb, then c.ipynb on the disk alone."""
    folder = new(tmp_path / "repo")
    monkeypatch.chdir(folder)
    for content in (ONE, TWO):
        (folder / "a.ipynb").write_bytes(content)
        commit_all(folder, "edited")
    git(folder, "mv", "a.ipynb", "b.ipynb")
    commit_all(folder, "renamed")
    (folder / "b.ipynb").rename(folder / "c.ipynb")
    return folder


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        (("HEAD~2", "--", "c.ipynb"), "a.ipynb → c.ipynb"),
        (("HEAD~2", "c.ipynb"), "a.ipynb → c.ipynb"),
        (("HEAD~2", "HEAD", "--", "c.ipynb"), "a.ipynb → b.ipynb"),
        (("HEAD~2", "HEAD~1", "--", "c.ipynb"), "a.ipynb (HEAD~1)"),
        (("HEAD~2..HEAD~1", "--", "c.ipynb"), "a.ipynb (HEAD~1)"),
    ],
)
@pytest.mark.usefixtures("top")
def test_a_diff_follows(cli: Cli, words: tuple[str, ...], heading: str) -> None:
    said = cli("diff", *words)
    assert said.code == 0
    assert heading in said.out
    assert "- x = 1" in said.out
    assert "+ x = 11" in said.out


def test_what_neither_side_has_is_an_error(top: Path, cli: Cli) -> None:
    (top / "new.ipynb").write_bytes(file(code("nothing_like_it()")))
    said = cli("diff", "HEAD~2", "HEAD", "--", "new.ipynb")
    assert said.code == 2
    assert "no such file in HEAD~2 or HEAD: new.ipynb" in said.err


@pytest.mark.usefixtures("top")
def test_show_says_what_it_was_called(cli: Cli) -> None:
    said = cli("show", "HEAD~2:c.ipynb")
    assert said.code == 2
    assert "(it was called a.ipynb there: use HEAD~2:a.ipynb)" in said.err


@pytest.mark.usefixtures("top")
def test_log_blame_and_search_go_on(cli: Cli) -> None:
    assert cli("log", "c.ipynb").out.count("edited") + cli("log", "c.ipynb").out.count("first") >= 2
    assert "x = 11" in cli("blame", "c.ipynb").out
    assert "in 3 of 3 versions" in cli("search", "import os", "c.ipynb").out


def test_a_commit_takes_the_old_name_out(top: Path, cli: Cli) -> None:
    said = cli("commit", "c.ipynb", "-m", "renamed again")
    assert said.code == 0
    assert "Committed c.ipynb (renamed from b.ipynb)" in said.out
    assert git(top, "ls-tree", "--name-only", "HEAD") == "c.ipynb"


def test_a_checkpoint_that_is_no_notebook_is_not_restored(top: Path, cli: Cli) -> None:
    (top / "c.ipynb").write_bytes(b'{"cells": [')
    assert cli("checkpoint", "create", "c.ipynb").code == 0
    (top / "c.ipynb").write_bytes(TWO)
    said = cli("checkpoint", "restore", "c.ipynb", "latest")
    assert said.code != 0
    assert "is not a notebook" in said.err
    assert (top / "c.ipynb").read_bytes() == TWO
