"""What a history is worth beyond its slider: the list of versions, copies, and single cells."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.jupyter.conftest import FIRST, KERNEL
from tests.browser.jupyter.test_history import FOUR, opened_history, shown_history
from tests.integration.git.sandbox import commit_all
from tests.making import file, markdown

if TYPE_CHECKING:
    from tests.browser.jupyter.driving import Screen


@pytest.mark.lab
def test_the_list_of_versions_shows_filters_and_chooses(screen: Screen, repo: Path) -> None:
    view = opened_history(screen, repo)
    options = view.locator(".nbvc-History-option.nbvc-mod-commit")
    expect(options).to_have_count(3)
    options.filter(has_text="two").click()
    caption = view.locator(".nbvc-History-caption")
    expect(caption).to_contain_text("two")
    expect(caption).to_contain_text("Ada Example")
    expect(caption).to_contain_text("1 new or changed cell")
    expect(view.locator('[aria-selected="true"]')).to_contain_text("two")
    # The buttons go from one to the next that the filter lets through.
    view.locator(".nbvc-History-filter").fill("one commit")
    expect(options).to_have_count(1)
    view.get_by_label("Previous version").click()
    expect(caption).to_contain_text("one")
    view.get_by_label("Next version").click()
    expect(caption).to_contain_text("one")
    view.locator(".nbvc-History-filter").fill("nobody")
    expect(view.locator(".nbvc-History-list")).to_contain_text("No version matches.")
    view.locator(".nbvc-History-filter").fill("")
    view.locator(".nbvc-History-list").focus()
    screen.page.keyboard.press("ArrowUp")
    expect(caption).to_contain_text("two")


@pytest.mark.slow
def test_only_the_changed_cells(screen: Screen, repo: Path) -> None:
    view = opened_history(screen, repo)
    view.locator(".nbvc-History-option", has_text="two").click()
    changed = view.locator(".nbvc-History-cell.nbvc-mod-changed")
    expect(changed).to_have_count(1)
    view.get_by_label("Changed cells only").click()
    expect(view.locator(".nbvc-History-cell:visible")).to_have_count(1)
    expect(changed).to_contain_text("x = 10")


@pytest.mark.slow
def test_a_version_becomes_a_notebook_of_its_own(screen: Screen, repo: Path) -> None:
    view = opened_history(screen, repo)
    view.locator(".nbvc-History-option", has_text="one").click()
    short = view.locator(".nbvc-History-caption code")
    expect(view.locator(".nbvc-History-caption")).to_contain_text("one")
    name = f"a-{short.inner_text()}.ipynb"
    with screen.page.expect_download() as download:
        _choose(screen, "Download")
    assert download.value.suggested_filename == name
    assert _sources(Path(download.value.path())) == FOUR
    (repo / name).write_bytes(b"mine")
    with screen.page.expect_response(
        lambda one: "/api/contents/" in one.url and one.request.method == "PUT" and one.ok
    ):
        _choose(screen, "Open a copy")
    assert (repo / name).read_bytes() == b"mine"
    assert _sources(repo / name.replace(".ipynb", "-2.ipynb")) == FOUR
    assert (repo / "a.ipynb").read_bytes() != FIRST


@pytest.mark.lab
def test_saves_say_what_changed_and_are_named_pinned_and_deleted(
    opened: Screen, repo: Path
) -> None:
    for number in range(3):
        opened.append(1, str(number))
        opened.save()
        opened.page.wait_for_timeout(1200)  # the save before makes its checkpoint
    view = shown_history(opened)
    options = view.locator(".nbvc-History-option.nbvc-mod-checkpoint")
    expect(options).to_have_count(3)
    expect(options.nth(0)).to_contain_text("x = 101 → x = 1012")
    options.nth(1).click()
    opened.page.keyboard.press("F2")
    opened.page.locator(".jp-Dialog input").fill("A good one")
    opened.page.keyboard.press("Enter")
    expect(options.nth(1)).to_contain_text("A good one")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    options.nth(1).click(button="right")
    opened.page.locator(".lm-Menu-item", has_text="Pin this checkpoint").click()
    expect(options.nth(1)).to_contain_text("📌")
    options.nth(0).click()
    view.locator(".nbvc-History-list").focus()
    opened.page.keyboard.press("Delete")
    opened.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    expect(options).to_have_count(2)
    expect(options.nth(0)).to_contain_text("A good one")
    opened.page.set_viewport_size({"width": 700, "height": 450})
    expect(view.locator(".nbvc-History-side")).to_be_hidden()
    view.get_by_label("List", exact=True).click()
    expect(options.nth(0)).to_be_in_viewport()


@pytest.mark.lab
def test_one_cell_of_a_version_is_put_into_the_notebook(screen: Screen, repo: Path) -> None:
    view = opened_history(screen, repo)
    view.locator(".nbvc-History-option", has_text="one").click()
    expect(view.locator(".nbvc-History-cells")).not_to_contain_text("x = 10")
    cell = view.locator(".nbvc-History-cell", has_text="x = 1")
    cell.hover()
    cell.get_by_label("Insert").click()
    now = [FOUR[0], "x = 10", "y = 20", "z = 3"]
    screen.wait_for_sources([now[0], "x = 1", *now[1:]])
    cell.get_by_label("Copy").click()
    screen.back()
    screen.cell(0).click()
    screen.command("notebook:paste-cell-below")
    screen.wait_for_sources([now[0], "x = 1", "x = 1", *now[1:]])


def _choose(screen: Screen, label: str) -> None:
    screen.page.locator(".nbvc-History-more:visible").click()
    screen.page.locator(".lm-Menu-item", has_text=label).click()


def _sources(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells]


@pytest.mark.lab
def test_the_history_of_one_cell_and_marks_since_a_version(screen: Screen, repo: Path) -> None:
    opened_history(screen, repo)
    screen.back()
    screen.cell(2).locator(".cm-content").click()
    screen.command("nbvc:cell-history")
    view = screen.page.locator(".nbvc-History").last
    expect(view.locator(".nbvc-History-scope")).to_contain_text("y = 20")
    options = view.locator(".nbvc-History-option")
    expect(options).to_have_count(2)
    expect(options.nth(1)).to_contain_text("one")
    expect(view.locator(".nbvc-History-cell.nbvc-mod-own")).to_contain_text("y = 20")
    view.get_by_role("button", name="All versions").click()
    expect(options).to_have_count(3)
    options.nth(2).click()
    _choose(screen, "Mark what changed since")
    screen.back()
    marks = screen.page.locator(".nbvc-Margin")
    expect(marks).to_have_count(2)
    expect(marks.first).to_have_attribute("title", "Changed since “one”")
    marks.first.click()
    expect(screen.page.locator(".nbvc-Inline-text")).to_have_text("Since: one")


@pytest.mark.lab
def test_deleted_cells_come_back(screen: Screen, repo: Path) -> None:
    (repo / "a.ipynb").write_bytes(file(markdown("# Title", id="aaaa"), minor=5, **KERNEL))
    commit_all(repo, "without the code")
    screen.open(f"{repo.name}/a.ipynb")
    view = shown_history(screen)
    _choose(screen, "Deleted cells")
    expect(view.locator(".nbvc-History-caption")).to_contain_text("3 deleted cells")
    cell = view.locator(".nbvc-History-cell", has_text="z = 3")
    expect(cell).to_have_attribute("data-nbvc-origin", re.compile("Deleted in “without the code”"))
    cell.hover()
    cell.get_by_label("Insert").click()
    screen.wait_for_sources(["# Title", "z = 3"])
    view.locator(".nbvc-History-option", has_text="one").click()
    expect(view.locator(".nbvc-History-caption")).to_contain_text("one")
