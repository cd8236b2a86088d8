"""Commit and push from the toolbar, as somebody does who has never heard of a terminal."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import nbvc
from tests.git.sandbox import commit_all, git
from tests.jupyter.browser.conftest import FIRST
from tests.making import code, file

if TYPE_CHECKING:
    from tests.jupyter.browser.driving import Screen


def test_edit_commit_and_push(opened: Screen, repo: Path, remote: Path) -> None:
    (repo / "other.ipynb").write_bytes(file(code("staged")))
    git(repo, "add", "other.ipynb")
    opened.append(2, "\nlast = 5")
    opened.commit("Add the last value")
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    assert git(remote, "log", "-1", "--format=%s", "main") == "Add the last value"
    assert git(remote, "diff", "--name-only", "main~1", "main") == "a.ipynb"
    pushed = nbvc.read(git(remote, "show", "main:a.ipynb").encode())
    before = nbvc.read(FIRST)
    changes = [cell.change.value for cell in nbvc.diff(before, pushed).cells]
    assert changes == ["unchanged", "unchanged", "modified", "unchanged"]
    assert pushed.cells[2].source == "y = 2\nlast = 5"
    assert git(repo, "diff", "--cached", "--name-only") == "other.ipynb"
    short = git(remote, "rev-parse", "--short=7", "main")
    assert opened.text(".nbvc-Commit-result code").startswith(short)


def test_two_clicks_and_a_message(opened: Screen, repo: Path, remote: Path) -> None:
    opened.append(1, "00")
    opened.press("nbvc-commit")  # one
    opened.state(".nbvc-Commit", "ready")
    opened.page.locator(".nbvc-Commit-push").set_checked(True)  # an earlier test may have chosen
    opened.page.locator(".nbvc-Commit-message").focus()
    # The summary says what will go in.
    opened.page.keyboard.type("A hundred")
    assert "1" in opened.text(".nbvc-Commit-summary")
    opened.page.keyboard.press("Control+Enter")  # instead of two
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    assert git(remote, "log", "-1", "--format=%s", "main") == "A hundred"


@pytest.mark.lab
def test_a_commit_without_a_push(opened: Screen, repo: Path, remote: Path) -> None:
    old = git(remote, "rev-parse", "main")
    opened.append(1, "00")
    opened.press("nbvc-commit")
    opened.state(".nbvc-Commit", "ready")
    opened.page.locator(".nbvc-Commit-push").uncheck()
    opened.page.locator(".nbvc-Commit-message").fill("Local")
    opened.page.locator(".jp-Dialog-button.jp-mod-accept").click()
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    assert git(repo, "log", "-1", "--format=%s") == "Local"
    assert git(remote, "rev-parse", "main") == old


def test_a_rejected_push_has_a_way_on(
    opened: Screen, repo: Path, remote: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(remote), str(clone))
    (clone / "a.ipynb").write_bytes(FIRST.replace(b"z = 3", b"z = 33"))
    commit_all(clone, "theirs")
    git(clone, "push", "-q")
    opened.append(1, "00")
    opened.commit("Mine")
    assert opened.state(".nbvc-Commit", "done", "failed") == "failed"
    said = opened.text(".nbvc-Commit")
    assert "commits that main lacks" in said or "has changes" in said
    assert git(repo, "log", "-1", "--format=%s") == "Mine"  # kept
    step = opened.page.locator(".nbvc-Commit-next")
    assert "merge" in step.inner_text()
    step.click()
    opened.page.locator(".nbvc-Commit-next", has_text="ush").or_(
        opened.page.locator('.nbvc-Commit[data-nbvc-state="done"]')
    ).first.wait_for()
    again = opened.page.locator(".nbvc-Commit-next", has_text="ush")
    if again.count():
        again.first.click()
    opened.state(".nbvc-Commit", "done")
    merged = nbvc.read(git(remote, "show", "main:a.ipynb").encode())
    assert [cell.source for cell in merged.cells][1:] == ["x = 100", "y = 2", "z = 33"]


def test_a_remote_that_is_gone_is_told_in_words(opened: Screen, repo: Path, remote: Path) -> None:
    shutil.rmtree(remote)
    opened.append(1, "00")
    opened.commit("Mine")
    assert opened.state(".nbvc-Commit", "done", "failed") == "failed"
    assert "can't be reached" in opened.text(".nbvc-Commit")
    assert git(repo, "log", "-1", "--format=%s") == "Mine"


@pytest.mark.lab
def test_outside_of_a_repository_the_button_explains_itself(screen: Screen, folder: Path) -> None:
    (folder / "a.ipynb").write_bytes(FIRST)
    screen.open(f"{folder.name}/a.ipynb", folder.name)
    screen.press("nbvc-commit")
    screen.page.get_by_text("no git repository").first.wait_for()
