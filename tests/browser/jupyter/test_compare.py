"""Comparing from the toolbar and the file browser, and bringing back a cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.jupyter.conftest import FIRST, KERNEL
from tests.integration.git.sandbox import commit_all, git
from tests.making import code, file, result, stream

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.browser.jupyter.driving import Screen

FOUR = ["# Title\n\nSome text here.", "x = 1", "y = 2", "z = 3"]


def test_with_the_last_commit(opened: Screen, repo: Path) -> None:
    opened.append(2, "0")  # unsaved
    view = opened.compare("Last commit")
    assert opened.text(".nbvc-Compare-summary") == "1 changed"
    row = view.locator('.nbvc-Row[data-nbvc-change="modified"]')
    assert row.count() == 1
    assert (row.get_attribute("data-nbvc-before"), row.get_attribute("data-nbvc-after")) == (
        "2",
        "2",
    )
    assert "y = 20" in row.inner_text()
    assert opened.page.locator(".nbvc-Row-error").count() == 0


@pytest.mark.lab
def test_with_the_last_checkpoint(opened: Screen, repo: Path) -> None:
    opened.append(2, "0")
    opened.save()
    opened.append(3, "0")
    view = opened.compare("Last checkpoint")
    assert opened.text(".nbvc-Compare-summary") == "1 changed"
    assert "z = 30" in view.locator('.nbvc-Row[data-nbvc-change="modified"]').inner_text()


def test_a_cell_comes_back_from_the_last_commit(opened: Screen, repo: Path) -> None:
    opened.append(2, "0")
    opened.append(3, "0")
    view = opened.compare("Last commit")
    assert opened.text(".nbvc-Compare-summary") == "2 changed"
    view.locator('.nbvc-Row[data-nbvc-before="2"] .nbvc-Row-restore').click()
    opened.wait_for_sources([*FOUR[:3], "z = 30"])
    assert git(repo, "status", "--porcelain", "a.ipynb") == ""  # in the editor, not on the disk


@pytest.mark.lab
def test_a_whole_version_comes_back(opened: Screen, repo: Path) -> None:
    opened.append(1, "0")
    opened.append(3, "0")
    opened.save()
    view = opened.compare("Last commit")
    view.locator(".nbvc-Compare-restore").click()
    accept = opened.page.locator(".jp-Dialog-button.jp-mod-accept")
    if accept.count():
        accept.first.click()
    opened.wait_for_sources(FOUR)


@pytest.mark.lab
def test_nothing_changed_says_so(opened: Screen, repo: Path) -> None:
    opened.compare("Last commit")
    assert opened.text(".nbvc-Compare-summary").startswith("No changes")


@pytest.mark.slow
def test_a_paragraph_after_the_last_line(screen: Screen, repo: Path) -> None:
    changed = json.loads(FIRST)
    changed["cells"][0]["source"] += "\n\nMore text."
    (repo / "a.ipynb").write_bytes(file(*changed["cells"], minor=5, **KERNEL))
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    view = screen.compare("Last commit")
    assert "More text." in view.locator('.nbvc-Row[data-nbvc-change="modified"]').inner_text()
    assert screen.page.locator(".nbvc-Row-error").count() == 0


@pytest.mark.slow
def test_what_looks_the_same_is_named(screen: Screen, repo: Path) -> None:
    """A type that nobody draws, beside a text that did not change."""

    def made(value: str) -> bytes:
        data = {"application/x-strange+json": {"a": {"b": value}}, "text/plain": "<strange>"}
        return file(code("f()", [result(data)], id="aaaa"), minor=5, **KERNEL)

    (repo / "a.ipynb").write_bytes(made("old"))
    commit_all(repo, "two")
    (repo / "a.ipynb").write_bytes(made("new"))
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    view = screen.compare("Last commit")
    details = view.locator(".nbvc-OutputPair .nbvc-Details")
    details.wait_for()
    assert "a › b" in details.inner_text()
    assert details.locator("del, ins").all_inner_texts() == ["old", "new"]


@pytest.mark.slow
def test_a_wide_table_shows_its_change_and_scrolls_with_the_other(
    screen: Screen, repo: Path
) -> None:
    def made(last: int) -> bytes:
        cells = "".join(f"<td>a long value {n}</td>" for n in range(30))
        table = f"<table><tr>{cells}<td>{last}</td></tr></table>"
        return file(code("f()", [result({"text/html": table})], id="aaaa"), minor=5, **KERNEL)

    (repo / "a.ipynb").write_bytes(made(1))
    commit_all(repo, "two")
    (repo / "a.ipynb").write_bytes(made(2))
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    view = screen.compare("Last commit")
    columns = view.locator(".nbvc-OutputPair .nbvc-Column")
    for n in (0, 1):
        expect(columns.nth(n).locator("td.nbvc-mod-changed")).to_be_in_viewport()
    columns.first.hover()
    screen.page.mouse.wheel(-100_000, 0)
    expect(columns.last).to_have_js_property("scrollLeft", 0)


@pytest.mark.slow
def test_a_notebook_that_the_commit_lacks_is_new(screen: Screen, repo: Path) -> None:
    (repo / "new.ipynb").write_bytes(FIRST)
    screen.open(f"{repo.name}/new.ipynb", repo.name)
    view = screen.compare("Last commit")
    assert screen.text(".nbvc-Compare-summary") == "New notebook with 4 cells"
    assert "without this notebook" in screen.text(".nbvc-Compare-sides")
    expect(view.locator(".nbvc-Compare-restore")).to_be_disabled()


def test_one_cell_comes_back_from_the_margin(screen: Screen, repo: Path) -> None:
    changed = json.loads(FIRST)
    changed["cells"][1]["source"] = "x = 100"
    (repo / "a.ipynb").write_bytes(file(*changed["cells"], minor=5, **KERNEL))
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    marks = screen.page.locator(".nbvc-Margin")
    expect(marks).to_have_count(1)
    screen.append(2, "2")
    expect(marks).to_have_count(2)
    clicks = screen.count_clicks()
    marks.first.click()
    inline = screen.page.locator(".nbvc-Inline")
    expect(inline.locator(".nbvc-Row")).to_contain_text("x = 100")
    inline.get_by_role("button", name="Undo this change").click()
    screen.wait_for_sources([FOUR[0], "x = 1", "y = 22", "z = 3"])
    expect(marks).to_have_count(1)
    expect(inline).to_have_count(0)
    assert clicks() == 2


@pytest.mark.lab
def test_a_cell_of_yesterday_comes_back_in_three_clicks(screen: Screen, repo: Path) -> None:
    git(repo, "commit", "-q", "--amend", "--no-edit", "--date=2020-01-01T10:00:00Z")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = 20"))
    commit_all(repo, "today")
    git(repo, "commit", "-q", "--amend", "--no-edit", "--date=now")
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    clicks = screen.count_clicks()
    view = screen.compare("Since Yesterday")
    assert screen.text(".nbvc-Compare-summary") == "1 changed"
    view.locator(".nbvc-Row").hover()
    view.get_by_role("button", name="Restore this cell").click()
    screen.wait_for_sources(FOUR)
    assert clicks() == 3
    screen.page.keyboard.press("?")
    expect(screen.page.locator(".nbvc-Keys")).to_contain_text("next and previous change")


@pytest.mark.lab
def test_moves_additions_deletions_and_keys(screen: Screen, repo: Path) -> None:
    cells = [code(f"value_{n} = compute({n} * 17)", id=f"id{n:04}") for n in range(40)]
    (repo / "other.ipynb").write_bytes(file(*cells, minor=5, **KERNEL))
    commit_all(repo, "two")
    cells.insert(30, cells.pop(3))
    del cells[10]
    cells.insert(20, code("something = 'quite new here'", id="new1"))
    cells[38] = code("value_38 = compute(38 * 17)\nprint(1)", [stream("1\n")], id="id0038")
    (repo / "other.ipynb").write_bytes(file(*cells, minor=5, **KERNEL))
    screen.open(f"{repo.name}/other.ipynb", repo.name)
    view = screen.compare("Last commit")
    assert screen.text(".nbvc-Compare-summary") == "1 changed, 1 added, 1 removed, 1 moved"
    for change in ("modified", "added", "removed"):
        assert view.locator(f'.nbvc-Row[data-nbvc-change="{change}"]').count() == 1
    count = view.locator(".nbvc-Count", has_text="1 added")
    count.click()
    assert view.locator(".nbvc-Page > :visible").count() == 1
    screen.page.keyboard.press("n")
    current = view.locator(".nbvc-Row.nbvc-mod-current")
    expect(current).to_have_attribute("data-nbvc-change", "added")
    count.click()
    view.locator(".nbvc-Page").focus()
    seen = set()
    for key in "ppppnnnn":  # from where the filter left it, in both directions
        screen.page.keyboard.press(key)
        current = view.locator(".nbvc-Row.nbvc-mod-current, .nbvc-Ghost.nbvc-mod-current").first
        current.wait_for()
        seen.add(current.get_attribute("data-nbvc-change"))
    assert {"modified", "added", "removed"} <= seen
    folds = view.locator(".nbvc-Fold")
    assert folds.count() >= 1
    before = view.locator('.nbvc-Row[data-nbvc-change="unchanged"]').count()
    folds.first.click()
    screen.page.wait_for_function(
        "count => document.querySelectorAll('.nbvc-Row[data-nbvc-change=unchanged]').length > count",
        arg=before,
    )


@pytest.mark.lab
def test_a_part_of_a_cell_comes_back(screen: Screen, repo: Path) -> None:
    cell = code("x = 1\nprint(x)", [stream("1\n")], id="id0001")
    (repo / "other.ipynb").write_bytes(file(cell, minor=5, **KERNEL))
    commit_all(repo, "A message that is quite long, but is to be read from its start to its end")
    changed = code("x = 2\nprint(x)", [stream("2\n")], id="id0001")
    (repo / "other.ipynb").write_bytes(file(changed, minor=5, **KERNEL))
    screen.open(f"{repo.name}/other.ipynb", repo.name)
    view = screen.compare("Last commit")
    facts = screen.text(".nbvc-Compare-side.nbvc-mod-before").replace(" ▾", "")
    assert facts.startswith("BEFORE A message that is quite long, but is to be read from its start")
    assert "Last commit" in facts
    assert "Noise: 0" in screen.text(".nbvc-Compare-noise")
    row = view.locator(".nbvc-Row")
    row.hover()
    row.locator(".nbvc-Row-parts").click()
    screen.page.locator(".lm-Menu-item", has_text="Outputs only").click()
    expect(view.locator(".nbvc-OutputPair")).to_have_count(0)
    expect(view.locator(".nbvc-Source.nbvc-mod-pair")).to_have_count(1)
    screen.wait_for_sources(["x = 2\nprint(x)"])


@pytest.mark.slow
def test_two_files_from_the_file_browser(screen: Screen, repo: Path) -> None:
    changed = json.loads(FIRST)
    changed["cells"][3]["source"] = "z = 4"
    (repo / "other.ipynb").write_bytes(file(*changed["cells"], minor=5, **KERNEL))
    screen.page.goto(screen.server.files(repo.name))
    items = screen.page.locator(".jp-DirListing-item")
    items.filter(has_text="a.ipynb").first.click()
    items.filter(has_text="other.ipynb").first.click(modifiers=["Control"])
    items.filter(has_text="other.ipynb").first.click(button="right")
    screen.page.locator(".lm-Menu-item", has_text="Compare the Two").first.click()
    view = screen.compared()
    assert screen.text(".nbvc-Compare-summary") == "1 changed"
    assert "z = 4" in view.inner_text()


@pytest.mark.lab
def test_a_checkpoint_with_a_message_and_the_chooser(opened: Screen, repo: Path) -> None:
    opened.command("nbvc:checkpoint")
    opened.page.locator(".jp-Dialog input").fill("before the rewrite")
    opened.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    opened.page.locator(".jp-Dialog").wait_for(state="detached")
    opened.append(1, "00")
    opened.press("nbvc-compare")
    opened.page.locator(".lm-Menu-item", has_text="Another checkpoint or commit").click()
    opened.page.locator(".nbvc-Versions [role=option]", has_text="before the rewrite").click()
    opened.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    opened.compared()
    assert opened.text(".nbvc-Compare-summary") == "1 changed"


@pytest.mark.lab
def test_no_polling_of_anything(
    context: BrowserContext, opened: Screen, repo: Path, remote: Path
) -> None:
    asked: list[str] = []
    opened.page.wait_for_timeout(2000)  # JupyterLab 4.2 reports late that the notebook is open
    opened.page.on("request", lambda request: asked.append(request.url))
    opened.page.wait_for_timeout(5000)
    ours = [url for url in asked if "/nbvc/" in url and "/nbvc/digest" not in url]
    assert ours == []


@pytest.mark.slow
def test_asked_again_it_is_the_one_that_is_open(opened: Screen, repo: Path) -> None:
    opened.append(1, "0")
    for _ in range(3):
        opened.command("nbvc:compare", what="head", path=f"{repo.name}/a.ipynb")
        opened.compared()
    for _ in range(2):
        opened.command("nbvc:history", path=f"{repo.name}/a.ipynb")
        opened.state(".nbvc-History", "ready")
    assert opened.page.locator(".nbvc-Compare").count() == 1
    assert opened.page.locator(".nbvc-History").count() == 1
    for _ in range(2):
        opened.command("nbvc:commit", path=f"{repo.name}/a.ipynb")
    opened.state(".nbvc-Commit", "ready")
    opened.page.keyboard.press("Escape")
    expect(opened.page.locator(".jp-Dialog")).to_have_count(0)


@pytest.mark.lab
def test_a_server_that_is_away_is_told_and_asked_again(opened: Screen, repo: Path) -> None:
    page = opened.page
    opened.append(1, "0")
    page.route("**/nbvc/**", lambda route: route.abort())
    opened.command("nbvc:compare", what="head")
    opened.state(".nbvc-Compare", "error")
    assert "did not answer" in opened.text(".nbvc-Compare")
    expect(page.locator(".nbvc-Compare-header")).to_be_hidden()
    opened.command("nbvc:commit", path=f"{repo.name}/a.ipynb")
    opened.state(".nbvc-Commit", "failed")
    page.unroute_all()
    opened.accept("Try again")
    opened.state(".nbvc-Commit", "ready")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Try again").click()
    opened.compared()
    assert opened.text(".nbvc-Compare-summary") == "1 changed"


@pytest.mark.slow
def test_what_is_no_notebook_is_named(screen: Screen, repo: Path) -> None:
    (repo / "empty.ipynb").write_bytes(b"")
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    screen.command("nbvc:conflicts", path=f"{repo.name}/empty.ipynb")
    screen.state(".nbvc-Conflicts", "error")
    assert screen.text(".nbvc-Conflicts") == f"{repo.name}/empty.ipynb: the file is empty."
