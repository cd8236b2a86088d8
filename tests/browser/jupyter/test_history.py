"""Sliding through the versions of a notebook, and bringing one back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.jupyter.conftest import FIRST
from tests.integration.git.sandbox import commit_all, git

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator

    from tests.browser.jupyter.driving import Screen

FOUR = ["# Title\n\nSome text here.", "x = 1", "y = 2", "z = 3"]


def _grown(repo: Path) -> None:
    """Two more commits: x = 10, then y = 20 as well."""
    second = FIRST.replace(b"x = 1", b"x = 10")
    (repo / "a.ipynb").write_bytes(second)
    commit_all(repo, "two")
    (repo / "a.ipynb").write_bytes(second.replace(b"y = 2", b"y = 20"))
    commit_all(repo, "three")


def opened_history(screen: Screen, repo: Path) -> Locator:
    """Open the history of a notebook with three versions."""
    _grown(repo)
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    return shown_history(screen)


def shown_history(screen: Screen) -> Locator:
    """Press the button and return the view."""
    screen.press("nbvc-history")
    screen.state(".nbvc-History", "ready")
    return screen.page.locator(".nbvc-History")


def _at_the_first(view: Locator) -> None:
    view.get_by_label("First version").click()
    expect(view.locator(".nbvc-History-caption")).to_contain_text("one")


_NEXT = """() => new Promise(resolve => {
  const view = document.querySelector('.nbvc-History');
  const read = () => resolve(view.querySelector('.nbvc-History-cells').innerText);
  new MutationObserver(read).observe(view, { attributeFilter: ['data-nbvc-shown'] });
  view.querySelector('[aria-label="Next version"]').click();
})"""
"""Go to the next version, and return its text as soon as it is shown."""


def test_slide_play_compare_and_restore(screen: Screen, repo: Path) -> None:
    view = opened_history(screen, repo)
    caption, cells = view.locator(".nbvc-History-caption"), view.locator(".nbvc-History-cells")
    newest = view.get_attribute("data-nbvc-shown")
    view.get_by_label("First version").click()
    expect(caption).to_contain_text("one")
    expect(view).not_to_have_attribute("data-nbvc-shown", newest or "")
    expect(cells).to_contain_text("x = 1")
    expect(cells).to_contain_text("y = 2")
    assert "x = 10" in screen.page.evaluate(_NEXT)  # no frame without a cell in between
    expect(caption).to_contain_text("two")
    expect(cells.locator(".nbvc-mod-changed")).to_have_count(1)
    view.locator("input.nbvc-History-slider").focus()
    screen.page.keyboard.press("Home")
    expect(caption).to_contain_text("one")
    view.get_by_label("Play").click()
    screen.page.wait_for_function(
        "id => document.querySelector('.nbvc-History').dataset.nbvcShown === id", arg=newest
    )
    screen.page.keyboard.press("Home")
    view.get_by_label("First version").click()
    expect(caption).to_contain_text("one")
    view.get_by_label("Restore this version").click()
    screen.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    screen.wait_for_sources(FOUR)


@pytest.mark.lab
def test_who_wrote_the_current_cell(screen: Screen, repo: Path) -> None:
    _grown(repo)
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    screen.cell(1).locator(".cm-content").click()
    screen.cell(1).click(button="right")
    screen.page.locator(".lm-Menu-item", has_text="Who Wrote This Cell").click()
    blame = screen.page.locator(".Toastify__toast")
    expect(blame).to_contain_text("Ada Example")
    expect(blame).to_contain_text("two")


@pytest.mark.lab
def test_what_a_version_changed(screen: Screen, repo: Path) -> None:
    opened_history(screen, repo)
    screen.page.get_by_label("First version").click()
    screen.page.get_by_label("Next version").click()
    expect(screen.page.locator(".nbvc-History-caption")).to_contain_text("two")
    screen.page.get_by_label("What changed here").click()
    view = screen.compared()
    assert screen.text(".nbvc-Compare-summary") == "1 changed"
    assert "x = 10" in view.locator('.nbvc-Row[data-nbvc-change="modified"]').inner_text()


@pytest.mark.lab
def test_unsaved_changes_are_a_checkpoint_before_a_restore(screen: Screen, repo: Path) -> None:
    _grown(repo)
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    screen.append(3, "  # mine")
    view = shown_history(screen)
    _at_the_first(view)
    screen.page.get_by_label("Restore this version").click()
    screen.accept("Restore")
    screen.wait_for_sources(FOUR)
    expect(view.locator(".nbvc-History-list")).to_contain_text("Before restoring")
    screen.page.get_by_label("Last version").click()
    expect(screen.page.locator(".nbvc-History-cells")).to_contain_text("# mine")


@pytest.mark.lab
def test_a_commit_is_compared_with_its_parents(screen: Screen, repo: Path) -> None:
    git(repo, "switch", "-qc", "topic")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = 22"))
    commit_all(repo, "on topic")
    git(repo, "switch", "-q", "main")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"x = 1", b"x = 11"))
    commit_all(repo, "on main")
    git(repo, "merge", "-q", "--no-ff", "--no-commit", "-s", "ours", "topic")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"x = 1", b"x = 11").replace(b"y = 2", b"y = 22"))
    commit_all(repo, "merged")
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    view = shown_history(screen)
    view.get_by_role("option", name="on topic").click()
    expect(screen.page.locator(".nbvc-History-cells")).to_contain_text("22")
    view.get_by_label("What changed here").click()
    expect(screen.compared()).to_contain_text("1 changed")
    screen.command("nbvc:history")
    view.get_by_role("option", name="merged").click()
    expect(screen.page.locator(".nbvc-History-cells")).to_contain_text("x = 11")
    view.get_by_label("What changed here").click()
    screen.page.locator(".lm-Menu-item", has_text="Since on topic").click()
    expect(screen.page.locator(".nbvc-Compare").last).to_contain_text("1 changed")


@pytest.mark.slow
def test_a_version_against_now_and_against_another(screen: Screen, repo: Path) -> None:
    _at_the_first(opened_history(screen, repo))
    screen.page.locator(".nbvc-History-more").click()
    screen.page.locator(".lm-Menu-item", has_text="Compare with…").click()
    screen.page.locator(".nbvc-Versions [role=option]", has_text="two").click()
    screen.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    screen.compared()
    assert screen.text(".nbvc-Compare-summary") == "1 changed"
    screen.back()
    screen.press("nbvc-history")
    view = screen.page.locator(".nbvc-History").last
    expect(view).to_have_attribute("data-nbvc-state", "ready")
    view.get_by_label("First version").click()
    expect(view.locator(".nbvc-History-caption")).to_contain_text("one")
    view.get_by_label("Compare with now").click()
    screen.page.locator(".nbvc-Compare-summary", has_text="2 changed").wait_for()


@pytest.mark.lab
def test_automatic_checkpoints_roll(context: BrowserContext, screen: Screen, repo: Path) -> None:
    settings = screen.server.settings("nbvc-jupyter/plugin")
    settings.parent.mkdir(parents=True, exist_ok=True)
    before = settings.read_text(encoding="utf-8") if settings.exists() else None
    settings.write_text('{"checkpointMinutes": 0.02, "checkpointsKept": 1}', encoding="utf-8")
    try:
        screen.open(f"{repo.name}/a.ipynb", repo.name)
        for text in ("0", "1"):
            with screen.page.expect_response(
                lambda one: "/nbvc/checkpoints" in one.url and one.request.method == "POST"
            ):
                screen.append(3, text)
        screen.press("nbvc-history")
        screen.state(".nbvc-History", "ready")
        caption = screen.page.locator(".nbvc-History-caption")
        expect(caption).to_contain_text("z = 3 → z = 301")
        expect(screen.page.locator(".nbvc-History-cells")).to_contain_text("z = 301")
        screen.page.get_by_label("Previous version").click()
        expect(caption).not_to_contain_text("z = 301")
    finally:
        settings.unlink() if before is None else settings.write_text(before, encoding="utf-8")
