"""Servers that live as long as the tests, and for each test a repository, a remote and a page."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.jupyter.serving import BUNDLE, App, Server, chromium, is_installed, served
from tests.integration.git.sandbox import commit_all, git
from tests.making import code, file, markdown

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from tests.browser.jupyter.driving import Screen

if importlib.util.find_spec("playwright") is None:
    collect_ignore_glob = ["test_*.py"]

# Asked before a test can hide the variable.
SCREENSHOTS = os.environ.get("NBVC_SCREENSHOTS")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--disable-dev-shm-usage",
)
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
FIRST = file(
    markdown("# Title\n\nSome text here.", id="aaaa"),
    code("x = 1", id="bbbb"),
    code("y = 2", id="cccc"),
    code("z = 3", id="dddd"),
    minor=5,
    **KERNEL,
)


def _missing() -> str | None:
    """Return what the tests in this folder lack here."""
    if chromium() is None:
        return "no chromium"
    if not is_installed() and not (BUNDLE / "package.json").is_file():
        return "the extension is not built (pip install ./jupyter_extension)"
    try:
        import jupyterlab  # noqa: F401
        import notebook  # noqa: F401
        import playwright  # noqa: F401
    except ImportError as error:
        return str(error)
    return None


@pytest.fixture(autouse=True, scope="session")
def complete() -> None:
    """Skip where something lacks; in CI that is a failure."""
    missing = _missing()
    if missing is not None:
        if os.environ.get("CI"):
            pytest.fail(f"the browser tests can't run: {missing}")
        pytest.skip(missing)


@pytest.fixture(autouse=True)
def jp_asyncio_loop() -> None:
    """There is no server in this process."""


@pytest.fixture(autouse=True)
def jp_server_cleanup() -> None:
    """There is none to clean up after."""


@pytest.fixture(scope="package")
def browser(complete: None) -> Iterator[Browser]:
    """A browser without a window.

    Playwright keeps an event loop running in this process: it must end with these tests, or the
    servers of the tests next door can't have theirs.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture(scope="package", params=[App.LAB, App.NOTEBOOK], ids=["lab", "notebook"])
def server(
    complete: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """JupyterLab, then Notebook."""
    with served(request.param, tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(autouse=True)
def in_lab_at_least(request: pytest.FixtureRequest) -> None:
    """Leave tests marked `lab` out in Notebook, where the same code runs; with -m slow they run."""
    if request.node.get_closest_marker("lab") and "slow" not in request.config.getoption("-m"):
        param = getattr(request.node, "callspec", None)
        if param is not None and param.params.get("server") is App.NOTEBOOK:
            pytest.skip("as in Lab: runs with -m slow")


@pytest.fixture
def folder(server: Server, request: pytest.FixtureRequest) -> Path:
    """A folder for this test below the server's."""
    plain = "".join(char if char.isalnum() else "-" for char in request.node.name)
    folder = server.root / plain
    folder.mkdir()
    return folder


@pytest.fixture
def repo(folder: Path) -> Path:
    """A repository with `a.ipynb` and another notebook, in one commit."""
    git(folder, "init", "-q")
    for name in ("a.ipynb", "other.ipynb"):
        (folder / name).write_bytes(FIRST)
    commit_all(folder, "one")
    return folder


@pytest.fixture
def remote(repo: Path, tmp_path: Path) -> Path:
    """A bare repository that the repository follows."""
    bare = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    git(repo, "remote", "add", "origin", str(bare))
    git(repo, "push", "-q", "--set-upstream", "origin", "main")
    return bare


def _new_context(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser without a past."""
    with _new_context(browser) as context:
        yield context


@pytest.fixture(scope="package")
def tabs() -> list[Screen]:
    """The page of JupyterLab that one test hands to the next, if there is one."""
    return []


@pytest.fixture
def screen(
    browser: Browser, server: Server, tabs: list[Screen], request: pytest.FixtureRequest
) -> Iterator[Screen]:
    """A page; where the test fails, its picture is kept in $NBVC_SCREENSHOTS.

    JupyterLab takes seconds to load: a test takes over the page of the one before, which has been
    cleared, unless it asks for `context`. In Notebook each notebook is a page of its own.
    """
    from tests.browser.jupyter.driving import Screen

    while tabs and tabs[0].server is not server:
        tabs.pop().page.context.close()
    is_shared = server.app is App.LAB and "context" not in request.fixturenames
    if is_shared and tabs:
        screen = tabs.pop()
    elif is_shared:
        screen = Screen(_new_context(browser).new_page(), server)
    else:
        screen = Screen(request.getfixturevalue("context").new_page(), server)
    yield screen
    _kept(screen, request)
    server.end_kernels()
    errors = screen.errors
    has_failed = errors or request.node.stash.get(FAILED, False)
    if is_shared and not has_failed and screen.clear():
        tabs.append(screen)
    elif is_shared:
        screen.page.context.close()
    assert errors == []


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note of each test whether it has failed."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


def _kept(screen: Screen, request: pytest.FixtureRequest) -> None:
    place = SCREENSHOTS
    if place:
        Path(place).mkdir(parents=True, exist_ok=True)
        name = "".join(char if char.isalnum() else "-" for char in request.node.name)
        screen.page.screenshot(path=str(Path(place) / f"{name}.png"))


@pytest.fixture
def opened(screen: Screen, repo: Path) -> Any:
    """The page with `a.ipynb` of the repository open."""
    return screen.open(f"{repo.name}/a.ipynb", repo.name)
