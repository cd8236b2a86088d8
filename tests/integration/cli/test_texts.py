"""A notebook and the text that Jupytext pairs with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import nbvc
from tests.integration.git.sandbox import commit_all, git, new, try_git
from tests.making import code, file, markdown, stream

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

pytest.importorskip("jupytext")

CELLS: list[dict[str, Any]] = [
    markdown("# Title\n\ntext"),
    code("x = 1\nprint(x)", [stream("1\n")], execution_count=3, metadata={"tags": ["a"]}),
    code("%matplotlib inline\ny = 2"),
]
ENDINGS = (".py", ".md", ".Rmd", ".R")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pair(folder: Path, ending: str, minor: int = 4) -> Path:
    """Write a notebook, and the text that Jupytext makes of it."""
    import jupytext

    cells = [{**cell, "id": f"c{n}"} if minor > 4 else cell for n, cell in enumerate(CELLS)]
    (folder / "a.ipynb").write_bytes(file(*cells, minor=minor))
    text = folder / f"a{ending}"
    jupytext.write(nbvc.read(folder / "a.ipynb").to_node(), text)
    return text


@pytest.mark.parametrize("minor", [4, 5])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_pair_in_step_has_no_change(folder: Path, cli: Cli, ending: str, minor: int) -> None:
    text = pair(folder, ending, minor)
    for words in (("a.ipynb", text.name), (text.name, "a.ipynb")):
        called = cli("diff", *words, "--exit-code")
        assert (called.code, called.err) == (0, "")


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_edit_of_the_text_is_shown_by_cell(folder: Path, cli: Cli, ending: str) -> None:
    text = pair(folder, ending)
    text.write_text(text.read_text().replace("x = 1", "x = 100"))
    called = cli("diff", "a.ipynb", text.name, "--exit-code")
    assert called.code == 1
    assert "code cell 2" in called.out
    assert "+     x = 100" in called.out or "+ x = 100" in called.out.replace("  ", " ")
    assert "Title" not in called.out
    assert not called.err


def test_without_jupytext_both_are_compared_as_text(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = pair(folder, ".py")
    monkeypatch.setitem(sys.modules, "jupytext.formats", None)
    called = cli("diff", "a.ipynb", text.name)
    assert "compared as plain text" in called.err


def test_other_text_is_compared_as_text(folder: Path, cli: Cli) -> None:
    pair(folder, ".py")
    (folder / "notes.txt").write_text("x = 1")
    assert "compared as plain text" in cli("diff", "a.ipynb", "notes.txt").err


@pytest.mark.parametrize("formats", ["ipynb,py:percent", "ipynb,md", "ipynb,py:light,Rmd"])
@pytest.mark.parametrize("edited", [False, True])
def test_a_restored_notebook_and_its_text_stay_in_step(
    folder: Path, cli: Cli, formats: str, edited: bool
) -> None:
    import jupytext

    path = folder / "a.ipynb"
    first, second = (file(code(f"x = {n}"), jupytext={"formats": formats}) for n in (1, 2))
    path.write_bytes(first)
    assert cli("checkpoint", "create", "a.ipynb").code == 0
    path.write_bytes(second)
    endings = [one.partition(":")[0] for one in formats.split(",")[1:]]
    texts = [folder / f"a.{ending}" for ending in endings]
    for text, fmt in zip(texts, formats.split(",")[1:], strict=True):
        jupytext.write(nbvc.read(path).to_node(), text, fmt=fmt)
        if edited:
            text.write_text(text.read_text() + "\n# only here\n")
    assert cli("checkpoint", "restore", "a.ipynb", "latest").code == 0
    assert path.read_bytes() == first
    for text in texts:
        assert ("x = 1" in text.read_text()) is not edited
        assert ("# only here" in text.read_text()) is edited
        if not edited:
            assert cli("diff", "a.ipynb", text.name, "--exit-code").code == 0
            assert text.stat().st_mtime_ns >= path.stat().st_mtime_ns


PAIRED = {"formats": "ipynb,py:percent"}
LINES = [code(f"x{n} = {n}\nprint(x{n})") for n in range(5)]


def write_pair(folder: Path, *edits: tuple[int, str]) -> None:
    """Write a notebook with new sources for some cells, and its text."""
    import jupytext

    cells = [dict(cell) for cell in LINES]
    for index, source in edits:
        cells[index]["source"] = source
    path = folder / "a.ipynb"
    path.write_bytes(file(*cells, jupytext=PAIRED))
    jupytext.write(nbvc.read(path).to_node(), folder / "a.py", fmt="py:percent")


def assert_in_step(cli: Cli, folder: Path) -> None:
    assert cli("diff", "a.ipynb", "a.py", "--exit-code").code == 0
    assert (folder / "a.py").stat().st_mtime_ns >= (folder / "a.ipynb").stat().st_mtime_ns


def test_a_merge_into_a_paired_notebook_takes_its_text_along(folder: Path, cli: Cli) -> None:
    for name, edits in (("base", ()), ("remote", ((4, "y = 4"),)), ("local", ((0, "y = 0"),))):
        write_pair(folder, *edits)
        content = (folder / "a.ipynb").read_bytes()
        (folder / f"{name}.ipynb").write_bytes(content)
    merged = cli("merge", "base.ipynb", "a.ipynb", "remote.ipynb", "-o", "a.ipynb")
    assert merged.code == 0, merged.err
    assert "y = 4" in (folder / "a.py").read_text()
    assert_in_step(cli, folder)


@pytest.mark.parametrize("words", [["clean", "a.ipynb"], ["outputs", "restore", "a.ipynb"]])
def test_outputs_come_and_go_without_the_text(folder: Path, cli: Cli, words: list[str]) -> None:
    write_pair(folder)
    content = (folder / "a.ipynb").read_bytes()
    (folder / "a.ipynb").write_bytes(content.replace(b'"outputs": []', OUTPUTS, 1))
    text = (folder / "a.py").read_bytes()
    assert cli("clean", "a.ipynb").code == 0
    assert cli(*words).code == 0
    assert (folder / "a.py").read_bytes() == text
    assert cli("diff", "a.ipynb", "a.py", "--exit-code").code == 0


OUTPUTS = b'"outputs": [{"name": "stdout", "output_type": "stream", "text": "0"}]'


@pytest.mark.parametrize("conflict", [False, True])
def test_git_merges_both_files_of_a_pair(folder: Path, cli: Cli, conflict: bool) -> None:
    """Git merges each by itself: the notebook by cell, the text by line."""
    new(folder)
    assert cli("install").code == 0
    write_pair(folder)
    commit_all(folder, "one")
    git(folder, "switch", "-qc", "topic")
    write_pair(folder, (4, "y = 4"))
    commit_all(folder, "theirs")
    git(folder, "switch", "-q", "main")
    write_pair(folder, (4 if conflict else 0, "y = 0"))
    commit_all(folder, "ours")
    assert bool(try_git(folder, "merge", "-q", "topic")) is conflict
    if conflict:
        # What docs/guides/moving.md says: the notebook by cell, then the text from the notebook.
        assert cli("resolve", "a.ipynb", "--remote").code == 0
        write_text(folder)
        git(folder, "add", "a.py")
        assert git(folder, "status", "--short").count("U") == 0
    assert "y = 4" in (folder / "a.py").read_text()
    assert cli("diff", "a.ipynb", "a.py", "--exit-code").code == 0


def write_text(folder: Path) -> None:
    """What `jupytext --to py:percent a.ipynb` does."""
    import jupytext

    jupytext.write(nbvc.read(folder / "a.ipynb").to_node(), folder / "a.py", fmt="py:percent")
