"""Without a mouse: commit, compare, step through the changes, bring one back, look at the history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.integration.git.sandbox import git

if TYPE_CHECKING:
    from tests.browser.jupyter.driving import Screen


@pytest.mark.lab
def test_commit_compare_and_restore_by_keys(opened: Screen, repo: Path) -> None:
    keyboard = opened.page.keyboard
    opened.append(1, "00")
    keyboard.press("Control+Alt+c")
    opened.state(".nbvc-Commit", "ready")
    opened.page.locator(".nbvc-Commit-push").set_checked(False)  # an earlier test may have chosen
    opened.page.locator(".nbvc-Commit-message").focus()
    keyboard.type("By keys")
    keyboard.press("Control+Enter")
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    assert git(repo, "log", "-1", "--format=%s") == "By keys"
    keyboard.press("Escape")
    opened.page.locator(".jp-Dialog").wait_for(state="detached")
    opened.append(2, "2")
    opened.append(3, "3")
    keyboard.press("Control+Alt+d")
    view = opened.compared()
    for index in ("2", "3"):
        keyboard.press("n")
        current = view.locator(".nbvc-Row.nbvc-mod-current")
        expect(current).to_have_attribute("data-nbvc-before", index)
        expect(current).to_be_focused()
    keyboard.press("p")
    expect(view.locator(".nbvc-Row.nbvc-mod-current")).to_have_attribute("data-nbvc-before", "2")
    for _ in range(4):
        keyboard.press("Tab")
        if opened.page.evaluate(
            "() => document.activeElement.classList.contains('nbvc-Row-restore')"
        ):
            break
    keyboard.press("Enter")
    opened.wait_for_sources(["# Title\n\nSome text here.", "x = 100", "y = 2", "z = 33"])


@pytest.mark.lab
def test_the_dialog_keeps_the_focus_and_gives_it_back(opened: Screen, repo: Path) -> None:
    opened.append(1, "00")
    opened.page.keyboard.press("Control+Alt+c")
    opened.state(".nbvc-Commit", "ready")
    expect(opened.page.locator(".nbvc-Commit-message")).to_be_focused()
    for _ in range(12):
        opened.page.keyboard.press("Tab")
        assert opened.page.evaluate(_INSIDE)
    opened.page.locator(".nbvc-Commit-message").focus()
    opened.page.keyboard.press("Escape")
    opened.page.locator(".jp-Dialog").wait_for(state="detached")
    assert git(repo, "log", "--format=%s") == "one"


@pytest.mark.lab
def test_everything_has_a_name_for_a_screen_reader(opened: Screen, repo: Path) -> None:
    opened.append(2, "2")
    opened.compare("Last commit")
    nameless = opened.page.evaluate(_NAMELESS, ".nbvc-Compare")
    assert nameless == []
    opened.back()
    opened.press("nbvc-history")
    opened.state(".nbvc-History", "ready")
    assert opened.page.evaluate(_NAMELESS, ".nbvc-History") == []
    opened.back()
    opened.press("nbvc-commit")
    opened.state(".nbvc-Commit", "ready")
    assert opened.page.evaluate(_NAMELESS, ".nbvc-Commit") == []


# Between its last and its first part a modal dialog lets the browser's own buttons have the focus.
_INSIDE = """() => document.activeElement === document.body
  || document.activeElement.closest('.jp-Dialog') !== null"""
_NAMELESS = """root => [...document.querySelectorAll(
  ['button', 'input', 'select', 'textarea', '[role=button]'].map(one => `${root} ${one}`).join()
)].filter(one => one.checkVisibility() && !(
  one.getAttribute('aria-label') || one.innerText?.trim() || one.title || one.labels?.length
)).map(one => one.outerHTML.slice(0, 200))"""
