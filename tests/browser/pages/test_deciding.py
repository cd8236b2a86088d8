"""Conflicts that are decided on a page."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc import Notebook, merge, read
from nbvc.merging.markers import find
from tests.browser.pages.visiting import visit
from tests.integration.git.sandbox import commit_all, git, new
from tests.making import code, file, notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BASE = ["import numpy as np\nrate = 0.1\nprint(rate)", "a = 1\nkeep = f(0)\nb = 1", "done = 1"]


def nb(*sources: str) -> Notebook:
    return Notebook.from_dict(notebook(*map(code, sources)))


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A notebook with three conflicts, two of them in one cell."""
    local, remote = (
        nb(BASE[0].replace("0.1", number), BASE[1].replace("= 1", f"= {digit}"), BASE[2])
        for number, digit in (("0.2", "2"), ("0.3", "3"))
    )
    merged = merge(nb(*BASE), local, remote).notebook
    assert sum((found := find(cell)) is not None and found.hunks for cell in merged.cells) == 3
    place = tmp_path / "a.ipynb"
    place.write_bytes(merged.to_bytes())
    monkeypatch.chdir(tmp_path)
    return place


def test_what_is_decided_is_written_and_the_rest_stays(path: Path, browser: Browser) -> None:
    command = [sys.executable, "-m", "nbvc", "resolve", "--web", path.name]
    with visit(browser, command) as (page, _):
        assert page.inner_text("#said") == "3 of 3 unresolved"
        fields = page.locator("fieldset.decide")
        fields.nth(0).get_by_label("remote").check()
        fields.nth(1).get_by_label("local").check()
        page.click("text=Save progress")
        page.get_by_text("1 of 1 unresolved").wait_for()
        assert read(path).cells[0].source == BASE[0].replace("0.1", "0.3")
        page.locator("fieldset.decide").get_by_label("both").check()
        page.click("#save")
        page.get_by_text("Saved. No conflicts are left").wait_for()
    assert read(path).cells[1].source == "a = 2\nkeep = f(0)\nb = 2\nb = 3"


def test_gits_merge_tool_makes_what_resolve_makes(tmp_path: Path, browser: Browser) -> None:
    """Decided in two goes: what was decided stays when the page is closed in between."""
    folder = new(tmp_path / "repo")
    for where, digit in ((("-B", "main"), "1"), (("-b", "topic"), "3"), (("main",), "2")):
        git(folder, "checkout", "-q", *where)
        cells = (code(line.replace("1", digit)) for line in BASE)
        (folder / "a.ipynb").write_bytes(file(*cells))
        commit_all(folder, digit)
    environ = {**os.environ, "BROWSER": "true"}
    run = partial(subprocess.run, cwd=folder, env=environ, capture_output=True, check=False)
    assert run(["git", "merge", "-q", "topic"]).returncode == 1  # by lines: it does not open
    nbvc = [sys.executable, "-m", "nbvc"]
    assert run([*nbvc, "install"]).returncode == 0
    wanted = tmp_path / "wanted.ipynb"
    assert run([*nbvc, "fix", "a.ipynb", "-o", str(wanted)]).returncode == 1
    for cell, side in ((1, "--remote"), (2, "--both"), (3, "--local")):
        run([*nbvc, "resolve", str(wanted), "--cell", str(cell), side])
    tool = ["git", "mergetool", "--no-prompt", "--tool=nbvc-web"]
    for sides, code_ in (((("theirs", 0),), 1), ((("both", 0), ("both", 1), ("mine", 2)), 0)):
        with visit(browser, tool, folder=folder, code=code_) as (page, _):
            for side, number in sides:
                page.locator("fieldset.decide").nth(number).get_by_label(side).check()
            page.click("#save")
            page.get_by_text("3 of 3 unresolved" if code_ else "Saved.").wait_for()
    assert (folder / "a.ipynb").read_bytes() == wanted.read_bytes()
    assert not git(folder, "ls-files", "-u")
    assert run([*nbvc, "resolve", "--continue"]).returncode == 0
