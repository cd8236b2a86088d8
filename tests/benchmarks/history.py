"""Histories against `git log -p` of the same file.

Blame and timeline of every real history, the first call and the second, in this process; the size of
the page against the bundle's; a step of its slider in Chromium, where there is one.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbvc.render.timeline import render_timeline
from nbvc.versions.history import History
from tests.benchmarks.table import Row, least
from tests.conftest import CORPUS
from tests.integration.git.sandbox import git, opened
from tests.integration.versions.making import clone

if TYPE_CHECKING:
    from nbvc.git.plumbing.repository import Repository

ROUNDS = 3
CHROMIUM = "/usr/bin/chromium"
STEP = """async () => {
  const slider = document.getElementById("slider"), times = [];
  for (let i = 0; i <= 2 * slider.max; i += 1) {
    const from = performance.now();
    slider.value = i <= slider.max ? i : (i * 7919) % slider.max;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = done;
      channel.port2.postMessage(0);
    }));
    times.push(performance.now() - from);
  }
  return times.sort((a, b) => a - b);
}"""


def measured(bundle: Path, folder: Path, *, browser: bool) -> Iterator[Row]:
    """Measure one history."""
    place = clone(bundle, folder / bundle.stem)
    name = git(place, "ls-files", "--", "*.ipynb")
    repository = opened(place)

    def log() -> None:
        command = ["git", "log", "-p", "--follow", "--", name]
        subprocess.run(command, cwd=place, stdout=subprocess.DEVNULL, check=True)

    def forget() -> None:
        shutil.rmtree(place / ".git" / "nbvc", ignore_errors=True)

    peer = least(log, ROUNDS)
    tasks: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("blame", lambda: blamed(repository, name)),
        ("timeline", lambda: page(repository, name)),
    )
    for what, run in tasks:
        run()
        for call, budget, before in (("first", 2.0, forget), ("second", 0.2, lambda: None)):
            ratio = least(run, ROUNDS, before) / peer
            label = f"{bundle.stem[:28]}: {what}, {call} call"
            value = f"{ratio:.2f} × git log -p ({peer * 1000:.0f} ms)"
            yield Row(label, value, f"≤ {budget}", ratio <= budget)
    made = folder / f"{bundle.stem}.html"
    made.write_text(page(repository, name), encoding="utf-8")
    share = made.stat().st_size / bundle.stat().st_size
    yield Row(f"{bundle.stem[:28]}: page", f"{share:.2f} × the bundle", "≤ 2", share <= 2)
    if browser:
        times = steps(made)
        value = f"{times[len(times) // 2]:.0f} ms, at most {times[-1]:.0f} ms"
        yield Row(f"{bundle.stem[:28]}: a step", value, "≤ 100 ms", times[-1] <= 100)


def blamed(repository: Repository, name: str) -> None:
    with History(repository, name) as history:
        history.blame()


def page(repository: Repository, name: str) -> str:
    with History(repository, name) as history:
        return "".join(render_timeline(history, history.versions()))


def steps(made: Path) -> list[float]:
    """Return how long each step of the slider takes until it is on the screen, in milliseconds."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        view = browser.new_page()
        view.goto(made.as_uri())
        view.wait_for_selector("body[data-ready]")
        times: list[float] = view.evaluate(STEP)
        browser.close()
    return times


def rows(quick: bool) -> Iterator[Row]:
    """Measure the real histories."""
    bundles = sorted((CORPUS / "histories").glob("*.bundle"))
    with tempfile.TemporaryDirectory() as folder:
        for bundle in bundles[:2] if quick else bundles:
            yield from measured(bundle, Path(folder), browser=Path(CHROMIUM).exists())
