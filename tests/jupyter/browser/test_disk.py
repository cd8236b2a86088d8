"""Git changes an open notebook: nobody is overwritten without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.git.sandbox import commit_all, git
from tests.jupyter.browser.conftest import FIRST

if TYPE_CHECKING:
    from pathlib import Path

    from tests.jupyter.browser.driving import Screen


def test_git_changes_an_open_notebook(opened: Screen, repo: Path) -> None:
    git(repo, "switch", "-q", "-c", "topic")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = 22"))
    commit_all(repo, "theirs")
    warning = opened.page.locator(".nbvc-Warning")
    warning.wait_for()
    warning.get_by_role("button", name="Compare").click()
    opened.compared()
    assert opened.text(".nbvc-Compare-summary") == "1 changed"
    opened.back()
    warning.get_by_role("button", name="Load from disk").click()
    opened.wait_for_sources(["# Title\n\nSome text here.", "x = 1", "y = 22", "z = 3"])
    warning.wait_for(state="detached")
