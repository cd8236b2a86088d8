"""Git changes an open notebook: nobody is overwritten without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.jupyter.conftest import FIRST
from tests.integration.git.sandbox import commit_all, git

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.browser.jupyter.driving import Screen

TITLE = "# Title\n\nSome text here."


def _switched(opened: Screen, repo: Path) -> Locator:
    """Let git change the notebook; return the warning."""
    git(repo, "switch", "-q", "-c", "topic")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = 22"))
    commit_all(repo, "theirs")
    # A person comes back from the terminal.
    opened.page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    warning = opened.page.locator(".nbvc-Warning")
    warning.wait_for()
    return warning


def test_git_changes_an_open_notebook(opened: Screen, repo: Path) -> None:
    warning = _switched(opened, repo)
    warning.get_by_role("button", name="Compare").click()
    opened.compared()
    assert opened.text(".nbvc-Compare-summary") == "1 changed"
    opened.back()
    warning.get_by_role("button", name="Load from disk").click()
    opened.wait_for_sources([TITLE, "x = 1", "y = 22", "z = 3"])
    warning.wait_for(state="detached")


@pytest.mark.lab
def test_what_was_typed_is_kept_before_the_disk_is_loaded(opened: Screen, repo: Path) -> None:
    opened.append(3, "  # not saved")
    warning = _switched(opened, repo)
    expect(warning).to_contain_text("unsaved changes")
    warning.get_by_role("button", name="Compare").click()
    opened.compared()
    assert opened.text(".nbvc-Compare-summary") == "2 changed"
    opened.back()
    warning.get_by_role("button", name="Load from disk").click()
    opened.wait_for_sources([TITLE, "x = 1", "y = 22", "z = 3"])
    opened.press("nbvc-history")
    opened.state(".nbvc-History", "ready")
    expect(opened.page.locator(".nbvc-History-caption")).to_contain_text("Before loading")
    expect(opened.page.locator(".nbvc-History-cells")).to_contain_text("# not saved")


@pytest.mark.lab
def test_keeping_mine_changes_nothing_here_or_there(opened: Screen, repo: Path) -> None:
    opened.append(3, "3")
    warning = _switched(opened, repo)
    there = (repo / "a.ipynb").read_bytes()
    warning.get_by_role("button", name="Keep mine").click()
    warning.wait_for(state="detached")
    assert opened.sources() == [TITLE, "x = 1", "y = 2", "z = 33"]
    assert (repo / "a.ipynb").read_bytes() == there
