"""Single cells of a notebook: chosen by boxes, committed and discarded, in the dialog and the panel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.jupyter.conftest import KERNEL
from tests.conftest import ROOT
from tests.integration.git.sandbox import commit_all, git
from tests.making import code, file, markdown

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.jupyter.driving import Screen

DEMO = ROOT / "fixtures" / "demo" / "before.ipynb"
SOURCES = ["# Title", *(f"v{n} = {n}" for n in range(5))]


def make(edited: tuple[int, ...] = (), text: str = "0") -> bytes:
    """Return a notebook of a heading and five cells, of which some are edited."""
    sources = [one + text if at in edited else one for at, one in enumerate(SOURCES)]
    cells = [code(source, id=f"id-{at}") for at, source in enumerate(sources[1:], 1)]
    return file(markdown("# Title", id="top"), *cells, minor=5, **KERNEL)


@pytest.fixture
def five(repo: Path) -> Path:
    """`a.ipynb` with five cells that changed since the last commit."""
    (repo / "a.ipynb").write_bytes(make())
    commit_all(repo, "five cells")
    (repo / "a.ipynb").write_bytes(make((1, 2, 3, 4, 5)))
    return repo


def read_sources(repo: Path, spec: str) -> list[str]:
    stored = json.loads(git(repo, "show", "--no-textconv", f"{spec}:a.ipynb"))
    return ["".join(cell["source"]) for cell in stored["cells"]]


def edited(*numbers: int, text: str = "0") -> list[str]:
    return [one + text if at in numbers else one for at, one in enumerate(SOURCES)]


class Cells:
    """The list of changed cells of a notebook, in the panel or in the dialog."""

    def __init__(self, screen: Screen, place: str) -> None:
        self.screen = screen
        if place == "panel":
            screen.command("nbvc:panel")
        else:
            screen.press("nbvc-commit")
            screen.state(".nbvc-Commit", "ready")
        root = ".nbvc-Panel" if place == "panel" else ".nbvc-Commit"
        self.place = screen.page.locator(root)
        self.node = self.place.locator(".nbvc-Cells")
        screen.state(f"{root} .nbvc-Cells", "ready")
        self.message = self.place.locator(f"{root}-message")

    def tick(self, number: int) -> Locator:
        """Return the box of a cell, as a screen reader knows it."""
        return self.node.get_by_role("checkbox", name=re.compile(rf"Commit cell {number},"))

    def staged(self, number: int) -> Locator:
        """Return the box of a cell that is staged."""
        return self.node.get_by_role("checkbox", name=re.compile(rf"Staged: cell {number},"))

    def commit(self, message: str, *, dialog: bool = False) -> None:
        """Write a message, and press Commit."""
        self.message.fill(message)
        if dialog:
            self.screen.page.locator(".jp-Dialog-button.jp-mod-accept").click()
            assert self.screen.state(".nbvc-Commit", "done", "failed") == "done"
        else:
            self.place.locator(".nbvc-Panel-accept").click()
            self.place.locator(".nbvc-Panel-result", has_text="Committed").wait_for()


def test_two_of_five_cells_of_a_real_notebook_are_committed_under_the_filter(
    screen: Screen, repo: Path
) -> None:
    install = [sys.executable, "-m", "nbvc", "install", "--filter"]
    subprocess.run(install, cwd=repo, check=True, capture_output=True)
    real = json.loads(DEMO.read_bytes())
    (repo / "a.ipynb").write_bytes(_format(real))
    commit_all(repo, "a real one")
    codes = [at for at, cell in enumerate(real["cells"]) if cell["cell_type"] == "code"][:5]
    before = ["".join(cell["source"]) for cell in real["cells"]]
    for at in codes:
        real["cells"][at]["source"] = [f"{before[at]}\n", f"edited_{at} = True"]
    (repo / "a.ipynb").write_bytes(_format(real))
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    cells = Cells(screen, "panel")
    expect(cells.node.locator(".nbvc-Cells-tick")).to_have_count(5)
    chosen = [codes[1], codes[3]]
    for at in codes:
        expect(cells.tick(at + 1)).to_be_checked()
        cells.tick(at + 1).set_checked(at in chosen)
    cells.commit("Two cells")
    wanted = [
        f"{source}\nedited_{at} = True" if at in chosen else source
        for at, source in enumerate(before)
    ]
    assert read_sources(repo, "HEAD") == wanted
    stored = json.loads(git(repo, "show", "--no-textconv", "HEAD:a.ipynb"))
    assert not any(cell.get("outputs") for cell in stored["cells"])
    assert json.loads((repo / "a.ipynb").read_bytes())["cells"] == real["cells"]
    # The panel, git and nbvc agree on what is left.
    expect(cells.node.locator(".nbvc-Cells-tick")).to_have_count(3)
    assert git(repo, "diff", "--cached") == ""
    status = subprocess.run(
        [sys.executable, "-m", "nbvc", "status", "--format", "json", "a.ipynb"],
        cwd=repo,
        check=True,
        capture_output=True,
    )
    (line,) = json.loads(status.stdout)
    assert (line["where"], line["summary"].partition(",")[0]) == ("unstaged", "3 cells changed")
    git(repo, "stash")
    screen.page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(cells.place.locator(".nbvc-File")).to_have_count(0)
    git(repo, "stash", "pop")
    screen.page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(cells.node.locator(".nbvc-Cells-tick")).to_have_count(3)


def _format(notebook: Any) -> bytes:
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


@pytest.mark.lab
def test_the_dialog_commits_the_ticked_cells_by_keys(screen: Screen, five: Path) -> None:
    screen.open(f"{five.name}/a.ipynb", five.name)
    cells = Cells(screen, "dialog")
    expect(cells.node).to_contain_text("5 of 5 changes are ticked")
    page = screen.page
    cells.node.get_by_role("checkbox", name="All changed cells").focus()
    page.keyboard.press("Space")
    expect(cells.node).to_contain_text("0 of 5 changes are ticked")
    expect(page.locator(".nbvc-Commit-why")).to_have_text("A message is missing.")
    page.keyboard.press("Tab")
    expect(cells.tick(2)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect(cells.node).to_contain_text("2 of 5 changes are ticked")
    page.keyboard.press("Tab")
    discard = cells.node.get_by_role("button", name=re.compile("Discard the change: cell 6,"))
    expect(discard).to_be_focused()
    cells.message.fill("two")
    page.keyboard.press("Control+Enter")
    assert screen.state(".nbvc-Commit", "done", "failed") == "done"
    assert read_sources(five, "HEAD") == edited(2, 5)
    assert (five / "a.ipynb").read_bytes() == make((1, 2, 3, 4, 5))


@pytest.mark.lab
def test_unsaved_edits_are_saved_first_and_those_of_other_cells_stay_out(
    screen: Screen, five: Path
) -> None:
    (five / "a.ipynb").write_bytes(make((1, 2)))
    screen.open(f"{five.name}/a.ipynb", five.name)
    cells = Cells(screen, "panel")
    expect(cells.node.locator(".nbvc-Cells-tick")).to_have_count(2)
    cells.tick(2).set_checked(checked=False)
    screen.append(2, "7")
    screen.append(4, "7")
    expect(cells.node.locator(".nbvc-Cells-tick")).to_have_count(3)
    expect(cells.tick(2)).not_to_be_checked()
    cells.tick(5).set_checked(checked=False)
    cells.commit("One cell")
    assert read_sources(five, "HEAD") == [*SOURCES[:2], "v1 = 107", *SOURCES[3:]]
    screen.wait_until_saved()
    now = ["# Title", "v0 = 00", "v1 = 107", "v2 = 2", "v3 = 37", "v4 = 4"]
    assert screen.sources() == now
    assert [cell["source"] for cell in json.loads((five / "a.ipynb").read_bytes())["cells"]][4]


@pytest.mark.lab
@pytest.mark.parametrize("place", ["panel", "dialog"])
def test_what_was_staged_in_a_terminal_is_shown_and_goes_along(
    screen: Screen, five: Path, place: str
) -> None:
    (five / "a.ipynb").write_bytes(make((1, 2)))
    git(five, "add", "a.ipynb")
    (five / "a.ipynb").write_bytes(make((1, 2, 3, 4)))
    screen.open(f"{five.name}/a.ipynb", five.name)
    cells = Cells(screen, place)
    expect(cells.staged(2)).to_be_checked()
    expect(cells.tick(4)).not_to_be_checked()
    # Unticked, it is unstaged: the file and the index are never both changed.
    cells.staged(3).click()
    expect(cells.staged(3)).to_have_count(0)
    assert read_sources(five, "") == edited(1)
    assert (five / "a.ipynb").read_bytes() == make((1, 2, 3, 4))
    cells.tick(5).check()
    cells.commit("staged, and one more", dialog=place == "dialog")
    assert read_sources(five, "HEAD") == edited(1, 4)
    assert (five / "a.ipynb").read_bytes() == make((1, 2, 3, 4))
    assert git(five, "diff", "--cached") == ""


@pytest.mark.slow
def test_a_partly_staged_notebook_that_nobody_looked_into_is_not_committed_whole(
    screen: Screen, five: Path
) -> None:
    (five / "a.ipynb").write_bytes(make((1,)))
    git(five, "add", "a.ipynb")
    (five / "a.ipynb").write_bytes(make((1, 2)))
    screen.open(f"{five.name}/other.ipynb", five.name)
    screen.command("nbvc:panel")
    panel = screen.page.locator(".nbvc-Panel")
    row = panel.locator('.nbvc-File[data-nbvc-name="a.ipynb"]')
    expect(row).to_contain_text("partly staged")
    box = row.locator("input")
    expect(box).not_to_be_checked()
    fold = row.get_by_role("button", name="Changed cells of a.ipynb")
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    screen.state(".nbvc-Panel .nbvc-Cells", "ready")
    expect(panel.locator(".nbvc-Cells")).to_contain_text("Staged, will be committed")
    box.click()
    expect(box).to_be_checked()
    panel.get_by_role("checkbox", name=re.compile("Commit cell 3,")).uncheck()
    expect(box).to_have_js_property("indeterminate", value=True)
    panel.locator(".nbvc-Panel-message").fill("what is staged")
    panel.locator(".nbvc-Panel-accept").click()
    panel.locator(".nbvc-Panel-result", has_text="Committed").wait_for()
    assert read_sources(five, "HEAD") == edited(1)


@pytest.mark.lab
def test_a_discarded_cell_comes_back_with_undo(screen: Screen, five: Path) -> None:
    screen.open(f"{five.name}/a.ipynb", five.name)
    cells = Cells(screen, "panel")
    cells.tick(3).set_checked(checked=False)
    cells.node.get_by_role("button", name=re.compile("Discard the change: cell 4,")).click()
    screen.wait_for_sources(edited(1, 2, 4, 5))
    expect(cells.node.locator(".nbvc-Cells-tick")).to_have_count(4)
    expect(cells.tick(3)).not_to_be_checked()
    assert (five / "a.ipynb").read_bytes() == make((1, 2, 4, 5))
    # One step of undo in the editor, or the button of the message.
    screen.cell(3).locator(".cm-content").click()
    screen.page.keyboard.press("Escape")
    screen.page.keyboard.press("z")
    screen.wait_for_sources(edited(1, 2, 3, 4, 5))
    screen.page.keyboard.press("Shift+Z")
    screen.wait_for_sources(edited(1, 2, 4, 5))
    screen.save()
    screen.page.get_by_role("button", name="Undo", exact=True).locator("visible=true").last.click()
    screen.wait_for_sources(edited(1, 2, 3, 4, 5))
    assert (five / "a.ipynb").read_bytes() == make((1, 2, 3, 4, 5))
    assert read_sources(five, "") == SOURCES


@pytest.mark.lab
def test_the_panel_names_and_loads_what_a_hook_changed(screen: Screen, five: Path) -> None:
    hook = five / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nsed -i 's/v0 = 00/v0 = 1000/' a.ipynb && git add a.ipynb\n")
    hook.chmod(0o755)
    screen.open(f"{five.name}/a.ipynb", five.name)
    cells = Cells(screen, "panel")
    cells.commit("all")
    told = cells.place.locator(".nbvc-Commit-hook")
    expect(told).to_contain_text("A hook changed a.ipynb")
    screen.wait_for_sources(["# Title", "v0 = 1000", *edited(2, 3, 4, 5)[2:]])
    told.get_by_role("button", name="Compare").click()
    expect(screen.compared()).to_contain_text("v0 = 1000")


@pytest.mark.slow
def test_the_panel_leaves_outputs_out_where_that_was_chosen(screen: Screen, repo: Path) -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": "1\n"}
    (repo / "a.ipynb").write_bytes(file(code("x = 1", id="aaaa"), minor=5, **KERNEL))
    commit_all(repo, "without")
    (repo / "a.ipynb").write_bytes(file(code("x = 2", [printed], id="aaaa"), minor=5, **KERNEL))
    git(repo, "config", "nbvc.a.ipynb.commitOutputs", "strip")
    screen.open(f"{repo.name}/a.ipynb", repo.name)
    cells = Cells(screen, "panel")
    cells.commit("without, again")
    stored = json.loads(git(repo, "show", "HEAD:a.ipynb"))
    assert [(cell["source"], cell["outputs"]) for cell in stored["cells"]] == [("x = 2", [])]
