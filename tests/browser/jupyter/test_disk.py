"""Git changes an open notebook: nobody is overwritten without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import nbvc
from tests.browser.jupyter.conftest import FIRST
from tests.integration.git.sandbox import commit_all, git

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.browser.jupyter.driving import Screen

TITLE = "# Title\n\nSome text here."


def _come_back(opened: Screen) -> None:
    """A person comes back from the terminal."""
    opened.page.evaluate("() => window.dispatchEvent(new Event('focus'))")


def _switched(opened: Screen, repo: Path) -> Locator:
    """Let git change the notebook; return the warning."""
    git(repo, "switch", "-q", "-c", "topic")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = 22"))
    commit_all(repo, "theirs")
    _come_back(opened)
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


@pytest.mark.slow
def test_after_keep_mine_a_save_asks_nothing(opened: Screen, repo: Path) -> None:
    opened.append(3, "3")
    _switched(opened, repo).get_by_role("button", name="Keep mine").click()
    opened.page.locator(".nbvc-Warning").wait_for(state="detached")
    opened.cell(3).locator(".cm-content").click()
    opened.save()
    assert opened.page.get_by_role("dialog").count() == 0
    assert [cell.source for cell in nbvc.read((repo / "a.ipynb").read_bytes()).cells] == (
        opened.sources()
    )
    opened.press("nbvc-history")
    opened.state(".nbvc-History", "ready")
    expect(opened.page.locator(".nbvc-History-list")).to_contain_text("Keep mine")


@pytest.mark.slow
def test_the_warning_goes_when_the_file_is_as_before(opened: Screen, repo: Path) -> None:
    warning = _switched(opened, repo)
    git(repo, "switch", "-q", "main")
    _come_back(opened)
    warning.wait_for(state="detached")


@pytest.mark.lab
def test_a_notebook_that_git_took_away_is_told_and_put_back(opened: Screen, repo: Path) -> None:
    git(repo, "rm", "-q", "a.ipynb")
    git(repo, "commit", "-qm", "gone")
    _come_back(opened)
    warning = opened.page.locator(".nbvc-Warning")
    expect(warning).to_contain_text("no longer on the disk (branch main)")
    opened.cell(1).locator(".cm-content").click()
    opened.page.keyboard.press("Control+s")
    dialog = opened.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Cancel").click()
    assert not (repo / "a.ipynb").exists()
    warning.get_by_role("button", name="Put it back").click()
    warning.wait_for(state="detached")
    assert (repo / "a.ipynb").exists()


def _both_changed(opened: Screen, repo: Path) -> None:
    opened.append(1, "0")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"z = 3", b"z = 33"))


MERGED = [TITLE, "x = 10", "y = 2", "z = 33"]


@pytest.mark.lab
def test_a_save_asks_one_question_and_merges(opened: Screen, repo: Path) -> None:
    _both_changed(opened, repo)
    opened.page.keyboard.press("Control+s")
    opened.page.get_by_role("dialog").get_by_role("button", name="Merge the two").focus()
    opened.page.keyboard.press("Enter")
    opened.wait_for_sources(MERGED)
    opened.wait_until_saved()
    assert opened.page.get_by_role("dialog").count() == 0
    saved = nbvc.read((repo / "a.ipynb").read_bytes())
    assert [cell.source for cell in saved.cells] == MERGED


@pytest.mark.lab
def test_a_commit_asks_in_its_own_dialog(opened: Screen, repo: Path, remote: Path) -> None:
    _both_changed(opened, repo)
    opened.commit("Both")
    assert opened.state(".nbvc-Commit", "done", "failed") == "failed"
    opened.page.locator(".nbvc-Commit-disk").get_by_role("button", name="Merge the two").click()
    assert opened.state(".nbvc-Commit", "done") == "done"
    pushed = nbvc.read(git(remote, "show", "main:a.ipynb").encode())
    assert [cell.source for cell in pushed.cells] == MERGED


@pytest.mark.lab
def test_what_both_changed_is_not_merged(opened: Screen, repo: Path) -> None:
    opened.append(1, "0")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"x = 1", b"x = 7"))
    _come_back(opened)
    opened.page.locator(".nbvc-Warning").get_by_role("button", name="Merge the two").click()
    opened.page.get_by_text("changed both here and on the disk").first.wait_for()
    assert opened.sources()[1] == "x = 10"
    assert b"x = 7" in (repo / "a.ipynb").read_bytes()
