"""Pages in a browser."""

from __future__ import annotations

import os

from nbvc.cli.terminal.screen import notice, write_lines


def write_document(document: str, path: str | None, *, in_browser: bool = False) -> None:
    """Write a document to a file, to stdout without one, or into a browser."""
    if in_browser and path in (None, "-"):
        from tempfile import mkstemp

        handle, path = mkstemp(".html", "nbvc-")
        os.close(handle)
    write_lines(path or "-", [document.removesuffix("\n")])
    if in_browser and path:
        open_in_browser(path)


def open_in_browser(path: str) -> None:
    """Show a file in a browser, or report that none could be started."""
    import webbrowser
    from urllib.request import pathname2url

    address = f"file://{pathname2url(os.path.abspath(path))}"
    if not webbrowser.open(address):
        notice(f"no browser could be started; the page is {path}")
