"""Sliding through the versions of a notebook, and bringing one back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.git.sandbox import commit_all
from tests.jupyter.browser.conftest import FIRST

if TYPE_CHECKING:
    from tests.jupyter.browser.driving import Screen

FOUR = ["# Title\n\nSome text here.", "x = 1", "y = 2", "z = 3"]


def _grown(repo: Path) -> None:
    """Two more commits: x = 10, then y = 20 as well."""
    second = FIRST.replace(b"x = 1", b"x = 10")
    (repo / "a.ipynb").write_bytes(second)
    commit_all(repo, "two")
    (repo / "a.ipynb").write_bytes(second.replace(b"y = 2", b"y = 20"))
    commit_all(repo, "three")


def test_slide_play_compare_and_restore(screen: Screen, repo: Path) -> None:
    _grown(repo)
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    screen.press("nbvc-history")
    view = screen.page.locator(".nbvc-History")
    screen.state(".nbvc-History", "ready")
    caption, cells = view.locator(".nbvc-History-caption"), view.locator(".nbvc-History-cells")
    newest = view.get_attribute("data-nbvc-shown")
    view.get_by_label("First version").click()
    expect(caption).to_contain_text("one")
    expect(cells).to_contain_text("x = 1")
    expect(cells).to_contain_text("y = 2")
    view.get_by_label("Next version").click()
    expect(caption).to_contain_text("two")
    expect(cells).to_contain_text("x = 10")
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


def test_who_wrote_the_current_cell(screen: Screen, repo: Path) -> None:
    _grown(repo)
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    screen.cell(1).locator(".cm-content").click()
    screen.press("nbvc-history")
    screen.state(".nbvc-History", "ready")
    screen.page.locator(".nbvc-History-who").click()
    blame = screen.page.locator(".nbvc-History-blame")
    expect(blame).to_contain_text("Ada Example")
    expect(blame).to_contain_text("two")


def test_what_a_version_changed(screen: Screen, repo: Path) -> None:
    _grown(repo)
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    screen.press("nbvc-history")
    screen.state(".nbvc-History", "ready")
    screen.page.get_by_label("First version").click()
    screen.page.get_by_label("Next version").click()
    expect(screen.page.locator(".nbvc-History-caption")).to_contain_text("two")
    screen.page.get_by_label("What changed here").click()
    view = screen.compared()
    assert screen.text(".nbvc-Compare-summary") == "1 changed"
    assert "x = 10" in view.locator('.nbvc-Row[data-nbvc-change="modified"]').inner_text()
