"""Conflicts of each kind, decided without a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import nbvc
from tests.browser.jupyter.conftest import FIRST, KERNEL
from tests.integration.git.sandbox import commit_all, git, try_git
from tests.making import code, file

if TYPE_CHECKING:
    from tests.browser.jupyter.driving import Screen


def _two_branches(repo: Path) -> None:
    """Change one line on `topic`, and otherwise on `main`."""
    git(repo, "switch", "-q", "-c", "topic")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = fit(a, b)"))
    commit_all(repo, "on topic")
    git(repo, "switch", "-q", "main")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = 20"))
    commit_all(repo, "on main")


def _in_conflict(repo: Path, kind: str) -> None:
    """Merge two changes of one line: by nbvc's driver, or by git's lines."""
    _two_branches(repo)
    assert try_git(repo, "merge", "-q", "topic") == 1
    assert b"<<<<<<<" in (repo / "a.ipynb").read_bytes()
    if kind == "nbvc":
        from nbvc.merging.textual import fix_notebook

        (repo / "a.ipynb").write_bytes(fix_notebook((repo / "a.ipynb").read_bytes())[0])


@pytest.mark.lab
@pytest.mark.parametrize(
    ("kind", "choice", "expected"),
    [
        ("nbvc", "Keep theirs", ["y = fit(a, b)"]),
        ("git", "Keep both", ["y = 20\ny = fit(a, b)"]),
    ],
)
def test_a_conflict_is_decided_and_marked_resolved(
    screen: Screen, repo: Path, kind: str, choice: str, expected: list[str]
) -> None:
    _in_conflict(repo, kind)
    screen.open(f"{repo.name}/other.ipynb", repo.name)
    screen.command("nbvc:conflicts", path=f"{repo.name}/a.ipynb")
    screen.state(".nbvc-Conflicts", "ready")
    left = screen.page.locator(".nbvc-Conflicts-left")
    save = screen.page.locator(".nbvc-Conflicts-save")
    expect(left).to_have_attribute("data-nbvc-left", "1")
    expect(save).to_be_disabled()
    screen.page.get_by_role("button", name="Keep mine").click()
    expect(left).to_have_attribute("data-nbvc-left", "0")
    screen.page.locator(".nbvc-Conflicts-undo").click()
    expect(left).to_have_attribute("data-nbvc-left", "1")
    screen.page.get_by_role("button", name=choice).click()
    save.click()
    screen.state(".nbvc-Conflicts", "saved")
    saved = nbvc.read((repo / "a.ipynb").read_bytes())
    assert [cell.source for cell in saved.cells][2:-1] == expected
    assert git(repo, "ls-files", "-u") == ""


@pytest.mark.lab
def test_mine_is_mine_in_a_rebase_too(screen: Screen, repo: Path) -> None:
    _two_branches(repo)
    git(repo, "switch", "-q", "topic")
    assert try_git(repo, "rebase", "-q", "main") == 1
    screen.open(f"{repo.name}/other.ipynb", repo.name)
    screen.command("nbvc:conflicts", path=f"{repo.name}/a.ipynb")
    screen.state(".nbvc-Conflicts", "ready")
    labels = screen.text(".nbvc-Conflict-labels")
    assert labels.startswith("Theirs: main, on which you rebase Mine: your commit")
    screen.page.get_by_role("button", name="Keep mine").click()
    screen.page.locator(".nbvc-Conflicts-save").click()
    screen.state(".nbvc-Conflicts", "saved")
    saved = nbvc.read((repo / "a.ipynb").read_bytes())
    assert [cell.source for cell in saved.cells][2:-1] == ["y = fit(a, b)"]


@pytest.mark.lab
@pytest.mark.parametrize("kind", ["nbvc", "git"])
def test_opening_offers_to_decide_and_something_else_may_be_typed(
    screen: Screen, repo: Path, kind: str
) -> None:
    _in_conflict(repo, kind)
    screen.page.goto(screen.server.page(f"{repo.name}/a.ipynb", repo.name))
    if kind == "git":  # Jupyter says first that it can't open it
        screen.page.locator(".jp-Dialog-button").last.click()
    screen.page.get_by_text("Decide on them").first.click()
    screen.state(".nbvc-Conflicts", "ready")
    screen.page.locator(".nbvc-Conflict-result").fill("y = fit(a, b, 20)")
    expect(screen.page.locator(".nbvc-Conflicts-left")).to_have_attribute("data-nbvc-left", "0")
    screen.page.locator(".nbvc-Conflicts-save").click()
    screen.state(".nbvc-Conflicts", "saved")
    saved = nbvc.read((repo / "a.ipynb").read_bytes())
    assert [cell.source for cell in saved.cells][2:-1] == ["y = fit(a, b, 20)"]
    assert git(repo, "ls-files", "-u") == ""


@pytest.mark.lab
def test_hunk_by_hunk_without_markers(screen: Screen, repo: Path) -> None:
    lines = [f"line_{number} = {number}" for number in range(9)]

    def write(first: str, last: str) -> None:
        changed = [first, *lines[1:8], last]
        cell = code("\n".join(changed), id="id0001")
        (repo / "a.ipynb").write_bytes(file(cell, minor=5, **KERNEL))

    write("a = 0", "b = 0")
    commit_all(repo, "base")
    git(repo, "switch", "-q", "-c", "topic")
    write("a = 2", "b = 2")
    commit_all(repo, "on topic")
    git(repo, "switch", "-q", "main")
    write("a = 1", "b = 1")
    commit_all(repo, "on main")
    assert try_git(repo, "merge", "-q", "topic") == 1
    screen.open(f"{repo.name}/other.ipynb", repo.name)
    screen.command("nbvc:conflicts", path=f"{repo.name}/a.ipynb")
    screen.state(".nbvc-Conflicts", "ready")
    assert "<<<<" not in screen.text(".nbvc-Conflicts")
    hunks = screen.page.locator(".nbvc-Hunk")
    hunks.nth(1).get_by_role("button", name="Theirs").click()
    expect(screen.page.locator(".nbvc-Conflicts-left")).to_have_attribute("data-nbvc-left", "1")
    hunks.nth(0).get_by_role("button", name="Mine").click()
    expect(screen.page.locator(".nbvc-Conflicts-left")).to_have_attribute("data-nbvc-left", "0")
    screen.page.get_by_role("button", name="Show base").click()
    expect(screen.page.locator(".nbvc-Conflict-base")).to_contain_text("a = 0")
    screen.page.locator(".nbvc-Conflict-result").click()
    screen.page.keyboard.press("Control+Home")
    screen.page.keyboard.type("# mine")
    screen.page.keyboard.press("Enter")
    screen.page.locator(".nbvc-Conflicts-save").click()
    screen.state(".nbvc-Conflicts", "saved")
    saved = nbvc.read((repo / "a.ipynb").read_bytes())
    assert saved.cells[0].source.split("\n") == ["# mine", "a = 1", *lines[1:8], "b = 2"]


@pytest.mark.lab
@pytest.mark.parametrize(
    "choice", ["Keep mine: keep the notebook", "Keep theirs: delete the notebook"]
)
def test_a_notebook_that_others_deleted_is_kept_or_deleted(
    screen: Screen, repo: Path, choice: str
) -> None:
    git(repo, "switch", "-q", "-c", "topic")
    git(repo, "rm", "-q", "a.ipynb")
    commit_all(repo, "on topic")
    git(repo, "switch", "-q", "main")
    (repo / "a.ipynb").write_bytes(FIRST.replace(b"y = 2", b"y = 20"))
    commit_all(repo, "on main")
    assert try_git(repo, "merge", "-q", "topic") == 1
    screen.open(f"{repo.name}/other.ipynb", repo.name)
    screen.command("nbvc:conflicts", path=f"{repo.name}/a.ipynb")
    screen.state(".nbvc-Conflicts", "ready")
    assert screen.text(".nbvc-Row-header").startswith("The other branch deleted this notebook")
    expect(screen.page.locator(".nbvc-Conflicts-save")).to_be_hidden()
    screen.page.get_by_role("button", name=choice).click()
    screen.state(".nbvc-Conflicts", "saved")
    assert (repo / "a.ipynb").exists() == choice.startswith("Keep mine")
    assert git(repo, "ls-files", "-u") == ""
