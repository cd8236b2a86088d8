"""Commit and push from the toolbar, as somebody does who has never heard of a terminal."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

import nbvc
from tests.browser.jupyter.conftest import FIRST, KERNEL
from tests.integration.git.sandbox import commit_all, git
from tests.making import code, file

if TYPE_CHECKING:
    from tests.browser.jupyter.driving import Screen


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


@pytest.mark.lab
def test_two_clicks_and_a_message(opened: Screen, repo: Path, remote: Path) -> None:
    opened.append(1, "00")
    opened.press("nbvc-commit")  # one
    opened.state(".nbvc-Commit", "ready")
    opened.page.locator(".nbvc-Commit-push").set_checked(True)  # an earlier test may have chosen
    opened.page.locator(".nbvc-Commit-message").focus()
    # The summary says what will go in.
    opened.page.keyboard.type("A hundred")
    expect(opened.page.locator(".nbvc-Commit-summary")).to_contain_text("1")
    opened.page.keyboard.press("Control+Enter")  # instead of two
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    assert git(remote, "log", "-1", "--format=%s", "main") == "A hundred"


@pytest.mark.slow
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


def _others_push(remote: Path, tmp_path: Path, line: bytes) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(remote), str(clone))
    (clone / "a.ipynb").write_bytes(FIRST.replace(b"z = 3", line))
    commit_all(clone, "theirs")
    git(clone, "push", "-q")


def test_a_rejected_push_has_a_way_on(
    opened: Screen, repo: Path, remote: Path, tmp_path: Path
) -> None:
    _others_push(remote, tmp_path, b"z = 33")
    opened.append(1, "00")
    opened.commit("Mine")
    assert opened.state(".nbvc-Commit", "done", "failed") == "failed"
    assert "Others have pushed to origin/main" in opened.text(".nbvc-Commit")
    assert git(repo, "log", "-1", "--format=%s") == "Mine"  # kept
    opened.accept("Get changes and merge")
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    opened.accept("Close")
    opened.wait_for_sources(["# Title\n\nSome text here.", "x = 100", "y = 2", "z = 33"])
    merged = nbvc.read(git(remote, "show", "main:a.ipynb").encode())
    assert [cell.source for cell in merged.cells][1:] == ["x = 100", "y = 2", "z = 33"]


def test_a_conflict_after_a_rejected_push_is_decided_and_pushed(
    opened: Screen, repo: Path, remote: Path, tmp_path: Path
) -> None:
    _others_push(remote, tmp_path, b"z = 30")
    opened.append(3, "3")
    opened.commit("Mine")
    opened.accept("Get changes and merge")
    opened.accept("Decide on the conflicts")
    opened.state(".nbvc-Conflicts", "ready")
    opened.page.get_by_role("button", name="Keep theirs").click()
    opened.page.locator(".nbvc-Conflicts-save").click()
    opened.state(".nbvc-Conflicts", "saved")
    opened.page.locator(".nbvc-Conflicts-finish", has_text="Finish the merge and push").click()
    opened.page.locator(".nbvc-Panel-result", has_text="Pushed to origin/main").wait_for()
    assert len(git(remote, "rev-list", "--parents", "-1", "main").split()) == 3
    merged = nbvc.read(git(remote, "show", "main:a.ipynb").encode())
    assert [cell.source for cell in merged.cells][1:] == ["x = 1", "y = 2", "z = 30"]


@pytest.mark.slow
def test_what_was_committed_before_can_be_pushed_alone(
    opened: Screen, repo: Path, remote: Path
) -> None:
    (repo / "other.ipynb").write_bytes(file(code("more")))
    commit_all(repo, "earlier")
    opened.press("nbvc-commit")
    assert opened.state(".nbvc-Commit", "ready", "failed") == "ready"
    assert "1 earlier commit" in opened.text(".nbvc-Commit-pushing")
    opened.page.locator(".nbvc-Commit-push").set_checked(True)
    opened.accept("Push")
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    assert git(remote, "log", "-1", "--format=%s", "main") == "earlier"


@pytest.mark.slow
def test_on_no_branch_a_push_needs_a_new_one(opened: Screen, repo: Path, remote: Path) -> None:
    git(repo, "checkout", "-q", "--detach")
    opened.append(1, "00")
    opened.press("nbvc-commit")
    opened.state(".nbvc-Commit", "ready")
    opened.page.locator(".nbvc-Commit-message").fill("On a branch of its own")
    accept = opened.page.locator(".jp-Dialog-button.jp-mod-accept")
    expect(accept).to_have_text("Commit")
    opened.page.locator(".nbvc-Commit-branch").select_option(label="New branch…")
    opened.page.locator(".nbvc-Commit-newBranch").fill("topic")
    opened.page.locator(".nbvc-Commit-push").set_checked(True)
    opened.accept("Commit and push")
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    assert git(remote, "log", "-1", "--format=%s", "topic") == "On a branch of its own"


@pytest.mark.lab
def test_stopped_says_how_things_stand_and_goes_on(
    opened: Screen, repo: Path, remote: Path
) -> None:
    page = opened.page
    opened.append(1, "00")
    page.route("**/nbvc/commit?*", lambda _: None)
    page.route("**/nbvc/commit", lambda _: None)
    opened.commit("Mine")
    page.locator(".nbvc-Waiting-cancel").click()
    assert opened.state(".nbvc-Commit", "done", "failed") == "failed"
    assert "Nothing has been committed" in opened.text(".nbvc-Commit")
    page.unroute_all(behavior="ignoreErrors")
    opened.accept("Commit and push")
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    assert git(remote, "log", "-1", "--format=%s", "main") == "Mine"


@pytest.mark.slow
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
    screen.page.locator(".nbvc-Commit-checkpoint").click()
    screen.page.locator(".nbvc-Checkpoint-message").fill("without git")
    screen.accept("Save checkpoint")
    screen.page.get_by_text("Checkpoint saved").first.wait_for()


@pytest.mark.lab
def test_outputs_of_others_are_trusted_only_on_request(
    opened: Screen, repo: Path, remote: Path, tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(remote), str(clone))
    table = {"output_type": "display_data", "data": {"text/html": "<b>theirs</b>"}, "metadata": {}}
    changed = json.loads(FIRST)
    changed["cells"][3]["outputs"] = [table]
    (clone / "a.ipynb").write_text(json.dumps(changed, indent=1) + "\n")
    commit_all(clone, "theirs")
    git(clone, "push", "-q")
    opened.append(1, "0")
    opened.commit("Mine")
    opened.accept("Get changes and merge")
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    opened.accept("Close")
    told = opened.page.locator(".Toastify__toast", has_text="no longer trusted")
    expect(told).to_contain_text("1 cell has outputs from elsewhere")
    told.get_by_role("button", name="Trust the notebook").click()
    opened.accept("Trust")
    opened.page.wait_for_function(
        "() => [...window.jupyterapp.shell.widgets('main')].find(one => one.content?.model?.cells)"
        ".content.model.cells.get(3).trusted"
    )


@pytest.mark.lab
def test_a_rename_is_said_and_committed(opened: Screen, repo: Path) -> None:
    opened.page.evaluate(
        "names => window.jupyterapp.serviceManager.contents.rename(...names)",
        [f"{repo.name}/a.ipynb", f"{repo.name}/b.ipynb"],
    )
    opened.press("nbvc-commit")
    opened.state(".nbvc-Commit", "ready")
    expect(opened.page.locator(".nbvc-Commit-summary")).to_contain_text("Renamed from a.ipynb")
    opened.page.locator(".nbvc-Commit-message").fill("renamed")
    opened.accept("Commit")
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    assert "renamed from a.ipynb" in opened.text(".nbvc-Commit-result")
    assert git(repo, "show", "--format=", "--name-status", "-M") == "R100\ta.ipynb\tb.ipynb"


@pytest.mark.lab
def test_the_dialog_closes_by_itself_if_nothing_is_left_to_read(opened: Screen, repo: Path) -> None:
    opened.append(1, "0")
    opened.press("nbvc-commit")
    opened.state(".nbvc-Commit", "ready")
    opened.page.locator(".nbvc-Commit-message").fill("ten")
    opened.page.keyboard.press("Control+Enter")
    opened.state(".nbvc-Commit", "done")
    opened.page.locator(".nbvc-Commit").wait_for(state="detached")
    told = opened.page.locator(".Toastify__toast", has_text="Committed")
    expect(told).to_contain_text("on main")


@pytest.mark.lab
def test_what_a_hook_changed_is_named_loaded_and_compared(opened: Screen, repo: Path) -> None:
    hook = repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nsed -i 's/x = 10/x = 1000/' a.ipynb && git add a.ipynb\n")
    hook.chmod(0o755)
    opened.append(1, "0")
    opened.press("nbvc-commit")
    opened.state(".nbvc-Commit", "ready")
    opened.page.locator(".nbvc-Commit-message").fill("ten")
    opened.accept("Commit")
    assert opened.state(".nbvc-Commit", "done", "failed") == "done"
    told = opened.page.locator(".nbvc-Commit-hook")
    expect(told).to_contain_text("A hook changed a.ipynb")
    assert opened.sources()[1] == "x = 1000"
    told.get_by_role("button", name="Compare").click()
    expect(opened.compared()).to_contain_text("x = 1000")


@pytest.mark.slow
def test_outputs_are_left_out_of_the_notebook_that_was_chosen(screen: Screen, repo: Path) -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": "1\n"}
    for name in ("a.ipynb", "other.ipynb"):
        (repo / name).write_bytes(file(code("x = 1", [printed], id="aaaa"), minor=5, **KERNEL))
    commit_all(repo, "with outputs")
    for name in ("a.ipynb", "other.ipynb"):
        again = {**printed, "text": "2\n"}
        (repo / name).write_bytes(file(code("x = 1", [again], id="aaaa"), minor=5, **KERNEL))
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    screen.press("nbvc-commit")
    summary = screen.page.locator(".nbvc-Commit-summary")
    expect(summary).to_contain_text("1 changed")
    outputs = screen.page.locator(".nbvc-Commit-outputs")
    outputs.select_option("strip")
    screen.page.locator(".nbvc-Commit-message").fill("without")
    screen.accept("Commit")
    assert screen.state(".nbvc-Commit", "done", "failed") == "done"
    screen.accept("Close")
    screen.press("nbvc-commit")
    expect(outputs).to_have_value("strip")
    expect(summary).to_contain_text("No changes")
    screen.page.keyboard.press("Escape")
    screen.open(f"{repo.name}/other.ipynb", f"{repo.name}-2")
    screen.press("nbvc-commit")
    screen.state(".nbvc-Commit", "ready")
    expect(outputs).to_have_value("keep")
