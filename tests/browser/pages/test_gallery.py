"""Outputs of real libraries in chromium: light, dark and on a phone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

import nbvc
from nbvc.render.html import report
from tests.browser.pages.conftest import DRAW_ALL
from tests.conftest import ROOT
from tests.making import comparison

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.pages.conftest import Opened

GALLERY = sorted(path.parent for path in (ROOT / "fixtures" / "outputs").glob("*/before.ipynb"))
# Asked before a test can hide the variable.
SCREENSHOTS = os.environ.get("NBVC_SCREENSHOTS")
SCREENS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2},
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = [
        comparison(
            folder.name,
            nbvc.diff(nbvc.read(folder / "before.ipynb"), nbvc.read(folder / "after.ipynb")),
        )
        for folder in GALLERY
    ]
    path = tmp_path_factory.mktemp("gallery") / "gallery.html"
    path.write_text("".join(report(found, "Gallery")), encoding="utf-8")
    return path


@pytest.mark.parametrize("screen", SCREENS)
def test_the_gallery(opened: Opened, page: Path, screen: str) -> None:
    watched = opened(page, **SCREENS[screen])
    shown = watched.page
    shown.evaluate(DRAW_ALL)
    for fold in shown.locator("details.rich > summary").filter(visible=True).all():
        fold.click()
    shown.wait_for_timeout(500)
    if SCREENSHOTS:
        shown.screenshot(path=f"{SCREENSHOTS}/gallery-{screen}.png", full_page=True)
    assert watched.asked == []
    assert watched.complaints == []
    assert shown.locator("article").count() == len(GALLERY)
    assert shown.locator(".images img").count() >= 4
    assert shown.evaluate(
        "Promise.all([...document.images].filter((each) => each.checkVisibility())"
        ".map((each) => each.decode().then(() => each.naturalWidth)))"
        ".then((all) => all.every(Boolean))"
    )
    assert shown.locator("td.changed").count() > 0
    width = shown.evaluate("document.documentElement.scrollWidth")
    assert width <= shown.evaluate("innerWidth")
