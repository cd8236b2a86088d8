"""A browser without a window, and pages that are watched while they are open."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

# Asked before a test can hide it.
_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

DRAW_ALL = """() => {
    const style = document.createElement("style");
    style.textContent = ".change { content-visibility: visible !important }";
    document.head.append(style);
}"""
"""Lets a page draw what isn't on the screen, too."""


class Watched(NamedTuple):
    """A page, what it asked the network for, and what it complained about."""

    page: Page
    asked: list[str]
    complaints: list[str]


Opened = Callable[..., Watched]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: opens pages in chromium; skipped without one")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser; where there is none tests skip, but fail in CI."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("the browser tests can't run: no chromium")
        pytest.skip("no chromium")
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opened]:
    """Open a file in a page of its own; anything it asks for but itself is noted."""
    contexts = []

    def open_page(path: Path, **options: object) -> Watched:
        settings = {"viewport": {"width": 1400, "height": 900}, **options}
        context = browser.new_context(**settings)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        watched = Watched(page, [], [])
        address = path.as_uri()

        def note(request: Request) -> None:
            own = request.url == address or request.url.startswith(("data:", "about:srcdoc"))
            # The browser reports what the page's policy stopped, what a shape may not take from
            # another origin, and that a frame without one may not see files, too: nothing was sent.
            local = request.url.startswith("file:") and request.failure == "other"
            if not own and not local and request.failure not in {"csp", "origin"}:
                watched.asked.append(f"{request.url} ({request.failure})")

        context.on("requestfinished", note)
        context.on("requestfailed", note)
        page.on("console", lambda message: watched.complaints.append(message.text))
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.on("dialog", lambda dialog: watched.complaints.append(dialog.message))
        page.goto(address)
        return watched

    yield open_page
    for context in contexts:
        context.close()
