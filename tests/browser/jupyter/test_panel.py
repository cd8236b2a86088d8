"""The panel of a repository, in as few clicks as a person needs. Typing counts as none."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import nbvc
from tests.browser.jupyter.conftest import FIRST
from tests.integration.git.sandbox import commit_all, git, try_git
from tests.making import code, file

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.jupyter.driving import Screen

SECOND = FIRST.replace(b"z = 3", b"z = 30")


class Panel:
    """The panel, opened, and the clicks since then."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.clicks = 0
        screen.command("nbvc:panel")
        screen.page.locator(".nbvc-Panel-message, .nbvc-Panel-begin").first.wait_for()
        self.node = screen.page.locator(".nbvc-Panel")

    def click(self, what: str | Locator) -> None:
        """Click a button by its label, or anything else."""
        self.clicks += 1
        if isinstance(what, str):
            buttons = self.screen.page.get_by_role("button", name=what, exact=True)
            what = buttons.locator("visible=true").last
        what.click()

    def type(self, message: str) -> None:
        """Write a commit message."""
        self.node.locator(".nbvc-Panel-message").fill(message)

    def file(self, name: str) -> Locator:
        """Return the row of a file."""
        return self.node.locator(f'.nbvc-File[data-nbvc-name="{name}"]')

    def wait(self, text: str) -> None:
        """Wait for a result."""
        self.node.locator(".nbvc-Panel-result", has_text=text).wait_for()


def test_a_first_commit_is_two_clicks(screen: Screen, folder: Path) -> None:
    (folder / "a.ipynb").write_bytes(FIRST)
    screen.open(f"{folder.name}/a.ipynb", folder.name)
    panel = Panel(screen)
    panel.click("Start version control here")
    panel.file("a.ipynb").wait_for()
    message = panel.node.locator(".nbvc-Panel-message")
    expect(message).to_be_focused()
    expect(message).to_have_attribute("placeholder", re.compile("Tab takes this"))
    screen.page.keyboard.press("Tab")
    panel.click("Commit")
    panel.wait("Committed")
    assert panel.clicks == 2
    assert git(folder, "log", "--format=%s") == "Begin with a.ipynb"
    assert git(folder, "ls-files").splitlines() == [".gitignore", "a.ipynb"]


@pytest.mark.lab
def test_a_place_to_push_to_is_two_clicks(opened: Screen, repo: Path, tmp_path: Path) -> None:
    bare = tmp_path / "new.git"
    git(tmp_path, "init", "-q", "--bare", str(bare))
    panel = Panel(opened)
    panel.click("Add an address to push to…")
    opened.page.locator(".nbvc-Panel .nbvc-Place-url").fill(str(bare))
    panel.click("Add and push")
    panel.wait("Pushed to origin/main")
    assert panel.clicks == 2
    assert git(bare, "log", "-1", "--format=%s", "main") == "one"


def test_two_notebooks_and_a_file_are_three_clicks(
    opened: Screen, repo: Path, remote: Path
) -> None:
    (repo / "other.ipynb").write_bytes(SECOND)
    (repo / "helper.py").write_text("one = 1\n")
    (repo / "left.py").write_text("two = 2\n")
    opened.append(1, "00")  # and not saved
    panel = Panel(opened)
    expect(panel.file("a.ipynb").locator("input")).to_be_checked()
    panel.click(panel.file("other.ipynb").locator("input"))
    panel.click(panel.file("helper.py").locator("input"))
    panel.type("Three files")
    panel.click("Commit and push")
    panel.wait("Pushed to origin/main")
    assert panel.clicks == 3
    changed = git(remote, "diff", "--name-only", "main~1", "main").splitlines()
    assert changed == ["a.ipynb", "helper.py", "other.ipynb"]
    assert nbvc.read(git(remote, "show", "main:a.ipynb").encode()).cells[1].source == "x = 100"
    expect(panel.file("left.py")).to_be_visible()


def test_a_rejected_push_with_a_conflict_is_five_clicks(
    opened: Screen, repo: Path, remote: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(remote), str(clone))
    (clone / "a.ipynb").write_bytes(SECOND)
    commit_all(clone, "theirs")
    git(clone, "push", "-q")
    opened.append(3, "3")
    panel = Panel(opened)
    expect(panel.file("a.ipynb").locator("input")).to_be_checked()
    panel.type("Mine")
    panel.click("Commit and push")
    panel.click("Get changes and merge")
    opened.state(".nbvc-Conflicts", "ready")
    expect(panel.file("a.ipynb")).to_have_attribute("data-nbvc-kind", "conflict")
    panel.click("Keep theirs")
    panel.click("Save and mark resolved")
    opened.state(".nbvc-Conflicts", "saved")
    panel.click(opened.page.locator(".nbvc-Conflicts-finish"))
    panel.wait("Pushed to origin/main")
    assert panel.clicks == 5
    assert len(git(remote, "rev-list", "--parents", "-1", "main").split()) == 3
    assert nbvc.read(git(remote, "show", "main:a.ipynb").encode()).cells[3].source == "z = 30"


def test_another_branch_is_two_clicks(opened: Screen, repo: Path) -> None:
    git(repo, "switch", "-qc", "topic")
    (repo / "a.ipynb").write_bytes(SECOND)
    commit_all(repo, "topic")
    git(repo, "switch", "-q", "main")
    panel = Panel(opened)
    panel.click(panel.node.locator(".nbvc-Branch"))
    panel.click(panel.node.get_by_role("menuitemradio", name=re.compile("topic")))
    opened.wait_for_sources(["# Title\n\nSome text here.", "x = 1", "y = 2", "z = 30"])
    expect(panel.node.locator(".nbvc-Branch-name")).to_have_text("topic")
    assert panel.clicks == 2
    assert git(repo, "branch", "--show-current") == "topic"


@pytest.mark.lab
def test_a_switch_that_would_overwrite_work_names_the_file(opened: Screen, repo: Path) -> None:
    git(repo, "switch", "-qc", "topic")
    (repo / "a.ipynb").write_bytes(SECOND)
    commit_all(repo, "topic")
    git(repo, "switch", "-q", "main")
    opened.append(3, "3")
    panel = Panel(opened)
    panel.click(panel.node.locator(".nbvc-Branch"))
    panel.click(panel.node.get_by_role("menuitemradio", name=re.compile("topic")))
    panel.wait("a.ipynb")
    assert opened.sources()[3] == "z = 33"
    assert git(repo, "branch", "--show-current") == "main"


@pytest.mark.lab
def test_a_new_branch_is_begun(opened: Screen, repo: Path) -> None:
    panel = Panel(opened)
    panel.click(panel.node.locator(".nbvc-Branch"))
    opened.page.locator(".nbvc-Branches-new").fill("mine")
    opened.page.keyboard.press("Enter")
    expect(panel.node.locator(".nbvc-Branch-name")).to_have_text("mine")
    assert git(repo, "branch", "--show-current") == "mine"


@pytest.mark.lab
def test_discarded_changes_come_back_with_undo(opened: Screen, repo: Path) -> None:
    opened.append(3, "3")
    opened.save()
    panel = Panel(opened)
    panel.file("a.ipynb").hover()
    panel.click("Discard the changes in a.ipynb")
    opened.wait_for_sources(["# Title\n\nSome text here.", "x = 1", "y = 2", "z = 3"])
    panel.click("Undo")
    opened.wait_for_sources(["# Title\n\nSome text here.", "x = 1", "y = 2", "z = 33"])
    assert b"z = 33" in (repo / "a.ipynb").read_bytes()


def _stop_merge(repo: Path) -> None:
    """Stop a merge at a conflict in helper.py."""
    (repo / "helper.py").write_text("one = 1\nrest\n")
    commit_all(repo, "base")
    git(repo, "switch", "-qc", "topic")
    (repo / "helper.py").write_text("one = 3\nrest\n")
    commit_all(repo, "theirs")
    git(repo, "switch", "-q", "main")
    (repo / "helper.py").write_text("one = 2\nrest\n")
    commit_all(repo, "mine")
    assert try_git(repo, "merge", "-q", "topic")


@pytest.mark.lab
def test_a_text_file_in_conflict_is_resolved_and_pushed(
    opened: Screen, repo: Path, remote: Path
) -> None:
    _stop_merge(repo)
    panel = Panel(opened)
    expect(panel.node.locator(".nbvc-Operation")).to_contain_text("1 file left to resolve")
    expect(panel.node.locator(".nbvc-Panel-accept")).to_be_disabled()
    panel.click(panel.file("helper.py").locator(".nbvc-File-open"))
    opened.state(".nbvc-TextConflicts", "ready")
    panel.click("Keep both")
    panel.click("Save and mark resolved")
    panel.click(opened.page.locator(".nbvc-Conflicts-finish"))
    panel.wait("Pushed to origin/main")
    assert git(remote, "show", "main:helper.py") == "one = 2\none = 3\nrest"


@pytest.mark.lab
def test_a_merge_is_undone(opened: Screen, repo: Path) -> None:
    _stop_merge(repo)
    panel = Panel(opened)
    panel.click("Undo the merge")
    panel.node.locator(".nbvc-Operation").wait_for(state="detached")
    assert (repo / "helper.py").read_text() == "one = 2\nrest\n"
    assert git(repo, "diff") == ""


@pytest.mark.lab
def test_rows_open_what_changed(opened: Screen, repo: Path) -> None:
    (repo / "helper.py").write_text("one = 1\n")
    commit_all(repo, "two")
    (repo / "helper.py").write_text("one = 2\n")
    (repo / "other.ipynb").write_bytes(file(code("x = 1"), minor=5))
    panel = Panel(opened)
    panel.click(panel.file("helper.py").locator(".nbvc-File-open"))
    opened.state(".nbvc-TextDiff", "ready")
    assert opened.text(".nbvc-TextDiff-body") == "- one = 1 + one = 2"
    panel.click(panel.file("other.ipynb").locator(".nbvc-File-open"))
    opened.compared()


@pytest.mark.lab
def test_the_status_bar_says_it_without_a_click(
    opened: Screen, repo: Path, remote: Path, tmp_path: Path
) -> None:
    status = opened.page.locator(".nbvc-Status")
    expect(status).to_have_text("main")
    (repo / "helper.py").write_text("one = 1\n")
    opened.page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(status).to_have_text("main • 1 changed")
    commit_all(repo, "two")
    opened.page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(status).to_have_text("main ↑1")
    status.click()
    expect(opened.page.locator(".nbvc-Panel-message")).to_be_focused()


@pytest.mark.lab
def test_nothing_is_asked_for_while_nobody_does_anything(opened: Screen, repo: Path) -> None:
    Panel(opened)
    opened.page.wait_for_timeout(1500)
    asked: list[str] = []
    opened.page.on(
        "request", lambda one: asked.append(one.url) if "/nbvc/project" in one.url else None
    )
    opened.page.wait_for_timeout(6000)
    assert asked == []


@pytest.mark.lab
def test_what_is_ticked_and_written_is_of_one_repository(opened: Screen, repo: Path) -> None:
    other = repo.parent / f"{repo.name}-other"
    shutil.copytree(repo, other)
    for place in (repo, other):
        (place / "a.ipynb").write_bytes(FIRST.replace(b"x = 1", b"x = 2"))
        (place / "other.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = 3"))
    panel = Panel(opened)
    panel.file("other.ipynb").locator(".nbvc-File-tick").check()
    panel.type("for the first")
    opened.command("filebrowser:open-path", path=f"/{other.name}/a.ipynb")
    expect(panel.node.locator(".nbvc-Panel-message")).to_have_value("")
    expect(panel.file("other.ipynb").locator(".nbvc-File-tick")).not_to_be_checked()
    opened.command("filebrowser:open-path", path=f"/{repo.name}/a.ipynb")
    expect(panel.node.locator(".nbvc-Panel-message")).to_have_value("for the first")
    expect(panel.file("other.ipynb").locator(".nbvc-File-tick")).to_be_checked()
