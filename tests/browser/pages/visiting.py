"""Pages that a program of nbvc serves until they are closed."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@contextmanager
def visit(
    browser: Browser, command: Sequence[str], *, folder: Path | None = None, code: int = 0
) -> Iterator[tuple[Page, subprocess.Popen[str]]]:
    """Open the page of a program, which writes its address to stderr.

    Afterwards the page is closed. The program ends with `code`, and the page has logged nothing.
    """
    environ = {**os.environ, "BROWSER": "true"}
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True, env=environ)
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    address = next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(address)
    yield page, process
    page.close()
    assert process.wait(20) == code
    process.stderr.close()
    assert not complaints
