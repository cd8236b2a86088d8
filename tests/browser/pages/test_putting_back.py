"""Changes that are shown on a page, and cells that are put back from it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.pages.visiting import visit
from tests.integration.git.sandbox import commit_all, git, new
from tests.making import code, file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

BEFORE = [f"x{number} = {number}\nprint(x{number})" for number in range(5)]
AFTER = [BEFORE[0], BEFORE[1].replace("= 1", "= 11"), BEFORE[2].replace("= 2", "= 22"), BEFORE[4]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook with two cells that changed, and one that is gone."""
    made = new(tmp_path / "repo")
    monkeypatch.chdir(made)
    write(made, BEFORE)
    commit_all(made, "first")
    write(made, AFTER)
    return made


def write(folder: Path, sources: list[str]) -> None:
    cells = [code(source, id=f"cell-{source[:2]}") for source in sources]
    (folder / "a.ipynb").write_bytes(file(*cells, minor=5))


def read_sources(folder: Path) -> list[str]:
    stored = json.loads((folder / "a.ipynb").read_bytes())
    return ["".join(cell["source"]) for cell in stored["cells"]]


@pytest.fixture
def shown(folder: Path, browser: Browser) -> Iterator[tuple[Page, subprocess.Popen[str]]]:
    """The page of `nbvc diff --web HEAD`, which complains of nothing."""
    command = [sys.executable, "-m", "nbvc", "diff", "--web", "HEAD", str(folder)]
    with visit(browser, command) as visited:
        yield visited


def test_cells_are_put_back_one_by_one(
    folder: Path, shown: tuple[Page, subprocess.Popen[str]]
) -> None:
    page, process = shown
    assert page.locator("button.back").count() == 3
    page.locator("#n1c2 button.back").click()
    page.get_by_text("Restored. The previous content is saved as checkpoint").wait_for()
    assert read_sources(folder) == [BEFORE[0], BEFORE[1], AFTER[2], BEFORE[4]]
    page.wait_for_timeout(3000)  # The page that was left is not the last one.
    assert process.poll() is None
    page.locator("#n1r4 button.back").click()  # the one that is gone
    page.locator("#n1r4").wait_for(state="detached")
    assert read_sources(folder) == [*BEFORE[:2], AFTER[2], *BEFORE[3:]]
    page.locator("#n1c3 button.back").click()
    page.get_by_text("Nothing changed.").wait_for()
    assert read_sources(folder) == BEFORE
    assert git(folder, "status", "--short") == ""
    kept = git(folder, "for-each-ref", "refs/nbvc/")
    assert len(kept.splitlines()) >= 1


def test_a_file_that_changed_meanwhile_stays(
    folder: Path, shown: tuple[Page, subprocess.Popen[str]]
) -> None:
    page, _ = shown
    now = [*AFTER, "new = 1"]
    write(folder, now)
    page.locator("#n1c2 button.back").click()
    page.get_by_text("not the one that you saw: nothing was put back").wait_for()
    assert read_sources(folder) == now
