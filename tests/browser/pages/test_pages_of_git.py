"""Pages about a repository whose every name would like to be a program, in chromium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nbvc.cli import run
from tests.browser.pages.conftest import DRAW_ALL
from tests.browser.pages.test_reports import BARE, EVIL, HIT, IMG, PAYLOADS, _notebook
from tests.integration.git.sandbox import commit_all, git, new

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.pages.conftest import Opened

NAME = f"{BARE.replace('/', ' ')}.ipynb"


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two commits and what is on the disk: file, branch, author and messages are markup."""
    folder = new(tmp_path / "<img src=x>")
    git(folder, "symbolic-ref", "HEAD", "refs/heads/<script>b</script>")
    git(folder, "config", "user.name", f"Ada {IMG}")
    for text in ("before", "between"):
        (folder / NAME).write_bytes(_notebook(text))
        commit_all(folder, f"</script><script>{HIT}</script>{IMG} {EVIL}\n\n{PAYLOADS[4]}")
    (folder / NAME).write_bytes(_notebook("after"))
    monkeypatch.chdir(folder)
    assert run(["checkpoint", "create", "-m", IMG, NAME]) == 0
    return folder


@pytest.mark.parametrize(
    ("command", "page"),
    [
        (("timeline", NAME, "-o", "page.html"), "page.html"),
        (("report", "HEAD~1..HEAD", "-o", "out"), "out/index.html"),
        (("report", "<script>b</script>", "-o", "out"), "out/index.html"),
    ],
    ids=["timeline", "report", "branch"],
)
def test_fault_61_and_62_pages_of_a_hostile_repository(
    hostile: Path, opened: Opened, command: tuple[str, ...], page: str
) -> None:
    assert run(list(command)) == 0
    watched = opened(hostile / page)
    shown = watched.page
    shown.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    shown.evaluate(DRAW_ALL)
    for _ in range(4):
        shown.keyboard.press("ArrowLeft")
    shown.wait_for_timeout(500)
    _is_inert(shown)
    assert watched.asked == []
    assert [text for text in watched.complaints if "script" in text.lower()] == []


def _is_inert(page: Page) -> None:
    for frame in page.frames:
        assert frame.evaluate("window.nbvcHit") is None
        handlers = "[onerror], [onload], [onclick], [onfocus], [ontoggle]"
        assert frame.locator(handlers).count() == 0
    assert page.locator("img:not([src^='data:image/'])").count() == 0
    assert page.locator("iframe:not([sandbox=''])").count() == 0
    assert page.locator(f"a[href*='javascript'], a[href*='{EVIL}']").count() == 0
