"""`nbvc timeline`: all versions of a notebook as one page with a slider."""

from __future__ import annotations

import os
import sys

import click

from nbvc.cli.naming.histories import Opened, describe_nothing, report_unreadable
from nbvc.cli.settings.viewing import no_reruns_option
from nbvc.cli.terminal.screen import write_content

TYPE_CHECKING = False
if TYPE_CHECKING:
    from nbvc.versions.history import History


_ENDING = ".timeline.html"
_LONGEST = 255
"""Bytes that a file's name may have on nearly all file systems."""


@click.command("timeline", epilog="Example: nbvc timeline analysis.ipynb --open")
@click.argument("path", metavar="NOTEBOOK")
@click.option("-o", "--output", metavar="FILE", help="The file to write; - is stdout.")
@click.option("--open", "look", is_flag=True, help="Open the page in a browser.")
@click.option(
    "-n",
    "--max-count",
    "limit",
    type=click.IntRange(1),
    metavar="N",
    help="Include only the latest N versions.",
)
@no_reruns_option
def command(
    path: str, *, output: str | None, look: bool, limit: int | None, no_reruns: bool
) -> int:
    """Write an HTML page with a slider over all versions.

    The page shows each version with its author, message and time, and the cells that changed since
    the previous version or any other. It is one file that works offline: it fetches nothing and runs
    nothing from the notebook. Without -o, the page is written next to NOTEBOOK with the suffix
    .timeline.html.

    Exit codes: 0 success; 1 the notebook has no versions yet.
    """
    from nbvc.cli.terminal.waiting import Waiting

    with Opened(path) as history:
        if not history.versions():
            print(describe_nothing(path), file=sys.stderr)
            return 1
        with Waiting("Making the page"):
            content = "".join(_render_page(history, limit, no_reruns=no_reruns)).encode(
                errors="backslashreplace"
            )
        report_unreadable(history, path)
    if output == "-":
        write_content(output, content)
        return 0
    target = output or _name_page(path)
    _write(target, content)
    if look:
        from nbvc.cli.terminal.browser import open_in_browser

        open_in_browser(target)
    return 0


def _name_page(path: str) -> str:
    """Return the name of a notebook's page: if it would be too long, a digest replaces its end."""
    stem = os.path.splitext(path)[0]
    folder, name = os.path.split(stem)
    encoded = os.fsencode(name)
    if len(encoded) + len(_ENDING) > _LONGEST:
        from hashlib import sha256

        head = encoded[: _LONGEST - len(_ENDING) - 9].decode(errors="ignore")
        stem = os.path.join(folder, f"{head}-{sha256(encoded).hexdigest()[:8]}")
    return stem + _ENDING


def _render_page(history: History, limit: int | None, *, no_reruns: bool) -> list[str]:
    from nbvc.render.timeline import render_timeline

    every = history.edits() if no_reruns else history.versions()
    versions = every[:limit]
    older = len(every) - len(versions)
    return list(render_timeline(history, versions, older=older))


def _write(target: str, content: bytes) -> None:
    from nbvc.render.escape import escape_line

    write_content(target, content)
    size = f"{len(content) / 1e6:.1f} MB"
    print(f"Wrote {escape_line(target)}, {size}: open it in a browser.", file=sys.stderr)
