"""`nbvc timeline`: a page that holds every version once, and lets nothing out."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.cli.test_log import LONG, folder
from tests.integration.git.sandbox import commit_all, write
from tests.making import code, file, markdown, result

if TYPE_CHECKING:
    from tests.integration.conftest import Cli

__all__ = ["folder"]

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "YPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def story(page: str) -> dict[str, Any]:
    packed = re.search(r'<script type="text/plain" id="story">([^<]*)</script>', page)
    assert packed is not None
    found: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(packed[1])))
    return found


def spread(found: dict[str, Any]) -> list[list[str]]:
    """The sources of every version, as the page puts them together."""
    before: list[list[int]] = []
    every = []
    for version in found["versions"]:
        cells: list[list[int]] = []
        for part in version["cells"]:
            cells += [part[1:]] if part[0] < 0 else before[part[0] : sum(part)]
        before = cells
        every.append([found["cells"][cell][1] for _, cell in cells])
    return every


def test_the_page_is_shown_where_there_is_a_browser(
    folder: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    def browser(address: str) -> bool:
        shown.append(address)
        return True

    monkeypatch.setattr("webbrowser.open", browser)
    called = cli("timeline", "b.ipynb", "-o", "a page.html", "--open")
    assert (called.code, shown) == (0, [(folder / "a page.html").as_uri()])
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    said = cli("timeline", "b.ipynb", "-o", "a page.html", "--open").err
    assert said.splitlines()[-1] == "nbvc: no browser could be started; the page is a page.html"


def test_a_page_holds_every_version(folder: Path, cli: Cli) -> None:
    called = cli("timeline", "b.ipynb")
    assert called.code == 0
    assert called.out == ""
    found = story((folder / "b.timeline.html").read_text())
    assert spread(found) == [
        [LONG, "# Words"],
        [LONG, "# Words"],
        [f"{LONG}\nlast = 1", "# Words"],
    ]
    assert len(found["cells"]) == 3
    assert [version["base"] for version in found["versions"]] == [-1, 0, 1]
    assert story(cli("timeline", "b.ipynb", "-o", "-").out) == found


def test_images_are_there_once_and_threads_go_through_moves(folder: Path, cli: Cli) -> None:
    picture = code("plot()", [result({"image/png": PIXEL, "text/plain": "<Figure>"}, 1)])
    write(folder / "b.ipynb", file(code(LONG), picture, markdown("# Words")))
    commit_all(folder, "four")
    write(folder / "b.ipynb", file(picture, code(LONG), markdown("# Words"), picture))
    commit_all(folder, "five")
    page = cli("timeline", "b.ipynb", "-o", "-").out
    assert page.count(PIXEL) == 1
    rows = story(page)["versions"]
    assert rows[-1]["cells"][:2] == [[1, 1], [0, 1]]


HOSTILE = "</script><img src=x onerror=alert(1)><script>alert(2)</script>\u202e"


def test_fault_61_nothing_on_a_page_is_markup_that_was_not_ours(folder: Path, cli: Cli) -> None:
    html = result({"text/html": HOSTILE, "text/plain": HOSTILE, HOSTILE: HOSTILE})
    bad = result({"image/png": f'"{HOSTILE}'})
    write(
        folder / "b.ipynb",
        file(code(HOSTILE, [html, bad], id=HOSTILE), kernelspec={"name": HOSTILE}),
    )
    commit_all(folder, HOSTILE)
    page = cli("timeline", "b.ipynb", "-o", "-").out
    assert "onerror" not in page
    assert "\u202e" not in page
    assert page.count("<script") == 4
    assert "default-src 'none'" in page


def test_the_page_is_kept_for_the_next_time_and_made_again_after_a_commit(
    folder: Path, cli: Cli
) -> None:
    first = cli("timeline", "b.ipynb", "-o", "-").out
    assert cli("timeline", "b.ipynb", "-o", "-").out == first
    write(folder / "b.ipynb", file(code("other")))
    commit_all(folder, "four")
    assert len(story(cli("timeline", "b.ipynb", "-o", "-").out)["versions"]) == 4
    assert len(story(cli("timeline", "b.ipynb", "-n", 2, "-o", "-").out)["versions"]) == 2


def test_the_slider_shows_every_version_in_a_browser(folder: Path, cli: Cli) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("no Chromium")
    write(folder / "b.ipynb", file(code(HOSTILE, [result({"text/html": f"<b>hi</b>{HOSTILE}"})])))
    commit_all(folder, "four")
    assert cli("timeline", "b.ipynb", "-o", "page.html").code == 0
    with sync_api.sync_playwright() as driver:
        options = {"executable_path": str(chromium), "args": ["--no-sandbox"]}
        browser = driver.chromium.launch(**options)
        page = browser.new_page()
        heard: list[str] = []
        page.on("request", lambda request: heard.append(request.url))
        page.on("dialog", lambda dialog: heard.append(dialog.message))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.goto((folder / "page.html").as_uri())
        page.wait_for_selector("body[data-ready]")
        assert page.inner_text("#position") == "Version 4 of 4"
        page.click("#first")
        assert page.inner_text("#title") == "one"
        assert page.locator("#cells .source").all_inner_texts() == [LONG, "Words"]
        for _ in range(2):
            page.keyboard.press("ArrowRight")
        added = page.locator('#cells ins[data-sign="+"]')
        added.filter(has_text="last = 1").wait_for()  # drawn when the browser comes to it
        assert added.all_inner_texts() == ["last = 1"]
        assert "1 edited" in page.inner_text("#changes")
        page.click('#cells .cell:nth-child(1) [aria-label="Next change of this cell"]')
        assert page.inner_text("#position") == "Version 4 of 4"
        page.select_option("#base", "0")
        assert "Since version 1" in page.inner_text("#changes")
        page.evaluate(
            "for (const fold of document.querySelectorAll('details.rich')) fold.open = true"
        )
        page.wait_for_timeout(200)
        browser.close()
    assert [url for url in heard if not url.startswith(("file:", "data:"))] == []


def test_versions_are_listed_and_can_be_saved(folder: Path, cli: Cli) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("no Chromium")
    sources = [f"for x in 'a<U+200B>b\u200b':\n    {LONG}", "# Words"]
    write(folder / "b.ipynb", file(code(sources[0]), markdown(sources[1])))
    commit_all(folder, "four")
    assert cli("timeline", "b.ipynb", "-n", 2, "-o", "page.html").code == 0
    with sync_api.sync_playwright() as driver:
        options = {"executable_path": str(chromium), "args": ["--no-sandbox"]}
        browser = driver.chromium.launch(**options)
        page = browser.new_page()
        page.goto((folder / "page.html").as_uri())
        page.wait_for_selector("body[data-ready]")
        assert page.inner_text("#position") == "Version 4 of 4"
        assert page.locator("#versions .number").all_inner_texts() == ["4", "3"]
        assert all(
            any(map(str.isdigit, when))
            for when in page.locator("#versions small").all_inner_texts()
        )
        assert page.locator("#cells .k").first.inner_text() == "for"
        with page.expect_download() as saving:
            page.click("#download")
        saved = json.loads(Path(saving.value.path()).read_text(encoding="utf-8"))
        assert [cell["source"] for cell in saved["cells"]] == sources
        page.click("#versions li:nth-child(2) a")
        assert page.inner_text("#position") == "Version 3 of 4"
        browser.close()
