"""`python -m tests.browser.jupyter.sweep`: every real pair in the compare view of one JupyterLab.

For each pair both notebooks are chosen in the file browser and compared: as many changes must be
drawn as there are, none of them blank, and "No changes" stands only where there are none; then once
more with the other layout and with the other way to show markdown. What can't be drawn must say so
and stand there as text; such cells are listed. `--only TEXT` takes the pairs whose name has it,
`--every N` each Nth.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import nbvc
from nbvc.diffing import Change
from tests.benchmarks.material import pairs
from tests.browser.jupyter.driving import Screen
from tests.browser.jupyter.serving import App, chromium, served

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
NAMES = ("1-before.ipynb", "2-after.ipynb")


def main(arguments: Sequence[str]) -> int:
    """Draw all pairs; fail where one comes out wrong."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(
        prog="python -m tests.browser.jupyter.sweep", description=__doc__
    )
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    chosen = parser.parse_args(arguments)
    wanted = [pair for pair in pairs() if chosen.only in pair[0].parent.name][:: chosen.every]
    with tempfile.TemporaryDirectory(prefix="nbvc-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS])
        with served(App.LAB, Path(folder)) as server:
            page = browser.new_page(viewport={"width": 1800, "height": 900}, locale="en-US")
            wrong = drawn(Screen(page, server), wanted)
        browser.close()
    print(f"{len(wanted)} pairs, {len(wrong)} wrong")
    return 1 if wrong or not wanted else 0


def drawn(screen: Screen, wanted: list[tuple[Path, Path]]) -> list[str]:
    """Draw pairs one after the other; return what was wrong, with the name of the pair."""
    page = screen.page
    page.set_default_timeout(30_000)
    page.goto(f"{screen.server.url}lab?token={screen.server.token}&reset")
    page.locator(".jp-DirListing-content").wait_for()
    wrong = []
    for before, after in wanted:
        name = before.parent.name
        start = time.perf_counter()
        try:
            found = [*_drawn(screen, before, after)]
        except Exception as error:  # noqa: BLE001 — the others are wanted all the same
            found = [f"{type(error).__name__}: {str(error)[:300]}"]
            _closed(page)
        wrong += [f"{name}: {one}" for one in found]
        seconds = time.perf_counter() - start
        print(f"{seconds:5.1f} s  {name}  {'; '.join(found) or 'ok'}", flush=True)
    return wrong


def _drawn(screen: Screen, before: Path, after: Path) -> list[str]:
    page = screen.page
    expected, hollow = _expected(before, after)
    page.evaluate("hollow => { window.nbvcHollow = hollow; }", hollow)
    screen.errors.clear()
    _chosen(screen, before, after)
    found = []
    for switch in (None, ".nbvc-Compare-layout", ".nbvc-Compare-markdown"):
        if switch is not None:
            page.locator(f".nbvc-Compare {switch}").last.click()
        screen.compared()
        # What is drawn by others' renderers takes a moment, and may fail in it.
        page.wait_for_timeout(50)
        for _ in range(30):
            if not page.evaluate(_LOOK)["blank"]:
                break
            page.wait_for_timeout(100)
        found += [f"{switch or 'as it opens'}: {one}" for one in _seen(page, expected)]
    found += screen.errors
    _closed(page)
    return found


def _expected(before: Path, after: Path) -> tuple[int, list[str]]:
    """Return how many entries of the diff are changes, and the places of those with nothing to read."""
    old, new = (nbvc.read(path.read_bytes()) for path in (before, after))
    changed = [
        cell
        for cell in nbvc.diff(old, new).cells
        if cell.change is not Change.UNCHANGED or cell.moved
    ]
    hollow = []
    for cell in changed:
        sources = [old.cells[i].source for i in cell.before]
        sources += [new.cells[i].source for i in cell.after]
        if not any(re.sub(r"<[^>]*>|[\s-]", "", source) for source in sources):
            places = (",".join(map(str, side)) for side in (cell.before, cell.after))
            hollow.append(">".join(places))
    return len(changed), hollow


def _chosen(screen: Screen, before: Path, after: Path) -> None:
    """Choose both in the file browser, and compare."""
    page, folder = screen.page, screen.server.root / before.parent.name
    folder.mkdir()
    for path, name in zip((before, after), NAMES, strict=True):
        shutil.copyfile(path, folder / name)
    page.evaluate(_GO, folder.name)
    items = page.locator(".jp-DirListing-item")
    items.filter(has_text=NAMES[0]).first.click()
    items.filter(has_text=NAMES[1]).first.click(modifiers=["Control"])
    screen.command("nbvc:compare-files")
    page.locator(".nbvc-Compare").wait_for()


def _closed(page: Page) -> None:
    page.evaluate(_CLOSE)
    page.locator(".nbvc-Compare").wait_for(state="detached")


def _seen(page: Page, expected: int) -> list[str]:
    """Return what is wrong with the view, in words."""
    view = page.evaluate(_LOOK)
    found = []
    if view["expected"] != expected or view["rows"] != expected:
        found.append(f"{expected} changes, {view['expected']} expected, {view['rows']} rows")
    if view["drawn"] != expected:
        found.append(f"{view['drawn']} of {expected} drawn")
    if not view["summary"] or not view["height"]:
        found.append("blank")
    if expected and view["summary"].startswith("No changes"):
        found.append("says No changes")
    if view["blank"]:
        found.append(f"blank rows: {view['blank']}")
    if view["failed"] or view["errors"]:
        found.append(f"{view['failed']} cells as text: {view['errors'][:3]}")
    return found


_GO = """async folder => {
  const left = [...window.jupyterapp.shell.widgets('left')];
  const browser = left.find(one => one.id === 'filebrowser') ?? left.find(one => one.model?.cd);
  await browser.model.cd('/' + folder);
}"""
_CLOSE = """() => {
  for (const one of [...window.jupyterapp.shell.widgets('main')]) {
    if (one.node.querySelector('.nbvc-Compare')) { one.close(); }
  }
}"""
_LOOK = """() => {
  const view = [...document.querySelectorAll('.nbvc-Compare')].at(-1);
  const hollow = ({ dataset: d }) => window.nbvcHollow?.includes(`${d.nbvcBefore}>${d.nbvcAfter}`);
  const rows = [...view.querySelectorAll('.nbvc-Row')].filter(row => !['unchanged', 'notebook']
    .includes(row.dataset.nbvcChange) || row.querySelector('.nbvc-Moved'));
  const blank = rows.filter(row => {
    const body = row.querySelector('.nbvc-Row-body') ?? row;
    const parts = 'img, svg, canvas, .cm-content, button, .jp-RenderedMarkdown > *';
    // Of an empty cell, or one of line breaks alone, there is nothing to see but its frame.
    const empty = body.querySelector('.jp-RenderedMarkdown') && hollow(row);
    const seen = body.innerText.trim() || body.querySelector(parts) || empty;
    return row.dataset.nbvcDrawn !== 'true' || row.offsetHeight < 8 || !seen;
  });
  return {
    expected: Number(view.dataset.nbvcExpected),
    drawn: Number(view.dataset.nbvcDrawn),
    failed: Number(view.dataset.nbvcFailed),
    rows: rows.length,
    summary: view.querySelector('.nbvc-Compare-summary')?.innerText ?? '',
    height: view.querySelector('.nbvc-Page')?.offsetHeight ?? 0,
    blank: blank.map(({ dataset: d }) => `${d.nbvcChange} ${d.nbvcBefore}>${d.nbvcAfter}`),
    errors: [...view.querySelectorAll('.nbvc-Row-error')].map(one => one.innerText.slice(0, 200)),
  };
}"""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
