"""A notebook in the browser: what a person does with it, and what a person sees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error, expect

from tests.browser.jupyter.serving import App

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.jupyter.serving import Server

LONG = 30_000
"""Milliseconds for what takes its time on two busy cores."""


class Screen:
    """One page with one notebook. `errors` are the page's own, those of Jupyter left out."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.errors: list[str] = []
        self._is_cleared = False
        page.set_default_timeout(LONG)
        expect.set_options(timeout=LONG)
        page.on("pageerror", lambda error: self._noted(str(error.stack or error)))
        page.on("console", lambda line: self._noted(line.text) if line.type == "error" else None)

    def _noted(self, text: str) -> None:
        if "nbvc" in text:
            self.errors.append(text)

    def open(self, path: str, workspace: str = "") -> Screen:
        """Open a notebook and wait until it can be worked with."""
        if self._is_cleared:
            self._is_cleared = False
            self.command("filebrowser:open-path", path=f"/{path}")
        else:
            self.page.goto(self.server.page(path, workspace))
        self.button("nbvc-commit").wait_for()
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        # The kernel writes into the notebook when it comes up; better now than in mid test.
        self.page.wait_for_function(_IDLE, timeout=LONG)
        return self

    def clear(self) -> bool:
        """Close all that is open in JupyterLab; return whether the page is as it was at first."""
        try:
            for _ in range(5):
                if self.page.locator(".jp-Dialog").count():
                    self.page.keyboard.press("Escape")
            self.page.evaluate(_CLEAR)
            self.page.wait_for_function(_CLEARED, timeout=LONG)
            self.page.set_viewport_size({"width": 1400, "height": 900})
            self._is_cleared = not self.page.locator(".jp-Dialog").count()
        except Error:
            return False
        return self._is_cleared

    def button(self, name: str) -> Locator:
        """Return a button of the notebook's toolbar."""
        return self.page.locator(f'[data-jp-item-name="{name}"] jp-button').first

    def press(self, name: str) -> None:
        """Press a button of the notebook's toolbar."""
        self.button(name).click()

    def command(self, name: str, **args: Any) -> None:
        """Run a command, as the palette does. Does not wait for its end."""
        self.page.evaluate(
            "([name, args]) => { void window.jupyterapp.commands.execute(name, args); }",
            [name, args],
        )

    def cell(self, index: int) -> Locator:
        """Return a cell of the notebook."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def append(self, index: int, text: str) -> None:
        """Type at the end of a code cell."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text)

    def save(self) -> None:
        """Press Ctrl+S and wait until it is saved."""
        self.page.keyboard.press("Control+s")
        self.wait_until_saved()

    def wait_until_saved(self) -> None:
        """Wait until nothing is unsaved."""
        self.page.wait_for_function(_SAVED, timeout=LONG)

    def sources(self) -> list[str]:
        """Return what the editor has, cell by cell."""
        found: list[str] = self.page.evaluate(_SOURCES)
        return found

    def wait_for_sources(self, expected: list[str]) -> None:
        """Wait until the editor has these cells."""
        self.page.wait_for_function(
            f"expected => JSON.stringify(({_SOURCES})()) === JSON.stringify(expected)",
            arg=expected,
            timeout=LONG,
        )

    def state(self, selector: str, *states: str) -> str:
        """Wait until a part of ours is in one of some states, and return which."""
        one = self.page.locator(
            ", ".join(f'{selector}[data-nbvc-state="{state}"]' for state in states)
        ).first
        one.wait_for()
        return str(one.get_attribute("data-nbvc-state"))

    def compare(self, *item: str) -> Locator:
        """Choose from the menu of the Compare button; return the view, all of it drawn."""
        self.press("nbvc-compare")
        for text in item:
            self.page.locator(".lm-Menu-item", has_text=text).first.click()
        return self.compared()

    def compared(self) -> Locator:
        """Wait for the comparison, all of it drawn."""
        self.state(".nbvc-Compare", "ready")
        self.page.wait_for_function(_DRAWN, timeout=LONG)
        return self.page.locator(".nbvc-Compare").last

    def commit(self, message: str) -> None:
        """Press Commit and push, write a message, and accept."""
        self.press("nbvc-commit")
        self.state(".nbvc-Commit", "ready")
        # What an earlier test chose is remembered.
        self.page.locator(".nbvc-Commit-push").set_checked(True)
        self.page.locator(".nbvc-Commit-message").fill(message)
        self.page.locator(".jp-Dialog-button.jp-mod-accept").click()

    def accept(self, label: str) -> None:
        """Press the button of a dialog that goes on, once it says so."""
        button = self.page.locator(".jp-Dialog-button.jp-mod-accept", has_text=label)
        expect(button).to_be_enabled()
        button.click()

    def count_clicks(self) -> Callable[[], int]:
        """Count how often the mouse is pressed from now on; the result returns the number."""
        before = self.page.evaluate(_COUNT_CLICKS)
        return lambda: int(self.page.evaluate("() => window.clicks")) - before

    def back(self) -> None:
        """Go back to the notebook from a view of ours."""
        self.page.evaluate(
            f"() => {{ {_CURRENT} window.jupyterapp.shell.activateById?.(all[0].id); }}"
        )
        close = self.page.locator(".nbvc-Overlay-close")
        if close.count():
            close.first.click()
        self.button("nbvc-commit").wait_for()

    def text(self, selector: str) -> str:
        """Return the visible text of a part, its white space as one space each."""
        return re.sub(r"\s+", " ", self.page.locator(selector).last.inner_text()).strip()

    @property
    def is_lab(self) -> bool:
        """Whether this is JupyterLab."""
        return self.server.app is App.LAB


_COUNT_CLICKS = """() => {
  if (window.clicks === undefined) {
    window.clicks = 0;
    addEventListener('pointerdown', () => window.clicks++, true);
  }
  return window.clicks;
}"""
_CLEAR = """async () => {
  const { commands, shell } = window.jupyterapp;
  await commands.execute('filebrowser:go-to-path', { path: '/', dontShowBrowser: true });
  [...shell.widgets('main')].forEach(one => one.dispose());
  shell.collapseLeft();
  shell.collapseRight();
  for (const toast of document.querySelectorAll('.Toastify__toast')) {
    await commands.execute('apputils:dismiss-notification', { id: toast.id });
  }
  localStorage.clear();
}"""
_CLEARED = """() => (document.querySelector('.nbvc-Panel-body')?.hidden ?? true) &&
  !document.querySelector('.Toastify__toast')"""
_CURRENT = """
  const shell = window.jupyterapp.shell;
  const all = [...shell.widgets('main')].filter(one => one.content?.model?.cells);
  const panel = all.find(one => one.isVisible) ?? all[0];
"""
_IDLE = f"() => {{ {_CURRENT} return panel?.context.isReady && panel.sessionContext.isReady && \
['idle', 'unknown'].includes(panel.sessionContext.session?.kernel?.status ?? 'unknown'); }}"
_SAVED = f"() => {{ {_CURRENT} return panel && !panel.context.model.dirty; }}"
_SOURCES = f"() => {{ {_CURRENT} return [...panel.content.model.cells].map(\
cell => cell.sharedModel.getSource()); }}"
_DRAWN = """() => {
  const view = [...document.querySelectorAll('.nbvc-Compare')].at(-1);
  return view && Number(view.dataset.nbvcDrawn) >= Number(view.dataset.nbvcExpected);
}"""
