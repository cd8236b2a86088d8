"""`python -m tests.benchmarks.jupyter`: from the click to the first changed cell, in a real Lab.

Three notebooks: 300 kB, 2 MB with 25 images, and 5 MB with 300 cells of which 20 changed, 3 moved,
2 were added and 2 deleted. For each, medians of five: the first changed cell in sight, all of them
drawn, and how long another request to the server takes meanwhile, at worst. nbdime's own button is
pressed in the same run. Then the history's slider over 100 versions of a 5 MB notebook, and what
the list of checkpoints takes. `--only TEXT` takes some, `--alone` leaves nbdime out. It needs what
the browser tests need, and a machine with nothing else to do.
"""

from __future__ import annotations

import argparse
import base64
import copy
import json
import random
import statistics
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.table import Row
from tests.browser.jupyter.driving import Screen
from tests.browser.jupyter.serving import App, Server, chromium, served
from tests.integration.git.sandbox import commit_all, git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from typing_extensions import Self

ROUNDS = 5
BUDGETS = {"300 kB": 0.3, "2 MB, 25 images": 0.5, "5 MB, 300 cells": 0.5}
LIMIT, MEANWHILE = 3.0, 0.05
STEP, VERSIONS = 0.2, 100

_WORDS = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "mean",
    "model",
    "frame",
    "index",
    "value",
    "series",
    "fit",
    "plot",
    "table",
    "rate",
]


def main() -> int:
    """Measure, print, and fail where a budget is exceeded."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.jupyter", description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="300 kB, 2 MB, 5 MB or history")
    parser.add_argument("--alone", action="store_true", help="without nbdime")
    chosen = parser.parse_args()
    missed = 0
    with tempfile.TemporaryDirectory(prefix="nbvc-") as folder, sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        with served(App.LAB, Path(folder), others=True) as server:
            for row in _rows(browser, server, chosen.only, peer=not chosen.alone):
                print(row, flush=True)
                missed += not row.kept
        browser.close()
    print(f"{missed} missed" if missed else "all kept")
    return 1 if missed else 0


def _rows(browser: Browser, server: Server, only: str, *, peer: bool) -> Iterator[Row]:
    made = notebooks()
    for name, (before, after) in made.items():
        if only in name:
            repo = _repository(server, name, before, after)
            first, whole, meanwhile = _measured(browser, server, repo)
            other = _measured(browser, server, repo, peer=True) if peer else None
            for what, value, budget, theirs in zip(
                ("first changed cell", "all drawn", "another request meanwhile"),
                (first, whole, meanwhile),
                (BUDGETS[name], LIMIT, MEANWHILE),
                other or (None, None, None),
                strict=True,
            ):
                beside = "" if theirs is None else f" (nbdime {theirs:.2f} s)"
                value_ = f"{value:.3f} s{beside}"
                yield Row(f"{name}: {what}", value_, f"≤ {budget} s", value <= budget)
    if only in "history":
        times = _slid(browser, server, made["5 MB, 300 cells"][0])
        middle, last = times[len(times) // 2], times[-1]
        value_ = f"{middle:.3f} s, at most {last:.3f} s"
        yield Row(f"{VERSIONS} versions of 5 MB: a step", value_, f"≤ {STEP} s", middle <= STEP)


def _slid(browser: Browser, server: Server, content: bytes) -> list[float]:
    """Return how long each step of the slider takes until the version stands there, sorted."""
    folder = server.root / "history"
    folder.mkdir()
    git(folder, "init", "-q")
    notebook = json.loads(content)
    for number in range(VERSIONS):
        cell = notebook["cells"][number * 3 % 300]
        cell["source"] += f"\n# looked at {number}"
        (folder / "a.ipynb").write_text(json.dumps(notebook, indent=1), encoding="utf-8")
        commit_all(folder, f"version {number}")
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    screen = Screen(context.new_page(), server)
    screen.page.set_default_timeout(180_000)
    screen.open("history/a.ipynb", "history")
    screen.press("nbvc-history")
    screen.state(".nbvc-History", "ready")
    page = screen.page
    page.wait_for_function(
        f"() => Number(document.querySelector('.nbvc-History-slider').max) >= {VERSIONS - 1}"
    )
    page.wait_for_timeout(3000)
    # One after the other as a person goes, then from place to place.
    places = [*range(VERSIONS - 2, VERSIONS - 22, -1), *(n * 37 % VERSIONS for n in range(1, 21))]
    times = []
    for place in places:
        times.append(page.evaluate(_SLIDE, place) / 1000)
        page.wait_for_timeout(400)
    context.close()
    return sorted(times)


_SLIDE = """place => new Promise(done => {
  const view = document.querySelector('.nbvc-History');
  const slider = view.querySelector('.nbvc-History-slider'), shown = view.dataset.nbvcShown;
  const from = performance.now();
  slider.value = place;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  const look = () => {
    if (view.dataset.nbvcShown !== shown) {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done(performance.now() - from);
      channel.port2.postMessage(0);
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
})"""


def _repository(server: Server, name: str, before: bytes, after: bytes) -> Path:
    folder = server.root / "".join(char if char.isalnum() else "-" for char in name)
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "a.ipynb").write_bytes(before)
    commit_all(folder, "one")
    (folder / "a.ipynb").write_bytes(after)
    return folder


def _measured(
    browser: Browser, server: Server, repo: Path, *, peer: bool = False
) -> tuple[float, float, float]:
    """Return medians: first changed cell, everything drawn, the slowest other request; seconds."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
    screen = Screen(context.new_page(), server)
    screen.page.set_default_timeout(180_000)
    screen.open(f"{repo.name}/a.ipynb", f"{repo.name}{peer}")
    rounds = []
    for _ in range(ROUNDS):
        with Meanwhile(server) as meanwhile:
            times = _once(screen, peer=peer)
        rounds.append((*times, meanwhile.worst))
    context.close()
    first, whole, meanwhile_ = (statistics.median(column) for column in zip(*rounds, strict=True))
    return first, whole, meanwhile_


def _once(screen: Screen, *, peer: bool) -> tuple[float, float]:
    page = screen.page
    page.evaluate(_WATCH, [_PEER if peer else _OURS, peer])
    if peer:
        page.locator('jp-button[data-command="nbdime:diff-git"]').first.click()
    else:
        screen.press("nbvc-compare")
        page.locator(".lm-Menu-item", has_text="Last commit").first.click()
    page.wait_for_function("() => window.nbvcTimes?.all !== undefined", timeout=180_000)
    times: dict[str, float] = page.evaluate("() => window.nbvcTimes")
    page.evaluate("() => window.jupyterapp.shell.currentWidget.close()")
    page.wait_for_timeout(300)
    return times["first"] / 1000, times["all"] / 1000


_OURS, _PEER = ".nbvc-Compare", ".nbdime-Widget, .nbdime-root"
_WATCH = """([root, peer]) => {
  const times = (window.nbvcTimes = {});
  let start;
  document.addEventListener('click', () => { start = performance.now(); }, true);
  const seen = element => {
    const box = element.getBoundingClientRect();
    return box.height > 4 && box.top < innerHeight && box.bottom > 0;
  };
  const changed = peer
    ? '.jp-Diff-added, .jp-Diff-deleted, .jp-Diff-addremove, .cm-merge-chunk, .cm-changedLine, '
      + '.jp-Diff-twoway .cm-line'
    : '.nbvc-Row[data-nbvc-drawn="true"]:not([data-nbvc-change="unchanged"])';
  let quiet = 0, last = -1;
  const tick = () => {
    const now = performance.now();
    const view = [...document.querySelectorAll(root)].at(-1);
    if (view && start !== undefined) {
      const found = [...view.querySelectorAll(changed)];
      if (times.first === undefined && found.some(seen)) { times.first = now - start; }
      if (times.first !== undefined) {
        if (peer) {
          // It does not tell when it is done: done is when nothing came for half a second.
          const count = view.querySelectorAll('*').length;
          if (count !== last) { last = count; quiet = now; }
          if (now - quiet > 500) { times.all = quiet - start; return; }
        } else if (Number(view.dataset.nbvcDrawn) >= Number(view.dataset.nbvcExpected)) {
          times.all = now - start;
          return;
        }
      }
    }
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""


class Meanwhile:
    """Asks the server for something small, again and again, and notes the slowest answer."""

    def __init__(self, server: Server) -> None:
        self.worst = 0.0
        self._ends = threading.Event()
        self._request = urllib.request.Request(  # noqa: S310
            f"{server.url}api/me",
            headers={"Authorization": f"token {server.token}"},
        )
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        while not self._ends.wait(0.02):
            start = time.perf_counter()
            with urllib.request.urlopen(self._request, timeout=300):  # noqa: S310
                pass
            self.worst = max(self.worst, time.perf_counter() - start)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()


def notebooks() -> dict[str, tuple[bytes, bytes]]:
    """Return the three pairs: as committed, and as it is now."""
    made = {}
    for name, cells, size, images in (
        ("300 kB", 40, 8_200, 0),
        ("2 MB, 25 images", 60, 5_000, 25),
        ("5 MB, 300 cells", 300, 15_500, 20),
    ):
        chance = random.Random(name)
        code = [number for number in range(cells) if number % 4]
        pictures = {code[n * len(code) // images] for n in range(images)}
        every = [_cell(chance, n, size, image=n in pictures) for n in range(cells)]
        made[name] = (_file(every), _file(_changed(chance, every)))
    return made


def _cell(chance: random.Random, number: int, size: int, *, image: bool) -> dict[str, Any]:
    if number % 4 == 0:
        text = f"## Part {number}\n\n" + " ".join(chance.choices(_WORDS, k=60))
        return {"cell_type": "markdown", "id": f"m{number:05}", "metadata": {}, "source": text}
    lines = [
        f"{chance.choice(_WORDS)}_{number}_{line} = compute({chance.random():.6f})"
        for line in range(12)
    ]
    output: dict[str, Any] = {"output_type": "stream", "name": "stdout"}
    if image:
        picture = base64.b64encode(_png(chance)).decode()
        bundle = {"image/png": picture, "text/plain": "<Figure>"}
        output = {"output_type": "display_data", "metadata": {}, "data": bundle}
    elif number % 4 == 3:
        rows = "".join(
            f"<tr><td>{chance.random()}</td><td>{chance.random()}</td></tr>\n"
            for _ in range(size // 60)
        )
        bundle = {"text/html": f"<table>{rows}</table>", "text/plain": "a table"}
        output = {"output_type": "display_data", "metadata": {}, "data": bundle}
    else:
        output["text"] = "".join(f"{chance.random()} step {n}\n" for n in range(size // 26))
    return {
        "cell_type": "code",
        "id": f"c{number:05}",
        "metadata": {},
        "execution_count": number,
        "source": "\n".join(lines),
        "outputs": [output],
    }


def _png(chance: random.Random) -> bytes:
    """Return a picture of noise, some 70 kB of text in a notebook."""
    import struct
    import zlib

    width, height = 160, 110

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)

    rows = b"".join(b"\0" + chance.randbytes(width * 3) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _changed(chance: random.Random, cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the cells with 20 changed, 3 moved, 2 added and 2 deleted; fewer where there are few."""
    found = copy.deepcopy(cells)
    count = 20 if len(found) > 100 else 6
    for number in range(3, len(found) - 1, max(len(found) // count, 1))[:count]:
        found[number]["source"] += "\nchanged_here = True  # a new line"
        for output in found[number].get("outputs", ()):
            if "image/png" in output.get("data", {}):
                output["data"]["image/png"] = base64.b64encode(_png(chance)).decode()
    for start, end in ((7, 22), (30, 12), (len(found) - 6, len(found) // 2)):
        found.insert(end, found.pop(start))
    del found[9], found[len(found) // 3]
    for place in (5, len(found) // 2 + 4):
        found.insert(place, _cell(chance, 9001 + place * 4, 300, image=False))
    return found


def _file(cells: list[dict[str, Any]]) -> bytes:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1).encode() + b"\n"


if __name__ == "__main__":
    raise SystemExit(main())
