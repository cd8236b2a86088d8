"""With jupyter-collaboration the server saves, not the browser: nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import nbvc
from tests.browser.jupyter.conftest import FIRST
from tests.browser.jupyter.driving import Screen
from tests.browser.jupyter.serving import App, Server, served
from tests.browser.jupyter.test_history import FOUR
from tests.integration.git.sandbox import commit_all, git

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytest.importorskip("jupyter_collaboration")


@pytest.fixture(scope="module", params=[App.LAB, App.NOTEBOOK], ids=["lab", "notebook"])
def server(
    complete: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server where several may edit one notebook."""
    folder = tmp_path_factory.mktemp("together")
    with served(request.param, folder, collaboration=True) as server:
        yield server


def test_edit_commit_and_restore(opened: Screen, repo: Path, remote: Path) -> None:
    opened.append(2, "\nlast = 5")
    opened.commit("With the last keystroke")
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    pushed = nbvc.read(git(remote, "show", "main:a.ipynb").encode())
    assert pushed.cells[2].source == "y = 2\nlast = 5"
    opened.page.locator(".jp-Dialog-button").last.click()
    opened.append(2, "0\nmore = 6")
    view = opened.compare("Last commit")
    view.locator('.nbvc-Row[data-nbvc-before="2"] .nbvc-Row-restore').click()
    opened.page.wait_for_function(
        f"() => ({_SOURCES_OF_ANY})().includes('y = 2\\nlast = 5')", timeout=15_000
    )


@pytest.mark.lab
def test_two_browsers_on_one_notebook(
    opened: Screen, repo: Path, remote: Path, context: BrowserContext
) -> None:
    other = Screen(context.new_page(), opened.server).open(f"{repo.name}/a.ipynb", f"{repo.name}2")
    opened.append(1, "  # from the one")
    other.append(3, "  # from the other")
    both = ["x = 1  # from the one", "y = 2", "z = 3  # from the other"]
    for screen in (opened, other):
        screen.page.wait_for_function(
            f"expected => JSON.stringify(({_SOURCES_OF_ANY})().slice(1)) === "
            "JSON.stringify(expected)",
            arg=both,
        )
    other.commit("Both")
    assert other.state(".nbvc-Commit", "done", "failed") == "done"
    pushed = nbvc.read(git(remote, "show", "main:a.ipynb").encode())
    assert [cell.source for cell in pushed.cells][1:] == both
    assert git(remote, "ls-tree", "-r", "--name-only", "main").split() == ["a.ipynb", "other.ipynb"]


_SOURCES_OF_ANY = """() => {
  const all = [...window.jupyterapp.shell.widgets('main')].filter(one => one.content?.model?.cells);
  return all.length ? [...all[0].content.model.cells].map(c => c.sharedModel.getSource()) : [];
}"""


@pytest.mark.lab
def test_every_page_is_told_of_conflicts(
    opened: Screen, repo: Path, remote: Path, context: BrowserContext
) -> None:
    other = Screen(context.new_page(), opened.server).open(f"{repo.name}/a.ipynb", f"{repo.name}2")
    marked = "<<<<<<< local\\nx = 10\\n=======\\nx = 100\\n>>>>>>> topic"
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"x = 1", marked.encode()))
    for screen in (opened, other):
        told = screen.page.get_by_role("alert").filter(has_text="left conflicts")
        expect(told.get_by_role("button", name="Decide on them")).to_be_visible()
    (repo / "a.ipynb").write_bytes(FIRST)
    for screen in (opened, other):
        expect(screen.page.get_by_role("alert").filter(has_text="left conflicts")).to_have_count(0)


@pytest.mark.lab
def test_what_another_types_during_a_merge_is_kept(
    opened: Screen, repo: Path, remote: Path, tmp_path: Path, context: BrowserContext
) -> None:
    theirs = tmp_path / "theirs"
    git(tmp_path, "clone", "-q", str(remote), str(theirs))
    changed = (theirs / "a.ipynb").read_bytes().replace(b"y = 2", b"y = 222")
    (theirs / "a.ipynb").write_bytes(changed)
    commit_all(theirs, "theirs")
    git(theirs, "push", "-q")
    other = Screen(context.new_page(), opened.server).open(f"{repo.name}/a.ipynb", f"{repo.name}2")
    opened.append(1, "0")
    opened.commit("mine")
    assert opened.state(".nbvc-Commit", "done", "failed") == "failed"
    typed = "  # " + "abcdefghij" * 6
    # Pressed by the page itself, while the other one types.
    opened.page.evaluate(
        """() => { setTimeout(() => document.querySelector(
          '.jp-Dialog-button.jp-mod-accept').click(), 800) }"""
    )
    other.cell(3).locator(".cm-content").click()
    other.page.keyboard.press("Control+End")
    other.page.keyboard.type(typed, delay=60)
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    merged = ["x = 10", "y = 222", f"z = 3{typed}"]
    for screen in (opened, other):
        screen.page.wait_for_function(
            f"expected => JSON.stringify(({_SOURCES_OF_ANY})().slice(1)) === "
            "JSON.stringify(expected)",
            arg=merged,
        )


@pytest.mark.lab
def test_what_another_program_writes_is_merged(
    opened: Screen, repo: Path, context: BrowserContext
) -> None:
    other = Screen(context.new_page(), opened.server).open(f"{repo.name}/a.ipynb", f"{repo.name}2")
    opened.append(1, "0")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = 22"))
    for screen in (opened, other):
        screen.page.wait_for_function(
            f"() => JSON.stringify(({_SOURCES_OF_ANY})().slice(1)) === "
            """'["x = 10","y = 22","z = 3"]'"""
        )
        told = screen.page.get_by_role("alert").filter(has_text="changed on the disk")
        expect(told.get_by_role("button", name="Compare")).to_be_visible()
    opened.press("nbvc-commit")
    opened.state(".nbvc-Commit", "ready")
    opened.page.locator(".nbvc-Commit-message").fill("both")
    opened.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    assert [one.source for one in nbvc.read(git(repo, "show", "HEAD:a.ipynb").encode()).cells] == [
        *FOUR[:1],
        "x = 10",
        "y = 22",
        "z = 3",
    ]
