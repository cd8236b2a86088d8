"""What a history is worth beyond its slider: the list of versions, copies, and single cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.jupyter.conftest import FIRST
from tests.browser.jupyter.test_history import FOUR, opened_history

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


@pytest.mark.lab
def test_only_the_changed_cells(screen: Screen, repo: Path) -> None:
    view = opened_history(screen, repo)
    view.locator(".nbvc-History-option", has_text="two").click()
    changed = view.locator(".nbvc-History-cell.nbvc-mod-changed")
    expect(changed).to_have_count(1)
    view.get_by_label("Changed cells only").click()
    expect(view.locator(".nbvc-History-cell:visible")).to_have_count(1)
    expect(changed).to_contain_text("x = 10")


@pytest.mark.lab
def test_a_version_becomes_a_notebook_of_its_own(screen: Screen, repo: Path) -> None:
    view = opened_history(screen, repo)
    view.locator(".nbvc-History-option", has_text="one").click()
    short = view.locator(".nbvc-History-caption code")
    expect(view.locator(".nbvc-History-caption")).to_contain_text("one")
    name = f"a-{short.inner_text()}.ipynb"
    with screen.page.expect_download() as download:
        view.get_by_label("Download").click()
    assert download.value.suggested_filename == name
    assert _sources(Path(download.value.path())) == FOUR
    (repo / name).write_bytes(b"mine")
    with screen.page.expect_response(
        lambda one: "/api/contents/" in one.url and one.request.method == "PUT" and one.ok
    ):
        view.get_by_label("Open a copy").click()
    assert (repo / name).read_bytes() == b"mine"
    assert _sources(repo / name.replace(".ipynb", "-2.ipynb")) == FOUR
    assert (repo / "a.ipynb").read_bytes() != FIRST


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


def _sources(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells]
