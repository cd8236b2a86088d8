"""Real merges: what they cost, how often a person is needed, and what `fix` makes of git's."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path

import nbformat
import pytest

from nbvc import Notebook, read
from nbvc.merging import Action, Strategy
from nbvc.merging.files import merge_files
from nbvc.merging.textual import fix_notebook
from tests.benchmarks.merges import merged

SIDES = ("base", "local", "remote")


def lines(found: Notebook) -> set[str]:
    return {line.strip() for cell in found.cells for line in cell.source.split("\n")} - {""}


def validates(content: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nbformat.validate(nbformat.reads(content.decode(), nbformat.NO_CONVERT))


def wanted(base: Notebook, local: Notebook, remote: Notebook) -> set[str]:
    old, mine, theirs = lines(base), lines(local), lines(remote)
    return (mine - old) | (theirs - old) | (mine & theirs)


def test_few_need_a_person_and_most_are_as_their_authors_made_them(corpus: Path) -> None:
    table = merged(corpus / "merges", with_nbdime=False)
    assert sum(bool(one.nbvc) for one in table) <= 0.2 * len(table)
    assert sum(one.as_authors is True for one in table) >= 0.6 * len(table)


def test_merges_are_valid_and_lose_nothing(corpus: Path) -> None:
    for folder in sorted((corpus / "merges").iterdir()):
        contents = [(folder / f"{side}.ipynb").read_bytes() for side in SIDES]
        base, local, remote = map(read, contents)
        content, result = merge_files(contents[0], contents[1], contents[2], Strategy())
        validates(content)
        missing = wanted(base, local, remote) - lines(result.notebook)
        if not any(decision.action is Action.WORDS for decision in result.decisions):
            assert not missing, folder.name


@pytest.mark.parametrize("style", [(), ("--diff3",), ("--zdiff3",)])
def test_fix_makes_a_notebook_of_what_git_leaves(corpus: Path, style: tuple[str, ...]) -> None:
    seen = 0
    for folder in sorted((corpus / "merges").iterdir()):
        paths = [folder / f"{side}.ipynb" for side in ("local", "base", "remote")]
        command = ["git", "merge-file", "-p", *style, *map(str, paths)]
        run = subprocess.run(command, capture_output=True, check=False)
        if not 0 < run.returncode < 128:
            continue
        seen += 1
        content, result = fix_notebook(run.stdout)
        validates(content)
        assert result is not None
        local, base, remote = map(read, paths)
        if not any(decision.action is Action.WORDS for decision in result.decisions):
            assert wanted(base, local, remote) <= lines(read(content)), folder.name
    assert seen


def test_fix_mends_every_broken_notebook(corpus: Path) -> None:
    broken = []
    for path in sorted((corpus / "tricky").glob("*/*.ipynb")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if "\n<<<<<<< " in text:
            broken.append(path)
            content, _ = fix_notebook(path.read_bytes(), str(path))
            validates(content)
            assert len(read(content).cells) > 5
    assert broken
