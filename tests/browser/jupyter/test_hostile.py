"""Text that would like to be a program: names, messages, outputs, shown and inert."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.jupyter.conftest import KERNEL
from tests.integration.git.sandbox import commit_all, git
from tests.making import code, file, markdown

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.browser.jupyter.driving import Screen

HIT = "window.nbvcHit=1"
IMG = f'<img src=x onerror="{HIT}">'
BARE = f"<img/src=x/onerror={HIT}>"
EVIL = "evil.example"

PAYLOADS = [
    IMG,
    f"<script>{HIT}</script>",
    f'<svg onload="{HIT}"><script>{HIT}</script></svg>',
    f'<a href="javascript:{HIT}">click</a>',
    f'<iframe srcdoc="<script>parent.{HIT}</script>"></iframe>',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;{IMG}">',
    f'<img src="https://{EVIL}/pixel.png"><link rel=stylesheet href="https://{EVIL}/x.css">',
    f'<form action="https://{EVIL}/"><button data-commandlinker-command="nbvc:commit">x</button></form>',
    f'<style>@import "https://{EVIL}/y.css"; body {{ display: none }}</style>',
]


def _display(number: int, payload: str) -> dict[str, object]:
    bundle = {"text/html": payload, "text/plain": IMG, IMG: "odd", "image/svg+xml": payload}
    return {"output_type": "display_data", "metadata": {}, "data": bundle, "number": number}


def _notebook(edit: str) -> bytes:
    shown = [
        code(
            f"payload_{number} = {edit!r}  # {IMG}",
            [{**_display(number, payload + edit), "number": None}],
            id=f"cell{number}",
        )
        for number, payload in enumerate(PAYLOADS)
    ]
    for cell in shown:
        for output in cell["outputs"]:
            del output["number"]
    text = markdown(
        f"{edit} {IMG} [x](javascript:{HIT}) ![y](attachment:{BARE})",
        id="text",
        attachments={BARE: {"image/png": "AAAA"}},
    )
    kernel = {"kernelspec": {**KERNEL["kernelspec"], "display_name": IMG + edit}}
    return file(text, *shown, minor=5, **kernel)


def test_fault_61_and_62_nothing_of_it_runs(
    context: BrowserContext, screen: Screen, folder: Path
) -> None:
    name = f"{BARE.replace('/', ' ')}.ipynb"
    git(folder, "init", "-q", "-b", "<img>branch")
    git(folder, "config", "user.name", f"Ada {IMG}")
    (folder / name).write_bytes(_notebook("before"))
    commit_all(folder, f"{IMG} message")
    (folder / name).write_bytes(_notebook("after"))
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    screen.open(f"{folder.name}/{name}".replace("<", "%3C").replace(">", "%3E"), folder.name)
    # What Jupyter itself does with the notebook is not ours: from here on it is.
    screen.page.evaluate("window.nbvcHit = undefined")
    asked.clear()
    view = screen.compare("Last commit")
    assert int(view.get_attribute("data-nbvc-drawn") or 0) >= len(PAYLOADS)
    screen.page.wait_for_timeout(1000)
    _inert(screen, asked)
    screen.back()
    screen.press("nbvc-commit")
    screen.state(".nbvc-Commit", "ready")
    screen.page.wait_for_timeout(500)
    _inert(screen, asked)


def _inert(screen: Screen, asked: list[str]) -> None:
    assert screen.page.evaluate("window.nbvcHit") is None
    assert [url for url in asked if EVIL in url] == []
    assert screen.page.evaluate("getComputedStyle(document.body).display") != "none"
    scripted = screen.page.evaluate(
        """() => [...document.querySelectorAll('[class*=nbvc] *')].filter(one =>
          [...one.attributes].some(a => a.name.startsWith('on')
            || /^javascript:/i.test(a.value) || a.name.startsWith('data-commandlinker'))
        ).map(one => one.outerHTML.slice(0, 200))"""
    )
    assert scripted == [], json.dumps(scripted)
